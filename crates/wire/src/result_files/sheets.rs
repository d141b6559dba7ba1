//! Tables of a document as a workbook, a sheet a table (`tables_as_spreadsheet`).

use std::collections::HashSet;

use docmill_model::document::{BlockKind, PageOutcome, Table};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::items::{fits, plain_number};

/// What a sheet of Excel holds.
pub const ROWS_MAX: u32 = 1_048_576;
pub const COLUMNS_MAX: u32 = 16_384;
const NAME_UNITS_MAX: usize = 31;
pub const CELL_UNITS_MAX: usize = 32_767;
/// Cells of one workbook. It is made in memory, unlike every other form; further tables are left out.
const CELLS_MAX: usize = 5_000_000;

/// The tables met so far, with the names of their sheets.
pub(super) struct Sheets {
    guess_names: bool,
    heading: Option<String>,
    tables: Vec<(String, Table)>,
    cells: usize,
    names: Names,
}

/// Names that sheets have, in lower case.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A name that Excel takes and that no sheet has yet; names differ by more than their case.
    pub fn unique(&mut self, wanted: &str, otherwise: &str) -> String {
        let clean = |text: &str| {
            let kept = text.chars().map(|char| if "[]:*?/\\".contains(char) || char.is_control() { ' ' } else { char });
            let joined = kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
            // Room for a number that tells equal names apart.
            cut(&joined, NAME_UNITS_MAX - 5).trim_matches(['\'', ' ']).to_owned()
        };
        let wanted = Some(clean(wanted)).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("history"));
        let base = wanted.unwrap_or_else(|| clean(otherwise));
        let mut name = base.clone();
        let mut again = 1;
        while !self.0.insert(name.to_lowercase()) {
            again += 1;
            name = format!("{base} {again}");
        }
        name
    }
}

impl Sheets {
    pub fn new(guess_names: bool) -> Self {
        Self { guess_names, heading: None, tables: Vec::new(), cells: 0, names: Names::default() }
    }

    pub fn add(&mut self, outcomes: &[PageOutcome]) {
        for outcome in outcomes {
            let PageOutcome::Read(page) = outcome else { continue };
            let mut number = 0;
            for block in &page.blocks {
                match &block.kind {
                    BlockKind::Heading { value, .. } => self.heading = Some(value.clone()),
                    BlockKind::Table(table) if table.merged_into_page.is_some() => {}
                    BlockKind::Table(table) if fits(table) && self.cells + table.cells.len() <= CELLS_MAX => {
                        number += 1;
                        let plain = format!("Page {} Table {number}", page.number);
                        // One heading names one sheet: a second table below it is another matter.
                        let guessed = self.heading.take().filter(|_| self.guess_names);
                        let name = self.names.unique(guessed.as_deref().unwrap_or(&plain), &plain);
                        self.cells += table.cells.len();
                        self.tables.push((name, table.clone()));
                    }
                    _ => {}
                }
            }
        }
    }

    /// The file. A document without tables gives one empty sheet, because a workbook has one at least.
    pub fn workbook(self) -> Result<Vec<u8>, String> {
        self.write().map_err(|error| error.to_string())
    }

    fn write(self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = empty_workbook()?;
        let header = Format::new().set_bold();
        for (name, table) in &self.tables {
            fill(workbook.add_worksheet().set_name(name)?, table, &header)?;
        }
        if self.tables.is_empty() {
            workbook.add_worksheet();
        }
        workbook.save_to_buffer()
    }
}

/// The same result is the same file, whenever it is made.
pub fn empty_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    Ok(workbook)
}

fn fill(sheet: &mut Worksheet, table: &Table, header: &Format) -> Result<(), XlsxError> {
    for cell in &table.cells {
        if cell.row >= ROWS_MAX || cell.column >= COLUMNS_MAX {
            continue;
        }
        let column = u16::try_from(cell.column).unwrap_or(u16::MAX);
        let number = plain_number(&cell.text).and_then(|number| number.as_f64());
        match number {
            _ if cell.header => {
                sheet.write_string_with_format(cell.row, column, cut(&cell.text, CELL_UNITS_MAX), header)?;
            }
            Some(number) => {
                sheet.write_number(cell.row, column, number)?;
            }
            None => {
                sheet.write_string(cell.row, column, cut(&cell.text, CELL_UNITS_MAX))?;
            }
        }
    }
    Ok(())
}

/// The beginning of a text, at most so many UTF-16 units: Excel counts in them.
pub fn cut(text: &str, units: usize) -> &str {
    let mut count = 0;
    let end = text.char_indices().find(|(_, char)| {
        count += char.len_utf16();
        count > units
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_unique_and_what_excel_takes() {
        let mut names = Names::default();
        for (wanted, expected) in [
            ("Totals", "Totals"),
            ("TOTALS", "TOTALS 2"),
            ("a/b [c]: d?", "a b c d"),
            ("  ", "Page 1 Table 1"),
            ("", "Page 1 Table 1 2"),
            ("History", "Page 1 Table 1 3"),
            ("'quoted'", "quoted"),
            (&"x".repeat(60), &"x".repeat(26)),
        ] {
            assert_eq!(names.unique(wanted, "Page 1 Table 1"), expected, "{wanted}");
        }
    }
}
