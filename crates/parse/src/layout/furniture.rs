//! Page headers, footers and page numbers: lines at the edge of the page that repeat over pages.

use docmill_model::document::Role;

use super::lines::{Segment, segments};
use super::{DocumentStats, PageRecord};

/// Header and footer stand in this share of the page's height at top and bottom.
const EDGE: f32 = 0.12;
/// Lines looked at in each edge.
const LINES_MAX: usize = 4;
/// Words that headers and footers have where they are most of a page.
const WORDS_MAX: usize = 40;

/// The outermost lines of the page, with the role that they would have.
pub fn edge_lines(record: &PageRecord) -> Vec<(Role, Segment)> {
    let (top, bottom) = (record.height * EDGE, record.height * (1.0 - EDGE));
    let zone = |low: f32, high: f32| {
        let inside = (0..record.tokens.len()).filter(move |index| {
            let y = record.tokens[*index].bbox.center().1;
            y >= low && y <= high
        });
        segments(&record.tokens, inside)
    };
    let mut heads = zone(f32::MIN, top);
    heads.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut feet = zone(bottom, f32::MAX);
    feet.sort_by(|a, b| b.baseline.total_cmp(&a.baseline));
    let heads = heads.into_iter().take(LINES_MAX).map(|line| (Role::PageHeader, line));
    let feet = feet.into_iter().take(LINES_MAX).map(|line| (Role::PageFooter, line));
    heads.chain(feet).collect()
}

/// Headers and footers of this page.
pub fn find(record: &PageRecord, stats: &DocumentStats) -> Vec<(Role, Segment)> {
    let mut found: Vec<(Role, Segment)> =
        edge_lines(record).into_iter().filter(|(_, line)| stats.repeats(record, line)).collect();
    // A page that says little but what others say too is no page of headers.
    let words: usize = found.iter().map(|(_, line)| line.tokens.len()).sum();
    if words > WORDS_MAX && words * 2 > record.tokens.len() {
        return Vec::new();
    }
    found.sort_by_key(|(_, line)| line.seq);
    found
}

/// The number printed on the page: an edge line that is a number, alone or with a word around it.
pub fn printed_number(record: &PageRecord) -> Option<String> {
    edge_lines(record).iter().rev().find_map(|(_, line)| {
        let text = line.text(&record.tokens);
        let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
        let number = bare.strip_prefix("Page ").or_else(|| bare.strip_prefix("page ")).unwrap_or(bare);
        let number = number.split_once(" of ").map_or(number, |(number, _)| number);
        let digits = !number.is_empty() && number.len() <= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
        let roman =
            !number.is_empty() && number.len() <= 6 && number.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l'));
        (digits || roman).then(|| number.to_owned())
    })
}
