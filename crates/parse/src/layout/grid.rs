//! A table as the layout found it, before its words have their places on the page.

use docmill_model::document::BBox;

use super::Token;

#[derive(Debug, Clone)]
pub struct FoundCell {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    pub bbox: Option<BBox>,
    /// Token indices line by line.
    pub lines: Vec<Vec<usize>>,
}

#[derive(Debug, Clone)]
pub struct FoundTable {
    pub bbox: BBox,
    pub rows: usize,
    pub columns: usize,
    /// In row order.
    pub cells: Vec<FoundCell>,
    pub header_rows: usize,
    pub method: &'static str,
}

impl FoundTable {
    pub fn tokens(&self) -> impl Iterator<Item = usize> + '_ {
        self.cells.iter().flat_map(|cell| cell.lines.iter().flatten().copied())
    }

    /// Adds an empty cell at every place that no cell covers: rows written cell by cell keep their columns.
    pub fn with_empty_cells(mut self) -> Self {
        let mut covered = vec![false; self.rows * self.columns];
        for cell in &self.cells {
            for row in cell.row..(cell.row + cell.row_span).min(self.rows) {
                for column in cell.column..(cell.column + cell.column_span).min(self.columns) {
                    covered[row * self.columns + column] = true;
                }
            }
        }
        let empty = (0..covered.len()).filter(|place| !covered[*place]).map(|place| FoundCell {
            row: place / self.columns,
            column: place % self.columns,
            row_span: 1,
            column_span: 1,
            bbox: None,
            lines: Vec::new(),
        });
        self.cells.extend(empty);
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self
    }

    /// Rows from the top that look like names of columns: no rule says so, but numbers begin below them.
    pub fn guess_header(&self, tokens: &[Token]) -> usize {
        let numeric = |cell: &FoundCell| {
            let text: String = cell.lines.iter().flatten().map(|index| tokens[*index].text.as_str()).collect();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            digits * 2 >= text.chars().count().max(1)
        };
        let row = |number: usize| self.cells.iter().filter(move |cell| cell.row == number && !cell.lines.is_empty());
        // Columns of amounts are named by their years, the column of what they are by nothing.
        let period = |cell: &FoundCell| {
            let last = cell.lines.last().and_then(|line| line.last());
            last.is_some_and(|index| is_year(&tokens[*index].text)) && cell.lines.len() <= 3
        };
        let keyed = row(1).any(|cell| cell.column == 0 && !numeric(cell)) && !row(0).any(|cell| cell.column == 0);
        let names_periods = keyed && row(0).all(period) && !row(1).any(period);
        if self.rows < 2 || row(0).count() < 2 || (row(0).any(numeric) && !names_periods) {
            return 0;
        }
        let bold = |cell: &FoundCell| cell.lines.iter().flatten().all(|index| tokens[*index].bold);
        let body_numeric = self.cells.iter().any(|cell| cell.row > 0 && numeric(cell));
        usize::from(body_numeric || (row(0).all(bold) && !row(1).all(bold)))
    }
}

/// Four digits of this century or the last, as a year is written.
fn is_year(word: &str) -> bool {
    let word = word.trim_end_matches(['*', ')', ',']).trim_start_matches('(');
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.chars().all(|c| c.is_ascii_digit())
}

/// Tokens to lines: top down, left to right.
pub fn cell_lines(tokens: &[Token], mut indices: Vec<usize>) -> Vec<Vec<usize>> {
    indices.sort_by(|a, b| tokens[*a].baseline.total_cmp(&tokens[*b].baseline));
    let mut lines: Vec<Vec<usize>> = Vec::new();
    let mut baseline = f32::MIN;
    for index in indices {
        let token = &tokens[index];
        match lines.last_mut() {
            Some(line) if token.baseline - baseline <= 0.5 * token.size => line.push(index),
            _ => {
                baseline = token.baseline;
                lines.push(vec![index]);
            }
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| tokens[*a].bbox.x.total_cmp(&tokens[*b].bbox.x));
    }
    lines
}

/// The box around tokens.
pub fn bbox_of(tokens: &[Token], indices: impl Iterator<Item = usize>) -> Option<BBox> {
    BBox::around(indices.map(|index| tokens[index].bbox))
}
