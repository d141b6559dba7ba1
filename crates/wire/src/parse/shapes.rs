//! What the expanded parts of a parse result look like, for the API's description (contract 3.5). The parts are
//! rendered page by page in `pages` and `items`; `compat/plain.py` holds real answers against these.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A form with an entry a page: `page` where it was read, else its error.
fn pages(page: Value) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "required": ["pages"],
        "properties": {"pages": {"type": "array", "items": page}},
    })
}

fn or_failed(mut page: Value) -> Value {
    page["properties"]["success"] = json!({"const": true});
    let failed = json!({
        "type": "object",
        "required": ["page_number", "error", "success"],
        "properties": {"page_number": number(), "error": {"type": "string"}, "success": {"const": false}},
    });
    json!({"anyOf": [page, failed]})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 1})
}

pub(super) fn text(_: &mut SchemaGenerator) -> Schema {
    pages(json!({
        "type": "object",
        "required": ["page_number", "text"],
        "properties": {"page_number": number(), "text": {"type": "string"}},
    }))
}

pub(super) fn markdown(_: &mut SchemaGenerator) -> Schema {
    let index = json!({"type": "integer", "minimum": 0});
    let line = json!({
        "type": "object",
        "required": ["line_number", "start_index", "end_index"],
        "properties": {"line_number": {"type": "string"}, "start_index": index, "end_index": index},
    });
    pages(or_failed(json!({
        "type": "object",
        "required": ["page_number", "markdown", "success"],
        "properties": {
            "page_number": number(),
            "markdown": {"type": "string"},
            "header": {"type": ["string", "null"]},
            "footer": {"type": ["string", "null"]},
            "line_numbers": {"type": "array", "items": line},
        },
    })))
}

/// Items are tagged by `type`; each has `md`, and `bbox` in points from the page's top left corner.
pub(super) fn items(_: &mut SchemaGenerator) -> Schema {
    let kinds = ["text", "heading", "list", "code", "table", "image", "link", "header", "footer"];
    let side = json!({"type": "number"});
    let bbox = json!({
        "type": "object",
        "required": ["x", "y", "w", "h"],
        "properties": {
            "x": side, "y": side, "w": side, "h": side,
            "label": {"type": "string"},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        },
    });
    let item = json!({
        "type": "object",
        "required": ["type", "md"],
        "properties": {
            "type": {"enum": kinds},
            "md": {"type": "string"},
            "bbox": {"type": ["array", "null"], "items": bbox},
        },
    });
    pages(or_failed(json!({
        "type": "object",
        "required": ["page_number", "page_width", "page_height", "items", "success"],
        "properties": {
            "page_number": number(),
            "page_width": {"type": "number", "description": "Points"},
            "page_height": {"type": "number", "description": "Points"},
            "items": {"type": "array", "items": item},
        },
    })))
}

/// Nodes are tagged by `type`; docmill makes fields, and texts where several things were chosen.
pub(super) fn forms(_: &mut SchemaGenerator) -> Schema {
    let field = json!({
        "type": "object",
        "required": ["type", "field"],
        "properties": {
            "type": {"const": "field"},
            "field": {"enum": ["text", "checkbox", "single_select", "multi_select", "signature"]},
            "id": {"type": ["string", "null"]},
            "label": {"type": ["string", "null"]},
            "value": {"type": ["string", "boolean", "null"]},
            "isEmpty": {"type": "boolean"},
        },
    });
    let form = json!({
        "type": "object",
        "required": ["json", "list"],
        "properties": {"json": {"type": "array", "items": field}, "list": {"type": "object"}},
    });
    pages(or_failed(json!({
        "type": "object",
        "required": ["page_number", "forms", "success"],
        "properties": {
            "page_number": number(),
            "page_width": {"type": ["number", "null"], "description": "Points"},
            "page_height": {"type": ["number", "null"], "description": "Points"},
            "detected_form_types": {"type": ["array", "null"], "items": {"type": "string"}},
            "forms": {"type": "array", "items": form},
        },
    })))
}

pub(super) fn metadata(_: &mut SchemaGenerator) -> Schema {
    pages(json!({
        "type": "object",
        "required": ["page_number"],
        "properties": {
            "page_number": number(),
            "confidence": {"type": ["number", "null"]},
            "printed_page_number": {"type": ["string", "null"]},
        },
    }))
}

pub(super) fn images(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "required": ["total_count", "images"],
        "properties": {
            "total_count": {"type": "integer", "minimum": 0},
            "images": {"type": "array", "items": {
                "type": "object",
                "required": ["index", "filename"],
                "properties": {
                    "index": {"type": "integer", "minimum": 0},
                    "filename": {"type": "string"},
                    "category": {"enum": ["screenshot", "embedded", "layout", null]},
                    "content_type": {"type": ["string", "null"]},
                    "presigned_url": {"type": ["string", "null"]},
                    "size_bytes": {"type": ["integer", "null"]},
                },
            }},
        },
    })
}

pub(super) fn contents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "additionalProperties": {
            "type": "object",
            "required": ["size_bytes", "exists", "presigned_url"],
            "properties": {
                "size_bytes": {"type": "integer", "minimum": 0},
                "exists": {"type": "boolean"},
                "presigned_url": {"type": ["string", "null"]},
            },
        },
    })
}
