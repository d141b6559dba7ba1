//! Options that change what is read of a page and how it is written.

use docmill_model::document::{BBox, Page};
use docmill_model::options::{CropBox, ParseOptions, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{pdf, text};
use super::{Recorder, SCAN, options, parse};

fn read(content: &str, asked: &ParseOptions) -> Page {
    parse(pdf(&[content]), asked, &mut Recorder::default()).expect("pages").1.remove(0)
}

fn crop(top: Option<f64>, bottom: Option<f64>, left: Option<f64>, right: Option<f64>) -> Option<CropBox> {
    Some(CropBox { top, bottom, left, right })
}

#[test]
fn what_lies_outside_the_crop_box_is_not_read() {
    let corners = [(50.0, 700.0, "northwest"), (400.0, 700.0, "northeast"), (50.0, 100.0, "southwest")];
    let mut content: String = corners.iter().map(|(x, y, word)| text("F", 10.0, *x, *y, word)).collect();
    content += &text("F", 10.0, 400.0, 100.0, "southeast");
    content += "BT /F 10 Tf 0 1 -1 0 300 300 Tm (sideways) Tj ET\n";
    for (asked, kept) in [
        (None, vec!["northwest", "northeast", "southwest", "southeast", "sideways"]),
        (crop(Some(0.5), None, None, None), vec!["southwest", "southeast", "sideways"]),
        (crop(None, Some(0.5), None, None), vec!["northwest", "northeast"]),
        (crop(None, None, Some(0.6), None), vec!["northeast", "southeast"]),
        (crop(None, Some(0.5), None, Some(0.4)), vec!["northwest"]),
    ] {
        for tier in [Tier::Fast, Tier::CostEffective] {
            let page = read(&content, &ParseOptions { crop: asked, ..options(tier) });
            let said = if tier == Tier::Fast { page.text } else { page.markdown };
            let mut words: Vec<&str> = said.split_whitespace().collect();
            let mut expected = kept.clone();
            words.sort_unstable();
            expected.sort_unstable();
            assert_eq!(words, expected, "{asked:?} {tier:?}");
            assert_eq!((page.width, page.height), (Some(600.0), Some(800.0)));
        }
    }
}

#[test]
fn words_that_ocr_reads_are_cut_too() {
    let word = |text: &str, y: f32| OcrWord {
        text: text.into(),
        bbox: BBox::new(200.0, y, 100.0, 30.0),
        block: 1,
        paragraph: 1,
        line: y as u32,
        confidence: 0.9,
    };
    for (asked, expected) in [(None, "above below"), (crop(None, Some(0.5), None, None), "above")] {
        let words = vec![word("above", 400.0), word("below", 1_400.0)];
        let answer = OcrAnswer::Read(OcrText { engine: "tesseract 5".into(), words });
        let mut services = Recorder { answer: Some(answer), ..Recorder::default() };
        let asked = ParseOptions { crop: asked, ..options(Tier::CostEffective) };
        let page = parse(pdf(&[SCAN]), &asked, &mut services).expect("pages").1.remove(0);
        assert_eq!(page.markdown.split_whitespace().collect::<Vec<_>>().join(" "), expected);
    }
}
