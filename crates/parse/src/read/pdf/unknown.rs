//! Words with glyphs of no known character: OCR reads them in their places, and what it cannot read is counted.

use docmill_model::document::{BBox, Page, Warning};

use super::PdfReader;
use super::picture::{self, Upright};
use super::reading::{OCR_DPI, Reading};
use crate::layout::{PageRecord, Token};
use crate::read::ocr;
use crate::services::{OcrAnswer, OcrText, OcrWord, Services};

/// Stands in a word for a glyph that is not known.
pub const MARK: &str = "\u{FFFD}";
const MARK_CHAR: char = '\u{FFFD}';
/// Fewer letters are no word: lone glyphs of no character are bullets and icons.
const LETTERS_MIN: usize = 2;
/// OCR has to be so sure of a word for it to be taken.
const SURE: f32 = 0.5;
/// Letters reach over the box of their word by this much, em.
const OVERHANG: f32 = 0.1;

fn has_unknown(token: &Token) -> bool {
    token.text.contains(MARK_CHAR)
}

fn is_word(token: &Token) -> bool {
    has_unknown(token) && token.chars() >= LETTERS_MIN
}

/// Takes the marks out of the words, and words that are nothing else with them. How many marks there were.
pub fn drop_marks(record: &mut PageRecord) -> usize {
    let mut count = 0;
    let asides = record.asides.iter_mut().map(|aside| &mut aside.tokens);
    for tokens in std::iter::once(&mut record.tokens).chain(asides) {
        for token in tokens.iter_mut().filter(|token| has_unknown(token)) {
            count += token.text.matches(MARK_CHAR).count();
            token.text = token.text.replace(MARK_CHAR, "");
        }
        tokens.retain(|token| !token.text.is_empty());
    }
    count
}

impl PdfReader {
    /// Reads the words of the page that have unknown glyphs by OCR, and says what was read and what is missing.
    pub(super) fn read_unknown(
        &mut self,
        number: u32,
        reading: &mut Reading,
        page: &mut Page,
        services: &mut dyn Services,
    ) {
        let record = &mut reading.record;
        let words: Vec<&Token> = record.tokens.iter().filter(|token| is_word(token)).collect();
        let reach = |token: &&Token| grown(token.bbox, OVERHANG * token.size);
        let boxes: Vec<BBox> = words.iter().map(reach).collect();
        if !boxes.is_empty() && !reading.oversized {
            let scale = picture::scale(record, OCR_DPI);
            let raster = self.interpreter.render(number as usize - 1, scale);
            let scale = raster.scale;
            let upright = Upright::of(raster, record.rotation).ok();
            if let Some((image, left, top)) = upright.and_then(|upright| upright.only(&boxes)) {
                match services.ocr(&image, &self.options.ocr_languages) {
                    OcrAnswer::Read(text) => {
                        let count = fill(record, &placed(&text, scale, left, top));
                        said(page, &text, count);
                    }
                    OcrAnswer::Missing { message } => page.warnings.push(Warning::new(Warning::OCR_MISSING, message)),
                    OcrAnswer::Failed { message } => page.warnings.push(Warning::new(Warning::OCR_FAILED, message)),
                }
            }
        }
        reading.has_unknown = false;
        reading.lost += drop_marks(&mut reading.record);
    }
}

fn said(page: &mut Page, text: &OcrText, count: usize) {
    if count > 0 {
        let message =
            format!("{count} word(s) whose fonts do not name their characters were read by OCR ({}).", text.engine);
        page.warnings.push(Warning::new(Warning::OCR_USED, message));
    }
    ocr::warn_of_languages(page, text);
}

fn grown(bbox: BBox, by: f32) -> BBox {
    BBox::new(bbox.x - by, bbox.y - by, bbox.w + 2.0 * by, bbox.h + 2.0 * by)
}

/// The words in points of the page, for a picture that begins at `left` and `top`.
fn placed(text: &OcrText, scale: f32, left: f32, top: f32) -> Vec<OcrWord> {
    let place = |word: &OcrWord| {
        let own = word.bbox;
        let bbox = BBox::new(left + own.x / scale, top + own.y / scale, own.w / scale, own.h / scale);
        OcrWord { text: word.text.trim().to_owned(), bbox, ..word.clone() }
    };
    text.words.iter().map(place).filter(|word| !word.text.is_empty()).collect()
}

/// Gives words with unknown glyphs the text that OCR found where they stand. How many words there are now in their places.
fn fill(record: &mut PageRecord, found: &[OcrWord]) -> usize {
    let (mut count, mut further) = (0, 0);
    let mut filled = Vec::with_capacity(record.tokens.len());
    for mut token in std::mem::take(&mut record.tokens) {
        token.seq += further;
        let inside = |word: &&OcrWord| {
            let (x, y) = word.bbox.center();
            token.bbox.contains_point(x, y)
        };
        let own: Vec<&OcrWord> = if is_word(&token) { found.iter().filter(inside).collect() } else { Vec::new() };
        let sure = own.iter().map(|word| word.confidence).sum::<f32>() >= SURE * own.len() as f32;
        if own.is_empty() || !sure {
            filled.push(token);
            continue;
        }
        // Where the space is an unknown glyph, too, a whole line was one word.
        for (place, word) in own.iter().enumerate() {
            let (text, seq) = (merged(&token.text, &word.text), token.seq + place as u32);
            let text = if own.len() == 1 { text } else { word.text.clone() };
            let bbox = BBox::new(word.bbox.x, token.bbox.y, word.bbox.w, token.bbox.h);
            filled.push(Token { text, bbox, seq, confidence: Some(word.confidence), ..token.clone() });
        }
        count += own.len();
        further += own.len() as u32 - 1;
    }
    record.tokens = filled;
    count
}

/// What OCR read, but for the letters that the font names, where both have as many.
fn merged(own: &str, read: &str) -> String {
    if own.chars().count() != read.chars().count() {
        return read.to_owned();
    }
    own.chars().zip(read.chars()).map(|(own, read)| if own == MARK_CHAR { read } else { own }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, x: f32, seq: u32) -> Token {
        Token { text: text.into(), bbox: BBox::new(x, 10.0, 50.0, 10.0), size: 10.0, seq, ..Token::default() }
    }

    fn word(text: &str, x: f32, confidence: f32) -> OcrWord {
        let bbox = BBox::new(x, 11.0, 15.0, 8.0);
        OcrWord { text: text.into(), bbox, block: 1, paragraph: 1, line: 1, confidence }
    }

    #[test]
    fn words_are_filled_where_they_stand_and_the_rest_is_counted() {
        for (name, tokens, found, expected, lost) in [
            ("known words stay", vec![token("mill", 0.0, 1)], vec![word("hill", 10.0, 0.9)], vec![("mill", 1)], 0),
            ("one word", vec![token("\u{FFFD}\u{FFFD}", 0.0, 1)], vec![word("ab", 9.0, 0.9)], vec![("ab", 1)], 0),
            (
                "named letters stay",
                vec![token("m\u{FFFD}ll", 0.0, 1)],
                vec![word("hill", 9.0, 0.9)],
                vec![("mill", 1)],
                0,
            ),
            (
                "no word is found",
                vec![token("m\u{FFFD}ll", 0.0, 1)],
                vec![word("hill", 90.0, 0.9)],
                vec![("mll", 1)],
                1,
            ),
            ("an unsure one", vec![token("m\u{FFFD}ll", 0.0, 1)], vec![word("hill", 9.0, 0.4)], vec![("mll", 1)], 1),
            ("a lone glyph", vec![token("\u{FFFD}", 0.0, 1)], vec![word("o", 9.0, 0.9)], vec![], 1),
            (
                "a line that was one word",
                vec![token("\u{FFFD}\u{FFFD}\u{FFFD}", 0.0, 1), token("mill", 60.0, 2)],
                vec![word("a", 2.0, 0.9), word("b", 20.0, 0.8)],
                vec![("a", 1), ("b", 2), ("mill", 3)],
                0,
            ),
        ] {
            let mut record = PageRecord { tokens, ..PageRecord::default() };
            fill(&mut record, &found);
            assert_eq!(drop_marks(&mut record), lost, "{name}");
            let got: Vec<(&str, u32)> = record.tokens.iter().map(|token| (token.text.as_str(), token.seq)).collect();
            assert_eq!(got, expected, "{name}");
        }
    }
}
