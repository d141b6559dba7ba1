//! Signs that stand in a column of their own: financial tables set `$` flush left of its amounts and `%` or `)` behind them.

use super::Token;
use super::grid::{FoundCell, FoundTable};

/// Gives columns that hold nothing but signs to the columns of their amounts.
pub fn joined(mut table: FoundTable, tokens: &[Token]) -> FoundTable {
    let mut column = 0;
    while column < table.columns && table.columns > 2 {
        let into = into(&table, column, tokens);
        match into {
            Some(into) => merge(&mut table, column, into),
            None => column += 1,
        }
    }
    table
}

/// The column that the signs of `column` belong to.
fn into(table: &FoundTable, column: usize, tokens: &[Token]) -> Option<usize> {
    let before = column + 1 < table.columns && holds(table, column, column + 1, tokens, &["$", "€", "£", "¥", "US$"]);
    if before {
        return Some(column + 1);
    }
    (column > 1 && holds(table, column, column - 1, tokens, &["%", ")", ")%"])).then(|| column - 1)
}

/// Whether the column holds signs, and beside each there is something; what is no sign has its place for itself.
fn holds(table: &FoundTable, column: usize, other: usize, tokens: &[Token], signs: &[&str]) -> bool {
    let filled = |row: usize, column: usize| {
        let over = |cell: &&FoundCell| !cell.lines.is_empty() && covers(cell, row, column);
        table.cells.iter().find(over)
    };
    let mut found = 0;
    for row in 0..table.rows {
        let Some(cell) = filled(row, column) else { continue };
        let next = filled(row, other);
        let text: String = cell.lines.iter().flatten().map(|index| tokens[*index].text.as_str()).collect();
        if cell.column_span == 1 && signs.contains(&text.as_str()) {
            found += usize::from(next.is_some());
        } else if cell.row_span > 1 || (!covers(cell, row, other) && next.is_some()) {
            return false;
        }
    }
    found > 0
}

fn covers(cell: &FoundCell, row: usize, column: usize) -> bool {
    (cell.row..cell.row + cell.row_span).contains(&row)
        && (cell.column..cell.column + cell.column_span).contains(&column)
}

/// Takes `column` out, its words to `into` beside it.
fn merge(table: &mut FoundTable, column: usize, into: usize) {
    let (own, mut cells): (Vec<FoundCell>, Vec<FoundCell>) =
        table.cells.drain(..).partition(|cell| cell.column == column && cell.column_span == 1);
    for sign in own.into_iter().filter(|cell| !cell.lines.is_empty()) {
        match cells.iter_mut().find(|cell| covers(cell, sign.row, into)) {
            Some(cell) if !cell.lines.is_empty() => {
                let (first, second) =
                    if into > column { (sign.lines, &cell.lines) } else { (cell.lines.clone(), &sign.lines) };
                cell.lines = beside(first, second);
                cell.bbox = cell.bbox.into_iter().chain(sign.bbox).reduce(docmill_model::document::BBox::union);
            }
            Some(cell) => *cell = FoundCell { column: into, ..sign },
            None => cells.push(FoundCell { column: into, ..sign }),
        }
    }
    for cell in &mut cells {
        if cell.column > column {
            cell.column -= 1;
        } else if cell.column + cell.column_span > column {
            cell.column_span -= 1;
        }
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    table.cells = cells;
    table.columns -= 1;
}

/// The words of the first lines and then those of the second in one line each.
fn beside(mut first: Vec<Vec<usize>>, second: &[Vec<usize>]) -> Vec<Vec<usize>> {
    for (index, line) in second.iter().enumerate() {
        match first.get_mut(index) {
            Some(own) => own.extend(line),
            None => first.push(line.clone()),
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of cells as words; an empty one is no cell.
    fn check(rows: &[&[&str]], expected: &[&[&str]]) {
        let mut tokens = Vec::new();
        let mut cells = Vec::new();
        for (row, texts) in rows.iter().enumerate() {
            for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                tokens.push(Token { text: (*text).into(), ..Token::default() });
                let lines = vec![vec![tokens.len() - 1]];
                cells.push(FoundCell { row, column, row_span: 1, column_span: 1, bbox: None, lines });
            }
        }
        let columns = rows[0].len();
        let (rows, bbox) = (rows.len(), docmill_model::document::BBox::default());
        let table = joined(FoundTable { bbox, rows, columns, cells, header_rows: 0, method: "test" }, &tokens);
        let mut found = vec![vec![String::new(); table.columns]; table.rows];
        for cell in &table.cells {
            let words: Vec<&str> = cell.lines.iter().flatten().map(|index| tokens[*index].text.as_str()).collect();
            found[cell.row][cell.column] = words.join(" ");
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sign_goes_to_its_amount() {
        check(
            &[&["", "", "2024", "", "2023"], &["Cost", "$", "178", "$", "141"], &["Sales", "", "12", "", "9"]],
            &[&["", "2024", "2023"], &["Cost", "$ 178", "$ 141"], &["Sales", "12", "9"]],
        );
        check(&[&["Rate", "4", "%"], &["Cost", "5", "%"]], &[&["Rate", "4 %"], &["Cost", "5 %"]]);
    }

    #[test]
    fn a_column_of_more_than_signs_stays() {
        check(&[&["Coin", "$", "1"], &["Note", "EUR", "2"]], &[&["Coin", "$", "1"], &["Note", "EUR", "2"]]);
    }
}
