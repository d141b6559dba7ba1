//! Which blocks are headings. A false heading costs a reader more than a missed one: the gates are strict.

use super::DocumentStats;
use super::blocks::Draft;

/// A heading is at most this long.
const CHARS_MAX: usize = 160;
const LINES_MAX: usize = 4;
const WORDS_WITH_STOP_MAX: usize = 12;
/// A bold heading may be set a little smaller than the running text.
const BOLD_SIZE: f32 = 0.85;
/// Larger than the running text by this much.
const LARGER: f32 = 1.12;

/// The level of the block as a heading; `None` when it is none.
pub fn level(draft: &Draft, stats: &DocumentStats) -> Option<u8> {
    let body = stats.body_size();
    let larger = draft.size >= LARGER * body;
    let bolder = draft.bold && !stats.body_bold() && draft.size >= BOLD_SIZE * body;
    if !(larger || bolder) || vetoed(&draft.text, draft.lines.len()) {
        return None;
    }
    // Bold text of the usual size inside running text is emphasis; as a block of its own it is a heading.
    if !larger && draft.lines.len() > 2 {
        return None;
    }
    Some(stats.level(draft.size, draft.bold))
}

fn vetoed(text: &str, lines: usize) -> bool {
    let chars = text.chars().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let words = text.split_whitespace().count();
    chars > CHARS_MAX
        || lines > LINES_MAX
        || letters < 2
        || digits * 2 > chars
        || (text.ends_with('.') && words > WORDS_WITH_STOP_MAX)
        || text.ends_with([',', ';'])
        || is_caption(text)
        || text.contains("://")
        || text.contains('@')
        || text.contains("....")
}

/// `Figure 3: ...`, `Table A.`, `Source: ...`.
pub fn is_caption(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let named = matches!(
        first.trim_end_matches(['.', ':']),
        "figure" | "fig" | "table" | "tab" | "chart" | "scheme" | "plate" | "exhibit" | "photo" | "image" | "map"
    );
    let second = words.next().unwrap_or_default();
    let numbered = second.starts_with(|c: char| c.is_ascii_digit())
        || second.trim_end_matches(['.', ':']).chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'A'..='H'));
    (named && !second.is_empty() && numbered) || matches!(first.as_str(), "source:" | "note:" | "notes:" | "sources:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_told_by_their_first_words() {
        for (text, expected) in [
            ("Figure 3. A house", true),
            ("TABLE 22: Laws", true),
            ("Table of contents", false),
            ("Source: TeamLease", true),
            ("Map reading", false),
            ("Figure", false),
        ] {
            assert_eq!(is_caption(text), expected, "{text}");
        }
    }
}
