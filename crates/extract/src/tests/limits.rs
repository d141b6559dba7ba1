//! Bad input and large input.

use super::*;

#[test]
fn a_document_without_text_gives_nulls_and_says_why() {
    for pages in [vec![], vec![Page { number: 1, width: Some(612.0), height: Some(792.0), ..Page::default() }]] {
        let read = read(&pages, json!({ "total": number(), "items": line_items() }));
        assert_eq!(read.data, json!({ "total": null, "items": [] }));
        assert_eq!(read.fields, []);
        assert!(read.warnings.iter().any(|warning| warning.contains("no words")), "{:?}", read.warnings);
    }
}

#[test]
fn a_schema_that_has_nothing_to_do_with_the_document_stays_null() {
    let lines = ["Rechnungsnr. RE-2024-17", "Gesamtbetrag  1.234,50 EUR", "Bahnhofstr. 5", "50617 Köln"];
    let properties = json!({
        "wing_span": number(), "first_flight": text(), "pilot": { "type": "object", "properties": { "rank": text() } },
        "crew": { "type": "array", "items": { "type": "object", "properties": { "seat": text(), "rank": text() } } },
        "engines": { "type": "array", "items": { "type": "string" } }, "armed": { "type": ["boolean", "null"] }
    });
    let read = read(&[page(&lines)], properties);
    assert_eq!(read.fields, [], "{}", read.data);
}

#[test]
fn an_extraction_that_nobody_waits_for_is_given_up() {
    use std::sync::atomic::AtomicBool;

    let names: Vec<String> = (0..4_999).map(|n| format!("leaf_{n}")).collect();
    let asked = options(Value::Object(names.into_iter().map(|name| (name, json!({}))).collect()));
    let pages = [page(&["Leaf 17: oak"])];
    for (stop, expected) in [(false, Some("oak")), (true, None)] {
        let found = crate::extract_until(&pages, &asked, &AtomicBool::new(stop)).expect("the schema is valid");
        assert_eq!(found.as_ref().and_then(|found| found.data["leaf_17"].as_str()), expected);
        assert_eq!(found.is_none(), stop);
    }
    // Each step looks at the flag: nothing is found once it is set.
    let view = crate::view::View::of(&pages);
    let stop = AtomicBool::new(true);
    let schema = docmill_model::schema::check(&asked.data_schema).expect("valid");
    let found = crate::fill::search(&view.with_stop(&stop), &schema.root);
    assert!(found.candidates.iter().all(Vec::is_empty));
}

#[test]
fn five_thousand_leaves_are_taken() {
    let names: Vec<String> = (0..4_999).map(|n| format!("leaf_{n}")).collect();
    let mut properties: serde_json::Map<String, Value> = names.into_iter().map(|name| (name, json!({}))).collect();
    properties.insert("total".into(), number());
    let read = read(&[page(&["Total: 12.50", "Leaf 17: oak"])], Value::Object(properties));
    assert_eq!(read.data["total"], 12.5);
    assert_eq!(read.data["leaf_17"], "oak");
}

#[test]
fn a_table_of_fifty_thousand_rows_is_read_whole_and_no_further() {
    let header = ["Description", "Qty", "Unit price", "Amount"];
    let cell = |row: u32, column: usize, text: String| Cell { row, column: column as u32, text, ..Cell::default() };
    let mut cells: Vec<Cell> = header.iter().enumerate().map(|(at, text)| cell(0, at, (*text).into())).collect();
    for row in 1..=50_010 {
        let texts = [format!("Bolt {row}"), "2".into(), "1.50".into(), "3.00".into()];
        cells.extend(texts.into_iter().enumerate().map(|(at, text)| cell(row, at, text)));
    }
    let table = Table { row_count: 50_011, column_count: 4, cells, method: "markup".into(), ..Table::default() };
    let block = Block {
        kind: BlockKind::Table(table),
        role: Role::Body,
        boxes: vec![],
        words: vec![],
        md: String::new(),
        confidence: None,
    };
    let sheet = Page { number: 1, blocks: vec![block], ..Page::default() };
    let read = read(&[sheet], json!({ "items": line_items() }));
    assert_eq!(read.data["items"].as_array().map(Vec::len), Some(50_000));
    assert_eq!(read.data["items"][49_999]["description"], "Bolt 50000");
}

#[test]
fn a_schema_that_refers_to_itself_is_refused() {
    let schema = json!({ "type": "object", "properties": { "part": { "$ref": "#/$defs/Part" } },
        "$defs": { "Part": { "type": "object", "properties": { "part": { "$ref": "#/$defs/Part" } } } } });
    let asked = ExtractOptions { data_schema: schema, ..ExtractOptions::default() };
    let failure = extract(&[], &asked).expect_err("it never ends");
    assert_eq!(failure.code.as_str(), "SCHEMA_INVALID");
}
