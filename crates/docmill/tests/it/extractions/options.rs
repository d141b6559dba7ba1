//! Every option of an extraction, as it is named on the wire, shows in the answer. The fields come from the rules that
//! check requests, so that a new one without a case fails here.

use serde_json::{Value, json};

use super::documents::{pdf, workbook};
use super::{Desk, schema};
use crate::server::text;

/// A field, the document on which it shows, what both readings are asked for, and what the second is asked for on top.
struct Case {
    field: &'static str,
    file: String,
    both: Value,
    asked: Value,
}

/// Fields of the configuration that a request may have.
fn fields() -> Vec<String> {
    let create = docmill_wire::extract::create_schema();
    let properties = create["properties"]["configuration"]["properties"].as_object().expect("an object's schema");
    properties.keys().cloned().collect()
}

/// One reading for all: `version` is checked and kept (docs/QUIRKS.md).
const WITHOUT_EFFECT: &[&str] = &["version"];

async fn cases(desk: &Desk) -> Vec<Case> {
    let bills = pdf(&[
        &["Total: 12.50 EUR", "Ship to:", "Hans Adler", "Hauptstrasse 5", "50617 Koeln"],
        &["Total: 7.25 EUR", "Description | Amount", "Bolt | 3.00", "Nut | 2.25"],
    ]);
    let bills = desk.file("bills.pdf", bills).await;
    let header: &[&str] = &["Description", "Amount"];
    let sheets = [
        ("May", true, &[header, &["Bolt", "3"], &["Nut", "2"]][..]),
        ("June", true, &[header, &["Gear", "7"], &["Cog", "1"]]),
    ];
    let book = desk.file("goods.xlsx", workbook(&sheets)).await;
    // One of its pages is no sheet.
    let letter = "From: a@example.com\nTo: b@example.com\nSubject: Goods\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nTotal: 99.00\n\
        --x\nContent-Type: text/csv; name=goods.csv\nContent-Disposition: attachment; filename=goods.csv\n\n\
        Description,Amount\nBolt,3.00\nNut,2.25\n--x--\n";
    let letter = desk.file("letter.eml", letter).await;
    let saved = json!({"name": "one page", "parameters": {"product_type": "parse_v2", "tier": "agentic",
        "version": "latest", "page_ranges": {"target_pages": "2"}}});
    let saved = text(&desk.server.post("/api/v1/beta/configurations", saved).await["id"]);

    let number = json!({"type": ["number", "null"]});
    let words = json!({"type": ["string", "null"]});
    let total = json!({"data_schema": schema(json!({"total": number}))});
    let cited = json!({"data_schema": schema(json!({"shipping_address": words})), "cite_sources": true});
    let items = schema(json!({"description": words, "amount": number}));
    let rows = schema(json!({"items": {"type": "array", "items": items}}));
    let cells = json!({"data_schema": rows, "tier": "agentic_plus", "spreadsheet_mode": true});
    let on = |field, file: &String, both: &Value, asked: Value| Case {
        field,
        file: file.clone(),
        both: both.clone(),
        asked,
    };
    let noted = json!({"data_schema": schema(json!({"total": number})), "tier": "agentic_plus"});
    vec![
        on("data_schema", &bills, &total, schema(json!({"bill_total": number}))),
        on("tier", &bills, &total, json!("agentic")),
        on("parse_tier", &bills, &total, json!("fast")),
        on("parse_config_id", &bills, &total, json!(saved)),
        on("cite_sources", &bills, &total, json!(true)),
        on("advanced_citations", &bills, &cited, json!(false)),
        on("confidence_scores", &bills, &total, json!(true)),
        on("extraction_target", &bills, &total, json!("per_page")),
        on("target_pages", &bills, &total, json!("2")),
        on("max_pages", &bills, &total, json!(1)),
        on("system_prompt", &bills, &total, json!("Be brief.")),
        on("disable_cache", &bills, &total, json!(true)),
        on("spreadsheet_mode", &letter, &noted, json!(true)),
        on("sheet_names", &book, &cells, json!(["June"])),
    ]
}

/// What the job answers, without what differs between any two jobs.
async fn told(desk: &Desk, case: &Case, configuration: Value) -> Value {
    let mut job = desk.read(&case.file, configuration).await;
    let all = job.as_object_mut().unwrap();
    all.retain(|name, _| !["id", "created_at", "updated_at"].contains(&name.as_str()));
    if case.field != "disable_cache" {
        all["metadata"].as_object_mut().unwrap().remove("reused_from");
    }
    job
}

#[tokio::test]
async fn every_option_of_the_wire_shows() {
    let desk = Desk::open().await;
    let cases = cases(&desk).await;
    for case in &cases {
        let mut asked = case.both.clone();
        asked[case.field] = case.asked.clone();
        // The first reading is there for the second to use again.
        told(&desk, case, case.both.clone()).await;
        let without = told(&desk, case, case.both.clone()).await;
        let with = told(&desk, case, asked).await;
        assert_ne!(without, with, "{} changes nothing", case.field);
        if case.field == "system_prompt" {
            assert_eq!(without["extract_result"], with["extract_result"]);
        }
    }
    let mut shown: Vec<&str> = cases.iter().map(|case| case.field).chain(WITHOUT_EFFECT.iter().copied()).collect();
    let mut wanted = fields();
    shown.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(shown, wanted);
}

#[tokio::test]
async fn every_version_reads_the_same_and_others_are_refused() {
    let desk = Desk::open().await;
    let file = desk.file("bill.txt", "Total: 12.50\n").await;
    let of = |version: &str| json!({"data_schema": schema(json!({"total": {"type": "number"}})), "version": version});
    for version in ["latest", "2", "2.5", "2026-01-31"] {
        assert_eq!(desk.read(&file, of(version)).await["extract_result"]["total"], 12.5, "{version}");
    }
    for version in ["soon", "2026-1-31", ""] {
        desk.refused(&file, of(version), 422, "INVALID_REQUEST", "version").await;
    }
}
