//! Files that were made to hurt, or are only very large: each fails alone, at once and with a code, or is read within
//! the limits.

#[path = "hostile/outside.rs"]
mod outside;
#[path = "hostile/pictures.rs"]
mod pictures;

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use docmill_model::document::{DocumentInfo, PageOutcome};
use docmill_model::options::ParseOptions;
use docmill_parse::{OcrAnswer, PageImage, Services, Source, parse_all};
use zip::write::SimpleFileOptions;

struct Nothing;

impl Services for Nothing {
    fn ocr(&mut self, _image: &PageImage, _languages: &[String]) -> OcrAnswer {
        OcrAnswer::Missing { message: "no OCR".into() }
    }

    fn asset(&mut self, _name: &str, _content_type: &str, _bytes: &[u8]) {}
}

/// The document and what its pages say, a failed page as its error.
fn parse(name: &str, bytes: Vec<u8>) -> Result<(DocumentInfo, Vec<String>), String> {
    let source = Source { name: name.into(), bytes: bytes.into() };
    let (info, outcomes) =
        parse_all(source, &ParseOptions::default(), &mut Nothing).map_err(|failure| failure.to_string())?;
    let said = |outcome| match outcome {
        PageOutcome::Read(page) => page.text,
        PageOutcome::Failed { error, .. } => error,
    };
    Ok((info, outcomes.into_iter().map(said).collect()))
}

/// `expected`: a part of the refusal.
#[track_caller]
fn refused(name: &str, bytes: Vec<u8>, expected: &str) {
    let failure = parse(name, bytes).map(|(info, _)| info.kind).expect_err(name);
    assert!(failure.contains(expected), "{name}: {failure}");
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(*name, deflated).expect("start");
        writer.write_all(content).expect("write");
    }
    writer.finish().expect("finish").into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("write");
    encoder.finish().expect("finish")
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        // The library refuses paths that lead out of a folder; those who attack write them all the same.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn workbook(rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let content = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" \
         ContentType=\"{types}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" \
         ContentType=\"{types}.worksheet+xml\"/></Types>"
    );
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{OFFICE}/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"r1\"/></sheets>\
         </workbook>"
    );
    zip_of(&[
        ("[Content_Types].xml", content.as_bytes()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml").as_bytes()),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        ),
    ])
}

#[test]
fn archives_that_grow_are_not_unpacked() {
    refused("bomb.zip", zip_of(&[("a.txt", &vec![0; 80 << 20])]), "FILE_TOO_LARGE: ");
    refused("bomb.docx", zip_of(&[("word/document.xml", &vec![b' '; 80 << 20])]), "FILE_TOO_LARGE: ");
    refused("bomb.txt.gz", gzip(&vec![b'a'; 100 << 20]), "FILE_TOO_LARGE: ");
    let mut nested = b"text".to_vec();
    let mut name = "core.txt".to_owned();
    for level in 0..5 {
        nested = zip_of(&[(&name, &nested)]);
        name = format!("{level}.zip");
    }
    refused("nested.zip", nested, "UNSUPPORTED_FILE_TYPE: Archives are nested deeper");
}

#[test]
fn the_number_of_documents_is_bounded() {
    let names: Vec<String> = (0..1_200).map(|number| format!("{number}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"word"[..])).collect();
    let (info, pages) = parse("many.zip", zip_of(&members)).expect("an archive");
    assert_eq!(pages.len(), 1_000);
    let last = info.warnings.last().expect("a warning");
    assert_eq!((info.warnings.len(), last.message.as_str()), (21, "180 more files were not read."));
}

#[test]
fn paths_of_archives_lead_nowhere() {
    let tar = tar_of(&[("/etc/passwd", b"root"), ("../../up.txt", b"over")]);
    let (_, pages) = parse("evil.tar", tar).expect("an archive");
    assert_eq!(pages, ["etc/passwd\n\nroot", "up.txt\n\nover"]);
}

/// Links of archives name files of the machine that unpacks them: they are passed over.
#[test]
fn links_of_archives_are_not_followed() {
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link] {
        let mut header = tar::Header::new_ustar();
        header.set_path("passwords.txt").expect("a path");
        header.set_link_name("/etc/passwd").expect("a target");
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_cksum();
        let link = [header.as_bytes().as_slice(), &tar_of(&[("a.txt", b"text")])].concat();
        let (_, pages) = parse("links.tar", link).expect("an archive");
        assert_eq!(pages, ["a.txt\n\ntext"]);
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("passwords.txt", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    let (_, pages) = parse("links.zip", writer.finish().expect("finish").into_inner()).expect("an archive");
    assert_eq!(pages, ["passwords.txt\n\n/etc/passwd"], "the path is all that is there");
}

#[test]
fn what_is_cut_off_is_called_damaged() {
    let zip = zip_of(&[("a.txt", b"some text"), ("b.txt", b"more text")]);
    refused("a.zip", zip[..zip.len() - 30].to_vec(), "FILE_DAMAGED: ");
    let packed = gzip(b"some text that is long enough to be cut in two");
    refused("a.txt.gz", packed[..packed.len() / 2].to_vec(), "FILE_DAMAGED: ");
    let tar = tar_of(&[("a.txt", b"some text"), ("b.txt", b"more text")]);
    // What deflate does not shrink is cut where it is cut; the second text would be lost behind the first.
    let mut stored = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    stored.write_all(&tar).expect("write");
    let stored = stored.finish().expect("finish");
    for (name, cut) in [("a.tar", &tar[..1024 + 100]), ("a.tar.gz", &stored[..1024 + 120])] {
        let (info, pages) = parse(name, cut.to_vec()).expect("the first file");
        assert_eq!((pages.len(), info.warnings.len()), (1, 1), "{name}");
        assert!(info.warnings[0].message.contains("damaged or incomplete"), "{name}: {:?}", info.warnings);
    }
    refused("a.tgz", gzip(&tar)[..20].to_vec(), "FILE_DAMAGED: ");
}

#[test]
fn a_broken_file_fails_alone() {
    let broken = zip_of(&[("word/document.xml", b"<w:document>")]);
    let (_, pages) =
        parse("a.zip", zip_of(&[("a.docx", &broken[..broken.len() - 9]), ("b.txt", b"good")])).expect("two");
    assert!(pages[0].starts_with("FILE_DAMAGED: a.docx: "), "{pages:?}");
    assert_eq!(pages[1], "b.txt\n\ngood");
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let mut entities = "<!ENTITY a \"aaaaaaaaaa\">".to_owned();
    for (from, to) in "abcdefghij".chars().zip("bcdefghijk".chars()) {
        let _ = write!(entities, "<!ENTITY {to} \"{}\">", format!("&{from};").repeat(10));
    }
    let bomb = format!("<?xml version=\"1.0\"?><!DOCTYPE x [{entities}]>");
    let (_, pages) = parse("bomb.xml", format!("{bomb}<x>&k;</x>").into_bytes()).expect("its source");
    assert!(pages[0].len() < 2_000 && pages[0].contains("&k;"));
    let drawing = format!("{bomb}<svg xmlns=\"http://www.w3.org/2000/svg\"><text>&k;</text></svg>");
    refused("bomb.svg", drawing.into_bytes(), "FILE_DAMAGED: ");
    let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!(
        "{bomb}<w:document xmlns:w=\"{word}\"><w:body><w:p><w:r><w:t>&k;</w:t></w:r></w:p></w:body></w:document>"
    );
    refused(
        "bomb.docx",
        zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())]),
        "FILE_DAMAGED: ",
    );
    let outside = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>";
    let (_, pages) = parse("outside.xml", outside.into()).expect("its source");
    assert!(pages[0].contains("&x;"));
}

#[test]
fn sheets_are_read_within_limits() {
    let mut rows = String::new();
    for row in 1..=60_000 {
        let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>");
    }
    let (_, pages) = parse("long.xlsx", workbook(&rows)).expect("a workbook");
    assert_eq!(pages.len(), 3);
    assert!(pages[0].starts_with("Data\n\n1\n2\n") && pages[2].ends_with("60000"), "{}", &pages[0][..20]);
    let corners =
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    let (info, pages) = parse("corners.xlsx", workbook(corners)).expect("a workbook");
    assert_eq!(pages, ["Data\n\n1"]);
    let [told] = info.warnings.as_slice() else { panic!("{:?}", info.warnings) };
    let expected = "A sheet was read up to column ALL and row 3000; 1 cells beyond were left out";
    assert!(told.code == "CELLS_NOT_READ" && told.message.starts_with(expected), "{told:?}");
}

/// As many rows as Excel has; memory is bounded in the program's own tests.
#[test]
fn the_longest_sheet_is_read() {
    let mut rows = String::new();
    for row in 1..=1_048_576 {
        let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>");
    }
    let (info, pages) = parse("longest.xlsx", workbook(&rows)).expect("a workbook");
    assert_eq!((pages.len(), info.warnings), (53, vec![]));
    assert!(pages[52].ends_with("1048576"));
}

/// With their relations such a deck has more than 20,000 parts.
#[test]
fn a_deck_of_ten_thousand_slides_is_read() {
    const SLIDES: usize = 10_000;
    const MAIN: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
    const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.presentationml";
    let relations = |inner: &str| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{inner}</Relationships>");
    let (mut list, mut slides) = (String::new(), String::new());
    for number in 1..=SLIDES {
        let _ = write!(list, "<p:sldId id=\"{}\" r:id=\"r{number}\"/>", 255 + number);
        let _ = write!(
            slides,
            "<Relationship Id=\"r{number}\" Type=\"{OFFICE}/slide\" Target=\"slides/slide{number}.xml\"/>"
        );
    }
    let content = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"{types}.slide+xml\"/><Override \
         PartName=\"/ppt/presentation.xml\" ContentType=\"{types}.presentation.main+xml\"/></Types>"
    );
    let office = format!("<Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"ppt/presentation.xml\"/>");
    let show = format!(
        "<p:presentation xmlns:p=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"9144000\" \
         cy=\"6858000\"/></p:presentation>"
    );
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), content),
        ("_rels/.rels".to_owned(), relations(&office)),
        ("ppt/presentation.xml".to_owned(), show),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&slides)),
    ];
    for number in 1..=SLIDES {
        let slide = format!(
            "<p:sld xmlns:p=\"{MAIN}\" xmlns:a=\"{DRAWING}\"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"T\"/>\
             <p:nvPr><p:ph type=\"title\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Slide {number}</a:t></a:r></a:p>\
             </p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
        );
        parts.push((format!("ppt/slides/slide{number}.xml"), slide));
        parts.push((format!("ppt/slides/_rels/slide{number}.xml.rels"), relations("")));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())).collect();
    let (_, pages) = parse("deck.pptx", zip_of(&parts)).expect("a deck");
    assert_eq!((pages.len(), pages[0].as_str(), pages[SLIDES - 1].as_str()), (SLIDES, "Slide 1", "Slide 10000"));
}

/// Many records of a directory that all mean the same packed bytes.
#[test]
fn parts_that_lie_over_each_other_are_counted_each() {
    let archive = zip_of(&[("a.txt", &vec![b'x'; 4 << 20])]);
    let directory = archive.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    let end = archive.windows(4).rposition(|window| window == b"PK\x05\x06").expect("its end");
    let (head, record, mut tail) = (&archive[..directory], &archive[directory..end], archive[end..].to_vec());
    let count: u16 = 300;
    tail[8..10].copy_from_slice(&count.to_le_bytes());
    tail[10..12].copy_from_slice(&count.to_le_bytes());
    tail[12..16].copy_from_slice(&(record.len() as u32 * u32::from(count)).to_le_bytes());
    let mut bytes = head.to_vec();
    for number in 0..count {
        // The name stands at the end of its fixed part, 46 bytes; here it is made another one of the same length.
        let mut own = record.to_vec();
        own[46..49].copy_from_slice(format!("{number:03}").as_bytes());
        bytes.extend(own);
    }
    bytes.extend(tail);
    refused("over.zip", bytes, "FILE_TOO_LARGE: ");
}

#[test]
fn long_texts_are_read_or_refused_at_once() {
    refused("line.csv", "a,".repeat(50 << 20).into_bytes(), "FILE_TOO_LARGE: ");
    refused("line.csv", vec![b'x'; 100 << 20], "FILE_TOO_LARGE: ");
    refused("huge.html", "<p>word</p>\n".repeat(42 << 20).into_bytes(), "FILE_TOO_LARGE: ");
    let (_, pages) = parse("rows.csv", "a,b,c\n".repeat(30_000).into_bytes()).expect("a table");
    assert_eq!(pages.len(), 5);
    let (_, pages) = parse("long.txt", "x".repeat(5 << 20).into_bytes()).expect("a text");
    assert_eq!(pages.concat().len(), 5 << 20);
}

#[test]
fn deep_pages_are_read_without_their_structure() {
    for open in ["<div>", "<ul><li>", "<table><tr><td>", "<b>"] {
        let (info, pages) = parse("deep.html", format!("{}core", open.repeat(50_000)).into_bytes()).expect("a page");
        assert!(
            pages[0].contains("core") || info.warnings.iter().any(|warning| warning.code == "STRUCTURE_LOST"),
            "{open}"
        );
    }
}

fn letter(subject: &str, attachments: &[(&str, &str)]) -> String {
    let mut out = format!(
        "From: a@b.c\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{subject}\"\n\n"
    );
    let _ = writeln!(out, "--{subject}\nContent-Type: text/plain\n\nHello {subject}");
    for (name, content) in attachments {
        let _ = write!(
            out,
            "--{subject}\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n\n{content}\n"
        );
    }
    let _ = writeln!(out, "--{subject}--");
    out
}

#[test]
fn letters_are_opened_within_limits() {
    let names: Vec<String> = (0..1_000).map(|number| format!("{number}.txt")).collect();
    let attachments: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "word")).collect();
    let (_, pages) = parse("many.eml", letter("many", &attachments).into_bytes()).expect("a letter");
    assert_eq!(pages.len(), 1_001);
    let mut nested = letter("core", &[]);
    for level in 0..8 {
        nested = letter(&format!("level{level}"), &[("again.eml", &nested)]);
    }
    let (info, pages) = parse("nested.eml", nested.into_bytes()).expect("a letter");
    assert_eq!(pages.len(), 4, "{pages:?}");
    assert!(info.warnings.iter().any(|warning| warning.message.contains("nested deeper")), "{:?}", info.warnings);
}
