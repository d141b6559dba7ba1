//! Documents that LibreOffice writes in another format before they are read: formats that nobody else reads, old
//! texts with merged cells, workbooks whose formulas are to be computed, and documents whose pages are wanted as they look.
//!
//! LibreOffice takes anything for a text, so it is only given what is known to be of its format.
//!
//! The program is started by the caller (`Services::convert`), never from here, and may not be there.

mod printed;

use docmill_model::document::{DocumentInfo, Page};
use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};

pub use printed::{Printed, has_paper, has_pdf, illustrated, printed};

use super::container::Budget;
use crate::services::{NotConverted, Target, ToConvert};
use crate::{DocumentReader, Services, Source, formats};

/// Most bytes of a document that is converted.
pub const BYTES_MAX: usize = 128 << 20;

/// Everything that opening a document needs beside its bytes.
pub struct Opening<'a> {
    pub options: &'a ParseOptions,
    pub pages_max: u32,
    pub budget: &'a mut Budget,
    pub services: &'a mut dyn Services,
}

impl Opening<'_> {
    /// The same for another document inside this one, or for another form of it.
    pub fn again(&mut self) -> Opening<'_> {
        let Opening { options, pages_max, budget, services } = self;
        Opening { options, pages_max: *pages_max, budget, services: *services }
    }
}

/// Opens a document of a format that only LibreOffice reads.
///
/// # Errors
/// `CONVERTER_MISSING` without the program, `FILE_TOO_LARGE`, `FILE_DAMAGED` when the program gives nothing, and those of
/// the format that comes out.
pub fn open(
    source: &Source,
    id: &'static str,
    target: Target,
    opening: &mut Opening<'_>,
) -> Result<Box<dyn DocumentReader>, Failure> {
    let bytes = convert(source, id, target, opening.services).map_err(|refused| failure(id, target, refused))?;
    opened(source, id, target, bytes, opening)
}

/// The workbook with its formulas computed anew.
///
/// # Errors
/// Why they are not, for the end of a sentence.
pub fn computed(source: &Source, id: &'static str, services: &mut dyn Services) -> Result<Source, String> {
    let target = Target::ComputedSheets;
    let bytes = convert(source, id, target, services).map_err(|refused| reason(id, target, &refused))?;
    Ok(Source { name: renamed(&source.name, target), bytes: bytes.into() })
}

/// The text as DOCX; `None` when that cannot be had.
pub fn as_text(source: &Source, id: &'static str, services: &mut dyn Services) -> Option<Source> {
    let bytes = convert(source, id, Target::Text, services).ok()?;
    Some(Source { name: renamed(&source.name, Target::Text), bytes: bytes.into() })
}

fn convert(
    source: &Source,
    id: &'static str,
    target: Target,
    services: &mut dyn Services,
) -> Result<Vec<u8>, NotConverted> {
    if source.bytes.len() > BYTES_MAX {
        let message = format!("Files of more than {} MiB are not converted.", BYTES_MAX >> 20);
        return Err(NotConverted::Failed { code: Code::FileTooLarge, message });
    }
    services.convert(&ToConvert { bytes: &source.bytes, extension: extension(source, id), target })
}

/// The file's own extension where it is one of the format's, else the format's first: LibreOffice looks at it.
fn extension(source: &Source, id: &'static str) -> &'static str {
    let own = source.name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let extensions = formats::of_id(id).map_or(&[][..], |format| format.extensions);
    extensions.iter().find(|extension| **extension == own).or(extensions.first()).copied().unwrap_or("bin")
}

fn opened(
    source: &Source,
    id: &'static str,
    target: Target,
    bytes: Vec<u8>,
    opening: &mut Opening<'_>,
) -> Result<Box<dyn DocumentReader>, Failure> {
    let converted = Source { name: renamed(&source.name, target), bytes: bytes.into() };
    let reader = crate::reader(converted, opening)?;
    Ok(Box::new(Converted { reader, id }))
}

fn renamed(name: &str, target: Target) -> String {
    format!("{name}.{}", target.extension())
}

fn failure(id: &str, target: Target, refused: NotConverted) -> Failure {
    match refused {
        NotConverted::Missing => {
            let (name, package) = (formats::of_id(id).map_or(id, |format| format.name), package(id, target));
            let message = format!("{name} is read by LibreOffice, which is not installed (Debian: {package}).");
            Failure::new(Code::ConverterMissing, message)
        }
        NotConverted::Failed { code, message } => Failure::new(code, message),
    }
}

/// Why something was not done, for the end of a sentence.
fn reason(id: &str, target: Target, refused: &NotConverted) -> String {
    match refused {
        NotConverted::Missing => format!("LibreOffice is not installed (Debian: {})", package(id, target)),
        NotConverted::Failed { message, .. } => message.trim_end_matches('.').to_owned(),
    }
}

/// Debian's package of the part of LibreOffice that reads the format.
fn package(id: &str, target: Target) -> &'static str {
    match (id, target) {
        ("formula", _) => "libreoffice-math-nogui",
        ("pptx" | "ppt" | "odp", _) | (_, Target::Slides) => "libreoffice-impress-nogui",
        ("old_visio", _) => "libreoffice-draw-nogui",
        (_, Target::Sheets | Target::ComputedSheets) => "libreoffice-calc-nogui",
        (_, Target::Text | Target::Pages) => "libreoffice-writer-nogui",
    }
}

/// A document under the name of what it was before.
struct Converted {
    reader: Box<dyn DocumentReader>,
    id: &'static str,
}

impl DocumentReader for Converted {
    fn info(&self) -> DocumentInfo {
        DocumentInfo { kind: self.id.to_owned(), ..self.reader.info() }
    }

    fn has_places(&self) -> bool {
        self.reader.has_places()
    }

    fn wants_survey(&self) -> bool {
        self.reader.wants_survey()
    }

    fn survey(&mut self, number: u32) -> Result<(), Failure> {
        self.reader.survey(number)
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        self.reader.page(number, services)
    }

    fn finish(&mut self, services: &mut dyn Services) {
        self.reader.finish(services);
    }
}
