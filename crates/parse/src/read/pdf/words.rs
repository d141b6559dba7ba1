//! Glyphs to words, and the page turned so that most of its text is upright.

use docmill_model::document::BBox;
use unicode_normalization::UnicodeNormalization;

use super::accents;
use super::doubles::Doubles;
use super::drawing::{Drawing, DrawnGlyph, Style};
use super::fields;
use super::interpreter::DrawnPage;
use super::settle::settle;
use super::turn::{Turn, main_quarter};
use super::unknown;
use super::vertical;
use crate::layout::tree::{Child, Tag, Tree};
use crate::layout::{self, Aside, Comment, PageRecord, ShapeGroup, Target, Token, bidi};

/// A gap of this many em ends a word. Of 69,000 real word gaps 1 % are below .19 em, of in-word gaps 1 in 1,000 is
/// above .12 em.
const WORD_GAP: f32 = 0.12;
/// CJK text has no spaces; glyphs set apart are still one run of text.
const WORD_GAP_CJK: f32 = 0.5;
/// A drawn space narrower than this says nothing, em.
const SPACE_MIN: f32 = 0.05;
/// Share of a drawn space that must stay white.
const SPACE_SEEN: f32 = 0.4;
/// Letters of a bold cut are drawn with strokes this much wider than the page's usual ones.
const BOLD_STROKE: f32 = 1.3;
/// Inks that differ by more than this in a part of 255 are seen as two.
const COLOUR_STEP: u8 = 80;
/// A dark colour differs from black by its chroma alone.
const CHROMA_STEP: u8 = 40;

/// Which text is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leave {
    pub hidden: bool,
    pub diagonal: bool,
}

/// Turns glyphs into words and the page upright. `unknown::MARK` stands for glyphs of no known character.
pub fn page_record(drawn: DrawnPage, leave: Leave) -> (PageRecord, Drawing) {
    let DrawnPage { width, height, mut drawing, tree } = drawn;
    vertical::recognise(&mut drawing);
    let down = vertical::runs_down(&drawing);
    let quarter = if down { 1 } else { main_quarter(&drawing.glyphs) };
    let turn = Turn { quarter: (4 - quarter) % 4, width, height };
    let set_apart = set_apart(&drawing);
    let doubles = Doubles::of(&drawing);
    let mut groups: Vec<(i32, Vec<Letters>)> = Vec::new();
    for (index, glyph) in drawing.glyphs.iter().enumerate() {
        let text = if glyph.unknown && !glyph.hidden { unknown::MARK } else { drawing.text_of(glyph) };
        if text.is_empty() || (glyph.hidden && leave.hidden) || doubles.repeats(index) {
            continue;
        }
        let degrees = degrees(glyph);
        if degrees % 90 != 0 && leave.diagonal {
            continue;
        }
        let group = if degrees == quarter * 90 && (down || !glyph.vertical) { UPRIGHT } else { degrees };
        let group = groups.iter().position(|(own, _)| *own == group).unwrap_or_else(|| {
            groups.push((group, Vec::new()));
            groups.len() - 1
        });
        let bold = set_apart.get(glyph.style as usize) == Some(&true) || doubles.is_repeated(index);
        extend_words(&mut groups[group].1, glyph, text, bold);
    }
    let mut record = PageRecord { rotation: (turn.quarter * 90) as u16, down, ..PageRecord::default() };
    (record.width, record.height) = turn.size();
    record.rules = drawing.rules.iter().map(|rule| turn.rule(*rule)).collect();
    record.pictures = drawing.pictures.iter().map(|picture| turn.bbox(picture.bbox)).collect();
    let groups_of_shapes = drawing.shape_groups.iter();
    record.shapes = groups_of_shapes.map(|group| ShapeGroup { bbox: turn.bbox(group.bbox), ..*group }).collect();
    record.links = drawing.links.iter().map(|link| turned(link, &turn)).collect();
    let mut seq = 0;
    for (group, words) in groups {
        let late: Vec<bool> = words.iter().map(|word| word.first.late).collect();
        let mono = |word: &Letters| drawing.styles.get(word.first.style as usize).is_some_and(|style| style.mono);
        let tokens = words.into_iter().map(|word| {
            let mono = mono(&word);
            word.finish(&turn, mono, &mut seq)
        });
        let (tokens, late): (Vec<Token>, Vec<bool>) =
            tokens.zip(late).filter_map(|(token, late)| Some((token?, late))).unzip();
        if group == UPRIGHT {
            record.tokens = settle(tokens, &late);
            layout::underline(&mut record);
        } else {
            record.asides.push(Aside { diagonal: group % 90 != 0, tokens });
        }
    }
    let placed = |own: &Comment| own.boxes.iter().map(|bbox| turn.bbox(*bbox)).collect();
    record.comments = drawing.comments.iter().map(|own| Comment { boxes: placed(own), ..own.clone() }).collect();
    record.fields = fields::of(&drawing.fields, &turn, &record.tokens);
    if let Some(mut tree) = tree {
        tree.root.each_box(&|bbox| turn.bbox(bbox));
        let marks = drawing.pictures.iter().map(|picture| picture.mark);
        record.described = described(&tree, &record.pictures, &marks.collect::<Vec<_>>());
        record.tree = Some(tree);
    }
    (record, drawing)
}

/// Figures that the document describes in words: where their pictures stand, or where it says.
fn described(tree: &Tree, pictures: &[BBox], marks: &[u32]) -> Vec<(BBox, String)> {
    let mut found = Vec::new();
    tree.root.visit(&mut |child| {
        let Child::Element(figure) = child else { return };
        let (Tag::Figure, Some(alt)) = (figure.tag, &figure.alt) else { return };
        let own = figure.marks();
        let drawn = pictures.iter().zip(marks).filter(|(_, mark)| own.contains(mark)).map(|(bbox, _)| *bbox);
        found.extend(BBox::around(drawn).or(figure.bbox).map(|bbox| (bbox, alt.clone())));
    });
    found
}

fn turned(link: &Target, turn: &Turn) -> Target {
    Target { url: link.url.clone(), boxes: link.boxes.iter().map(|bbox| turn.bbox(*bbox)).collect() }
}

/// The group of the words that run with the page.
const UPRIGHT: i32 = -1;

/// Direction of the text, whole degrees clockwise; nearly right angles are right.
fn degrees(glyph: &DrawnGlyph) -> i32 {
    if glyph.dy == 0.0 && glyph.dx > 0.0 {
        return 0;
    }
    let degrees = (glyph.dy.atan2(glyph.dx).to_degrees().round() as i32).rem_euclid(360);
    [0, 90, 180, 270, 360].into_iter().find(|right| (right - degrees).abs() <= 2).unwrap_or(degrees) % 360
}

fn is_bold(style: Style, usual_stroke: f32) -> bool {
    style.bold || style.stroke.is_some_and(|stroke| usual_stroke > 0.0 && stroke > BOLD_STROKE * usual_stroke)
}

/// By style, whether its letters are set apart from the page's usual ones: bold, or in another ink.
fn set_apart(drawing: &Drawing) -> Vec<bool> {
    let mut counts: Vec<usize> = vec![0; drawing.styles.len()];
    // In the order in which they are first drawn.
    let mut drawn: Vec<usize> = Vec::new();
    for style in drawing.glyphs.iter().map(|glyph| usize::from(glyph.style)) {
        if let Some(count) = counts.get_mut(style) {
            if *count == 0 {
                drawn.push(style);
            }
            *count += 1;
        }
    }
    let drawn: Vec<(Style, usize)> = drawn.iter().map(|style| (drawing.styles[*style], counts[*style])).collect();
    let (stroke, colour) = (usual_stroke(&drawn), usual_colour(&drawn));
    drawing.styles.iter().map(|style| is_bold(*style, stroke) || differs(style.colour, colour)).collect()
}

/// The colour of most of the page's letters.
fn usual_colour(drawn: &[(Style, usize)]) -> [u8; 3] {
    let mut counts: Vec<([u8; 3], usize)> = Vec::new();
    for (style, glyphs) in drawn {
        match counts.iter_mut().find(|(known, _)| *known == style.colour) {
            Some((_, count)) => *count += glyphs,
            None => counts.push((style.colour, *glyphs)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or([0; 3], |(colour, _)| colour)
}

/// The median stroke of the page's letters whose fonts say nothing of their weight.
fn usual_stroke(drawn: &[(Style, usize)]) -> f32 {
    let strokes = drawn.iter().filter_map(|(style, glyphs)| Some((style.stroke.filter(|own| *own > 0.0)?, *glyphs)));
    let mut strokes: Vec<(f32, usize)> = strokes.collect();
    strokes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = strokes.iter().map(|(_, glyphs)| glyphs).sum::<usize>() / 2;
    let mut before = 0;
    let median = strokes.iter().find(|(_, glyphs)| {
        before += glyphs;
        before > half
    });
    median.map_or(0.0, |(stroke, _)| *stroke)
}

fn differs(colour: [u8; 3], usual: [u8; 3]) -> bool {
    let chroma = |colour: [u8; 3]| colour.iter().max().zip(colour.iter().min()).map_or(0, |(most, least)| most - least);
    let apart = colour.iter().zip(usual).any(|(a, b)| a.abs_diff(b) > COLOUR_STEP);
    apart || chroma(colour).abs_diff(chroma(usual)) > CHROMA_STEP
}

/// A word in the making, in the page's coordinates before the turn.
struct Letters {
    text: String,
    first: DrawnGlyph,
    last: DrawnGlyph,
    /// Where the last glyph ended, and the space that the text state adds behind it.
    end: (f32, f32),
    tracking: f32,
    size: f32,
    bold: usize,
    glyphs: usize,
    /// Width of the space that was drawn behind it.
    space: f32,
}

fn is_space(text: &str) -> bool {
    if let [byte] = text.as_bytes() {
        return char::from(*byte).is_whitespace();
    }
    text.chars().all(|c| c.is_whitespace() || c == '\u{a0}' || c == '\u{200b}')
}

/// Characters of East Asian scripts, their punctuation among them.
pub fn is_cjk(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0x20000..=0x3FFFF)
}

fn extend_words(words: &mut Vec<Letters>, glyph: &DrawnGlyph, text: &str, bold: bool) {
    if is_space(text) {
        if let Some(last) = words.last_mut()
            && glyph.advance > SPACE_MIN * glyph.size
        {
            last.space = last.space.max(glyph.advance);
        }
        return;
    }
    let end = (glyph.x + glyph.dx * glyph.advance, glyph.y + glyph.dy * glyph.advance);
    if words.last_mut().is_some_and(|last| last.accented(glyph, text, end)) {
        return;
    }
    if let Some(last) = words.last_mut()
        && continues(last, glyph, text)
    {
        let backwards = (glyph.x - last.end.0) * glyph.dx + (glyph.y - last.end.1) * glyph.dy < -0.35 * glyph.size;
        if backwards && text.chars().any(bidi::is_rtl) {
            last.text.insert_str(0, text);
            (last.first.x, last.first.y) = (glyph.x, glyph.y);
        } else {
            // A single letter is written where it belongs; a string is copied by a call.
            match text.as_bytes() {
                [letter] => last.text.push(char::from(*letter)),
                _ => last.text.push_str(text),
            }
            last.end = end;
        }
        last.tracking = glyph.tracking;
        last.last = *glyph;
        last.size = last.size.max(glyph.size);
        last.bold += usize::from(bold);
        last.glyphs += 1;
        return;
    }
    // As much as the smallest piece of memory holds: most words fit.
    let mut own = String::with_capacity(24);
    own.push_str(text);
    words.push(Letters {
        text: own,
        first: *glyph,
        last: *glyph,
        end,
        tracking: glyph.tracking,
        size: glyph.size,
        bold: usize::from(bold),
        glyphs: 1,
        space: 0.0,
    });
}

fn continues(last: &Letters, glyph: &DrawnGlyph, text: &str) -> bool {
    let (ox, oy) = (glyph.x - last.end.0, glyph.y - last.end.1);
    let gap = ox * glyph.dx + oy * glyph.dy;
    let along = gap - last.tracking.max(0.0);
    let across = oy * glyph.dx - ox * glyph.dy;
    let em = last.size.max(glyph.size);
    // A space that the next glyph is drawn over is none.
    if across.abs() >= 0.45 * em || (last.space > 0.0 && gap > SPACE_SEEN * last.space) {
        return false;
    }
    let after = text.chars().next();
    let cjk = after.is_some_and(is_cjk) && last.text.chars().next_back().is_some_and(is_cjk);
    let limit = if cjk { WORD_GAP_CJK } else { WORD_GAP };
    if along < limit * em && along > -0.35 * em {
        return last.space == 0.0 || gap <= SPACE_SEEN * last.space;
    }
    // Right-to-left text drawn as it is read: each letter stands left of the one before.
    let back = gap + glyph.advance + last.width();
    last.space == 0.0 && after.is_some_and(bidi::is_rtl) && back.abs() < limit * em
}

impl Letters {
    /// Takes an accent over the last letter, or the letter under an accent that came before it.
    fn accented(&mut self, glyph: &DrawnGlyph, text: &str, end: (f32, f32)) -> bool {
        let mut own = text.chars();
        let (Some(before), Some(after), None) = (self.text.chars().next_back(), own.next(), own.next()) else {
            return false;
        };
        let Some(letter) = accents::composed((before, &self.last), (after, glyph)) else { return false };
        self.text.pop();
        self.text.push(letter);
        if after.is_alphabetic() {
            if self.glyphs == 1 {
                (self.first.x, self.first.y) = (glyph.x, glyph.y);
            }
            (self.end, self.last) = (end, *glyph);
            self.size = self.size.max(glyph.size);
        }
        true
    }

    /// From where it begins to where it ends, along the text.
    fn width(&self) -> f32 {
        (self.end.0 - self.first.x) * self.first.dx + (self.end.1 - self.first.y) * self.first.dy
    }

    fn finish(self, turn: &Turn, mono: bool, seq: &mut u32) -> Option<Token> {
        let text = bidi::logical(clean(self.text));
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
        let (bold, mark) = (self.bold * 2 > self.glyphs, self.first.mark);
        // East Asian letters are all equally wide anyway.
        let mono = mono && !text.chars().any(is_cjk);
        Some(Token { text, bbox: bbox?, baseline, size: self.size, bold, mono, seq: *seq, confidence: None, mark })
    }
}

/// Ligatures to letters, soft hyphens and control characters away.
fn clean(text: String) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text;
    }
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
            // Signs as they look in vertical text.
            '\u{FE10}'..='\u{FE19}' | '\u{FE30}'..='\u{FE48}' => cleaned.extend(c.nfkc()),
            c if c.is_control() || c == '\u{ad}' || c == '\u{feff}' => {}
            c => cleaned.push(c),
        }
    }
    // A soft hyphen that is drawn divides a word.
    if text.ends_with('\u{ad}') && !cleaned.is_empty() {
        cleaned.push('-');
    }
    cleaned
}
