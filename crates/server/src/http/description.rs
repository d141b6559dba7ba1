//! `/openapi.json`: the API's description of itself.

use std::sync::LazyLock;

use axum::Json;
use axum::routing::get;
use serde_json::Value;

use super::openapi;
use super::operations::{Operation, json};

pub const OPERATIONS: &[Operation] =
    &[Operation::new("get", "/openapi.json", "describe", json::<Value>(), || get(describe))
        .about("This description, as OpenAPI 3.1")
        .without_key()];

pub async fn describe() -> Json<&'static Value> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);
    Json(&DOCUMENT)
}
