//! Office files, letters, texts and archives that are only very large or very deep, and archives that reach for other
//! places: each by the real reader within its cap of memory, beside a document that must come out.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::program::{Home, Ran};

/// Half of the memory that readers have by default.
const LIMITS: [(&str, &str); 3] = [
    ("DOCMILL_RUN__READER_MEMORY_BYTES_MAX", "1073741824"),
    ("DOCMILL_RUN__STRIKES_MAX", "1"),
    ("DOCMILL_ISOLATION", "required"),
];
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const SLIDES: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

fn zip(parts: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A package: its main part, what kind it is, and the parts that the main part is related to, all of one kind.
fn package(kind: &str, main: (&str, String), part: &str, parts: Vec<String>) -> Vec<u8> {
    let types = format!("application/vnd.openxmlformats-officedocument.{kind}");
    let relations = |inner: &str| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{inner}</Relationships>");
    let (folder, file) = main.0.split_once('/').unwrap();
    let content = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"{types}.{part}+xml\"/><Override \
         PartName=\"/{}\" ContentType=\"{types}.{}.main+xml\"/></Types>",
        main.0,
        if part == "slide" { "presentation" } else { "sheet" }
    );
    let office = format!("<Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"{}\"/>", main.0);
    let mut all = vec![
        ("[Content_Types].xml".to_owned(), content),
        ("_rels/.rels".to_owned(), relations(&office)),
        (main.0.to_owned(), main.1),
    ];
    let mut related = String::new();
    for (index, xml) in parts.into_iter().enumerate() {
        let number = index + 1;
        let _ = write!(
            related,
            "<Relationship Id=\"r{number}\" Type=\"{OFFICE}/{part}\" Target=\"{part}s/{part}{number}.xml\"/>"
        );
        all.push((format!("{folder}/{part}s/{part}{number}.xml"), xml));
    }
    all.push((format!("{folder}/_rels/{file}.rels"), relations(&related)));
    zip(&all)
}

fn workbook(rows: &str) -> Vec<u8> {
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"r1\"/></sheets>\
         </workbook>"
    );
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    package("spreadsheetml", ("xl/workbook.xml", book), "worksheet", vec![sheet])
}

/// As many rows as a sheet can have.
fn a_million_rows() -> Vec<u8> {
    let mut rows = String::new();
    for row in 1..=1_048_576 {
        let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>");
    }
    workbook(&rows)
}

/// A cell in each of the two corners of a sheet.
fn corners() -> Vec<u8> {
    workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>")
}

fn ten_thousand_slides() -> Vec<u8> {
    let slide = |number: usize| {
        format!(
            "<p:sld xmlns:p=\"{SLIDES}\" xmlns:a=\"{DRAWING}\"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr id=\"2\" \
             name=\"T\"/><p:nvPr><p:ph type=\"title\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Slide {number}</a:t>\
             </a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
        )
    };
    let list: String = (1..=10_000).fold(String::new(), |mut list, number| {
        let _ = write!(list, "<p:sldId id=\"{}\" r:id=\"r{number}\"/>", 255 + number);
        list
    });
    let show = format!(
        "<p:presentation xmlns:p=\"{SLIDES}\" xmlns:r=\"{OFFICE}\"><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"9144000\" \
         cy=\"6858000\"/></p:presentation>"
    );
    package("presentationml", ("ppt/presentation.xml", show), "slide", (1..=10_000).map(slide).collect())
}

fn letter(name: &str, attachments: &[(String, &str)]) -> String {
    let mut letter = format!(
        "From: a@b.c\nSubject: {name}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{name}\"\n\n--{name}\n\
         Content-Type: text/plain\n\nHello {name}\n"
    );
    for (file, content) in attachments {
        let _ = write!(
            letter,
            "--{name}\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{file}\"\n\n{content}\n"
        );
    }
    let _ = writeln!(letter, "--{name}--");
    letter
}

fn a_thousand_attachments() -> Vec<u8> {
    let attachments: Vec<(String, &str)> = (0..1_000).map(|number| (format!("{number}.txt"), "word")).collect();
    letter("many", &attachments).into_bytes()
}

/// A letter that is attached to itself two hundred times over.
fn attached_to_itself() -> Vec<u8> {
    let inner = (0..200).fold(letter("core", &[]), |inner, level| {
        letter(&format!("level{level}"), &[("again.eml".to_owned(), inner.as_str())])
    });
    inner.into_bytes()
}

fn a_long_line() -> Vec<u8> {
    vec![b'x'; 100 << 20]
}

fn many_cells_in_a_line() -> Vec<u8> {
    b"a,".repeat(50 << 20)
}

type Make = fn() -> Vec<u8>;

#[test]
fn what_is_very_large_is_read_or_refused_alone() {
    let files: [(&str, Make, &str); 7] = [
        ("rows.xlsx", a_million_rows, "DONE"),
        ("corners.xlsx", corners, "DONE"),
        ("slides.pptx", ten_thousand_slides, "DONE"),
        ("attachments.eml", a_thousand_attachments, "DONE"),
        ("itself.eml", attached_to_itself, "DONE"),
        ("line.csv", a_long_line, "FILE_TOO_LARGE"),
        ("cells.csv", many_cells_in_a_line, "FILE_TOO_LARGE"),
    ];
    let home = Home::new();
    for (name, make, _) in files {
        home.write(&format!("in/{name}"), make());
    }
    home.write("in/neighbour.txt", "Harmless words.\n");
    long_page(&home);
    let mut command = home.command(&["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out", "--quiet"]);
    let ran = Ran::of(command.envs(LIMITS).output().unwrap());
    let manifest = home.manifest("out");
    let mut told: Vec<(String, String, u64)> = manifest.iter().map(outcome).collect();
    told.sort();
    let mut expected: Vec<(String, String, u64)> =
        files.iter().map(|(name, _, end)| ((*name).to_owned(), (*end).to_owned(), pages(name))).collect();
    expected.push(("neighbour.txt".into(), "DONE".into(), 1));
    expected.push(("page.html".into(), "FILE_TOO_LARGE".into(), 0));
    expected.sort();
    assert_eq!(told, expected, "{}", ran.stderr);
    assert_eq!(ran.code, Some(3), "some failed: {}", ran.stderr);
}

/// Path, code and pages of a line of the manifest.
fn outcome(line: &Value) -> (String, String, u64) {
    let code = line["code"].as_str().unwrap_or("DONE");
    (line["path"].as_str().unwrap().to_owned(), code.to_owned(), line["pages"].as_u64().unwrap_or(0))
}

fn pages(name: &str) -> u64 {
    match name {
        "rows.xlsx" => 53,
        "corners.xlsx" => 1,
        "slides.pptx" => 10_000,
        "attachments.eml" => 1_001,
        "itself.eml" => 4,
        _ => 0,
    }
}

/// 500 MB of a web page, written piece by piece.
fn long_page(home: &Home) {
    home.write("in/page.html", "<!DOCTYPE html><html><body>\n");
    let mut file = std::fs::File::options().append(true).open(home.path("in/page.html")).unwrap();
    let piece = "<p>Some words</p>\n".repeat(50_000);
    (0..(500 << 20) / piece.len() + 1).for_each(|_| file.write_all(piece.as_bytes()).unwrap());
}

/// Paths that lead out, and links: unpacked, everything stays below the output folder.
#[test]
fn unpacked_archives_stay_where_they_are_put() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["../../up.txt", "/etc/root.txt", "C:\\drive.txt", "deep/../../../over.txt", "good.txt"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(b"Some words.\n").unwrap();
    }
    let home = Home::new();
    writer.add_symlink("link.txt", home.path("secret").to_str().unwrap(), SimpleFileOptions::default()).unwrap();
    home.write("work/in/evil.zip", writer.finish().unwrap().into_inner());
    home.write("secret", "Nobody may read this.\n");
    let before = listed(&home);
    let arguments = ["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out", "--quiet", "--unpack"];
    let mut command = home.command(&arguments);
    let ran = Ran::of(command.current_dir(home.path("work")).envs(LIMITS).output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut told: Vec<String> = home.manifest("work/out").iter().map(|line| outcome(line).0).collect();
    told.sort();
    let expected = ["deep/over.txt", "drive.txt", "etc/root.txt", "good.txt", "link.txt", "up.txt"];
    assert_eq!(told, expected.map(|name| format!("evil.zip/{name}")));
    let link = std::fs::read_to_string(home.path("work/out/evil.zip/link.txt.txt")).unwrap();
    assert!(!link.contains("Nobody"), "a link is the path that it names: {link}");
    assert_eq!(listed(&home), before, "nothing is written beside the output folder");
}

/// What lies in the home and in its folder of work, without the output.
fn listed(home: &Home) -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["", "work"] {
        let entries = std::fs::read_dir(home.path(folder)).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        names.extend(entries.map(name).filter(|name| name != "out" && !name.starts_with('.')));
    }
    names.sort();
    names
}
