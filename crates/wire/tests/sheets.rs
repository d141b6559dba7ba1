//! Tables as a workbook, opened by another library.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use docmill_model::document::{Block, BlockKind, Cell, Page, PageOutcome, Role, Table};
use docmill_model::options::{ParseOptions, Spreadsheet};
use docmill_wire::result_files::{Form, FormWriter};

fn block(kind: BlockKind) -> Block {
    Block { kind, role: Role::Body, boxes: vec![], words: vec![], md: String::new(), confidence: None }
}

fn heading(value: &str) -> Block {
    block(BlockKind::Heading { value: value.into(), level: 2 })
}

/// A table with one row of headers.
fn table(rows: &[&[&str]]) -> Table {
    let cell = |row: usize, column: usize, text: &str| Cell {
        row: row as u32,
        column: column as u32,
        header: row == 0,
        text: text.into(),
        ..Cell::default()
    };
    let cells = rows.iter().enumerate();
    let cells = cells.flat_map(|(row, own)| own.iter().enumerate().map(move |(column, text)| cell(row, column, text)));
    let (row_count, column_count) = (rows.len() as u32, rows[0].len() as u32);
    Table { row_count, column_count, cells: cells.collect(), ..Table::default() }
}

fn page(number: u32, blocks: Vec<Block>) -> PageOutcome {
    PageOutcome::Read(Box::new(Page { number, blocks, ..Page::default() }))
}

/// Names of the sheets with their rows.
fn sheets(guess_names: bool, pages: &[PageOutcome]) -> Vec<(String, Vec<Vec<Data>>)> {
    let options = ParseOptions { spreadsheet: Some(Spreadsheet { guess_names }), ..ParseOptions::default() };
    let mut writer = FormWriter::new(Form::Xlsx, &options);
    let mut bytes = writer.start();
    bytes.extend(writer.add(pages));
    bytes.extend(writer.end().expect("a workbook"));
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    book.sheet_names()
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).expect("a sheet");
            (name, rows(range))
        })
        .collect()
}

fn text(value: &str) -> Data {
    Data::String(value.into())
}

#[test]
fn sheets_hold_the_cells_of_their_tables() {
    let seats = table(&[&["Party", "2024"], &["North & <South>", "12"], &["West", "-3.5"], &["East", "007"]]);
    let spanned = Table {
        row_count: 2,
        column_count: 3,
        cells: vec![
            Cell { column_span: 3, header: true, text: "Members\nof the house".into(), ..Cell::default() },
            Cell { row: 1, column: 2, text: "=1+1".into(), ..Cell::default() },
        ],
        ..Table::default()
    };
    let gone = Table { merged_into_page: Some(1), ..table(&[&["moved"]]) };
    let pages = [
        page(1, vec![heading("Seats / votes"), block(BlockKind::Table(seats)), block(BlockKind::Table(spanned))]),
        PageOutcome::Failed { number: 2, error: "READER_DIED".into() },
        page(
            3,
            vec![block(BlockKind::Table(gone)), heading("Seats / votes"), block(BlockKind::Table(table(&[&["x"]])))],
        ),
    ];
    let contents = [
        vec![
            vec![text("Party"), text("2024")],
            vec![text("North & <South>"), Data::Float(12.0)],
            vec![text("West"), Data::Float(-3.5)],
            vec![text("East"), text("007")],
        ],
        vec![
            vec![text("Members\nof the house"), Data::Empty, Data::Empty],
            // A text, and no formula.
            vec![Data::Empty, Data::Empty, text("=1+1")],
        ],
        vec![vec![text("x")]],
    ];
    for (guess_names, names) in [
        (false, ["Page 1 Table 1", "Page 1 Table 2", "Page 3 Table 1"]),
        (true, ["Seats votes", "Page 1 Table 2", "Seats votes 2"]),
    ] {
        let expected: Vec<(String, Vec<Vec<Data>>)> =
            names.map(str::to_owned).into_iter().zip(contents.clone()).collect();
        assert_eq!(sheets(guess_names, &pages), expected, "{guess_names}");
    }
    assert_eq!(sheets(true, &[]), [("Sheet1".to_owned(), vec![])], "a workbook has one sheet at least");
}
