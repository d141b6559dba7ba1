//! Texts and slides as they are printed: pictures of their pages, boxes, and the PDF itself.

use docmill_model::Failure;
use docmill_model::document::{DocumentInfo, Page, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};

use super::{Opening, convert, opened, reason};
use crate::formats::{self, Reader};
use crate::services::Target;
use crate::{DocumentReader, Services, Source};

/// What came of the wish for printed pages.
pub enum Printed {
    /// The job asks for nothing that only they have, or the format has none.
    NotWanted,
    /// The document is its printed pages.
    Pages(Box<dyn DocumentReader>),
    /// Pictures of them, for a document that is read by docling.
    Pictures(Box<dyn DocumentReader>),
    /// It is read without them.
    Not(Warning),
}

/// Texts and slides; what is on a page of a workbook depends on a printer.
pub fn has_paper(id: &str) -> bool {
    matches!(id, "docx" | "doc" | "rtf" | "odt" | "wordperfect" | "works" | "abiword" | "lwp" | "pptx" | "ppt" | "odp")
}

/// Whether documents of this kind can be kept as a PDF (`ParseOptions::output_pdf`).
pub fn has_pdf(kind: &str) -> bool {
    let reader = formats::of_id(kind).map(|format| format.reader);
    let is_paper = |target| !matches!(target, Target::Sheets | Target::ComputedSheets);
    has_paper(kind)
        || matches!(reader, Some(Reader::Pdf))
        || matches!(reader, Some(Reader::Converted(target)) if is_paper(target))
}

/// The document's pages as they are printed, when the job asks for what only those have. For places the document is read
/// as its printed pages; for pictures alone docling's reading of it stays, which knows headings and tables better.
pub fn printed(source: &Source, id: &'static str, opening: &mut Opening<'_>) -> Printed {
    let options = opening.options;
    let places = !options.granular_boxes.is_empty() || options.crop.is_some();
    let pictures = options.output_pdf || options.images.contains(&ImageCategory::Screenshot);
    if !has_paper(id) || !(places || pictures) {
        return Printed::NotWanted;
    }
    match convert(source, id, Target::Pages, opening.services) {
        Ok(pdf) if !places => {
            let only_pictures = picture_options(options);
            let mut opening = Opening { options: &only_pictures, ..opening.again() };
            opened(source, id, Target::Pages, pdf, &mut opening).map_or_else(|_| unreadable(), Printed::Pictures)
        }
        Ok(pdf) => opened(source, id, Target::Pages, pdf, opening).map_or_else(|_| unreadable(), Printed::Pages),
        Err(refused) => Printed::Not(not_printed(&reason(id, Target::Pages, &refused))),
    }
}

/// Nothing but the picture of the page.
fn picture_options(options: &ParseOptions) -> ParseOptions {
    let mut images = options.images.clone();
    images.retain(|category| *category == ImageCategory::Screenshot);
    ParseOptions { images, ignore_text_in_image: true, ..options.clone() }
}

fn unreadable() -> Printed {
    Printed::Not(not_printed("its printed pages cannot be read"))
}

fn not_printed(reason: &str) -> Warning {
    let message = format!("The document was read without its printed pages, their boxes and pictures: {reason}.");
    Warning::new(Warning::OPTION_NOT_FOLLOWED, message)
}

/// The document with pictures of its printed pages: of each page where both are the same pages (slides, unless hidden ones
/// are read), else all of them with its first page.
pub fn illustrated(document: Box<dyn DocumentReader>, printed: Box<dyn DocumentReader>) -> Box<dyn DocumentReader> {
    Box::new(Illustrated { document, printed })
}

struct Illustrated {
    document: Box<dyn DocumentReader>,
    printed: Box<dyn DocumentReader>,
}

impl DocumentReader for Illustrated {
    fn info(&self) -> DocumentInfo {
        self.document.info()
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let mut page = self.document.page(number, services)?;
        let count = self.printed.info().page_count;
        let numbers = match (count == self.document.info().page_count, number) {
            (true, own) => own..=own,
            (false, 1) => 1..=count,
            (false, _) => return Ok(page),
        };
        for number in numbers {
            match self.printed.page(number, services) {
                Ok(printed) => page.images.extend(printed.images),
                Err(failure) => {
                    let message = format!("There is no picture of printed page {number}: {failure}");
                    page.warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
                }
            }
        }
        Ok(page)
    }

    fn finish(&mut self, services: &mut dyn Services) {
        self.document.finish(services);
        self.printed.finish(services);
    }
}
