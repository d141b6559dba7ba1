//! What a table without vertical rules must be: a region that fails stays text.

use super::grid::{FoundCell, FoundTable};
use super::{Token, lists};

/// Filled places of a table: where rules bound it, and where only white does.
const FILLED_RULED: f32 = 0.25;
const FILLED: f32 = 0.45;
/// Words of a cell, on average, where nothing is ruled; and of both cells of a row of two, which is text beside text.
const WORDS_MAX: f32 = 8.0;
const WORDS_MAX_OF_TWO: f32 = 6.0;

/// Whether the cells are those of a table: enough of them filled, no list, form, letter head or table of contents, and
/// where nothing is ruled no text in columns.
pub fn is_table(table: &FoundTable, tokens: &[Token], ruled: bool, loose: bool) -> bool {
    let filled: Vec<&FoundCell> = table.cells.iter().filter(|cell| !cell.lines.is_empty()).collect();
    let covered: usize = filled.iter().map(|cell| cell.row_span * cell.column_span).sum();
    let fill = covered as f32 / (table.rows * table.columns).max(1) as f32;
    if table.rows < 2 || fill < if ruled || loose { FILLED_RULED } else { FILLED } {
        return false;
    }
    if table.columns == 2 && (is_list(&filled, table.rows, tokens) || (!ruled && !loose && is_form(&filled, tokens))) {
        return false;
    }
    if is_contents(&filled, table.rows, tokens) {
        return false;
    }
    ruled || is_short(&filled, table, loose)
}

fn words(cell: &FoundCell) -> usize {
    cell.lines.iter().map(Vec::len).sum()
}

fn column<'c>(filled: &'c [&FoundCell], number: usize) -> impl Iterator<Item = &'c FoundCell> {
    filled.iter().copied().filter(move |cell| cell.column == number && cell.column_span == 1)
}

/// The markers of a list beside its items.
fn is_list(filled: &[&FoundCell], rows: usize, tokens: &[Token]) -> bool {
    let marker = |cell: &&FoundCell| {
        cell.lines.len() == 1 && cell.lines[0].len() == 1 && lists::is_marker(&tokens[cell.lines[0][0]].text)
    };
    column(filled, 0).filter(marker).count() * 2 > rows
}

/// `Name: value` line by line is a form; in the second column it is what stands beside the address of a letter.
fn is_form(filled: &[&FoundCell], tokens: &[Token]) -> bool {
    let named = |cell: &&FoundCell| cell.lines.iter().flatten().any(|index| tokens[*index].text.ends_with([':', '：']));
    let most = |number: usize| column(filled, number).filter(named).count() * 2 > column(filled, number).count();
    most(0) || most(1)
}

/// Dots that lead from an entry to its page, in one piece or one by one.
fn is_contents(filled: &[&FoundCell], rows: usize, tokens: &[Token]) -> bool {
    let leads = |cell: &&&FoundCell| {
        let words = || cell.lines.iter().flatten().map(|index| tokens[*index].text.as_str());
        words().any(|word| word.contains("....")) || words().filter(|word| *word == ".").count() > 3
    };
    filled.iter().filter(leads).count() * 3 > rows
}

/// Whether there are rows enough, and their cells are short.
fn is_short(filled: &[&FoundCell], table: &FoundTable, loose: bool) -> bool {
    let of_all = filled.iter().map(|cell| words(cell)).sum::<usize>() as f32 / filled.len().max(1) as f32;
    let of_column = |number: usize| {
        column(filled, number).map(words).sum::<usize>() as f32 / column(filled, number).count().max(1) as f32
    };
    let enough = if table.columns == 2 && !loose { table.rows >= 3 } else { table.rows >= 2 };
    let texts = table.columns == 2 && of_column(0) > WORDS_MAX_OF_TWO && of_column(1) > WORDS_MAX_OF_TWO;
    enough && of_all <= WORDS_MAX && !texts
}
