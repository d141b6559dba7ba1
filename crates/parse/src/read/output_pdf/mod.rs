//! A document as a PDF that can be searched (`save_output_pdf`): its own bytes with the words that OCR read laid over
//! its pages without ink, or a new file around a picture.

mod objects;
mod update;

use std::fmt::Write;
use std::io::Write as _;

use docmill_model::document::{BBox, Page, Warning};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use hayro::kurbo::Affine;

use crate::Services;

use objects::{Bytes, Objects};
pub use update::update;

/// Name of the file among the job's outputs.
const NAME: &str = docmill_model::results::OUTPUT_PDF;
const CONTENT_TYPE: &str = "application/pdf";
/// Words of pages that OCR read are not in the output PDF.
pub const NOT_SEARCHABLE: &str = "OUTPUT_PDF_NOT_SEARCHABLE";

/// Bytes of an output PDF: it is handed out in one piece.
const BYTES_MAX: usize = 200 * 1024 * 1024;

/// Name of the font in the resources of pages: unlikely to be another's.
pub const FONT: &str = "DocmillText";
/// Width of each of its letters, thousandths of the size; words are stretched to where they stand.
const LETTER: f32 = 500.0;

/// The words that OCR read of one page, in the frame of the page as it is read.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    words: Vec<(String, BBox)>,
    /// Clockwise degrees by which the page was turned to be read, and its size then, points.
    rotation: u16,
    size: (f32, f32),
}

impl Layer {
    /// `None` where OCR read nothing.
    pub fn of(page: &Page) -> Option<Self> {
        let read = page.words.iter().filter(|word| word.confidence.is_some());
        let words: Vec<(String, BBox)> = read.filter_map(|word| Some((word.text.clone(), word.bbox?))).collect();
        let size = (page.width?, page.height?);
        (!words.is_empty()).then_some(Self { words, rotation: page.rotation, size })
    }

    /// The same on a page that was turned by other degrees than the page says.
    pub fn turned(mut self, rotation: u16) -> Self {
        self.rotation = rotation;
        self
    }

    /// From the page as it is read to the page as it is shown.
    fn turned_back(&self) -> Affine {
        let (width, height) = (f64::from(self.size.0), f64::from(self.size.1));
        Affine::new(match self.rotation {
            90 => [0.0, -1.0, 1.0, 0.0, 0.0, width],
            180 => [-1.0, 0.0, 0.0, -1.0, width, height],
            270 => [0.0, 1.0, -1.0, 0.0, height, 0.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        })
    }

    /// The content stream of the layer; `to_user` leads from the page as it is shown to its user space.
    pub fn content(&self, to_user: Affine) -> Vec<u8> {
        let frame = to_user * self.turned_back();
        let mut content = String::from("q BT 3 Tr\n");
        for (text, bbox) in &self.words {
            let codes: Vec<u16> = text.chars().filter_map(|c| u16::try_from(u32::from(c)).ok()).collect();
            if codes.is_empty() || bbox.w <= 0.0 || bbox.h <= 0.0 {
                continue;
            }
            // Boxes reach from .2 em below the baseline to .8 em above it.
            let place = frame * Affine::translate((f64::from(bbox.x), f64::from(bbox.y + 0.8 * bbox.h)));
            let [a, b, c, d, e, f] = (place * Affine::scale_non_uniform(1.0, -1.0)).as_coeffs();
            let stretch = 100.0 * bbox.w / (codes.len() as f32 * LETTER / 1000.0 * bbox.h);
            let _ = write!(
                content,
                "/{FONT} {:.2} Tf {stretch:.2} Tz {a:.4} {b:.4} {c:.4} {d:.4} {e:.2} {f:.2} Tm <",
                bbox.h
            );
            codes.iter().for_each(|code| {
                let _ = write!(content, "{code:04X}");
            });
            content.push_str("> Tj\n");
        }
        content.push_str("ET Q\n");
        content.into_bytes()
    }
}

/// Hands the file out, or says that it is too large for that.
pub fn save(made: &[u8], services: &mut dyn Services) -> Option<Warning> {
    let fits = made.len() <= BYTES_MAX;
    if fits {
        services.asset(NAME, CONTENT_TYPE, made);
    }
    (!fits).then(too_large)
}

fn too_large() -> Warning {
    let message = format!("There is no output PDF: it would have more than {} MiB.", BYTES_MAX >> 20);
    Warning::new(NOT_SEARCHABLE, message)
}

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    encoder.write_all(data).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// A stream of compressed data.
pub fn compressed(dict: &str, data: &[u8]) -> Vec<u8> {
    stream(&format!("{dict} /Filter /FlateDecode"), &deflated(data))
}

/// A stream of data that is what its dictionary says.
pub fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
    object.extend_from_slice(data);
    object.extend_from_slice(b"\nendstream");
    object
}

/// Adds the font, whose codes are UTF-16 and whose letters draw nothing. Answers its number.
pub fn add_font(objects: &mut Objects) -> u32 {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /DocmillText def /CMapType 2 def\n\
         1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
    );
    // A range may not leave the last byte's own, and a section has at most 100 of them.
    for rows in (0_u32..256).collect::<Vec<_>>().chunks(100) {
        let _ = writeln!(map, "{} beginbfrange", rows.len());
        for row in rows {
            let _ = writeln!(map, "<{row:02X}00> <{row:02X}FF> <{row:02X}00>");
        }
        map.push_str("endbfrange\n");
    }
    map.push_str("endcmap CMapName currentdict /CMap defineresource pop end end\n");
    let map = objects.add(compressed("", map.as_bytes()));
    let about = objects.add(
        b"<< /Type /FontDescriptor /FontName /DocmillText /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 \
          /Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 >>"
            .to_vec(),
    );
    let letters = objects.add(
        format!(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /DocmillText /CIDToGIDMap /Identity /DW {LETTER} \
             /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {about} 0 R >>"
        )
        .into_bytes(),
    );
    objects.add(
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /DocmillText /Encoding /Identity-H \
             /DescendantFonts [{letters} 0 R] /ToUnicode {map} 0 R >>"
        )
        .into_bytes(),
    )
}

/// A page that is a picture: the data of its stream, and what the stream's dictionary says of it.
pub struct PicturePage {
    pub dict: String,
    pub data: Vec<u8>,
    /// Points.
    pub width: f32,
    pub height: f32,
    pub layer: Option<Layer>,
}

impl PicturePage {
    /// Why pages of so many bytes are not kept.
    pub fn too_many(pages: &[Self]) -> Option<Warning> {
        (pages.iter().map(|page| page.data.len()).sum::<usize>() > BYTES_MAX).then(too_large)
    }
}

/// A new file of pages that are pictures.
pub fn of_pictures(pages: &[PicturePage]) -> Vec<u8> {
    let mut objects = Objects::new(3);
    let font = add_font(&mut objects);
    let mut kids = String::new();
    for page in pages {
        let (width, height) = (page.width, page.height);
        let picture = objects.add(stream(&format!("/Type /XObject /Subtype /Image {}", page.dict), &page.data));
        let mut content = format!("q {width:.2} 0 0 {height:.2} 0 0 cm /Picture Do Q\n").into_bytes();
        let to_user = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, f64::from(height)]);
        content.extend(page.layer.iter().flat_map(|layer| layer.content(to_user)));
        let content = objects.add(compressed("", &content));
        let number = objects.add(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2} {height:.2}] /Contents {content} 0 R \
                 /Resources << /XObject << /Picture {picture} 0 R >> /Font << /{FONT} {font} 0 R >> >> >>"
            )
            .into_bytes(),
        );
        let _ = write!(kids, "{number} 0 R ");
    }
    objects.set(1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec());
    objects.set(2, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).into_bytes());
    let mut bytes = Bytes::new(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec());
    bytes.write(&objects);
    bytes.end_with_table("/Root 1 0 R", objects.size(), None)
}
