//! PDF documents end to end, from small files that are written here.

#[path = "pdf/asked.rs"]
mod asked;
#[path = "pdf/comments.rs"]
mod comments;
#[path = "pdf/content.rs"]
mod content;
#[path = "pdf/every_option.rs"]
mod every_option;
#[path = "pdf/fields.rs"]
mod fields;
#[path = "pdf/footnotes.rs"]
mod footnotes;
#[path = "pdf/hostile.rs"]
mod hostile;
#[path = "pdf/insets.rs"]
mod insets;
#[path = "pdf/left_out.rs"]
mod left_out;
#[path = "pdf/links.rs"]
mod links;
#[path = "pdf/output.rs"]
mod output;
#[path = "../examples/outside/mod.rs"]
mod outside;
#[path = "pdf/photos.rs"]
mod photos;
#[path = "pdf/pictures.rs"]
mod pictures;
#[path = "pdf/quotes.rs"]
mod quotes;
mod support;
#[path = "pdf/tables.rs"]
mod tables;
#[path = "pdf/tagged.rs"]
mod tagged;
#[path = "pdf/unknown.rs"]
mod unknown;
#[path = "pdf/vertical.rs"]
mod vertical;

use std::sync::Arc;

use docmill_model::Failure;
use docmill_model::document::{BlockKind, DocumentInfo, Page, PageOutcome, Role};
use docmill_model::options::{ImageCategory, ParseOptions, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord, PageImage, Services, Source, parse_all};
use support::{PageSpec, line, pdf, pdf_of, text};

/// Answers every picture with the same text, and keeps what it was given.
#[derive(Default)]
struct Recorder {
    answer: Option<OcrAnswer>,
    pictures: Vec<(u32, u32, u32)>,
    assets: Vec<(String, Vec<u8>)>,
}

impl Services for Recorder {
    fn ocr(&mut self, image: &PageImage, _: &[String]) -> OcrAnswer {
        assert_eq!(image.grey.len(), (image.width * image.height) as usize);
        self.pictures.push((image.width, image.height, image.dpi));
        self.answer.clone().unwrap_or(OcrAnswer::Missing { message: "tesseract is not installed.".into() })
    }

    fn asset(&mut self, name: &str, _: &str, bytes: &[u8]) {
        self.assets.push((name.into(), bytes.into()));
    }
}

fn options(tier: Tier) -> ParseOptions {
    ParseOptions { tier, ..ParseOptions::default() }
}

fn parse(
    bytes: Vec<u8>,
    options: &ParseOptions,
    services: &mut Recorder,
) -> Result<(DocumentInfo, Vec<Page>), Failure> {
    let source = Source { name: "a.pdf".into(), bytes: Arc::new(bytes) };
    let (info, outcomes) = parse_all(source, options, services)?;
    let pages = outcomes.into_iter().map(|outcome| match outcome {
        PageOutcome::Read(page) => *page,
        PageOutcome::Failed { number, error } => panic!("page {number}: {error}"),
    });
    Ok((info, pages.collect()))
}

fn pages(bytes: Vec<u8>) -> Vec<Page> {
    parse(bytes, &options(Tier::CostEffective), &mut Recorder::default()).expect("a readable file").1
}

fn markdown(content: &str) -> String {
    pages(pdf(&[content]))[0].markdown.clone()
}

/// A paragraph of lines, 12 points apart.
fn paragraph(x: f32, y: f32, lines: &[&str]) -> String {
    lines.iter().enumerate().map(|(number, own)| text("F", 10.0, x, y - 12.0 * number as f32, own)).collect()
}

const PROSE: [&str; 3] = [
    "The registration of observers runs until May and the com-",
    "mission reviews the applications of nearly all of",
    "them before the end of the month.",
];

#[test]
fn headings_paragraphs_and_hyphens() {
    let content = text("B", 18.0, 50.0, 750.0, "Annual report")
        + &paragraph(50.0, 720.0, &PROSE)
        + &text("B", 12.0, 50.0, 660.0, "Summary")
        + &paragraph(50.0, 640.0, &PROSE);
    insta::assert_snapshot!(markdown(&content), @r"
    # Annual report

    The registration of observers runs until May and the commission reviews the applications of nearly all of them before the end of the month.

    ## Summary

    The registration of observers runs until May and the commission reviews the applications of nearly all of them before the end of the month.
    ");
}

/// Headings of less than the text's size above a paragraph, and one of two lines too far apart for a paragraph. A line of
/// the same style that stands above no paragraph is none.
#[test]
fn small_and_wrapped_headings_are_headings() {
    let content = text("B", 18.0, 50.0, 760.0, "What the harbour books")
        + &text("B", 18.0, 50.0, 726.0, "have told us so far")
        + &paragraph(50.0, 690.0, &PROSE)
        + &text("B", 8.0, 50.0, 630.0, "Method")
        + &paragraph(50.0, 616.0, &PROSE)
        + &text("F", 7.0, 50.0, 560.0, "COURSE MARKING")
        + &paragraph(50.0, 546.0, &PROSE)
        + &text("F", 7.0, 50.0, 470.0, "QUAY STATIONERS");
    let markdown = markdown(&content);
    let headings: Vec<&str> = markdown.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(
        headings,
        ["# What the harbour books have told us so far", "## Method", "## COURSE MARKING"],
        "{markdown}"
    );
}

#[test]
fn lists_are_nested_by_indent() {
    let mut content = paragraph(50.0, 760.0, &PROSE);
    for (x, y, marker, own) in [
        (50.0, 700.0, "-", "apples and pears"),
        (70.0, 686.0, "-", "red ones"),
        (70.0, 672.0, "-", "green ones"),
        (50.0, 658.0, "-", "bread"),
    ] {
        content += &text("F", 10.0, x, y, marker);
        content += &text("F", 10.0, x + 12.0, y, own);
    }
    content += &text("F", 10.0, 50.0, 620.0, "1. first step");
    content += &text("F", 10.0, 50.0, 606.0, "2. second step");
    insta::assert_snapshot!(markdown(&content), @r"
    The registration of observers runs until May and the commission reviews the applications of nearly all of them before the end of the month.

    - apples and pears
      - red ones
      - green ones
    - bread

    1. first step
    2. second step
    ");
}

/// A grid of three columns and three rows; the first row is one cell.
fn ruled() -> String {
    let mut content = String::new();
    for y in [700.0, 680.0, 660.0, 640.0] {
        content += &line(50.0, y, 350.0, y);
    }
    for (x, top) in [(50.0, 700.0), (150.0, 680.0), (250.0, 680.0), (350.0, 700.0)] {
        content += &line(x, top, x, 640.0);
    }
    content += &text("B", 10.0, 60.0, 686.0, "Members of the house");
    for (column, values) in [["Party", "North"], ["Seats", "12"], ["Share", "40 %"]].iter().enumerate() {
        content += &text("F", 10.0, 60.0 + 100.0 * column as f32, 666.0, values[0]);
        content += &text("F", 10.0, 60.0 + 100.0 * column as f32, 646.0, values[1]);
    }
    content
}

#[test]
fn ruled_tables_have_their_spans_and_words() {
    let page = pages(pdf(&[&ruled()])).remove(0);
    let [block] = page.blocks.as_slice() else { panic!("{:?}", page.blocks) };
    let BlockKind::Table(table) = &block.kind else { panic!("{block:?}") };
    assert_eq!((table.row_count, table.column_count, table.method.as_str()), (3, 3, "ruled"));
    assert_eq!((table.cells[0].column_span, table.cells[0].text.as_str()), (3, "Members of the house"));
    for cell in &table.cells {
        let words: Vec<&str> =
            cell.words.iter().flat_map(|range| range.of(&page.words)).map(|word| word.text.as_str()).collect();
        assert_eq!(words.join(" "), cell.text);
    }
    assert_eq!(table.to_csv(), "Members of the house,,\nParty,Seats,Share\nNorth,12,40 %");
}

#[test]
fn tables_without_vertical_lines_are_found_and_prose_beside_prose_is_not() {
    let mut content = paragraph(50.0, 780.0, &PROSE);
    for (row, values) in [
        ["Law", "Clauses", "Share"],
        ["Labour", "534", "10.2 %"],
        ["General", "75", "1.4 %"],
        ["Finance", "41", "0.8 %"],
    ]
    .iter()
    .enumerate()
    {
        let y = 700.0 - 16.0 * row as f32;
        for (column, value) in values.iter().enumerate() {
            content += &text(if row == 0 { "B" } else { "F" }, 10.0, 50.0 + 120.0 * column as f32, y, value);
        }
    }
    let page = pages(pdf(&[&content])).remove(0);
    let tables: Vec<String> = page
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Table(table) => Some(table.to_csv()),
            _ => None,
        })
        .collect();
    assert_eq!(tables, ["Law,Clauses,Share\nLabour,534,10.2 %\nGeneral,75,1.4 %\nFinance,41,0.8 %"]);

    let columns = two_columns(false);
    assert!(pages(pdf(&[&columns]))[0].blocks.iter().all(|block| !matches!(block.kind, BlockKind::Table(_))));
}

/// Two columns of six lines, drawn column by column or line by line over both.
fn two_columns(row_by_row: bool) -> String {
    let at = |column: usize, row: usize| {
        let words = ["left", "right"][column];
        text(
            "F",
            10.0,
            50.0 + 260.0 * column as f32,
            700.0 - 12.0 * row as f32,
            &format!("{words} column line {row} with some words that fill it"),
        )
    };
    if row_by_row {
        (0..6).map(|row| at(0, row) + &at(1, row)).collect()
    } else {
        (0..2).flat_map(|column| (0..6).map(move |row| (column, row))).map(|(column, row)| at(column, row)).collect()
    }
}

#[test]
fn columns_are_read_one_after_the_other_however_they_are_drawn() {
    for row_by_row in [false, true] {
        let markdown = markdown(&two_columns(row_by_row));
        let (left, right) = (markdown.rfind("left").expect("left"), markdown.find("right").expect("right"));
        assert!(left < right, "{row_by_row}: {markdown}");
    }
}

/// The head of an invoice: bold labels, their values in a column 120 points to the right. Two rows are no table.
#[test]
fn a_label_is_read_with_the_value_that_stands_right_of_it() {
    let pairs = [("Invoice number:", "INV-7"), ("Invoice date:", "17 January 2024")];
    let mut content = String::new();
    for (row, (label, value)) in pairs.iter().enumerate() {
        let y = 700.0 - 14.0 * row as f32;
        content += &(text("B", 10.0, 50.0, y, label) + &text("F", 10.0, 170.0, y, value));
    }
    content += &paragraph(50.0, 600.0, &PROSE);
    let read = markdown(&content);
    let expected = "Invoice number: INV-7\n\nInvoice date: 17 January 2024\n\nThe registration";
    assert!(read.starts_with(expected), "{read}");
}

#[test]
fn repeated_edges_are_header_and_footer() {
    let contents: Vec<String> = (1..=4)
        .map(|page| {
            text("F", 9.0, 50.0, 780.0, "Encinas Franco and Laguna")
                + &paragraph(50.0, 600.0 - 30.0 * page as f32, &PROSE)
                + &text("F", 9.0, 300.0, 20.0, &page.to_string())
        })
        .collect();
    let pages = pages(pdf(&contents.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(pages.len(), 4);
    for page in pages {
        assert_eq!(page.header.as_deref(), Some("Encinas Franco and Laguna"));
        assert_eq!(page.footer, Some(page.number.to_string()));
        assert_eq!(page.printed_number, Some(page.number.to_string()));
        assert!(page.markdown.starts_with("The registration") && page.markdown.ends_with("month."));
        assert_eq!(page.blocks.iter().filter(|block| block.role == Role::Body).count(), 1);
    }
}

#[test]
fn the_page_is_turned_so_that_its_text_is_upright() {
    let content = "BT /F 10 Tf 0 1 -1 0 300 100 Tm (Turned text on a page) Tj ET\n";
    for (extra, rotation, size) in [("", 90, (800.0, 600.0)), ("/Rotate 90", 0, (800.0, 600.0))] {
        let page =
            parse(pdf_of(&[PageSpec { content, extra }]), &options(Tier::CostEffective), &mut Recorder::default())
                .expect("pages")
                .1
                .remove(0);
        assert_eq!((page.width, page.height), (Some(size.0), Some(size.1)), "{extra}");
        assert_eq!(page.markdown, "Turned text on a page", "{extra}");
        assert_eq!(page.rotation, rotation, "{extra}");
        let first = page.words[0].bbox.expect("a box");
        assert!((first.x - 100.0).abs() < 1.0 && (first.y - 292.0).abs() < 1.0, "{extra}: {first:?}");
    }
}

#[test]
fn spatial_text_keeps_columns_and_the_fast_tier_makes_nothing_else() {
    let mut services = Recorder::default();
    let (_, pages) = parse(pdf(&[&ruled()]), &options(Tier::Fast), &mut services).expect("pages");
    insta::assert_snapshot!(pages[0].text, @r"
    Members of the house
    Party              Seats             Share
    North              12                40 %
    ");
    assert!(pages[0].blocks.is_empty() && pages[0].markdown.is_empty() && pages[0].words.is_empty());
}

#[test]
fn words_cover_the_page_in_reading_order_and_blocks_point_into_them() {
    let content = text("B", 18.0, 50.0, 780.0, "Title") + &ruled() + &paragraph(50.0, 600.0, &PROSE);
    let page = pages(pdf(&[&content])).remove(0);
    let covered: Vec<u32> =
        page.blocks.iter().flat_map(|block| &block.words).flat_map(|range| range.start..range.end).collect();
    assert_eq!(covered, (0..page.words.len() as u32).collect::<Vec<_>>());
    let of_prose: Vec<u32> =
        page.blocks.last().expect("prose").words[0].of(&page.words).iter().map(|word| word.line).collect();
    let mut lines = of_prose.clone();
    lines.dedup();
    assert_eq!(lines.len(), 3);
}

#[test]
fn invisible_and_diagonal_text_can_be_left_out() {
    let content = "BT 3 Tr /F 10 Tf 50 700 Td (invisible) Tj ET BT 0 Tr /F 10 Tf 50 650 Td (plain text here) Tj ET \
                   BT /F 40 Tf 0.7 0.7 -0.7 0.7 200 300 Tm (DRAFT) Tj ET";
    let read =
        |options: &ParseOptions| parse(pdf(&[content]), options, &mut Recorder::default()).expect("pages").1.remove(0);
    let all = read(&options(Tier::CostEffective));
    assert!(all.markdown.contains("invisible") && all.markdown.contains("DRAFT"));
    let some =
        read(&ParseOptions { ignore_hidden_text: true, ignore_diagonal_text: true, ..options(Tier::CostEffective) });
    assert_eq!(some.markdown, "plain text here");
}

/// A page that shows a grey picture over all of it and no text.
const SCAN: &str = "q 600 0 0 800 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 80808080> EI Q";

#[test]
fn a_scan_is_read_by_ocr_and_mapped_to_points() {
    let word = |text: &str, x: f32, line: u32| OcrWord {
        text: text.into(),
        bbox: docmill_model::document::BBox::new(x, 1000.0 + 40.0 * line as f32, 100.0, 30.0),
        block: 1,
        paragraph: 1,
        line,
        confidence: 0.9,
    };
    let words = vec![word("Scanned", 200.0, 1), word("words", 310.0, 1), word("here.", 200.0, 2)];
    let answer = OcrAnswer::Read(OcrText { engine: "tesseract 5".into(), words, ..OcrText::default() });
    let mut services = Recorder { answer: Some(answer), ..Recorder::default() };
    let (_, pages) = parse(pdf(&[SCAN]), &options(Tier::CostEffective), &mut services).expect("pages");
    assert_eq!(services.pictures, [(1666, 2222, 200)]);
    let page = &pages[0];
    assert_eq!((page.markdown.as_str(), page.engine.as_str()), ("Scanned words here.", "tesseract 5"));
    assert!((page.confidence.expect("confidence") - 0.9).abs() < 1e-6);
    let bbox = page.words[0].bbox.expect("a box");
    assert!((bbox.x - 72.0).abs() < 0.5 && (bbox.w - 36.0).abs() < 0.5, "{bbox:?}");
    assert_eq!(page.warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), ["OCR_USED"]);
}

#[test]
fn languages_that_ocr_lacks_are_said_on_the_page() {
    let sentence = "The OCR language `fr` is not installed (Debian: tesseract-ocr-fra).";
    let answer = OcrAnswer::Read(OcrText { missing_languages: vec![sentence.into()], ..OcrText::default() });
    let mut services = Recorder { answer: Some(answer), ..Recorder::default() };
    let page = parse(pdf(&[SCAN]), &options(Tier::CostEffective), &mut services).expect("pages").1.remove(0);
    let said: Vec<(&str, &str)> =
        page.warnings.iter().map(|warning| (warning.code.as_str(), warning.message.as_str())).collect();
    assert_eq!(said[1..], [("OCR_LANGUAGE_MISSING", sentence)]);
    assert!(page.warnings[1].is_lack(), "another machine might have it");
}

#[test]
fn what_ocr_cannot_do_is_said_and_blank_pages_need_none() {
    let failed = OcrAnswer::Failed { message: "it crashed".into() };
    for (content, answer, ignore, expected) in [
        (SCAN, None, false, vec!["OCR_MISSING"]),
        (SCAN, Some(failed), false, vec!["OCR_FAILED"]),
        (SCAN, None, true, vec![]),
        ("", None, false, vec![]),
    ] {
        let options = ParseOptions { ignore_text_in_image: ignore, ..options(Tier::CostEffective) };
        let mut services = Recorder { answer, ..Recorder::default() };
        let page = parse(pdf(&[content]), &options, &mut services).expect("pages").1.remove(0);
        assert_eq!(page.warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), expected);
        assert!(page.markdown.is_empty() && page.words.is_empty());
        assert_eq!((page.width, page.height), (Some(600.0), Some(800.0)));
    }
}

#[test]
fn screenshots_are_kept_as_png() {
    let options = ParseOptions { images: vec![ImageCategory::Screenshot], ..options(Tier::CostEffective) };
    let mut services = Recorder::default();
    let (_, pages) = parse(pdf(&[&ruled()]), &options, &mut services).expect("pages");
    assert_eq!(pages[0].images[0].name, "page_1.png");
    assert_eq!(services.assets[0].0, "page_1.png");
    assert!(services.assets[0].1.starts_with(b"\x89PNG"));
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let whole = pdf(&["", &ruled()]);
    for (bytes, expected) in [
        (include_bytes!("fixtures/encrypted.pdf").to_vec(), "PDF_IS_PROTECTED"),
        (pdf(&[]), "NO_DATA_FOUND_IN_FILE"),
        (whole[..whole.len() / 2].to_vec(), "FILE_DAMAGED"),
        (b"%PDF-1.7\nnothing of a document\n%%EOF".to_vec(), "FILE_DAMAGED"),
    ] {
        let failure = parse(bytes, &options(Tier::CostEffective), &mut Recorder::default()).expect_err(expected);
        assert_eq!(failure.code.as_str(), expected);
    }
}

#[test]
fn an_empty_user_password_opens() {
    let page = pages(include_bytes!("fixtures/empty_password.pdf").to_vec()).remove(0);
    assert_eq!(page.markdown, "Protected against editing only");
}

#[test]
fn a_file_without_its_end_is_repaired_only_when_nothing_is_missing() {
    let whole = pdf(&[&ruled(), "BT /F 10 Tf 50 700 Td (second) Tj ET"]);
    let cut = whole.windows(4).position(|window| window == b"xref").expect("a table");
    let (info, pages) =
        parse(whole[..cut].to_vec(), &options(Tier::CostEffective), &mut Recorder::default()).expect("all pages");
    assert_eq!(pages.len(), 2);
    assert_eq!(info.warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), ["FILE_REPAIRED"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(60))]

    /// Torn files end in an error or a warning, never in a silent success with nothing in it; overwritten ones end.
    #[test]
    fn torn_and_overwritten_files_are_never_silently_empty(cut in 0usize..2_500, at in 0usize..2_500, junk in proptest::collection::vec(0u8..=255, 0..40)) {
        let mut bytes = pdf(&[&ruled(), &paragraph(50.0, 700.0, &PROSE)]);
        let whole = bytes.len();
        bytes.truncate(cut.max(9));
        let at = at.min(bytes.len());
        let end = (at + junk.len()).min(bytes.len());
        bytes.splice(at..end, junk.iter().copied());
        if let Ok((info, pages)) = parse(bytes, &options(Tier::CostEffective), &mut Recorder::default()) {
            proptest::prop_assert!(!pages.is_empty());
            let words: usize = pages.iter().map(|page| page.words.len()).sum();
            let said = !info.warnings.is_empty() || pages.iter().any(|page| !page.warnings.is_empty());
            proptest::prop_assert!(words > 0 || said || !junk.is_empty() || cut >= whole);
        }
    }
}

#[test]
fn ten_thousand_empty_pages_come_out_empty_and_need_no_ocr() {
    let contents = vec![""; 10_000];
    let mut recorder = Recorder::default();
    let (info, pages) = parse(pdf(&contents), &options(Tier::CostEffective), &mut recorder).expect("a document");
    assert_eq!((info.page_count, pages.len()), (10_000, 10_000));
    assert!(pages.iter().all(|page| page.blocks.is_empty() && page.warnings.is_empty()));
    assert!(recorder.pictures.is_empty());
}
