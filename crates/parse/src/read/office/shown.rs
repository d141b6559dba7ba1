//! Cells as they are shown. docling gives the values that are stored in cells, but for dollars, percents and plain dates:
//! numbers with other formats are written as texts before it reads them.

use std::io::Cursor;

use zip::ZipArchive;

use super::number_format;
use super::xml;

const STYLES: &str = "xl/styles.xml";
/// A longer part of a document is left as it is: numbers in it are shown as they are stored.
pub const PART_BYTES_MAX: usize = 128 << 20;

/// A workbook of Excel whose numbers are what their formats show; `None` when no format asks for that.
pub fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let styles = xml::part(&mut archive, STYLES, PART_BYTES_MAX)?;
    let codes = codes(&styles);
    let mut parts = Vec::new();
    let plain = plain_dates(&styles);
    if plain != styles {
        parts.push((STYLES.to_owned(), plain));
    }
    if codes.iter().any(Option::is_some) {
        let names: Vec<String> = archive.file_names().flatten().map(Into::into).collect();
        let is_sheet = |name: &String| name.starts_with("xl/worksheets/") && name.ends_with(".xml");
        for name in names.into_iter().filter(is_sheet) {
            let sheet = xml::part(&mut archive, &name, PART_BYTES_MAX);
            parts.extend(sheet.and_then(|sheet| cells(&sheet, &codes)).map(|sheet| (name, sheet)));
        }
    }
    let parts: Vec<_> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    (!parts.is_empty()).then(|| xml::packed(&mut archive, &parts)).flatten()
}

/// The format of each style of cells.
fn codes(styles: &str) -> Vec<Option<String>> {
    let own: Vec<(u32, String)> = xml::tags(styles, "numFmt")
        .filter_map(|tag| {
            let id = xml::attribute(tag, "numFmtId")?.parse().ok()?;
            Some((id, xml::unescaped(xml::attribute(tag, "formatCode")?)))
        })
        .collect();
    let Some((_, formats)) = styles.split_once("<cellXfs") else { return Vec::new() };
    let formats = formats.split("</cellXfs>").next().unwrap_or_default();
    let code = |tag: &str| {
        let id: u32 = xml::attribute(tag, "numFmtId")?.parse().ok()?;
        let own = own.iter().find(|(own, _)| *own == id).map(|(_, code)| code.clone());
        own.or_else(|| number_format::built_in(id).map(str::to_owned))
    };
    xml::tags(formats, "xf").map(code).collect()
}

/// Formats of dates without the signs of their language and without a format of texts, behind which docling does not look.
fn plain_dates(styles: &str) -> String {
    let mut plain = String::new();
    let mut rest = styles;
    while let Some((before, after)) = rest.split_once("formatCode=\"") {
        let (code, after) = after.split_once('"').unwrap_or((after, ""));
        let bare = bare(code.strip_suffix(";@").unwrap_or(code));
        let is_date = bare.contains(['y', 'd', 'h', 's', 'Y', 'D', 'H', 'S'])
            && number_format::shown(&xml::unescaped(&bare), 1.0).is_none();
        plain.push_str(before);
        plain.push_str("formatCode=\"");
        plain.push_str(if is_date { &bare } else { code });
        plain.push('"');
        rest = after;
    }
    plain + rest
}

/// A format without its languages, `[$-407]`.
fn bare(code: &str) -> String {
    let mut bare = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("[$-") {
        bare.push_str(before);
        rest = after.split_once(']').map_or("", |(_, after)| after);
    }
    bare + rest
}

/// A sheet with texts in place of numbers that have a format; `None` without such cells.
fn cells(sheet: &str, codes: &[Option<String>]) -> Option<String> {
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(from) = sheet[at..].find("<c ").map(|from| at + from) {
        let head = from + sheet[from..].find('>')?;
        at = head;
        let tag = &sheet[from..head];
        if tag.ends_with('/') {
            continue;
        }
        let to = head + sheet[head..].find("</c>")?;
        at = to;
        let Some((value, text)) = number(tag, &sheet[head..to], codes) else { continue };
        out.push_str(&sheet[kept..from]);
        out.push_str(&tag.replace(" t=\"n\"", ""));
        out.push_str(" t=\"str\"");
        out.push_str(&sheet[head..head + value.start]);
        out.push_str(&xml::escaped(&text));
        kept = head + value.end;
    }
    (kept > 0).then(|| out + &sheet[kept..])
}

/// Where the number of a cell stands behind its tag, and what is shown in its place.
fn number(tag: &str, body: &str, codes: &[Option<String>]) -> Option<(std::ops::Range<usize>, String)> {
    let style: usize = xml::attribute(tag, " s")?.parse().ok()?;
    let code = codes.get(style)?.as_deref()?;
    if xml::attribute(tag, " t").is_some_and(|kind| kind != "n") {
        return None;
    }
    let start = body.find("<v>")? + 3;
    let end = start + body[start..].find("</v>")?;
    let text = number_format::shown(code, body[start..end].trim().parse().ok()?)?;
    Some((start..end, text))
}

/// An OpenDocument whose typed cells are texts: what they show stands in them beside their value. `None` without typed cells that show a text.
pub fn typed_as_texts(content: &str) -> Option<String> {
    const TYPE: &str = "office:value-type=\"";
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(from) = content[at..].find("<table:table-cell ").map(|from| at + from) {
        let head = from + content[from..].find('>')?;
        at = head;
        let Some(place) = content[from..head].find(TYPE).map(|place| from + place + TYPE.len()) else { continue };
        let kind = content[place..].split('"').next()?;
        let shows = content[head..].strip_prefix("><text:p").is_some_and(|text| text.starts_with(['>', ' ']));
        if kind != "string" && shows {
            out.push_str(&content[kept..place]);
            out.push_str("string");
            kept = place + kind.len();
        }
    }
    (kept > 0).then(|| out + &content[kept..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_texts() {
        let codes = [None, Some("#,##0.00 \"€\"".to_owned())];
        let sheet = "<c r=\"A1\"><v>1</v></c><c r=\"B1\" s=\"1\" t=\"n\"><f>A1*2</f><v>1234.5</v></c><c r=\"C1\" s=\"1\"/>\
            <c r=\"D1\" s=\"1\" t=\"s\"><v>3</v></c>";
        let expected = "<c r=\"A1\"><v>1</v></c><c r=\"B1\" s=\"1\" t=\"str\"><f>A1*2</f><v>1,234.50 €</v></c><c r=\"C1\" s=\"1\"/>\
            <c r=\"D1\" s=\"1\" t=\"s\"><v>3</v></c>";
        assert_eq!(cells(sheet, &codes).as_deref(), Some(expected));
        assert_eq!(cells("<c r=\"A1\"><v>1</v></c>", &codes), None);
    }

    #[test]
    fn dates_lose_their_language() {
        let check = |code: &str, expected: &str| {
            let style = |code: &str| format!("<numFmt numFmtId=\"164\" formatCode=\"{code}\"/>");
            assert_eq!(plain_dates(&style(code)), style(expected));
        };
        check("[$-407]d\\.\\ mmmm\\ yyyy;@", "d\\.\\ mmmm\\ yyyy");
        check("#,##0.00\\ [$€-407]", "#,##0.00\\ [$€-407]");
        check("dd/mm/yyyy;@", "dd/mm/yyyy");
        check("0;-0;;@", "0;-0;;@");
    }

    #[test]
    fn typed_cells_show_their_texts() {
        let cell = |kind: &str, text: &str| {
            format!("<table:table-cell office:value-type=\"{kind}\" office:value=\"0.5\">{text}</table:table-cell>")
        };
        let content = cell("percentage", "<text:p>50%</text:p>") + &cell("float", "");
        let expected = cell("string", "<text:p>50%</text:p>") + &cell("float", "");
        assert_eq!(typed_as_texts(&content), Some(expected));
        assert_eq!(typed_as_texts(&cell("float", "")), None);
    }
}
