//! Sheets of OpenDocument workbooks. docling gives the tables of all sheets in a row, so it is given one sheet at a time:
//! the same file, of whose content all other sheets were cut out.

use std::borrow::Cow;
use std::io::Cursor;

use zip::ZipArchive;

use super::shown;
use super::xml::{self, attribute, packed};

/// More sheets than this are read as they stand.
const SHEETS_MAX: usize = 500;
pub(super) const CONTENT: &str = "content.xml";

pub struct Sheet {
    pub name: String,
    pub is_hidden: bool,
    /// A workbook with this sheet alone.
    pub bytes: Vec<u8>,
}

/// The sheets of a workbook; `None` when they cannot be told apart.
pub fn of(bytes: &[u8]) -> Option<Vec<Sheet>> {
    if !bytes.starts_with(b"PK") {
        let sheets = parted(&as_shown(std::str::from_utf8(bytes).ok()?))?;
        return Some(
            sheets.into_iter().map(|(name, is_hidden, xml)| Sheet { name, is_hidden, bytes: xml.into() }).collect(),
        );
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let content = xml::part(&mut archive, CONTENT, shown::PART_BYTES_MAX)?;
    let packed = |(name, is_hidden, xml): (String, bool, String)| {
        Some(Sheet { name, is_hidden, bytes: packed(&mut archive, &[(CONTENT, &xml)])? })
    };
    parted(&as_shown(&content))?.into_iter().map(packed).collect()
}

fn as_shown(content: &str) -> Cow<'_, str> {
    shown::typed_as_texts(content).map_or(Cow::Borrowed(content), Cow::Owned)
}

/// Name, whether it is hidden, and the whole content with this sheet alone.
fn parted(xml: &str) -> Option<Vec<(String, bool, String)>> {
    let begin = xml.find("<office:spreadsheet")?;
    let end = begin + xml[begin..].find("</office:spreadsheet>")?;
    let places = tables(&xml[begin..end]);
    let (first, last) = (places.first()?.0 + begin, places.last()?.1 + begin);
    if places.len() > SHEETS_MAX {
        return None;
    }
    let sheet = |(from, to): &(usize, usize)| {
        let table = &xml[begin + from..begin + to];
        let head = &table[..table.find('>')?];
        let style = attribute(head, "table:style-name");
        let is_hidden =
            style.is_some_and(|style| hides(xml, style)) || attribute(head, "table:display") == Some("false");
        let name = attribute(head, "table:name").unwrap_or_default();
        Some((xml::unescaped(name), is_hidden, [&xml[..first], table, &xml[last..]].concat()))
    };
    places.iter().map(sheet).collect()
}

/// Where the outermost tables begin and end.
fn tables(xml: &str) -> Vec<(usize, usize)> {
    const OPEN: &str = "<table:table";
    const CLOSE: &str = "</table:table>";
    let (mut found, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while let Some(next) = xml[at..].find('<').map(|next| at + next) {
        let rest = &xml[next..];
        at = next + 1;
        if rest.starts_with(CLOSE) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                found.push((start, next + CLOSE.len()));
            }
        } else if rest.starts_with(OPEN)
            && !rest[OPEN.len()..].starts_with(|char: char| char == '-' || char.is_alphabetic())
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
        let sheets = parted(xml).expect("sheets");
        let told: Vec<_> = sheets.iter().map(|(name, is_hidden, _)| (name.as_str(), *is_hidden)).collect();
        assert_eq!(told, [("A & B", false), ("D", true)]);
        assert!(
            sheets[1].2.contains("<office:spreadsheet><x/><table:table table:name=\"D\"")
                && !sheets[1].2.contains("in<")
        );
        assert!(sheets[0].2.ends_with("</table:table></table:table><y/></office:spreadsheet></d>"), "{}", sheets[0].2);
        assert_eq!(parted("<office:spreadsheet></office:spreadsheet>"), None);
    }
}
