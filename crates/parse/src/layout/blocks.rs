//! Segments in reading order to lines, lines to paragraphs.

use docmill_model::document::BBox;

use super::lines::{Segment, join_lines};
use super::{Token, bidi, code, footnotes, headings, lists};

/// Distance between baselines inside a paragraph, em, when nothing else is known; text that is set wider is usual where
/// most of its lines are as far apart.
const PITCH_MAX: f32 = 1.75;
const PITCH_USUAL: f32 = 1.08;
/// The same as a share of the paragraph's own pitch.
const PITCH_SHARE: f32 = 1.3;
/// Sizes of lines of one paragraph differ by less than this.
const SIZE_RATIO: f32 = 1.12;
/// Two pieces of one line have at most this much white between them, em: justified text is wide.
const PIECE_GAP: f32 = 2.0;
/// A value stands at most this far behind its label, em: further away it belongs to another column.
const VALUE_GAP: f32 = 24.0;
/// Words of a label, its colon's included.
const LABEL_WORDS_MAX: usize = 6;
/// Words of a numbered title, its number included.
const NUMBERED_WORDS_MAX: usize = 10;
/// Letters of a line in capitals: fewer are an abbreviation or a code.
const CAPITALS_MIN: usize = 6;

/// A line of text: token indices left to right.
#[derive(Debug, Clone)]
pub struct Line {
    pub tokens: Vec<usize>,
    pub bbox: BBox,
    pub baseline: f32,
    pub size: f32,
    pub bold: bool,
    /// `Invoice date:   17 January`: a label and its value, which stand far apart. Such a line is a paragraph of its own.
    pub labelled: bool,
}

/// A paragraph before it has a kind.
#[derive(Debug, Clone)]
pub struct Draft {
    pub lines: Vec<Line>,
    pub bbox: BBox,
    pub size: f32,
    pub bold: bool,
    /// Lines joined, hyphens at line ends removed.
    pub text: String,
}

impl Draft {
    pub fn of(lines: Vec<Line>, tokens: &[Token]) -> Option<Self> {
        let bbox = BBox::around(lines.iter().map(|line| line.bbox))?;
        let chars = |line: &Line| line.tokens.iter().map(|index| tokens[*index].chars()).sum::<usize>().max(1) as f32;
        let (mut all, mut sized) = (0.0, 0.0);
        for line in &lines {
            let chars = chars(line);
            all += chars;
            sized += line.size * chars;
        }
        let size = sized / all;
        let bold = lines.iter().all(|line| line.bold);
        let texts: Vec<String> = lines.iter().map(|line| line_text(line, tokens)).collect();
        let text = join_lines(texts.iter().map(String::as_str));
        Some(Self { lines, bbox, size, bold, text })
    }

    /// How sure OCR is of the text, 0 to 1, each letter counting; `None` where it was not read by OCR.
    pub fn confidence(&self, tokens: &[Token]) -> Option<f32> {
        let own = self.lines.iter().flat_map(|line| &line.tokens).map(|index| &tokens[*index]);
        let known = own.filter_map(|token| Some((token.confidence?, token.chars() as f32)));
        let (sum, chars) = known.fold((0.0, 0.0), |(sum, all), (own, chars)| (sum + own * chars, all + chars));
        (chars > 0.0).then(|| sum / chars)
    }
}

pub fn line_text(line: &Line, tokens: &[Token]) -> String {
    line.tokens.iter().map(|index| tokens[*index].text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Joins segments that follow each other on one baseline.
pub fn lines(segments: &[Segment], tokens: &[Token]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for segment in segments {
        match lines.last_mut() {
            Some(line) if goes_on(line, segment) || is_value(line, segment, tokens) => {
                line.labelled |= !goes_on(line, segment);
                line.tokens.extend(&segment.tokens);
                line.bbox = line.bbox.union(segment.bbox);
                line.bold &= segment.bold;
                line.size = line.size.max(segment.size);
            }
            _ => lines.push(Line {
                tokens: segment.tokens.clone(),
                bbox: segment.bbox,
                baseline: segment.baseline,
                size: segment.size,
                bold: segment.bold,
                labelled: false,
            }),
        }
    }
    for line in &mut lines {
        bidi::reading_order(tokens, &mut line.tokens);
    }
    lines
}

fn goes_on(line: &Line, segment: &Segment) -> bool {
    follows(line, segment, PIECE_GAP)
}

/// On the line's baseline, with at most this much white between, em.
fn follows(line: &Line, segment: &Segment, most: f32) -> bool {
    let em = line.size.max(segment.size);
    let gap = segment.bbox.x - line.bbox.right();
    (line.baseline - segment.baseline).abs() <= 0.35 * em && gap >= -0.5 * em && gap <= most * em
}

/// A label that ends in a colon is read together with what stands right of it, whatever the white between them: forms
/// and letter heads set their values in a column.
fn is_value(line: &Line, segment: &Segment, tokens: &[Token]) -> bool {
    let ends_in_colon = |index: &usize| tokens[*index].text.ends_with([':', '：']);
    !line.labelled
        && line.tokens.len() <= LABEL_WORDS_MAX
        && line.tokens.last().is_some_and(ends_in_colon)
        && !segment.tokens.last().is_some_and(ends_in_colon)
        && follows(line, segment, VALUE_GAP)
}

/// Joins lines to paragraphs. `usual` is the document's distance between baselines, em, `body` the size of its text.
pub fn paragraphs(lines: Vec<Line>, tokens: &[Token], usual: f32, body: f32) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut current: Vec<Line> = Vec::new();
    let mut pitch: Option<f32> = None;
    let most = PITCH_MAX.max(PITCH_USUAL * usual);
    for line in lines {
        if let Some(last) = current.last() {
            let distance = line.baseline - last.baseline;
            let next_note = line.size <= footnotes::SIZE_MAX * body && footnotes::is_next(&current[0], &line, tokens);
            if !next_note && same_paragraph(&current, &line, (pitch, most), tokens) {
                pitch = Some(pitch.map_or(distance, |pitch| pitch.min(distance)));
            } else {
                drafts.extend(Draft::of(std::mem::take(&mut current), tokens));
                pitch = None;
            }
        }
        current.push(line);
    }
    drafts.extend(Draft::of(current, tokens));
    drafts
}

/// `pitch` is the paragraph's own distance between baselines, points, and the most that one may be, em.
fn same_paragraph(current: &[Line], next: &Line, pitch: (Option<f32>, f32), tokens: &[Token]) -> bool {
    let Some(last) = current.last() else { return false };
    let (pitch, most) = pitch;
    if last.labelled || next.labelled {
        return false;
    }
    if code::is_code(last, tokens) != code::is_code(next, tokens) {
        return false;
    }
    let em = last.size.max(next.size);
    let distance = next.baseline - last.baseline;
    let near =
        distance > 0.3 * em && distance <= most * em && pitch.is_none_or(|pitch| distance <= PITCH_SHARE * pitch);
    let alike = em / last.size.min(next.size).max(0.1) <= SIZE_RATIO;
    let over = next.bbox.right().min(last.bbox.right()) > next.bbox.x.max(last.bbox.x);
    if !(near && alike && over) || starts_item(next, tokens) {
        return false;
    }
    // A bold line above running text is its heading, unless the text only goes on from a bold beginning.
    if last.bold != next.bold && current.iter().all(|line| line.bold == last.bold) && (last.bold || next.bold) {
        return false;
    }
    if current.len() == 1 && is_numbered_title(last, next, tokens) {
        return false;
    }
    let word = |index: Option<&usize>| index.map_or("", |index| tokens[*index].text.as_str());
    let ends = word(last.tokens.last()).ends_with(['.', '!', '?', ':', '"', '”', ')', '。', '！', '？', '」']);
    // So is a line in capitals, but capitals inside running text are no heading.
    let capitals = current.iter().all(|line| in_capitals(line, tokens));
    let small = next.tokens.iter().any(|index| tokens[*index].text.contains(char::is_lowercase));
    if (capitals && small) || (!capitals && ends && in_capitals(next, tokens)) {
        return false;
    }
    let right = current.iter().map(|line| line.bbox.right()).fold(f32::MIN, f32::max).max(next.bbox.right());
    let left = current.iter().map(|line| line.bbox.x).fold(f32::MAX, f32::min);
    let short = last.bbox.right() < right - 0.15 * (right - left).max(em);
    let indented = current.len() > 1
        && next.bbox.x > left + 0.8 * em
        && next.bbox.x < left + 4.0 * em
        && last.bbox.x < next.bbox.x - 0.8 * em;
    !(ends && (short && current.len() > 1 || indented))
}

/// `4.3.2 Alignment Tuning`, short above a full line: a heading in the style of the text.
fn is_numbered_title(line: &Line, next: &Line, tokens: &[Token]) -> bool {
    if line.tokens.len() > NUMBERED_WORDS_MAX || line.bbox.w >= 0.7 * next.bbox.w {
        return false;
    }
    let text = line_text(line, tokens);
    let levels = text.split_whitespace().next().is_some_and(|number| number.trim_end_matches('.').contains('.'));
    levels
        && headings::starts_numbered(&text)
        && !text.ends_with(['.', ',', ';', ':'])
        && line_text(next, tokens).starts_with(char::is_uppercase)
}

/// Whether the line has no small letters, and more than an abbreviation of capitals.
fn in_capitals(line: &Line, tokens: &[Token]) -> bool {
    let letters = || line.tokens.iter().flat_map(|index| tokens[*index].text.chars()).filter(|c| c.is_alphabetic());
    letters().take(CAPITALS_MIN).count() == CAPITALS_MIN && letters().all(char::is_uppercase)
}

/// Whether the line begins with a bullet or number.
pub fn starts_item(line: &Line, tokens: &[Token]) -> bool {
    line.tokens.len() > 1 && lists::is_marker(&tokens[line.tokens[0]].text)
}
