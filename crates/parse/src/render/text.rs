//! Spatial text: columns and alignment kept with spaces.

use crate::layout::{PageRecord, Token, bidi};

/// Widest line, characters: further right there is no alignment left to keep.
const COLUMNS_MAX: usize = 400;
/// White of more than this many line heights is shown as an empty line.
const EMPTY_LINE: f32 = 1.0;

/// The words as lines of text: each word at the column that its place on the page says. Text that runs in other
/// directions follows, a line each run.
pub(crate) fn spatial(record: &PageRecord) -> String {
    let mut text = upright(&record.tokens);
    for aside in &record.asides {
        for run in aside.runs() {
            let words: Vec<&str> = run.iter().map(|index| aside.tokens[*index].text.as_str()).collect();
            text.push('\n');
            text.push_str(&words.join(" "));
            text.push('\n');
        }
    }
    text
}

fn upright(tokens: &[Token]) -> String {
    let mut order: Vec<&Token> = tokens.iter().collect();
    order.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.bbox.x.total_cmp(&b.bbox.x)));
    let left = order.iter().map(|token| token.bbox.x).fold(f32::MAX, f32::min);
    let right = order.iter().map(|token| token.bbox.right()).fold(f32::MIN, f32::max);
    let width = char_width(&order);
    let mut text = String::new();
    let mut bottom: Option<f32> = None;
    let mut start = 0;
    while start < order.len() {
        let first = order[start];
        let mut end = start + 1;
        while end < order.len() && order[end].baseline - first.baseline <= 0.4 * first.size.min(order[end].size) {
            end += 1;
        }
        let row = &mut order[start..end];
        row.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
        let top = row.iter().map(|token| token.bbox.y).fold(f32::MAX, f32::min);
        if bottom.is_some_and(|bottom| top - bottom > EMPTY_LINE * first.size) {
            text.push('\n');
        }
        if bidi::mostly_rtl(row.iter().map(|token| token.text.as_str())) {
            // Read from the right: the page's right edge is where such lines begin.
            row.reverse();
            push_row(&mut text, row, |token| right - token.bbox.right(), width);
        } else {
            push_row(&mut text, row, |token| token.bbox.x - left, width);
        }
        bottom = row.iter().map(|token| token.bbox.bottom()).reduce(f32::max);
        start = end;
    }
    text
}

/// `indent` says how far a word stands from where lines begin, points.
fn push_row(text: &mut String, row: &[&Token], indent: impl Fn(&Token) -> f32, width: f32) {
    let mut column = 0;
    for token in row {
        let wanted = ((indent(token) / width).round().max(0.0) as usize).min(COLUMNS_MAX);
        let gap = if column == 0 { wanted } else { wanted.saturating_sub(column).max(1) };
        // A space more or less between words of running text is no alignment.
        let gap = if column > 0 && gap <= 2 { 1 } else { gap };
        text.extend(std::iter::repeat_n(' ', gap));
        text.push_str(&token.text);
        column += gap + token.chars();
    }
    text.push('\n');
}

/// The median width of a character.
fn char_width(tokens: &[&Token]) -> f32 {
    let mut widths: Vec<f32> =
        tokens.iter().map(|token| token.bbox.w / token.chars().max(1) as f32).filter(|width| *width > 0.1).collect();
    if widths.is_empty() {
        return 5.0;
    }
    let middle = widths.len() / 2;
    *widths.select_nth_unstable_by(middle, f32::total_cmp).1
}
