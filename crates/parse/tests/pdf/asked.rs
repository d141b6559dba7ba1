//! Options that change what is read of a page and how it is written.

use docmill_model::document::{BBox, BlockKind, Page, Table};
use docmill_model::options::{CropBox, ParseOptions, SpatialText, TableSearch, TableStyle, Tier};
use docmill_parse::{OcrAnswer, OcrText, OcrWord};

use super::support::{line, pdf, text};
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
        let answer = OcrAnswer::Read(OcrText { engine: "tesseract 5".into(), words, ..OcrText::default() });
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

/// A ruled table of two columns whose rows are 20 points high, from `top` down.
fn ruled_rows(top: f32, rows: &[[&str; 2]]) -> String {
    let bottom = top - 20.0 * rows.len() as f32;
    let mut content: String =
        (0..=rows.len()).map(|row| line(50.0, top - 20.0 * row as f32, 350.0, top - 20.0 * row as f32)).collect();
    content += &[50.0, 200.0, 350.0].map(|x| line(x, top, x, bottom)).concat();
    for (row, texts) in rows.iter().enumerate() {
        let y = top - 20.0 * row as f32 - 14.0;
        content += &(text("F", 10.0, 60.0, y, texts[0]) + &text("F", 10.0, 210.0, y, texts[1]));
    }
    content
}

fn tables(page: &Page) -> Vec<&Table> {
    let tables = page.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    });
    tables.collect()
}

#[test]
fn a_table_over_three_pages_is_one_on_its_first_when_that_is_asked_for() {
    let long: Vec<[&str; 2]> = std::iter::once(["Law", "Clauses"]).chain([["Labour", "many"]; 35]).collect();
    let contents = [
        paragraph(50.0, 760.0, &PROSE) + &ruled_rows(160.0, &[["Law", "Clauses"], ["Health", "17"], ["Trade", "18"]]),
        ruled_rows(770.0, &long),
        ruled_rows(770.0, &[["General", "some"], ["Finance", "few"]]) + &paragraph(50.0, 600.0, &PROSE),
    ];
    let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
    let read = |merge_continued| {
        let tables = TableStyle { merge_continued, ..TableStyle::default() };
        let asked = ParseOptions { tables, ..options(Tier::CostEffective) };
        parse(pdf(&contents), &asked, &mut Recorder::default()).expect("pages").1
    };
    let apart: Vec<Vec<u32>> =
        read(false).iter().map(|page| tables(page).iter().map(|table| table.row_count).collect()).collect();
    assert_eq!(apart, [[3], [36], [2]]);
    let pages = read(true);
    let [first, second, third] = [0, 1, 2].map(|page: usize| tables(&pages[page])[0]);
    assert_eq!((first.row_count, first.merged_from_pages.as_slice()), (3 + 35 + 2, &[2, 3][..]));
    let csv = first.to_csv();
    assert!(csv.ends_with("Labour,many\nGeneral,some\nFinance,few"), "{csv}");
    for part in [second, third] {
        assert_eq!((part.row_count, part.merged_into_page), (0, Some(1)));
    }
    assert_eq!(pages[1].markdown, "");
    assert!(pages[2].markdown.starts_with("The registration"), "{}", pages[2].markdown);
    assert_eq!(pages[0].markdown.matches("Finance").count(), 1);
}

#[test]
fn tables_that_only_stand_on_two_pages_stay_two() {
    for (name, first, second) in [
        (
            "text below the first",
            ruled_rows(160.0, &[["a", "b"], ["c", "d"]]) + &paragraph(50.0, 60.0, &PROSE),
            ruled_rows(770.0, &[["e", "f"]; 2]),
        ),
        (
            "text above the second",
            ruled_rows(160.0, &[["a", "b"], ["c", "d"]]),
            text("B", 14.0, 50.0, 780.0, "Heading here") + &ruled_rows(760.0, &[["e", "f"]; 2]),
        ),
        ("white below the first", ruled_rows(700.0, &[["a", "b"], ["c", "d"]]), ruled_rows(770.0, &[["e", "f"]; 2])),
    ] {
        let tables_style = TableStyle { merge_continued: true, ..TableStyle::default() };
        let asked = ParseOptions { tables: tables_style, ..options(Tier::CostEffective) };
        let pages = parse(pdf(&[&first, &second]), &asked, &mut Recorder::default()).expect("pages").1;
        let rows: Vec<u32> = pages.iter().flat_map(|page| tables(page)).map(|table| table.row_count).collect();
        assert_eq!(rows, [2, 2], "{name}");
    }
}

#[test]
fn pages_say_how_sure_their_own_text_is() {
    let hidden = "BT 3 Tr /F 10 Tf 50 700 Td (somewhere) Tj ET";
    // A page that is laid out is never quite sure: its order and its blocks are found.
    for (tier, layout) in [(Tier::Fast, 1.0), (Tier::CostEffective, 0.982)] {
        for (content, expected) in
            [("", None), (text("F", 10.0, 50.0, 700.0, "plain").as_str(), Some(1.0)), (hidden, Some(0.9))]
        {
            let (said, expected) = (read(content, &options(tier)).confidence, expected.map(|own: f32| own * layout));
            let near = said.zip(expected).is_none_or(|(said, expected)| (said - expected).abs() < 1e-4);
            assert!(said.is_some() == expected.is_some() && near, "{content} {tier:?}: {said:?}");
        }
    }
}

const NUMBERED: [&str; 10] = [
    "The registration of observers runs until May and the com-",
    "mission reviews the applications of nearly all of",
    "them before the end of the month. Those who were left",
    "out can apply again in the autumn, when the next term",
    "begins and new places are given. Nobody is asked for",
    "a fee of any kind, and the answers come in writing.",
    "Observers who have served before need not send their",
    "papers again, unless the address on them has changed",
    "since. The list of all names is open to everybody who",
    "wishes to see it and stands at the door of the office.",
];

/// The lines 12 points apart, every `step`th with its number.
fn numbered(lines: &[&str], first: usize, step: usize) -> String {
    let mut content = String::new();
    for (index, own) in lines.iter().enumerate() {
        let (y, number) = (700.0 - 12.0 * index as f32, first + index);
        if number % step == 0 {
            let x = if number < 10 { 35.6 } else { 30.0 };
            content += &text("F", 10.0, x, y, &number.to_string());
        }
        content += &text("F", 10.0, 70.0, y, own);
    }
    content
}

#[test]
fn printed_line_numbers_are_no_text_and_are_told_when_asked_for() {
    let twice = [NUMBERED, NUMBERED].concat();
    let plain = read(&numbered(&twice, 1, 1_000), &options(Tier::CostEffective)).markdown;
    for (step, count) in [(1, 20), (5, 4)] {
        for asked in [false, true] {
            let asked = ParseOptions { line_numbers: asked, ..options(Tier::CostEffective) };
            let page = read(&numbered(&twice, 1, step), &asked);
            assert_eq!(page.markdown, plain, "{step}");
            assert_eq!(page.line_numbers.len(), if asked.line_numbers { count } else { 0 }, "{step}");
            let units: Vec<u16> = page.markdown.encode_utf16().collect();
            for line in &page.line_numbers {
                let own = String::from_utf16(&units[line.start as usize..line.end as usize]).expect("whole characters");
                let number: usize = line.text.parse().expect("a number");
                assert_eq!(own, twice[number - 1].trim_end_matches('-'), "{number}");
            }
        }
    }
}

#[test]
fn numbers_that_count_rows_or_items_stay() {
    let rows: Vec<String> =
        (1..=10).map(|row| format!("Municipality number {row} of the northern county list")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let mut table =
        numbered(&["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Pine"], 1, 1);
    for row in 0..10 {
        table += &text("F", 10.0, 300.0, 700.0 - 12.0 * row as f32, &(7 * row).to_string());
    }
    for (name, content) in [("items", numbered(&rows, 1, 1)), ("table", table), ("few", numbered(&NUMBERED[..5], 1, 1))]
    {
        let page = read(&content, &ParseOptions { line_numbers: true, ..options(Tier::CostEffective) });
        assert!(page.line_numbers.is_empty(), "{name}");
        assert!(page.words.iter().any(|word| word.text.trim_end_matches('.') == "3"), "{name}: {}", page.markdown);
    }
}
