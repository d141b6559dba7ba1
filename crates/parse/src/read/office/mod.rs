//! Office documents, web pages, mail, books and tables, read by the `docling` crate.
//!
//! This folder alone knows docling: an upgrade is a change here and a diff of the golden outputs. docling gets bytes
//! only, without path, address or network: pictures that a document merely names are never fetched.

mod blocks;
mod compound;
mod embedded;
mod far;
mod fiction;
mod formulas;
mod headings;
mod inline;
mod lists;
mod lost;
mod marked;
mod mathml;
mod number_format;
mod old_numbers;
mod old_sheets;
mod old_words;
mod open_drawings;
mod open_pages;
mod open_texts;
mod pages;
mod revisions;
mod rich_notes;
mod rich_pictures;
mod roles;
mod scans;
mod sections;
mod sheets;
mod shown;
mod spans;
mod tables;
mod web;
mod written;
mod xml;

use docling::{
    ContentLayer, ConversionError, DoclingDocument, DocumentConverter, ImageSources, InputFormat, Node, SourceDocument,
    TrackChanges,
};
use docmill_model::document::{DocumentInfo, FORMAT, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};
use docmill_model::{Code, Failure};

use super::converted::Opening;
use super::ready::Ready;
use super::text;
use crate::{DocumentReader, Source, formats};

pub use sheets::PAGE_CELLS_MAX;
pub use shown::PART_BYTES_MAX as SHOWN_BYTES_MAX;

/// As in `Page::engine`.
pub const ENGINE: &str = "docling 2.62.0";
/// A text that becomes headings, paragraphs and lists is not longer, bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 20;
/// A text that becomes a table is not longer, bytes.
pub const TABLE_BYTES_MAX: usize = 128 << 20;
/// A line of such a text is not longer, bytes.
pub const LINE_BYTES_MAX: usize = 2 << 20;
/// Most cells of such a text.
pub const CELLS_MAX: usize = 3_000_000;
/// A sheet of a workbook that is not among the pages.
const SHEET_NOT_READ: &str = "SHEET_NOT_READ";
/// Cells of a sheet that are not on its pages.
const CELLS_NOT_READ: &str = "CELLS_NOT_READ";
/// A part of the document was read without its structure.
const STRUCTURE_LOST: &str = "STRUCTURE_LOST";

/// Opens a document of the format `id` (one that `sniff` or `of_extension` gave).
///
/// # Errors
/// `PDF_IS_PROTECTED` for a document with a password, `FILE_TOO_LARGE` beyond docling's limits, else `FILE_DAMAGED`.
pub fn open(source: &Source, id: &'static str, opening: &mut Opening<'_>) -> Result<Box<dyn DocumentReader>, Failure> {
    check_size(&source.bytes, id)?;
    if id == "md" {
        return Ok(marked::open(source, opening.options));
    }
    let kind = id;
    let (computed, not_computed) = formulas::computed(source, id, opening);
    let (source, id) = computed.as_ref().map_or((source, id), |computed| (computed, "xlsx"));
    let old = (id == "xls").then(|| old_numbers::workbook(&source.bytes)).flatten();
    let old = old.map(|bytes| Source { name: source.name.clone(), bytes: bytes.into() });
    let (source, id) = old.as_ref().map_or((source, id), |old| (old, "xlsx"));
    let options = opening.options;
    let mut document = whole(source, id, options)?;
    let word = old_words::converted(source, id, &document.nodes, opening);
    let (source, id) = word.as_ref().map_or((source, id), |word| (word, "docx"));
    if word.is_some() {
        document = convert(source, id, options, None)?;
    }
    let cut_off = if id == "xlsx" { near_cells(source, options, &mut document)? } else { Vec::new() };
    if matches!(id, "docx" | "doc" | "odt" | "rtf") {
        headings::settle(&mut document.nodes);
    }
    if id == "xls" {
        document.nodes = old_sheets::grouped(&source.bytes, std::mem::take(&mut document.nodes));
    }
    let mut info =
        DocumentInfo { format: FORMAT, kind: kind.to_owned(), title: title(&document), ..DocumentInfo::default() };
    if is_text_format(id) && id != "fb2" && text::is_text(&source.bytes) {
        let decoded = text::decode(&source.bytes);
        info.warnings.extend(decoded.guessed.then(|| text::guessed_warning(decoded.encoding)));
    }
    info.warnings.extend((!document.notices.is_empty()).then(structure_lost));
    if id == "xlsx" && lost::sheets(&source.bytes, &document.nodes) > 0 {
        let message = "A sheet was left out: its cells lie over more than ten million places.";
        info.warnings.push(Warning::new(SHEET_NOT_READ, message));
    }
    info.warnings.extend(cut_off);
    info.warnings.extend(not_computed);
    info.warnings.extend(matches!(id, "docx" | "pptx" | "xlsx").then(|| embedded::warning(&source.bytes)).flatten());
    let roles = roles::Roles::new(document.tree.as_ref());
    let sections = if id == "pptx" { sections::of_slides(&source.bytes) } else { Vec::new() };
    let context = blocks::Context { options, id, raw: is_raw(id), roles, sections };
    let (drafts, warnings) = pages::pages(&document, &context);
    info.warnings.extend(warnings);
    let mut drafts = scans::found(drafts, (&document, &context), |options| whole(source, id, options));
    if options.revisions && id == "docx" {
        let both_sides = convert(source, id, options, Some(TrackChanges::All))?;
        if let Some(first) = drafts.first_mut() {
            first.page.revisions = revisions::of(&both_sides, &document);
        }
    }
    Ok(Box::new(Ready::new(info, drafts, options)))
}

fn structure_lost() -> Warning {
    Warning::new(STRUCTURE_LOST, "The document nests deeper than the limit; that part was read as plain text.")
}

fn whole(source: &Source, id: &'static str, options: &ParseOptions) -> Result<DoclingDocument, Failure> {
    match id {
        "ods" | "odp" => by_pages(source, id, options),
        _ => convert(source, id, options, None),
    }
}

/// Reads a workbook again, of whose sheets docling left out some, without their far cells; a warning for each.
fn near_cells(
    source: &Source,
    options: &ParseOptions,
    document: &mut DoclingDocument,
) -> Result<Vec<Warning>, Failure> {
    if lost::sheets(&source.bytes, &document.nodes) == 0 {
        return Ok(Vec::new());
    }
    let Some((bytes, cuts)) = far::cut(&source.bytes) else { return Ok(Vec::new()) };
    *document = convert(&Source { name: source.name.clone(), bytes: bytes.into() }, "xlsx", options, None)?;
    let told = |cut: far::Cut| {
        let (columns, far::Cut { rows, cells, .. }) = (far::letters(cut.columns), cut);
        let message = format!(
            "A sheet was read up to column {columns} and row {rows}; {cells} cells beyond were left out, for together they lie \
             over more than ten million places."
        );
        Warning::new(CELLS_NOT_READ, message)
    };
    Ok(cuts.into_iter().map(told).collect())
}

/// An OpenDocument workbook or presentation, sheet by sheet or slide by slide where these can be told apart.
fn by_pages(source: &Source, id: &'static str, options: &ParseOptions) -> Result<DoclingDocument, Failure> {
    let is_workbook = id == "ods";
    let pages = if is_workbook { open_pages::sheets(&source.bytes) } else { open_pages::slides(&source.bytes) };
    let Some(pages) = pages else { return convert(source, id, options, None) };
    let mut whole: Option<DoclingDocument> = None;
    for open_pages::OpenPage { name, is_hidden, bytes } in pages {
        let mut document = convert(&Source { name: source.name.clone(), bytes: bytes.into() }, id, options, None)?;
        if is_workbook {
            spans::settle(&mut document);
        }
        // What docling says of its own pages means nothing for one of ours.
        document.nodes.retain(|node| !matches!(node, Node::PageInfo { .. }));
        let node = Node::Group {
            label: if is_workbook { "sheet" } else { "slide" }.to_owned(),
            name,
            layer: is_hidden.then_some(ContentLayer::Invisible),
            children: std::mem::take(&mut document.nodes),
        };
        whole.get_or_insert(document).nodes.push(node);
    }
    whole.ok_or_else(|| Code::NoDataFoundInFile.into())
}

/// Refuses texts that are too long before time goes into them.
fn check_size(bytes: &[u8], id: &str) -> Result<(), Failure> {
    if !is_text_format(id) || bytes.starts_with(b"PK") {
        return Ok(());
    }
    let is_table = matches!(id, "csv" | "dif" | "sylk");
    let bytes_max = if is_table { TABLE_BYTES_MAX } else { TEXT_BYTES_MAX };
    if bytes.len() > bytes_max {
        let message =
            format!("The file has {} MB; at most {} MB of {id} are read.", bytes.len() >> 20, bytes_max >> 20);
        return Err(Failure::new(Code::FileTooLarge, message));
    }
    if is_table {
        let ends = bytes.iter().filter(|byte| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n')).count();
        let longest = bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or_default();
        if ends > CELLS_MAX || longest > LINE_BYTES_MAX {
            let message = format!(
                "The table has more than {CELLS_MAX} cells, or a line of more than {} MB.",
                LINE_BYTES_MAX >> 20
            );
            return Err(Failure::new(Code::FileTooLarge, message));
        }
    }
    Ok(())
}

fn convert(
    source: &Source,
    id: &'static str,
    options: &ParseOptions,
    changes: Option<TrackChanges>,
) -> Result<DoclingDocument, Failure> {
    let format = input_format(id).ok_or(Code::UnsupportedFileType)?;
    let keep_pictures = options.images.iter().any(|category| *category != ImageCategory::Screenshot);
    let images = if keep_pictures { ImageSources::Embedded } else { ImageSources::None };
    let converter = DocumentConverter::with_allowed_formats([format])
        .image_sources(images)
        .keep_picture_images(keep_pictures)
        .list_attachments(true)
        .track_changes(changes)
        .strict(true);
    // The name serves only for its extension (the language of source code); its folders are nobody's business.
    let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut document = SourceDocument::from_bytes(name, format, prepared(&source.bytes, id));
    if id == "html"
        && let Some(page) = document.text().ok().and_then(|text| web::prepared(&text, options))
    {
        // The mark wins over what the page says about its encoding, which was right before.
        document = SourceDocument::from_bytes(name, format, [&b"\xEF\xBB\xBF"[..], page.as_bytes()].concat());
    }
    converter.convert(document).map(|result| result.document).map_err(|error| failure(id, &error))
}

/// The bytes in a form that docling reads: UTF-16 and UTF-32 as UTF-8, SVG without its document type, OpenDocument drawings as
/// slides, numbers of cells as they are shown, notes of RTF as paragraphs.
fn prepared(bytes: &[u8], id: &str) -> Vec<u8> {
    if id == "odp"
        && let Some(slides) = open_drawings::as_slides(bytes)
    {
        return slides;
    }
    let shown = match id {
        "xlsx" => shown::workbook(bytes),
        "odt" => open_texts::prepared(bytes),
        "rtf" => {
            let pictures = rich_pictures::as_digits(bytes);
            rich_notes::at_the_end(pictures.as_deref().unwrap_or(bytes)).or(pictures)
        }
        _ => None,
    };
    if let Some(shown) = shown {
        return shown;
    }
    if !is_text_format(id) || bytes.starts_with(b"PK") {
        return bytes.to_vec();
    }
    if id == "fb2" {
        return fiction::as_html(bytes).into_bytes();
    }
    let decoded = text::decode(bytes);
    let mut text = match decoded.encoding {
        "UTF-16LE" | "UTF-16BE" | "UTF-32" => decoded.text.into_owned(),
        _ if id == "svg" => decoded.text.into_owned(),
        _ => return bytes.to_vec(),
    };
    if id == "svg"
        && let Some(start) = text.find("<!DOCTYPE")
    {
        let length = text[start..].find('>').map_or(0, |end| end + 1);
        // Declarations inside it stay and are refused: they are what makes entities grow.
        if !text[start..start + length].contains('[') {
            text.replace_range(start..start + length, "");
        }
    }
    text.into_bytes()
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
    let format = formats::of_extension(extension)?;
    matches!(format.reader, formats::Reader::Docling).then_some(format.id)
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
        // MacWrite has a version and nothing else.
        "mac_wp" => matches!(bytes.first_chunk(), Some([0, 3 | 6])),
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
            | "fb2"
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

/// docling's own JSON may name files to be read, so JSON of any kind is shown as it is; other formats are prepared for the
/// reader of a format that docling has.
fn input_format(id: &str) -> Option<InputFormat> {
    match id {
        "json" => Some(InputFormat::Jsonl),
        "fb2" => Some(InputFormat::Html),
        id => InputFormat::from_id(id),
    }
}
