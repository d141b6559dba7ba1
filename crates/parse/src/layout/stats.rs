//! What the whole document says about its pages: usual text size, styles of headings, repeated headers and footers.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::lines::{Segment, segments};
use super::{PageRecord, Token, furniture};
use crate::render::text::{self, Frame};

/// Different header and footer lines that are counted; a document with more hardly repeats them.
const FORMS_MAX: usize = 200_000;

/// Distances between baselines that can be those of a paragraph, em.
const PITCH_MIN: f32 = 0.8;
const PITCH_MAX: f32 = 2.6;
/// Words are wider than this only in scripts without spaces, em.
const WIDE: f32 = 8.0;

/// A style of text: size in quarter points, bold.
pub type StyleKey = (u32, bool);

pub fn style_key(size: f32, bold: bool) -> StyleKey {
    ((size * 4.0).round().clamp(0.0, 40_000.0) as u32, bold)
}

/// Grows with the number of styles and of distinct edge lines, not with the number of pages.
#[derive(Debug, Default)]
pub struct DocumentStats {
    pages: u32,
    /// Characters in fonts whose letters are all equally wide.
    mono: u64,
    /// Characters by style.
    chars: BTreeMap<StyleKey, u64>,
    /// Short lines by style.
    short_lines: BTreeMap<StyleKey, u32>,
    /// Pages on which a normalised edge line stands, by its hash.
    forms: HashMap<u64, u32>,
    absorbed: HashSet<u64>,
    /// Lines by their distance from the one above, in twentieths of an em.
    pitches: BTreeMap<u32, u32>,
    /// Where words begin and end, leftmost and rightmost of all pages.
    edges: Option<(f32, f32)>,
    /// Words by the width of their characters, in twentieths of a point.
    char_widths: BTreeMap<u32, u64>,
}

impl DocumentStats {
    /// Adds a page. A page counts once per call.
    pub fn absorb(&mut self, record: &PageRecord) {
        self.pages += 1;
        let lengths: Vec<usize> = record.tokens.iter().map(Token::chars).collect();
        for (token, chars) in record.tokens.iter().zip(&lengths) {
            let chars = *chars as u64;
            *self.chars.entry(style_key(token.size, token.bold)).or_default() += chars;
            self.mono += if token.mono { chars } else { 0 };
            if let Some(width) = text::char_width(token) {
                *self.char_widths.entry((width * 20.0).round().clamp(1.0, 20_000.0) as u32).or_default() += 1;
            }
        }
        let own = record.tokens.iter().map(|token| (token.bbox.x, token.bbox.right()));
        self.edges = self.edges.into_iter().chain(own).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let lines = segments(&record.tokens, 0..record.tokens.len());
        self.absorb_pitches(&lines);
        for line in lines {
            let chars: usize = line.tokens.iter().map(|index| lengths[*index]).sum();
            if (2..=90).contains(&chars) {
                *self.short_lines.entry(style_key(line.size, line.bold)).or_default() += 1;
            }
        }
        self.absorbed.clear();
        for (_, line) in furniture::edge_lines(record) {
            let form = form_hash(record, &line);
            if self.absorbed.insert(form) && (self.forms.len() < FORMS_MAX || self.forms.contains_key(&form)) {
                *self.forms.entry(form).or_default() += 1;
            }
        }
    }

    fn absorb_pitches(&mut self, lines: &[Segment]) {
        for pair in lines.windows(2) {
            let (above, below) = (&pair[0], &pair[1]);
            let shared = above.bbox.right().min(below.bbox.right()) - above.bbox.x.max(below.bbox.x);
            // Lines of scripts without spaces are one wide word.
            let running = above.tokens.len() > 3 || above.bbox.w > WIDE * above.size * above.tokens.len() as f32;
            let alike = (above.size - below.size).abs() < 0.05 * below.size && running;
            let pitch = (below.baseline - above.baseline) / below.size.max(1.0);
            if alike && shared > 0.6 * above.bbox.w.min(below.bbox.w) && (PITCH_MIN..PITCH_MAX).contains(&pitch) {
                *self.pitches.entry((pitch * 20.0).round() as u32).or_default() += 1;
            }
        }
    }

    /// The most common distance between the baselines of a paragraph, em; 0 when no lines follow each other.
    pub fn pitch(&self) -> f32 {
        let most = self.pitches.iter().max_by_key(|(pitch, count)| (**count, u32::MAX - **pitch));
        most.map_or(0.0, |(pitch, _)| *pitch as f32 / 20.0)
    }

    /// What spatial text is aligned to on every page; `None` when there are no words.
    pub fn frame(&self) -> Option<Frame> {
        let (left, right) = self.edges?;
        let half = self.char_widths.values().sum::<u64>() / 2;
        let mut before = 0;
        let median = self.char_widths.iter().find(|(_, count)| {
            before += **count;
            before > half
        });
        Some(Frame { left, right, char_width: *median?.0 as f32 / 20.0 })
    }

    /// Size of the document's running text, points.
    pub fn body_size(&self) -> f32 {
        let mut by_size: BTreeMap<u32, u64> = BTreeMap::new();
        for ((size, _), chars) in &self.chars {
            *by_size.entry(*size).or_default() += chars;
        }
        let most = by_size.values().copied().max().unwrap_or(0);
        // Notes and references can outweigh the text: of two common sizes the larger is the text's.
        let body = by_size.iter().rev().find(|(_, chars)| **chars * 2 >= most).map(|(size, _)| *size);
        let body = body.unwrap_or(40);
        let usual = by_size.iter().find(|(_, chars)| **chars == most).map_or(body, |(size, _)| *size);
        // Not a size that large: a poster's title is no running text.
        (if body * 2 <= usual * 3 { body } else { usual }) as f32 / 4.0
    }

    /// Whether the running text is set as code is, so that its font says nothing.
    pub fn body_mono(&self) -> bool {
        self.mono * 2 > self.chars.values().sum::<u64>()
    }

    /// Whether the running text is bold, so that bold says nothing.
    pub fn body_bold(&self) -> bool {
        let (mut bold, mut all) = (0, 0);
        for ((_, is_bold), chars) in &self.chars {
            all += chars;
            bold += if *is_bold { *chars } else { 0 };
        }
        bold * 2 > all
    }

    /// Level of a heading of this style: the rank of its style among those that are larger or bolder than the text.
    pub fn level(&self, size: f32, bold: bool) -> u8 {
        let body = style_key(self.body_size(), false).0;
        let own = style_key(size, bold);
        let larger = self.short_lines.keys().filter(|(size, is_bold)| {
            let heading = *size * 100 >= body * 112 || (*is_bold && *size * 100 >= body * 85);
            // Sizes within half a point are one style.
            heading && (*size > own.0 + 2 || (size.abs_diff(own.0) <= 2 && *is_bold && !bold))
        });
        let mut ranks = 0;
        let mut last: Option<StyleKey> = None;
        for key in larger {
            if last.is_none_or(|last| key.0 > last.0 + 2 || key.1 != last.1) {
                ranks += 1;
                last = Some(*key);
            }
        }
        (ranks + 1).min(6)
    }

    /// Whether this line at the edge of the page is a header or footer: it stands on many pages at this place.
    pub fn repeats(&self, record: &PageRecord, line: &Segment) -> bool {
        let count = self.forms.get(&form_hash(record, line)).copied().unwrap_or(0);
        let few = self.pages <= 5;
        count >= 2 && if few { count * 2 >= self.pages } else { count >= 3 && count * 10 >= self.pages }
    }
}

/// Text with digits as `#`, its place and size.
fn form_hash(record: &PageRecord, line: &Segment) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut last = ' ';
    for c in line.text(&record.tokens).chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || last != '#' {
            c.hash(&mut hasher);
        }
        last = c;
    }
    ((line.baseline / 6.0).round() as i32).hash(&mut hasher);
    ((line.size * 2.0).round() as i32).hash(&mut hasher);
    hasher.finish()
}
