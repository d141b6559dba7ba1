//! Options that change what is read of a page and how it is written.

use docmill_model::document::{BBox, BlockKind, Page};
use docmill_model::options::{CropBox, ParseOptions, SpatialText, TableSearch, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{pdf, text};
use super::{PROSE, Recorder, SCAN, options, paragraph, parse, ruled, two_columns};

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

fn spatial(keep_very_small: bool, unroll_columns: bool, align_pages: bool) -> SpatialText {
    SpatialText { keep_very_small, unroll_columns, align_pages }
}

#[test]
fn very_small_text_is_in_the_spatial_text_when_it_is_asked_for() {
    let small = |size: f32| paragraph(50.0, 700.0, &PROSE) + &text("F", size, 50.0, 100.0, "footprint");
    let all_small: String = (0..3).map(|row| text("F", 2.5, 50.0, 700.0 - 4.0 * row as f32, "footprint")).collect();
    for (content, keep, seen) in
        [(small(2.5), false, false), (small(2.5), true, true), (small(3.5), false, true), (all_small, false, true)]
    {
        for tier in [Tier::Fast, Tier::CostEffective] {
            let page = read(&content, &ParseOptions { spatial: spatial(keep, false, false), ..options(tier) });
            assert_eq!(page.text.contains("footprint"), seen, "{keep} {tier:?}");
            assert!(tier == Tier::Fast || page.markdown.contains("footprint"));
        }
    }
}

#[test]
fn columns_stand_side_by_side_in_the_spatial_text_or_below_each_other() {
    for tier in [Tier::Fast, Tier::CostEffective] {
        let written = |unroll| {
            let asked = ParseOptions { spatial: spatial(false, unroll, false), ..options(tier) };
            read(&two_columns(true), &asked).text
        };
        let beside = written(false);
        assert_eq!(beside.lines().count(), 6, "{beside}");
        assert!(beside.lines().all(|line| line.contains("left") && line.contains("right")), "{beside}");
        let below = written(true);
        let lines: Vec<&str> = below.lines().collect();
        assert_eq!(lines.len(), 13, "{below}");
        assert!(lines[..6].iter().all(|line| line.starts_with("left")) && lines[6].is_empty(), "{below}");
        assert!(lines[7..].iter().all(|line| line.starts_with("right")), "{below}");
    }
}

#[test]
fn a_page_without_columns_is_written_alike_either_way() {
    let content = text("B", 18.0, 200.0, 750.0, "Title") + &paragraph(50.0, 700.0, &PROSE);
    let written = |unroll| {
        let asked = ParseOptions { spatial: spatial(false, unroll, false), ..options(Tier::Fast) };
        read(&content, &asked).text
    };
    assert_eq!(written(false), written(true));
}

#[test]
fn pages_are_aligned_to_each_other_when_that_is_asked_for() {
    let contents = [paragraph(50.0, 700.0, &PROSE), text("F", 10.0, 200.0, 700.0, "indented")];
    let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
    for (align, indent) in [(false, 0), (true, 30)] {
        for tier in [Tier::Fast, Tier::CostEffective] {
            let asked = ParseOptions { spatial: spatial(false, false, align), ..options(tier) };
            let pages = parse(pdf(&contents), &asked, &mut Recorder::default()).expect("pages").1;
            let spaces = pages[1].text.chars().take_while(|c| *c == ' ').count();
            assert!(spaces.abs_diff(indent) <= 5, "{align} {tier:?}: {spaces}");
        }
    }
}

/// Rows of a table without any rules.
fn open_table(rows: &[&[&str]]) -> String {
    let cell = |row: usize, column: usize, own: &str| {
        text("F", 10.0, 50.0 + 120.0 * column as f32, 700.0 - 14.0 * row as f32, own)
    };
    let cells = rows.iter().enumerate().flat_map(|(row, own)| own.iter().enumerate().map(move |at| (row, at)));
    cells.map(|(row, (column, own))| cell(row, column, own)).collect()
}

#[test]
fn tables_are_found_with_more_or_less_evidence() {
    let pairs = open_table(&[&["Invoice number:", "INV-7"], &["Invoice date:", "17 January 2024"]]);
    let open = open_table(&[
        &["Law", "Clauses", "Share"],
        &["Labour", "534", "10.2 %"],
        &["General", "75", "1.4 %"],
        &["Finance", "41", "0.8 %"],
    ]);
    let [usual, loose, ruled_only] =
        [(false, false), (true, false), (false, true)].map(|(loose, ruled_only)| TableSearch { loose, ruled_only });
    for (name, content, search, expected) in [
        ("pairs", &pairs, usual, 0),
        ("pairs", &pairs, loose, 1),
        ("open", &open, usual, 1),
        ("open", &open, loose, 1),
        ("open", &open, ruled_only, 0),
        ("ruled", &ruled(), ruled_only, 1),
        ("prose", &two_columns(false), loose, 0),
        ("prose", &two_columns(true), loose, 0),
    ] {
        let page = read(content, &ParseOptions { table_search: search, ..options(Tier::CostEffective) });
        let tables = page.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Table(_)));
        assert_eq!(tables.count(), expected, "{name} {search:?}: {}", page.markdown);
    }
}
