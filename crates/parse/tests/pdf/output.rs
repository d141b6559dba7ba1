//! The output PDF: the document as it is, or with the words that OCR read laid over its pages.

use docmill_model::document::BBox;
use docmill_model::options::{ParseOptions, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{PageSpec, pdf, pdf_of};
use super::{PROSE, Recorder, options, paragraph, parse};

/// What OCR says of the page's picture: words of a line, pixels.
fn read(words: &[(&str, f32, f32)]) -> Recorder {
    let word = |(text, x, y): &(&str, f32, f32)| OcrWord {
        text: (*text).into(),
        bbox: BBox::new(*x, *y, 20.0 * text.chars().count() as f32, 30.0),
        block: 1,
        paragraph: 1,
        line: *y as u32,
        confidence: 0.9,
    };
    let words = words.iter().map(word).collect();
    Recorder {
        answer: Some(OcrAnswer::Read(OcrText { engine: "tesseract 5".into(), words, ..OcrText::default() })),
        ..Recorder::default()
    }
}

fn output(bytes: Vec<u8>, services: &mut Recorder) -> Vec<u8> {
    let asked = ParseOptions { output_pdf: true, ..options(Tier::CostEffective) };
    parse(bytes, &asked, services).expect("pages");
    let found = services.assets.iter().find(|(name, _)| name == "output.pdf");
    found.expect("an output PDF").1.clone()
}

#[test]
fn words_of_a_scan_can_be_searched_where_they_stand() {
    let words = [
        ("Hafengrüße", 200.0, 300.0),
        ("от", 450.0, 300.0),
        ("船長", 520.0, 300.0),
        ("registration", 200.0, 400.0),
        ("commission", 500.0, 400.0),
    ];
    let scan = super::SCAN;
    for rotate in ["", "/Rotate 90", "/CropBox [50 50 550 750]"] {
        let page = PageSpec { content: scan, extra: rotate };
        let given = pdf_of(&[page]);
        let mut services = read(&words);
        let made = output(given.clone(), &mut services);
        assert!(made.starts_with(&given), "the file's own bytes stay");
        let asked = options(Tier::CostEffective);
        let before = &parse(given, &asked, &mut read(&words)).expect("pages").1[0];
        // Read again, the page has its text itself: no OCR is asked.
        let mut again = Recorder::default();
        let after = &parse(made, &asked, &mut again).expect("pages").1[0];
        assert!(again.pictures.is_empty(), "{rotate}");
        let texts =
            |page: &docmill_model::document::Page| page.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(after), words.map(|(text, ..)| text), "{rotate}");
        for (one, other) in before.words.iter().zip(&after.words) {
            let (one, other) = (one.bbox.expect("a box"), other.bbox.expect("a box"));
            let apart = [one.x - other.x, one.y - other.y, one.right() - other.right(), one.bottom() - other.bottom()];
            assert!(apart.iter().all(|by| by.abs() < 0.5), "{rotate}: {one:?} {other:?}");
        }
    }
}

#[test]
fn a_page_with_text_stays_as_it_is() {
    let given = pdf(&[&paragraph(50.0, 700.0, &PROSE)]);
    assert_eq!(output(given.clone(), &mut Recorder::default()), given);
    let mut services = Recorder::default();
    parse(given, &options(Tier::CostEffective), &mut services).expect("pages");
    assert!(services.assets.is_empty(), "only when it is asked for");
}
