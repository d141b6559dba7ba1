//! The table as docs/FORMATS.md.

use std::fmt::Write;

use super::{BY_ANOTHER, FORMATS, HAND_MADE, Reader};
use crate::read::{container, converted, office};

const HEAD: &str = "\
# Formats

Made by `make formats` from the table in `crates/parse/src/formats`; a test keeps it true.

What a file is, its content says first and its name second. A name that lies about a known content costs a warning
(`FILE_TYPE_MISMATCH`), never the document. What is not read is refused with `UNSUPPORTED_FILE_TYPE` and a sentence that
says what to do instead; what LibreOffice would read where it is not installed with `CONVERTER_MISSING` and the name of the
package; what is protected with a password with `PDF_IS_PROTECTED`, whatever its format.
";

/// The document, in markdown.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\n## Read\n\n| format | kind | extensions | reader | a page is | kept |\n| --- | --- | --- | --- | --- | --- |\n");
    for format in FORMATS {
        let reader = match format.reader {
            Reader::Pdf => "docmill",
            Reader::Text => "docmill",
            Reader::Picture(_) => "image, OCR",
            Reader::Docling => "docling",
            Reader::Archive => "docmill",
            Reader::Converted(target) => match target.extension() {
                "docx" => "LibreOffice, converted to DOCX",
                "xlsx" => "LibreOffice, converted to XLSX",
                "pptx" => "LibreOffice, converted to PPTX",
                _ => "LibreOffice, converted to PDF",
            },
            Reader::Nobody(_) => continue,
        };
        let (extensions, kept) = (dotted(format.extensions), format.kept);
        let _ =
            writeln!(out, "| {} | `{}` | {extensions} | {reader} | {} | {kept} |", format.name, format.id, format.page);
    }
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
    out.push_str(&limits());
    out
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
| a text that is a table (CSV, ...) | {} MiB, {} cells, {} MiB a line | `FILE_TOO_LARGE` |
| a document that LibreOffice converts | {} MiB, and run.conversion_ms and the memory of a reader | `FILE_TOO_LARGE` |
| a picture | {} megapixels, {} pixels a side | `FILE_TOO_LARGE` |
| pictures of a TIFF | {} | the others are not read, and a warning says so |

Documents without pages of their own are one page, and several when they are long: about {} kB of text or {} cells each,
parted between paragraphs or rows. Nothing is lost by that.

LibreOffice also reads RTF and Word 97 with merged cells, computes formulas, and prints texts and slides for pictures of
their pages, boxes and a PDF, when a job asks for those.

Paths of archives only name pages: nothing is ever written under them. `docmill batch --unpack` makes every file of an
archive an input of its own, within the same limits; archives in archives stay one document each.
",
        crate::detect::archive::MEMBERS_MAX,
        crate::detect::archive::UNPACKED_BYTES_MAX >> 20,
        crate::detect::archive::RATIO_FLOOR_BYTES >> 20,
        crate::detect::archive::RATIO_MAX,
        container::DOCUMENTS_MAX,
        container::BYTES_MAX >> 20,
        container::DEPTH_MAX,
        office::TEXT_BYTES_MAX >> 20,
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
