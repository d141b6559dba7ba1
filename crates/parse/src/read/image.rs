//! Pictures of pages, PNG and JPEG: one page each, read by OCR.

use std::io::Cursor;

use docmill_model::document::{DocumentInfo, FORMAT, Page, Picture, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::ocr;
use crate::render::finish_page;
use crate::{DocumentReader, PageImage, Services, Source};

/// Longest side of a picture, pixels: A0 at 600 dpi.
const SIDE_PIXELS_MAX: u32 = 30_000;
/// Most memory for decoding a picture, bytes.
const DECODE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most pixels that are read: two bytes each while OCR runs.
const PIXELS_MAX: u64 = 200_000_000;
/// Where the picture says no resolution: that of screens, for which most such pictures were made.
const DPI_DEFAULT: u32 = 96;
/// The picture was not read because its tier does not read pictures.
const PICTURE_NOT_READ: &str = "PICTURE_NOT_READ";

struct PictureReader {
    info: DocumentInfo,
    source: Source,
    grey: PageImage,
    rotation: u16,
    options: ParseOptions,
}

/// Opens a picture as a document of one page.
///
/// # Errors
/// `FILE_DAMAGED` when it cannot be decoded, `FILE_TOO_LARGE` when it is larger than the limits of this file.
pub fn open(source: &Source, format: ImageFormat, options: &ParseOptions) -> Result<Box<dyn DocumentReader>, Failure> {
    let (grey, rotation) = decode(&source.bytes, format)?;
    let kind = crate::detect::Kind::Picture(format).as_str().to_owned();
    let info = DocumentInfo { format: FORMAT, kind, page_count: 1, ..DocumentInfo::default() };
    Ok(Box::new(PictureReader { info, source: source.clone(), grey, rotation, options: options.clone() }))
}

impl DocumentReader for PictureReader {
    fn info(&self) -> DocumentInfo {
        self.info.clone()
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        if number != 1 {
            return Err(Failure::new(Code::PagesOutOfRange, format!("A picture has one page, not a page {number}.")));
        }
        let scale = 72.0 / self.grey.dpi as f32;
        let (width, height) = (self.grey.width as f32 * scale, self.grey.height as f32 * scale);
        let mut page = Page {
            number,
            width: Some(width),
            height: Some(height),
            rotation: self.rotation,
            engine: "picture".into(),
            ..Page::default()
        };
        if !self.options.tier.has_layout() {
            let message = "The fast tier does not read pictures; use cost_effective or higher.";
            page.warnings.push(Warning::new(PICTURE_NOT_READ, message));
        } else if !self.options.ignore_text_in_image {
            ocr::read(&mut page, &self.grey, &self.options, services);
        }
        self.keep(&mut page, services);
        finish_page(&mut page, &self.options);
        Ok(page)
    }
}

impl PictureReader {
    /// A screenshot of a picture's only page is the picture itself.
    fn keep(&self, page: &mut Page, services: &mut dyn Services) {
        if !self.options.images.contains(&ImageCategory::Screenshot) {
            return;
        }
        let name = format!("page_1.{}", self.info.kind);
        let content_type = if self.info.kind == "png" { "image/png" } else { "image/jpeg" };
        services.asset(&name, content_type, &self.source.bytes);
        let (category, content_type) = (ImageCategory::Screenshot, content_type.to_owned());
        page.images.push(Picture { name, category, content_type, bbox: None });
    }
}

/// The picture in grey, upright, and by how many degrees it was turned for that.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<(PageImage, u16), Failure> {
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
    let (width, height) = (picture.width(), picture.height());
    let dpi = dpi(bytes, format).filter(|dpi| (50..=1_200).contains(dpi)).unwrap_or(DPI_DEFAULT);
    Ok((PageImage { width, height, dpi, grey: grey(&picture) }, rotation))
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
    if format == ImageFormat::Png { png_dpi(bytes) } else { jpeg_dpi(bytes) }
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
        let (grey, rotation) = decode(&png(&picture.into()), ImageFormat::Png).expect("decode");
        assert_eq!((grey.grey, grey.dpi, rotation), (vec![255, 0], DPI_DEFAULT, 0));
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
        let error = decode(&bytes[..bytes.len() / 2], ImageFormat::Png).expect_err("half a picture");
        assert_eq!(error.code, Code::FileDamaged);
    }
}
