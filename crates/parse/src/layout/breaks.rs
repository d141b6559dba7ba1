//! Line ends that are meant: addresses, verse, entries of a table of contents. A line that wraps is full; one that leaves
//! room for the next line's first word was ended by its writer.

use super::blocks::{Draft, Line, line_text};
use super::lines::join_lines;
use super::{Token, lists};

/// White between two words, em.
const WORD_GAP: f32 = 0.25;
/// A paragraph that takes no more of its column has lines that would have been filled, less some room, em.
const SHORT: f32 = 0.6;
const ROOM: f32 = 2.0;
/// Share of the lines that begin as a new one does, with a capital or a number.
const ANEW_SHARE: f32 = 0.6;
/// A first line that ends before this much of its paragraph did not wrap: a salutation, a name.
const HALF: f32 = 0.5;
/// Dots in a row, drawn as one word or as many, that lead to the number of a page.
const LEADER_MIN: usize = 4;

/// The draft's text with its meant line ends; `None` where all lines only wrap. `right` is where its column ends.
pub fn kept(draft: &Draft, right: f32, tokens: &[Token]) -> Option<String> {
    let lines = &draft.lines;
    let short = draft.bbox.w <= SHORT * (right - draft.bbox.x);
    let most = if short { right - ROOM * draft.size } else { draft.bbox.right() };
    let early: Vec<bool> = lines.windows(2).map(|pair| leaves_room(&pair[0], &pair[1], most, tokens)).collect();
    let anew: Vec<bool> = lines.iter().skip(1).map(|line| begins_anew(line, tokens)).collect();
    let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
    // An entry of a table of contents ends with its page, whatever its lines leave.
    let entries = lines.iter().any(|line| leads(line, tokens));
    let meant = !entries && count(&early) * 2 > early.len() && count(&anew) as f32 >= ANEW_SHARE * anew.len() as f32;
    let half = |line: &Line| lines.len() > 2 && line.bbox.right() - draft.bbox.x <= HALF * draft.bbox.w;
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for (index, line) in lines.iter().enumerate() {
        let text = line_text(line, tokens);
        // A long line may still wrap among short ones.
        let follows =
            |index: usize| (meant && (early[index] || anew[index])) || (index == 0 && half(line) && anew[index]);
        let marker = line.tokens.len() == 1 && lists::is_marker(&text);
        let ends = leads(line, tokens) || (index < anew.len() && follows(index) && !marker);
        if let Some(part) = parts.last_mut() {
            part.push(text);
        }
        if ends && index + 1 < lines.len() {
            parts.push(Vec::new());
        }
    }
    let joined = |part: &Vec<String>| join_lines(part.iter().map(String::as_str));
    (parts.len() > 1).then(|| parts.iter().map(joined).collect::<Vec<_>>().join("\n"))
}

/// Whether the next line's first word would have stood on this line too.
fn leaves_room(line: &Line, next: &Line, right: f32, tokens: &[Token]) -> bool {
    let Some(first) = next.tokens.first().map(|index| tokens[*index].bbox) else { return false };
    line.bbox.right() + WORD_GAP * line.size + first.w <= right
}

fn begins_anew(line: &Line, tokens: &[Token]) -> bool {
    let first = line.tokens.first().and_then(|index| tokens[*index].text.chars().next());
    first.is_some_and(|c| c.is_uppercase() || c.is_numeric() || c == '+')
}

/// Whether dots lead from an entry to its page.
fn leads(line: &Line, tokens: &[Token]) -> bool {
    let dots = |text: &str| text.chars().filter(|c| matches!(c, '.' | '…' | '·')).count();
    let is_dots = |text: &str| !text.is_empty() && dots(text) == text.chars().count();
    let words = || line.tokens.iter().map(|index| tokens[*index].text.as_str());
    let run = words().fold((0, 0), |(run, most), word| {
        let run = if is_dots(word) { run + dots(word) } else { 0 };
        (run, most.max(run))
    });
    run.1 >= LEADER_MIN || words().any(|word| word.contains("....") || word.contains("……"))
}

#[cfg(test)]
mod tests {
    use docmill_model::document::BBox;

    use super::*;

    /// Lines of words that are 5 points a letter wide and 10 high, 12 below each other.
    fn check(lines: &[&str], right: f32, expected: Option<&str>) {
        let mut tokens = Vec::new();
        let mut drafted = Vec::new();
        for (row, text) in lines.iter().enumerate() {
            let (mut x, mut own) = (0.0, Vec::new());
            for word in text.split(' ') {
                let bbox = BBox::new(x, row as f32 * 12.0, word.len() as f32 * 5.0, 10.0);
                own.push(tokens.len());
                tokens.push(Token { text: word.into(), bbox, size: 10.0, ..Token::default() });
                x += bbox.w + 2.5;
            }
            let bbox = BBox::new(0.0, row as f32 * 12.0, x - 2.5, 10.0);
            let line = Line { tokens: own, bbox, baseline: bbox.y + 8.0, size: 10.0, bold: false, labelled: false };
            drafted.push(line);
        }
        let draft = Draft::of(drafted, &tokens).expect("words");
        assert_eq!(kept(&draft, right, &tokens).as_deref(), expected, "{lines:?}");
    }

    #[test]
    fn an_address_keeps_its_lines() {
        let lines = ["Greystone Print plc", "139 Kings Avenue", "Thornby", "elena@example.org"];
        check(&lines, 400.0, Some("Greystone Print plc\n139 Kings Avenue\nThornby\nelena@example.org"));
        check(&["44 Mill Lane", "Thornby E29 6FD"], 400.0, Some("44 Mill Lane\nThornby E29 6FD"));
    }

    #[test]
    fn lines_that_wrap_are_joined() {
        check(&["The quick brown fox jumps", "over the lazy dog and then", "rests"], 150.0, None);
        check(&["The quick brown fox jumps", "Over it"], 130.0, None);
        check(&["of the quick brown fox", "and all", "of it that", "we know"], 400.0, None);
        check(&["of the quick brown fox", "and all of it"], 400.0, None);
    }

    #[test]
    fn a_salutation_stands_alone() {
        check(
            &["Dear Jo,", "The quick brown fox jumps over", "the lazy dog and then it rests"],
            160.0,
            Some("Dear Jo,\nThe quick brown fox jumps over the lazy dog and then it rests"),
        );
    }

    #[test]
    fn entries_with_leaders_are_lines() {
        check(
            &["1 Introduction .......... 5", "2 A long title that", "wraps once . . . . . 7", "3 End ............ 9"],
            140.0,
            Some("1 Introduction .......... 5\n2 A long title that wraps once . . . . . 7\n3 End ............ 9"),
        );
    }
}
