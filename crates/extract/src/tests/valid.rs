//! What is left out is named, and what is given keeps the schema's limits.

use super::*;

fn of(schema: Value, lines: &[&str], rows: &[&[&str]]) -> Extraction {
    let page = if rows.is_empty() { page(lines) } else { with_table(page(lines), rows) };
    extract(&[page], &ExtractOptions { data_schema: schema, ..ExtractOptions::default() }).expect("the schema is valid")
}

#[test]
fn every_property_that_is_left_out_is_named_in_one_warning() {
    let names: Vec<String> = (0..60).map(|n| format!("leaf_{n}")).collect();
    let mut properties: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!({ "type": "string" }))).collect();
    properties.insert("note".into(), text());
    let item = json!({ "type": "object", "required": ["ean"], "properties": {
        "description": text(), "amount": number(), "ean": { "type": "string" }, "size": { "type": "string" } } });
    properties.insert("items".into(), json!({ "type": "array", "items": item }));
    let rows: &[&[&str]] = &[&["Description", "Amount"], &["Bolt", "3.00"], &["Nut", "2.25"]];
    let read = of(json!({ "type": "object", "properties": properties }), &["Hello"], rows);
    assert_eq!(read.data["note"], Value::Null, "what may be null is not left out");
    let [warning] = &read.warnings[..] else { panic!("one warning: {:?}", read.warnings) };
    for name in &names {
        assert!(read.data.get(name).is_none() && warning.contains(&format!("{name}, ")), "{name}: {warning}");
    }
    assert!(warning.ends_with("items[].ean (required) (2 times), items[].size (2 times)."), "{warning}");
}

#[test]
fn values_that_break_a_limit_are_not_given_and_named() {
    let named = |leaf: Value, line: &str| {
        let read = of(json!({ "type": "object", "properties": { "wagon": leaf } }), &[line], &[]);
        (read.data, read.warnings.iter().any(|warning| warning.contains("Not given") && warning.contains("wagon (")))
    };
    let (number, text) = (["number", "null"], ["string", "null"]);
    for (limit, line, given) in [
        (json!({ "type": number, "minimum": 5 }), "Wagon: 7", Some(json!(7))),
        (json!({ "type": number, "minimum": 8 }), "Wagon: 7", None),
        (json!({ "type": number, "maximum": 6.5 }), "Wagon: 7", None),
        (json!({ "type": number, "exclusiveMinimum": 7 }), "Wagon: 7", None),
        (json!({ "type": number, "exclusiveMaximum": 7 }), "Wagon: 7", None),
        (json!({ "type": number, "multipleOf": 0.1 }), "Wagon: 7.3", Some(json!(7.3))),
        (json!({ "type": number, "multipleOf": 2 }), "Wagon: 7", None),
        (json!({ "type": text, "minLength": 4 }), "Wagon: red", None),
        (json!({ "type": text, "maxLength": 2 }), "Wagon: red", None),
        (json!({ "type": text, "format": "date-time" }), "Wagon: 2024-05-06", None),
        (
            json!({ "type": text, "format": "date-time" }),
            "Wagon: 2024-05-06 07:08:09 UTC",
            Some(json!("2024-05-06T07:08:09Z")),
        ),
        (json!({ "type": "array", "items": { "type": "string" }, "minItems": 3 }), "Wagon: red, blue", None),
        (
            json!({ "type": "array", "items": { "type": "string" }, "maxItems": 1 }),
            "Wagon: red, blue",
            Some(json!(["red"])),
        ),
        (
            json!({ "type": "array", "items": { "type": "string", "maxLength": 3 } }),
            "Wagon: red, blue",
            Some(json!(["red"])),
        ),
        (
            json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }),
            "Wagon: red, red",
            Some(json!(["red"])),
        ),
    ] {
        let (data, told) = named(limit.clone(), line);
        assert_eq!(data.get("wagon").filter(|value| !value.is_null()), given.as_ref(), "{limit} {line}");
        let whole = given.is_some_and(|value| !value.is_array());
        assert_eq!(told, !whole, "{limit} {line}: what is refused is named");
    }
}
