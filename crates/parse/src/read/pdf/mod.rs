//! PDF documents.

mod accents;
mod album;
mod certainty;
mod coded;
mod content;
mod doubles;
mod drawing;
mod embedded;
mod fields;
mod form_places;
mod inset;
mod interpreter;
mod joining;
mod left_out;
mod picture;
mod prepared;
mod reading;
mod saving;
mod settle;
#[cfg(feature = "stages")]
pub mod stages;
mod strings;
mod structure;
mod torn;
mod turn;
mod unknown;
mod vertical;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use docmill_model::document::{DocumentInfo, FORMAT, Page, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};
use hayro::hayro_syntax::LoadPdfError;

use crate::auto_mode::AutoMode;
use crate::layout::DocumentStats;
use crate::read::output_pdf::{self, Layer};
use crate::render::{finish_page, line_numbers};
use crate::{DocumentReader, Services, Source};
use album::Album;
pub use embedded::jpeg_components;
use interpreter::{Interpreter, Opening};
use prepared::Prepared;
use reading::Reading;

/// Pages of a document that are all surveyed; of a longer one so many from its beginning, and about as many over the rest:
/// its first page must not wait for its last, and styles and page headers show in a part.
const SURVEYED_WHOLE: u32 = 400;
const SURVEYED_FIRST: u32 = 150;
/// Words of surveyed pages that are kept so that a page need not be interpreted twice; about 100 bytes each.
const WORDS_KEPT_MAX: usize = 200_000;
/// Pixels per inch of screenshots.
const SCREENSHOT_DPI: f32 = 144.0;
/// The document was damaged and could be opened all the same.
const FILE_REPAIRED: &str = "FILE_REPAIRED";

/// Opens a PDF. All of its pages count; the caller reads at most its own limit of them.
///
/// # Errors
/// `PDF_IS_PROTECTED` when an empty password does not open it, `NO_DATA_FOUND_IN_FILE` without pages, `FILE_DAMAGED`
/// when it cannot be read or its end is missing and pages with it.
pub fn open(source: Source, options: &ParseOptions, _pages_max: u32) -> Result<Box<dyn DocumentReader>, Failure> {
    let whole = has_end(&source.bytes);
    let bytes = options.output_pdf.then(|| Arc::clone(&source.bytes));
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
    let auto_mode = AutoMode::new(&options.auto_mode, &source.name, &mut warnings);
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
        prepared: HashMap::new(),
        known: inset::Known::default(),
        auto_mode,
        layers: BTreeMap::new(),
        came_out: 0,
        bytes,
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
    /// The file, where it is to be handed out again.
    bytes: Option<Arc<Vec<u8>>>,
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
    /// What OCR said of pictures inside pages.
    known: inset::Known,
    /// Pictures of scanned pages that were made before their pages' turn.
    prepared: HashMap<u32, Prepared>,
    auto_mode: AutoMode,
    /// Words of pages that OCR read, by the pages' indices, and how many pages came out, for the output PDF.
    layers: BTreeMap<usize, Layer>,
    came_out: usize,
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
        if !self.is_sampled(number) {
            self.surveyed.insert(number);
            return Ok(());
        }
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

    fn will_ocr(&self, number: u32) -> Option<bool> {
        self.kept.get(&number).map(|reading| self.is_prepared_early(reading))
    }

    fn prepare(&mut self, number: u32, services: &mut dyn Services) {
        self.prepare_early(number, services);
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let (reading, page) = match self.ahead.remove(&number) {
            Some(ready) => ready,
            None => {
                let mut reading = self.reading(number)?;
                let page = self.composed(number, &mut reading, services);
                (reading, page)
            }
        };
        let shares = reading.picture_shares();
        let Some(rule) = self.auto_mode.fires(&page, &shares) else {
            return self.completed(number, &reading, page, services);
        };
        let changed = self.options.auto_mode[rule].reading.of(&self.options);
        let own = std::mem::replace(&mut self.options, changed);
        let read = self.read(number).and_then(|mut reading| {
            let page = self.composed(number, &mut reading, services);
            self.completed(number, &reading, page, services)
        });
        self.options = own;
        read.map(|page| Page { triggered_auto_mode: true, ..page })
    }

    /// The file itself, the words of its scanned pages laid over them.
    fn finish(&mut self, services: &mut dyn Services) {
        let Some(bytes) = self.bytes.take() else { return };
        let layers = std::mem::take(&mut self.layers);
        let scanned = !layers.is_empty();
        let made = if scanned { self.interpreter.with_layers(layers) } else { None };
        self.warnings.extend(output_pdf::save(made.as_deref().unwrap_or(&bytes), services));
        if scanned && made.is_none() {
            let message =
                "The file is damaged or encrypted: its output PDF is as it was, without the words that OCR read.";
            self.warnings.push(Warning::new(output_pdf::NOT_SEARCHABLE, message));
        }
        let missing = self.options.pages.of(self.opening.pages as u32).len().saturating_sub(self.came_out);
        if missing > 0 {
            let message =
                format!("{missing} page(s) were not read by this reader; the output PDF has no words of OCR on them.");
            self.warnings.push(Warning::new(output_pdf::NOT_SEARCHABLE, message));
        }
    }
}

impl PdfReader {
    /// What is made of the page's pictures and of the pages around it, and its markdown.
    fn completed(
        &mut self,
        number: u32,
        reading: &Reading,
        mut page: Page,
        services: &mut dyn Services,
    ) -> Result<Page, Failure> {
        if self.options.tables.merge_continued {
            self.join_tables(&mut page, services);
        }
        if !reading.oversized {
            self.save_rendered(&mut page, services)?;
        }
        if self.wants(ImageCategory::Embedded) {
            self.save_embedded(&mut page, &reading.chosen, services)?;
        }
        page.field_places = form_places::of(&page);
        finish_page(&mut page, &self.options);
        if self.options.line_numbers {
            line_numbers::place(&mut page, &reading.line_numbers);
        }
        self.came_out += 1;
        if self.options.output_pdf {
            self.layers.extend(Layer::of(&page).map(|layer| (number as usize - 1, layer)));
        }
        Ok(page)
    }

    /// Whether the survey looks at this page. Numbers of pictures and margins of all pages need every one.
    fn is_sampled(&self, number: u32) -> bool {
        let pages = self.opening.pages as u32;
        let step = (pages / SURVEYED_FIRST).max(1);
        let all = self.wants(ImageCategory::Embedded) || self.options.spatial.align_pages;
        all || pages <= SURVEYED_WHOLE || number <= SURVEYED_FIRST || number.is_multiple_of(step)
    }

    fn index(&self, number: u32) -> Result<usize, Failure> {
        let index = (number as usize).checked_sub(1).filter(|index| *index < self.opening.pages);
        index.ok_or_else(|| Code::PagesOutOfRange.into())
    }
}
