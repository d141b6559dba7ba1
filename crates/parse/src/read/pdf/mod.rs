//! PDF documents.

mod album;
mod certainty;
mod content;
mod doubles;
mod drawing;
mod embedded;
mod interpreter;
mod joining;
mod picture;
mod saving;
mod strings;
mod turn;
mod words;

use std::collections::{BTreeSet, HashMap};

use docmill_model::document::{DocumentInfo, FORMAT, Page, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};
use hayro::hayro_syntax::LoadPdfError;

use crate::layout::{self, DocumentStats, PageRecord};
use crate::read::crop;
use crate::render::finish_page;
use crate::{DocumentReader, Services, Source};
use album::{Album, Chosen};
use interpreter::{Interpreter, Opening};
use words::Leave;

/// Words of surveyed pages that are kept so that a page need not be interpreted twice; about 100 bytes each.
const WORDS_KEPT_MAX: usize = 200_000;
/// A page with fewer readable characters than this and a picture over most of it is a scan with a stamp.
const STAMP_CHARS: usize = 30;
const SCAN_SHARE: f32 = 0.6;
/// Pixels per inch of the pictures that OCR reads and of screenshots.
const OCR_DPI: f32 = 200.0;
const SCREENSHOT_DPI: f32 = 144.0;
/// `Page::engine` of a page that was read from its own text.
const ENGINE: &str = "pdf text";
/// The document was damaged and could be opened all the same.
const FILE_REPAIRED: &str = "FILE_REPAIRED";
const TEXT_LAYER_GARBLED: &str = "TEXT_LAYER_GARBLED";
const PAGE_TOO_COMPLEX: &str = "PAGE_TOO_COMPLEX";

/// Opens a PDF. All of its pages count; the caller reads at most its own limit of them.
///
/// # Errors
/// `PDF_IS_PROTECTED` when an empty password does not open it, `NO_DATA_FOUND_IN_FILE` without pages, `FILE_DAMAGED`
/// when it cannot be read or its end is missing and pages with it.
pub fn open(source: Source, options: &ParseOptions, _pages_max: u32) -> Result<Box<dyn DocumentReader>, Failure> {
    let whole = has_end(&source.bytes);
    let (interpreter, opening) = Interpreter::open(source.bytes, !whole).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Code::PdfIsProtected.into(),
        LoadPdfError::Invalid => Failure::from(Code::FileDamaged),
    })?;
    let promised = opening.promised.unwrap_or(0);
    if opening.pages == 0 {
        return Err(if promised > 0 { Code::FileDamaged } else { Code::NoDataFoundInFile }.into());
    }
    let complete = promised > 0 && opening.pages as i64 >= promised && opening.unreadable == 0;
    if !whole && !complete {
        return Err(Failure::new(Code::FileDamaged, "The end of the file is missing, and pages with it."));
    }
    let mut warnings = Vec::new();
    if !whole {
        warnings.push(Warning::new(FILE_REPAIRED, "The end of the file is missing; all of its pages could be read."));
    } else if opening.promised.is_some_and(|promised| promised > opening.pages as i64) {
        let message = format!("The file is damaged: it promises {promised} pages and has {}.", opening.pages);
        warnings.push(Warning::new(FILE_REPAIRED, message));
    }
    if options.images.contains(&ImageCategory::Layout) && !options.tier.has_layout() {
        let message = "The fast tier looks for no figures: there are no pictures of the category `layout`.";
        warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    if options.annotate_links {
        let message =
            "Links are not taken out of PDF documents; `output_options.markdown.annotate_links` is not followed.";
        warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    Ok(Box::new(PdfReader {
        interpreter,
        opening,
        warnings,
        options: options.clone(),
        stats: DocumentStats::default(),
        album: Album::default(),
        kept: HashMap::new(),
        words_kept: 0,
        surveyed: BTreeSet::new(),
        ahead: HashMap::new(),
    }))
}

/// Whether the file ends as a PDF does (ISO 32000-1, 7.5.5); some programs append zeros or blanks.
fn has_end(bytes: &[u8]) -> bool {
    let end =
        bytes.iter().rposition(|byte| !matches!(byte, 0 | b' ' | b'\r' | b'\n' | b'\t')).map_or(0, |last| last + 1);
    let tail = &bytes[end.saturating_sub(2048)..end];
    [&b"%%EOF"[..], b"startxref"].iter().any(|mark| tail.windows(mark.len()).any(|window| window == *mark))
}

struct PdfReader {
    interpreter: Interpreter,
    opening: Opening,
    warnings: Vec<Warning>,
    options: ParseOptions,
    stats: DocumentStats,
    album: Album,
    /// Pages of the survey that were not asked for yet, as far as they fit.
    kept: HashMap<u32, Reading>,
    words_kept: usize,
    /// Pages that are wanted, as far as the survey got.
    surveyed: BTreeSet<u32>,
    /// Pages that were laid out before their turn.
    ahead: HashMap<u32, (Reading, Page)>,
}

/// A page as it was read, with what OCR has to know.
struct Reading {
    record: PageRecord,
    /// Its pictures, when they are to be saved.
    chosen: Chosen,
    /// Nothing readable, but something is drawn.
    needs_ocr: bool,
    /// Most of its glyphs stand for no known character.
    garbled: bool,
    truncated: bool,
    /// How sure its own text is.
    confidence: Option<f32>,
}

impl Reading {
    /// About how much memory it takes, in words of text.
    fn size(&self) -> usize {
        let record = &self.record;
        record.tokens.len() + record.rules.len() + record.pictures.len() + record.shapes.len() + 50
    }
}

impl DocumentReader for PdfReader {
    fn info(&self) -> DocumentInfo {
        DocumentInfo {
            format: FORMAT,
            kind: "pdf".into(),
            page_count: u32::try_from(self.opening.pages).unwrap_or(u32::MAX),
            title: self.opening.title.clone(),
            warnings: self.warnings.clone(),
        }
    }

    fn wants_survey(&self) -> bool {
        let spatial = self.options.spatial;
        let of_text = spatial.unroll_columns || spatial.align_pages;
        self.options.tier.has_layout() || of_text || self.wants(ImageCategory::Embedded)
    }

    fn survey(&mut self, number: u32) -> Result<(), Failure> {
        let reading = self.read(number)?;
        self.stats.absorb(&reading.record);
        self.album.meet(&reading.chosen);
        self.surveyed.insert(number);
        let words = reading.size();
        if self.words_kept + words <= WORDS_KEPT_MAX {
            self.words_kept += words;
            self.kept.insert(number, reading);
        }
        Ok(())
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let (reading, mut page) = match self.ahead.remove(&number) {
            Some(ready) => ready,
            None => {
                let reading = self.reading(number)?;
                let page = self.composed(number, &reading, services);
                (reading, page)
            }
        };
        if self.options.tables.merge_continued {
            self.join_tables(&mut page, services);
        }
        self.save_rendered(&mut page, services)?;
        if self.wants(ImageCategory::Embedded) {
            self.save_embedded(&mut page, &reading.chosen, services)?;
        }
        finish_page(&mut page, &self.options);
        Ok(page)
    }
}

impl PdfReader {
    /// The page as the survey kept it, else read again.
    fn reading(&mut self, number: u32) -> Result<Reading, Failure> {
        self.kept.remove(&number).map_or_else(|| self.read(number), Ok)
    }

    /// The page but for what is made of its pictures.
    fn composed(&mut self, number: u32, reading: &Reading, services: &mut dyn Services) -> Page {
        let has_layout = self.options.tier.has_layout();
        let mut page =
            if has_layout { self.laid_out(number, reading, services) } else { self.text_only(&reading.record) };
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

    fn read(&mut self, number: u32) -> Result<Reading, Failure> {
        let index = self.index(number)?;
        let drawn = self.interpreter.draw(index);
        let leave = Leave { hidden: self.options.ignore_hidden_text, diagonal: self.options.ignore_diagonal_text };
        let mut record = words::page_record(&drawn.drawing, drawn.width, drawn.height, leave);
        let drawing = &drawn.drawing;
        let chars = record.tokens.iter().chain(record.asides.iter().flat_map(|aside| &aside.tokens));
        let chars: usize = chars.map(layout::Token::chars).sum();
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
        Ok(Reading {
            record,
            chosen,
            needs_ocr,
            garbled,
            truncated: drawing.truncated,
            confidence: certainty::of(drawing),
        })
    }

    fn index(&self, number: u32) -> Result<usize, Failure> {
        let index = (number as usize).checked_sub(1).filter(|index| *index < self.opening.pages);
        index.ok_or_else(|| Code::PagesOutOfRange.into())
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
            crate::read::ocr::read(&mut page, &image, &self.options, services);
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
