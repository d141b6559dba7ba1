//! Fonts that do not say which characters their glyphs are.

use docmill_model::document::{BBox, Page};
use docmill_model::options::{ParseOptions, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{PageSpec, pdf_with, stream, text};
use super::{PROSE, Recorder, options, paragraph, parse};

const NAMELESS: &[u8] = include_bytes!("../fixtures/nameless.ttf");

/// Pages whose resources have the font `/N`: glyphs 1 to 5 are T, O, A, L and a space, and nothing says so.
fn document(content: &str) -> Vec<u8> {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Nameless /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
                /Subtype /CIDFontType2 /BaseFont /ABCDEF+Nameless /CIDToGIDMap /Identity /DW 600 /CIDSystemInfo << /Registry \
                (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName \
                /ABCDEF+Nameless /Flags 4 /FontFile2 8 0 R >> >>] >>";
    let extra = "/Resources << /Font << /F 3 0 R /N 7 0 R >> >>";
    let file = stream(&format!("/Length1 {}", NAMELESS.len()), NAMELESS);
    pdf_with(&[PageSpec { content, extra }], "", &[font.into(), file])
}

/// Glyphs of the font, 20 points, 12 points each.
fn nameless(x: f32, y: f32, glyphs: &[u8]) -> String {
    let codes: String = glyphs.iter().map(|glyph| format!("{glyph:04x}")).collect();
    format!("BT /N 20 Tf {x} {y} Td <{codes}> Tj ET\n")
}

const TOTAL: [u8; 5] = [1, 2, 1, 3, 4];

/// What OCR answers: words with their left and right edges, pixels of the picture.
fn read(words: &[(&str, f32, f32)], confidence: f32) -> Recorder {
    let word = |(text, left, right): &(&str, f32, f32)| OcrWord {
        text: (*text).into(),
        bbox: BBox::new(*left, 30.0, right - left, 40.0),
        block: 1,
        paragraph: 1,
        line: 1,
        confidence,
    };
    let words = words.iter().map(word).collect();
    let text = OcrText { engine: "tesseract 5".into(), words, ..OcrText::default() };
    Recorder { answer: Some(OcrAnswer::Read(text)), ..Recorder::default() }
}

fn page(bytes: Vec<u8>, options: &ParseOptions, services: &mut Recorder) -> Page {
    parse(bytes, options, services).expect("pages").1.remove(0)
}

/// Each warning's code, with the number that its message begins with.
fn said(page: &Page) -> Vec<(&str, &str)> {
    page.warnings
        .iter()
        .map(|warning| (warning.code.as_str(), warning.message.split(' ').next().unwrap_or_default()))
        .collect()
}

#[test]
fn words_of_unknown_glyphs_are_read_by_ocr_in_their_places() {
    let content =
        paragraph(50.0, 700.0, &PROSE) + &text("F", 20.0, 50.0, 600.0, "Sum") + &nameless(100.0, 600.0, &TOTAL);
    let mut services = read(&[("TOTAL", 25.0, 180.0)], 0.9);
    let page = page(document(&content), &options(Tier::CostEffective), &mut services);
    assert!(
        page.markdown.starts_with("The registration of observers") && page.markdown.ends_with("Sum TOTAL"),
        "{}",
        page.markdown
    );
    // A line of five glyphs, and not the page: 60 by 20 points at 200 pixels per inch with white around.
    let [(width, height, 200)] = services.pictures[..] else { panic!("{:?}", services.pictures) };
    assert!((200..230).contains(&width) && (95..115).contains(&height), "{width} x {height}");
    assert_eq!(said(&page), [("OCR_USED", "1")]);
    let word = page.words.iter().find(|word| word.text == "TOTAL").expect("the word");
    let bbox = word.bbox.expect("a box");
    assert!((bbox.x - 100.0).abs() < 2.0 && (bbox.y - 184.0).abs() < 1.0, "{bbox:?}");
    assert_eq!(word.confidence, Some(0.9));
    assert_eq!(page.engine, "pdf text");
}

#[test]
fn a_line_whose_spaces_are_unknown_becomes_words() {
    let line = [TOTAL.as_slice(), &[5], &TOTAL].concat();
    let content = paragraph(50.0, 700.0, &PROSE) + &nameless(100.0, 600.0, &line);
    let mut services = read(&[("TOTAL", 25.0, 180.0), ("TOTAL", 225.0, 380.0)], 0.9);
    let page = page(document(&content), &options(Tier::CostEffective), &mut services);
    assert!(page.markdown.ends_with("TOTAL TOTAL"), "{}", page.markdown);
    assert_eq!(said(&page), [("OCR_USED", "2")]);
}

#[test]
fn what_stays_unknown_is_counted() {
    let content = paragraph(50.0, 700.0, &PROSE) + &nameless(100.0, 600.0, &TOTAL);
    let failed =
        || Recorder { answer: Some(OcrAnswer::Failed { message: "It crashed.".into() }), ..Recorder::default() };
    let layout = options(Tier::CostEffective);
    let pictures_ignored = ParseOptions { ignore_text_in_image: true, ..layout.clone() };
    for (name, options, mut services, expected) in [
        ("no OCR", layout.clone(), Recorder::default(), vec![("OCR_MISSING", "tesseract"), ("GLYPHS_UNKNOWN", "5")]),
        ("OCR fails", layout.clone(), failed(), vec![("OCR_FAILED", "It"), ("GLYPHS_UNKNOWN", "5")]),
        ("OCR is unsure", layout.clone(), read(&[("IOIAL", 25.0, 180.0)], 0.3), vec![("GLYPHS_UNKNOWN", "5")]),
        ("OCR finds nothing", layout, read(&[], 0.9), vec![("GLYPHS_UNKNOWN", "5")]),
        ("no OCR is wanted", pictures_ignored, read(&[("TOTAL", 25.0, 180.0)], 0.9), vec![("GLYPHS_UNKNOWN", "5")]),
        (
            "the fast tier",
            super::options(Tier::Fast),
            read(&[("TOTAL", 25.0, 180.0)], 0.9),
            vec![("GLYPHS_UNKNOWN", "5")],
        ),
    ] {
        let page = page(document(&content), &options, &mut services);
        assert_eq!(said(&page), expected, "{name}");
        assert!(
            page.text.contains("before the end of the month.") && !page.text.contains('\u{FFFD}'),
            "{name}: {}",
            page.text
        );
    }
}

#[test]
fn lone_glyphs_are_no_words_and_need_no_ocr() {
    let content = nameless(30.0, 700.0, &[2]) + &paragraph(50.0, 700.0, &PROSE);
    let mut services = Recorder::default();
    let page = page(document(&content), &options(Tier::CostEffective), &mut services);
    assert_eq!((said(&page), services.pictures.len()), (vec![("GLYPHS_UNKNOWN", "1")], 0));
}

#[test]
fn the_words_of_a_turned_page_are_shown_upright() {
    // The text runs up the page.
    let line = |x: f32, font: &str, shown: &str| format!("BT /{font} Tf 0 1 -1 0 {x} 100 Tm {shown} Tj ET\n");
    let lines: String = (0..3).map(|row| line(100.0 + 12.0 * row as f32, "F 10", "(Turned text on a page)")).collect();
    let content = lines + &line(200.0, "N 20", "<00010002000100030004>");
    let mut services = read(&[("TOTAL", 25.0, 180.0)], 0.9);
    let page = page(document(&content), &options(Tier::CostEffective), &mut services);
    assert_eq!(page.rotation, 90);
    assert!(page.text.contains("TOTAL"), "{}", page.text);
    let [(width, height, _)] = services.pictures[..] else { panic!("{:?}", services.pictures) };
    assert!(width > height, "{width} x {height}");
}
