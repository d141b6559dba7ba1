//! Liveness and readiness.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Shared;
use crate::app::AppResult;

/// The process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The store answers too; 503 while it does not.
pub async fn readyz(State(app): Shared) -> AppResult<Json<Value>> {
    app.store.queue_depth().await?;
    Ok(Json(json!({ "status": "ready" })))
}
