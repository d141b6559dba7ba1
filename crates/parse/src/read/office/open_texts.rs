//! OpenDocument texts before docling reads them: cells as they are shown, and no space inside of marks, where markdown has
//! none (`** bold**` would be no bold).

use std::io::Cursor;

use zip::ZipArchive;

use super::open_pages::CONTENT;
use super::{shown, xml};

/// The document as docling is to read it; `None` when nothing changes.
pub fn prepared(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"PK") {
        return changed(std::str::from_utf8(bytes).ok()?).map(String::into_bytes);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let content = xml::part(&mut archive, CONTENT, shown::PART_BYTES_MAX)?;
    xml::packed(&mut archive, &[(CONTENT, &changed(&content)?)])
}

fn changed(content: &str) -> Option<String> {
    let shown = shown::typed_as_texts(content);
    let text = shown.as_deref().unwrap_or(content);
    let outside = spaces_outside(text);
    (outside != content).then_some(outside)
}

fn spaces_outside(text: &str) -> String {
    const OPEN: &str = "<text:span";
    const CLOSE: &str = "</text:span>";
    let mut spans = text.split(OPEN);
    let mut out = spans.next().unwrap_or_default().to_owned();
    for span in spans {
        let (head, inner) = span.split_once('>').unwrap_or((span, ""));
        let is_open = !head.ends_with('/') && inner.starts_with(' ');
        let inner = if is_open { inner.trim_start_matches(' ') } else { inner };
        out.push_str(if is_open { " " } else { "" });
        out.push_str(OPEN);
        out.push_str(head);
        out.push('>');
        out.push_str(inner);
    }
    out.replace(&format!(" {CLOSE}"), &format!("{CLOSE} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_stand_outside_of_marks() {
        let text = "<text:p>Rye<text:span text:style-name=\"T1\"> in May </text:span>rose<text:span/> and</text:p>";
        let expected = "<text:p>Rye <text:span text:style-name=\"T1\">in May</text:span> rose<text:span/> and</text:p>";
        assert_eq!(changed(text).as_deref(), Some(expected));
        assert_eq!(changed(expected), None);
    }
}
