//! docling's tables as ours, and as aligned text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use docmill_model::document::{Cell, Table, escape_html};
use docmill_model::options::ParseOptions;

use super::inline;
use crate::read::words::WordList;
use crate::render::markdown::escape_lines;

/// The widest column of a table in plain text, characters; longer cells push the rest of their row to the right.
const COLUMN_CHARS_MAX: usize = 60;

/// What stands in cells with marks (bold, links), by row and column: HTML, or markdown for pipe tables.
pub type Marked = HashMap<(u32, u32), String>;

/// `raw` when the cells hold no markdown. Each row is a line of the page's words.
pub fn table(source: &docling::Table, raw: bool, options: &ParseOptions, words: &mut WordList) -> (Table, Marked) {
    let mut inner = Marked::new();
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
            let (row, column) = (cell.start_row as u32, cell.start_col as u32);
            // A table of one row has nothing to be the header of.
            let header = (cell.column_header || cell.row_header) && row_count > 1;
            let text = if raw {
                cell.text.trim().to_owned()
            } else {
                let (text, md) = text(&cell.text, header, options);
                inner.extend(md.map(|md| ((row, column), md)));
                text
            };
            Cell {
                row,
                column,
                row_span: (cell.row_span as u32).clamp(1, row_count.saturating_sub(row).max(1)),
                column_span: (cell.col_span as u32).clamp(1, column_count.saturating_sub(column).max(1)),
                header,
                text,
                ..Cell::default()
            }
        })
        .filter(|cell| cell.row < row_count && cell.column < column_count)
        .collect();
    if source.cells.is_none() {
        pad(&mut cells, source, column_count);
    }
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
    (Table { row_count, column_count, cells, method: "markup".into(), ..Table::default() }, inner)
}

/// A cell's plain text, and the same with its marks where it has any.
fn text(source: &str, header: bool, options: &ParseOptions) -> (String, Option<String>) {
    let joined = joined(source);
    if !joined.contains(['*', '~', '`', '[']) {
        return (inline::read(&joined, false).plain, None);
    }
    let read = if options.tables.pipe { inline::read } else { inline::read_html };
    let marked = read(&joined, options.annotate_links);
    let md = if header { inline::unwrapped(&marked.md).to_owned() } else { marked.md };
    let plain = if options.tables.pipe { escape_lines(&marked.plain) } else { escape_html(&marked.plain) };
    (marked.plain, (md != plain).then_some(md))
}

/// Rows that are shorter than the longest one have empty cells at their end.
fn pad(cells: &mut Vec<Cell>, source: &docling::Table, column_count: u32) {
    for (row, texts) in source.rows.iter().enumerate() {
        let header = row == 0 && source.rows.len() > 1;
        let missing = texts.len() as u32..column_count;
        cells.extend(missing.map(|column| Cell { row: row as u32, column, header, ..cell_of_one() }));
    }
}

fn cell_of_one() -> Cell {
    Cell { row_span: 1, column_span: 1, ..Cell::default() }
}

/// docling makes a paragraph of every run of a cell that is set in another way (`with`, `bold`, `, and`). A piece that
/// begins in the middle of a sentence belongs to the one before it.
fn joined(text: &str) -> Cow<'_, str> {
    if !text.contains("\n\n") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split("\n\n") {
        let bare = piece.trim_start_matches(['*', '_', '~', '`']);
        let goes_on =
            out.trim_end().ends_with(|last: char| last.is_alphanumeric() || matches!(last, ',' | ';' | '*' | '~'));
        match bare.chars().next() {
            Some(',' | ';' | '.' | ':' | ')' | '!' | '?') if !out.is_empty() => {}
            Some(first) if goes_on && (first.is_lowercase() || first.is_ascii_digit()) && !is_item(bare) => {
                out.push(' ')
            }
            _ if out.is_empty() => {}
            _ => out.push_str("\n\n"),
        }
        out.push_str(piece);
    }
    Cow::Owned(out)
}

/// Whether a piece begins with the number of a list's item.
fn is_item(piece: &str) -> bool {
    let rest = piece.trim_start_matches(|char: char| char.is_ascii_digit());
    rest.len() < piece.len() && rest.starts_with(['.', ')'])
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

#[cfg(test)]
mod tests {
    use docmill_model::options::TableStyle;

    use super::*;

    #[test]
    fn runs_of_a_sentence_are_one_paragraph() {
        for (given, expected) in [
            ("one", "one"),
            ("with\n\nbold\n\n, and\n\n*more*\n\n.", "with bold, and *more*."),
            ("First paragraph\n\nSecond paragraph", "First paragraph\n\nSecond paragraph"),
            ("A numbered list\n\n1. one\n2. two", "A numbered list\n\n1. one\n2. two"),
            ("It ends.\n\nlower", "It ends.\n\nlower"),
            ("A list:\n\n- one\n- two", "A list:\n\n- one\n- two"),
        ] {
            assert_eq!(joined(given), expected);
        }
    }

    #[test]
    fn short_rows_are_filled() {
        let row = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let source =
            docling::Table { rows: vec![row(&["a", "b"]), row(&["1"]), row(&["2", "3", "4"])], ..Default::default() };
        let (table, marked) = table(&source, true, &ParseOptions::default(), &mut WordList::default());
        assert_eq!(table.grid(), [["a", "b", ""], ["1", "", ""], ["2", "3", "4"]]);
        assert_eq!((table.cells.len(), marked.len()), (9, 0));
    }

    #[test]
    fn marks_of_cells_are_kept() {
        let style = |pipe| TableStyle { pipe, ..TableStyle::default() };
        for (source, header, html, pipe) in [
            ("plain", false, None, None),
            ("a **b**", false, Some("a <strong>b</strong>"), Some("a **b**")),
            ("**b**", true, None, None),
            ("**b** c", true, Some("<strong>b</strong> c"), Some("**b** c")),
            ("[a](https://x/)", false, Some("<a href=\"https://x/\">a</a>"), Some("[a](https://x/)")),
            ("2 \\* 3 [1]", false, None, None),
        ] {
            let marked = |pipe| {
                let options = ParseOptions { tables: style(pipe), annotate_links: true, ..ParseOptions::default() };
                text(source, header, &options).1
            };
            assert_eq!((marked(false).as_deref(), marked(true).as_deref()), (html, pipe), "{source}");
        }
    }
}
