//! Which blocks are headings. A false heading costs a reader more than a missed one: the gates are strict.

use super::DocumentStats;
use super::blocks::Draft;

/// A heading is at most this long.
const CHARS_MAX: usize = 160;
const LINES_MAX: usize = 4;
const WORDS_WITH_STOP_MAX: usize = 12;
/// A bold heading may be set a little smaller than the running text.
const BOLD_SIZE: f32 = 0.85;
/// Directly above a paragraph a bold line may be smaller still, and one in capitals more so: capitals are as tall as
/// small letters of half again their size.
const BOLD_ABOVE_SIZE: f32 = 0.75;
const CAPITALS_SIZE: f32 = 0.65;
/// So many blocks of one style in a row are no headings.
const RUN_MAX: usize = 4;
/// Characters of a paragraph that a plain heading stands above.
const PARAGRAPH: usize = 60;
/// Share of the page's height at top and bottom where running heads stand.
const EDGE: f32 = 0.08;
/// So many entries with bold first lines are a directory.
const ENTRIES_MIN: usize = 4;
/// Words in a line of an address or entry, in the mean.
const ENTRY_WORDS_MAX: usize = 4;
/// Larger than the running text by this much.
const LARGER: f32 = 1.12;

/// The level of each block as a heading; `None` where it is none. Blocks are in reading order.
pub fn levels(drafts: &[Draft], stats: &DocumentStats, height: f32) -> Vec<Option<u8>> {
    let entries = drafts.windows(2).filter(|pair| pair[0].bold && is_entry(&pair[1])).count();
    let mut levels: Vec<Option<u8>> = drafts
        .iter()
        .enumerate()
        .map(|(index, draft)| {
            // A label that stands before its value is none, nor is a line that runs on in the text below.
            if drafts.get(index + 1).is_some_and(|next| stands_beside(draft, next) || runs_on(draft, next)) {
                return None;
            }
            let entry = entries >= ENTRIES_MIN && drafts.get(index + 1).is_some_and(is_entry);
            level(draft, entry, stats).or_else(|| {
                let next = drafts.get(index + 1)?;
                let numbered_before = index > 0 && starts_numbered(&drafts[index - 1].text);
                (!numbered_before && plain_heading(draft, next, stats, height)).then(|| stats.level(draft.size, false))
            })
        })
        .collect();
    // A title in capitals stands above a heading in capitals.
    for index in (1..drafts.len()).rev() {
        let (title, below) = (&drafts[index - 1], &drafts[index]);
        let both = levels[index].is_some() && is_capitals(&title.text) && is_capitals(&below.text);
        let inside = title.bbox.y > EDGE * height && title.bbox.bottom() < (1.0 - EDGE) * height;
        if levels[index - 1].is_none() && both && inside && !vetoed(&title.text, title.lines.len()) {
            levels[index - 1] = Some(stats.level(title.size, title.bold));
        }
    }
    // Short lines of one style below each other are a list or a drawing, whatever their style.
    let mut start = 0;
    while start < drafts.len() {
        let alike = |index: &usize| levels[*index].is_some() && (drafts[*index].size - drafts[start].size).abs() < 0.3;
        let end = (start..drafts.len()).find(|index| !alike(index)).unwrap_or(drafts.len());
        if end - start >= RUN_MAX {
            levels[start..end].fill(None);
        }
        start = end.max(start + 1);
    }
    levels
}

/// Whether the draft is a line of the text below it, parted from it by the sizes that OCR gave its letters: as wide, close
/// above, in the same weight, and the text goes on in small letters.
fn runs_on(draft: &Draft, next: &Draft) -> bool {
    draft.lines.len() == 1
        && next.lines.len() > 1
        && draft.bold == next.bold
        && draft.bbox.w >= 0.9 * next.bbox.w
        && draft.size < 1.4 * next.size
        && next.bbox.y >= draft.bbox.y
        && next.bbox.y - draft.bbox.bottom() < draft.size
        && next.text.starts_with(char::is_lowercase)
        && !draft.text.ends_with(['.', '!', '?', ':'])
}

/// Whether `next` is the rest of the heading above it: one style, close below, going on in small letters.
pub fn goes_on(heading: &Draft, next: &Draft) -> bool {
    let em = heading.size;
    heading.bold == next.bold
        && (heading.size - next.size).abs() < 0.3
        && next.text.starts_with(char::is_lowercase)
        && next.bbox.y > heading.bbox.y
        && next.bbox.y - heading.bbox.bottom() <= 1.5 * em
        && next.bbox.right().min(heading.bbox.right()) > next.bbox.x.max(heading.bbox.x)
        && heading.lines.len() + next.lines.len() <= LINES_MAX
}

/// Short lines that are no sentence: the rest of an address, an entry of a directory.
fn is_entry(draft: &Draft) -> bool {
    let words = draft.text.split_whitespace().count();
    draft.lines.len() >= 2
        && !draft.bold
        && words <= ENTRY_WORDS_MAX * draft.lines.len()
        && !draft.text.ends_with(['.', '!', '?', ':', '！', '？', '：'])
}

/// Whether `next` goes on right of the draft's last line.
fn stands_beside(draft: &Draft, next: &Draft) -> bool {
    let (Some(last), Some(first)) = (draft.lines.last(), next.lines.first()) else { return false };
    (last.baseline - first.baseline).abs() <= 0.3 * draft.size && first.bbox.x >= last.bbox.right()
}

/// `entry`: it stands above the lines of an entry, in a row of such.
fn level(draft: &Draft, entry: bool, stats: &DocumentStats) -> Option<u8> {
    let body = stats.body_size();
    let larger = draft.size >= LARGER * body;
    let bolder = draft.bold && !stats.body_bold() && draft.size >= BOLD_SIZE * body;
    if !(larger || bolder) || vetoed(&draft.text, draft.lines.len()) {
        return None;
    }
    // The first line of an address or entry is bold too.
    if !larger && entry {
        return None;
    }
    // Bold text of the usual size inside running text is emphasis; as a block of its own it is a heading.
    if !larger && draft.lines.len() > 2 {
        return None;
    }
    Some(stats.level(draft.size, draft.bold))
}

/// A heading in the style of the text or smaller: a number, bold or capitals, alone above a paragraph.
fn plain_heading(draft: &Draft, next: &Draft, stats: &DocumentStats, height: f32) -> bool {
    if draft.lines.len() > 2 {
        return false;
    }
    let text = draft.text.as_str();
    let words = text.split_whitespace().count();
    let at_least = |share: f32| draft.size >= share * stats.body_size();
    let numbered = starts_numbered(text) && words > 1 && at_least(BOLD_SIZE);
    let bold = draft.bold && !next.bold && !stats.body_bold() && at_least(BOLD_ABOVE_SIZE);
    let capitals = is_capitals(text) && at_least(CAPITALS_SIZE);
    // Running heads are set in capitals too.
    let inside = draft.bbox.y > EDGE * height && draft.bbox.bottom() < (1.0 - EDGE) * height;
    let above_text = next.text.chars().count() >= PARAGRAPH
        && next.size < LARGER * stats.body_size()
        && (!starts_numbered(&next.text) || is_numbered_below(text, &next.text))
        && next.bbox.y > draft.bbox.y;
    // Several words in capitals need no paragraph below them: entries and tables have headings too.
    let plain = text.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count();
    let title = capitals && plain >= 3;
    let stands = above_text || (title && next.bbox.y > draft.bbox.y && !is_capitals(&next.text));
    (numbered || bold || (capitals && inside))
        && stands
        && words <= WORDS_WITH_STOP_MAX
        && !text.ends_with(['.', ':'])
        && (bold || capitals || !text.ends_with('?'))
        && !vetoed(text, draft.lines.len())
}

fn is_capitals(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().count() >= 4 && letters().all(|c| !c.is_lowercase())
}

/// Whether `next` has a number one level below: `2. Scope` above `2.1. The rules ...`.
fn is_numbered_below(text: &str, next: &str) -> bool {
    let number = |text: &str| text.split_whitespace().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let (own, below) = (number(text), number(next));
    !own.is_empty() && below.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('.'))
}

/// `4 Title`, `7.2. Title`, `A. Title`: a number and then a capital.
pub fn starts_numbered(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let number = words.next().unwrap_or_default();
    let digits = number.starts_with(|c: char| c.is_ascii_digit())
        && number.len() <= 8
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let letter = number.len() == 2 && number.ends_with('.') && number.starts_with(|c: char| c.is_ascii_uppercase());
    (digits || letter) && words.next().is_some_and(|word| word.starts_with(char::is_uppercase))
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
        || is_sentence(text, words)
        || (text.starts_with(['“', '"', '„', '«']) && text.ends_with(['”', '"', '“', '»']))
        || text.ends_with([',', ';', '。', '、', '，', '；'])
        || is_caption(text)
        || text.contains("://")
        || text.contains('@')
        || text.contains("....")
}

/// Several words that end with a full stop and hold small letters only after the first: a lead, not a heading.
fn is_sentence(text: &str, words: usize) -> bool {
    let small = text.split_whitespace().skip(1).filter(|word| word.starts_with(char::is_lowercase)).count();
    text.ends_with('.') && words >= 6 && small * 2 > words
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
    fn numbers_of_headings_are_told_from_years_and_amounts() {
        for (text, expected) in [
            ("4 Al-Sadu Symbols", true),
            ("3.2.6. Dissemination in Social Media", true),
            ("A. Method", true),
            ("1999 such iterations", false),
            ("12 apples", false),
            ("A method", false),
        ] {
            assert_eq!(starts_numbered(text), expected, "{text}");
        }
    }

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
