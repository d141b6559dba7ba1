use serde_json::{Value, json};

use super::*;
use crate::failure::Code;

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

fn nested(levels: usize) -> Value {
    (1..levels).fold(object(json!({ "leaf": { "type": "string" } })), |below, _| object(json!({ "below": below })))
}

#[test]
fn schemas_are_cleaned() {
    for (given, expected) in [
        (
            object(json!({ "a": { "type": "string", "format": "date", "default": "x", "pattern": "^1" } })),
            object(json!({ "a": { "type": "string" } })),
        ),
        (
            object(json!({ "a": { "type": ["number", "null"] } })),
            object(json!({ "a": { "anyOf": [{ "type": "number" }, { "type": "null" }] } })),
        ),
        (
            object(json!({ "a": { "enum": ["x", "y", null] } })),
            object(json!({ "a": { "anyOf": [{ "type": "string", "enum": ["x", "y"] }, { "type": "null" }] } })),
        ),
        (
            object(json!({ "a": { "const": "x" }, "b": {}, "c": true, "d": { "type": "null" } })),
            object(
                json!({ "a": { "type": "string", "enum": ["x"] }, "b": { "type": "string" }, "c": { "type": "string" },
                        "d": { "type": "null" } }),
            ),
        ),
        (
            object(json!({ "a": { "anyOf": [{ "type": "number" }, { "type": "string" }], "title": "A" } })),
            object(json!({ "a": { "title": "A", "type": "number" } })),
        ),
        (
            object(json!({ "a": { "type": "array" } })),
            object(json!({ "a": { "type": "array", "items": { "type": "string" } } })),
        ),
        (
            json!({ "type": "object", "additionalProperties": false, "$schema": "x", "title": "T", "required": ["z"] }),
            json!({ "title": "T", "type": "object", "properties": {} }),
        ),
    ] {
        assert_eq!(check(&given).expect("valid").cleaned(), expected, "{given}");
    }
}

#[test]
fn what_pydantic_writes_is_inlined() {
    let schema = check(&json!({
        "$defs": {
            "Line": { "properties": { "price": { "anyOf": [{ "type": "number" }, { "type": "null" }], "default": null,
                                                  "description": "net", "title": "Price" } },
                      "title": "Line", "type": "object" },
            "Kind": { "enum": ["a", "b"], "title": "Kind", "type": "string" }
        },
        "properties": {
            "lines": { "items": { "$ref": "#/$defs/Line" }, "title": "Lines", "type": "array" },
            "kind": { "allOf": [{ "$ref": "#/$defs/Kind" }], "description": "which" },
            "first": { "anyOf": [{ "$ref": "#/$defs/Line" }, { "type": "null" }] }
        },
        "required": ["lines", "kind"], "title": "Invoice", "type": "object"
    }))
    .expect("valid");
    let line = json!({ "type": "object", "properties": { "price": {
        "title": "Price", "description": "net", "anyOf": [{ "type": "number" }, { "type": "null" }] } } });
    let titled = json!({ "title": "Line", "type": "object", "properties": line["properties"] });
    assert_eq!(
        schema.cleaned(),
        json!({ "title": "Invoice", "type": "object", "required": ["lines", "kind"], "properties": {
            "lines": { "title": "Lines", "type": "array", "items": titled },
            "kind": { "title": "Kind", "description": "which", "type": "string", "enum": ["a", "b"] },
            "first": { "title": "Line", "anyOf": [line, { "type": "null" }] } } })
    );
    assert!(check(&schema.cleaned()).is_ok_and(|again| again == schema), "a cleaned schema is its own cleaned form");
}

#[test]
fn what_breaks_the_law_is_refused_with_its_place() {
    let many: Value = (0..=PROPERTIES_MAX).map(|n| (format!("p{n}"), json!(true))).collect();
    let wordy = "x".repeat(TEXT_CHARS_MAX + 1);
    let recursive = json!({ "$defs": { "T": { "type": "object", "properties": { "t": { "$ref": "#/$defs/T" } } } },
                            "$ref": "#/$defs/T" });
    for (given, expected) in [
        (json!([]), "at #: the schema must be a JSON object"),
        (json!({ "type": "array" }), "at #: the root must have type object, not array"),
        (json!({}), "at #: the root has no type; it must have type object"),
        (json!({ "total": "number" }), "at #: the root has no type"),
        (object(json!([])), "at #: `properties` must be"),
        (object(json!({ "a": 1 })), "at #/properties/a: a schema must be"),
        (object(json!({ "a/b": { "type": "date" } })), "at #/properties/a~1b: `date` is no type"),
        (object(json!({ "a": { "type": 1 } })), "at #/properties/a: `type` must be"),
        (object(json!({ "a": { "type": "string", "enum": [] } })), "`enum` holds no value of type string"),
        (object(json!({ "a": { "enum": [{}] } })), "`enum` may hold only"),
        (object(json!({ "a": { "anyOf": [] } })), "at #/properties/a/anyOf: it names no alternative"),
        (object(json!({ "a": { "allOf": [{}, {}] } })), "`allOf` of several"),
        (object(json!({ "a": { "$ref": "#/$defs/B" } })), "`$ref` #/$defs/B refers to nothing"),
        (object(json!({ "a": { "$ref": "http://x/y" } })), "lies outside of the schema"),
        (recursive, "at #/$defs/T/properties/t: `$ref` #/$defs/T refers to itself"),
        (nested(LEVELS_MAX + 1), "deeper than the limit of 7 levels"),
        (object(many), "more properties than the limit of 5000"),
        (object(json!({ "a": { "type": "string", "description": wordy } })), "more than 120000 characters together"),
        (object(json!({ "a": { "type": "string", "default": "x".repeat(RAW_CHARS_MAX) } })), "limit of 150000"),
    ] {
        let failure = check(&given).expect_err(expected);
        assert_eq!(failure.code, Code::SchemaInvalid);
        assert!(failure.message.contains(expected), "{} does not say {expected}", failure.message);
    }
}

#[test]
fn the_limits_themselves_are_allowed() {
    assert!(check(&nested(LEVELS_MAX)).is_ok());
    let arrays = (0..6).fold(json!({ "type": "string" }), |item, _| json!({ "type": "array", "items": item }));
    assert!(check(&object(json!({ "a": arrays }))).is_ok());
}

#[test]
fn references_that_multiply_are_stopped() {
    let level = |n: usize| {
        let below = json!({ "$ref": format!("#/$defs/L{}", n + 1) });
        object((0..10).map(|i| (format!("p{i}"), below.clone())).collect())
    };
    let mut defs: serde_json::Map<String, Value> = (1..6).map(|n| (format!("L{n}"), level(n))).collect();
    defs.insert("L6".into(), json!({ "type": "string" }));
    let mut schema = level(0);
    schema["$defs"] = Value::Object(defs);
    assert!(check(&schema).expect_err("multiplies").message.contains("more properties"));

    let arrays = (0..40).fold(json!({ "type": "string" }), |item, _| json!({ "type": "array", "items": item }));
    assert!(check(&object(json!({ "a": arrays }))).expect_err("deep").message.contains("levels"));
    let chain: serde_json::Map<String, Value> =
        (0..2_000).map(|n| (format!("C{n}"), json!({ "$ref": format!("#/$defs/C{}", n + 1) }))).collect();
    let mut schema = object(json!({ "a": { "$ref": "#/$defs/C0" } }));
    schema["$defs"] = Value::Object(chain);
    assert!(check(&schema).expect_err("open end").message.contains("refers to nothing"));
}

#[test]
fn values_are_accepted_by_type_choice_and_null() {
    let schema = check(&json!({ "type": "object", "required": ["n"], "properties": {
        "n": { "type": ["integer", "null"] }, "c": { "enum": ["a", "b"] },
        "l": { "type": "array", "items": { "type": "boolean" } } } }))
    .expect("valid");
    for (value, expected) in [
        (json!({ "n": 1 }), true),
        (json!({ "n": null, "c": "a", "l": [true] }), true),
        (json!({ "n": 2.0 }), true),
        (json!({}), false),
        (json!({ "n": 1.5 }), false),
        (json!({ "n": 1, "c": "z" }), false),
        (json!({ "n": 1, "c": null }), false),
        (json!({ "n": 1, "l": [1] }), false),
        (json!([]), false),
    ] {
        assert_eq!(schema.root.accepts(&value), expected, "{value}");
    }
}
