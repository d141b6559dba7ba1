//! Liveness and readiness.

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::Shared;
use super::operations::{Operation, json};
use crate::app::AppResult;

pub const OPERATIONS: &[Operation] = &[
    Operation::new("get", "/healthz", "health", json::<Value>(), || get(healthz))
        .about("Whether the process answers")
        .without_key(),
    Operation::new("get", "/readyz", "readiness", json::<Value>(), || get(readyz))
        .about("Whether the store answers too")
        .without_key(),
];

/// The process answers.
async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The store answers too; 503 while it does not.
async fn readyz(State(app): Shared) -> AppResult<Json<Value>> {
    app.store.queue_depth().await?;
    Ok(Json(json!({ "status": "ready" })))
}
