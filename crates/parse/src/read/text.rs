//! Plain text: paragraphs between blank lines, on one page unless they are too many for it.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use docmill_model::document::{Block, BlockKind, DocumentInfo, FORMAT, Page, Role, Warning};
use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ready::PAGE_BYTES_MAX;
use super::words::WordList;
use crate::render::finish_page;
use crate::{DocumentReader, Services, Source};

/// The characters are those of an encoding that was guessed.
const ENCODING_GUESSED: &str = "ENCODING_GUESSED";
/// Above this share (1 in so many bytes), bytes outside ASCII are no western European text.
const HIGH_BYTES_SHARE: usize = 3;
/// One in so many bytes may be one that windows-1252 does not define.
const UNDEFINED_SHARE: usize = 500;
/// Fewer characters outside ASCII say nothing about an encoding.
const FOREIGN_CHARS_MIN: usize = 4;
/// Bytes that an encoding is guessed from.
const GUESS_BYTES_MAX: usize = 1 << 20;

/// A text whose pages are made when they are read: as words it is many times as large.
struct TextReader {
    info: DocumentInfo,
    text: String,
    /// Where each page ends in the text, bytes.
    ends: Vec<usize>,
    options: ParseOptions,
}

impl DocumentReader for TextReader {
    fn info(&self) -> DocumentInfo {
        self.info.clone()
    }

    fn page(&mut self, number: u32, _services: &mut dyn Services) -> Result<Page, Failure> {
        let index = (number as usize).wrapping_sub(1);
        let Some(end) = self.ends.get(index).copied() else {
            return Err(Failure::new(Code::PagesOutOfRange, format!("The document has no page {number}.")));
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut page = page(&self.text[start..end], &self.options);
        page.number = number;
        finish_page(&mut page, &self.options);
        Ok(page)
    }
}

/// Opens a text; it cannot fail, as `detect` let pass only what decodes.
pub fn open(source: &Source, options: &ParseOptions) -> Box<dyn DocumentReader> {
    let decoded = decode(&source.bytes);
    let mut info = DocumentInfo { format: FORMAT, kind: "txt".into(), ..DocumentInfo::default() };
    if decoded.guessed {
        info.warnings.push(guessed_warning(decoded.encoding));
    }
    let text = decoded.text.into_owned();
    let ends: Vec<usize> = portions(&text)
        .iter()
        .scan(0, |end, portion| {
            *end += portion.len();
            Some(*end)
        })
        .collect();
    info.page_count = ends.len() as u32;
    Box::new(TextReader { info, text, ends, options: options.clone() })
}

/// Whether there is nothing but white space behind a byte order mark, or nothing at all.
pub fn is_blank(bytes: &[u8]) -> bool {
    let (is_wide, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding != UTF_8, &bytes[length..]),
        None => (false, bytes),
    };
    rest.iter().all(|byte| byte.is_ascii_whitespace() || is_wide && *byte == 0)
}

/// The document that an empty text of a kind is: a page without text.
pub fn blank(kind: &str, options: &ParseOptions) -> Box<dyn DocumentReader> {
    let warnings = vec![Warning::new(Code::EmptyFile.as_str(), "The file is empty: it has no text.")];
    let info = DocumentInfo { format: FORMAT, kind: kind.into(), page_count: 1, warnings, ..DocumentInfo::default() };
    Box::new(TextReader { info, text: String::new(), ends: vec![0], options: options.clone() })
}

pub fn guessed_warning(encoding: &str) -> Warning {
    let message = format!("The text is not UTF-8; it was read as {encoding}, so some characters may be wrong.");
    Warning::new(ENCODING_GUESSED, message)
}

/// The text in portions that fit on a page, cut behind a line, or inside one that is longer than a page.
fn portions(text: &str) -> Vec<&str> {
    let mut portions = Vec::new();
    let mut rest = text;
    while rest.len() > PAGE_BYTES_MAX {
        let end = rest.floor_char_boundary(PAGE_BYTES_MAX);
        let end = rest[..end].rfind('\n').or_else(|| rest[..end].rfind(' ')).map_or(end, |at| at + 1);
        let (portion, after) = rest.split_at(end);
        portions.push(portion);
        rest = after;
    }
    portions.push(rest);
    portions
}

fn page(text: &str, options: &ParseOptions) -> Page {
    let mut words = WordList::default();
    let mut blocks = Vec::new();
    for value in paragraphs(text) {
        let range = words.push_lines(&value);
        if options.tier.has_layout() {
            let (kind, role) = (BlockKind::Text { value }, Role::Body);
            blocks.push(Block { kind, role, boxes: vec![], words: vec![range], md: String::new(), confidence: None });
        }
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Page {
        blocks,
        words: words.into_words(),
        text: text.trim_end().to_owned(),
        engine: "text".into(),
        ..Page::default()
    }
}

/// Runs of lines that are not blank, form feeds being blank.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(|line| line.trim_end_matches(['\r', '\u{c}']).trim_end()) {
        let last = paragraphs.last_mut().filter(|last| !last.is_empty());
        match (line.trim_start_matches('\u{c}').is_empty(), last) {
            (true, Some(_)) => paragraphs.push(String::new()),
            (true, None) => {}
            (false, Some(last)) => {
                last.push('\n');
                last.push_str(line);
            }
            (false, None) => {
                paragraphs.pop();
                paragraphs.push(line.to_owned());
            }
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// A decoded text; `guessed` when nothing in the bytes says the encoding.
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub guessed: bool,
    /// As the Encoding Standard calls it.
    pub encoding: &'static str,
}

/// A byte order mark decides, then UTF-8 when the bytes are that, then the zero bytes of UTF-16, then a guess by how
/// often characters stand beside each other.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(text) = utf32(bytes) {
        return Decoded { text: text.into(), guessed: false, encoding: "UTF-32" };
    }
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(&bytes[length..]).0;
        return Decoded { text, guessed: false, encoding: encoding.name() };
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        let text = encoding.decode_without_bom_handling(bytes).0;
        return Decoded { text, guessed: false, encoding: encoding.name() };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), guessed: false, encoding: UTF_8.name() },
        Err(_) => {
            let encoding = guess(bytes);
            let text = encoding.decode_without_bom_handling(bytes).0;
            Decoded { text, guessed: true, encoding: encoding.name() }
        }
    }
}

/// Whether the bytes are text that `decode` reads: hardly any control characters, and where the encoding would be
/// guessed, characters that are letters.
pub fn is_text(bytes: &[u8]) -> bool {
    if let Some(text) = utf32(bytes) {
        return few_controls(&text);
    }
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        debug_assert!(encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE);
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(&bytes[length..]);
        return decoded.is_some_and(|text| few_controls(&text));
    }
    if utf16_without_mark(bytes).is_some() {
        return true;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => few_controls(text),
        Err(_) => !bytes.iter().any(|byte| *byte < 0x80 && is_control(char::from(*byte))) && is_guessable(bytes),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES_MAX)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether what the guess makes of the bytes looks like a text.
fn is_guessable(bytes: &[u8]) -> bool {
    let encoding = guess(bytes);
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    if encoding == WINDOWS_1252 {
        // Its text is mostly ASCII, and it leaves five bytes out; texts that went through other programs have a few.
        let undefined = bytes.iter().filter(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)).count();
        return undefined * UNDEFINED_SHARE <= bytes.len() && high * HIGH_BYTES_SHARE <= bytes.len();
    }
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else { return false };
    let foreign: Vec<char> = text.chars().filter(|char| !char.is_ascii()).collect();
    let letters = foreign.iter().filter(|char| char.is_alphabetic()).count();
    foreign.len() >= FOREIGN_CHARS_MIN && letters * 10 >= foreign.len() * 7 && few_controls(&text)
}

/// UTF-16 without a byte order mark: of western text every other byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(GUESS_BYTES_MAX) & !1];
    if head.len() < 8 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = match head.len() / 2 {
        pairs if odd * 10 >= pairs * 7 && even * 50 <= pairs => UTF_16LE,
        pairs if even * 10 >= pairs * 7 && odd * 50 <= pairs => UTF_16BE,
        _ => return None,
    };
    encoding.decode_without_bom_handling_and_without_replacement(bytes).filter(|text| few_controls(text))?;
    Some(encoding)
}

/// UTF-32 behind its byte order mark.
fn utf32(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match bytes.get(..4)? {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let (units, rest) = bytes[4..].as_chunks::<4>();
    rest.is_empty().then_some(())?;
    units.iter().map(|unit| char::from_u32(read(*unit))).collect()
}

/// Controls of the upper half are what is left of text that was encoded twice: damaged, but text.
fn few_controls(text: &str) -> bool {
    let controls = text.chars().filter(|char| is_control(*char) && *char < '\u{80}').count();
    let upper = text.chars().filter(|char| ('\u{80}'..'\u{a0}').contains(char)).count();
    let chars = text.chars().count();
    !text.contains('\0') && (controls == 0 || controls * 200 < chars) && upper * 20 <= chars
}

fn is_control(char: char) -> bool {
    char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Käse".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let long_utf16: Vec<u8> = "A Käse is long".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected, guessed) in [
            ("Käse".as_bytes(), Some("Käse"), false),
            (b"\xEF\xBB\xBFx", Some("x"), false),
            (&utf16, Some("Käse"), false),
            (b"Gr\xFC\xDFe aus dem Norden", Some("Grüße aus dem Norden"), true),
            (b"\xE9\xA4\xF1\xFF", None, true),
            (b"a\0b", None, false),
            (b"\x81 is not defined", None, true),
            (&utf16[2..], Some("Käse"), false),
            (&long_utf16, Some("A Käse is long"), false),
            (b"\xFF\xFE\0\0K\0\0\0\xE4\0\0\0", Some("K\u{e4}"), false),
            (b"\x93\xFA\x96{\x8C\xEA\x82\xCC\x95\xB6\x8F\x91\x82\xC5\x82\xB7\x81B", Some("日本語の文書です。"), true),
            (
                b"\xCF\xF0\xE8\xE2\xE5\xF2 \xE8\xE7 \xCC\xEE\xF1\xEA\xE2\xFB, \xEF\xE8\xF1\xFC\xEC\xEE",
                Some("Привет из Москвы, письмо"),
                true,
            ),
        ] {
            assert_eq!(is_text(bytes).then(|| decode(bytes).text.into_owned()).as_deref(), expected, "{bytes:?}");
            assert_eq!(decode(bytes).guessed, guessed, "{bytes:?}");
        }
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(paragraphs("\n\na\r\nb\n \t\n\nc\u{c}\n\u{c}\nd"), ["a\nb", "c", "d"]);
        assert!(paragraphs(" \n\n").is_empty());
    }

    #[test]
    fn long_texts_become_several_pages_and_lose_nothing() {
        for text in ["line of words\n".repeat(60_000), "x".repeat(1_000_000), "ä ".repeat(400_000)] {
            let portions = portions(&text);
            assert_eq!(portions.concat(), text);
            assert!(portions.len() > 1 && portions.iter().all(|portion| portion.len() <= PAGE_BYTES_MAX));
        }
        assert_eq!(portions("short"), ["short"]);
    }

    #[test]
    fn words_know_their_lines() {
        let page = page("one two\nthree\n\nfour", &ParseOptions::default());
        let lines: Vec<_> = page.words.iter().map(|word| (word.text.as_str(), word.line)).collect();
        assert_eq!(lines, [("one", 0), ("two", 0), ("three", 1), ("four", 2)]);
        assert_eq!(page.blocks[1].words[0].of(&page.words)[0].text, "four");
    }
}
