//! Files that are made to break their reader. Each fails by itself, with a code that says why, or comes out within the
//! limits; the files beside it come out as ever.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::program::{Home, Ran};

/// Small enough that a bomb meets them within seconds.
const LIMITS: [(&str, &str); 4] = [
    ("DOCMILL_RUN__READER_MEMORY_BYTES_MAX", "268435456"),
    ("DOCMILL_RUN__PAGE_MS", "4000"),
    ("DOCMILL_RUN__DOCUMENT_BASE_MS", "30000"),
    ("DOCMILL_RUN__STRIKES_MAX", "1"),
];

/// Zeros, `mib` MiB of them, as zlib packs them.
fn zeros(mib: usize, byte: u8) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let block = vec![byte; 1024 * 1024];
    (0..mib).for_each(|_| packed.write_all(&block).unwrap());
    packed.finish().unwrap()
}

/// A zip file with these members.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A PDF of these objects, the first of which is its catalog.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    places.iter().for_each(|place| file.extend(format!("{place:010} 00000 n \n").bytes()));
    let end = format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.extend(end.bytes());
    file
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{entries}/Length {}>>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

/// A PDF of one page with this content stream and these further objects, from number 5 on.
fn page(resources: &str, content: Vec<u8>, further: &[Vec<u8>]) -> Vec<u8> {
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<{resources}>>>>");
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        page.into_bytes(),
        content,
    ];
    objects.extend_from_slice(further);
    pdf(&objects)
}

/// A gigabyte of drawing in a stream of a megabyte.
fn memory_bomb() -> Vec<u8> {
    page("", stream("/Filter/FlateDecode", &zeros(1_024, b' ')), &[])
}

/// Forms that draw the next one ten times each, ten deep: ten thousand million times in all. They are objects from number
/// 5 on.
fn forms() -> Vec<Vec<u8>> {
    let form = |number: usize| {
        let next = format!("/XObject<</F {} 0 R>>", number + 1);
        let draws = if number == 14 { "0 0 m 9 9 l S ".repeat(10) } else { "/F Do ".repeat(10) };
        stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<{next}>>"), draws.as_bytes())
    };
    (5..15).map(form).collect()
}

fn laughing_forms() -> Vec<u8> {
    page("/XObject<</F 5 0 R>>", stream("", b"/F Do"), &forms())
}

/// Two pages: the first takes minutes, the second has words.
fn slow_first_page() -> Vec<u8> {
    let page = |content: usize, resources: &str| {
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {content} 0 R/Resources<<{resources}>>>>")
    };
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R 15 0 R]/Count 2>>".to_vec(),
        page(4, "/XObject<</F 5 0 R>>").into_bytes(),
        stream("", b"/F Do"),
    ];
    objects.extend(forms());
    objects.push(page(16, "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>").into_bytes());
    objects.push(stream("", b"BT /F 12 Tf 50 700 Td (Harmless words) Tj ET"));
    pdf(&objects)
}

/// A tree of pages that is its own child and claims a thousand million pages.
fn endless_pages() -> Vec<u8> {
    let tree = b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 1000000000>>".to_vec();
    let leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>".to_vec();
    pdf(&[b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), tree, leaf])
}

fn nested_pdf() -> Vec<u8> {
    let deep = [vec![b'['; 500_000], vec![b']'; 500_000]].concat();
    page("", stream("", &[deep.as_slice(), b" TJ"].concat()), &[])
}

fn nested_html() -> Vec<u8> {
    format!("<html><body>{}words{}</body></html>", "<div>".repeat(300_000), "</div>".repeat(300_000)).into_bytes()
}

/// A PNG that says 60,000 by 60,000 pixels.
fn picture_bomb() -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(content);
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length, kind, content, &crc.sum().to_be_bytes()].concat()
    };
    let side = 60_000_u32.to_be_bytes();
    let header = [&side[..], &side, &[8, 0, 0, 0, 0]].concat();
    let content = zeros(64, 0);
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &content), chunk(b"IEND", b"")].concat()
}

/// A document whose text unpacks to 100 MiB, a thousand times what it was.
fn packed_document() -> Vec<u8> {
    let text = [b"<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>".to_vec(), vec![b'x'; 100 << 20]].concat();
    let types = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    zip(&[("[Content_Types].xml", types), ("word/document.xml", &text)])
}

/// Archives in archives: `width` members in each, `depth` levels of them, and 32 MiB of text in every last one.
fn archive(width: usize, depth: usize) -> Vec<u8> {
    let mut inner = zip(&[("words.txt", &vec![b'x'; 32 << 20])]);
    for level in 0..depth {
        let names: Vec<String> = (0..width).map(|number| format!("{level}-{number}.zip")).collect();
        let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), inner.as_slice())).collect();
        inner = zip(&members);
    }
    inner
}

type Make = fn() -> Vec<u8>;

#[test]
fn a_bomb_fails_by_itself_and_its_neighbours_come_out() {
    let bombs: [(&str, Make, &str); 9] = [
        ("memory.pdf", memory_bomb, "READER_MEMORY"),
        ("forms.pdf", laughing_forms, "READER_TIMEOUT"),
        ("pages.pdf", endless_pages, "DONE"),
        ("nested.pdf", nested_pdf, "DONE"),
        ("nested.html", nested_html, "DONE"),
        ("picture.png", picture_bomb, "FILE_TOO_LARGE"),
        ("packed.docx", packed_document, "FILE_TOO_LARGE"),
        ("wide.zip", || archive(40, 2), "READER_MEMORY"),
        ("deep.zip", || archive(2, 9), "UNSUPPORTED_FILE_TYPE"),
    ];
    let home = Home::new();
    for (name, make, _) in bombs {
        home.write(&format!("in/{name}"), make());
        home.write(&format!("in/neighbour-of-{name}.txt"), "Harmless words.\n");
    }
    let mut command = home.command(&["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out", "--quiet"]);
    command.envs(LIMITS).env("DOCMILL_ISOLATION", "required");
    let ran = Ran::of(command.output().unwrap());
    let manifest = home.manifest("out");
    let line = |path: &str| {
        manifest.iter().find(|line| line["path"] == path).unwrap_or_else(|| panic!("{path}: {}", ran.stderr))
    };
    let end = |line: &Value| line["code"].as_str().unwrap_or("DONE").to_owned();
    let told: Vec<(&str, String)> = bombs.iter().map(|(name, ..)| (*name, end(line(name)))).collect();
    let expected: Vec<(&str, String)> = bombs.iter().map(|(name, _, end)| (*name, (*end).to_owned())).collect();
    assert_eq!(told, expected);
    for (name, _, _) in bombs {
        assert_eq!(end(line(&format!("neighbour-of-{name}.txt"))), "DONE", "the neighbour of {name}");
    }
    assert_eq!(ran.code, Some(3), "some failed: {}", ran.stderr);
}

#[test]
fn a_page_that_takes_minutes_fails_by_itself_and_the_next_one_comes_out() {
    let home = Home::new();
    home.write("in/slow.pdf", slow_first_page());
    let mut command = home.command(&["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", "out", "--quiet"]);
    command.envs(LIMITS).env("DOCMILL_ISOLATION", "required");
    let ran = Ran::of(command.output().unwrap());
    let manifest = home.manifest("out");
    let [line] = manifest.as_slice() else { panic!("one line: {manifest:?} {}", ran.stderr) };
    assert_eq!((&line["status"], &line["pages"]), (&Value::from("COMPLETED"), &Value::from(2)), "{}", ran.stderr);
    let written: Value = serde_json::from_slice(&std::fs::read(home.path("out/slow.pdf.json")).unwrap()).unwrap();
    let pages = &written["items"]["pages"];
    assert_eq!(pages[0]["error"], "READER_TIMEOUT: Reading page 1 took longer than the limit.");
    assert_eq!(pages[1]["items"][0]["value"], "Harmless words");
}
