//! What an extraction is over: the document, its pages, its rows; which pages; which sheets.

use serde_json::{Value, json};

use super::documents::{pdf, workbook};
use super::{Desk, schema};

fn with(configuration: &Value, more: &Value) -> Value {
    let mut all = configuration.clone();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn bills() -> Vec<u8> {
    pdf(&[
        &["Invoice number: A-17", "Total: 12.50"],
        &["Invoice number: B-18", "Total: 7.25"],
        &["Invoice number: C-19", "Total: 99.00"],
    ])
}

fn numbers(job: &Value) -> Vec<&str> {
    let pages = job["extract_result"].as_array().unwrap();
    pages.iter().map(|page| page["invoice_number"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_are_extracted_one_by_one_and_only_those_that_are_wanted() {
    let desk = Desk::open().await;
    let file = desk.file("bills.pdf", bills()).await;
    let parsed = desk.parsed(&file, "cost_effective").await["id"].as_str().unwrap().to_owned();
    let both = json!({"data_schema": schema(json!({"invoice_number": {"type": "string"}, "total": {"type": "number"}})),
        "extraction_target": "per_page", "cite_sources": true, "confidence_scores": true});
    for input in [&file, &parsed] {
        for (pages, expected, cited) in [
            (json!({}), &["A-17", "B-18", "C-19"][..], [1, 2, 3].as_slice()),
            (json!({"target_pages": "2-3"}), &["B-18", "C-19"], &[2, 3]),
            (json!({"target_pages": "1,3"}), &["A-17", "C-19"], &[1, 3]),
            (json!({"max_pages": 2}), &["A-17", "B-18"], &[1, 2]),
            (json!({"target_pages": "2,3", "max_pages": 1}), &["B-18", "C-19"], &[2, 3]),
        ] {
            let job = desk.read(input, with(&both, &pages)).await;
            assert_eq!(numbers(&job), expected, "{input} {pages}");
            let layers = &job["extract_metadata"]["field_metadata"];
            assert!(layers["document_metadata"].is_null() && layers["row_metadata"].is_null(), "{layers}");
            let sources = layers["page_metadata"].as_array().unwrap();
            let page = |source: &Value| source["total"]["citation"][0]["page"].as_i64().unwrap();
            assert_eq!(sources.iter().map(page).collect::<Vec<_>>(), cited, "{input} {pages}");
            assert!(sources.iter().all(|source| source["total"]["confidence"].as_f64().unwrap() > 0.5), "{layers}");
            assert_eq!(job["metadata"]["usage"]["num_pages_extracted"], expected.len(), "{input} {pages}");
            let from = if input == &parsed { json!(parsed) } else { Value::Null };
            assert_eq!(job["extract_metadata"]["parse_job_id"], from);
        }
        let beyond = desk.extracted(input, with(&both, &json!({"target_pages": "7"}))).await;
        let message = beyond["error_message"].as_str().unwrap_or_default();
        assert!(message.starts_with("PAGES_OUT_OF_RANGE: "), "{beyond}");
    }
}

#[tokio::test]
async fn the_rows_of_a_table_are_extracted_one_by_one() {
    let desk = Desk::open().await;
    let rows = ["Description | Quantity | Amount", "Bolt | 4 | 3.00", "Nut | 10 | 2.25", "Total | | 5.25"];
    let table = desk.file("goods.pdf", pdf(&[&rows])).await;
    let sheet = desk.file("goods.csv", "Description,Quantity,Amount\nBolt,4,3.00\nNut,10,2.25\n").await;
    let asked = json!({"extraction_target": "per_table_row", "cite_sources": true, "data_schema": schema(json!({
        "description": {"type": "string"}, "quantity": {"type": "integer"}, "amount": {"type": "number"}}))});
    for input in [&table, &sheet] {
        let job = desk.read(input, asked.clone()).await;
        let expected = json!([{"description": "Bolt", "quantity": 4, "amount": 3.0},
            {"description": "Nut", "quantity": 10, "amount": 2.25}]);
        assert_eq!(job["extract_result"], expected);
        let sources = &job["extract_metadata"]["field_metadata"]["row_metadata"];
        assert_eq!(sources[1]["description"]["citation"][0]["matching_text"], "Nut", "{job}");
    }
    let letter = desk.file("letter.txt", "There is no table in here.\n").await;
    let job = desk.read(&letter, asked).await;
    assert_eq!((&job["extract_result"], super::warned(&job, "No table")), (&json!([]), 1));
}

#[tokio::test]
async fn cells_are_read_straight_from_the_sheets_that_are_named() {
    let desk = Desk::open().await;
    let header: &[&str] = &["Description", "Amount"];
    let book = workbook(&[
        ("May", true, &[header, &["Bolt", "3"], &["Nut", "2.5"]]),
        ("June", true, &[header, &["Gear", "7"], &["Cog", "1"]]),
        ("Archive", false, &[header, &["Axle", "11"], &["Hub", "5"]]),
    ]);
    let file = desk.file("goods.xlsx", book).await;
    let row = json!({"description": {"type": "string"}, "amount": {"type": "number"}});
    let items = schema(json!({"items": {"type": "array", "items": {"type": "object", "properties": row}}}));
    let asked = json!({"data_schema": items, "tier": "agentic_plus", "spreadsheet_mode": true});
    for (names, expected) in [
        (None, &["Bolt", "Nut", "Gear", "Cog"][..]),
        (Some(json!(["June"])), &["Gear", "Cog"]),
        (Some(json!(["Archive"])), &["Axle", "Hub"]),
        (Some(json!(["May", "Archive"])), &["Bolt", "Nut", "Axle", "Hub"]),
    ] {
        let more = names.map_or_else(|| json!({}), |names| json!({"sheet_names": names, "target_pages": "1"}));
        let job = desk.read(&file, with(&asked, &more)).await;
        let rows = job["extract_result"]["items"].as_array().unwrap();
        let found: Vec<&str> = rows.iter().map(|row| row["description"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{more}");
        assert!(rows.iter().all(|row| row["amount"].is_number()), "{rows:?}");
    }
    for (input, names, words) in [
        (&file, json!(["june"]), "`May`, `June`, `Archive`"),
        (&desk.example("letter.pdf").await, json!([]), "has no cells"),
    ] {
        let job = desk.extracted(input, with(&asked, &json!({"sheet_names": names}))).await;
        let message = job["error_message"].as_str().unwrap_or_default();
        assert!(message.starts_with("NOT_USABLE: ") && message.contains(words), "{job}");
    }
}
