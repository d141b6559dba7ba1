//! What a file is: its content says so first, its name second.
//!
//! A name that lies about a known content costs a warning, never the document. What is refused is refused with a
//! sentence that names what was found.

mod archive;
mod signatures;

use docmill_model::document::Warning;
use docmill_model::{Code, Failure};
use image::ImageFormat;

use crate::read::{office, text};

/// How a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    /// PNG or JPEG.
    Picture(ImageFormat),
    /// Plain text without markup.
    Text,
    /// Everything else, by the format's name: `docx`, `html`, `csv`, ...
    Office(&'static str),
}

impl Kind {
    /// As in `DocumentInfo::kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Picture(ImageFormat::Jpeg) => "jpg",
            Self::Picture(_) => "png",
            Self::Text => "txt",
            Self::Office(id) => id,
        }
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
/// `EMPTY_FILE`; `UNSUPPORTED_FILE_TYPE` for what docmill does not read; `FILE_DAMAGED` for a broken zip container;
/// `FILE_TOO_LARGE` for one that would unpack to too much; `PDF_IS_PROTECTED` for an encrypted one.
pub fn detect(name: &str, bytes: &[u8]) -> Result<Detected, Failure> {
    if bytes.is_empty() {
        return Err(Code::EmptyFile.into());
    }
    let extension = extension(name);
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
    if let Some(id) = office::sniff_binary(bytes) {
        return Ok(Kind::Office(id));
    }
    if let Some(found) = signatures::refused(bytes) {
        return Err(refusal(name, extension, found));
    }
    if text::is_text(bytes) {
        return text_kind(name, extension, bytes);
    }
    // Formats without a signature of their own: only where the name says so and the first bytes fit.
    office::by_name(extension, bytes).map(Kind::Office).ok_or_else(|| refusal(name, extension, "binary data"))
}

fn zip_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    let archive = archive::look(bytes)?;
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    // OpenOffice 1 packages differ from OpenDocument by media type only: the name tells them apart.
    match office::of_extension(extension) {
        Some(id @ ("odt" | "ods" | "odp")) if archive.has_content_xml => Ok(Kind::Office(id)),
        _ => Err(refusal(name, extension, "a zip archive without a document")),
    }
}

fn ole_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    let by_name = office::of_extension(extension);
    if signatures::has_utf16(bytes, "EncryptedPackage") {
        // The reader opens those that Excel encrypts with its public default password, and refuses the others.
        return Ok(Kind::Office(by_name.filter(|id| matches!(*id, "docx" | "xlsx" | "pptx")).unwrap_or("xlsx")));
    }
    match by_name {
        Some(id @ ("staroffice5" | "works" | "hwp" | "quattro" | "doc" | "xls" | "ppt" | "email")) => {
            Ok(Kind::Office(id))
        }
        _ => Err(refusal(name, extension, "a compound file without a document")),
    }
}

/// Text: by the name where the name says a text format, else by markup at its head.
fn text_kind(name: &str, extension: &str, bytes: &[u8]) -> Result<Kind, Failure> {
    let by_name = expected(extension);
    if let Some(kind) = by_name.filter(|kind| is_text_format(*kind)) {
        return Ok(kind);
    }
    if let Some(id) = office::sniff(bytes) {
        return Ok(Kind::Office(id));
    }
    if by_name.is_some() || signatures::is_binary_name(extension) {
        return Err(refusal(name, extension, "plain text"));
    }
    Ok(Kind::Text)
}

fn is_text_format(kind: Kind) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Office(id) => office::is_text_format(id),
        Kind::Pdf | Kind::Picture(_) => false,
    }
}

/// The kind that the name promises, when it promises one that docmill reads.
fn expected(extension: &str) -> Option<Kind> {
    match extension {
        "pdf" => Some(Kind::Pdf),
        "png" => Some(Kind::Picture(ImageFormat::Png)),
        "jpg" | "jpeg" => Some(Kind::Picture(ImageFormat::Jpeg)),
        "txt" | "text" | "log" => Some(Kind::Text),
        other => office::of_extension(other).map(Kind::Office),
    }
}

/// Lower case, without the dot; empty when the name has none.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((_, extension)) if extension.len() <= 16 => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

fn refusal(name: &str, extension: &str, found: &str) -> Failure {
    let reason = match found {
        "audio" | "video" => format!("it is {found}, and audio and video are not supported"),
        "binary data" if signatures::is_binary_name(extension) => {
            format!(".{extension} files are not supported; convert it to PDF")
        }
        found => format!("it is {found}; convert it to PDF"),
    };
    Failure::new(Code::UnsupportedFileType, format!("\"{name}\" is no document that docmill reads: {reason}."))
}

#[cfg(test)]
mod tests;
