//! Documents and schemas that fit, and those that do not.

use serde_json::{Value, json};

use super::documents::pdf;
use super::{Desk, EXTRACT, schema, warned};
use crate::program::client;
use crate::server::{answer, text};

/// Every leaf of an answer.
fn leaves(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(map) => map.values().flat_map(leaves).collect(),
        Value::Array(list) => list.iter().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

#[tokio::test]
async fn what_is_not_there_is_null_and_the_job_completes() {
    let desk = Desk::open().await;
    let blank = desk.file("blank.pdf", pdf(&[&[]])).await;
    let invoice = desk.example("invoice.pdf").await;
    let strange = schema(json!({
        "wing_span": {"type": ["number", "null"]}, "first_flight": {"type": ["string", "null"], "format": "date"},
        "pilot": {"type": "object", "properties": {"rank": {"type": ["string", "null"]}}},
        "crew": {"type": "array", "items": {"type": "object", "properties": {"seat": {"type": "string"}}}},
    }));
    for (input, lacks) in [(&blank, 1), (&invoice, 0)] {
        let asked = json!({"data_schema": strange, "cite_sources": true, "confidence_scores": true});
        let job = desk.read(input, asked).await;
        assert!(leaves(&job["extract_result"]).into_iter().all(Value::is_null), "{job}");
        assert_eq!(job["extract_result"]["crew"], json!([]), "{job}");
        assert_eq!(warned(&job, "no words"), lacks, "{job}");
        let source = &job["extract_metadata"]["field_metadata"]["document_metadata"]["wing_span"];
        assert_eq!(source["citation"], json!([]), "{source}");
        assert!(source["confidence"].as_f64().is_none_or(|confidence| confidence < 0.5), "{source}");
    }
    for nothing in [json!({"type": "object", "properties": {}}), json!({"type": "object"})] {
        let empty = desk.read(&invoice, json!({"data_schema": nothing})).await;
        assert_eq!((&empty["extract_result"], warned(&empty, "no properties")), (&json!({}), 1), "{empty}");
    }
}

/// By the names of the document's AcroForm, and by the labels beside its fields.
#[tokio::test]
async fn a_form_is_read_by_the_names_of_its_fields() {
    let desk = Desk::open().await;
    let form = desk.example("form.pdf").await;
    let schema = schema(json!({
        "name": {"type": ["string", "null"]}, "reader_number": {"type": ["string", "null"]},
        "subject": {"type": ["string", "null"]}, "wants_copies": {"type": ["boolean", "null"]},
        "has_read_the_rules": {"type": ["boolean", "null"]}, "shoe_size": {"type": ["number", "null"]},
    }));
    let asked = json!({"data_schema": schema, "cite_sources": true, "confidence_scores": true});
    let job = desk.read(&form, asked.clone()).await;
    let expected = json!({"name": "Ada Marsh", "reader_number": "R-2291", "subject": "Harbour books, 1890-1911",
        "wants_copies": true, "has_read_the_rules": false, "shoe_size": null});
    assert_eq!(job["extract_result"], expected);
    let sources = &job["extract_metadata"]["field_metadata"]["document_metadata"];
    // Where the fields are drawn.
    let place = |field: &str| sources[field]["citation"][0]["bounding_boxes"][0]["y"].as_f64().unwrap();
    assert!((110.0..135.0).contains(&place("name")) && (190.0..215.0).contains(&place("subject")), "{sources}");
    assert!(sources["subject"]["confidence"].as_f64().unwrap() > 0.8, "{sources}");
}

#[tokio::test]
async fn a_prompt_without_a_model_is_reported_once() {
    let desk = Desk::open().await;
    let file = desk.file("bill.txt", "Total: 12.50\n").await;
    let asked = json!({"data_schema": schema(json!({"total": {"type": "number"}})), "system_prompt": "Be brief."});
    let job = desk.read(&file, asked).await;
    assert_eq!((warned(&job, "system_prompt"), job["extract_result"]["total"].as_f64()), (1, Some(12.5)), "{job}");
}

#[tokio::test]
async fn the_parse_step_is_the_one_that_was_asked_for() {
    let desk = Desk::open().await;
    let file = desk.file("bills.pdf", pdf(&[&["Total: 12.50"], &["Nothing more."]])).await;
    let parse = json!({"product_type": "parse_v2", "tier": "agentic_plus", "version": "latest",
        "page_ranges": {"target_pages": "2"}});
    let saved = json!({"name": "second page", "parameters": parse});
    let saved = desk.server.post("/api/v1/beta/configurations", saved).await["id"].clone();
    let total = schema(json!({"total": {"type": ["number", "null"]}}));
    for (more, tier, expected) in [
        (json!({}), "cost_effective", Some(12.5)),
        (json!({"tier": "agentic_plus"}), "agentic", Some(12.5)),
        (json!({"parse_tier": "agentic"}), "agentic", Some(12.5)),
        (json!({"parse_tier": "fast"}), "fast", None),
        (json!({"parse_config_id": saved}), "agentic_plus", None),
        (json!({"parse_config_id": saved, "target_pages": "1"}), "agentic_plus", Some(12.5)),
    ] {
        let mut asked = json!({"data_schema": total, "cite_sources": true});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let job = desk.read(&file, asked).await;
        assert_eq!(job["extract_metadata"]["parse_tier"], tier, "{more}");
        assert_eq!(job["extract_result"]["total"].as_f64(), expected, "{more}: {job}");
        assert_eq!(warned(&job, "no words"), usize::from(tier == "fast"), "{more}");
    }
    desk.refused(
        &file,
        json!({"data_schema": total, "parse_config_id": "cfg-01890a5d-ac96-774b-bcce-b302099a8057"}),
        404,
        "NOT_FOUND",
        "configuration",
    )
    .await;
}

#[tokio::test]
async fn only_finished_parse_jobs_of_the_project_are_read() {
    let desk = Desk::open().await;
    let total = json!({"data_schema": schema(json!({"total": {"type": "number"}}))});
    let broken = desk.example("protected.pdf").await;
    let failed = desk.parsed(&broken, "agentic").await;
    assert_eq!(failed["status"], "FAILED", "{failed}");
    desk.refused(&text(&failed["id"]), total.clone(), 422, "NOT_USABLE", "is FAILED").await;
    let job = desk.extracted(&broken, total.clone()).await;
    let message = job["error_message"].as_str().unwrap_or_default();
    assert!(job["status"] == "FAILED" && message.starts_with("PDF_IS_PROTECTED: "), "{job}");

    let file = desk.file("bill.txt", "Total: 12.50\n").await;
    let parsed = text(&desk.parsed(&file, "agentic").await["id"]);
    desk.home.run(&["project", "create", "other", "--data", "data"]).ended(0);
    let key = desk.home.run(&["key", "create", "--project", "other", "--data", "data"]).ended(0).stdout;
    for (input, what) in [(&parsed, "parse job"), (&file, "file")] {
        let body = json!({"file_input": input, "configuration": total});
        let theirs = client().post(format!("{}{EXTRACT}", desk.server.base)).bearer_auth(key.trim()).json(&body);
        let (status, told) = answer(theirs).await;
        assert_eq!((status.as_u16(), &told["code"]), (404, &json!("NOT_FOUND")), "{told}");
        assert!(told.to_string().contains(&format!("There is no {what}")), "{told}");
    }
    assert_eq!(desk.read(&parsed, total).await["extract_result"]["total"], 12.5);
}
