//! `/metrics` in the OpenMetrics text form that Prometheus reads.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Shared;
use super::operations::{Answer, Operation};
use crate::app::{AppResult, Vitals};

const CONTENT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub const OPERATIONS: &[Operation] =
    &[Operation::new("get", "/metrics", "metrics", Answer::Bytes(&[CONTENT]), || get(metrics))
        .about("Figures for Prometheus")
        .without_key()];

async fn metrics(State(app): Shared) -> AppResult<impl IntoResponse> {
    print(&app.vitals).await
}

pub async fn print(vitals: &Vitals) -> AppResult<impl IntoResponse + use<>> {
    Ok(([(CONTENT_TYPE, CONTENT)], vitals.metrics().await?))
}
