//! Documents inside documents: archives, and letters with attachments. Every file is opened by the reader of its own
//! kind, and its pages are pages of the whole.
//!
//! Nothing is written anywhere, so paths only name pages. What holds the others back is one budget for all levels.

mod member;
mod unpack;

use docmill_model::document::{DocumentInfo, FORMAT, Page, Warning};
use docmill_model::options::{PageSelection, ParseOptions};
use docmill_model::{Code, Failure};

use crate::detect::{Kind, Pack};
use crate::read::converted::Opening;
use crate::{DocumentReader, Services, Source};
use member::{Member, Renamed};

/// Most documents of an archive or a letter, all levels together.
pub const DOCUMENTS_MAX: usize = 1_000;
/// Most bytes that they unpack to, together.
pub const BYTES_MAX: usize = 512 << 20;
/// Most archives and letters inside each other.
pub const DEPTH_MAX: usize = 3;
/// Files that are named one by one in warnings; of the others their number is told.
const NAMED_MAX: usize = 20;
/// A file of an archive, or an attachment, that was not read.
const MEMBER_NOT_READ: &str = "MEMBER_NOT_READ";

/// What may still be unpacked for one document of the caller.
#[derive(Debug)]
pub struct Budget {
    documents: usize,
    bytes: usize,
    depth: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { documents: DOCUMENTS_MAX, bytes: BYTES_MAX, depth: DEPTH_MAX }
    }
}

impl Budget {
    /// Takes a document of so many bytes; false when there is no room for it.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.documents > 0 && bytes <= self.bytes;
        if fits {
            self.documents -= 1;
            self.bytes -= bytes;
        }
        fits
    }
}

/// A file with its path inside what holds it.
struct Part {
    path: String,
    bytes: Vec<u8>,
}

/// What was found in an archive or a letter: files, and what is to be said about those that were left.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    left: Vec<String>,
}

/// Opens an archive. A gzipped file that is no archive is opened as itself.
///
/// # Errors
/// `FILE_DAMAGED` for what cannot be unpacked, `FILE_TOO_LARGE` beyond the limits, `NO_DATA_FOUND_IN_FILE` when it has no
/// files; when none of them can be read, the failure of the first.
pub fn open(source: &Source, pack: Pack, opening: &mut Opening<'_>) -> Result<Box<dyn DocumentReader>, Failure> {
    let budget = &mut *opening.budget;
    let (found, kind) = match pack {
        Pack::Zip => (unpack::zip(&source.bytes, budget)?, "zip"),
        Pack::Tar => (unpack::tar(source.bytes.as_slice(), budget)?, "tar"),
        Pack::Gzip => match unpack::gzip(source, budget)? {
            unpack::Gunzipped::Archive(parts) => (parts, "tar"),
            unpack::Gunzipped::File(inner) => {
                let depth = budget.depth;
                budget.depth -= 1;
                let opened = crate::reader(inner, opening);
                opening.budget.depth = depth;
                return opened;
            }
        },
    };
    let info = DocumentInfo { format: FORMAT, kind: kind.to_owned(), ..DocumentInfo::default() };
    let mut container = Container { info, ..Container::default() };
    let failure = container.add(found, opening);
    match failure.filter(|_| container.members.is_empty()) {
        Some(failure) => Err(failure),
        None if container.members.is_empty() => {
            Err(Failure::new(Code::NoDataFoundInFile, "The archive has no files that docmill reads."))
        }
        None => Ok(Box::new(container)),
    }
}

/// A letter followed by its attachments; the letter alone when it has none that are read.
pub fn letter(letter: Box<dyn DocumentReader>, bytes: &[u8], opening: &mut Opening<'_>) -> Box<dyn DocumentReader> {
    let found = unpack::attachments(bytes, opening.budget);
    if found.parts.is_empty() && found.left.is_empty() {
        return letter;
    }
    let mut info = letter.info();
    info.warnings.clear();
    let mut container = Container { info, ..Container::default() };
    container.push(Member::of(String::new(), letter, 0));
    container.add(found, opening);
    Box::new(container)
}

#[derive(Default)]
struct Container {
    info: DocumentInfo,
    members: Vec<Member>,
}

impl Container {
    /// Opens the files. What cannot be read is told in warnings; its first failure is returned.
    fn add(&mut self, found: Parts, opening: &mut Opening<'_>) -> Option<Failure> {
        let mut left = found.left;
        let mut first = None;
        let options = ParseOptions { pages: PageSelection::default(), output_pdf: false, ..opening.options.clone() };
        let depth = opening.budget.depth;
        opening.budget.depth = depth.saturating_sub(1);
        let mut inner = Opening { options: &options, ..opening.again() };
        for Part { path, bytes } in found.parts {
            let source = Source { name: path.clone(), bytes: bytes.into() };
            match crate::reader(source, &mut inner) {
                Ok(reader) if reader.info().page_count > 0 => {
                    self.push(Member::of(path, reader, self.members.len() + 1));
                }
                Ok(_) => left.push(format!("{path}: it has no pages")),
                // What is broken is a page that failed, so that it is missed; what docmill does not read at all is told.
                Err(failure) if broken(failure.code) => self.push(Member::failed(path, failure)),
                Err(failure) => {
                    left.push(format!("{path}: {failure}"));
                    first.get_or_insert(failure);
                }
            }
        }
        opening.budget.depth = depth;
        let more = left.len().saturating_sub(NAMED_MAX);
        left.truncate(NAMED_MAX);
        self.info
            .warnings
            .extend(left.into_iter().map(|text| Warning::new(MEMBER_NOT_READ, format!("Not read: {text}"))));
        if more > 0 {
            self.info.warnings.push(Warning::new(MEMBER_NOT_READ, format!("{more} more files were not read.")));
        }
        first
    }

    fn push(&mut self, mut member: Member) {
        member.first = self.info_pages() + 1;
        self.info.warnings.append(&mut member.warnings());
        self.members.push(member);
        self.info.page_count = self.info_pages();
    }

    fn info_pages(&self) -> u32 {
        self.members.last().map_or(0, |member| member.first + member.count - 1)
    }

    /// The file that a page belongs to.
    fn member(&mut self, number: u32) -> Result<&mut Member, Failure> {
        let at = self.members.partition_point(|member| member.first + member.count <= number);
        self.members
            .get_mut(at)
            .filter(|member| number >= member.first)
            .ok_or_else(|| Failure::new(Code::PagesOutOfRange, format!("The document has no page {number}.")))
    }
}

/// Whether a file ought to have been read.
fn broken(code: Code) -> bool {
    !matches!(code, Code::UnsupportedFileType | Code::EmptyFile | Code::NoDataFoundInFile)
}

impl DocumentReader for Container {
    fn info(&self) -> DocumentInfo {
        self.info.clone()
    }

    fn wants_survey(&self) -> bool {
        self.members.iter().any(Member::wants_survey)
    }

    fn survey(&mut self, number: u32) -> Result<(), Failure> {
        let member = self.member(number)?;
        member.survey(number)
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let member = self.member(number)?;
        let mut renamed = Renamed { prefix: member.prefix(), services };
        member.page(number, &mut renamed)
    }
}

/// Files of an archive, each with its path; and what is not there, a sentence each.
pub type Unpacked = (Vec<(String, Vec<u8>)>, Vec<String>);

/// The files of an archive by their paths, and what is to be said about those that were left. Archives among them stay
/// as they are.
///
/// # Errors
/// `UNSUPPORTED_FILE_TYPE` for what is no archive (a letter and a packed single file are none), else those of `open`.
pub fn files(source: &Source) -> Result<Unpacked, Failure> {
    let budget = &mut Budget::default();
    let none = || Failure::new(Code::UnsupportedFileType, "The file is no archive.");
    let Kind::Archive(pack) = crate::detect::detect(&source.name, &source.bytes)?.kind else { return Err(none()) };
    let found = match pack {
        Pack::Zip => unpack::zip(&source.bytes, budget)?,
        Pack::Tar => unpack::tar(source.bytes.as_slice(), budget)?,
        Pack::Gzip => match unpack::gzip(source, budget)? {
            unpack::Gunzipped::Archive(parts) => parts,
            unpack::Gunzipped::File(_) => return Err(none()),
        },
    };
    Ok((found.parts.into_iter().map(|part| (part.path, part.bytes)).collect(), found.left))
}
