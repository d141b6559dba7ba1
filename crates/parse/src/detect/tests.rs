use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::*;

fn zip_of(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(*name, stored).expect("start");
        writer.write_all(content.as_bytes()).expect("write");
    }
    writer.finish().expect("finish").into_inner()
}

fn utf16_in_ole(text: &str) -> Vec<u8> {
    let mut bytes = signatures::OLE.to_vec();
    bytes.resize(512, 0);
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

/// `expected` is a kind, a kind with `!` when the name is called a lie, or a code and a part of the sentence.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &str) {
    let found = match detect(name, bytes) {
        Ok(Detected { kind, mismatch: None }) => kind.as_str().to_owned(),
        Ok(Detected { kind, mismatch: Some(warning) }) => {
            assert_eq!(warning.code, "FILE_TYPE_MISMATCH");
            format!("{}!", kind.as_str())
        }
        Err(failure) => {
            let (code, part) = expected.split_once(": ").unwrap_or((expected, ""));
            assert_eq!(failure.code.as_str(), code, "{name}: {failure}");
            assert!(failure.message.contains(part), "{name}: {failure}");
            return;
        }
    };
    assert_eq!(found, expected, "{name}");
}

#[test]
fn content_first_name_second() {
    let docx = zip_of(&[("[Content_Types].xml", ""), ("word/document.xml", "<w/>")]);
    for (name, bytes, expected) in [
        ("a.pdf", &b"%PDF-1.7\n"[..], "pdf"),
        ("a.pdf", b"junk before %PDF-1.7\n", "pdf"),
        ("a.docx", b"%PDF-1.7\n", "pdf!"),
        ("a.md", b"A header is `%PDF-1.7` here.", "md"),
        ("noname", b"%PDF-1.7\n", "pdf"),
        ("a.docx", &docx, "docx"),
        ("a.DOCX", &docx, "docx"),
        ("a.xlsx", &docx, "docx!"),
        ("a.pdf", &docx, "docx!"),
        ("a.bin", &docx, "docx"),
        ("a.png", b"\x89PNG\r\n\x1a\nrest", "png"),
        ("a.jpeg", b"\xFF\xD8\xFF\xE0rest", "jpg"),
        ("a.png", b"\xFF\xD8\xFF\xE0rest", "jpg!"),
        ("a.html", b"<p>no doctype", "html"),
        ("a.xls", b"<html><table></table></html>", "html!"),
        ("a.txt", b"<html>as text</html>", "txt"),
        ("page", b"<!DOCTYPE html><p>x", "html"),
        ("a.csv", b"a,b\n1,2\n", "csv"),
        ("a.tsv", b"a\tb\n", "csv"),
        ("a.md", b"# Title\n", "md"),
        ("a.txt", b"# Title\n", "txt"),
        ("LICENSE", b"Some words.", "txt"),
        ("a.log", b"12:00 started", "txt"),
        ("a.rtf", b"{\\rtf1 x}", "rtf"),
        ("a.doc", b"{\\rtf1 x}", "rtf!"),
        ("a.json", b"{\"a\": 1}", "json"),
        ("a.eml", b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello", "email"),
        ("message", b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello", "email"),
        ("a.xml", b"<?xml version=\"1.0\"?><a/>", "xml"),
        ("a.txt", b"\xFF\xFEa\0b\0", "txt"),
    ] {
        check(name, bytes, expected);
    }
}

#[test]
fn what_is_not_read_is_refused_by_its_name() {
    let docx = zip_of(&[("[Content_Types].xml", ""), ("word/document.xml", &"<w/>".repeat(100))]);
    let plain_zip = zip_of(&[("photo.bin", "x")]);
    let elf = b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0";
    for (name, bytes, expected) in [
        ("a.pdf", &b""[..], "EMPTY_FILE"),
        ("a.docx", b"", "EMPTY_FILE"),
        ("a.png", b"", "EMPTY_FILE"),
        ("a.eml", b"", "EMPTY_FILE"),
        ("a", b"", "EMPTY_FILE"),
        ("a.txt", b"", "txt"),
        ("a.MD", b"", "md"),
        ("a.csv", b"", "csv"),
        ("a.html", b"", "html"),
        ("a.py", b"", "text"),
        ("a.docx", elf, "UNSUPPORTED_FILE_TYPE: an ELF program"),
        ("a.docx", &docx[..docx.len() - 60], "FILE_DAMAGED"),
        ("a.docx", b"only words", "UNSUPPORTED_FILE_TYPE: plain text"),
        ("a.docx", &plain_zip, "UNSUPPORTED_FILE_TYPE: a zip archive without a document"),
        ("a.zip", &plain_zip, "zip"),
        ("a.gif", b"GIF89a\0\0", "gif"),
        ("a.bmp", b"BM\x10\0\0\0\0\0\0\0", "bmp"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0", "UNSUPPORTED_FILE_TYPE: a HEIC picture; save it as JPEG or PNG"),
        ("a.mp3", b"ID3\x04\0\0", "UNSUPPORTED_FILE_TYPE: audio and video are not supported"),
        ("a.mp3", b"\xFF\xFB\x90\x64\0\0", "UNSUPPORTED_FILE_TYPE: audio and video are not supported"),
        ("a.mp4", b"\0\0\0\x18ftypisom\0\0", "UNSUPPORTED_FILE_TYPE: audio and video are not supported"),
        ("a.lit", b"\0\x01\x02\x03", "UNSUPPORTED_FILE_TYPE: .lit files are not supported; save it as EPUB"),
        ("a", b"\0\x01\x02\x03", "UNSUPPORTED_FILE_TYPE: binary data"),
    ] {
        check(name, bytes, expected);
    }
}

#[test]
fn compound_files() {
    check("a.docx", &utf16_in_ole("EncryptedPackage"), "docx");
    check("a.bin", &utf16_in_ole("EncryptedPackage"), "xlsx");
    check("a.bin", &utf16_in_ole("Something"), "UNSUPPORTED_FILE_TYPE: a compound file without a document");
}

#[test]
fn bombs_are_not_unpacked() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..=archive::MEMBERS_MAX {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(format!("{index}"), stored).expect("start");
    }
    let bytes = writer.finish().expect("finish").into_inner();
    check("a.docx", &bytes, "FILE_TOO_LARGE: 50001 parts");

    // A directory that says 4 GB of unpacked bytes for a few stored ones: sizes stand at 22 of the last local header's
    // central record.
    let mut bytes = zip_of(&[("word/document.xml", "x")]);
    let central = bytes.windows(4).position(|window| window == b"PK\x01\x02").expect("central record");
    bytes[central + 24..central + 28].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    check("a.docx", &bytes, "FILE_TOO_LARGE: unpacks to 4095 MB");
}

const NAMES: &[&str] = &[
    "a",
    "a.pdf",
    "a.docx",
    "a.doc",
    "a.xlsx",
    "a.xls",
    "a.pptx",
    "a.ppt",
    "a.odt",
    "a.ods",
    "a.odp",
    "a.html",
    "a.md",
    "a.csv",
    "a.txt",
    "a.rtf",
    "a.epub",
    "a.eml",
    "a.msg",
    "a.png",
    "a.jpg",
    "a.json",
    "a.xml",
    "a.wpd",
    "a.wps",
    "a.dbf",
    "a.wk1",
    "a.wq1",
    "a.pages",
    "a.numbers",
    "a.key",
    "a.hwp",
    "a.djvu",
    "a.prn",
    "a.slk",
    "a.dif",
    "a.mw",
    "a.lwp",
    "a.vsdx",
    "a.sdw",
    "a.zabw",
    "a.602",
    "a.pdb",
    "a.cgm",
    "a.ipynb",
    "a.svg",
    "a.tex",
    "a.vtt",
];

struct Nothing;

impl crate::Services for Nothing {
    fn ocr(&mut self, _image: &crate::PageImage, _languages: &[String]) -> crate::OcrAnswer {
        crate::OcrAnswer::Missing { message: String::new() }
    }

    fn asset(&mut self, _name: &str, _content_type: &str, _bytes: &[u8]) {}
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random binary is refused, or its reader says that it is damaged: never an empty or garbled success.
    #[test]
    fn random_binary_is_never_a_silent_success(
        name in prop::sample::select(NAMES),
        mut bytes in prop::collection::vec(any::<u8>(), 8..600),
        zero in 0_usize..8,
    ) {
        bytes[zero] = 0;
        let source = crate::Source { name: name.to_owned(), bytes: std::sync::Arc::new(bytes) };
        let opened = crate::open(source, &docmill_model::options::ParseOptions::default(), 10, &mut Nothing);
        if let Ok(reader) = opened {
            prop_assert!(!reader.info().warnings.is_empty(), "{name} was read as {}", reader.info().kind);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(name in prop::sample::select(NAMES), text in "\\PC{1,200}") {
        let found = detect(name, text.as_bytes());
        if let Err(failure) = found {
            prop_assert!(failure.class() == docmill_model::FailureClass::File);
        }
    }
}
