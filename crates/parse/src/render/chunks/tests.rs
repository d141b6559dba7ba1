use docmill_model::document::Cell;
use docmill_model::options::ParseOptions;
use proptest::prelude::*;

use super::*;
use crate::render::finish_page;

fn block(kind: BlockKind) -> Block {
    let boxes = vec![BBox::new(10.0, 10.0, 100.0, 20.0)];
    Block { kind, role: Role::Body, boxes, words: vec![], md: String::new(), confidence: None }
}

fn text(value: &str) -> Block {
    block(BlockKind::Text { value: value.into() })
}

fn heading(value: &str, level: u8) -> Block {
    block(BlockKind::Heading { value: value.into(), level })
}

fn list(values: &[&str]) -> Block {
    let items = values.iter().map(|value| ListItem { value: (*value).into(), ..Default::default() }).collect();
    block(BlockKind::List(List { ordered: true, items }))
}

fn table(rows: u32) -> Block {
    let cell = |row: u32, column: u32, text: String| Cell {
        row,
        column,
        header: row == 0,
        text,
        bbox: Some(BBox::new(10.0, 10.0 * row as f32, 50.0, 10.0)),
        ..Default::default()
    };
    let cells = (0..rows).flat_map(|row| [cell(row, 0, format!("name {row}")), cell(row, 1, format!("{row}|0"))]);
    let cells = cells.collect();
    block(BlockKind::Table(Table {
        row_count: rows,
        column_count: 2,
        cells,
        method: String::new(),
        ..Table::default()
    }))
}

fn page(number: u32, blocks: Vec<Block>) -> PageOutcome {
    let mut page = Page { number, blocks, ..Default::default() };
    finish_page(&mut page, &ParseOptions::default());
    PageOutcome::Read(Box::new(page))
}

fn chunks(target: u32, pages: &[PageOutcome]) -> Vec<Chunk> {
    let mut chunker = Chunker::new(target);
    let mut chunks: Vec<Chunk> = pages.iter().flat_map(|page| chunker.page(page)).collect();
    chunks.extend(chunker.end());
    chunks
}

fn texts(chunks: &[Chunk]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}

#[test]
fn headings_begin_chunks_and_make_the_path() {
    let pages = [
        page(1, vec![text("before"), heading("One", 1), heading("Two", 2), text("a")]),
        page(2, vec![text("b"), heading("Three", 2), text("c"), heading("Four", 1)]),
    ];
    let chunks = chunks(100, &pages);
    assert_eq!(texts(&chunks), ["before", "# One\n\n## Two\n\na\n\nb", "## Three\n\nc", "# Four"]);
    let paths: Vec<_> = chunks.iter().map(|chunk| chunk.headings.join(" > ")).collect();
    assert_eq!(paths, ["", "One > Two", "One > Three", "Four"]);
    assert_eq!(chunks[1].pages, [1, 2]);
    assert_eq!(chunks.iter().map(|chunk| chunk.index).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn a_table_is_cut_between_rows_and_says_its_header_again() {
    let chunks = chunks(16, &[page(1, vec![table(5)])]);
    insta::assert_snapshot!(texts(&chunks).join("\n----\n"), @r"
    | name 0 | 0\|0 |
    | --- | --- |
    | name 1 | 1\|0 |
    ----
    | name 0 | 0\|0 |
    | --- | --- |
    | name 2 | 2\|0 |
    ----
    | name 0 | 0\|0 |
    | --- | --- |
    | name 3 | 3\|0 |
    ----
    | name 0 | 0\|0 |
    | --- | --- |
    | name 4 | 4\|0 |
    ");
    assert_eq!(chunks[1].boxes, [Place { page: 1, bbox: BBox::new(10.0, 20.0, 50.0, 10.0) }]);
}

#[test]
fn items_stay_whole_and_paragraphs_are_cut_between_sentences() {
    let long = "one two three four five six seven eight nine ten";
    let chunks_of_list = chunks(5, &[page(1, vec![list(&[long, "short", "tiny"])])]);
    assert_eq!(texts(&chunks_of_list), [format!("1. {long}").as_str(), "2. short\n3. tiny"]);
    let sentences = "First one here. Second one here! Third?";
    assert_eq!(texts(&chunks(5, &[page(1, vec![text(sentences)])])), ["First one here.", "Second one here!", "Third?"]);
    let words = texts(&chunks(5, &[page(1, vec![text(long)])])).join(" ");
    assert_eq!(words, long);
}

#[test]
fn furniture_is_left_out_and_a_failed_page_is_a_gap() {
    let mut header = text("Page 1");
    header.role = Role::PageHeader;
    let failed = PageOutcome::Failed { number: 2, error: "X: y.".into() };
    let chunks = chunks(100, &[page(1, vec![header, text("a")]), failed, page(3, vec![text("b")])]);
    assert_eq!(texts(&chunks), ["a", "b"]);
}

#[test]
fn a_page_without_layout_is_cut_at_empty_lines() {
    let plain = Page { number: 1, text: "one  two\n\nthree\n".into(), ..Default::default() };
    assert_eq!(texts(&chunks(3, &[PageOutcome::Read(Box::new(plain))])), ["one  two", "three"]);
}

#[test]
fn tokens_are_estimated_by_script() {
    for (text, expected) in [("", 0), ("abcd", 1), ("abcde", 2), ("漢字", 2), ("漢字 ab", 3)] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

proptest! {
    /// No word is lost, none doubled, and only what cannot be cut is over the target.
    #[test]
    fn all_words_in_order(paragraphs in prop::collection::vec("([a-z]{1,9}[.!]? ){0,40}", 1..12), target in 4_u32..60) {
        let blocks = paragraphs.iter().map(|value| text(value)).collect();
        let chunks = chunks(target, &[page(1, blocks)]);
        let words = |text: &str| text.replace('\\', "").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let found: Vec<String> = chunks.iter().flat_map(|chunk| words(&chunk.text)).collect();
        let given: Vec<String> = paragraphs.iter().flat_map(|paragraph| words(paragraph)).collect();
        prop_assert_eq!(found, given);
        for chunk in &chunks {
            prop_assert!(chunk.tokens <= target + 1, "{} of {target}: {:?}", chunk.tokens, chunk.text);
        }
    }
}
