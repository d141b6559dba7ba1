//! Footnotes: the last paragraphs of a column, in smaller type, each behind its number or sign.

use super::Token;
use super::blocks::{Draft, Line};

/// Notes are smaller than the text by this much.
pub const SIZE_MAX: f32 = 0.93;
/// They stand in this lower part of the page.
const TOP: f32 = 0.5;
/// More are a list of references.
const NOTES_MAX: usize = 12;
/// Digits of a note's number.
const DIGITS_MAX: usize = 3;
/// Words of a line that begins with a note's mark: fewer are a cell or a number of a page.
const WORDS_MIN: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Number(u32),
    Sign,
}

/// What a note begins with: a number without a stop, or a sign, alone or right before the first word (`1The`, `*The`).
fn mark(line: &Line, tokens: &[Token]) -> Option<Mark> {
    let first = tokens[*line.tokens.first()?].text.as_str();
    if line.tokens.len() < WORDS_MIN {
        return None;
    }
    if first.starts_with(['*', '†', '‡', '∗']) {
        return Some(Mark::Sign);
    }
    let rest = first.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &first[..first.len() - rest.len()];
    let begins = (rest.is_empty() && tokens[line.tokens[1]].text.starts_with(|c: char| c.is_alphabetic() || c == '“'))
        || rest.starts_with(|c: char| c.is_uppercase() || matches!(c, '“' | '"'));
    (begins && digits.len() <= DIGITS_MAX).then(|| digits.parse().ok().map(Mark::Number)).flatten()
}

/// Whether the line begins the note after the one that `first` begins.
pub fn is_next(first: &Line, next: &Line, tokens: &[Token]) -> bool {
    match (mark(first, tokens), mark(next, tokens)) {
        (Some(Mark::Number(number)), Some(Mark::Number(after))) => after == number + 1,
        (Some(Mark::Sign), Some(Mark::Sign)) => true,
        _ => false,
    }
}

/// Where the notes begin, at the end of the drafts; their number when there are none. A run right under a heading is a
/// list of references.
pub fn start(drafts: &[Draft], levels: &[Option<u8>], body: f32, height: f32, tokens: &[Token]) -> usize {
    let is_note = |draft: &Draft| {
        draft.size <= SIZE_MAX * body && draft.bbox.y > TOP * height && mark(&draft.lines[0], tokens).is_some()
    };
    let notes = drafts.iter().rev().take_while(|draft| is_note(draft)).count();
    let start = drafts.len() - notes;
    // Several behind one sign are a list.
    let lone = |draft: &&Draft| draft.text.split(' ').next().is_some_and(|first| first.chars().count() == 1);
    let bullets = drafts[start..].iter().filter(lone).filter(|draft| draft.text.starts_with('*')).count();
    let apart = start > 0 && levels[start - 1].is_none() && levels[start..].iter().all(Option::is_none);
    if apart && bullets < 2 && notes <= NOTES_MAX { start } else { drafts.len() }
}
