//! Numbers that are printed in the margin beside the lines of a text, as in transcripts, bills and manuscripts.
//!
//! A table whose first column counts its rows must not lose it: what stands beside the numbers has to be running text.

use super::{PageRecord, Token};

/// A number and the height at which it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginNumber {
    pub text: String,
    pub y: f32,
}

/// Numbers of a page that prints one at every line, and of one that prints every fifth or tenth.
const NUMBERS_MIN: usize = 8;
const NUMBERS_MIN_STEPS: usize = 3;
/// Edges of numbers in one column differ by this much at most, em.
const EDGE: f32 = 0.6;
/// White between the numbers and the text, em.
const GAP: f32 = 0.8;
/// White between two words that running text does not have, em.
const INNER_GAP: f32 = 2.0;
/// Words of a line of running text on average, and the share of its lines that begin with a small letter.
const WORDS_MEAN: usize = 5;
const SMALL_SHARE: f32 = 0.3;

/// Takes the line numbers out of the page's words; none when there is no such column.
pub fn take(record: &mut PageRecord) -> Vec<MarginNumber> {
    let tokens = &record.tokens;
    if tokens.iter().filter(|token| value(token).is_some()).count() < NUMBERS_MIN_STEPS {
        return Vec::new();
    }
    let rows = rows(tokens);
    let column = column(&rows, tokens);
    if !counts_up(&column, &rows, tokens) || !beside_text(&column, &rows, tokens) {
        return Vec::new();
    }
    let found = column.iter().map(|row| &tokens[rows[*row][0]]);
    let found = found.map(|token| MarginNumber { text: token.text.clone(), y: token.bbox.center().1 }).collect();
    let taken: Vec<u32> = column.iter().map(|row| tokens[rows[*row][0]].seq).collect();
    record.tokens.retain(|token| !taken.contains(&token.seq));
    found
}

/// The words line by line over the whole page, top down and from the left.
fn rows(tokens: &[Token]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by(|a, b| tokens[*a].baseline.total_cmp(&tokens[*b].baseline));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let token = &tokens[index];
        match rows.last_mut() {
            Some(row) if token.baseline - tokens[row[0]].baseline <= 0.35 * token.size => row.push(index),
            _ => rows.push(vec![index]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| tokens[*a].bbox.x.total_cmp(&tokens[*b].bbox.x));
    }
    rows
}

fn value(token: &Token) -> Option<u32> {
    let digits = token.text.len() <= 6 && token.text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { token.text.parse().ok() } else { None }
}

/// The rows that begin with a number, the most that have it at the same edge.
fn column(rows: &[Vec<usize>], tokens: &[Token]) -> Vec<usize> {
    let numbered: Vec<usize> = (0..rows.len()).filter(|row| value(&tokens[rows[*row][0]]).is_some()).collect();
    let at = |edge: fn(&Token) -> f32, first: &Token| -> Vec<usize> {
        let near = |row: &usize| {
            let token = &tokens[rows[*row][0]];
            (edge(token) - edge(first)).abs() <= EDGE * first.size
        };
        numbered.iter().copied().filter(near).collect()
    };
    let edges: [fn(&Token) -> f32; 2] = [|token| token.bbox.x, |token| token.bbox.right()];
    // A column begins in the upper part of the page: the first few numbers are tried.
    let firsts = numbered.iter().take(4).map(|row| &tokens[rows[*row][0]]);
    let columns = firsts.flat_map(|first| edges.map(|edge| at(edge, first)));
    columns.max_by_key(Vec::len).unwrap_or_default()
}

/// Whether the numbers grow by a constant step that fits the lines between them.
fn counts_up(column: &[usize], rows: &[Vec<usize>], tokens: &[Token]) -> bool {
    let values: Vec<u32> = column.iter().filter_map(|row| value(&tokens[rows[*row][0]])).collect();
    let Some(step) = values.get(1).and_then(|second| second.checked_sub(values[0])) else { return false };
    let constant = values.windows(2).all(|pair| pair[0].checked_add(step) == Some(pair[1]));
    let between = column.windows(2).map(|pair| (pair[1] - pair[0]) as u32);
    match step {
        1 => {
            let spanned = column.last().zip(column.first()).map_or(0, |(last, first)| last - first + 1);
            constant && column.len() >= NUMBERS_MIN && column.len() * 5 >= spanned * 4
        }
        5 | 10 => {
            let fits = between.map(|lines| lines.abs_diff(step)).all(|off| off <= 1);
            constant && fits && column.len() >= NUMBERS_MIN_STEPS
        }
        _ => false,
    }
}

/// Whether what stands right of the numbers is running text, set apart from them.
fn beside_text(column: &[usize], rows: &[Vec<usize>], tokens: &[Token]) -> bool {
    let (Some(first), Some(last)) = (column.first(), column.last()) else { return false };
    let right = column.iter().map(|row| tokens[rows[*row][0]].bbox.right()).fold(f32::MIN, f32::max);
    let em = tokens[rows[*first][0]].size;
    let rest = |row: usize| if column.contains(&row) { &rows[row][1..] } else { &rows[row][..] };
    let lines: Vec<&[usize]> = (*first..=*last).map(rest).filter(|line| !line.is_empty()).collect();
    let apart = lines.iter().all(|line| tokens[line[0]].bbox.x >= right + GAP * em);
    let words: usize = lines.iter().map(|line| line.len()).sum();
    let torn = lines.iter().filter(|line| {
        line.windows(2).any(|pair| tokens[pair[1]].bbox.x - tokens[pair[0]].bbox.right() > INNER_GAP * em)
    });
    let small = lines.iter().filter(|line| tokens[line[0]].text.starts_with(char::is_lowercase));
    apart
        && words >= WORDS_MEAN * lines.len()
        && torn.count() * 5 <= lines.len()
        && small.count() as f32 >= SMALL_SHARE * lines.len() as f32
}
