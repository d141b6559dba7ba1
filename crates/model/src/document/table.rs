//! Tables: cells with spans, and the three plain forms of them.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{BBox, WordRange};

/// A grid of `row_count` by `column_count`; a cell covers `row_span` by `column_span` places from its own.
/// Cells are in row order, do not overlap, and need not cover the grid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    pub row_count: u32,
    pub column_count: u32,
    pub cells: Vec<Cell>,
    /// How the table was found: `ruled`, `aligned`, or the format's own markup.
    #[serde(default)]
    pub method: String,
    /// Later pages whose rows stand here: the table goes on over the end of its page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_from_pages: Vec<u32>,
    /// The page whose table has the rows of this one, which has none itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into_page: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cell {
    /// From 0.
    pub row: u32,
    pub column: u32,
    pub row_span: u32,
    pub column_span: u32,
    pub header: bool,
    /// Plain text; lines are joined with `\n`.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BBox>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordRange>,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            row: 0,
            column: 0,
            row_span: 1,
            column_span: 1,
            header: false,
            text: String::new(),
            bbox: None,
            words: Vec::new(),
        }
    }
}

impl Table {
    /// The texts as a full grid; a spanning cell stands in its first place, the others are empty.
    pub fn grid(&self) -> Vec<Vec<String>> {
        let mut grid = vec![vec![String::new(); self.column_count as usize]; self.row_count as usize];
        for cell in &self.cells {
            if let Some(place) = grid.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize)) {
                place.clone_from(&cell.text);
            }
        }
        grid
    }

    /// The cells that begin in a row. Cells are in row order, so large tables stay quick.
    fn row(&self, row: u32) -> &[Cell] {
        let start = self.cells.partition_point(|cell| cell.row < row);
        let end = self.cells.partition_point(|cell| cell.row <= row);
        &self.cells[start..end]
    }

    /// `<table>` with `rowspan` and `colspan`; header rows in `<thead>`. Lines of a cell are joined with `<br>`.
    pub fn to_html(&self) -> String {
        self.to_html_with(&|_| None)
    }

    /// The same; `inner` may give what stands in a cell, as HTML.
    pub fn to_html_with(&self, inner: &dyn Fn(&Cell) -> Option<String>) -> String {
        let header_rows = self.header_rows();
        let mut html = String::from("<table>\n");
        for row in 0..self.row_count {
            if row == 0 && header_rows > 0 {
                html.push_str("<thead>\n");
            }
            if row == header_rows {
                html.push_str("<tbody>\n");
            }
            html.push_str("<tr>");
            for cell in self.row(row) {
                let tag = if cell.header { "th" } else { "td" };
                let _ = write!(html, "<{tag}");
                if cell.row_span > 1 {
                    let _ = write!(html, " rowspan=\"{}\"", cell.row_span);
                }
                if cell.column_span > 1 {
                    let _ = write!(html, " colspan=\"{}\"", cell.column_span);
                }
                let inner = inner(cell).unwrap_or_else(|| escape_html(&cell.text));
                let _ = write!(html, ">{}</{tag}>", inner.replace('\n', "<br>"));
            }
            html.push_str("</tr>\n");
            if row + 1 == header_rows {
                html.push_str("</thead>\n");
            }
        }
        if self.row_count > header_rows {
            html.push_str("</tbody>\n");
        }
        html.push_str("</table>");
        html
    }

    /// RFC 4180 with `\n` between records.
    pub fn to_csv(&self) -> String {
        let field = |text: &String| {
            if text.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        let rows = self.grid();
        rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(",")).collect::<Vec<_>>().join("\n")
    }

    /// Rows from the top that consist of header cells only.
    pub fn header_rows(&self) -> u32 {
        let is_header = |row: u32| {
            let cells = self.row(row);
            !cells.is_empty() && cells.iter().all(|cell| cell.header)
        };
        (0..self.row_count).take_while(|row| is_header(*row)).count() as u32
    }
}

/// Text as it stands between two tags.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let cell = |row, column, text: &str, header| Cell { row, column, header, text: text.into(), ..Cell::default() };
        let mut cells = vec![cell(0, 0, "Name & co", true), cell(1, 0, "a\nb", false), cell(1, 1, "1,5", false)];
        cells[0].column_span = 2;
        Table { row_count: 2, column_count: 2, cells, method: "ruled".into(), ..Table::default() }
    }

    #[test]
    fn html_keeps_spans_and_escapes() {
        assert_eq!(
            table().to_html(),
            "<table>\n<thead>\n<tr><th colspan=\"2\">Name &amp; co</th></tr>\n</thead>\n<tbody>\n\
             <tr><td>a<br>b</td><td>1,5</td></tr>\n</tbody>\n</table>"
        );
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        assert_eq!(table().to_csv(), "Name & co,\n\"a\nb\",\"1,5\"");
    }
}
