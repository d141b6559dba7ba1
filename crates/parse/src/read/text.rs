//! Plain text: paragraphs between blank lines, all on one page.

use std::borrow::Cow;

use docmill_model::document::{Block, BlockKind, DocumentInfo, FORMAT, Page, Role, Warning};
use docmill_model::options::ParseOptions;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ready::{Draft, Ready};
use super::words::WordList;
use crate::{DocumentReader, Source};

/// The characters are those of an encoding that was guessed.
const ENCODING_GUESSED: &str = "ENCODING_GUESSED";
/// Above this share (1 in so many bytes), bytes outside ASCII are no western European text.
const HIGH_BYTES_SHARE: usize = 3;

/// Opens a text; it cannot fail, as `detect` let pass only what decodes.
pub fn open(source: &Source, options: &ParseOptions) -> Box<dyn DocumentReader> {
    let decoded = decode(&source.bytes);
    let mut info = DocumentInfo { format: FORMAT, kind: "txt".into(), ..DocumentInfo::default() };
    if decoded.guessed {
        info.warnings.push(guessed_warning());
    }
    let page = page(&decoded.text, options);
    Box::new(Ready::new(info, vec![Draft { page, assets: Vec::new() }], options))
}

pub fn guessed_warning() -> Warning {
    Warning::new(
        ENCODING_GUESSED,
        "The text is not UTF-8; it was read as windows-1252, so some characters may be wrong.",
    )
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
}

/// A byte order mark decides, then UTF-8 when the bytes are that, then windows-1252.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        return Decoded { text: encoding.decode_without_bom_handling(&bytes[length..]).0, guessed: false };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), guessed: false },
        Err(_) => Decoded { text: WINDOWS_1252.decode_without_bom_handling(bytes).0, guessed: true },
    }
}

/// Whether the bytes are text that `decode` reads: hardly any control characters, and where the encoding would be
/// guessed, mostly ASCII letters and none of the five bytes that windows-1252 leaves out.
pub fn is_text(bytes: &[u8]) -> bool {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        debug_assert!(encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE);
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(&bytes[length..]);
        return decoded.is_some_and(|text| few_controls(&text));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => few_controls(text),
        Err(_) => {
            let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
            let undefined = bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D));
            let controls = bytes.iter().any(|byte| is_control(char::from(*byte)) && *byte < 0x80);
            !undefined && !controls && high * HIGH_BYTES_SHARE <= bytes.len()
        }
    }
}

fn few_controls(text: &str) -> bool {
    let controls = text.chars().filter(|char| is_control(*char)).count();
    !text.contains('\0') && (controls == 0 || controls * 200 < text.chars().count())
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
        for (bytes, expected, guessed) in [
            ("Käse".as_bytes(), Some("Käse"), false),
            (b"\xEF\xBB\xBFx", Some("x"), false),
            (&utf16, Some("Käse"), false),
            (b"Gr\xFC\xDFe aus dem Norden", Some("Grüße aus dem Norden"), true),
            (b"\xE9\xA4\xF1\xFF", None, true),
            (b"a\0b", None, false),
            (b"\x81 is not defined", None, true),
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
    fn words_know_their_lines() {
        let page = page("one two\nthree\n\nfour", &ParseOptions::default());
        let lines: Vec<_> = page.words.iter().map(|word| (word.text.as_str(), word.line)).collect();
        assert_eq!(lines, [("one", 0), ("two", 0), ("three", 1), ("four", 2)]);
        assert_eq!(page.blocks[1].words[0].of(&page.words)[0].text, "four");
    }
}
