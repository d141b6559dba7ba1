//! The table as docs/FORMATS.md.

use std::fmt::Write;

use super::{BY_ANOTHER, FORMATS, Format, HAND_MADE, Reader};
use crate::read::converted::has_paper;
use crate::read::{container, converted, office};

const HEAD: &str = "\
# Formats

Made by `make formats` from the table in `crates/parse/src/formats`; a test keeps it true.

What a file is, its content says first and its name second. A name that lies about a known content costs a warning
(`FILE_TYPE_MISMATCH`), never the document. What is not read is refused with `UNSUPPORTED_FILE_TYPE` and a sentence that
says what to do instead; what LibreOffice would read where it is not installed with `CONVERTER_MISSING` and the name of the
package; what is protected with a password with `PDF_IS_PROTECTED`, whatever its format.

A file without bytes is refused with `EMPTY_FILE`, for it is what is left of a write or an upload that failed. An empty text
(plain text, Markdown, HTML, CSV, AsciiDoc, LaTeX, WebVTT, JSON, XML, source code) is a document of one page without text, and
`EMPTY_FILE` is a warning.
";

const CONVERTER: &str = "
What the column LibreOffice says:

- **needed**: the format is converted by LibreOffice and then read as what it became. Without LibreOffice the document fails
  with `CONVERTER_MISSING`, which names the package.
- merged cells: documents with tables are converted to DOCX, because the reader loses merged cells. Without LibreOffice they
  are read all the same, every cell for itself.
- formulas: computed anew where the job asks for that (`force_formula_computation_in_sheets`) or a formula has no stored value.
  Without LibreOffice stored values are shown, and a warning says what is missing.
- printed pages: pictures of pages, boxes of words and an output PDF, when the job asks for them. Without LibreOffice the
  document is read without those, and a warning says so.
";

const PAGES: &str = "
## Pages

Pages are numbered from 1 in the order in which they are read, and `target_pages` means these numbers.

- PDF, and what is converted to PDF: the pages of the file.
- Slides: a slide each. Hidden slides have no number unless the job asks for them; the others are numbered without gaps. The
  section that a slide of PowerPoint stands in is the page's `slide_section_name`.
- Sheets: a sheet each, with its name above it and as `slide_section_name`; hidden sheets as hidden slides. A long sheet goes
  on on further pages under the same name.
- Texts, web pages, books, tables, source: one page; what is long goes on on further ones. The page breaks of a printer are
  not pages, unless the job asks for places on them: then LibreOffice prints the document, and its pages are those of paper.
- Letters: the letter first, then the pages of each attachment. Archives: the pages of each file in the order of their paths.
  Pages say the path that they come from.
- Pictures: one page; a TIFF has a page for each of its pictures.

## Cells

Cells hold what a program shows, in English: `25.6%`, `1,234.50 €`, `09.03.2024`, `00501`. XLSX: by the number format of the
cell, but for fractions, conditions and formats of the system, which show the stored value; dates in Excel's two standard
formats are ISO dates, whose day and month cannot be mistaken. XLS of Excel 97 and later: likewise; of Excel 95: dates, percents
and dollars. ODS and tables of ODT: the text that the document itself keeps beside each value. XLSB: as they are stored.
";

const WARNINGS: &str = "
Warnings that say that a part of a document is not in its result:

| code | formats | what was left out |
| --- | --- | --- |
| `CELLS_NOT_READ` | XLSX | cells so far from the others that together they lie over more than ten million places |
| `SHEET_NOT_READ` | XLSX | a sheet that is left out for the same reason |
| `HIDDEN_NOT_READ` | sheets, slides | hidden sheets, slides or sections, which the job did not ask for |
| `EMBEDDED_NOT_READ` | DOCX, PPTX, XLSX | files that are embedded as objects; they are named and never run |
| `MEMBER_NOT_READ` | archives, letters | files in them, each with its reason |
| `FORMULAS_NOT_COMPUTED` | XLSX | values that were never computed, without LibreOffice |
| `STRUCTURE_LOST` | HTML and what is read as it | structure that nests deeper than the limit; its text is there |
| `ENCODING_GUESSED` | texts | nothing: the encoding is a guess |
| `PICTURE_NOT_READ` | pictures, texts and slides | text of a picture that stands for a page, on the fast tier or where it is damaged |
| `EMPTY_FILE` | texts | nothing: the file has no bytes, or only white space |
| `ANIMATION_NOT_READ` | GIF, WebP | all pictures but the first |
";

/// The document, in markdown.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\n## Read\n\n| format | kind | extensions | reader | LibreOffice | a page is | kept |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for format in FORMATS {
        let reader = match format.reader {
            Reader::Pdf => "docmill",
            Reader::Text => "docmill",
            Reader::Picture(_) => "image, OCR",
            Reader::Docling if format.id == "md" => "pulldown-cmark",
            Reader::Docling => "docling",
            Reader::Archive => "docmill",
            Reader::Converted(target) => match target.extension() {
                "docx" => "converted to DOCX",
                "xlsx" => "converted to XLSX",
                "pptx" => "converted to PPTX",
                _ => "converted to PDF",
            },
            Reader::Nobody(_) => continue,
        };
        let Format { name, id, page, kept, .. } = format;
        let (extensions, converter) = (dotted(format.extensions), converter(format));
        let _ = writeln!(out, "| {name} | `{id}` | {extensions} | {reader} | {converter} | {page} | {kept} |");
    }
    out.push_str(CONVERTER);
    let _ = write!(
        out,
        "\nTested only with files that were written by hand after the description of the format, which proves less than a file \
         of the\nprogram itself: {}. Tested only with a file of a newer format of the same family under their name: {}. `.rb` \
         is\nRuby; books of the Rocket eBook under that name are refused.\n",
        dotted(HAND_MADE),
        dotted(BY_ANOTHER)
    );
    out.push_str("\n## Not read\n\n| format | extensions | what to do |\n| --- | --- | --- |\n");
    for format in FORMATS {
        if let Reader::Nobody(instead) = format.reader {
            let _ = writeln!(out, "| {} | {} | {instead} |", format.name, dotted(format.extensions));
        }
    }
    out.push_str(PAGES);
    out.push_str(&limits());
    out.push_str(WARNINGS);
    out
}

/// What LibreOffice does for a format.
fn converter(format: &Format) -> String {
    if matches!(format.reader, Reader::Converted(_)) {
        return "**needed**".to_owned();
    }
    let mut does = Vec::new();
    if matches!(format.id, "doc" | "rtf") {
        does.push("merged cells");
    }
    if matches!(format.id, "xlsx" | "xls" | "ods") {
        does.push("formulas");
    }
    if has_paper(format.id) {
        does.push("printed pages");
    }
    if does.is_empty() { "-".to_owned() } else { does.join(", ") }
}

fn dotted(extensions: &[&str]) -> String {
    extensions.iter().map(|extension| format!("`.{extension}`")).collect::<Vec<_>>().join(" ")
}

fn limits() -> String {
    format!(
        "
## Limits

Beside those of every document (size of an upload, pages, time, memory; see config.default.toml):

| what | limit | beyond it |
| --- | --- | --- |
| parts of a zip container | {} | `FILE_TOO_LARGE` |
| bytes that a zip container unpacks to | {} MiB | `FILE_TOO_LARGE` |
| unpacked bytes for a packed one, above {} MiB | {} | `FILE_TOO_LARGE` |
| documents of an archive or a letter, all levels together | {} | the others are not read, and a warning says so |
| bytes that they unpack to, together | {} MiB | the others are not read, and a warning says so |
| archives and letters inside each other | {} levels | what is deeper is not read, and a warning says so |
| a text with headings, paragraphs, lists (HTML, Markdown, XML, ...) | {} MiB | `FILE_TOO_LARGE` |
| a part of XLSX, ODS or ODT whose cells are shown by their formats | {} MiB | numbers are as they are stored |
| a text that is a table (CSV, ...) | {} MiB, {} cells, {} MiB a line | `FILE_TOO_LARGE` |
| a document that LibreOffice converts | {} MiB, and run.conversion_ms and the memory of a reader | `FILE_TOO_LARGE` |
| a picture | {} megapixels, {} pixels a side | `FILE_TOO_LARGE` |
| pictures of a TIFF | {} | the others are not read, and a warning says so |

Documents without pages of their own are one page, and several when they are long: about {} kB of text or {} cells each,
parted between paragraphs or rows. Nothing is lost by that.

An archive is one document: one item of a batch, whose pages are those of its files. Paths of archives only name pages: nothing is ever written
under them. `docmill batch --unpack` makes every file of an archive an input of its own, one item each, within the same
limits; archives in archives stay one document each. A server does not unpack what is uploaded to a directory: unpack it
first, or send the archive with `docmill batch --server URL --unpack`.
",
        crate::detect::archive::MEMBERS_MAX,
        crate::detect::archive::UNPACKED_BYTES_MAX >> 20,
        crate::detect::archive::RATIO_FLOOR_BYTES >> 20,
        crate::detect::archive::RATIO_MAX,
        container::DOCUMENTS_MAX,
        container::BYTES_MAX >> 20,
        container::DEPTH_MAX,
        office::TEXT_BYTES_MAX >> 20,
        office::SHOWN_BYTES_MAX >> 20,
        office::TABLE_BYTES_MAX >> 20,
        office::CELLS_MAX,
        office::LINE_BYTES_MAX >> 20,
        converted::BYTES_MAX >> 20,
        crate::read::image::PIXELS_MAX / 1_000_000,
        crate::read::image::SIDE_PIXELS_MAX,
        crate::read::tiff::PICTURES_MAX,
        crate::read::ready::PAGE_BYTES_MAX / 1_000,
        office::PAGE_CELLS_MAX,
    )
}
