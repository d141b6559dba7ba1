//! Data schemas: checked, and drafted from words.

use serde_json::{Value, json};

use crate::server::Server;

const VALIDATE: &str = "/api/v2/extract/schema/validation";
const GENERATE: &str = "/api/v2/extract/schema/generate";

#[tokio::test]
async fn a_schema_comes_back_as_it_is_followed() {
    let server = Server::start().await;
    let given = json!({
        "$defs": {"Line": {"type": "object", "title": "Line", "properties": {"price": {"type": "number", "minimum": 0}},
                           "required": ["price"], "additionalProperties": false}},
        "title": "Invoice", "type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {
            "number": {"type": "string", "pattern": "^INV", "default": "x", "description": "printed top right"},
            "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": null},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "minItems": 1}
        },
        "required": ["number"]
    });
    let cleaned = server.post(VALIDATE, json!({"data_schema": given})).await["data_schema"].clone();
    let text = cleaned.to_string();
    for dropped in ["$defs", "$ref", "$schema", "minimum", "minItems", "default", "pattern", "additionalProperties"] {
        assert!(!text.contains(dropped), "{dropped} in {text}");
    }
    assert_eq!(cleaned["properties"]["lines"]["items"]["properties"]["price"], json!({"type": "number"}));
    assert_eq!(cleaned["properties"]["due"]["anyOf"][1], json!({"type": "null"}));
    assert_eq!((&cleaned["title"], &cleaned["required"]), (&json!("Invoice"), &json!(["number"])));
    let again = server.post(VALIDATE, json!({"data_schema": cleaned})).await;
    assert_eq!(again["data_schema"], cleaned, "a cleaned schema is clean");
}

#[tokio::test]
async fn every_limit_of_schemas_has_its_refusal() {
    let server = Server::start().await;
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let nested = |levels: usize| {
        (1..levels).fold(object(json!({"x": {"type": "string"}})), |inner, _| object(json!({"x": inner})))
    };
    let many = |count: usize| {
        let fields = (0..count).map(|n| (format!("f{n}"), json!({}))).collect::<serde_json::Map<_, _>>();
        object(Value::Object(fields))
    };
    let described = |chars: usize| object(json!({"a": {"type": "string", "description": "x".repeat(chars)}}));
    for (schema, words) in [
        (nested(8), "limit of 7 levels"),
        (many(5_001), "limit of 5000"),
        (described(120_001), "120000 characters"),
        (described(150_000), "150000"),
        (json!({"type": "array", "items": {}}), "root must have type object"),
        (json!({"type": "object", "properties": {"a": {"$ref": "https://a/b"}}}), "only local ones"),
        (json!({"type": "object", "properties": {"a": {"type": "date"}}}), "no type of JSON Schema"),
    ] {
        for (path, body) in
            [(VALIDATE, json!({"data_schema": schema})), (GENERATE, json!({"data_schema": schema, "prompt": "total"}))]
        {
            server.send("POST", path, Some(body)).await.refused(422, "SCHEMA_INVALID", words);
        }
    }
    for schema in [nested(7), many(5_000), described(119_000)] {
        server.post(VALIDATE, json!({"data_schema": schema})).await;
    }
    for (body, words) in [
        (json!({}), "body.data_schema: missing"),
        (json!({"data_schema": []}), "body.data_schema: dict_type"),
        (json!({"data_schema": {"type": "object"}, "x": 1}), "body.x: extra_forbidden"),
    ] {
        server.send("POST", VALIDATE, Some(body)).await.refused(422, "INVALID_REQUEST", words);
    }
}

#[tokio::test]
async fn a_schema_is_drafted_from_words_and_may_be_saved_as_it_is() {
    let server = Server::start().await;
    let prompt = "Extract the invoice number, the total amount and the line items (description, quantity).";
    let made = server.post(GENERATE, json!({"prompt": prompt, "name": "Invoices"})).await;
    assert_eq!((&made["name"], &made["parameters"]["product_type"]), (&json!("Invoices"), &json!("extract_v2")));
    let properties = &made["parameters"]["data_schema"]["properties"];
    assert_eq!(properties["invoice_number"]["type"], json!("string"));
    assert_eq!(properties["total_amount"]["type"], json!("number"));
    assert_eq!(properties["line_items"]["items"]["properties"]["quantity"]["type"], json!("integer"));
    assert_eq!(server.post(GENERATE, json!({"prompt": prompt, "name": "Invoices"})).await, made, "deterministic");
    let saved = server.post("/api/v1/beta/configurations", made.clone()).await;
    assert_eq!(saved["product_type"], json!("extract_v2"));

    let given = json!({"type": "object", "title": "Bill", "properties": {"total_amount": {"type": "string"}}});
    let added = server.post(GENERATE, json!({"prompt": "total amount, due date", "data_schema": given})).await;
    assert_eq!(added["name"], json!("Bill"));
    let properties = &added["parameters"]["data_schema"]["properties"];
    assert_eq!(
        (&properties["total_amount"], &properties["due_date"]["type"]),
        (&json!({"type": "string"}), &json!("string"))
    );
    let unchanged = server.post(GENERATE, json!({"data_schema": given})).await;
    assert_eq!(unchanged["parameters"]["data_schema"], given);

    for (body, code, words) in [
        (json!({}), "INVALID_REQUEST", "Give a prompt, a file_id or a data_schema"),
        (json!({"prompt": "  "}), "INVALID_REQUEST", "Give a prompt"),
        (json!({"prompt": 1}), "INVALID_REQUEST", "body.prompt: string_type"),
        (json!({"prompt": "x".repeat(10_001)}), "INVALID_REQUEST", "body.prompt: string_too_long"),
        (json!({"prompt": "total", "name": "x".repeat(256)}), "INVALID_REQUEST", "at most 255 characters"),
        (json!({"prompt": "the"}), "NOT_USABLE", "names no fields"),
        (json!({"file_id": "a.pdf"}), "INVALID_REQUEST", "body.file_id: value_error"),
    ] {
        server.send("POST", GENERATE, Some(body)).await.refused(422, code, words);
    }
}
