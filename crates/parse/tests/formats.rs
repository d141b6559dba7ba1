//! One file of every extension that the project can make, and docs/FORMATS.md.
//!
//! The files are made by tests/formats/make.py; those with `.gz` behind their name are unpacked first.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use docmill_model::document::{BBox, DocumentInfo, Page, PageOutcome};
use docmill_model::options::{ParseOptions, Tier};
use docmill_parse::formats::{self, Reader};
use docmill_parse::{
    NotConverted, OcrAnswer, OcrText, OcrWord, PageImage, Services, Source, Target, ToConvert, parse_all,
};

/// Reads `Mill` and `report` where the picture is darker than paper, so that a blank picture gives nothing.
struct Eyes;

impl Services for Eyes {
    fn ocr(&mut self, image: &PageImage, _languages: &[String]) -> OcrAnswer {
        let dark = image.grey.iter().filter(|grey| **grey < 100).count();
        let word = |text: &str, x| {
            let bbox = BBox::new(x, 10.0, 40.0, 20.0);
            OcrWord { text: text.into(), bbox, block: 1, paragraph: 1, line: 1, confidence: 0.9 }
        };
        let words = if dark > 500 { vec![word("Mill", 10.0), word("report", 60.0)] } else { Vec::new() };
        OcrAnswer::Read(OcrText { engine: "eyes".into(), words, ..OcrText::default() })
    }

    fn asset(&mut self, _name: &str, _content_type: &str, _bytes: &[u8]) {}
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/files")
}

fn fixture(name: &str) -> Vec<u8> {
    if let Ok(bytes) = fs::read(folder().join(name)) {
        return bytes;
    }
    let packed = fs::read(folder().join(format!("{name}.gz"))).expect("fixture");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("packed fixture");
    bytes
}

fn parse(name: &str, bytes: Vec<u8>) -> Result<(DocumentInfo, Vec<Page>), String> {
    let source = Source { name: name.into(), bytes: bytes.into() };
    let (info, outcomes) =
        parse_all(source, &ParseOptions::default(), &mut Eyes).map_err(|failure| failure.to_string())?;
    let pages = outcomes.into_iter().map(|outcome| match outcome {
        PageOutcome::Read(page) => *page,
        PageOutcome::Failed { error, .. } => panic!("{name}: {error}"),
    });
    Ok((info, pages.collect()))
}

/// What the pages say, between `|`, without the signs of markdown and tables.
fn said(pages: &[Page]) -> String {
    let page = |page: &Page| {
        let words: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    };
    pages.iter().map(page).collect::<Vec<_>>().join(" | ")
}

const REPORT: &str = "Mill report Rye rose.";
const CELLS: &str = "Grain Tons Rye 42 Oats 7";
const SHEET: &str = "Sheet Grain Tons Rye 42 Oats 7";

/// Fixture, kind, all extensions of the same bytes, what the pages say.
const FILES: &[(&str, &str, &[&str], &str)] = &[
    ("report.docx", "docx", &["docx", "docm", "dotx", "dotm"], REPORT),
    ("report.doc", "doc", &["doc", "dot"], REPORT),
    ("report.rtf", "rtf", &["rtf"], REPORT),
    ("report.odt", "odt", &["odt", "ott", "sxw", "stw", "sxg"], REPORT),
    ("report.fodt", "odt", &["fodt"], REPORT),
    ("report.abw", "abiword", &["abw", "awt"], REPORT),
    ("report.zabw", "abiword", &["zabw"], REPORT),
    ("report.602", "t602", &["602"], REPORT),
    ("report.prn", "prn", &["prn"], "Grain Tons Rye 42"),
    ("report.xlsx", "xlsx", &["xlsx", "xlsm", "xltx", "xltm"], SHEET),
    ("report.xls", "xls", &["xls", "xlt", "xlw", "xlr", "et", "ett", "eth"], SHEET),
    ("report.ods", "ods", &["ods", "ots", "sxc", "stc"], SHEET),
    ("report.fods", "ods", &["fods"], SHEET),
    ("report.csv", "csv", &["csv"], "Grain Tons Rye 42"),
    ("report.tsv", "csv", &["tsv"], "Grain Tons Rye 42"),
    ("report.dbf", "dbf", &["dbf"], "GRAIN TONS Rye 42"),
    ("report.dif", "dif", &["dif"], CELLS),
    ("report.slk", "sylk", &["slk", "sylk"], CELLS),
    ("report.wk1", "lotus", &["wk1", "wk2", "wks", "wrk", "123"], "Grain Tons Rye 42"),
    ("report.pptx", "pptx", &["pptx", "pptm", "potx", "potm", "ppsx", "ppsm"], REPORT),
    ("report.ppt", "ppt", &["ppt", "pot", "pps"], REPORT),
    ("report.odp", "odp", &["odp", "otp", "sxi", "sti"], REPORT),
    ("report.fodp", "odp", &["fodp"], REPORT),
    ("report.odg", "odp", &["odg", "otg"], "Mill report Mill report Rye rose."),
    ("report.odp", "odp", &["sxd", "std"], REPORT),
    ("report.html", "html", &["html", "htm", "xhtm", "xhtml"], REPORT),
    ("report.mhtml", "mhtml", &["mhtml", "mht"], "Mill report"),
    ("report.md", "md", &["md", "markdown", "qmd", "rmd"], REPORT),
    ("report.txt", "txt", &["txt", "text", "log"], REPORT),
    ("report.pml", "txt", &["pml"], "\\x Mill report\\x Rye rose."),
    ("report.adoc", "asciidoc", &["adoc", "asciidoc", "asc"], REPORT),
    ("report.tex", "latex", &["tex", "latex"], "\\documentclass{article} Mill report Rye rose."),
    ("report.epub", "epub", &["epub"], REPORT),
    ("report.pdb", "palmdoc", &["pdb", "pbd"], REPORT),
    ("report.rss", "feed", &["rss", "rdf"], "Mill report News Rye rose"),
    ("report.vtt", "vtt", &["vtt"], "Mill report"),
    ("report.ipynb", "ipynb", &["ipynb"], "Mill report"),
    ("report.json", "json", &["json"], "{\"title\": \"Mill report\"}"),
    ("report.jsonl", "jsonl", &["jsonl", "ndjson"], "{\"title\": \"Mill report\"} {\"title\": \"Rye\"}"),
    ("report.py", "text", &["py"], "print('Mill report')"),
    ("report.svg", "svg", &["svg"], "Mill report"),
    ("report.png", "png", &["png"], "Mill report"),
    ("report.jpg", "jpg", &["jpg", "jpeg"], "Mill report"),
    ("report.bmp", "bmp", &["bmp"], "Mill report"),
    ("report.gif", "gif", &["gif"], "Mill report"),
    ("report.webp", "webp", &["webp"], "Mill report"),
    ("report.tiff", "tiff", &["tiff", "tif"], "Mill report | Mill report"),
    ("report.zip", "zip", &["zip"], "Grain Tons Rye 42 | Mill report Rye rose."),
    ("report.tar", "tar", &["tar"], "Grain Tons Rye 42 | Mill report Rye rose."),
    ("report.tgz", "tar", &["tgz", "tar.gz"], "Grain Tons Rye 42 | Mill report Rye rose."),
    ("report.txt.gz", "txt", &["gz"], REPORT),
    ("report.cbz", "zip", &["cbz"], "Mill report"),
    ("report.cbc", "zip", &["cbc"], "Mill report"),
    ("report.htmlz", "zip", &["htmlz"], REPORT),
    ("report.fb2", "fb2", &["fb2"], REPORT),
    ("report.fbz", "zip", &["fbz"], REPORT),
    ("report.fodg", "odp", &["fodg"], REPORT),
    ("report.rb", "text", &["rb"], "puts 'Mill report'"),
    ("report.nxml", "xml_jats", &["nxml"], REPORT),
    ("report.atom", "feed", &["atom"], "Mill report Rye rose"),
    ("report.wk3", "lotus", &["wk3"], "Grain Tons Rye 42"),
    ("report.wk4", "lotus", &["wk4"], "Grain Tons Rye 42"),
    ("report.wq1", "quattro", &["wq1"], "Grain Tons Rye 42"),
    ("report.wq2", "quattro", &["wq2"], "Grain Tons Rye 42"),
    ("report.wb1", "quattro", &["wb1"], "Grain Tons Rye 42"),
    ("report.wb2", "quattro", &["wb2"], "Grain Tons Rye 42"),
    ("report.wb3", "quattro", &["wb3"], "Grain Tons Rye 42"),
    ("report.qpw", "quattro", &["qpw"], "Grain Tons Rye 42"),
    ("report.wp5", "wordperfect", &["wp5", "wp"], REPORT),
    ("report.wpd", "wordperfect", &["wpd", "wpt", "wp6"], REPORT),
    ("report.wps", "works", &["wps"], REPORT),
    ("report.mw", "mac_wp", &["mw"], REPORT),
    ("report.mcw", "mac_wp", &["mcw"], REPORT),
    ("report.cwk", "mac_wp", &["cwk"], REPORT),
    ("report.lwp", "lwp", &["lwp"], REPORT),
    ("report.hwp", "hwp", &["hwp"], REPORT),
    ("report.hwpx", "hwp", &["hwpx"], REPORT),
    ("report.sdw", "staroffice5", &["sdw", "sgl", "vor"], REPORT),
    ("report.sda", "staroffice5", &["sda", "sdd"], "page-1 Mill report Rye rose."),
    ("report.cgm", "cgm", &["cgm"], REPORT),
    ("report.djvu", "djvu", &["djvu", "djv"], REPORT),
    ("report.pages", "pages", &["pages"], REPORT),
    ("report.key", "key", &["key"], REPORT),
    ("report.numbers", "numbers", &["numbers"], "Sheet Table Grain Tons Rye 42"),
    ("report.vsdx", "visio", &["vsdx", "vsdm"], "Page-1 Mill report Rye rose."),
    ("report.xlsb", "xlsx", &["xlsb"], "Sheet Grain Tons Rye 42"),
    ("report.txtz", "zip", &["txtz"], REPORT),
];

#[test]
fn every_extension_that_can_be_made_is_read() {
    for (file, kind, extensions, expected) in FILES {
        let bytes = fixture(file);
        for extension in *extensions {
            let name = format!("report.{extension}");
            let (info, pages) = parse(&name, bytes.clone()).unwrap_or_else(|failure| panic!("{name}: {failure}"));
            assert_eq!((info.kind.as_str(), said(&pages).as_str()), (*kind, *expected), "{name}");
            let told: Vec<&str> = info.warnings.iter().map(|warning| warning.code.as_str()).collect();
            assert!(told.iter().all(|code| *code == "MEMBER_NOT_READ"), "{name}: {told:?}");
        }
    }
}

/// Source code is one block, whatever its language is called.
#[test]
fn source_code_is_read_by_every_name() {
    let code = formats::of_id("text").expect("source code");
    for extension in code.extensions {
        let name = format!("mill.{extension}");
        let (info, pages) = parse(&name, b"print('Mill report')\n".to_vec()).expect(&name);
        assert_eq!((info.kind.as_str(), said(&pages).as_str()), ("text", "print('Mill report')"), "{name}");
        assert!(pages[0].markdown.starts_with("```"), "{name}: {}", pages[0].markdown);
    }
}

/// An empty text is a document without text; anything else without bytes is broken.
#[test]
fn empty_texts_are_documents() {
    for (name, bytes, expected) in [
        ("notes.txt", &b""[..], "txt"),
        ("notes.txt", b"\xEF\xBB\xBF", "txt"),
        ("notes.txt", b"\xFF\xFE \0\n\0", "txt"),
        ("notes.txt", b" \r\n\t\n", "txt"),
        ("README.md", b"", "md"),
        ("README.md", b"\n\n", "md"),
        ("people.csv", b"", "csv"),
        ("people.tsv", b"\xEF\xBB\xBF\n", "csv"),
        ("page.html", b"", "html"),
        ("page.html", b"  ", "html"),
        ("__init__.py", b"", "text"),
        ("data.json", b"", "json"),
        ("notes", b" ", "txt"),
        ("notes", b"", "EMPTY_FILE"),
        ("report.pdf", b"", "EMPTY_FILE"),
        ("report.docx", b"", "EMPTY_FILE"),
        ("picture.png", b"", "EMPTY_FILE"),
    ] {
        let (info, pages) = match parse(name, bytes.to_vec()) {
            Ok(read) => read,
            Err(failure) => {
                assert!(failure.starts_with(expected), "{name}: {failure}");
                continue;
            }
        };
        let warnings: Vec<_> = info.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!((info.kind.as_str(), info.page_count, warnings), (expected, 1, vec!["EMPTY_FILE"]), "{name}");
        assert_eq!((pages.len(), pages[0].markdown.as_str(), pages[0].blocks.len()), (1, "", 0), "{name}");
    }
}

/// A picture of 200 by 200 pixels that is dark enough for `Eyes` to read.
fn scan() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_fn(200, 200, |x, _| image::Luma([if x < 100 { 0 } else { 255 }]))
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("a picture");
    png.into_inner()
}

/// The pictures are called `alt`.
fn docx_of(pictures: usize, alt: &str, text: &str) -> Vec<u8> {
    let picture = "<w:p><w:r><w:drawing><wp:inline><wp:extent cx=\"5000000\" cy=\"5000000\"/><wp:docPr id=\"1\" name=\"\" descr=\"ALT\"/><a:graphic>\
        <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:blipFill>\
        <a:blip r:embed=\"r1\"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>";
    let body = format!("{}<w:p><w:r><w:t>{text}</w:t></w:r></w:p>", picture.replace("ALT", alt).repeat(pictures));
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>{body}</w:body></w:document>"
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"png\" ContentType=\"image/png\"/><Override PartName=\"/word/document.xml\" ContentType=\
        \"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let link = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"{id}\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>\
             </Relationships>"
        )
    };
    package(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", link("r1", "officeDocument", "word/document.xml").as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", link("r1", "image", "media/image1.png").as_bytes()),
        ("word/media/image1.png", &scan()),
    ])
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut writer, content).expect("a part");
    }
    writer.finish().expect("a package").into_inner()
}

/// Formulas of OpenDocument are objects beside the text.
#[test]
fn formulas_of_open_document_texts_are_latex() {
    let frame = "<draw:frame draw:name=\"Object1\" text:anchor-type=\"as-char\"><draw:object xlink:href=\"./Object 1\" \
        xlink:type=\"simple\"/><draw:image xlink:href=\"./ObjectReplacements/Object 1\"/></draw:frame>";
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\"><office:body><office:text>\
         <text:p>Where {frame} holds_true.</text:p><text:p>{frame}</text:p></office:text></office:body></office:document-content>"
    );
    let formula = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><msub><mi>x</mi><mn>1</mn></msub><mo>&lt;</mo><mi>π</mi></math>";
    let bytes = package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("Object 1/content.xml", formula.as_bytes()),
    ]);
    let (_, pages) = parse("formula.odt", bytes).expect("a text");
    assert_eq!(pages[0].markdown, "Where $x_{1} < \\pi$ holds_true.\n\n$$\nx_{1} < \\pi\n$$");
}

/// A document that is nothing but pictures is read as pictures are, a page for each.
#[test]
fn scans_in_texts_are_read() {
    let png = scan();
    let digits: String = png.iter().map(|byte| format!("{byte:02x}")).collect();
    let rtf = |head: &str, data: &[u8], after: &str| {
        [b"{\\rtf1\\ansi{\\pict\\pngblip", head.as_bytes(), data, b"}\\par ", after.as_bytes(), b"\\par}"].concat()
    };
    let as_bytes = format!("\\bin{} ", png.len());
    for (name, bytes, expected) in [
        ("scan.rtf", rtf(" ", digits.as_bytes(), ""), "Mill report"),
        ("scan.rtf", rtf(&as_bytes, &png, ""), "Mill report"),
        ("scan.rtf", rtf("\\bin ", digits.as_bytes(), ""), "Mill report"),
        ("scan.rtf", rtf(" ", digits.as_bytes(), "Words"), "Words"),
        ("scan.docx", docx_of(1, "", ""), "Mill report"),
        ("scan.docx", docx_of(2, "", ""), "Mill report | Mill report"),
        ("scan.docx", docx_of(1, "", "Words"), "Words"),
        ("scan.docx", docx_of(2, "scan.png", ""), "Mill report | Mill report"),
        ("scan.docx", docx_of(1, "A map", "Words"), "A map Words"),
        ("scan.docx", docx_of(0, "", ""), ""),
    ] {
        let (info, pages) = parse(name, bytes).expect(name);
        assert_eq!(said(&pages), expected, "{name}");
        assert_eq!((info.kind.as_str(), info.page_count as usize), (&name[5..], pages.len()), "{name}");
    }
}

/// Read under names that no file of this folder has: what is fed to the readers elsewhere, and where.
const ELSEWHERE: &[(&str, &str)] = &[
    ("pdf", "tests/pdf.rs"),
    ("eml", "a_letter_is_followed_by_its_attachments"),
    ("msg", "a_letter_of_outlook_is_followed_by_its_attachments"),
    ("xml", "xml_is_shown_as_its_source"),
    ("yxmd", "xml_is_shown_as_its_source"),
];

/// No extension of the table drops out of the tests unnoticed: each is fed to its reader, converted, or refused.
#[test]
fn every_extension_of_the_table_is_tested() {
    let fed = FILES.iter().flat_map(|(_, _, extensions, _)| extensions.iter().copied());
    let known: BTreeSet<&str> = fed.chain(ELSEWHERE.iter().map(|(extension, _)| *extension)).collect();
    for format in formats::FORMATS {
        // Those three are walked through by the table in tests of their own.
        if format.id == "text" || matches!(format.reader, Reader::Converted(_) | Reader::Nobody(_)) {
            continue;
        }
        let missing: Vec<_> = format.extensions.iter().filter(|extension| !known.contains(*extension)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", format.name);
    }
    let hand_made: BTreeSet<&str> = formats::HAND_MADE.iter().copied().collect();
    assert!(hand_made.is_subset(&known), "{:?}", hand_made.difference(&known));
}

/// Data in XML is shown as it is.
#[test]
fn xml_is_shown_as_its_source() {
    for name in ["report.xml", "report.yxmd"] {
        let (info, pages) = parse(name, fixture(name)).expect(name);
        assert_eq!(info.kind, "xml");
        assert!(pages[0].markdown.starts_with("```xml\n<?xml") && pages[0].markdown.contains("Mill report"), "{name}");
    }
}

#[test]
fn a_letter_is_followed_by_its_attachments() {
    let (info, pages) = parse("report.eml", fixture("report.eml")).expect("a letter");
    let names: Vec<_> = pages.iter().map(|page| page.name.as_deref().unwrap_or("-")).collect();
    assert_eq!(names, ["-", "numbers.csv", "Forwarded.eml"]);
    assert!(pages[0].markdown.contains("Rye rose. The numbers are attached."), "{}", pages[0].markdown);
    assert!(pages[0].markdown.contains("- mill.exe"), "every attachment is named: {}", pages[0].markdown);
    assert!(pages[1].markdown.starts_with("**numbers.csv**\n\n<table>"), "{}", pages[1].markdown);
    assert!(pages[2].markdown.contains("The inner letter."), "{}", pages[2].markdown);
    let [told] = info.warnings.as_slice() else { panic!("{:?}", info.warnings) };
    assert!(told.code == "MEMBER_NOT_READ" && told.message.starts_with("Not read: mill.exe: "), "{told:?}");
}

/// Outlook's own format, by its name and without one.
#[test]
fn a_letter_of_outlook_is_followed_by_its_attachments() {
    for name in ["report.msg", "report"] {
        let (info, pages) = parse(name, fixture("report.msg")).expect("a letter");
        let names: Vec<_> = pages.iter().map(|page| page.name.as_deref().unwrap_or("-")).collect();
        assert_eq!((info.kind.as_str(), names), ("email", vec!["-", "numbers.csv"]), "{name}");
        for said in ["Mill report", "ann@example.org", "bob@example.org", "Rye rose. The numbers are attached."] {
            assert!(pages[0].text.contains(said), "{said}: {}", pages[0].text);
        }
        assert!(pages[0].markdown.contains("- mill.exe"), "every attachment is named: {}", pages[0].markdown);
        assert!(pages[1].markdown.starts_with("**numbers.csv**\n\n<table>"), "{}", pages[1].markdown);
        let [told] = info.warnings.as_slice() else { panic!("{:?}", info.warnings) };
        assert!(told.code == "MEMBER_NOT_READ" && told.message.starts_with("Not read: mill.exe: "), "{told:?}");
    }
}

/// Asked to convert, it writes down for what and gives another document.
struct Converter {
    asked: Vec<(String, Target)>,
    gives: Vec<u8>,
}

impl Services for Converter {
    fn ocr(&mut self, _image: &PageImage, _languages: &[String]) -> OcrAnswer {
        OcrAnswer::Missing { message: "no OCR".into() }
    }

    fn convert(&mut self, document: &ToConvert<'_>) -> Result<Vec<u8>, NotConverted> {
        self.asked.push((document.extension.to_owned(), document.target));
        Ok(self.gives.clone())
    }

    fn asset(&mut self, _name: &str, _content_type: &str, _bytes: &[u8]) {}
}

/// The least that is taken for a document of a converted format.
fn head_of(extension: &str) -> Vec<u8> {
    match extension {
        "wri" => b"\x31\xBE\0\0\0\xAB".to_vec(),
        "vsd" => {
            let name: Vec<u8> = "VisioDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600], &name].concat()
        }
        "odf" | "sxm" => fixture("report.zip"),
        "vdx" => b"<?xml version=\"1.0\"?><VisioDocument/>".to_vec(),
        _ => b"<?xml version=\"1.0\"?><uof:UOF/>".to_vec(),
    }
}

/// The names of formats that LibreOffice reads lead to it, and without it the package is named.
#[test]
fn converted_formats_are_asked_for_and_keep_their_kind() {
    for format in formats::FORMATS {
        let Reader::Converted(target) = format.reader else { continue };
        let gives = match target {
            Target::Pages => fs::read(folder().join("../../fixtures/empty_password.pdf")).expect("fixture"),
            other => fixture(&format!("report.{}", other.extension())),
        };
        for extension in format.extensions {
            let name = format!("a.{extension}");
            let mut converter = Converter { asked: Vec::new(), gives: gives.clone() };
            let source = Source { name: name.clone(), bytes: head_of(extension).into() };
            let (info, pages) = parse_all(source, &ParseOptions::default(), &mut converter).expect(&name);
            assert_eq!((info.kind.as_str(), pages.len()), (format.id, 1), "{name}");
            assert_eq!(converter.asked, [((*extension).to_owned(), target)]);
            let failure = parse(&name, head_of(extension)).expect_err(&name);
            let expected = format!("CONVERTER_MISSING: {} is read by LibreOffice, which is not installed", format.name);
            assert!(failure.starts_with(&expected) && failure.contains("(Debian: libreoffice-"), "{failure}");
        }
    }
    for (root, kind) in [("uof:文字处理", "uot"), ("uof:电子表格", "uos"), ("uof:演示文稿", "uop")] {
        let document = format!("<?xml version=\"1.0\"?><uof:UOF><{root}/></uof:UOF>");
        let mut converter = Converter { asked: Vec::new(), gives: fixture("report.docx") };
        let source = Source { name: "a.uof".into(), bytes: document.into_bytes().into() };
        let (info, _) = parse_all(source, &ParseOptions::default(), &mut converter).expect(kind);
        assert_eq!(info.kind, kind);
    }
}

/// docling loses the merged cells of RTF and Word 97, so what has some is converted where that can be done.
#[test]
fn merged_cells_of_old_texts_are_converted() {
    let merged = br"{\rtf1 \trowd\clmgf\cellx1000\clmrg\cellx2000 wide\cell\cell\row}".as_slice();
    let plain = br"{\rtf1 \trowd\cellx1000\cellx2000 a\cell b\cell\row}".as_slice();
    let doc = fixture("report.doc");
    for (name, bytes, tier, asks) in [
        ("a.rtf", merged, Tier::Agentic, true),
        ("a.rtf", merged, Tier::Fast, false),
        ("a.rtf", plain, Tier::Agentic, false),
        ("a.doc", &doc, Tier::Agentic, false),
    ] {
        let mut converter = Converter { asked: Vec::new(), gives: fixture("report.docx") };
        let source = Source { name: name.into(), bytes: bytes.to_vec().into() };
        let options = ParseOptions { tier, ..ParseOptions::default() };
        let (info, _) = parse_all(source, &options, &mut converter).expect(name);
        assert_eq!((info.kind.as_str(), converter.asked.len()), (&name[2..], usize::from(asks)), "{name}");
    }
    let (_, pages) = parse("a.rtf", merged.to_vec()).expect("a text");
    assert!(pages[0].markdown.contains("wide"), "it is read without");
}

/// What is refused: a name with the first bytes of such a file, and the sentence.
#[test]
fn what_is_not_read_says_what_to_do() {
    let ole: Vec<u8> = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].into_iter().chain([0; 600]).collect();
    for format in formats::FORMATS {
        let Reader::Nobody(instead) = format.reader else { continue };
        for extension in format.extensions {
            let heads: &[&[u8]] = match *extension {
                "heic" | "heif" => &[b"\0\0\0\x18ftypheic\0\0\0\0"],
                "mp3" => &[b"ID3\x04\0\0\0", b"\xFF\xFB\x90\x64\0\0"],
                "webm" | "mkv" => &[b"\x1A\x45\xDF\xA3\0\0\0\0"],
                "7z" | "cb7" => &[b"7z\xBC\xAF\x27\x1C\0\0"],
                _ => &[b"\0\x01\x02\x03\xFE", &ole],
            };
            for head in heads {
                let failure = parse(&format!("a.{extension}"), head.to_vec()).expect_err(extension);
                assert!(
                    failure.starts_with("UNSUPPORTED_FILE_TYPE: ") && failure.ends_with(&format!("{instead}.")),
                    "{failure}"
                );
            }
        }
    }
}

#[test]
fn what_is_protected_says_so_whatever_its_name_is() {
    let mut packed = fixture("report.zip");
    // The first bit of the flags, behind the signature of a central record, says that a file is encrypted.
    let at = packed.windows(4).position(|window| window == b"PK\x01\x02").expect("a central record");
    packed[at + 8] |= 1;
    let workbook = fixture("protected.xlsx");
    for (name, bytes) in
        [("a.xlsx", &workbook), ("a.docx", &workbook), ("a.pptx", &workbook), ("a", &workbook), ("a.zip", &packed)]
    {
        let failure = parse(name, bytes.clone()).expect_err(name);
        assert!(failure.starts_with("PDF_IS_PROTECTED: "), "{name}: {failure}");
    }
    for extension in ["docx", "pptx", "xlsx", "doc", "xls", "odt", "ods"] {
        let name = format!("protected.{extension}");
        let failure = parse(&name, fixture(&name)).expect_err(&name);
        assert!(failure.starts_with("PDF_IS_PROTECTED: "), "{name}: {failure}");
    }
}

/// The 147 extensions of LlamaCloud's clients, and the three that only its documentation names.
const PROMISED: &str = "abw awt azw azw3 azw4 bmp cb7 cbc cbr cbz cgm chm csv cwk dbf dif djvu doc docm docx dot dotm dotx \
    epub et eth fb2 fbz fodg fodp fods fodt fopd gif heic heif htm html htmlz hwp jpeg jpg key lit lrf lwp m4a mcw md mobi \
    mp3 mp4 mpeg mpga mw mwd numbers odf odg odp ods odt otg otp ots ott pages pbd pdb pdf pml png pot potm potx ppt pptm \
    pptx prc prn psw qpw rb rtf sda sdd sdp sdw sgl slk snb stc std sti stw svg sxc sxd sxg sxi sxm sxw sylk tcr tif tiff \
    tsv txtz uof uop uos uos1 uos2 uot vdx vor vsd vsdm vsdx wav wb1 wb2 wb3 webm webp wk1 wk2 wk3 wk4 wks wn wpd wps wpt \
    wq1 wq2 wri xhtm xlr xls xlsb xlsm xlsx xlw xml yxmd zabw txt 123 602";

#[test]
fn every_promised_extension_stands_in_the_table() {
    let promised: BTreeSet<&str> = PROMISED.split_whitespace().collect();
    assert_eq!(promised.len(), 150);
    let missing: Vec<_> = promised.iter().filter(|extension| formats::of_extension(extension).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// `DOCMILL_UPDATE=1 cargo test -p docmill-parse --test formats what_is_checked_in` writes the file anew.
#[test]
fn what_is_checked_in_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/FORMATS.md");
    let made = formats::markdown();
    if std::env::var_os("DOCMILL_UPDATE").is_some() {
        fs::write(&path, &made).expect("write");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/FORMATS.md differs from the table; `make formats` writes it anew");
}
