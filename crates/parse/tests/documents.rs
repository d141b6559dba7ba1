//! Whole documents through `parse_all`, against checked-in markdown and pages.
//!
//! `UPDATE_EXPECT=1 cargo test -p docmill-parse --test documents` writes the expected files anew; the diff is the review.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use docmill_model::document::{BlockKind, DocumentInfo, Page, PageOutcome};
use docmill_model::options::{CropBox, ImageCategory, ParseOptions, TableStyle, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord, PageImage, Services, Source, parse_all};
use serde_json::json;

/// Keeps the names of assets, and reads one word in every picture.
#[derive(Default)]
struct Recorder {
    assets: Vec<(String, usize)>,
}

impl Services for Recorder {
    fn ocr(&mut self, image: &PageImage, _languages: &[String]) -> OcrAnswer {
        let bbox = docmill_model::document::BBox::new(1.0, 1.0, image.width as f32 - 2.0, image.height as f32 - 2.0);
        let word = OcrWord { text: "square".into(), bbox, block: 1, paragraph: 1, line: 1, confidence: 0.5 };
        OcrAnswer::Read(OcrText { engine: "reader 1".into(), words: vec![word], ..OcrText::default() })
    }

    fn asset(&mut self, name: &str, _content_type: &str, bytes: &[u8]) {
        self.assets.push((name.to_owned(), bytes.len()));
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn parse(name: &str, options: &ParseOptions) -> (DocumentInfo, Vec<Page>, Recorder) {
    let bytes = Arc::new(fs::read(folder("fixtures").join(name)).expect("fixture"));
    let mut recorder = Recorder::default();
    let (info, outcomes) = parse_all(Source { name: name.into(), bytes }, options, &mut recorder).expect("a document");
    let pages = outcomes.into_iter().map(|outcome| match outcome {
        PageOutcome::Read(page) => *page,
        PageOutcome::Failed { error, .. } => panic!("{error}"),
    });
    (info, pages.collect(), recorder)
}

#[track_caller]
fn same_as_file(file: &str, actual: &str) {
    let path = folder("expected").join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, actual).expect("write");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{file} differs; UPDATE_EXPECT=1 writes it anew");
}

/// What a golden file keeps of a page beside its markdown and text.
fn shape(page: &Page) -> serde_json::Value {
    let blocks: Vec<_> = page
        .blocks
        .iter()
        .map(|block| {
            let value = serde_json::to_value(&block.kind).expect("json");
            let words: Vec<_> = block.words.iter().map(|range| range.of(&page.words).len()).collect();
            json!({"kind": value["type"], "role": block.role, "words": words, "boxes": block.boxes.len()})
        })
        .collect();
    json!({
        "number": page.number, "name": page.name, "size": [page.width, page.height], "engine": page.engine,
        "header": page.header, "footer": page.footer, "speaker_notes": page.speaker_notes,
        "words": page.words.len(), "lines": page.words.last().map(|word| word.line + 1), "images": page.images,
        "warnings": page.warnings, "blocks": blocks,
    })
}

#[track_caller]
fn check(name: &str) {
    let options = ParseOptions { annotate_links: true, images: vec![ImageCategory::Embedded], ..Default::default() };
    let (info, pages, recorder) = parse(name, &options);
    let join = |part: fn(&Page) -> &str| {
        let parts: Vec<String> =
            pages.iter().map(|page| format!("=== page {}\n{}\n", page.number, part(page))).collect();
        parts.concat()
    };
    same_as_file(&format!("{name}.md"), &join(|page| &page.markdown));
    same_as_file(&format!("{name}.txt"), &join(|page| &page.text));
    let shapes: Vec<_> = pages.iter().map(shape).collect();
    let all = json!({"info": info, "assets": recorder.assets, "pages": shapes});
    same_as_file(&format!("{name}.json"), &(serde_json::to_string_pretty(&all).expect("json") + "\n"));
    for page in &pages {
        citable(page);
    }
}

/// Words cover what blocks and cells say, so that extraction can cite it.
fn citable(page: &Page) {
    for block in &page.blocks {
        let said: String =
            block.words.iter().flat_map(|range| range.of(&page.words)).map(|word| word.text.as_str()).collect();
        match &block.kind {
            BlockKind::Text { value } | BlockKind::Heading { value, .. } | BlockKind::Code { value, .. } => {
                assert_eq!(said, value.split_whitespace().collect::<String>());
            }
            BlockKind::Table(table) => {
                for cell in &table.cells {
                    let said: Vec<_> = cell
                        .words
                        .iter()
                        .flat_map(|range| range.of(&page.words))
                        .map(|word| word.text.as_str())
                        .collect();
                    assert_eq!(said.join(" "), cell.text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            _ => {}
        }
    }
}

macro_rules! documents {
    ($($test:ident $file:literal,)*) => { $(#[test] fn $test() { check($file); })* };
}

documents! {
    docx "report.docx",
    xlsx "orders.xlsx",
    pptx "plan.pptx",
    html "page.html",
    markdown "notes.md",
    csv "people.csv",
    mail "mail.eml",
    json_names_no_files "data.json",
    text_in_another_encoding "latin1.txt",
    picture "square.png",
    word_with_notes_and_scripts "mill.docx",
    open_document_text "mill.odt",
    rich_text "mill.rtf",
    word_97 "mill.doc",
    book "mill.epub",
    slides_with_sections "mill.pptx",
    open_document_slides "mill.odp",
    cells_as_they_are_shown "prices.xlsx",
    open_document_sheet "prices.ods",
    excel_97 "prices.xls",
}

#[test]
fn fast_makes_words_and_text_only() {
    let options = ParseOptions { tier: Tier::Fast, ..ParseOptions::default() };
    let (_, pages, _) = parse("report.docx", &options);
    assert!(pages[0].markdown.is_empty() && pages[0].blocks.is_empty());
    assert!(pages[0].text.contains("Sales rose by 12 %") && pages[0].words.len() > 20);
    let (_, pages, recorder) = parse("square.png", &options);
    assert_eq!(pages[0].warnings[0].code, "PICTURE_NOT_READ");
    assert!(recorder.assets.is_empty() && pages[0].words.is_empty());
}

#[test]
fn tables_and_links_follow_their_options() {
    let tables = TableStyle { pipe: true, compact: true, line_separator: Some(" / ".into()), ..TableStyle::default() };
    let (info, pages, recorder) = parse(
        "report.docx",
        &ParseOptions { tables, not_followed: vec!["crop_box".into()], ..ParseOptions::default() },
    );
    assert!(pages[0].markdown.contains("| South | closed since / March |  |"), "{}", pages[0].markdown);
    assert!(pages[0].markdown.contains("see the site"));
    assert!(recorder.assets.is_empty());
    assert_eq!(info.warnings[0].message, "This release does not follow the option `crop_box`.");
}

#[test]
fn a_crop_box_is_not_followed_without_geometry_and_that_is_said() {
    let crop = Some(CropBox { top: Some(0.5), ..CropBox::default() });
    for (file, said) in [("report.docx", 1), ("square.png", 0)] {
        let (info, ..) = parse(file, &ParseOptions { crop, ..ParseOptions::default() });
        let of_crop = info.warnings.iter().filter(|warning| warning.message.contains("`crop_box`"));
        assert_eq!(of_crop.count(), said, "{file}");
    }
}

#[test]
fn pages_are_chosen() {
    let mut options = ParseOptions::default();
    options.pages.ranges = Some(vec![(2, 9)]);
    let (info, pages, _) = parse("orders.xlsx", &options);
    assert_eq!((info.page_count, pages.len(), pages[0].number), (2, 1, 2));
}
