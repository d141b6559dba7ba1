//! Office documents, web pages, mail, books and tables, read by the `docling` crate.
//!
//! This folder alone knows docling: an upgrade is a change here and a diff of the golden outputs. docling gets bytes
//! only, without path, address or network: pictures that a document merely names are never fetched.

mod blocks;
mod inline;
mod lists;
mod pages;
mod roles;
mod tables;

use docling::{ConversionError, DoclingDocument, DocumentConverter, ImageSources, InputFormat, Node, SourceDocument};
use docmill_model::document::{DocumentInfo, FORMAT, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};

use super::ready::Ready;
use super::text;
use crate::{DocumentReader, Source};

/// As in `Page::engine`.
pub const ENGINE: &str = "docling 2.62.0";
/// A part of the document was read without its structure.
const STRUCTURE_LOST: &str = "STRUCTURE_LOST";

/// Opens a document of the format `id` (one that `sniff` or `of_extension` gave).
///
/// # Errors
/// `PDF_IS_PROTECTED` for a document with a password, `FILE_TOO_LARGE` beyond docling's limits, else `FILE_DAMAGED`.
pub fn open(source: &Source, id: &'static str, options: &ParseOptions) -> Result<Box<dyn DocumentReader>, Failure> {
    let document = convert(source, id, options)?;
    let mut info =
        DocumentInfo { format: FORMAT, kind: id.to_owned(), title: title(&document), ..DocumentInfo::default() };
    if is_text_format(id) && text::decode(&source.bytes).guessed {
        info.warnings.push(Warning::new(
            "ENCODING_GUESSED",
            "The text is not UTF-8; its encoding was guessed, so some characters may be wrong.",
        ));
    }
    if id == "html" && options.html_all_visible {
        let path = "input_options.html.make_all_elements_visible";
        let message = format!("This release does not follow the option `{path}`.");
        info.warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    if !document.notices.is_empty() {
        let message = "The document nests deeper than the limit; that part was read as plain text.";
        info.warnings.push(Warning::new(STRUCTURE_LOST, message));
    }
    let roles = roles::Roles::new(document.tree.as_ref());
    let context = blocks::Context { options, id, raw: is_raw(id), roles };
    let (drafts, warnings) = pages::pages(&document, &context);
    info.warnings.extend(warnings);
    Ok(Box::new(Ready::new(info, drafts, options)))
}

fn convert(source: &Source, id: &'static str, options: &ParseOptions) -> Result<DoclingDocument, Failure> {
    let format = input_format(id).ok_or(Code::UnsupportedFileType)?;
    let keep_pictures = options.images.iter().any(|category| *category != ImageCategory::Screenshot);
    let images = if keep_pictures { ImageSources::Embedded } else { ImageSources::None };
    let converter = DocumentConverter::with_allowed_formats([format])
        .image_sources(images)
        .keep_picture_images(keep_pictures)
        .list_attachments(true)
        .strict(true);
    // The name serves only for its extension (the language of source code); its folders are nobody's business.
    let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let document = SourceDocument::from_bytes(name, format, source.bytes.to_vec());
    converter.convert(document).map(|result| result.document).map_err(|error| failure(id, &error))
}

fn failure(id: &str, error: &ConversionError) -> Failure {
    if error.encryption().is_some() {
        return Code::PdfIsProtected.into();
    }
    if error.limit().is_some() {
        return Code::FileTooLarge.into();
    }
    Failure::new(Code::FileDamaged, format!("The file looks like {id}, but it is damaged or incomplete."))
}

/// A web page's own title.
fn title(document: &DoclingDocument) -> Option<String> {
    document.nodes.iter().find_map(|node| match node {
        Node::Furniture { inner, .. } => match inner.as_ref() {
            Node::Heading { text, .. } => Some(inline::read(text, false).plain),
            _ => None,
        },
        _ => None,
    })
}

/// The format that the bytes evidently are, by docling's signatures.
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    InputFormat::detect(bytes).and_then(name_of)
}

/// As `sniff`, for binary formats outside zip and OLE containers only.
pub fn sniff_binary(bytes: &[u8]) -> Option<&'static str> {
    let found = sniff(bytes)?;
    matches!(found, "rtf" | "doc" | "djvu" | "wordperfect" | "palmdoc" | "mac_wp" | "lwp" | "cgm" | "t602")
        .then_some(found)
}

/// The format that an extension (lower case, without dot) promises.
pub fn of_extension(extension: &str) -> Option<&'static str> {
    match extension {
        "xhtm" => Some("html"),
        // StarCalc's is known to docling only for the sake of its refusal.
        "sdc" | "gz" | "targz" => None,
        other => InputFormat::from_extension(other).and_then(name_of),
    }
}

/// Formats without a signature, by name, where the first bytes do not speak against it.
pub fn by_name(extension: &str, bytes: &[u8]) -> Option<&'static str> {
    let id = of_extension(extension)?;
    let fits = match id {
        // Both begin with a "begin of file" record of type 0.
        "lotus" | "quattro" => {
            bytes.starts_with(&[0, 0]) && matches!(bytes.get(2), Some(2 | 26)) && bytes.get(3) == Some(&0)
        }
        "works" => bytes.starts_with(&[0x01, 0xFE]),
        // A known version, and a date of the last change that is one.
        "dbf" => {
            matches!(bytes.first(), Some(0x02 | 0x03 | 0x30 | 0x31 | 0x83 | 0x8B | 0xF5))
                && matches!(bytes.get(2), Some(1..=12))
                && matches!(bytes.get(3), Some(1..=31))
        }
        "abiword" => bytes.starts_with(&[0x1F, 0x8B]),
        _ => false,
    };
    fits.then_some(id)
}

/// Formats that are text with signs: their name is trusted when the content is text.
pub fn is_text_format(id: &str) -> bool {
    matches!(
        id,
        "html"
            | "md"
            | "csv"
            | "asciidoc"
            | "text"
            | "json"
            | "jsonl"
            | "xml"
            | "xml_jats"
            | "vtt"
            | "latex"
            | "email"
            | "mhtml"
            | "svg"
            | "ipynb"
            | "feed"
            | "abiword"
            | "dif"
            | "sylk"
            | "prn"
            | "odt"
            | "ods"
            | "odp"
    )
}

/// Formats whose texts come from docling as they are, without markdown signs.
fn is_raw(id: &str) -> bool {
    matches!(id, "xlsx" | "xls" | "csv" | "ods" | "dbf" | "dif" | "sylk" | "lotus" | "quattro" | "numbers" | "text")
}

/// docling's own names, but for those that we do not give to docling.
fn name_of(format: InputFormat) -> Option<&'static str> {
    match format {
        // Not built in, or (EBCDIC, DocLang, DocTags, METS) nothing that people send.
        InputFormat::Pdf
        | InputFormat::Image
        | InputFormat::Audio
        | InputFormat::Video
        | InputFormat::MetsGbs
        | InputFormat::Ebcdic
        | InputFormat::XmlDoclang
        | InputFormat::DocTags
        | InputFormat::Dclx
        | InputFormat::Plugin => None,
        InputFormat::JsonDocling => Some("json"),
        other => Some(other.as_str()),
    }
}

/// docling's own JSON may name files to be read, so JSON of any kind is shown as it is.
fn input_format(id: &str) -> Option<InputFormat> {
    if id == "json" { Some(InputFormat::Jsonl) } else { InputFormat::from_id(id) }
}
