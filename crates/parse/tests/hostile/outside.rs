//! What documents name outside of themselves is never asked for, and what is embedded in them never run.

use std::io::{Cursor, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};

use super::{parse, zip_of};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/formats/files/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture")
}

/// A fixture with its parts changed, and with more of them.
fn changed(name: &str, change: impl Fn(&str, String) -> String, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(fixture(name))).expect("a package");
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        let name = part.name().expect("a name").into_owned();
        let bytes = String::from_utf8(bytes).map_or_else(|error| error.into_bytes(), |text| change(&name, text).into());
        parts.push((name, bytes));
    }
    let parts = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    zip_of(&parts.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// Nobody has asked the listener for anything; it would have been heard.
fn is_silent(listener: &TcpListener) -> bool {
    let asked = listener.accept();
    let silent = matches!(&asked, Err(error) if error.kind() == ErrorKind::WouldBlock);
    let address = listener.local_addr().expect("an address");
    let _ours = TcpStream::connect(address).expect("a listener that listens");
    while listener.accept().is_err() {}
    silent
}

fn entity(url: &str, root: &str) -> String {
    format!(
        "<!DOCTYPE {root} SYSTEM \"{url}dtd\" [<!ENTITY x SYSTEM \"{url}entity\"><!ENTITY % p SYSTEM \"{url}parameter\"> %p;]>"
    )
}

/// In front of the root of a part, whose first text is the entity.
fn with_entity(xml: &str, url: &str, root: &str, text: &str) -> String {
    let at = xml.find(&format!("<{root}")).expect("a root");
    format!("{}{}{}", &xml[..at], entity(url, root), xml[at..].replacen(text, "&x;", 1))
}

#[test]
fn nothing_outside_is_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener that does not wait");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let linked = format!(
        "<Relationship Id=\"out1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" \
         Target=\"{url}picture\" TargetMode=\"External\"/><Relationship Id=\"out2\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" \
         Target=\"{url}template\" TargetMode=\"External\"/></Relationships>"
    );
    let picture = "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\">\
        <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:graphicData>\
        <a:blip xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:link=\"out1\"/>\
        </a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p></w:body>";
    let docx = |name: &str, text: String| match name {
        "word/document.xml" => with_entity(&text.replace("</w:body>", picture), &url, "w:document", "Rye rose."),
        _ => text,
    };
    let linking = |name: &str, text: String| match name {
        "word/document.xml" => text.replace("</w:body>", picture),
        "word/_rels/document.xml.rels" => text.replace("</Relationships>", &linked),
        _ => text,
    };
    let frame = format!("<draw:frame><draw:image xlink:href=\"{url}picture\"/></draw:frame></text:p>");
    let odt = |name: &str, text: String| match name {
        "content.xml" => with_entity(&text, &url, "office:document-content", "Rye rose."),
        _ => text,
    };
    let framed =
        |name: &str, text: String| if name == "content.xml" { text.replacen("</text:p>", &frame, 1) } else { text };
    let page = format!(
        "<html><head><base href=\"{url}\"><link rel=stylesheet href=\"{url}css\"><script src=\"{url}js\"></script>\
         <meta http-equiv=refresh content=\"0;url={url}next\"></head><body><h1>Mill</h1><img src=\"{url}a.png\"><img src=b.png>\
         <iframe src=\"{url}frame\"></iframe><object data=\"{url}object\"></object><video src=\"{url}film\"></video></body></html>"
    );
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"{url}a.png\"/>\
         <style>@import url({url}css);</style><text>Mill</text></svg>"
    );
    let letter = format!("From: a@b.c\nSubject: Mill\nMIME-Version: 1.0\nContent-Type: text/html\n\n{page}");
    let note = format!("# Mill\n\n![a]({url}a.png)\n\n<img src=\"{url}b.png\">\n");
    let documents: [(&str, Vec<u8>); 12] = [
        ("entity.docx", changed("report.docx", docx, &[])),
        ("linked.docx", changed("report.docx", linking, &[])),
        ("entity.odt", changed("report.odt", odt, &[])),
        ("linked.odt", changed("report.odt", framed, &[])),
        ("entity.xml", format!("{}<a>&x;</a>", entity(&url, "a")).into()),
        (
            "entity.svg",
            format!("{}<svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>", entity(&url, "svg")).into(),
        ),
        ("linked.svg", drawing.into()),
        ("entity.html", format!("{}<html><body><p>Mill &x;</p></body></html>", entity(&url, "html")).into()),
        ("linked.html", page.into()),
        ("letter.eml", letter.into()),
        ("note.md", note.into()),
        (
            "style.fodt",
            format!(
                "<?xml version=\"1.0\"?><?xml-stylesheet href=\"{url}xsl\"?>{}<office:document/>",
                entity(&url, "a")
            )
            .into(),
        ),
    ];
    for (name, bytes) in documents {
        let told = parse(name, bytes);
        assert!(is_silent(&listener), "{name} was followed outside: {told:?}");
        match told {
            Ok((_, pages)) if name.starts_with("linked") => assert!(pages[0].contains("Mill"), "{name}: {pages:?}"),
            Ok(_) => {}
            Err(failure) => assert!(failure.starts_with("FILE_DAMAGED: "), "{name}: {failure}"),
        }
    }
}

/// A program and a workbook that stand in a text by real relations, and macros: the text is read, the rest is named.
#[test]
fn embedded_objects_are_named_and_macros_passed_over() {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = format!(
        "<Relationship Id=\"ole1\" Type=\"{OFFICE}/oleObject\" Target=\"embeddings/oleObject1.bin\"/>\
         <Relationship Id=\"ole2\" Type=\"{OFFICE}/package\" Target=\"embeddings/Prices.xlsx\"/></Relationships>"
    );
    let object = format!(
        "<w:p><w:r><w:object><o:OLEObject xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:r=\"{OFFICE}\" \
         Type=\"Embed\" ProgID=\"Package\" ShapeID=\"s1\" DrawAspect=\"Icon\" r:id=\"ole1\"/></w:object></w:r></w:p></w:body>"
    );
    let change = |name: &str, text: String| match name {
        "word/document.xml" => text.replace("</w:body>", &object),
        "word/_rels/document.xml.rels" => text.replace("</Relationships>", &relations),
        _ => text,
    };
    let program = b"MZ\x90\0program".as_slice();
    let more = [
        ("word/vbaProject.bin", b"MZ\x90\0Sub AutoOpen()".as_slice()),
        ("word/embeddings/oleObject1.bin", program),
        ("word/embeddings/Prices.xlsx", b"PK"),
    ];
    let (info, pages) = parse("report.docm", changed("report.docx", change, &more)).expect("a document");
    assert_eq!((info.kind.as_str(), pages), ("docx", vec!["Mill report\n\nRye rose.".to_owned()]));
    let [told] = info.warnings.as_slice() else { panic!("{:?}", info.warnings) };
    let expected = "Files embedded in the document were not read (2): Prices.xlsx, oleObject1.bin";
    assert_eq!((told.code.as_str(), told.message.as_str()), ("EMBEDDED_NOT_READ", expected));
}
