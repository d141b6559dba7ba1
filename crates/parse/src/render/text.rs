//! Spatial text: columns and alignment kept with spaces.

use crate::layout::{PageRecord, Token, ascending, bidi};

/// Widest line, characters: further right there is no alignment left to keep.
const COLUMNS_MAX: usize = 400;
/// White of more than this many line heights is shown as an empty line.
const EMPTY_LINE: f32 = 1.0;
/// Nobody reads text below this size, points ...
const VERY_SMALL: f32 = 3.0;
/// ... unless the whole page is that small: it is also below this share of the page's usual size.
const VERY_SMALL_SHARE: f32 = 0.5;

/// What the places of words are counted from and in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Where lines begin, and where those that are read from the right do.
    pub left: f32,
    pub right: f32,
    pub char_width: f32,
}

impl Frame {
    fn of(tokens: &[&Token]) -> Self {
        let left = tokens.iter().map(|token| token.bbox.x).fold(f32::MAX, f32::min);
        let right = tokens.iter().map(|token| token.bbox.right()).fold(f32::MIN, f32::max);
        let widths = tokens.iter().filter_map(|token| char_width(token)).collect();
        Self { left, right, char_width: median(widths).unwrap_or(5.0) }
    }
}

/// The words as lines of text: each word at the column that its place on the page says, the parts of the page below
/// each other. Text that runs in other directions follows, a line each run.
///
/// A `frame` is that of the document; `None` = the page's own.
pub(crate) fn spatial(
    record: &PageRecord,
    parts: &[Vec<usize>],
    frame: Option<Frame>,
    keep_very_small: bool,
) -> String {
    let smallest = if keep_very_small { 0.0 } else { legible(&record.tokens) };
    let words = |part: &[usize]| -> Vec<&Token> {
        part.iter().map(|index| &record.tokens[*index]).filter(|token| token.size >= smallest).collect()
    };
    let whole = frame.unwrap_or_else(|| Frame::of(&words(&parts.concat())));
    let mut text = String::new();
    for part in parts {
        let part = words(part);
        // Columns that are taken apart begin at the left, each at its own edge.
        let frame = if parts.len() > 1 { Frame { char_width: whole.char_width, ..Frame::of(&part) } } else { whole };
        if !text.is_empty() && !part.is_empty() {
            text.push('\n');
        }
        push_rows(&mut text, part, frame);
    }
    for aside in &record.asides {
        for run in aside.runs() {
            let words = run.iter().map(|index| &aside.tokens[*index]).filter(|token| token.size >= smallest);
            let words: Vec<&str> = words.map(|token| token.text.as_str()).collect();
            if !words.is_empty() {
                text.push('\n');
                text.push_str(&words.join(" "));
                text.push('\n');
            }
        }
    }
    text
}

/// How many words of the page are so small that the spatial text leaves them out by default.
pub(crate) fn very_small(record: &PageRecord) -> usize {
    let smallest = legible(&record.tokens);
    let words = record.tokens.iter().chain(record.asides.iter().flat_map(|aside| &aside.tokens));
    words.filter(|token| token.size < smallest).count()
}

/// The smallest size of text that is kept by default.
fn legible(tokens: &[Token]) -> f32 {
    let usual = median(tokens.iter().map(|token| token.size).collect());
    usual.map_or(0.0, |usual| VERY_SMALL.min(VERY_SMALL_SHARE * usual))
}

fn push_rows(text: &mut String, order: Vec<&Token>, frame: Frame) {
    let place = |token: &Token| u64::from(ascending(token.baseline)) << 32 | u64::from(ascending(token.bbox.x));
    let mut order: Vec<(u64, &Token)> = order.into_iter().map(|token| (place(token), token)).collect();
    order.sort_by_key(|(place, _)| *place);
    let mut order: Vec<&Token> = order.into_iter().map(|(_, token)| token).collect();
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
            push_row(text, row, |token| frame.right - token.bbox.right(), frame.char_width);
        } else {
            push_row(text, row, |token| token.bbox.x - frame.left, frame.char_width);
        }
        bottom = row.iter().map(|token| token.bbox.bottom()).reduce(f32::max);
        start = end;
    }
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

/// Mean width of the word's characters; `None` where its box says nothing of them.
pub(crate) fn char_width(token: &Token) -> Option<f32> {
    Some(token.bbox.w / token.chars().max(1) as f32).filter(|width| *width > 0.1)
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}
