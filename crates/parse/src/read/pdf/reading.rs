//! One page: what is drawn on it, and what the layout or OCR makes of that.

use docmill_model::Failure;
use docmill_model::document::{Page, Warning};

use super::album::Chosen;
use super::words::{self, Leave};
use super::{PdfReader, certainty, picture};
use crate::Services;
use crate::layout::margin_numbers::{self, MarginNumber};
use crate::layout::{self, PageRecord};
use crate::read::{crop, ocr};
use crate::render::links;

/// A page with fewer readable characters than this and a picture over most of it is a scan with a stamp.
const STAMP_CHARS: usize = 30;
const SCAN_SHARE: f32 = 0.6;
/// Pixels per inch of the pictures that OCR reads.
const OCR_DPI: f32 = 200.0;
/// `Page::engine` of a page that was read from its own text.
const ENGINE: &str = "pdf text";
const TEXT_LAYER_GARBLED: &str = "TEXT_LAYER_GARBLED";
const PAGE_TOO_COMPLEX: &str = "PAGE_TOO_COMPLEX";

/// A page as it was read, with what OCR has to know.
pub struct Reading {
    pub record: PageRecord,
    /// Its pictures, when they are to be saved.
    pub chosen: Chosen,
    /// Nothing readable, but something is drawn.
    pub needs_ocr: bool,
    /// Most of its glyphs stand for no known character.
    pub garbled: bool,
    pub truncated: bool,
    /// How sure its own text is.
    pub confidence: Option<f32>,
    /// Numbers of its lines, which are no part of the text.
    pub line_numbers: Vec<MarginNumber>,
}

impl Reading {
    /// About how much memory it takes, in words of text.
    pub fn size(&self) -> usize {
        let record = &self.record;
        let drawn = record.rules.len() + record.pictures.len() + record.shapes.len();
        record.tokens.len() + drawn + 2 * record.links.len() + 5 * record.fields.len() + 50
    }
}

impl PdfReader {
    /// The page as the survey kept it, else read again.
    pub(super) fn reading(&mut self, number: u32) -> Result<Reading, Failure> {
        self.kept.remove(&number).map_or_else(|| self.read(number), Ok)
    }

    /// The page but for what is made of its pictures.
    pub(super) fn composed(&mut self, number: u32, reading: &Reading, services: &mut dyn Services) -> Page {
        let has_layout = self.options.tier.has_layout();
        let mut page = if has_layout {
            let mut page = self.laid_out(number, reading, services);
            page.fields.clone_from(&reading.record.fields);
            if self.options.annotate_links {
                links::annotate(&mut page, &reading.record.links, &self.options);
            }
            page
        } else {
            self.text_only(&reading.record)
        };
        page.number = number;
        if page.engine.is_empty() {
            page.engine = ENGINE.into();
            page.confidence = reading.confidence;
        }
        if reading.truncated {
            let message = "The page draws more than the limit; what came after it was not read.";
            page.warnings.push(Warning::new(PAGE_TOO_COMPLEX, message));
        }
        // Pages that OCR read are not turned; the record's boxes may be.
        if has_layout && page.rotation == reading.record.rotation {
            layout::place_figures(&mut page, &reading.record, self.stats.body_size());
        }
        page
    }

    pub(super) fn read(&mut self, number: u32) -> Result<Reading, Failure> {
        let index = self.index(number)?;
        let drawn = self.interpreter.draw(index);
        let leave = Leave { hidden: self.options.ignore_hidden_text, diagonal: self.options.ignore_diagonal_text };
        let mut record = words::page_record(&drawn.drawing, drawn.width, drawn.height, leave);
        let drawing = &drawn.drawing;
        let chars = record.tokens.iter().chain(record.asides.iter().flat_map(|aside| &aside.tokens));
        // Buttons of a form over a scan say nothing of its text.
        let chars: usize = chars.filter(|token| !layout::is_box(&token.text)).map(layout::Token::chars).sum();
        let page_area = (drawn.width * drawn.height).max(1.0);
        let scan = record.pictures.iter().map(|picture| picture.area()).fold(0.0, f32::max) > SCAN_SHARE * page_area;
        let inked = !drawing.pictures.is_empty() || drawing.shapes > 0 || drawing.unmapped > 0;
        let garbled = drawing.unmapped > 0 && drawing.unmapped * 2 > drawing.glyphs.len();
        let needs_ocr = (chars == 0 && inked) || (chars < STAMP_CHARS && scan) || garbled;
        let chosen = self.choose(drawing, &record);
        // Only now: whether the page is a scan is seen on the whole of it.
        if let Some(wanted) = self.options.crop {
            crop::record(&mut record, wanted);
        }
        let has_layout = self.options.tier.has_layout();
        let line_numbers = if has_layout { margin_numbers::take(&mut record) } else { Vec::new() };
        Ok(Reading {
            record,
            chosen,
            needs_ocr,
            garbled,
            truncated: drawing.truncated,
            confidence: certainty::of(drawing),
            line_numbers,
        })
    }

    fn text_only(&self, record: &PageRecord) -> Page {
        Page {
            width: Some(record.width),
            height: Some(record.height),
            rotation: record.rotation,
            text: layout::spatial_text(record, &self.stats, self.options.spatial),
            ..Page::default()
        }
    }

    fn laid_out(&mut self, number: u32, reading: &Reading, services: &mut dyn Services) -> Page {
        if reading.needs_ocr && !self.options.ignore_text_in_image {
            let mut page = Page::default();
            let raster = self.interpreter.render(number as usize - 1, picture::scale(&reading.record, OCR_DPI));
            let image = picture::grey(&raster, &reading.record);
            ocr::read(&mut page, &image, &self.options, services);
            if !page.words.is_empty() || reading.record.tokens.is_empty() {
                (page.width, page.height) = (Some(reading.record.width), Some(reading.record.height));
                return page;
            }
            // No OCR: what text there is, with the reason.
            let mut own = layout::assemble(&reading.record, &self.stats, (&self.options).into());
            own.warnings = page.warnings;
            self.warn_of_garbled(reading, &mut own);
            return own;
        }
        let mut page = layout::assemble(&reading.record, &self.stats, (&self.options).into());
        self.warn_of_garbled(reading, &mut page);
        page
    }

    fn warn_of_garbled(&self, reading: &Reading, page: &mut Page) {
        if reading.garbled {
            let message = "The fonts of the page do not say which characters most of its glyphs are.";
            page.warnings.push(Warning::new(TEXT_LAYER_GARBLED, message));
        }
    }
}
