//! How large and how heavy the letters of words are: by their ink and by which letters they are.

use std::collections::BTreeMap;

use docmill_model::document::BBox;

use super::Scan;
use crate::services::{OcrText, OcrWord};

/// Heights of letters as shares of the font's size; the means of usual text fonts.
const ASCENDER: f32 = 0.70;
const X_HEIGHT: f32 = 0.49;
const DESCENDER: f32 = 0.21;
const COMMA: f32 = 0.13;
/// East Asian letters fill their square.
const SQUARE: f32 = 0.90;
const SQUARE_BELOW: f32 = 0.10;
/// A gap of so many line heights ends a run of one size.
const RUN_GAP: f32 = 1.0;
/// Sizes this close to each other are one: a word is measured to a pixel.
const SAME_SIZE: f32 = 0.07;
/// The same of neighbouring lines whose strokes are as wide as each other's but for this share.
const ONE_FONT: f32 = 0.35;
const ONE_STROKE: f32 = 0.12;
/// A part of a line with so many characters may differ from the line's size, by more than this share of it.
const OWN_SIZE_CHARS: usize = 6;
const OWN_SIZE: f32 = 0.2;
/// Words that stand less than this off the line's baseline, in its size, stand on it.
const SAME_LINE: f32 = 0.5;
/// Strokes that are this much wider than the page's usual ones, relative to the size, are bold; of few letters more is
/// asked, by this much divided by their number.
const BOLD: f32 = 1.2;
const BOLD_FEW: f32 = 0.5;
/// Ink that is lighter than the usual by this many of 255 greys is another one.
const TONE_STEP: f32 = 30.0;
/// Strokes of at least this share of the usual width show their ink's colour.
const AS_WIDE: f32 = 0.9;
/// Longer runs of ink along a row are bars of letters, not strokes; a share of the size.
const STROKE_MAX: f32 = 0.25;
/// Words with fewer letters are too short to be weighed.
const WEIGHED_MIN: usize = 2;

/// A word with what its ink says, pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Place of the word in the OCR's answer.
    pub index: usize,
    pub size: f32,
    pub baseline: f32,
    /// Set apart: heavier than the page's other letters, or in another ink.
    pub bold: bool,
}

/// Words of one line and one size.
struct Run {
    /// OCR's block and paragraph.
    paragraph: (u32, u32),
    words: Vec<usize>,
    chars: usize,
    /// Characters of the words whose letters say a size.
    measured: usize,
    size: f32,
    baseline: f32,
    weight: Option<f32>,
    /// How dark the middles of its strokes are: a grey, 0 is black.
    tone: Option<f32>,
}

impl Run {
    /// The mean width of its strokes, pixels.
    fn stroke(&self) -> Option<f32> {
        self.weight.map(|weight| weight * self.size)
    }
}

/// Measures all words that have a box, in the OCR's order.
pub fn measure(scan: &Scan, text: &OcrText) -> Vec<Measured> {
    let words = &text.words;
    let lines = lines(words).into_iter();
    let mut runs: Vec<Run> =
        lines.flat_map(|((block, paragraph, _), line)| runs_of((block, paragraph), line, words)).collect();
    for run in &mut runs {
        weigh(run, scan, words);
    }
    agree(&mut runs);
    unify(&mut runs);
    let usual = Usual::of(&runs);
    let mut measured: Vec<Measured> = Vec::new();
    for run in &runs {
        let bold = usual.is_heavier(run) || usual.has_other_ink(run);
        let word = |index: &usize| Measured { index: *index, size: run.size, baseline: run.baseline, bold };
        measured.extend(run.words.iter().map(word));
    }
    measured.sort_by_key(|word| word.index);
    measured
}

/// The words that can be measured, by the line that OCR says.
fn lines(words: &[OcrWord]) -> BTreeMap<(u32, u32, u32), Vec<usize>> {
    let mut lines: BTreeMap<(u32, u32, u32), Vec<usize>> = BTreeMap::new();
    for (index, word) in words.iter().enumerate() {
        let BBox { x, y, w, h } = word.bbox;
        if !word.text.trim().is_empty() && [x, y, w, h].iter().all(|value| value.is_finite()) {
            lines.entry((word.block, word.paragraph, word.line)).or_default().push(index);
        }
    }
    lines
}

/// The parts of a line between wide gaps. Short ones are measured too badly: they are as the whole line is.
fn runs_of(paragraph: (u32, u32), line: Vec<usize>, words: &[OcrWord]) -> Vec<Run> {
    let mut parts: Vec<Vec<usize>> = vec![Vec::new()];
    for index in &line {
        let apart = parts.last().and_then(|part| part.last()).is_some_and(|last| {
            let (a, b) = (words[*last].bbox, words[*index].bbox);
            b.x - a.right() > RUN_GAP * a.h.max(b.h) || b.right() < a.x
        });
        if apart {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(*index);
        }
    }
    let Some(whole) = run(paragraph, line, words) else { return Vec::new() };
    let own = |part: Vec<usize>| {
        let mut own = run(paragraph, part, words)?;
        let differs = (own.size - whole.size).abs() > OWN_SIZE * whole.size;
        if own.measured < OWN_SIZE_CHARS || !differs {
            own.size = whole.size;
        }
        if (own.baseline - whole.baseline).abs() < SAME_LINE * whole.size {
            own.baseline = whole.baseline;
        }
        Some(own)
    };
    parts.into_iter().filter_map(own).collect()
}

fn run(paragraph: (u32, u32), indices: Vec<usize>, words: &[OcrWord]) -> Option<Run> {
    let chars = |index: &usize| words[*index].text.chars().count();
    let sizes: Vec<(f32, usize)> =
        indices.iter().filter_map(|index| Some((size(&words[*index])?, chars(index)))).collect();
    let measured = sizes.iter().map(|(_, chars)| chars).sum();
    let all = BBox::around(indices.iter().map(|index| words[*index].bbox))?;
    let size = weighted_median(sizes).unwrap_or(all.h).max(1.0);
    let baselines = indices.iter().filter_map(|index| Some((baseline(&words[*index], size)?, chars(index))));
    let baseline = weighted_median(baselines.collect()).unwrap_or(all.bottom());
    let chars = indices.iter().map(chars).sum();
    Some(Run { paragraph, words: indices, chars, measured, size, baseline, weight: None, tone: None })
}

/// How far the letters of a word reach above and below the baseline, as shares of the size.
fn reach(text: &str) -> Option<(f32, f32)> {
    let (mut above, mut below) = (0.0_f32, 0.0_f32);
    for c in text.chars() {
        let (up, down) = match c {
            'g' | 'p' | 'q' | 'y' | 'µ' => (X_HEIGHT, DESCENDER),
            'j' | 'Q' => (ASCENDER, DESCENDER),
            // Brackets are as high as each font likes.
            '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' | '$' => return None,
            'a' | 'c' | 'e' | 'm' | 'n' | 'o' | 'r' | 's' | 'u' | 'v' | 'w' | 'x' | 'z' | 'ı' | 'æ' | 'œ' => {
                (X_HEIGHT, 0.0)
            }
            ',' | ';' => (0.0, COMMA),
            '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' => {
                (SQUARE - SQUARE_BELOW, SQUARE_BELOW)
            }
            // Accents stand as high as capitals do, or higher; other scripts are not known well enough.
            c if c.is_ascii_alphanumeric() || ('À'..='ɏ').contains(&c) => (ASCENDER, 0.0),
            _ => (0.0, 0.0),
        };
        (above, below) = (above.max(up), below.max(down));
    }
    (above > 0.0).then_some((above, below))
}

fn size(word: &OcrWord) -> Option<f32> {
    let (above, below) = reach(&word.text)?;
    Some(word.bbox.h / (above + below))
}

fn baseline(word: &OcrWord, size: f32) -> Option<f32> {
    let (_, below) = reach(&word.text)?;
    Some(word.bbox.bottom() - below * size)
}

/// The mean width of upright strokes, as a share of the size, and how dark they are.
fn weigh(run: &mut Run, scan: &Scan, words: &[OcrWord]) {
    let longest = (STROKE_MAX * run.size).max(2.0) as usize;
    let (mut strokes, mut widths, mut greys) = (0_usize, 0_usize, 0_u64);
    for word in run.words.iter().map(|index| &words[*index]) {
        if word.text.chars().filter(|c| c.is_alphanumeric()).count() < WEIGHED_MIN {
            continue;
        }
        let (left, right) = (word.bbox.x.max(0.0) as usize, word.bbox.right().max(0.0) as usize);
        for y in word.bbox.y.max(0.0) as usize..(word.bbox.bottom().max(0.0) as usize).min(scan.ink.height) {
            let row = scan.ink.row(y);
            let (from, to) = (left.min(row.len()), right.min(row.len()));
            let grey = &scan.picture.grey[y * row.len()..(y + 1) * row.len()];
            let mut x = from;
            for stroke in row[from..to].split(|ink| !ink) {
                if (1..=longest).contains(&stroke.len()) {
                    strokes += 1;
                    widths += stroke.len();
                    greys += u64::from(grey[x..x + stroke.len()].iter().copied().min().unwrap_or(0));
                }
                x += stroke.len() + 1;
            }
        }
    }
    if strokes > 0 {
        run.weight = Some(widths as f32 / strokes as f32 / run.size);
        run.tone = Some(greys as f32 / strokes as f32);
    }
}

/// Lines below each other in one paragraph whose strokes are equally wide are of one font: they have one size.
fn agree(runs: &mut [Run]) {
    let one_font = |a: &Run, b: &Run| {
        let even = a.stroke().zip(b.stroke()).is_some_and(|(a, b)| (a - b).abs() <= ONE_STROKE * a.min(b));
        a.paragraph == b.paragraph && even && (a.size - b.size).abs() <= ONE_FONT * a.size.min(b.size)
    };
    let mut start = 0;
    while start < runs.len() {
        let goes_on = |end: &usize| *end < runs.len() && one_font(&runs[*end - 1], &runs[*end]);
        let end = (start + 1..).find(|end| !goes_on(end)).unwrap_or(runs.len());
        let size = weighted_median(runs[start..end].iter().map(|run| (run.size, run.chars)).collect());
        for run in &mut runs[start..end] {
            let size = size.unwrap_or(run.size);
            run.weight = run.weight.map(|weight| weight * run.size / size);
            run.size = size;
        }
        start = end;
    }
}

/// What most of the page's letters are like.
struct Usual {
    weight: Option<f32>,
    stroke: Option<f32>,
    tone: Option<f32>,
}

impl Usual {
    fn of(runs: &[Run]) -> Self {
        let median = |own: fn(&Run) -> Option<f32>| {
            weighted_median(runs.iter().filter_map(|run| Some((own(run)?, run.chars))).collect())
        };
        Self { weight: median(|run| run.weight), stroke: median(Run::stroke), tone: median(|run| run.tone) }
    }

    fn is_heavier(&self, run: &Run) -> bool {
        let heavy = BOLD + BOLD_FEW / run.chars.max(1) as f32;
        run.weight.zip(self.weight).is_some_and(|(weight, usual)| weight > heavy * usual)
    }

    /// Coloured ink is lighter than black. Thin strokes are too, so only as wide ones as usual are looked at.
    fn has_other_ink(&self, run: &Run) -> bool {
        let wide = run.stroke().zip(self.stroke).is_some_and(|(own, usual)| own >= AS_WIDE * usual);
        wide && run.tone.zip(self.tone).is_some_and(|(own, usual)| own > usual + TONE_STEP)
    }
}

/// Makes sizes that differ by no more than the measure's error one, the most usual first.
fn unify(runs: &mut [Run]) {
    let mut left: Vec<usize> = (0..runs.len()).collect();
    left.sort_by(|a, b| runs[*a].size.total_cmp(&runs[*b].size));
    while let Some(group) = most_usual(runs, &left) {
        let members: Vec<usize> = left.drain(group).collect();
        let sizes = members.iter().map(|index| (runs[*index].size, runs[*index].chars)).collect();
        let Some(size) = weighted_median(sizes) else { return };
        members.iter().for_each(|index| runs[*index].size = size);
    }
}

/// The part of the runs, ascending by size, that are as large as one of them and have the most letters together.
fn most_usual(runs: &[Run], ascending: &[usize]) -> Option<std::ops::Range<usize>> {
    let size = |at: usize| runs[ascending[at]].size;
    let (mut from, mut to, mut chars) = (0, 0, 0_usize);
    let mut best: Option<(usize, std::ops::Range<usize>)> = None;
    for center in 0..ascending.len() {
        while to < ascending.len() && size(to) <= size(center) * (1.0 + SAME_SIZE) {
            chars += runs[ascending[to]].chars;
            to += 1;
        }
        while size(from) * (1.0 + SAME_SIZE) < size(center) {
            chars -= runs[ascending[from]].chars;
            from += 1;
        }
        if best.as_ref().is_none_or(|(most, _)| chars > *most) {
            best = Some((chars, from..to));
        }
    }
    best.map(|(_, range)| range)
}

fn weighted_median(mut values: Vec<(f32, usize)>) -> Option<f32> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: usize = values.iter().map(|(_, weight)| weight).sum();
    let mut below = 0;
    values
        .iter()
        .find(|(_, weight)| {
            below += weight;
            2 * below >= all
        })
        .map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::PageImage;

    fn word(text: &str, bbox: (f32, f32, f32, f32), line: u32) -> OcrWord {
        OcrWord { text: text.into(), bbox: bbox.into(), block: 1, paragraph: 1, line, confidence: 0.9 }
    }

    #[test]
    fn a_size_is_the_height_of_its_letters_to_what_they_reach() {
        for (text, height, expected) in [
            ("House", 35.0, Some(50.0)),
            ("noon", 24.5, Some(50.0)),
            ("gray", 35.0, Some(50.0)),
            ("Paypal", 45.5, Some(50.0)),
            ("2024", 35.0, Some(50.0)),
            ("ÄÖ", 35.0, Some(50.0)),
            ("表", 45.0, Some(50.0)),
            ("---", 5.0, None),
            ("...", 5.0, None),
        ] {
            let found = size(&word(text, (0.0, 0.0, 100.0, height), 1));
            assert_eq!(found.map(f32::round), expected, "{text}");
        }
    }

    /// Words of stripes: `stroke` pixels of ink in every 12, black or of another grey.
    fn page(words: &[(&OcrWord, u32, u8)]) -> Scan {
        let (width, height) = (1_000, 600);
        let mut grey = vec![245; width * height];
        for (word, stroke, ink) in words {
            for y in word.bbox.y as usize..word.bbox.bottom() as usize {
                for x in word.bbox.x as usize..word.bbox.right() as usize {
                    if x as u32 % 12 < *stroke {
                        grey[y * width + x] = *ink;
                    }
                }
            }
        }
        Scan::of(&PageImage { width: width as u32, height: height as u32, dpi: 200, grey })
    }

    #[test]
    fn lines_have_one_size_and_heavy_or_coloured_ones_are_set_apart() {
        let lines: Vec<(OcrWord, u32, u8)> = vec![
            (word("Heading", (100.0, 50.0, 300.0, 36.4), 1), 5, 15),
            (word("House", (100.0, 150.0, 200.0, 21.0), 2), 3, 15),
            (word("noon", (320.0, 157.0, 200.0, 14.0), 2), 3, 15),
            (word("Hause", (100.0, 200.0, 200.0, 20.3), 3), 3, 15),
            (word("Bold", (100.0, 250.0, 200.0, 21.0), 4), 6, 15),
            (word("Blau", (100.0, 300.0, 200.0, 21.0), 5), 3, 90),
            (word("Thin", (100.0, 350.0, 200.0, 21.0), 6), 2, 90),
        ];
        let scan = page(&lines.iter().map(|(word, stroke, ink)| (word, *stroke, *ink)).collect::<Vec<_>>());
        let text = OcrText {
            engine: String::new(),
            words: lines.into_iter().map(|(word, ..)| word).collect(),
            ..OcrText::default()
        };
        let measured = measure(&scan, &text);
        let found: Vec<(f32, f32, bool)> =
            measured.iter().map(|word| (word.size.round(), word.baseline.round(), word.bold)).collect();
        assert_eq!(found[0], (40.0, 78.0, false), "as heavy as its size demands");
        assert!(found[1..].iter().all(|(size, ..)| *size == found[1].0), "{found:?}");
        assert_eq!(
            found[1..].iter().map(|(.., bold)| *bold).collect::<Vec<_>>(),
            [false, false, false, true, true, false]
        );
        assert_eq!(found[1].1, 171.0);
    }

    #[test]
    fn short_parts_of_a_line_are_as_the_line_is() {
        let words = vec![
            word("energy", (100.0, 157.0, 200.0, 19.6), 1),
            word("House", (310.0, 150.0, 200.0, 21.0), 1),
            // An exponent, a dash, a number with a speck of dust above it, and a large word.
            word("2", (512.0, 144.0, 10.0, 14.0), 1),
            word("-", (600.0, 160.0, 10.0, 2.0), 1),
            word("264", (700.0, 131.0, 40.0, 40.0), 1),
            word("Chapter", (800.0, 130.0, 190.0, 49.1), 1),
        ];
        let measured = measure(&page(&[]), &OcrText { engine: String::new(), words, ..OcrText::default() });
        let found: Vec<(f32, f32)> = measured.iter().map(|word| (word.size.round(), word.baseline.round())).collect();
        assert_eq!(found[..5], [(30.0, 171.0); 5]);
        assert_eq!(found[5], (54.0, 171.0));
    }
}
