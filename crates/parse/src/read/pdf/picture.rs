//! Rendered pages as pictures: grey for OCR, PNG of them and of parts of them for people.

use std::io::Write;

use docmill_model::document::BBox;
use docmill_model::{Code, Failure};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::replace;
use image::{DynamicImage, GrayImage, Luma, RgbaImage};

use super::interpreter::Raster;
use crate::layout::PageRecord;
use crate::services::PageImage;

/// Pixels of a rendered page; larger pages are rendered at a lower resolution.
const PIXELS_MAX: f32 = 24_000_000.0;
/// White pixels around parts of a page: OCR wants letters to stand free.
const EDGE: u32 = 20;
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

/// A rendered page, turned as the page was.
pub struct Upright {
    image: DynamicImage,
    /// Pixels a point.
    scale: f32,
}

impl Upright {
    /// Turns a rendered page clockwise by `rotation` degrees.
    ///
    /// # Errors
    /// `INTERNAL` when the raster is not as large as it says.
    pub fn of(raster: Raster, rotation: u16) -> Result<Self, Failure> {
        let scale = raster.scale;
        let image = RgbaImage::from_raw(raster.width, raster.height, raster.rgba).ok_or_else(not_encoded)?;
        let image = DynamicImage::ImageRgba8(image);
        let image = match rotation {
            90 => image.rotate90(),
            180 => image.rotate180(),
            270 => image.rotate270(),
            _ => image,
        };
        Ok(Self { image, scale })
    }

    /// These parts of the page and nothing else, for OCR, on a picture that is no larger than it must be; and where on the
    /// page that picture begins, points. `None` outside the page.
    pub fn only(&self, parts: &[BBox]) -> Option<(PageImage, f32, f32)> {
        let pixel = |points: f32, most: u32| (points * self.scale).round().clamp(0.0, most as f32) as u32;
        let (most_x, most_y) = (self.image.width(), self.image.height());
        let placed = |bbox: &BBox| {
            let (left, right) = (pixel(bbox.x, most_x), pixel(bbox.right(), most_x));
            let (top, bottom) = (pixel(bbox.y, most_y), pixel(bbox.bottom(), most_y));
            (left < right && top < bottom).then_some((left, top, right, bottom))
        };
        let parts: Vec<(u32, u32, u32, u32)> = parts.iter().filter_map(placed).collect();
        let around = |first: &(u32, u32, u32, u32), next: &(u32, u32, u32, u32)| {
            (first.0.min(next.0), first.1.min(next.1), first.2.max(next.2), first.3.max(next.3))
        };
        let all = parts.iter().skip(1).fold(*parts.first()?, |all, next| around(&all, next));
        let (width, height) = (all.2 - all.0 + 2 * EDGE, all.3 - all.1 + 2 * EDGE);
        let mut only = GrayImage::from_pixel(width, height, Luma([u8::MAX]));
        for (left, top, right, bottom) in parts {
            let part = self.image.crop_imm(left, top, right - left, bottom - top).to_luma8();
            let at = |pixel: u32, first: u32| i64::from(pixel - first + EDGE);
            replace(&mut only, &part, at(left, all.0), at(top, all.1));
        }
        let dpi = (self.scale * 72.0).round().max(1.0) as u32;
        let begins = |first: u32| (first as f32 - EDGE as f32) / self.scale;
        Some((PageImage { width, height, dpi, grey: only.into_raw() }, begins(all.0), begins(all.1)))
    }

    /// The whole page as PNG.
    ///
    /// # Errors
    /// `INTERNAL` when the picture cannot be encoded.
    pub fn png(&self) -> Result<Vec<u8>, Failure> {
        png(&self.image)
    }

    /// A part of the page as PNG, every pixel that it touches; `None` outside the page.
    ///
    /// # Errors
    /// `INTERNAL` when the picture cannot be encoded.
    pub fn part(&self, bbox: BBox) -> Option<Result<Vec<u8>, Failure>> {
        let inside = |points: f32, most: u32| (points * self.scale).clamp(0.0, most as f32);
        let (width, height) = (self.image.width(), self.image.height());
        let (x0, y0) = (inside(bbox.x, width).floor() as u32, inside(bbox.y, height).floor() as u32);
        let (x1, y1) = (inside(bbox.right(), width).ceil() as u32, inside(bbox.bottom(), height).ceil() as u32);
        (x1 > x0 && y1 > y0).then(|| png(&self.image.crop_imm(x0, y0, x1 - x0, y1 - y0)))
    }
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    image.to_rgb8().write_with_encoder(encoder(&mut bytes)).map_err(|_| not_encoded())?;
    Ok(bytes)
}

/// Choosing a filter for each line, as the usual encoder does, takes four times as long as all the rest. One for all lines
/// and a quick search for what repeats make smaller files of pages.
pub fn encoder<W: Write>(to: W) -> PngEncoder<W> {
    PngEncoder::new_with_quality(to, CompressionType::Level(1), FilterType::Up)
}

fn not_encoded() -> Failure {
    Failure::new(Code::Internal, "The picture of a page could not be encoded.")
}
