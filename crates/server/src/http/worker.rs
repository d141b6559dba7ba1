//! What a worker without an API answers: the paths of a server's health and metrics, and nothing else.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{fallback, health, metrics};
use crate::app::Vitals;

/// Answers requests on `listener` until `shutdown`.
pub async fn serve_vitals(
    listener: TcpListener,
    vitals: Arc<Vitals>,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    axum::serve(listener, router(vitals)).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

fn router(vitals: Arc<Vitals>) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(async |State(vitals): State<Arc<Vitals>>| health::ready(&vitals).await))
        .route("/metrics", get(async |State(vitals): State<Arc<Vitals>>| metrics::print(&vitals).await))
        .fallback(fallback::not_an_api)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .with_state(vitals)
}
