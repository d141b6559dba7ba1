//! docling's tables as ours, and as aligned text.

use std::fmt::Write;

use docmill_model::document::{Cell, Table};

use super::inline;
use crate::read::words::WordList;

/// The widest column of a table in plain text, characters; longer cells push the rest of their row to the right.
const COLUMN_CHARS_MAX: usize = 60;

/// `raw` when the cells hold no markdown. Each row is a line of the page's words.
pub fn table(source: &docling::Table, raw: bool, words: &mut WordList) -> Table {
    let row_count = source.rows.len() as u32;
    let column_count = source.rows.iter().map(Vec::len).max().unwrap_or(0) as u32;
    let derived;
    let cells = match &source.cells {
        Some(cells) => cells,
        None => {
            derived = source.derive_cells();
            &derived
        }
    };
    let mut cells: Vec<Cell> = cells
        .iter()
        .map(|cell| {
            let text = if raw { cell.text.trim().to_owned() } else { inline::read(&cell.text, false).plain };
            let (row, column) = (cell.start_row as u32, cell.start_col as u32);
            Cell {
                row,
                column,
                row_span: (cell.row_span as u32).clamp(1, row_count.saturating_sub(row).max(1)),
                column_span: (cell.col_span as u32).clamp(1, column_count.saturating_sub(column).max(1)),
                // A table of one row has nothing to be the header of.
                header: (cell.column_header || cell.row_header) && row_count > 1,
                text,
                ..Cell::default()
            }
        })
        .filter(|cell| cell.row < row_count && cell.column < column_count)
        .collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let mut row = 0;
    for cell in &mut cells {
        if cell.row != row {
            words.end_line();
            row = cell.row;
        }
        let range = words.push(&cell.text);
        cell.words = if range.is_empty() { Vec::new() } else { vec![range] };
    }
    words.end_line();
    Table { row_count, column_count, cells, method: "markup".into(), ..Table::default() }
}

/// The table as columns of text; lines of a cell are joined with a space.
pub fn aligned(table: &Table) -> String {
    let mut grid = table.grid();
    for text in grid.iter_mut().flatten() {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut widths = vec![0; table.column_count as usize];
    for row in &grid {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.chars().count().min(COLUMN_CHARS_MAX).max(*width);
        }
    }
    let mut out = String::new();
    for row in &grid {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{text:width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
