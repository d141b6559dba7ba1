//! Rendered pages as pictures: grey for OCR, PNG for people.

use std::io::Cursor;

use docmill_model::{Code, Failure};
use image::{DynamicImage, ImageFormat, RgbaImage};

use super::interpreter::Raster;
use crate::layout::PageRecord;
use crate::services::PageImage;

/// Pixels of a rendered page; larger pages are rendered at a lower resolution.
const PIXELS_MAX: f32 = 24_000_000.0;
/// Pixels of its longer side.
const SIDE_MAX: f32 = 16_000.0;

/// Pixels a point for this resolution, less for very large pages.
pub fn scale(record: &PageRecord, dpi: f32) -> f32 {
    let (width, height) = (record.width.max(1.0), record.height.max(1.0));
    let by_area = (PIXELS_MAX / (width * height)).sqrt();
    (dpi / 72.0).min(by_area).min(SIDE_MAX / width.max(height))
}

/// The picture that OCR reads, upright as the record is.
pub fn grey(raster: &Raster, record: &PageRecord) -> PageImage {
    // Integer weights of ITU-R BT.601; the page is opaque, it was rendered on white.
    let grey = raster
        .rgba
        .chunks_exact(4)
        .map(|pixel| ((u32::from(pixel[0]) * 299 + u32::from(pixel[1]) * 587 + u32::from(pixel[2]) * 114) / 1000) as u8)
        .collect();
    let dpi = (raster.width as f32 / record.width.max(1.0) * 72.0).round() as u32;
    PageImage { width: raster.width, height: raster.height, dpi: dpi.max(1), grey }
}

/// The picture as PNG, turned clockwise by `rotation` degrees as the page was.
///
/// # Errors
/// `INTERNAL` when the picture cannot be encoded.
pub fn png(raster: Raster, rotation: u16) -> Result<Vec<u8>, Failure> {
    let failed = || Failure::new(Code::Internal, "The picture of a page could not be encoded.");
    let image = RgbaImage::from_raw(raster.width, raster.height, raster.rgba).ok_or_else(failed)?;
    let image = DynamicImage::ImageRgba8(image);
    let image = match rotation {
        90 => image.rotate90(),
        180 => image.rotate180(),
        270 => image.rotate270(),
        _ => image,
    };
    let mut bytes = Cursor::new(Vec::new());
    image.to_rgb8().write_to(&mut bytes, ImageFormat::Png).map_err(|_| failed())?;
    Ok(bytes.into_inner())
}
