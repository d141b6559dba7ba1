//! Numbers of Excel 97 workbooks as their formats show them. docling knows dates, percents and dollars; a workbook with other
//! formats is written anew as one of today, which `shown` prepares.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use calamine::{Data, Dimensions, Range, Reader, SheetType, SheetVisible, Xls};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::compound::{self, u16_at, u32_at};
use super::far::letters;
use super::{number_format, xml};

/// Workbooks with more cells stay as they are.
const CELLS_MAX: usize = 2_000_000;
/// The version of Excel 97 and later.
const VERSION: u16 = 0x0600;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Formats of cells by rows and columns.
type Cells = HashMap<(u32, u32), u16>;

/// The workbook in today's format; `None` when no number is shown in another way for that.
pub fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let stream = compound::stream(bytes, &["Workbook", "Book"])?;
    let formats = Formats::of(&stream)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).ok()?;
    let metas: Vec<_> = book.sheets_metadata().to_vec();
    (metas.len() == formats.sheets.len()).then_some(())?;
    let (mut sheets, mut gains, mut count) = (Vec::new(), false, 0);
    for (meta, start) in metas.iter().zip(&formats.sheets).filter(|(meta, _)| meta.typ == SheetType::WorkSheet) {
        let range = book.worksheet_range(&meta.name).ok()?;
        count += range.used_cells().count();
        (count <= CELLS_MAX).then_some(())?;
        let cells = cells(stream.get(*start as usize..)?);
        gains |= formats.show_more(&range, &cells);
        let merged = book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        sheets.push((meta.name.clone(), meta.visible != SheetVisible::Visible, sheet(&range, &cells, &merged)));
    }
    gains.then(|| package(&sheets, &formats, book.has_1904_epoch())).flatten()
}

/// Formats of a workbook, and where its sheets begin.
#[derive(Default)]
struct Formats {
    /// Codes by their numbers, where the workbook gives them.
    codes: BTreeMap<u16, String>,
    /// The format of each style of cells.
    styles: Vec<u16>,
    sheets: Vec<u32>,
}

impl Formats {
    fn of(stream: &[u8]) -> Option<Self> {
        let mut formats = Self::default();
        (u16_at(stream, 4)? == VERSION).then_some(())?;
        for (kind, data) in records(stream) {
            match kind {
                0x0085 => formats.sheets.push(u32_at(data, 0)?),
                0x00E0 => formats.styles.push(u16_at(data, 2)?),
                0x041E => {
                    let (id, length, is_wide) = (u16_at(data, 0)?, u16_at(data, 2)? as usize, data.get(4)? & 1 == 1);
                    let code = data.get(5..)?;
                    let code = if is_wide {
                        let units: Vec<u16> = (0..length).filter_map(|index| u16_at(code, 2 * index)).collect();
                        String::from_utf16_lossy(&units)
                    } else {
                        code.iter().take(length).map(|byte| char::from(*byte)).collect()
                    };
                    formats.codes.insert(id, code);
                }
                _ => {}
            }
        }
        Some(formats)
    }

    fn code(&self, style: u16) -> Option<&str> {
        let id = *self.styles.get(usize::from(style))?;
        self.codes.get(&id).map(String::as_str).or_else(|| number_format::built_in(id.into()))
    }

    /// Whether a number has a format that is more than the number.
    fn show_more(&self, range: &Range<Data>, cells: &Cells) -> bool {
        let (top, left) = range.start().unwrap_or_default();
        range.used_cells().any(|(row, column, value)| {
            let place = (top + row as u32, left + column as u32);
            let code = cells.get(&place).and_then(|style| self.code(*style));
            let (Some(code), Some(number)) = (code, number(value)) else { return false };
            number_format::shown(code, number).is_some_and(|shown| shown != number.to_string())
        })
    }
}

fn number(value: &Data) -> Option<f64> {
    match value {
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        _ => None,
    }
}

/// Kind and data of each record to the end of the part that the stream begins with; charts in it are parts of their own.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let (mut at, mut depth) = (0_usize, 0_usize);
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, at)?, u16_at(stream, at + 2)? as usize);
        let data = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        match kind {
            0x0809 => depth += 1,
            0x000A => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth > 0).then_some((if depth == 1 { kind } else { 0 }, data))
    })
}

/// The styles of numbers of a sheet: NUMBER, RK and FORMULA name theirs; MULRK has those of several columns.
fn cells(stream: &[u8]) -> Cells {
    let mut cells = Cells::new();
    for (kind, data) in records(stream) {
        let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
        let columns = if kind == 0x00BD { data.len().saturating_sub(6) / 6 } else { 1 };
        if matches!(kind, 0x0203 | 0x027E | 0x0006 | 0x00BD) {
            let styles = (0..columns).filter_map(|index| Some((index as u32, u16_at(data, 4 + 6 * index)?)));
            cells.extend(styles.map(|(index, style)| ((row.into(), u32::from(column) + index), style)));
        }
    }
    cells
}

/// A text as XML holds it: control characters, which old workbooks have, are none of XML's.
fn legal(text: &str) -> String {
    let is_legal = |char: &char| !char.is_control() || matches!(char, '\t' | '\n' | '\r');
    xml::escaped(
        &text.chars().filter(is_legal).filter(|char| !matches!(char, '\u{FFFE}' | '\u{FFFF}')).collect::<String>(),
    )
}

fn sheet(range: &Range<Data>, cells: &Cells, merged: &[Dimensions]) -> String {
    let mut out = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    let (top, left) = range.start().unwrap_or_default();
    for (index, row) in range.rows().enumerate() {
        let row_number = top + index as u32;
        if row.iter().all(|value| *value == Data::Empty) {
            continue;
        }
        let _ = write!(out, "<row r=\"{}\">", row_number + 1);
        for (index, value) in row.iter().enumerate().filter(|(_, value)| **value != Data::Empty) {
            let column = left + index as u32;
            let style = cells.get(&(row_number, column)).copied().unwrap_or(0);
            let (kind, text) = match value {
                Data::Int(number) => ("n", number.to_string()),
                Data::Float(number) => ("n", number.to_string()),
                Data::DateTime(date) => ("n", date.as_f64().to_string()),
                Data::Bool(value) => ("b", u8::from(*value).to_string()),
                Data::Error(error) => ("e", error.to_string()),
                Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => ("str", legal(text)),
                Data::Empty => continue,
            };
            let place = format!("{}{}", letters(column + 1), row_number + 1);
            let _ = write!(out, "<c r=\"{place}\" s=\"{style}\" t=\"{kind}\"><v>{text}</v></c>");
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData>");
    if !merged.is_empty() {
        out.push_str("<mergeCells>");
        for Dimensions { start, end } in merged {
            let place = |(row, column): (u32, u32)| format!("{}{}", letters(column + 1), row + 1);
            let _ = write!(out, "<mergeCell ref=\"{}:{}\"/>", place(*start), place(*end));
        }
        out.push_str("</mergeCells>");
    }
    out + "</worksheet>"
}

fn package(sheets: &[(String, bool, String)], formats: &Formats, is_1904: bool) -> Option<Vec<u8>> {
    let (mut names, mut links, mut types) = (String::new(), String::new(), String::new());
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    for (index, (name, is_hidden, _)) in sheets.iter().enumerate() {
        let (number, name) = (index + 1, legal(name));
        let state = if *is_hidden { " state=\"hidden\"" } else { "" };
        let _ = write!(names, "<sheet name=\"{name}\" sheetId=\"{number}\"{state} r:id=\"r{number}\"/>");
        let target = format!("worksheets/sheet{number}.xml");
        let _ = write!(links, "<Relationship Id=\"r{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"{target}\"/>");
        let _ = write!(types, "<Override PartName=\"/xl/{target}\" ContentType=\"{kind}.worksheet+xml\"/>");
    }
    let relations = |links: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>"
        )
    };
    let codes: String = formats
        .codes
        .iter()
        .map(|(id, code)| format!("<numFmt numFmtId=\"{id}\" formatCode=\"{}\"/>", xml::escaped(code)))
        .collect();
    let styles: String =
        formats.styles.iter().map(|id| format!("<xf numFmtId=\"{id}\" applyNumberFormat=\"1\"/>")).collect();
    let epoch = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override \
                 PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" \
                 ContentType=\"{kind}.styles+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            relations(&format!(
                "<Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/>"
            )),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{epoch}<sheets>{names}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            relations(&format!(
                "{links}<Relationship Id=\"styles\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/>"
            )),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!("<styleSheet xmlns=\"{MAIN}\"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>"),
        ),
    ];
    let numbered = sheets.iter().enumerate();
    parts.extend(numbered.map(|(index, (.., xml))| (format!("xl/worksheets/sheet{}.xml", index + 1), xml.clone())));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default()).ok()?;
        writer.write_all(content.as_bytes()).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

#[cfg(test)]
mod tests {
    use calamine::Cell;

    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    #[test]
    fn cells_have_their_styles() {
        let begin = record(0x0809, &[0, 6, 0x10, 0]);
        let end = record(0x000A, &[]);
        let stream = [
            begin.clone(),
            record(0x0203, &[1, 0, 2, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            record(0x00BD, &[3, 0, 1, 0, 5, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 2, 0]),
            [begin, record(0x0203, &[9, 0, 9, 0, 9, 0]), end.clone()].concat(),
            end,
            record(0x0203, &[8, 0, 8, 0, 8, 0]),
        ]
        .concat();
        assert_eq!(cells(&stream), Cells::from([((1, 2), 7), ((3, 1), 5), ((3, 2), 6)]));
        assert!(cells(&stream[..6]).is_empty());
    }

    #[test]
    fn cells_are_written_where_they_stand() {
        let range = Range::from_sparse(vec![
            Cell::new((1, 1), Data::String("a\u{b} <b>".to_owned())),
            Cell::new((1, 2), Data::Float(0.5)),
            Cell::new((3, 27), Data::Bool(true)),
        ]);
        let merged = [Dimensions { start: (1, 1), end: (2, 1) }];
        let expected = "<sheetData><row r=\"2\"><c r=\"B2\" s=\"0\" t=\"str\"><v>a &lt;b&gt;</v></c><c r=\"C2\" s=\"4\" t=\"n\">\
            <v>0.5</v></c></row><row r=\"4\"><c r=\"AB4\" s=\"0\" t=\"b\"><v>1</v></c></row></sheetData><mergeCells>\
            <mergeCell ref=\"B2:B3\"/></mergeCells></worksheet>";
        assert!(sheet(&range, &Cells::from([((1, 2), 4)]), &merged).ends_with(expected));
    }
}
