//! What a file is: its content says so first, its name second.
//!
//! A name that lies about a known content costs a warning, never the document. What is refused is refused with a
//! sentence that names what was found.

pub(crate) mod archive;
mod signatures;

use docmill_model::document::Warning;
use docmill_model::{Code, Failure};
use image::ImageFormat;

use crate::formats::{self, Reader};
use crate::read::{office, text};
use crate::services::Target;

/// Bytes of a UOF document that are searched for what it is.
const UOF_HEAD_BYTES: usize = 1 << 20;

/// How a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Picture(ImageFormat),
    /// Plain text without markup.
    Text,
    /// Files that are documents of their own.
    Archive(Pack),
    /// What LibreOffice converts first, by the format's name.
    Converted(&'static str, Target),
    /// Everything else, by the format's name: `docx`, `html`, `csv`, ...
    Office(&'static str),
}

/// How files are packed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pack {
    Zip,
    Tar,
    /// One file, or a tar archive.
    Gzip,
}

impl Kind {
    /// As in `DocumentInfo::kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Picture(ImageFormat::Jpeg) => "jpg",
            Self::Picture(ImageFormat::Tiff) => "tiff",
            Self::Picture(ImageFormat::WebP) => "webp",
            Self::Picture(ImageFormat::Gif) => "gif",
            Self::Picture(ImageFormat::Bmp) => "bmp",
            Self::Picture(_) => "png",
            Self::Text => "txt",
            Self::Archive(Pack::Zip) => "zip",
            Self::Archive(Pack::Tar) => "tar",
            Self::Archive(Pack::Gzip) => "gz",
            Self::Office(id) | Self::Converted(id, _) => id,
        }
    }

    fn of_id(id: &'static str) -> Option<Self> {
        Some(match formats::of_id(id)?.reader {
            Reader::Pdf => Self::Pdf,
            Reader::Picture(format) => Self::Picture(format),
            Reader::Text => Self::Text,
            Reader::Docling => Self::Office(id),
            Reader::Converted(target) => Self::Converted(id, target),
            Reader::Archive if id == "zip" => Self::Archive(Pack::Zip),
            Reader::Archive if id == "tar" => Self::Archive(Pack::Tar),
            Reader::Archive => Self::Archive(Pack::Gzip),
            Reader::Nobody(_) => return None,
        })
    }
}

/// The kind, and a warning when the name says another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    pub kind: Kind,
    pub mismatch: Option<Warning>,
}

/// Finds out what the bytes are.
///
/// # Errors
/// `EMPTY_FILE` for one without bytes that is no text; `UNSUPPORTED_FILE_TYPE` for what docmill does not read; `FILE_DAMAGED` for a broken zip container;
/// `FILE_TOO_LARGE` for one that would unpack to too much; `PDF_IS_PROTECTED` for an encrypted one.
pub fn detect(name: &str, bytes: &[u8]) -> Result<Detected, Failure> {
    let extension = extension(name);
    if bytes.is_empty() {
        let is_text = |kind: &Kind| formats::may_be_empty(kind.as_str());
        let kind = expected(&extension).filter(is_text).ok_or(Code::EmptyFile)?;
        return Ok(Detected { kind, mismatch: None });
    }
    let kind = kind(name, &extension, bytes)?;
    let mismatch = expected(&extension).filter(|expected| *expected != kind).map(|_| {
        let message = format!("The name says .{extension}, but the content is {}; it was read as that.", kind.as_str());
        Warning::new(Code::FileTypeMismatch.as_str(), message)
    });
    Ok(Detected { kind, mismatch })
}

fn kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    if let Some(kind) = signatures::readable(bytes, extension) {
        return Ok(kind);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip_kind(name, extension, bytes);
    }
    if bytes.starts_with(&signatures::OLE) {
        return ole_kind(name, extension, bytes);
    }
    if signatures::is_write(bytes) {
        return Kind::of_id("write").ok_or_else(|| refusal(name, extension, "binary data"));
    }
    if let Some(id) = office::sniff_binary(bytes) {
        return Ok(Kind::Office(id));
    }
    // A gzipped document that its name knows is not an archive.
    if let Some(id) = office::by_name(extension, bytes) {
        return Ok(Kind::Office(id));
    }
    if let Some(pack) = signatures::pack(bytes) {
        return Ok(Kind::Archive(pack));
    }
    if let Some(found) = signatures::refused(bytes) {
        return Err(refusal(name, extension, found));
    }
    if text::is_text(bytes) {
        return text_kind(name, extension, bytes);
    }
    Err(refusal(name, extension, "binary data"))
}

fn zip_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    let archive = archive::look(bytes)?;
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    // OpenOffice 1 packages and drawings differ from OpenDocument by media type only: the name tells them apart.
    match office::of_extension(extension) {
        Some(id @ ("odt" | "ods" | "odp")) if archive.has_content_xml => Ok(Kind::Office(id)),
        Some(_) => Err(refusal(name, extension, "a zip archive without a document")),
        // OpenDocument formulas, and UOF 2.
        None if matches!(extension, "vsd" | "vdx" | "wri") => Err(refusal(name, extension, "a zip archive")),
        None => Ok(converted(extension).unwrap_or(Kind::Archive(Pack::Zip))),
    }
}

fn ole_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    let by_name = office::of_extension(extension);
    if signatures::has_utf16(bytes, "EncryptedPackage") {
        // The reader opens those that Excel encrypts with its public default password, and refuses the others.
        return Ok(Kind::Office(by_name.filter(|id| matches!(*id, "docx" | "xlsx" | "pptx")).unwrap_or("xlsx")));
    }
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    match by_name {
        Some(id @ ("staroffice5" | "works" | "hwp" | "quattro" | "doc" | "xls" | "ppt" | "email")) => {
            Ok(Kind::Office(id))
        }
        _ if signatures::has_utf16(bytes, "VisioDocument") => {
            Kind::of_id("old_visio").ok_or_else(|| refusal(name, extension, "a compound file"))
        }
        _ => Err(refusal(name, extension, "a compound file without a document")),
    }
}

/// Text: by the name where the name says a text format, else by markup at its head.
fn text_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    if let Some(kind) = converted_text(extension, bytes) {
        return Ok(kind);
    }
    let by_name = expected(extension);
    if let Some(kind) = by_name.filter(|kind| is_text_format(*kind)) {
        return Ok(kind);
    }
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    if by_name.is_some() || is_binary_name(extension) {
        return Err(refusal(name, extension, "plain text"));
    }
    Ok(Kind::Text)
}

/// Extensions that promise binary data which docmill does not read as it is.
fn is_binary_name(extension: &str) -> bool {
    let is_other = |reader| matches!(reader, Reader::Nobody(_) | Reader::Converted(_));
    formats::of_extension(extension).is_some_and(|format| is_other(format.reader))
        || matches!(extension, "exe" | "dll" | "bin" | "pub")
}

/// What the name says is for LibreOffice, where it may be believed: LibreOffice itself takes anything for a text.
fn converted(extension: &str) -> Option<Kind> {
    expected(extension).filter(|kind| matches!(kind, Kind::Converted(..)))
}

/// Documents in XML of which docmill itself would only show how they are stored.
fn converted_text(extension: &str, bytes: &[u8]) -> Option<Kind> {
    let kind = converted(extension).filter(|_| bytes.trim_ascii_start().starts_with(b"<") || is_utf16(bytes))?;
    // `.uof` is any of the three; the root's only child says which.
    let head = text::decode(&bytes[..bytes.len().min(UOF_HEAD_BYTES)]).text.into_owned();
    let sheets = head.contains("<uof:\u{7535}\u{5b50}\u{8868}\u{683c}");
    let slides = head.contains("<uof:\u{6f14}\u{793a}\u{6587}\u{7a3f}");
    match extension {
        "uof" if sheets => Kind::of_id("uos"),
        "uof" if slides => Kind::of_id("uop"),
        _ => Some(kind),
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
}

fn is_text_format(kind: Kind) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Office(id) => office::is_text_format(id),
        Kind::Pdf | Kind::Picture(_) | Kind::Archive(_) | Kind::Converted(..) => false,
    }
}

/// The kind that the name promises, when it promises one that docmill reads.
fn expected(extension: &str) -> Option<Kind> {
    formats::of_extension(extension).and_then(|format| Kind::of_id(format.id))
}

/// Lower case, without the dot; empty when the name has none.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((_, extension)) if extension.len() <= 16 => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// What was found, and what to do: by the name where it names a known format, else by what was found.
fn refusal(name: &str, extension: &str, found: &str) -> Failure {
    let instead = |extension: &str| match formats::of_extension(extension)?.reader {
        Reader::Nobody(instead) => Some(instead),
        _ => None,
    };
    let by_content = match found {
        "audio" => instead("mp3"),
        "video" => instead("mp4"),
        "a HEIC picture" => instead("heic"),
        "a 7z archive" | "a RAR archive" => instead("7z"),
        _ => None,
    };
    let by_name = instead(extension);
    let reason = match (by_content, by_name, found) {
        (Some(instead), _, _) => format!("it is {found}; {instead}"),
        (None, Some(instead), "binary data") => format!(".{extension} files are not supported; {instead}"),
        (None, instead, _) => format!("it is {found}; {}", instead.unwrap_or("convert it to PDF")),
    };
    Failure::new(Code::UnsupportedFileType, format!("\"{name}\" is no document that docmill reads: {reason}."))
}

#[cfg(test)]
mod tests;
