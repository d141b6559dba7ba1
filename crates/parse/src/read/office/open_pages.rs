//! Sheets and slides of OpenDocument. docling gives what is on all of them in a row, so it is given one at a time: the same
//! file, of whose content all others were cut out.

use std::borrow::Cow;
use std::io::Cursor;

use zip::ZipArchive;

use super::shown;
use super::xml::{self, attribute, packed_of};

/// More sheets or slides than this are read as they stand.
const PAGES_MAX: usize = 500;
pub(super) const CONTENT: &str = "content.xml";

/// A sheet or a slide.
pub struct OpenPage {
    /// Its name; slides have none that is shown.
    pub name: Option<String>,
    pub is_hidden: bool,
    /// The document with this page alone.
    pub bytes: Vec<u8>,
}

/// The sheets of a workbook; `None` when they cannot be told apart.
pub fn sheets(bytes: &[u8]) -> Option<Vec<OpenPage>> {
    of(bytes, parted_sheets)
}

/// The slides of a presentation or the pages of a drawing; `None` when they cannot be told apart.
pub fn slides(bytes: &[u8]) -> Option<Vec<OpenPage>> {
    of(bytes, parted_slides)
}

type Parted = Vec<(Option<String>, bool, String)>;

fn of(bytes: &[u8], parted: impl Fn(&str) -> Option<Parted>) -> Option<Vec<OpenPage>> {
    if !bytes.starts_with(b"PK") {
        let pages = parted(&as_shown(std::str::from_utf8(bytes).ok()?))?;
        let page = |(name, is_hidden, xml): (_, _, String)| OpenPage { name, is_hidden, bytes: xml.into() };
        return Some(pages.into_iter().map(page).collect());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let content = xml::part(&mut archive, CONTENT, shown::PART_BYTES_MAX)?;
    let packed = |(name, is_hidden, xml): (Option<String>, bool, String)| {
        // Pictures of other pages would be copied for each page.
        let is_needed =
            |part: &str| !part.starts_with("Pictures/") && part != "Thumbnails/thumbnail.png" || xml.contains(part);
        let bytes = packed_of(&mut archive, &[(CONTENT, &xml)], is_needed)?;
        Some(OpenPage { name, is_hidden, bytes })
    };
    parted(&as_shown(&content))?.into_iter().map(packed).collect()
}

fn as_shown(content: &str) -> Cow<'_, str> {
    shown::typed_as_texts(content).map_or(Cow::Borrowed(content), Cow::Owned)
}

/// Each sheet: its name, whether it is hidden, and the whole content with this sheet alone.
fn parted_sheets(xml: &str) -> Option<Parted> {
    let pages = parted(xml, "office:spreadsheet", "table:table")?;
    let sheet = |(page, alone): (&str, String)| {
        let head = &page[..page.find('>')?];
        let style = attribute(head, "table:style-name");
        let is_hidden =
            style.is_some_and(|style| hides(xml, style)) || attribute(head, "table:display") == Some("false");
        let name = attribute(head, "table:name").unwrap_or_default();
        Some((Some(xml::unescaped(name)), is_hidden, alone))
    };
    pages.into_iter().map(sheet).collect()
}

/// docling knows which slides are hidden.
fn parted_slides(xml: &str) -> Option<Parted> {
    let pages =
        parted(xml, "office:presentation", "draw:page").or_else(|| parted(xml, "office:drawing", "draw:page"))?;
    Some(pages.into_iter().map(|(_, alone)| (None, false, alone)).collect())
}

/// The outermost elements `page` of the body, each with the whole content in which it stands alone.
fn parted<'a>(xml: &'a str, body: &str, page: &str) -> Option<Vec<(&'a str, String)>> {
    let begin = xml.find(&format!("<{body}"))?;
    let end = begin + xml[begin..].find(&format!("</{body}>"))?;
    let places = elements(&xml[begin..end], page);
    let (first, last) = (places.first()?.0 + begin, places.last()?.1 + begin);
    let alone = |(from, to): &(usize, usize)| {
        let page = &xml[begin + from..begin + to];
        (page, [&xml[..first], page, &xml[last..]].concat())
    };
    (places.len() <= PAGES_MAX).then(|| places.iter().map(alone).collect())
}

/// Where the outermost elements of this name begin and end.
fn elements(xml: &str, name: &str) -> Vec<(usize, usize)> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut found, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while let Some(next) = xml[at..].find('<').map(|next| at + next) {
        let rest = &xml[next..];
        at = next + 1;
        if rest.starts_with(&close) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                found.push((start, next + close.len()));
            }
        } else if rest.starts_with(&open)
            && !rest[open.len()..].starts_with(|char: char| char == '-' || char.is_alphabetic())
        {
            let is_closed = rest.find('>').is_some_and(|end| rest[..end].ends_with('/'));
            if !is_closed {
                start = if depth == 0 { next } else { start };
                depth += 1;
            }
        }
    }
    found
}

/// Whether the style keeps tables from being shown.
fn hides(xml: &str, style: &str) -> bool {
    let Some(at) = xml.find(&format!("<style:style style:name=\"{style}\"")) else { return false };
    let body = &xml[at..];
    body[..body.find("</style:style>").unwrap_or(0)].contains("table:display=\"false\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_cut_out_of_the_content() {
        let xml = "<d><style:style style:name=\"ta2\" f=\"table\"><p table:display=\"false\"/></style:style>\
            <office:spreadsheet><x/><table:table table:name=\"A &amp; B\"><table:table-row/><table:table>in</table:table></table:table>\
            <table:table table:name=\"C\" table:style-name=\"ta2\"/><table:table table:name=\"D\" table:style-name=\"ta2\">d</table:table>\
            <y/></office:spreadsheet></d>";
        let sheets = parted_sheets(xml).expect("sheets");
        let told: Vec<_> = sheets.iter().map(|(name, is_hidden, _)| (name.as_deref(), *is_hidden)).collect();
        assert_eq!(told, [(Some("A & B"), false), (Some("D"), true)]);
        assert!(
            sheets[1].2.contains("<office:spreadsheet><x/><table:table table:name=\"D\"")
                && !sheets[1].2.contains("in<")
        );
        assert!(sheets[0].2.ends_with("</table:table></table:table><y/></office:spreadsheet></d>"), "{}", sheets[0].2);
        assert_eq!(parted_sheets("<office:spreadsheet></office:spreadsheet>"), None);
    }

    #[test]
    fn slides_are_cut_out_of_the_content() {
        let xml = "<d><office:drawing><draw:page draw:name=\"a\"><draw:page-thumbnail/>A</draw:page><draw:page>B</draw:page>\
            <presentation:settings/></office:drawing></d>";
        let slides: Vec<String> = parted_slides(xml).expect("slides").into_iter().map(|(.., xml)| xml).collect();
        let alone = |page: &str| format!("<d><office:drawing>{page}<presentation:settings/></office:drawing></d>");
        let first = "<draw:page draw:name=\"a\"><draw:page-thumbnail/>A</draw:page>";
        assert_eq!(slides, [alone(first), alone("<draw:page>B</draw:page>")]);
    }
}
