//! Workbooks whose cells lie too far apart for docling, which leaves such a sheet out: the cells far from its beginning are
//! cut off, so that the near ones are read.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::xml::packed;

/// Places (columns times rows) of a sheet that docling still reads.
const PLACES_MAX: u64 = 10_000_000;
/// Places and columns of a sheet that was cut.
const NEAR_PLACES: u64 = 3_000_000;
const NEAR_COLUMNS: u32 = 1_000;

/// What was cut off one sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last column and row that are kept, from 1.
    pub columns: u32,
    pub rows: u32,
    /// Cells beyond them.
    pub cells: usize,
}

/// The workbook with the near cells of its sheets, and what was cut off; `None` when there is nothing to cut.
pub fn cut(bytes: &[u8]) -> Option<(Vec<u8>, Vec<Cut>)> {
    let names: Vec<String> = ZipArchive::new(Cursor::new(bytes)).ok()?.file_names().flatten().map(Into::into).collect();
    let is_sheet = |name: &&String| name.starts_with("xl/worksheets/") && name.ends_with(".xml");
    let (mut whole, mut cuts) = (None::<Vec<u8>>, Vec::new());
    for name in names.iter().filter(is_sheet) {
        let current = whole.as_deref().unwrap_or(bytes);
        let mut archive = ZipArchive::new(Cursor::new(current)).ok()?;
        let mut xml = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut xml).ok()?;
        if let Some((near, cut)) = near(&xml) {
            whole = Some(packed(&mut archive, &[(name, &near)])?);
            cuts.push(cut);
        }
    }
    Some((whole?, cuts))
}

/// A sheet without its far cells.
fn near(xml: &str) -> Option<(String, Cut)> {
    let cells: Vec<_> = cells(xml).collect();
    let (first, last) = cells.iter().fold(((u32::MAX, u32::MAX), (0, 0)), |(first, last), (_, _, (column, row))| {
        ((first.0.min(*column), first.1.min(*row)), (last.0.max(*column), last.1.max(*row)))
    });
    let (width, height) = ((last.0 + 1).checked_sub(first.0)?, (last.1 + 1).checked_sub(first.1)?);
    if u64::from(width) * u64::from(height) <= PLACES_MAX {
        return None;
    }
    let width = width.min(NEAR_COLUMNS);
    let height = u32::try_from(NEAR_PLACES / u64::from(width)).ok()?;
    let mut cut = Cut { columns: first.0 + width - 1, rows: first.1 + height - 1, cells: 0 };
    let (mut kept, mut at) = (String::new(), 0);
    for (from, to, (column, row)) in cells {
        if column > cut.columns || row > cut.rows {
            kept.push_str(&xml[at..from]);
            at = to;
            cut.cells += 1;
        }
    }
    kept.push_str(&xml[at..]);
    Some((kept, cut))
}

/// Where a cell with a value begins and ends, and its column and row.
fn cells(xml: &str) -> impl Iterator<Item = (usize, usize, (u32, u32))> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let from = at + xml[at..].find("<c ")?;
            let head = from + xml[from..].find('>')?;
            at = head;
            if xml[..head].ends_with('/') {
                continue;
            }
            let to = head + xml[head..].find("</c>")? + 4;
            at = to;
            let place = xml[from..head].split_once(" r=\"").and_then(|(_, rest)| place(rest.split('"').next()?));
            if let Some(place) = place {
                return Some((from, to, place));
            }
        }
    })
}

/// `XFD1048576` as column and row from 1.
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let digit = |column: u32, byte: u8| Some(column.checked_mul(26)? + u32::from(byte - b'A') + 1);
    let column = name.bytes().take(letters.min(3)).try_fold(0, digit)?;
    Some((column, name[letters..].parse().ok()?))
}

/// A column as sheets call it.
pub fn letters(mut column: u32) -> String {
    let mut name = String::new();
    while column > 0 {
        name.insert(0, char::from(b'A' + ((column - 1) % 26) as u8));
        column = (column - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_cells_are_cut_off() {
        let cell = |name: &str| format!("<c r=\"{name}\"><v>1</v></c>");
        let sheet = |names: &[&str]| names.iter().map(|name| cell(name)).collect::<String>();
        for (names, expected, rest) in [
            (&["A1", "XFD1048576"][..], Some((1_000, 3_000, 1)), &["A1"][..]),
            (&["A1", "B2", "L1048576", "L3"], Some((12, 250_000, 1)), &["A1", "B2", "L3"]),
            (&["A1", "A1048576"], None, &[]),
            (&["ZZ5"], None, &[]),
            (&[], None, &[]),
        ] {
            let near = near(&sheet(names));
            let told = near.as_ref().map(|(_, cut)| (cut.columns, cut.rows, cut.cells));
            assert_eq!(told, expected, "{names:?}");
            assert_eq!(near.map(|(xml, _)| xml).unwrap_or_default(), sheet(rest), "{names:?}");
        }
    }

    #[test]
    fn places_have_names() {
        for (name, column) in [("A", 1), ("Z", 26), ("AA", 27), ("ALL", 1_000), ("XFD", 16_384)] {
            assert_eq!((letters(column).as_str(), place(&format!("{name}7"))), (name, Some((column, 7))));
        }
    }
}
