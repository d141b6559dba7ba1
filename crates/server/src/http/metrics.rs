//! `/metrics` in the OpenMetrics text form that Prometheus reads.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use docmill_model::Code;
use prometheus_client::encoding::text::encode;

use super::Shared;
use super::operations::{Answer, Operation};
use crate::app::{AppError, AppResult};

const CONTENT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub const OPERATIONS: &[Operation] =
    &[Operation::new("get", "/metrics", "metrics", Answer::Bytes(&[CONTENT]), || get(metrics))
        .about("Figures for Prometheus")
        .without_key()];

/// The queue is asked when it is scraped; a store out of reach leaves the last figures and does not hide the others.
async fn metrics(State(app): Shared) -> AppResult<impl IntoResponse> {
    match app.store.queue_depth().await {
        Ok(depth) => app.meters.queue(depth),
        Err(error) => tracing::warn!(%error, "the queue could not be asked for metrics"),
    }
    let mut text = String::new();
    encode(&mut text, &app.registry()).map_err(|_| AppError::Failure(Code::Internal.into()))?;
    Ok(([(CONTENT_TYPE, CONTENT)], text))
}
