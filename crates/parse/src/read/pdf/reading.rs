//! One page: what is drawn on it, and what the layout or OCR makes of that.

use std::ops::RangeInclusive;

use docmill_model::Failure;
use docmill_model::document::{BBox, Page, Revision, RevisionKind, Warning};

use super::album::Chosen;
use super::drawing::{Drawing, DrawnPicture};
use super::prepared::Prepared;
use super::saving::warn_of_damage;
use super::words::{self, Leave};
use super::{PdfReader, certainty, inset, left_out, unknown, vertical};
use crate::Services;
use crate::layout::margin_numbers::{self, MarginNumber};
use crate::layout::{self, Comment, Doubt, PageRecord};
use crate::read::{crop, ocr};
use crate::render::links;

/// A page with fewer readable characters than this and a picture over most of it is a scan with a stamp.
const STAMP_CHARS: usize = 30;
const SCAN_SHARE: f32 = 0.6;
/// Pixels per inch of the pictures that OCR reads.
pub const OCR_DPI: f32 = 200.0;
/// The same of scans at their own resolution, and into how many parts a finer one is divided.
const SCAN_DPI: RangeInclusive<f32> = 150.0..=320.0;
const SCAN_PARTS_MAX: u8 = 4;
/// Pixels of a picture that is drawn: A0 at 600 pixels per inch has 560 million.
const DRAWN_PIXELS_MAX: u64 = 1_000_000_000;
/// `Page::engine` of a page that was read from its own text.
const ENGINE: &str = "pdf text";

/// A page as it was read, with what OCR has to know.
pub struct Reading {
    pub record: PageRecord,
    /// Its pictures, when they are to be saved.
    pub chosen: Chosen,
    /// Nothing readable, but something is drawn.
    pub needs_ocr: bool,
    /// Most of its glyphs stand for no known character.
    pub garbled: bool,
    /// Some words have glyphs of no known character, which OCR may read.
    pub has_unknown: bool,
    /// Glyphs of no known character that are missing from its text.
    pub lost: usize,
    pub truncated: bool,
    /// Text was left out because it stands too far away.
    pub far: bool,
    /// What is said of text that is not read.
    pub left_out: Vec<Warning>,
    /// It holds a picture of too many pixels to be drawn.
    pub oversized: bool,
    /// Pixels per inch of the one picture that is the page.
    pub scan_dpi: Option<f32>,
    /// Pictures on it that OCR may read, when the page itself is none.
    pub insets: Vec<BBox>,
    /// How sure its own text is.
    pub confidence: Option<f32>,
    /// Numbers of its lines, which are no part of the text.
    pub line_numbers: Vec<MarginNumber>,
}

/// The resolution of the picture that covers the page, or half or a third of it, where OCR reads that well: its own pixels
/// are clearer than any that are made of them.
fn scan_dpi(drawing: &Drawing, page_area: f32) -> Option<f32> {
    let covering = drawing.pictures.iter().filter(|picture| picture.bbox.area() > SCAN_SHARE * page_area);
    let [picture] = covering.collect::<Vec<_>>()[..] else { return None };
    let pixels = picture.width as f32 * picture.height as f32;
    // By areas: the page may show its picture turned.
    let own = (pixels / picture.bbox.area().max(1.0)).sqrt() * 72.0;
    (1..=SCAN_PARTS_MAX).map(|part| own / part as f32).find(|dpi| SCAN_DPI.contains(dpi))
}

fn is_oversized(picture: &DrawnPicture) -> bool {
    u64::from(picture.width) * u64::from(picture.height) > DRAWN_PIXELS_MAX
}

impl Reading {
    /// Which shares of the page its pictures cover.
    pub fn picture_shares(&self) -> Vec<f64> {
        let page = (self.record.width * self.record.height).max(1.0);
        self.record.pictures.iter().map(|picture| f64::from(picture.area() / page)).collect()
    }

    /// About how much memory it takes, in words of text.
    pub fn size(&self) -> usize {
        let record = &self.record;
        let drawn = record.rules.len() + record.pictures.len() + record.shapes.len();
        record.tokens.len() + drawn + 2 * record.links.len() + 5 * record.fields.len() + 50
    }
}

/// Remarks with the words that they are about: those in their areas.
fn revisions(comments: &[Comment], page: &Page) -> Vec<Revision> {
    let target = |comment: &Comment| {
        let inside = |bbox: BBox| {
            let (x, y) = bbox.center();
            comment.boxes.iter().any(|area| area.contains_point(x, y))
        };
        let words = page.words.iter().filter(|word| word.bbox.is_some_and(inside));
        words.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    let revision = |comment: &Comment| Revision {
        kind: RevisionKind::Comment,
        author: comment.author.clone(),
        target: target(comment),
        content: comment.content.clone(),
    };
    comments.iter().map(revision).collect()
}

impl PdfReader {
    /// The page as the survey kept it, else read again.
    pub(super) fn reading(&mut self, number: u32) -> Result<Reading, Failure> {
        self.kept.remove(&number).map_or_else(|| self.read(number), Ok)
    }

    /// The page but for what is made of its pictures.
    pub(super) fn composed(&mut self, number: u32, reading: &mut Reading, services: &mut dyn Services) -> Page {
        let has_layout = self.options.tier.has_layout();
        // What reading by OCR has to say before there is a page.
        let mut told = Page::default();
        if reading.has_unknown {
            self.read_unknown(number, reading, &mut told, services);
        }
        let mut page = if has_layout {
            let mut page = self.laid_out(number, &*reading, services);
            page.fields.clone_from(&reading.record.fields);
            if self.options.revisions {
                let comments = &reading.record.comments;
                page.revisions = revisions(comments, &page);
                let place = |own: &Comment| BBox::around(own.boxes.iter().copied()).unwrap_or_default();
                page.revision_boxes = comments.iter().map(place).collect();
            }
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
            let laid_out = |own| certainty::doubted(own, Doubt::of(&page, &reading.record));
            page.confidence = if has_layout { reading.confidence.map(laid_out) } else { reading.confidence };
        }
        page.warnings.append(&mut told.warnings);
        if reading.lost > 0 && !(reading.garbled && has_layout) {
            let message = format!(
                "{} glyph(s) of the page are missing: their fonts do not say which characters they are.",
                reading.lost
            );
            page.warnings.push(Warning::new(Warning::GLYPHS_UNKNOWN, message));
        }
        if reading.truncated {
            let message = "The page draws more than the limit; what came after it was not read.";
            page.warnings.push(Warning::new(Warning::PAGE_TOO_COMPLEX, message));
        }
        page.warnings.extend(reading.left_out.iter().cloned());
        if reading.oversized {
            let message = format!(
                "A picture of the page says that it has more than {DRAWN_PIXELS_MAX} pixels: the page was neither drawn nor \
                 read by OCR."
            );
            page.warnings.push(Warning::new(Warning::PICTURES_LEFT_OUT, message));
        }
        if reading.far {
            let message = "Text that stands more than 1,000,000 points away from the corner of the page was not read.";
            page.warnings.push(Warning::new(Warning::TEXT_TOO_FAR, message));
        }
        // Pages that OCR read are not turned; the record's boxes may be.
        if has_layout && page.rotation == reading.record.rotation && !(reading.record.down && page.engine != ENGINE) {
            layout::place_figures(&mut page, &reading.record, self.stats.body_size());
            if !reading.oversized {
                self.read_insets(number, reading, &mut page, services);
            }
        }
        if reading.record.down && page.engine == ENGINE {
            vertical::upright(&mut page);
        }
        page
    }

    pub(super) fn read(&mut self, number: u32) -> Result<Reading, Failure> {
        let index = self.index(number)?;
        let has_layout = self.options.tier.has_layout();
        let drawn = self.interpreter.draw(index, has_layout);
        let page_area = (drawn.width * drawn.height).max(1.0);
        let leave = Leave { hidden: self.options.ignore_hidden_text, diagonal: self.options.ignore_diagonal_text };
        let (mut record, drawing) = words::page_record(drawn, leave);
        let drawing = &drawing;
        let chars = record.tokens.iter().chain(record.asides.iter().flat_map(|aside| &aside.tokens));
        // Buttons of a form over a scan say nothing of its text.
        let chars = chars.filter(|token| !layout::is_box(&token.text)).map(layout::Token::chars);
        // So many that it makes no difference how many more there are.
        let chars: usize = chars.take(STAMP_CHARS).sum();
        let scan = record.pictures.iter().map(|picture| picture.area()).fold(0.0, f32::max) > SCAN_SHARE * page_area;
        let inked = !drawing.pictures.is_empty() || drawing.shapes > 0 || drawing.unmapped > 0;
        let garbled = drawing.unmapped > 0 && drawing.unmapped * 2 > drawing.glyphs.len();
        let may_ocr = has_layout && !self.options.ignore_text_in_image;
        let needs_ocr = (chars == 0 && inked) || (chars < STAMP_CHARS && scan) || garbled;
        let chosen = self.choose(drawing, &record);
        let mut insets = if may_ocr && !needs_ocr { inset::candidates(drawing, &record) } else { Vec::new() };
        // Only now: whether the page is a scan is seen on the whole of it.
        if let Some(wanted) = self.options.crop {
            let wanted = if record.down { vertical::lying(wanted) } else { wanted };
            insets.retain(|bbox| crop::keeps(wanted, *bbox, record.width, record.height));
            crop::record(&mut record, wanted);
        }
        // A page that OCR reads anyway needs no words read alone.
        let has_unknown = drawing.unmapped > 0 && may_ocr && !needs_ocr;
        let lost = if drawing.unmapped > 0 && !has_unknown { unknown::drop_marks(&mut record) } else { 0 };
        let line_numbers = if has_layout { margin_numbers::take(&mut record) } else { Vec::new() };
        let left_out = left_out::warnings(drawing, &record, &self.options);
        Ok(Reading {
            record,
            chosen,
            needs_ocr,
            garbled,
            has_unknown,
            lost,
            truncated: drawing.truncated,
            far: drawing.far,
            left_out,
            oversized: drawing.pictures.iter().any(is_oversized),
            scan_dpi: scan_dpi(drawing, page_area),
            insets,
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
        if self.is_scan(reading) {
            let mut page = Page::default();
            let Prepared { picture, scan, damaged } =
                self.prepared.remove(&number).unwrap_or_else(|| self.pictured(number, reading));
            warn_of_damage(&mut page, damaged);
            ocr::read_scan(&mut page, &picture, scan, &self.options, services);
            if !page.words.is_empty() || reading.record.tokens.is_empty() {
                let (mut width, mut height) = (Some(reading.record.width), Some(reading.record.height));
                if reading.record.down {
                    (width, height) = (height, width);
                }
                (page.width, page.height) = if page.rotation % 180 == 90 { (height, width) } else { (width, height) };
                self.warn_of_garbled(reading, &mut page);
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
            page.warnings.push(Warning::new(Warning::TEXT_LAYER_GARBLED, message));
        }
    }
}
