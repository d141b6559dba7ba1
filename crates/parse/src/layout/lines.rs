//! Words on one baseline with small gaps, as segments: the pieces that lines, cells and columns are made of.

use docmill_model::document::BBox;

use super::{Token, bidi};

/// Gap in em that words drawn one after the other may have and still stand together.
const GAP_ADJACENT: f32 = 0.9;
/// The same for words that were drawn apart from each other: column gutters can be narrow.
const GAP_APART: f32 = 0.5;
/// A bullet or number may stand this far in front of its text, em.
const GAP_MARKER: f32 = 2.5;
/// Open segments looked at around one baseline.
const OPEN_MAX: usize = 64;

/// A piece of a line. Tokens are indices into the page's tokens, left to right.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub tokens: Vec<usize>,
    pub bbox: BBox,
    pub baseline: f32,
    pub size: f32,
    /// Most of the characters are bold.
    pub bold: bool,
    /// Earliest place in the drawing order.
    pub seq: u32,
    last_seq: u32,
}

impl Segment {
    fn new(index: usize, token: &Token) -> Self {
        // Most segments hold a few words; growing to them takes as long as finding them.
        let mut own = Vec::with_capacity(8);
        own.push(index);
        Self {
            tokens: own,
            bbox: token.bbox,
            baseline: token.baseline,
            size: token.size,
            bold: token.bold,
            seq: token.seq,
            last_seq: token.seq,
        }
    }

    /// A segment of these tokens (left to right); `None` of none.
    pub fn of(tokens: &[Token], indices: Vec<usize>) -> Option<Self> {
        let mut rest = indices.iter();
        let first = *rest.next()?;
        let mut segment = Self::new(first, &tokens[first]);
        for index in rest {
            segment.push(*index, &tokens[*index]);
        }
        segment.finish(tokens);
        Some(segment)
    }

    fn push(&mut self, index: usize, token: &Token) {
        self.tokens.push(index);
        self.bbox = self.bbox.union(token.bbox);
        if token.size > self.size * 1.1 {
            self.baseline = token.baseline;
        }
        self.size = self.size.max(token.size);
        self.seq = self.seq.min(token.seq);
        self.last_seq = token.seq;
    }

    fn finish(&mut self, tokens: &[Token]) {
        let (mut bold, mut all, mut sized) = (0, 0, 0.0);
        for index in &self.tokens {
            let token = &tokens[*index];
            let chars = token.chars();
            all += chars;
            bold += if token.bold { chars } else { 0 };
            sized += token.size * chars as f32;
        }
        self.bold = bold * 10 >= all * 8;
        if all > 0 {
            self.size = sized / all as f32;
        }
    }

    pub fn text(&self, tokens: &[Token]) -> String {
        let mut order = self.tokens.clone();
        bidi::reading_order(tokens, &mut order);
        let mut text = String::new();
        for index in order {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&tokens[index].text);
        }
        text
    }

    pub fn last_seq(&self) -> u32 {
        self.last_seq
    }

    /// Splits where `split` says so of two neighbouring tokens.
    pub fn split(&self, tokens: &[Token], split: impl Fn(&Token, &Token) -> bool) -> Vec<Self> {
        let mut parts: Vec<Vec<usize>> = vec![Vec::new()];
        for index in &self.tokens {
            let last = parts.last().and_then(|part| part.last()).copied();
            if last.is_some_and(|last| split(&tokens[last], &tokens[*index])) {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push(*index);
            }
        }
        parts.into_iter().filter_map(|part| Self::of(tokens, part)).collect()
    }
}

/// Joins the words with these indices to segments, in drawing order.
pub fn segments(tokens: &[Token], indices: impl Iterator<Item = usize>) -> Vec<Segment> {
    // From the left, as one number a word, which sorts several times as fast as words do.
    let key = |index: usize| u64::from(ascending(tokens[index].bbox.x)) << 32 | index as u64;
    let mut order: Vec<u64> = indices.map(key).collect();
    order.sort_unstable();
    let order = order.into_iter().map(|key| key as u32 as usize);
    let bucket = |baseline: f32| (baseline / 4.0).floor() as i32;
    let mut found: Vec<Segment> = Vec::new();
    // By the bucket of their baselines, which are baselines of words; ascending.
    let mut buckets: Vec<i32> = order.clone().map(|index| bucket(tokens[index].baseline)).collect();
    buckets.sort_unstable();
    buckets.dedup();
    let mut open: Vec<(i32, Vec<usize>)> = buckets.into_iter().map(|key| (key, Vec::new())).collect();
    for index in order {
        let token = &tokens[index];
        let reach = token.size.min(60.0);
        let (lowest, highest) = (bucket(token.baseline - reach), bucket(token.baseline + reach));
        let mut best: Option<(f32, usize)> = None;
        let start = open.partition_point(|(key, _)| *key < lowest);
        for (_, candidates) in open[start..].iter().take_while(|(key, _)| *key <= highest) {
            for candidate in candidates {
                if let Some(distance) = fit(&found[*candidate], tokens, token)
                    && best.is_none_or(|(closest, _)| distance < closest)
                {
                    best = Some((distance, *candidate));
                }
            }
        }
        let target = if let Some((_, target)) = best {
            found[target].push(index, token);
            target
        } else {
            found.push(Segment::new(index, token));
            found.len() - 1
        };
        let own = bucket(found[target].baseline);
        let Ok(own) = open.binary_search_by_key(&own, |(key, _)| *key) else { continue };
        let place = &mut open[own].1;
        if !place.contains(&target) {
            if place.len() >= OPEN_MAX {
                place.remove(0);
            }
            place.push(target);
        }
    }
    for segment in &mut found {
        segment.finish(tokens);
    }
    found.sort_by_key(|segment| segment.seq);
    found
}

/// A number that grows as `f32::total_cmp` orders.
pub fn ascending(value: f32) -> u32 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 31 }
}

/// How far the token is from continuing the segment; `None` when it does not.
fn fit(segment: &Segment, tokens: &[Token], token: &Token) -> Option<f32> {
    let em = segment.size.max(token.size);
    let gap = token.bbox.x - segment.bbox.right();
    if gap > GAP_MARKER * em {
        return None;
    }
    let shift = (token.baseline - segment.baseline).abs();
    let small = segment.size.min(token.size) < 0.8 * em;
    let limit = if token.seq == segment.last_seq + 1 { GAP_ADJACENT } else { GAP_APART };
    let leads = |word: &str| super::lists::is_marker(word) || super::lists::is_box(word);
    let marker = || segment.tokens.len() == 1 && leads(&tokens[segment.tokens[0]].text);
    let level = if small { shift <= 0.6 * em && gap < 0.35 * em } else { shift <= 0.3 * em };
    let near = level && gap >= -0.5 * em && (gap <= limit * em || (gap <= GAP_MARKER * em && marker()));
    near.then_some(gap.abs() + 2.0 * shift)
}

/// Lines of text to one text: hyphens at line ends are joined.
pub fn join_lines<'t>(lines: impl IntoIterator<Item = &'t str>) -> String {
    let mut text = String::new();
    for line in lines {
        if text.is_empty() {
            text.push_str(line);
            continue;
        }
        match hyphen(&text) {
            Some(keeps) if line.chars().next().is_some_and(char::is_lowercase) => {
                if !keeps {
                    text.pop();
                }
            }
            _ if joins_without_space(&text, line) => {}
            _ => text.push(' '),
        }
        text.push_str(line);
    }
    text
}

/// Whether the text ends in a hyphen that divides a word, and whether its prefix keeps it (`self-`).
fn hyphen(text: &str) -> Option<bool> {
    let stem = text.strip_suffix('-')?;
    let word = stem.rsplit(|c: char| !c.is_alphabetic() && c != '-').next().unwrap_or_default();
    let keeps = matches!(word.to_lowercase().as_str(), "self" | "well");
    stem.chars().next_back().is_some_and(char::is_lowercase).then_some(keeps || word.contains('-'))
}

fn joins_without_space(text: &str, line: &str) -> bool {
    let cjk = |c: char| matches!(u32::from(c), 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFF60 | 0x20000..=0x3FFFF);
    text.chars().next_back().is_some_and(cjk) && line.chars().next().is_some_and(cjk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_joined() {
        for (lines, expected) in [
            (vec!["the three pos-", "sible choices"], "the three possible choices"),
            (vec!["a self-", "made man"], "a self-made man"),
            (vec!["from 1999-", "2001"], "from 1999- 2001"),
            (vec!["日本", "語"], "日本語"),
        ] {
            assert_eq!(join_lines(lines), expected);
        }
    }
}
