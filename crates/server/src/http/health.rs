//! Liveness and readiness.

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::Shared;
use super::operations::{Operation, json};
use crate::app::{AppResult, Vitals};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("get", "/healthz", "health", json::<Value>(), || get(healthz))
        .about("Whether the process answers")
        .without_key(),
    Operation::new("get", "/readyz", "readiness", json::<Value>(), || get(readyz))
        .about("Whether the store answers too, and the server is not about to stop")
        .without_key(),
];

/// The process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The store answers too; 503 while it does not, and from the moment on when the server was asked to stop.
async fn readyz(State(app): Shared) -> AppResult<Json<Value>> {
    ready(&app.vitals).await
}

pub async fn ready(vitals: &Vitals) -> AppResult<Json<Value>> {
    vitals.ready().await?;
    Ok(Json(json!({ "status": "ready" })))
}
