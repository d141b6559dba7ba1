//! Large schemas, large tables, and schemas that are refused.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Desk, schema};

#[tokio::test]
async fn five_thousand_leaves_are_filled() {
    let desk = Desk::open().await;
    let file = desk.file("bill.txt", "Invoice number: A-17\n\nOak 4711: red\n\nTotal: 12.50\n").await;
    let mut leaves: Map<String, Value> =
        (0..4_998).map(|leaf| (format!("oak_{leaf}"), json!({"nullable": true}))).collect();
    leaves.insert("invoice_number".into(), json!({"type": ["string", "null"]}));
    leaves.insert("total".into(), json!({"type": ["number", "null"]}));
    let job =
        desk.read(&file, json!({"data_schema": schema(Value::Object(leaves.clone())), "cite_sources": true})).await;
    let found = job["extract_result"].as_object().unwrap();
    let given: Vec<(&String, &Value)> = found.iter().filter(|(_, value)| !value.is_null()).collect();
    assert_eq!(found.len(), 5_000);
    assert!(given.contains(&(&"oak_4711".to_owned(), &json!("red"))), "{given:?}");
    assert!(given.contains(&(&"total".to_owned(), &json!(12.5))) && given.len() == 3, "{given:?}");
    leaves.insert("one_more".into(), json!({}));
    let more = json!({"data_schema": schema(Value::Object(leaves))});
    desk.refused(&file, more, 422, "SCHEMA_INVALID", "limit of 5000").await;
}

#[tokio::test]
async fn a_table_of_fifty_thousand_rows_is_read_within_the_limits() {
    let desk = Desk::open().await;
    let mut table = "Description,Quantity,Unit price,Amount\n".to_owned();
    for row in 1..=50_000 {
        writeln!(table, "Bolt {row},2,1.50,3.00").unwrap();
    }
    let file = desk.file("goods.csv", table).await;
    let row = json!({"description": {"type": "string"}, "quantity": {"type": "number"}, "amount": {"type": "number"}});
    let items = schema(json!({"items": {"type": "array", "items": {"type": "object", "properties": row}}}));
    let job = desk.read(&file, json!({"data_schema": items})).await;
    let rows = job["extract_result"]["items"].as_array().unwrap();
    assert_eq!(rows.len(), 50_000);
    assert_eq!(rows[49_999], json!({"description": "Bolt 50000", "quantity": 2, "amount": 3.0}));
}

#[tokio::test]
async fn schemas_that_cannot_be_followed_are_refused_at_create() {
    let desk = Desk::open().await;
    let file = desk.file("bill.txt", "Total: 12.50\n").await;
    let nested = |levels: usize| (1..levels).fold(schema(json!({"x": {}})), |inner, _| schema(json!({"x": inner})));
    let described = |chars: usize| schema(json!({"a": {"type": "string", "description": "x".repeat(chars)}}));
    let part = json!({"type": "object", "properties": {"part": {"$ref": "#/$defs/Part"}}});
    let recursive =
        json!({"type": "object", "properties": {"part": {"$ref": "#/$defs/Part"}}, "$defs": {"Part": part}});
    for (refused, words) in [
        (json!({"type": "array", "items": {}}), "root must have type object"),
        (json!({"type": "string"}), "root must have type object"),
        (schema(json!({"a": {"$ref": "https://example.com/a.json"}})), "only local ones"),
        (recursive, "recursive schemas are not taken"),
        (nested(8), "limit of 7 levels"),
        (described(120_001), "120000 characters"),
        (described(150_001), "limit of 150000"),
        (schema(json!({"a": {"type": "money"}})), "`money` is no type of JSON Schema"),
    ] {
        desk.refused(&file, json!({"data_schema": refused}), 422, "SCHEMA_INVALID", words).await;
        let saved = json!({"name": "refused", "parameters": {"product_type": "extract_v2", "data_schema": refused}});
        let request = desk.server.request(reqwest::Method::POST, "/api/v1/beta/configurations").json(&saved);
        let (status, told) = crate::server::answer(request).await;
        assert_eq!((status.as_u16(), &told["code"]), (422, &json!("SCHEMA_INVALID")), "{told}");
    }
    desk.refused(&file, json!({"data_schema": []}), 422, "INVALID_REQUEST", "data_schema").await;
    for taken in [nested(7), described(119_000)] {
        desk.read(&file, json!({"data_schema": taken})).await;
    }
}
