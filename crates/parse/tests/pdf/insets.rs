//! Pictures with words on pages that have text of their own.

use docmill_model::document::{BBox, BlockKind, Page, Role};
use docmill_model::options::{CropBox, ParseOptions, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{PageSpec, pdf_with, stream};
use super::{PROSE, Recorder, options, paragraph, parse};

/// A grey picture of 900 by 300 pixels: bars in rows, as words are, or a slope of greys, as photographs have.
fn picture(words: bool) -> Vec<u8> {
    let word = |x: u32, y: u32| if y % 60 < 24 && y > 30 && x % 12 < 5 && x % 150 < 100 { 15 } else { 250 };
    let slope = |x: u32, y: u32| ((x / 5 + y / 3) % 256) as u8;
    let data: Vec<u8> = (0..300 * 900)
        .map(|at| (at % 900, at / 900))
        .map(|(x, y)| if words { word(x, y) } else { slope(x, y) })
        .collect();
    let dict = "/Type /XObject /Subtype /Image /Width 900 /Height 300 /BitsPerComponent 8 /ColorSpace /DeviceGray";
    stream(dict, &data)
}

/// The picture between two paragraphs.
fn page_with(picture: Vec<u8>, w: f32, h: f32, options: &ParseOptions, services: &mut Recorder) -> Page {
    let content = paragraph(50.0, 720.0, &PROSE)
        + &format!("q {w} 0 0 {h} 100 400 cm /X0 Do Q\n")
        + &paragraph(50.0, 250.0, &["What stands below the picture", "is a paragraph of its own."]);
    let bytes = pdf_with(&[PageSpec { content: &content, extra: "" }], "", &[picture]);
    parse(bytes, options, services).expect("pages").1.remove(0)
}

/// What OCR answers of a picture at 200 pixels an inch: words with their corners, pixels.
fn says(words: &[(&str, f32, f32)], confidence: f32) -> Recorder {
    let word = |(text, x, y): &(&str, f32, f32)| OcrWord {
        text: (*text).into(),
        bbox: BBox::new(*x, *y, 14.0 * text.len() as f32, 24.0),
        block: 1,
        paragraph: 1,
        line: *y as u32,
        confidence,
    };
    let words = words.iter().map(word).collect();
    let text = OcrText { engine: "tesseract 5".into(), words, ..OcrText::default() };
    Recorder { answer: Some(OcrAnswer::Read(text)), ..Recorder::default() }
}

const SCANNED: &[(&str, f32, f32)] = &[("Delivered", 30.0, 60.0), ("without", 180.0, 60.0), ("damage", 300.0, 60.0)];

#[test]
fn the_words_of_a_picture_stand_where_it_stands() {
    let mut services = says(SCANNED, 0.8);
    let page = page_with(picture(true), 300.0, 100.0, &options(Tier::CostEffective), &mut services);
    let [before, after] = ["before the end of the month.", "What stands below"].map(|own| page.markdown.find(own));
    let inside = page.markdown.find("Delivered without damage");
    assert!(before.is_some() && before < inside && inside < after, "{}", page.markdown);
    assert!(page.text.find("Delivered") < page.text.find("What stands"), "{}", page.text);
    assert_eq!(services.pictures.len(), 1, "only the picture is read");
    assert!(services.pictures[0].0 < 900, "and not the page: {:?}", services.pictures);
    // Words are in reading order, and each block has its own.
    let order: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
    let at = order.iter().position(|word| *word == "Delivered").expect("the word");
    assert_eq!(order[at - 1..at + 4], ["month.", "Delivered", "without", "damage", "What"]);
    assert!(page.words.windows(2).all(|pair| pair[0].line <= pair[1].line), "{:?}", page.words);
    for block in &page.blocks {
        let BlockKind::Text { value } = &block.kind else { continue };
        let words = block.words[0].of(&page.words);
        assert!(value.starts_with(&words[0].text) && value.ends_with(&words[words.len() - 1].text), "{value}");
    }
    // 100 points from the left, 300 from the top, and the white that OCR is given around it.
    let bbox = page.words[at].bbox.expect("a box");
    assert!((bbox.x - 103.6).abs() < 1.0 && (310.0..320.0).contains(&bbox.y), "{bbox:?}");
    assert!(page.blocks.iter().any(|block| block.role == Role::Figure), "the picture stays a figure");
    let confidence = page.confidence.expect("a confidence");
    assert!(confidence > 0.9 && confidence < 0.98, "{confidence}");
    assert_eq!(page.warnings[0].code, "OCR_USED");
}

#[test]
fn pictures_without_words_and_those_that_nobody_asked_for_cost_no_ocr() {
    let layout = options(Tier::CostEffective);
    let ignored = ParseOptions { ignore_text_in_image: true, ..layout.clone() };
    let below = ParseOptions { crop: Some(CropBox { top: Some(0.6), ..CropBox::default() }), ..layout.clone() };
    for (name, data, (w, h), options) in [
        ("a logo", picture(true), (60.0, 20.0), &layout),
        ("a photograph", picture(false), (300.0, 100.0), &layout),
        ("the fast tier", picture(true), (300.0, 100.0), &super::options(Tier::Fast)),
        ("text in pictures is ignored", picture(true), (300.0, 100.0), &ignored),
        ("it is cut off", picture(true), (300.0, 100.0), &below),
    ] {
        let mut services = says(SCANNED, 0.8);
        let page = page_with(data, w, h, options, &mut services);
        assert_eq!((services.pictures.len(), page.text.contains("Delivered")), (0, false), "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_left_out_and_missing_ocr_is_told() {
    let read =
        |mut services: Recorder| page_with(picture(true), 300.0, 100.0, &options(Tier::CostEffective), &mut services);
    let unsure = read(says(&[("Deiiv", 30.0, 60.0), ("||", 180.0, 60.0)], 0.3));
    assert!(!unsure.text.contains("Deiiv") && unsure.warnings.is_empty(), "{:?}", unsure.warnings);
    let missing = read(Recorder::default());
    assert_eq!(missing.warnings[0].code, "OCR_MISSING");
    assert!(missing.warnings[0].is_lack());
}
