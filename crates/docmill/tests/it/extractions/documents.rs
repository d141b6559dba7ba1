//! Documents that a test writes as it needs them.

use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A PDF with a page for each list of lines; columns of a line stand where `|` parts them.
pub fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let numbers: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), numbers.join(" ")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (page, lines) in pages.iter().enumerate() {
        let content = content(lines);
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * page
        ));
        objects.push(format!("<</Length {}>>\nstream\n{content}endstream", content.len()));
    }
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    places.iter().for_each(|place| file += &format!("{place:010} 00000 n \n"));
    file += &format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

fn content(lines: &[&str]) -> String {
    let mut content = String::new();
    for (row, line) in lines.iter().enumerate() {
        for (column, text) in line.split('|').enumerate() {
            let (x, y) = (60 + 130 * column, 720 - 20 * row);
            content += &format!("BT /F 11 Tf {x} {y} Td ({}) Tj ET\n", text.trim());
        }
    }
    content
}

/// A sheet of a workbook: its name, whether it is shown, its rows. What reads as a number is one.
pub type Sheet<'a> = (&'a str, bool, &'a [&'a [&'a str]]);

pub fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let numbered = |write: &dyn Fn(usize, &Sheet<'_>) -> String| -> String {
        sheets.iter().enumerate().map(|(at, sheet)| write(at + 1, sheet)).collect()
    };
    let parts = numbered(&|n, _| {
        format!(r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}.worksheet+xml"/>"#)
    });
    let named = numbered(&|n, (name, shown, _)| {
        let state = if *shown { "visible" } else { "hidden" };
        format!(r#"<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>"#)
    });
    let related = numbered(&|n, _| {
        format!(r#"<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>"#)
    });
    let mut members = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{parts}</Types>"#
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#),
        ),
    ];
    for (at, (_, _, rows)) in sheets.iter().enumerate() {
        let xml = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{}</sheetData></worksheet>"#, cells(rows));
        members.push((format!("xl/worksheets/sheet{}.xml", at + 1), xml));
    }
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn cells(rows: &[&[&str]]) -> String {
    let mut xml = String::new();
    for (row, texts) in rows.iter().enumerate() {
        xml += &format!(r#"<row r="{}">"#, row + 1);
        for (column, text) in texts.iter().enumerate() {
            let place = format!("{}{}", char::from(b'A' + u8::try_from(column).unwrap()), row + 1);
            xml += &match text.parse::<f64>() {
                Ok(number) => format!(r#"<c r="{place}"><v>{number}</v></c>"#),
                Err(_) => format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#),
            };
        }
        xml += "</row>";
    }
    xml
}
