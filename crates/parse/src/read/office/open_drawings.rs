//! OpenDocument drawings. docling knows the body of a presentation only, and that of a drawing is the same under another
//! name.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::open_pages::CONTENT;
use super::xml::packed;

/// The drawing as slides; `None` for what is no drawing.
pub fn as_slides(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"PK") {
        return renamed(std::str::from_utf8(bytes).ok()?).map(String::into_bytes);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut content = String::new();
    archive.by_name(CONTENT).ok()?.read_to_string(&mut content).ok()?;
    packed(&mut archive, &[(CONTENT, &renamed(&content)?)])
}

fn renamed(xml: &str) -> Option<String> {
    let (head, rest) = xml.split_once("<office:drawing")?;
    let (body, tail) = rest.rsplit_once("</office:drawing>")?;
    Some([head, "<office:presentation", body, "</office:presentation>", tail].concat())
}
