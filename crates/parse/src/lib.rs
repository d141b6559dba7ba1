//! Documents to pages: bytes and options in, pages and warnings out.
//!
//! Pure and deterministic: no file, network, clock or environment; what lies outside (OCR, where pictures go) comes
//! through `Services`. Memory does not grow with the number of pages: a page is read, handed out and forgotten;
//! what the whole document says about a page (heading sizes, repeated headers) is gathered in a first pass.

mod auto_mode;
pub mod detect;
pub mod formats;
mod layout;
mod read;
pub mod render;
pub mod services;

pub use read::container::files as archive_files;
#[cfg(feature = "stages")]
#[doc(hidden)]
pub use read::pdf::stages;
pub use services::{NotConverted, OcrAnswer, OcrText, OcrWord, PageImage, Services, Target, ToConvert};

use std::sync::Arc;

use docmill_model::document::{DocumentInfo, Page, PageOutcome, Warning};
use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};

use detect::Kind;
use read::container::Budget;
use read::converted::{self, Opening, Printed};

/// A document as it came. The name is the caller's and only a hint: content decides what it is.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    pub bytes: Arc<Vec<u8>>,
}

/// Options that mean nothing without a model, by the last part of their names on the wire.
const MODEL_ONLY: &[&str] = &["custom_prompt", "specialized_chart_parsing", "cost_optimizer.enable"];

/// An open document. Pages count from 1 and may be read in any order, each at most once after the survey.
///
/// The way of a caller: for every wanted page `survey`, then for every wanted page `page`. A page that fails, fails
/// alone. The reader may panic or run away on hostile input; that is why callers keep it in a process of its own.
pub trait DocumentReader {
    /// Kind, number of pages, warnings about the whole document.
    fn info(&self) -> DocumentInfo;

    /// Whether things have places on its pages.
    fn has_places(&self) -> bool {
        has_places(&self.info().kind)
    }

    /// Whether `survey` does anything; when false it need not be called.
    fn wants_survey(&self) -> bool {
        false
    }

    /// First pass: what this page says about the whole document (body size, headings, repeated headers).
    fn survey(&mut self, _number: u32) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether the page will ask for OCR; `None` where that is not known before it is read.
    fn will_ocr(&self, _number: u32) -> Option<bool> {
        Some(false)
    }

    /// Makes the picture that the page will ask OCR for, and says so (`Services::ocr_soon`). May be left out.
    fn prepare(&mut self, _number: u32, _services: &mut dyn Services) {}

    /// Second pass: the page itself, complete with markdown and text.
    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure>;

    /// After the last page: hands out what is made of the document as a whole. `info` may say more afterwards.
    fn finish(&mut self, _services: &mut dyn Services) {}
}

/// Opens a document of any kind that docmill reads: content decides, the name is a hint.
///
/// At most `pages_max` pages of it are read (`wanted_pages`).
///
/// # Errors
/// `EMPTY_FILE`, `UNSUPPORTED_FILE_TYPE`, `PDF_IS_PROTECTED`, `FILE_DAMAGED`, `FILE_TOO_LARGE`, `CONVERTER_MISSING`: always
/// the file's own failure, never a transient one.
pub fn open(
    source: Source,
    options: &ParseOptions,
    pages_max: u32,
    services: &mut dyn Services,
) -> Result<Box<dyn DocumentReader>, Failure> {
    let budget = &mut Budget::default();
    let reader = reader(source, &mut Opening { options, pages_max, budget, services })?;
    let kind = reader.info().kind;
    let mut warnings: Vec<Warning> = Vec::new();
    if options.forms && kind != "pdf" {
        let message = "Fields of forms are read from PDF documents only; `processing_options.forms` is not followed.";
        warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    warnings.extend(options.not_followed.iter().map(|path| not_followed(path)));
    warnings.extend(options_of_drawn_pages(&kind, options));
    if options.crop.is_some() && !reader.has_places() {
        let message = "Only PDF documents and pictures have pages that can be cut; `crop_box` is not followed.";
        warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    let count = reader.info().page_count;
    let wanted = options.pages.of(count).len();
    if wanted > pages_max as usize {
        let message = format!(
            "Only the first {pages_max} of {wanted} pages were read: that is the limit (`document_pages_max`)."
        );
        warnings.push(Warning::new(Warning::PAGES_NOT_READ, message));
    }
    Ok(Box::new(Opened { reader, warnings }))
}

/// What is asked of a document of this kind that only others can be asked.
fn options_of_drawn_pages(kind: &str, options: &ParseOptions) -> Vec<Warning> {
    let is_picture = formats::of_id(kind).is_some_and(|format| matches!(format.reader, formats::Reader::Picture(_)));
    let (is_pdf, pdf) = (kind == "pdf", "PDF documents");
    let has_pdf = is_picture || converted::has_pdf(kind);
    let asked = [
        (options.output_pdf && !has_pdf, "output_options.save_output_pdf", "PDF documents, pictures, texts and slides"),
        (options.inline_images && !is_pdf, "output_options.markdown.inline_images", pdf),
        (!options.auto_mode.is_empty() && !is_pdf, "processing_options.auto_mode_configuration", pdf),
    ];
    let warning =
        |(_, option, of)| Warning::new(Warning::OPTION_NOT_FOLLOWED, format!("`{option}` is followed for {of} only."));
    asked.into_iter().filter(|(unfit, ..)| *unfit).map(warning).collect()
}

fn not_followed(path: &str) -> Warning {
    let message = if MODEL_ONLY.iter().any(|name| path.ends_with(name)) {
        format!("The option `{path}` asks for a model, and none is used; it changes nothing.")
    } else {
        format!("This release does not follow the option `{path}`.")
    };
    Warning::new(Warning::OPTION_NOT_FOLLOWED, message)
}

/// A document, or one inside another, by the reader of its kind.
fn reader(source: Source, opening: &mut Opening<'_>) -> Result<Box<dyn DocumentReader>, Failure> {
    let found = detect::detect(&source.name, &source.bytes)?;
    if formats::may_be_empty(found.kind.as_str()) && read::text::is_blank(&source.bytes) {
        return Ok(read::text::blank(found.kind.as_str(), opening.options));
    }
    let reader = match found.kind {
        Kind::Pdf => read::pdf::open(source, opening.options, opening.pages_max)?,
        Kind::Picture(format) => read::image::open(&source, format, opening.options)?,
        Kind::Text => read::text::open(&source, opening.options),
        Kind::Archive(pack) => read::container::open(&source, pack, opening)?,
        Kind::Converted(id, target) => converted::open(&source, id, target, opening)?,
        Kind::Office(id) => office(&source, id, opening)?,
    };
    let warnings = found.mismatch.into_iter().collect::<Vec<_>>();
    Ok(if warnings.is_empty() { reader } else { Box::new(Opened { reader, warnings }) })
}

fn office(source: &Source, id: &'static str, opening: &mut Opening<'_>) -> Result<Box<dyn DocumentReader>, Failure> {
    let printed = converted::printed(source, id, opening);
    if let Printed::Pages(reader) = printed {
        return Ok(reader);
    }
    let reader = read::office::open(source, id, opening)?;
    let reader = if id == "email" { read::container::letter(reader, &source.bytes, opening) } else { reader };
    Ok(match printed {
        Printed::Pages(_) | Printed::NotWanted => reader,
        Printed::Pictures(pictures) => converted::illustrated(reader, pictures),
        Printed::Not(warning) => Box::new(Opened { reader, warnings: vec![warning] }),
    })
}

/// Whether things have places on the pages of such documents.
fn has_places(kind: &str) -> bool {
    use formats::Reader::{Archive, Converted, Pdf, Picture};
    formats::of_id(kind)
        .is_some_and(|format| matches!(format.reader, Pdf | Picture(_) | Archive | Converted(Target::Pages)))
}

/// The pages of an open document that are to be read, ascending, at most `pages_max`.
///
/// # Errors
/// `NO_DATA_FOUND_IN_FILE` for a document without pages, `PAGES_OUT_OF_RANGE` when none of the wanted pages exists.
pub fn wanted_pages(info: &DocumentInfo, options: &ParseOptions, pages_max: u32) -> Result<Vec<u32>, Failure> {
    if info.page_count == 0 {
        return Err(Code::NoDataFoundInFile.into());
    }
    let mut pages = options.pages.of(info.page_count);
    if pages.is_empty() {
        let message = format!("None of the wanted pages exists: the document has {} page(s).", info.page_count);
        return Err(Failure::new(Code::PagesOutOfRange, message));
    }
    pages.truncate(pages_max as usize);
    Ok(pages)
}

/// Reads a whole document in this process: for tests, benches and trusted input.
///
/// # Errors
/// Those of `open` and `wanted_pages`; a page that fails is a `PageOutcome::Failed`.
pub fn parse_all(
    source: Source,
    options: &ParseOptions,
    services: &mut dyn Services,
) -> Result<(DocumentInfo, Vec<PageOutcome>), Failure> {
    let pages_max = docmill_model::limits::Limits::default().document_pages_max;
    let mut reader = open(source, options, pages_max, services)?;
    let pages = wanted_pages(&reader.info(), options, pages_max)?;
    let mut failed = std::collections::HashMap::new();
    if reader.wants_survey() {
        for number in &pages {
            if let Err(failure) = reader.survey(*number) {
                failed.insert(*number, failure);
            }
        }
    }
    let outcomes = pages.into_iter().map(|number| {
        let page = failed.remove(&number).map_or_else(|| reader.page(number, services), Err);
        match page {
            Ok(page) => PageOutcome::Read(Box::new(page)),
            Err(failure) => PageOutcome::Failed { number, error: failure.to_string() },
        }
    });
    let outcomes = outcomes.collect();
    reader.finish(services);
    Ok((reader.info(), outcomes))
}

/// A reader with what is to be said about the document beside what the reader says itself.
struct Opened {
    reader: Box<dyn DocumentReader>,
    warnings: Vec<Warning>,
}

impl DocumentReader for Opened {
    fn has_places(&self) -> bool {
        self.reader.has_places()
    }

    fn info(&self) -> DocumentInfo {
        let mut info = self.reader.info();
        info.warnings.extend(self.warnings.iter().cloned());
        info
    }

    fn wants_survey(&self) -> bool {
        self.reader.wants_survey()
    }

    fn survey(&mut self, number: u32) -> Result<(), Failure> {
        self.reader.survey(number)
    }

    fn will_ocr(&self, number: u32) -> Option<bool> {
        self.reader.will_ocr(number)
    }

    fn prepare(&mut self, number: u32, services: &mut dyn Services) {
        self.reader.prepare(number, services);
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        self.reader.page(number, services)
    }

    fn finish(&mut self, services: &mut dyn Services) {
        self.reader.finish(services);
    }
}
