//! A tiny PDF writer: hand-written content streams, Helvetica and Helvetica-Bold, one stream a page.

/// A page: its content stream and what else its dictionary has.
pub struct PageSpec<'p> {
    pub content: &'p str,
    pub extra: &'p str,
}

/// A4-like pages of 600 by 800 points with these content streams.
pub fn pdf(contents: &[&str]) -> Vec<u8> {
    let pages: Vec<PageSpec<'_>> = contents.iter().map(|content| PageSpec { content, extra: "" }).collect();
    pdf_of(&pages)
}

pub fn pdf_of(pages: &[PageSpec<'_>]) -> Vec<u8> {
    pdf_with(pages, "", &[])
}

/// With more in the catalog, and more objects: the first one has the number 5 + two for each page. Every page's
/// resources name them `/X0`, `/X1` and so on.
pub fn pdf_with(pages: &[PageSpec<'_>], catalog: &str, further: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>".to_owned(),
    ];
    let named = (0..further.len()).map(|index| format!("/X{index} {} 0 R ", 5 + 2 * pages.len() + index));
    let named: String = named.collect();
    for (number, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R \
             /Resources << /Font << /F 3 0 R /B 4 0 R >> /XObject << {} >> >> {} >>",
            6 + 2 * number,
            named,
            page.extra
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{}\nendstream", page.content.len(), page.content));
    }
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let objects: Vec<Vec<u8>> = objects.into_iter().map(String::into_bytes).chain(further.iter().cloned()).collect();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", number + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        bytes.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    bytes.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes());
    bytes
}

/// One line of text: font (`F` or `B`), size, place from the lower left corner.
pub fn text(font: &str, size: f32, x: f32, y: f32, text: &str) -> String {
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

/// A straight line, 1 point wide.
pub fn line(x0: f32, y0: f32, x1: f32, y1: f32) -> String {
    format!("1 w {x0} {y0} m {x1} {y1} l S\n")
}

/// A stream object; `dict` without its length.
pub fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
    object.extend(data);
    object.extend(b"\nendstream");
    object
}
