//! OpenDocument texts before docling reads them: cells as they are shown, and no space inside of marks, where markdown has
//! none (`** bold**` would be no bold); formulas as text.

use std::io::Cursor;

use zip::ZipArchive;

use super::open_pages::CONTENT;
use super::{inline, mathml, shown, xml};

/// An embedded formula is not longer, bytes.
const FORMULA_BYTES_MAX: usize = 1 << 20;

/// The document as docling is to read it; `None` when nothing changes.
pub fn prepared(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"PK") {
        return changed(std::str::from_utf8(bytes).ok()?, |_| None).map(String::into_bytes);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let content = xml::part(&mut archive, CONTENT, shown::PART_BYTES_MAX)?;
    let object = |name: &str| xml::part(&mut archive, &format!("{name}/{CONTENT}"), FORMULA_BYTES_MAX);
    let changed = changed(&content, object)?;
    xml::packed(&mut archive, &[(CONTENT, &changed)])
}

/// `object` gives the content of an embedded object by its name.
fn changed(content: &str, object: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let shown = shown::typed_as_texts(content);
    let text = shown.as_deref().unwrap_or(content);
    let formulas = formulas_as_texts(text, object);
    let outside = spaces_outside(formulas.as_deref().unwrap_or(text));
    (outside != content).then_some(outside)
}

/// Frames with a formula are the formula, as `inline` reads it; `None` without such frames.
fn formulas_as_texts(text: &str, mut object: impl FnMut(&str) -> Option<String>) -> Option<String> {
    const OPEN: &str = "<draw:frame";
    const CLOSE: &str = "</draw:frame>";
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(from) = text[at..].find(OPEN).map(|from| at + from) {
        at = from + OPEN.len();
        let Some(end) = text[at..].find(CLOSE).map(|end| at + end) else { break };
        let frame = &text[at..end];
        // A frame in a frame, a text box, is looked at by itself.
        let Some((_, inner)) = frame.split_once("<draw:object").filter(|_| !frame.contains(OPEN)) else { continue };
        let tag = inner.split('>').next().unwrap_or_default();
        let held = xml::attribute(tag, "xlink:href").map(|name| name.trim_start_matches("./").to_owned());
        let source = if tag.ends_with('/') { held.and_then(|name| object(&name)) } else { Some(inner.to_owned()) };
        let Some(latex) = source.and_then(|source| mathml::latex(&source)) else { continue };
        out.push_str(&text[kept..from]);
        out.push_str(&inline::guarded(&latex));
        at = end + CLOSE.len();
        kept = at;
    }
    (kept > 0).then(|| out + &text[kept..])
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
        assert_eq!(changed(text, |_| None).as_deref(), Some(expected));
        assert_eq!(changed(expected, |_| None), None);
    }

    #[test]
    fn formulas_stand_in_the_text() {
        let frame = |inner: &str| format!("<text:p>so <draw:frame draw:name=\"a\">{inner}</draw:frame> it is</text:p>");
        let linked = frame("<draw:object xlink:href=\"./Object 1\"/><draw:image/>");
        let object =
            |name: &str| (name == "Object 1").then(|| "<math><msub><mi>x</mi><mn>1</mn></msub></math>".to_owned());
        let expected = format!("<text:p>so {} it is</text:p>", inline::guarded("x_{1}"));
        assert_eq!(changed(&linked, object).as_deref(), Some(expected.as_str()));
        let flat = frame("<draw:object><math:math><math:mi>x</math:mi></math:math></draw:object>");
        let expected = format!("<text:p>so {} it is</text:p>", inline::guarded("x"));
        assert_eq!(changed(&flat, |_| None).as_deref(), Some(expected.as_str()));
        assert_eq!(changed(&linked, |_| Some("<office:chart/>".to_owned())), None);
        assert_eq!(inline::read(&inline::guarded("x_{1} & *"), false).md, "$x_{1} & *$");
    }
}
