//! The OpenAPI 3.1 document, made from the tables of operations (`operations`), the rules of request bodies and the
//! types of answers (both of `wire`). It is checked in as `openapi.json`; a test compares.

use std::collections::BTreeMap;

use docmill_model::Code;
use docmill_model::ids::UUID_PATTERN;
use docmill_wire::errors::CodedError;
use docmill_wire::{check::Rule, schema};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::errors;
use super::operations::{self, Answer, Body, Operation, Parameter};

/// The whole document.
pub fn document() -> Value {
    let mut generator = generator();
    let error = generator.subschema_for::<CodedError>().to_value();
    let mut paths = Map::new();
    for (tag, operation) in operations::all() {
        let described = describe(tag, operation, &error, &mut generator);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "docmill",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A self-hosted batch document server that speaks LlamaCloud's v2 document API",
            "description": "Operations with `x-llamacloud` are LlamaCloud's, under that name in its SDKs; the others are docmill's own.",
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "servers": [{"url": "http://127.0.0.1:8484", "description": "The default of `docmill serve`"}],
        "security": [{"key": []}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "`docmill key create` makes one"}},
            "schemas": generator.take_definitions(true),
        },
    })
}

fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

fn tags() -> Vec<Value> {
    let mut names: Vec<&str> = operations::TABLES.iter().map(|(tag, _)| *tag).collect();
    names.dedup();
    names.into_iter().map(|name| json!({"name": name})).collect()
}

fn describe(tag: &str, operation: &Operation, error: &Value, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({
        "tags": [tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation, error, generator),
    });
    if let Some(body) = body(&operation.body) {
        described["requestBody"] = body;
    }
    if let Some(name) = operation.sdk {
        described["x-llamacloud"] = json!(name);
    }
    if !operation.key {
        described["security"] = json!([]);
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = operation.segments().map(|name| {
        let schema = json!({"type": "string", "pattern": segment(name, operation.path)});
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    });
    let scope = [
        ("project_id", format!("^((prj-)?{UUID_PATTERN})?$"), "Must be the key's own project when it is given"),
        ("organization_id", format!("^({UUID_PATTERN})?$"), "Must be the key's own organization when it is given"),
    ];
    let scope = scope.iter().filter(|_| operation.key).map(|(name, pattern, about)| {
        json!({"name": name, "in": "query", "description": about, "schema": {"type": "string", "pattern": pattern}})
    });
    in_path.chain(operation.query.iter().map(parameter)).chain(scope).collect()
}

/// The pattern of an id in a path, with or without its prefix.
fn segment(name: &str, path: &str) -> String {
    let prefix = match name {
        "batch_id" => "bat-",
        "webhook_config_id" => "whc-",
        "config_id" => {
            return format!("^((cfg-)?{UUID_PATTERN}|(cfg-)?PARSE_(FAST|COST_EFFECTIVE|AGENTIC|AGENTIC_PLUS))$");
        }
        "delivery_id" => "whd-",
        "directory_file_id" => "dfl-",
        "directory_id" => "dir-",
        "file_id" => "fil-|dfl-",
        "job_id" if path.contains("extract") => "exj-",
        "job_id" => "pjb-",
        "project_id" => "prj-",
        _ => return "^.+$".to_owned(),
    };
    format!("^({prefix})?{UUID_PATTERN}$")
}

/// An empty value is none (contract 1.1), which `allowEmptyValue` says.
fn parameter(parameter: &Parameter) -> Value {
    let one = match parameter.rule {
        // Names that are looked for have no limit of their own: nothing is found by a longer one.
        Rule::Text { .. } | Rule::Any => json!({"type": "string"}),
        ref rule => schema::of(rule),
    };
    if parameter.many {
        // A list of texts holds an empty one as it is; only single values need the permission.
        let schema = json!({"type": "array", "items": one});
        return json!({"name": parameter.name, "in": "query", "description": parameter.about, "schema": schema});
    }
    let mut described = json!({"name": parameter.name, "in": "query", "description": parameter.about, "schema": one});
    if parameter.needed {
        described["required"] = true.into();
        described["schema"]["minLength"] = 1.into();
    } else {
        described["allowEmptyValue"] = true.into();
    }
    described
}

fn body(body: &Body) -> Option<Value> {
    match *body {
        Body::None => None,
        Body::Json(schema, example) | Body::MaybeJson(schema, example) => {
            let example: Value = serde_json::from_str(example).unwrap_or_default();
            Some(json!({
                "required": matches!(body, Body::Json(..)),
                "content": {"application/json": {"schema": schema(), "example": example}},
            }))
        }
        Body::Form { texts, needed, file } => {
            let mut parts: Map<String, Value> = texts
                .iter()
                .map(|(name, rule, about)| {
                    let mut schema = schema::of(rule);
                    schema["description"] = json!(about);
                    ((*name).to_owned(), schema)
                })
                .collect();
            parts.insert(file.to_owned(), json!({"type": "string", "format": "binary"}));
            let needed: Vec<&str> = needed.iter().copied().chain([file]).collect();
            let schema = json!({"type": "object", "properties": parts, "required": needed});
            Some(json!({"required": true, "content": {"multipart/form-data": {"schema": schema}}}))
        }
    }
}

fn responses(operation: &Operation, error: &Value, generator: &mut SchemaGenerator) -> Value {
    let mut responses: Map<String, Value> = Map::new();
    let mut done = |status: &str, content: Value| {
        responses.insert(status.to_owned(), json!({"description": "Done", "content": content}));
    };
    match operation.answer {
        Answer::Json(shape) => done("200", json!({"application/json": {"schema": shape(generator)}})),
        Answer::Made(shape) => done("201", json!({"application/json": {"schema": shape(generator)}})),
        Answer::Nothing => done("204", json!({})),
        Answer::Bytes(kinds) => done("200", kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect()),
        Answer::Events => {
            done("200", json!({"text/event-stream": {}}));
            done("204", json!({}));
        }
    }
    for (status, codes) in refusals(operation) {
        let told: Vec<String> = codes.iter().map(|code| format!("`{code}`: {}", code.sentence())).collect();
        responses.insert(
            status.to_string(),
            json!({"description": told.join("\n\n"), "content": {"application/json": {"schema": error}}}),
        );
    }
    Value::Object(responses)
}

/// Codes by status: the operation's own, and those that follow from what it takes.
pub fn refusals(operation: &Operation) -> BTreeMap<u16, Vec<Code>> {
    let with_body = !matches!(operation.body, Body::None);
    let implied = [
        (operation.key, &[Code::Unauthorized, Code::NotFound, Code::InvalidRequest][..]),
        (matches!(operation.body, Body::Json(..) | Body::MaybeJson(..)), &[Code::InvalidJson]),
        (with_body, &[Code::PayloadTooLarge, Code::UploadIncomplete]),
        (operation.id != "health" && operation.id != "describe", &[Code::Internal, Code::StoreUnavailable]),
    ];
    let implied = implied.into_iter().filter(|(holds, _)| *holds).flat_map(|(_, codes)| codes);
    let mut found: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in operation.refusals.iter().chain(implied) {
        let codes = found.entry(errors::status(*code).as_u16()).or_default();
        if !codes.contains(code) {
            codes.push(*code);
        }
    }
    found
}
