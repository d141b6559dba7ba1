//! Listings: lines in a font whose letters are all equally wide, in a document that is set in another one.

use super::Token;
use super::blocks::{Draft, Line};

/// A listing has so many lines; a single one is a name or an address.
const LINES_MIN: usize = 2;
/// White between two paragraphs of one listing, em.
const GAP_MAX: f32 = 2.5;
/// White between two lines that is shown as an empty line, em.
const EMPTY_LINE: f32 = 0.8;

pub fn is_code(line: &Line, tokens: &[Token]) -> bool {
    line.tokens.iter().all(|index| tokens[*index].mono)
}

/// How many of the drafts from the first on are one listing; 0 when it is none.
pub fn run(drafts: &[Draft], tokens: &[Token]) -> usize {
    let is_code = |draft: &Draft| draft.lines.iter().all(|line| is_code(line, tokens));
    let mut count = drafts.iter().take_while(|draft| is_code(draft)).count();
    let apart = |pair: &[Draft]| {
        let white = pair[1].bbox.y - pair[0].bbox.bottom();
        !(-0.5 * pair[0].size..=GAP_MAX * pair[0].size).contains(&white)
    };
    count = drafts[..count].windows(2).position(apart).map_or(count, |last| last + 1);
    let lines: usize = drafts[..count].iter().map(|draft| draft.lines.len()).sum();
    if lines >= LINES_MIN { count } else { 0 }
}

/// The lines with their indents; an empty line where paragraphs stand apart.
pub fn text(drafts: &[Draft], tokens: &[Token]) -> String {
    let words =
        || drafts.iter().flat_map(|draft| &draft.lines).flat_map(|line| &line.tokens).map(|index| &tokens[*index]);
    let left = words().map(|word| word.bbox.x).fold(f32::MAX, f32::min);
    let mut widths: Vec<f32> = words().map(|word| word.bbox.w / word.chars().max(1) as f32).collect();
    widths.sort_by(f32::total_cmp);
    let width = widths.get(widths.len() / 2).copied().unwrap_or(1.0).max(0.1);
    let mut text = String::new();
    let mut last: Option<&Line> = None;
    for line in drafts.iter().flat_map(|draft| &draft.lines) {
        if let Some(last) = last {
            let white = line.bbox.y - last.bbox.bottom();
            text.push_str(if white > EMPTY_LINE * line.size { "\n\n" } else { "\n" });
        }
        text.push_str(&spaced(line, tokens, left, width));
        last = Some(line);
    }
    text
}

/// The words of a line at the columns where they stand.
fn spaced(line: &Line, tokens: &[Token], left: f32, width: f32) -> String {
    let mut text = String::new();
    for index in &line.tokens {
        let token = &tokens[*index];
        let column = ((token.bbox.x - left) / width).round().max(0.0) as usize;
        let own = text.chars().count();
        let gap = column.saturating_sub(own).max(usize::from(own > 0));
        text.extend(std::iter::repeat_n(' ', gap));
        text.push_str(&token.text);
    }
    text
}
