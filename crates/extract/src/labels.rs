//! Where a field's labels stand on the pages.

use crate::fields::{Field, Label};
use crate::tokens::{is_filler, similar};
use crate::view::{Phrase, View};

/// Places of one field that are looked at: more are words of the text rather than labels.
const HITS_MAX: usize = 80;
/// A label in a running text is rarely one; from this many words on, a phrase is text.
pub const PROSE_WORDS: usize = 9;

/// A label on a page.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    pub phrase: usize,
    /// First byte of the label in the phrase.
    pub start: usize,
    /// Byte after the label.
    pub end: usize,
    /// 0 to 1: how surely this is the field's label.
    pub score: f32,
    /// The label is weak: the value must look right and stand beside it.
    pub weak: bool,
    /// The label is all there is before the value.
    pub whole: bool,
}

/// All places of the field's labels, best first. Of labels at one place the best stays.
pub fn hits(view: &View, field: &Field) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for label in &field.labels {
        for (phrase, token) in view.occurrences(&label.words[0]) {
            if let Some(hit) = hit(view, field, label, phrase, token) {
                hits.push(hit);
            }
            if hits.len() >= 4 * HITS_MAX {
                break;
            }
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.phrase.cmp(&b.phrase)).then(a.start.cmp(&b.start)));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        if kept.len() < HITS_MAX
            && !kept.iter().any(|k| k.phrase == hit.phrase && k.start < hit.end && hit.start < k.end)
        {
            kept.push(hit);
        }
    }
    kept
}

/// Phrases in which one of these labels is all or nearly all: headings of sections such as `Bill to`.
pub fn sections(view: &View, labels: &[Label]) -> Vec<usize> {
    let mut found = Vec::new();
    for label in labels {
        for (at, token) in view.occurrences(&label.words[0]) {
            let phrase = &view.phrases[at];
            let speaking = phrase.tokens.iter().filter(|token| !is_filler(&token.norm)).count();
            if token <= 1 && speaking <= label.words.len() + 1 && matched(phrase, token, label).is_some() {
                found.push(at);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The token after the label, when the label's words stand at `token`, fillers between them passed over.
fn matched(phrase: &Phrase, token: usize, label: &Label) -> Option<usize> {
    let mut at = token;
    for (index, word) in label.words.iter().enumerate() {
        while index > 0 && phrase.tokens.get(at).is_some_and(|token| is_filler(&token.norm) && token.norm != *word) {
            at += 1;
        }
        if !phrase.tokens.get(at).is_some_and(|token| similar(&token.norm, word)) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

fn hit(view: &View, field: &Field, label: &Label, at: usize, token: usize) -> Option<Hit> {
    let phrase = &view.phrases[at];
    let next = matched(phrase, token, label)?;
    // `PO-4199` is a code that begins with the label.
    let glued = phrase.text[phrase.tokens[next - 1].end..].strip_prefix('-');
    if label.weak && glued.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let (start, end) = (phrase.tokens[token].start, phrase.tokens[next - 1].end);
    let zone = zone(phrase, start, end);
    let words: Vec<&str> = phrase
        .tokens
        .iter()
        .filter(|token| zone.contains(&token.start) && !is_filler(&token.norm))
        .map(|token| token.norm.as_str())
        .collect();
    let coverage = (label.words.len() as f32 / words.len().max(1) as f32).min(1.0);
    let foreign =
        words.iter().any(|word| field.against.iter().any(|a| a == word) && !label.words.iter().any(|l| l == word));
    let direct = phrase.text[end..].trim_start().starts_with(':');
    let prose = phrase.starts.len() >= PROSE_WORDS && !direct;
    let score =
        label.weight * (0.55 + 0.45 * coverage) * if foreign { 0.3 } else { 1.0 } * if prose { 0.6 } else { 1.0 };
    Some(Hit { phrase: at, start, end, score, weak: label.weak, whole: coverage > 0.99 })
}

/// The part of the phrase that is a label: from the last sign before to a colon or to the first digit.
fn zone(phrase: &Phrase, start: usize, end: usize) -> std::ops::Range<usize> {
    let before = phrase.text[..start].rfind([':', ';', '|', ',', '(', ')', '.']).map_or(0, |at| at + 1);
    // `Total / Gesamt` is a label in two languages.
    let before = phrase.text[..start].rfind(" / ").map_or(before, |at| before.max(at + 3));
    let after = &phrase.text[end..];
    let after = after.split_once(" / ").map_or(after, |(own, _)| own);
    let stop = after.find([':', ';', '|', '(', ')', '=', '$', '€', '£']).unwrap_or(after.len());
    let digit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
    before..end + stop.min(digit)
}
