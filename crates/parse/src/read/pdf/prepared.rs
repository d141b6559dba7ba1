//! Pictures of scanned pages, made before their pages' turn, so that OCR has something to do meanwhile.

use super::reading::{OCR_DPI, Reading};
use super::{PdfReader, picture};
use crate::read::scan::Scan;
use crate::services::{PageImage, Services};

/// Pixels of a picture that is kept until its page's turn: three bytes each. A4 at 300 dpi has 9 million.
const PIXELS_MAX: f32 = 12_000_000.0;

/// A scanned page as it is and as OCR gets it.
pub struct Prepared {
    pub picture: PageImage,
    pub scan: Scan,
    /// A picture of the page is.
    pub damaged: bool,
}

impl PdfReader {
    /// Whether the page is read by OCR as a whole.
    pub(super) fn is_scan(&self, reading: &Reading) -> bool {
        let may_ocr = self.options.tier.has_layout() && !self.options.ignore_text_in_image;
        reading.needs_ocr && !reading.oversized && may_ocr
    }

    /// Pixels a point.
    fn scale(reading: &Reading) -> f32 {
        picture::scale(&reading.record, reading.scan_dpi.unwrap_or(OCR_DPI))
    }

    pub(super) fn pictured(&mut self, number: u32, reading: &Reading) -> Prepared {
        let index = number as usize - 1;
        let raster = self.interpreter.render(index, Self::scale(reading));
        let damaged = raster.lacks_picture || self.interpreter.torn_pictures(index) > 0;
        let picture = picture::grey(&raster, &reading.record);
        drop(raster);
        let scan = Scan::of(&picture);
        Prepared { picture, scan, damaged }
    }

    pub(super) fn is_prepared_early(&self, reading: &Reading) -> bool {
        let (record, scale) = (&reading.record, Self::scale(reading));
        self.is_scan(reading) && record.width * record.height * scale * scale <= PIXELS_MAX
    }

    /// A page that cannot be read says so in its own turn.
    pub(super) fn prepare_early(&mut self, number: u32, services: &mut dyn Services) {
        if self.prepared.contains_key(&number) || self.ahead.contains_key(&number) {
            return;
        }
        let Ok(reading) = self.reading(number) else { return };
        if self.is_prepared_early(&reading) {
            let prepared = self.pictured(number, &reading);
            services.ocr_soon(&prepared.scan.picture, &self.options.ocr_languages);
            self.prepared.insert(number, prepared);
        }
        self.kept.insert(number, reading);
    }
}
