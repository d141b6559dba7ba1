//! Pictures of pages, read by OCR: one page each, a TIFF file one for every picture in it.

use std::io::Cursor;

use docmill_model::document::{Block, BlockKind, DocumentInfo, FORMAT, Page, Picture, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};
use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::output_pdf::{self, Layer, PicturePage};
use super::pdf::jpeg_components;
use super::{ocr, photo, tiff};
use crate::render::finish_page;
use crate::{DocumentReader, PageImage, Services, Source};

/// Longest side of a picture, pixels: A0 at 600 dpi.
pub const SIDE_PIXELS_MAX: u32 = 30_000;
/// Most memory for decoding a picture, bytes.
const DECODE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most pixels that are read: two bytes each while OCR runs.
pub const PIXELS_MAX: u64 = 200_000_000;
/// Where the picture says no resolution: that of screens, for which most such pictures were made.
const DPI_DEFAULT: u32 = 96;
/// The picture was not read because its tier does not read pictures.
const PICTURE_NOT_READ: &str = "PICTURE_NOT_READ";

/// The file has more pictures than the one that is read.
const ANIMATION_NOT_READ: &str = "ANIMATION_NOT_READ";

struct PictureReader {
    info: DocumentInfo,
    source: Source,
    format: ImageFormat,
    /// The pictures of a TIFF file; empty for the others, which have one.
    directories: Vec<tiff::Directory>,
    /// The first picture, until its page is read.
    first: Option<Decoded>,
    options: ParseOptions,
    /// Pages of the output PDF, where it is wanted.
    made: Vec<PicturePage>,
}

/// A picture, upright, and by how many degrees it was turned for that.
struct Decoded {
    picture: DynamicImage,
    dpi: u32,
    rotation: u16,
}

/// Opens a picture as a document of one page, a TIFF file as one of as many pages as it has pictures.
///
/// # Errors
/// `FILE_DAMAGED` when the first cannot be decoded, `FILE_TOO_LARGE` when it is larger than the limits of this file.
pub fn open(source: &Source, format: ImageFormat, options: &ParseOptions) -> Result<Box<dyn DocumentReader>, Failure> {
    let (directories, has_more) =
        if format == ImageFormat::Tiff { tiff::directories(&source.bytes) } else { (Vec::new(), false) };
    let first = match directories.first() {
        Some(directory) => decode_of(&source.bytes, directory)?,
        None => decode(&source.bytes, format)?,
    };
    let kind = crate::detect::Kind::Picture(format).as_str().to_owned();
    let page_count = directories.len().max(1) as u32;
    let mut info = DocumentInfo { format: FORMAT, kind, page_count, ..DocumentInfo::default() };
    if has_more {
        let message =
            format!("Only the first {} pictures of the file were read: that is the limit.", tiff::PICTURES_MAX);
        info.warnings.push(Warning::new(Warning::PAGES_NOT_READ, message));
    }
    if is_animated(&source.bytes, format) {
        info.warnings.push(Warning::new(ANIMATION_NOT_READ, "Only the first picture of the animation was read."));
    }
    let (source, options) = (source.clone(), options.clone());
    Ok(Box::new(PictureReader { info, source, format, directories, first: Some(first), options, made: Vec::new() }))
}

/// What a picture shows in the place of a page without words. A picture that cannot be read is a warning of that page.
pub fn in_place_of(mut page: Page, picture: Vec<u8>, options: &ParseOptions, services: &mut dyn Services) -> Page {
    let options = ParseOptions { images: Vec::new(), output_pdf: false, ..options.clone() };
    let source = Source { name: String::new(), bytes: picture.into() };
    let read = ::image::guess_format(&source.bytes)
        .map_err(|_| Failure::from(Code::UnsupportedFileType))
        .and_then(|format| open(&source, format, &options))
        .and_then(|mut reader| reader.page(1, services));
    match read {
        Ok(read) if read.words.is_empty() => {
            page.warnings.extend(read.warnings);
            page
        }
        Ok(mut read) => {
            // What pictures are called is not told beside what they say.
            let kept =
                page.blocks.into_iter().filter(|block| matches!(block.kind, BlockKind::Image { name: Some(_), .. }));
            read.blocks.extend(kept.map(|block| Block { words: Vec::new(), ..block }));
            read.warnings.append(&mut page.warnings);
            Page { name: page.name, speaker_notes: page.speaker_notes, images: page.images, ..read }
        }
        Err(failure) => {
            let message = format!("The picture of the page was not read: {failure}");
            page.warnings.push(Warning::new(PICTURE_NOT_READ, message));
            page
        }
    }
}

impl DocumentReader for PictureReader {
    fn info(&self) -> DocumentInfo {
        self.info.clone()
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        if number == 0 || number > self.info.page_count {
            return Err(Failure::new(Code::PagesOutOfRange, format!("The picture has no page {number}.")));
        }
        let decoded = self.decoded(number)?;
        let scale = 72.0 / decoded.dpi as f32;
        let (width, height) = (decoded.picture.width() as f32 * scale, decoded.picture.height() as f32 * scale);
        let mut page = Page {
            number,
            width: Some(width),
            height: Some(height),
            rotation: decoded.rotation,
            engine: "picture".into(),
            ..Page::default()
        };
        if !self.options.tier.has_layout() {
            let message = "The fast tier does not read pictures; use cost_effective or higher.";
            page.warnings.push(Warning::new(PICTURE_NOT_READ, message));
        } else if !self.options.ignore_text_in_image {
            let read = if self.is_photo() { photo::read } else { ocr::read };
            read(&mut page, &page_image(&decoded), &self.options, services);
        }
        self.keep(&mut page, &decoded.picture, services);
        if self.options.output_pdf {
            self.make(&page, &decoded, (width, height));
        }
        finish_page(&mut page, &self.options);
        Ok(page)
    }

    fn finish(&mut self, services: &mut dyn Services) {
        if !self.made.is_empty() {
            let made = output_pdf::of_pictures(&std::mem::take(&mut self.made));
            self.info.warnings.extend(output_pdf::save(&made, services));
        }
    }
}

impl PictureReader {
    /// Whether the caller says that the picture is a photograph, and its format is one of those of cameras.
    fn is_photo(&self) -> bool {
        let of_cameras = matches!(self.format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP);
        self.options.camera_photo && of_cameras
    }

    fn decoded(&mut self, number: u32) -> Result<Decoded, Failure> {
        match self.first.take() {
            Some(first) if number == 1 => Ok(first),
            _ => match self.directories.get(number as usize - 1) {
                Some(directory) => decode_of(&self.source.bytes, directory),
                None => decode(&self.source.bytes, self.format),
            },
        }
    }

    /// Adds a page to the output PDF; `size` is that of the picture, points.
    fn make(&mut self, page: &Page, decoded: &Decoded, size: (f32, f32)) {
        // What OCR turned beyond what the file itself says.
        let turned = (page.rotation + 360 - decoded.rotation) % 360;
        let layer = Layer::of(page).map(|layer| layer.turned(turned));
        let as_it_is = self.format == ImageFormat::Jpeg && decoded.rotation == 0;
        let colours = if as_it_is { jpeg_components(&self.source.bytes) } else { None };
        let picture = &decoded.picture;
        let (dict, data) = match colours {
            Some(1) => ("/ColorSpace /DeviceGray /Filter /DCTDecode", self.source.bytes.to_vec()),
            Some(3) => ("/ColorSpace /DeviceRGB /Filter /DCTDecode", self.source.bytes.to_vec()),
            _ if picture.color().has_color() => {
                ("/ColorSpace /DeviceRGB /Filter /FlateDecode", output_pdf::deflated(&picture.to_rgb8()))
            }
            _ => ("/ColorSpace /DeviceGray /Filter /FlateDecode", output_pdf::deflated(&grey(picture))),
        };
        let (width, height) = (picture.width(), picture.height());
        let dict = format!("/Width {width} /Height {height} /BitsPerComponent 8 {dict}");
        self.made.push(PicturePage { dict, data, width: size.0, height: size.1, layer });
        if let Some(warning) = PicturePage::too_many(&self.made) {
            self.info.warnings.push(warning);
            self.made.clear();
            self.options.output_pdf = false;
        }
    }

    /// A screenshot of a picture is the picture itself, as PNG where browsers do not show its own format.
    fn keep(&self, page: &mut Page, picture: &DynamicImage, services: &mut dyn Services) {
        if !self.options.images.contains(&ImageCategory::Screenshot) {
            return;
        }
        let number = page.number;
        let (name, content_type) = match self.format {
            ImageFormat::Jpeg => (format!("page_{number}.jpg"), "image/jpeg"),
            _ => (format!("page_{number}.png"), "image/png"),
        };
        if matches!(self.format, ImageFormat::Jpeg | ImageFormat::Png) {
            services.asset(&name, content_type, &self.source.bytes);
        } else {
            let mut bytes = Cursor::new(Vec::new());
            if DynamicImage::from(picture.to_rgba8()).write_to(&mut bytes, ImageFormat::Png).is_err() {
                return;
            }
            services.asset(&name, content_type, bytes.get_ref());
        }
        let (category, content_type) = (ImageCategory::Screenshot, content_type.to_owned());
        page.images.push(Picture { name, category, content_type, bbox: None });
    }
}

/// One picture of a TIFF file.
fn decode_of(bytes: &[u8], directory: &tiff::Directory) -> Result<Decoded, Failure> {
    let mut decoded = decode(&tiff::pointed_to(bytes, directory.offset), ImageFormat::Tiff)?;
    decoded.dpi = usable(directory.dpi);
    Ok(decoded)
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<Decoded, Failure> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PIXELS_MAX);
    limits.max_image_height = Some(SIDE_PIXELS_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| failure(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_large());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| failure(&error))?;
    picture.apply_orientation(orientation);
    let rotation = match orientation {
        Orientation::Rotate90 | Orientation::Rotate90FlipH => 90,
        Orientation::Rotate180 => 180,
        Orientation::Rotate270 | Orientation::Rotate270FlipH => 270,
        Orientation::NoTransforms | Orientation::FlipHorizontal | Orientation::FlipVertical => 0,
    };
    Ok(Decoded { picture, dpi: usable(dpi(bytes, format)), rotation })
}

fn usable(dpi: Option<u32>) -> u32 {
    dpi.filter(|dpi| (50..=1_200).contains(dpi)).unwrap_or(DPI_DEFAULT)
}

fn page_image(decoded: &Decoded) -> PageImage {
    let (width, height) = (decoded.picture.width(), decoded.picture.height());
    PageImage { width, height, dpi: decoded.dpi, grey: grey(&decoded.picture) }
}

/// Whether there is a second picture behind the first.
fn is_animated(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Gif => GifDecoder::new(Cursor::new(bytes))
            .is_ok_and(|decoder| decoder.into_frames().take(2).filter(Result::is_ok).count() > 1),
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation()),
        _ => false,
    }
}

/// Transparent pixels are white, as on paper.
fn grey(picture: &DynamicImage) -> Vec<u8> {
    if !picture.color().has_alpha() {
        return picture.to_luma8().into_raw();
    }
    let on_paper = |pixel: &image::LumaA<u8>| {
        let [grey, alpha] = pixel.0.map(u16::from);
        ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    picture.to_luma_alpha8().pixels().map(on_paper).collect()
}

fn failure(error: &image::ImageError) -> Failure {
    match error {
        image::ImageError::Limits(_) => too_large(),
        _ => Failure::new(Code::FileDamaged, "The picture cannot be decoded: it is damaged or incomplete."),
    }
}

fn too_large() -> Failure {
    let megapixels = PIXELS_MAX / 1_000_000;
    Failure::new(Code::FileTooLarge, format!("The picture is larger than {megapixels} megapixels."))
}

/// Pixels per inch as the file says.
fn dpi(bytes: &[u8], format: ImageFormat) -> Option<u32> {
    match format {
        ImageFormat::Png => png_dpi(bytes),
        ImageFormat::Jpeg => jpeg_dpi(bytes),
        _ => None,
    }
}

/// The `pHYs` chunk: pixels per metre along x, along y, and unit 1.
fn png_dpi(bytes: &[u8]) -> Option<u32> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        match rest.get(4..8)? {
            b"pHYs" if rest.get(16) == Some(&1) => {
                let per_metre = u32::from_be_bytes(rest.get(8..12)?.try_into().ok()?);
                return Some((f64::from(per_metre) * 0.0254).round() as u32);
            }
            b"IDAT" | b"pHYs" => return None,
            _ => rest = rest.get(length.checked_add(12)?..)?,
        }
    }
}

/// The JFIF header that begins most JPEG files: unit 1 is dots per inch, 2 per centimetre.
fn jpeg_dpi(bytes: &[u8]) -> Option<u32> {
    let header = bytes.get(2..).filter(|rest| rest.starts_with(&[0xFF, 0xE0]) && rest.get(4..8) == Some(b"JFIF"))?;
    let density = u32::from(u16::from_be_bytes(header.get(12..14)?.try_into().ok()?));
    match header.get(11)? {
        1 => Some(density),
        2 => Some(density * 254 / 100),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).expect("encode");
        bytes.into_inner()
    }

    #[test]
    fn transparent_is_white_and_the_default_resolution_is_that_of_screens() {
        let mut picture = image::RgbaImage::new(2, 1);
        picture.put_pixel(1, 0, image::Rgba([0, 0, 0, 255]));
        let decoded = decode(&png(&picture.into()), ImageFormat::Png).expect("decode");
        assert_eq!((grey(&decoded.picture), decoded.dpi, decoded.rotation), (vec![255, 0], DPI_DEFAULT, 0));
    }

    #[test]
    fn the_resolution_is_read_from_both_formats() {
        let mut bytes = png(&image::GrayImage::new(1, 1).into());
        // 11811 pixels per metre are 300 per inch; the chunk goes behind the header's 8 + 25 bytes.
        let chunk = [0, 0, 0, 9, b'p', b'H', b'Y', b's', 0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1, 0, 0, 0, 0];
        bytes.splice(33..33, chunk);
        assert_eq!(dpi(&bytes, ImageFormat::Png), Some(300));
        let jfif = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\x01\0\xC8\0\xC8\0\0";
        assert_eq!(dpi(jfif, ImageFormat::Jpeg), Some(200));
        assert_eq!(dpi(b"", ImageFormat::Png), None);
    }

    #[test]
    fn what_cannot_be_decoded_is_damaged() {
        let bytes = png(&image::GrayImage::new(20, 20).into());
        let error = decode(&bytes[..bytes.len() / 2], ImageFormat::Png).err().expect("half a picture");
        assert_eq!(error.code, Code::FileDamaged);
    }
}
