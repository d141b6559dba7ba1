//! Glyphs to words, and the page turned so that most of its text is upright.

use docmill_model::document::BBox;

use super::device::{Drawing, DrawnGlyph, Style};
use crate::layout::{Aside, PageRecord, Rule, Token};

/// A gap of this many em ends a word. Of 69,000 real word gaps 1 % are below .19 em, of in-word gaps 1 in 1,000 is
/// above .12 em.
const WORD_GAP: f32 = 0.12;
/// CJK text has no spaces; glyphs set apart are still one run of text.
const WORD_GAP_CJK: f32 = 0.5;
/// Letters of a bold cut are drawn with strokes this much wider than the page's usual ones.
const BOLD_STROKE: f32 = 1.3;

/// Which text is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leave {
    pub hidden: bool,
    pub diagonal: bool,
}

/// Turns glyphs into words and the page upright.
pub fn page_record(drawing: &Drawing, width: f32, height: f32, leave: Leave) -> PageRecord {
    let quarter = main_quarter(&drawing.glyphs);
    let turn = Turn { quarter: (4 - quarter) % 4, width, height };
    let usual_stroke = usual_stroke(drawing);
    let mut groups: Vec<(i32, Vec<Letters>)> = Vec::new();
    for glyph in &drawing.glyphs {
        let text = &drawing.text[glyph.start as usize..glyph.start as usize + glyph.len as usize];
        if text.is_empty() || (glyph.hidden && leave.hidden) {
            continue;
        }
        let degrees = (glyph.dy.atan2(glyph.dx).to_degrees().round() as i32).rem_euclid(360);
        let degrees =
            [0, 90, 180, 270, 360].into_iter().find(|right| (right - degrees).abs() <= 2).unwrap_or(degrees) % 360;
        if degrees % 90 != 0 && leave.diagonal {
            continue;
        }
        let aside = if degrees == quarter * 90 && !glyph.vertical { -1 } else { degrees };
        let index = groups.iter().position(|(group, _)| *group == aside).unwrap_or_else(|| {
            groups.push((aside, Vec::new()));
            groups.len() - 1
        });
        let bold = is_bold(drawing.styles.get(glyph.style as usize).copied().unwrap_or_default(), usual_stroke);
        extend_words(&mut groups[index].1, glyph, text, bold);
    }
    let mut record = PageRecord { rotation: (turn.quarter * 90) as u16, ..PageRecord::default() };
    (record.width, record.height) = turn.size();
    record.rules = drawing.rules.iter().map(|rule| turn.rule(*rule)).collect();
    let mut seq = 0;
    for (group, words) in groups {
        let tokens = words.into_iter().filter_map(|word| word.finish(&turn, &mut seq)).collect();
        if group == -1 {
            record.tokens = without_doubles(tokens);
        } else {
            record.asides.push(Aside { diagonal: group % 90 != 0, tokens });
        }
    }
    record
}

fn is_bold(style: Style, usual_stroke: f32) -> bool {
    style.bold || style.stroke.is_some_and(|stroke| usual_stroke > 0.0 && stroke > BOLD_STROKE * usual_stroke)
}

/// The median stroke of the page's letters whose fonts say nothing of their weight.
fn usual_stroke(drawing: &Drawing) -> f32 {
    let mut strokes: Vec<f32> = drawing
        .glyphs
        .iter()
        .filter_map(|glyph| drawing.styles.get(glyph.style as usize)?.stroke)
        .filter(|stroke| *stroke > 0.0)
        .collect();
    if strokes.is_empty() {
        return 0.0;
    }
    let middle = strokes.len() / 2;
    *strokes.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Quarter turns clockwise in which most characters run.
fn main_quarter(glyphs: &[DrawnGlyph]) -> i32 {
    let mut counts = [0usize; 4];
    for glyph in glyphs.iter().filter(|glyph| glyph.len > 0 && !glyph.vertical) {
        if glyph.dx.abs() > 0.999 {
            counts[if glyph.dx > 0.0 { 0 } else { 2 }] += 1;
        } else if glyph.dy.abs() > 0.999 {
            counts[if glyph.dy > 0.0 { 1 } else { 3 }] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    if counts[0] == most { 0 } else { counts.iter().position(|count| *count == most).unwrap_or(0) as i32 }
}

/// Turns the page by quarters clockwise.
struct Turn {
    quarter: i32,
    width: f32,
    height: f32,
}

impl Turn {
    fn size(&self) -> (f32, f32) {
        if self.quarter % 2 == 1 { (self.height, self.width) } else { (self.width, self.height) }
    }

    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        match self.quarter {
            1 => (self.height - y, x),
            2 => (self.width - x, self.height - y),
            3 => (y, self.width - x),
            _ => (x, y),
        }
    }

    fn rule(&self, rule: Rule) -> Rule {
        let ends = if rule.horizontal {
            [self.point(rule.from, rule.at), self.point(rule.to, rule.at)]
        } else {
            [self.point(rule.at, rule.from), self.point(rule.at, rule.to)]
        };
        let horizontal = rule.horizontal == (self.quarter % 2 == 0);
        let [(x0, y0), (x1, y1)] = ends;
        let (at, a, b) = if horizontal { (y0, x0, x1) } else { (x0, y0, y1) };
        Rule { horizontal, at, from: a.min(b), to: a.max(b) }
    }
}

/// A word in the making, in the page's coordinates before the turn.
struct Letters {
    text: String,
    first: DrawnGlyph,
    /// Where the last glyph ended.
    end: (f32, f32),
    size: f32,
    bold: usize,
    glyphs: usize,
    closed: bool,
}

fn is_space(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{a0}' || c == '\u{200b}')
}

fn is_cjk(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF00..=0xFF60 | 0x20000..=0x3FFFF)
}

fn extend_words(words: &mut Vec<Letters>, glyph: &DrawnGlyph, text: &str, bold: bool) {
    if is_space(text) {
        if let Some(last) = words.last_mut()
            && glyph.advance > 0.05 * glyph.size
        {
            last.closed = true;
        }
        return;
    }
    let end = (glyph.x + glyph.dx * glyph.advance, glyph.y + glyph.dy * glyph.advance);
    if let Some(last) = words.last_mut()
        && continues(last, glyph, text)
    {
        last.text.push_str(text);
        last.end = end;
        last.size = last.size.max(glyph.size);
        last.bold += usize::from(bold);
        last.glyphs += 1;
        return;
    }
    words.push(Letters {
        text: text.to_owned(),
        first: *glyph,
        end,
        size: glyph.size,
        bold: usize::from(bold),
        glyphs: 1,
        closed: false,
    });
}

fn continues(last: &Letters, glyph: &DrawnGlyph, text: &str) -> bool {
    if last.closed {
        return false;
    }
    let (ox, oy) = (glyph.x - last.end.0, glyph.y - last.end.1);
    let along = ox * glyph.dx + oy * glyph.dy;
    let across = oy * glyph.dx - ox * glyph.dy;
    let em = last.size.max(glyph.size);
    let cjk = text.chars().next().is_some_and(is_cjk) && last.text.chars().next_back().is_some_and(is_cjk);
    let gap = if cjk { WORD_GAP_CJK } else { WORD_GAP };
    along < gap * em && along > -0.35 * em && across.abs() < 0.45 * em
}

impl Letters {
    fn finish(self, turn: &Turn, seq: &mut u32) -> Option<Token> {
        let text = clean(&self.text);
        if text.is_empty() {
            return None;
        }
        // Boxes reach from .2 em below the baseline to .8 em above it: fonts say too little of their height.
        let (up, down) = (0.8 * self.size, 0.2 * self.size);
        let (nx, ny) = (self.first.dy, -self.first.dx);
        let mut bbox: Option<BBox> = None;
        for (x, y) in [(self.first.x, self.first.y), self.end] {
            for offset in [up, -down] {
                let (px, py) = turn.point(x + nx * offset, y + ny * offset);
                let point = BBox::new(px, py, 0.0, 0.0);
                bbox = Some(bbox.map_or(point, |bbox| bbox.union(point)));
            }
        }
        let (_, baseline) = turn.point(self.first.x, self.first.y);
        *seq += 1;
        let bold = self.bold * 2 > self.glyphs;
        Some(Token { text, bbox: bbox?, baseline, size: self.size, bold, seq: *seq, confidence: None })
    }
}

/// Ligatures to letters, soft hyphens and control characters away.
fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FB00}' => cleaned.push_str("ff"),
            '\u{FB01}' => cleaned.push_str("fi"),
            '\u{FB02}' => cleaned.push_str("fl"),
            '\u{FB03}' => cleaned.push_str("ffi"),
            '\u{FB04}' => cleaned.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => cleaned.push_str("st"),
            '\u{F0B7}' | '\u{F0A7}' | '\u{F0D8}' => cleaned.push('•'),
            '\u{2010}' | '\u{2011}' => cleaned.push('-'),
            c if c.is_control() || c == '\u{ad}' || c == '\u{feff}' => {}
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// Bold made by printing twice with a small shift, and shadows: the same word at the same place is one word.
fn without_doubles(tokens: Vec<Token>) -> Vec<Token> {
    let mut seen: std::collections::HashMap<(i32, i32), Vec<usize>> = std::collections::HashMap::new();
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let cell = |value: f32| (value / 8.0).floor() as i32;
        let (cx, cy) = (cell(token.bbox.x), cell(token.baseline));
        let near = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (cx + dx, cy + dy)));
        let reach = 0.15 * token.size;
        let double = near.filter_map(|place| seen.get(&place)).flatten().copied().find(|index| {
            let other: &Token = &kept[*index];
            (other.bbox.x - token.bbox.x).abs() < reach
                && (other.baseline - token.baseline).abs() < reach
                && other.text == token.text
        });
        if let Some(index) = double {
            kept[index].bold |= kept[index].bbox != token.bbox;
            continue;
        }
        let place = seen.entry((cx, cy)).or_default();
        if place.len() < 64 {
            place.push(kept.len());
        }
        kept.push(token);
    }
    kept
}
