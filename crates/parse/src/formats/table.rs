//! The table itself, by family.

use image::ImageFormat;

use super::Format;
use super::Reader::{Archive, Converted, Docling, Nobody, Pdf, Picture, Text};
use crate::services::Target;

const WHOLE: &str = "the whole document";
const SLIDE: &str = "a slide";
const SHEET: &str = "a sheet";
const PICTURE: &str = "the picture";
const TEXTS: &str = "headings, paragraphs, lists, tables as far as the format marks them";
const CELLS: &str = "cells as they are shown, merged cells, names of sheets";
const OCR: &str = "text by OCR with its boxes, layout, resolution and orientation";

const OFFICE: &str = "save it as PDF, or in an OpenDocument or Office format, with the program that made it";
const BOOK: &str = "save it as EPUB, which Calibre (Debian: calibre) does";
const UNPACK: &str = "unpack it, or pack it as zip";
const JPEG: &str = "save it as JPEG or PNG";
const PLAYED: &str = "audio and video are not supported";

const fn row(
    id: &'static str,
    name: &'static str,
    extensions: &'static [&'static str],
    reader: super::Reader,
    page: &'static str,
    kept: &'static str,
) -> Format {
    Format { id, name, extensions, reader, page, kept }
}

const fn none(name: &'static str, extensions: &'static [&'static str], instead: &'static str) -> Format {
    Format { id: "", name, extensions, reader: Nobody(instead), page: "", kept: "" }
}

pub const FORMATS: &[Format] = &[
    row("pdf", "PDF", &["pdf"], Pdf, "a page", "boxes, headings, lists, tables, links, forms, pictures; scans by OCR"),
    // Pictures.
    row("png", "PNG", &["png"], Picture(ImageFormat::Png), PICTURE, OCR),
    row("jpg", "JPEG", &["jpg", "jpeg"], Picture(ImageFormat::Jpeg), PICTURE, OCR),
    row("tiff", "TIFF", &["tif", "tiff"], Picture(ImageFormat::Tiff), "a picture of the file", OCR),
    row("webp", "WebP", &["webp"], Picture(ImageFormat::WebP), "the first picture", OCR),
    row("gif", "GIF", &["gif"], Picture(ImageFormat::Gif), "the first picture", OCR),
    row("bmp", "BMP", &["bmp"], Picture(ImageFormat::Bmp), PICTURE, OCR),
    row("svg", "SVG", &["svg"], Docling, PICTURE, "texts of the drawing; lines and shapes are not looked at"),
    row("djvu", "DjVu", &["djvu", "djv"], Docling, WHOLE, "the text layer; scans without one are not read"),
    row("cgm", "Computer Graphics Metafile", &["cgm"], Docling, WHOLE, "texts of the drawing"),
    none("HEIC and HEIF", &["heic", "heif"], JPEG),
    // Texts.
    row(
        "docx",
        "Word",
        &["docx", "docm", "dotx", "dotm"],
        Docling,
        WHOLE,
        "headings, nested lists, tables with spans, links, formulas as LaTeX, footnotes, headers and footers, pictures, \
         insertions, deletions and comments; macros are never run",
    ),
    row(
        "doc",
        "Word 97 to 2003 and older",
        &["doc", "dot"],
        Docling,
        WHOLE,
        "headings, lists, tables, links, footnotes",
    ),
    row("rtf", "Rich Text", &["rtf"], Docling, WHOLE, "headings, lists, tables, footnotes"),
    row(
        "odt",
        "OpenDocument and OpenOffice 1 text",
        &["odt", "ott", "fodt", "sxw", "stw", "sxg"],
        Docling,
        WHOLE,
        "headings, nested lists, tables with spans, links, formulas as LaTeX, footnotes, headers and footers",
    ),
    row("pages", "Apple Pages", &["pages"], Docling, WHOLE, TEXTS),
    row("wordperfect", "WordPerfect 5 and later", &["wpd", "wpt", "wp", "wp5", "wp6"], Docling, WHOLE, TEXTS),
    row("works", "Microsoft Works text", &["wps"], Docling, WHOLE, TEXTS),
    row("abiword", "AbiWord", &["abw", "awt", "zabw"], Docling, WHOLE, TEXTS),
    row("hwp", "Hangul", &["hwp", "hwpx"], Docling, WHOLE, TEXTS),
    row("lwp", "Lotus Word Pro", &["lwp"], Docling, WHOLE, TEXTS),
    row("mac_wp", "MacWrite, Word for Mac, ClarisWorks", &["mw", "mcw", "cwk"], Docling, WHOLE, TEXTS),
    row("staroffice5", "StarOffice 5", &["sdw", "sda", "sdd", "sgl", "vor"], Docling, WHOLE, "text"),
    row("t602", "T602", &["602"], Docling, WHOLE, "text"),
    row("prn", "Printed text", &["prn"], Docling, WHOLE, "text with its columns"),
    row("uot", "UOF text", &["uot", "uof"], Converted(Target::Text), WHOLE, TEXTS),
    row("write", "Microsoft Write", &["wri"], Converted(Target::Text), WHOLE, TEXTS),
    none("Pocket Word, WriteNow, Mariner Write", &["psw", "wn", "mwd"], OFFICE),
    // Sheets.
    row(
        "xlsx",
        "Excel",
        &["xlsx", "xlsm", "xlsb", "xltx", "xltm"],
        Docling,
        SHEET,
        "cells as they are shown (dates, currencies, percents), merged cells, several tables of a sheet, charts as tables, \
         names of sheets; macros are never run",
    ),
    row(
        "xls",
        "Excel 5 to 2003, Works and WPS sheets",
        &["xls", "xlt", "xlw", "xlr", "et", "ett", "eth"],
        Docling,
        SHEET,
        CELLS,
    ),
    row("ods", "OpenDocument and OpenOffice 1 sheets", &["ods", "ots", "fods", "sxc", "stc"], Docling, SHEET, CELLS),
    row("numbers", "Apple Numbers", &["numbers"], Docling, SHEET, "cells"),
    row("csv", "CSV and TSV", &["csv", "tsv"], Docling, WHOLE, "cells; the separator is found"),
    row("dbf", "dBase", &["dbf"], Docling, WHOLE, "records as a table"),
    row("dif", "Data Interchange Format", &["dif"], Docling, WHOLE, "cells"),
    row("sylk", "SYLK", &["slk", "sylk"], Docling, WHOLE, "cells"),
    row("lotus", "Lotus 1-2-3", &["wk1", "wk2", "wk3", "wk4", "wks", "wrk", "123"], Docling, WHOLE, "cells"),
    row("quattro", "Quattro Pro", &["wq1", "wq2", "wb1", "wb2", "wb3", "qpw"], Docling, WHOLE, "cells"),
    row("uos", "UOF sheets", &["uos", "uos1", "uos2"], Converted(Target::Sheets), SHEET, CELLS),
    // Slides and drawings.
    row(
        "pptx",
        "PowerPoint",
        &["pptx", "pptm", "potx", "potm", "ppsx", "ppsm"],
        Docling,
        SLIDE,
        "titles, nested lists, tables, charts as tables, places of shapes, pictures, speaker notes in the metadata",
    ),
    row("ppt", "PowerPoint 97 to 2003", &["ppt", "pot", "pps"], Docling, SLIDE, "titles, lists, speaker notes"),
    row(
        "odp",
        "OpenDocument and OpenOffice 1 slides and drawings",
        &["odp", "otp", "fodp", "sxi", "sti", "odg", "otg", "fodg", "sxd", "std"],
        Docling,
        SLIDE,
        "titles, lists, tables",
    ),
    row("key", "Apple Keynote", &["key"], Docling, SLIDE, "titles, texts"),
    row("visio", "Visio", &["vsdx", "vsdm"], Docling, "a page", "texts of shapes"),
    row("uop", "UOF slides", &["uop"], Converted(Target::Slides), SLIDE, "titles, lists, tables"),
    none("StarOffice 5 slides, packed, and flat presentations", &["sdp", "fopd"], OFFICE),
    row(
        "old_visio",
        "Visio 2010 and older",
        &["vsd", "vdx"],
        Converted(Target::Pages),
        "a page",
        "texts with their places",
    ),
    row(
        "formula",
        "OpenDocument and OpenOffice 1 formulas",
        &["odf", "sxm"],
        Converted(Target::Pages),
        "a page",
        "the formula as it is drawn",
    ),
    // Web, books, mail, data.
    row(
        "html",
        "HTML",
        &["html", "htm", "xhtml", "xhtm"],
        Docling,
        WHOLE,
        "headings, lists, tables with spans, links, code; what is hidden only on request; nothing is fetched, no script is run",
    ),
    row("mhtml", "Saved web page", &["mhtml", "mht"], Docling, WHOLE, "as HTML"),
    row("md", "Markdown", &["md", "markdown", "qmd", "rmd"], Docling, WHOLE, "everything"),
    row(
        "txt",
        "Text",
        &["txt", "text", "log", "pml"],
        Text,
        WHOLE,
        "text; the encoding is guessed where nothing says it",
    ),
    row("asciidoc", "AsciiDoc", &["adoc", "asciidoc", "asc"], Docling, WHOLE, TEXTS),
    row("latex", "LaTeX", &["tex", "latex"], Docling, WHOLE, TEXTS),
    row("epub", "EPUB", &["epub"], Docling, WHOLE, "chapters in reading order, as HTML"),
    row("palmdoc", "Palm text", &["pdb", "pbd"], Docling, WHOLE, "text"),
    row(
        "email",
        "E-mail",
        &["eml", "msg"],
        Docling,
        "the letter, then the pages of its attachments",
        "headers, body, names of \
         attachments; each attachment that docmill reads follows with its own pages",
    ),
    row("fb2", "FictionBook", &["fb2"], Docling, WHOLE, "headings, paragraphs, verses, tables"),
    row("xml", "XML", &["xml", "yxmd"], Docling, WHOLE, "the source; entities are never expanded or fetched"),
    row("xml_jats", "JATS article", &["nxml"], Docling, WHOLE, TEXTS),
    row("feed", "RSS and Atom", &["rss", "atom", "rdf"], Docling, WHOLE, "titles and texts of the entries"),
    row("json", "JSON", &["json"], Docling, WHOLE, "the source"),
    row("jsonl", "JSON lines", &["jsonl", "ndjson"], Docling, WHOLE, "the source"),
    row("ipynb", "Jupyter notebook", &["ipynb"], Docling, WHOLE, "texts and code"),
    row("vtt", "WebVTT subtitles", &["vtt"], Docling, WHOLE, "the spoken text"),
    row(
        "text",
        "Source code and settings",
        &[
            "py",
            "pyi",
            "rs",
            "js",
            "mjs",
            "cjs",
            "ts",
            "tsx",
            "jsx",
            "java",
            "kt",
            "kts",
            "scala",
            "groovy",
            "gradle",
            "c",
            "h",
            "cpp",
            "cc",
            "cxx",
            "hpp",
            "hh",
            "cs",
            "go",
            "rb",
            "php",
            "swift",
            "m",
            "mm",
            "dart",
            "lua",
            "pl",
            "pm",
            "r",
            "jl",
            "hs",
            "ex",
            "exs",
            "erl",
            "clj",
            "sh",
            "bash",
            "zsh",
            "fish",
            "ps1",
            "bat",
            "cmd",
            "sql",
            "css",
            "scss",
            "less",
            "yaml",
            "yml",
            "toml",
            "ini",
            "cfg",
            "conf",
            "properties",
            "env",
            "proto",
            "graphql",
            "gql",
            "mk",
            "cmake",
            "diff",
            "patch",
        ],
        Docling,
        WHOLE,
        "one block of code in its language",
    ),
    none("Kindle and Mobipocket books", &["azw", "azw3", "azw4", "mobi", "prc"], BOOK),
    none("Other books and compiled help", &["chm", "lit", "lrf", "snb", "tcr"], BOOK),
    // Archives.
    row(
        "zip",
        "Zip archive",
        &["zip", "cbz", "cbc", "htmlz", "txtz", "fbz"],
        Archive,
        "the pages of its files, in the order of their names",
        "each file in it is read as a document of its own; pages say its path",
    ),
    row("tar", "Tar archive", &["tar"], Archive, "as zip", "as zip"),
    row(
        "gz",
        "Gzip",
        &["gz", "tgz"],
        Archive,
        "as what is packed",
        "a packed tar archive as zip, any other packed file as itself",
    ),
    none("7z and RAR archives", &["7z", "cb7", "rar", "cbr"], UNPACK),
    // Played.
    none("Audio", &["mp3", "mpga", "m4a", "wav", "aac", "ogg", "flac"], PLAYED),
    none("Video", &["mp4", "mpeg", "mpg", "webm", "avi", "mov", "mkv"], PLAYED),
];

/// Extensions whose reader has only seen files that were written by hand after the description of the format, for no program
/// that writes them runs any more, or none that may be had: such a file proves less than one of the program itself.
pub const HAND_MADE: &[&str] = &[
    "123", "602", "abw", "cgm", "cwk", "djvu", "fb2", "hwp", "hwpx", "key", "lwp", "mcw", "msg", "mw", "numbers",
    "pages", "pdb", "pml", "qpw", "sda", "sdd", "sdw", "sgl", "vor", "vsdm", "vsdx", "wb1", "wb2", "wb3", "wk1", "wk2",
    "wk3", "wk4", "wks", "wp", "wp5", "wp6", "wpd", "wps", "wpt", "wq1", "wq2", "wrk", "xlsb", "yxmd", "zabw",
];

/// Extensions that are read as another format of the same family, whose files differ only in what docmill does not look at;
/// no file of their own was opened.
pub const BY_ANOTHER: &[&str] =
    &["eth", "et", "ett", "stc", "std", "sti", "stw", "sxc", "sxd", "sxg", "sxi", "sxw", "xlr", "xlw"];
