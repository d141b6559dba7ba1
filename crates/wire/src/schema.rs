//! The tables of request bodies (`check::Rule`) as JSON Schema 2020-12, the dialect of OpenAPI 3.1: what is checked
//! and what is documented have one source.

use serde_json::{Map, Value, json};

use crate::check::{Field, Rule};

/// What values this rule takes.
pub fn of(rule: &Rule) -> Value {
    match *rule {
        Rule::Bool => json!({"type": "boolean"}),
        Rule::Text { min, max } => text(min, max),
        Rule::Name => json!({"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"}),
        Rule::Form(_) => json!({"type": "string"}),
        Rule::Written { pattern, .. } => json!({"type": "string", "pattern": pattern}),
        Rule::Instant => json!({"type": "string", "format": "date-time"}),
        Rule::Url => json!({"type": "string", "pattern": "^https?:", "maxLength": 2_000}),
        Rule::OneOf(names) => json!({"type": "string", "enum": names}),
        Rule::Int { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Rule::Number { min, max } => json!({"type": "number", "minimum": min, "maximum": max}),
        Rule::NumberOrText => {
            json!({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^[+-]?[0-9]+([.][0-9]+)?$"}]})
        }
        Rule::Plain => json!({"anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "items": {"type": "string"}},
        ]}),
        Rule::List { of: inner, max } => json!({"type": "array", "items": of(inner), "maxItems": max}),
        Rule::Map { of: inner, max } => {
            json!({"type": "object", "additionalProperties": of(inner), "maxProperties": max})
        }
        Rule::Object(fields) => object(&[fields]),
        Rule::Joined(tables) => object(tables),
        Rule::AnyObject => json!({"type": "object", "additionalProperties": true}),
        Rule::Any => json!({}),
    }
}

/// The same, and null: an optional field that is null is not given (contract 1.4).
pub fn or_null(mut schema: Value) -> Value {
    let Some(fields) = schema.as_object_mut() else { return schema };
    if fields.is_empty() {
        return schema;
    }
    let Some(Value::String(kind)) = fields.get("type").cloned() else {
        return json!({"anyOf": [schema, {"type": "null"}]});
    };
    fields.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(names)) = fields.get_mut("enum") {
        names.push(Value::Null);
    }
    schema
}

fn text(min: usize, max: usize) -> Value {
    let mut schema = json!({"type": "string"});
    if min > 0 {
        schema["minLength"] = json!(min);
    }
    if max < usize::MAX {
        schema["maxLength"] = json!(max);
    }
    schema
}

fn object(tables: &[&[Field]]) -> Value {
    let fields = || tables.iter().copied().flatten();
    let properties: Map<String, Value> = fields()
        .map(|field| {
            let schema = of(&field.rule);
            (field.name.to_owned(), if field.needed { schema } else { or_null(schema) })
        })
        .collect();
    let needed: Vec<&str> = fields().filter(|field| field.needed).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{may, must};

    #[test]
    fn tables_become_schemas() {
        const FIELDS: &[Field] = &[must("a", Rule::OneOf(&["x"])), may("b", Rule::OneOf(&["y"])), may("c", Rule::Any)];
        const TABLES: &[&[Field]] = &[&[may("n", Rule::NumberOrText)], &[may("m", Rule::Bool)]];
        let check = |rule: Rule, expected: Value| assert_eq!(of(&rule), expected, "{rule:?}");
        check(Rule::Text { min: 1, max: usize::MAX }, json!({"type": "string", "minLength": 1}));
        check(
            Rule::List { of: &Rule::Bool, max: 2 },
            json!({"type": "array", "items": {"type": "boolean"}, "maxItems": 2}),
        );
        check(
            Rule::Object(FIELDS),
            json!({
                "type": "object",
                "properties": {
                    "a": {"type": "string", "enum": ["x"]},
                    "b": {"type": ["string", "null"], "enum": ["y", null]},
                    "c": {},
                },
                "additionalProperties": false,
                "required": ["a"],
            }),
        );
        check(
            Rule::Joined(TABLES),
            json!({
                "type": "object",
                "properties": {
                    "n": {"anyOf": [of(&Rule::NumberOrText), {"type": "null"}]},
                    "m": {"type": ["boolean", "null"]},
                },
                "additionalProperties": false,
            }),
        );
    }
}
