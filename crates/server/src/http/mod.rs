//! HTTP: what a request is made of, what an answer looks like, and one file a resource with thin handlers.

mod auth;
mod base;
mod batches;
mod body;
mod configurations;
mod description;
mod directories;
mod directory_files;
mod downloads;
mod errors;
mod events;
mod export;
mod extract;
mod fallback;
mod files;
mod health;
pub mod markdown;
mod metrics;
mod multipart;
mod openapi;
mod operations;
mod parse;
mod path;
mod projects;
mod query;
mod ranges;
mod request_log;
mod router;
mod unread;
mod webhooks;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;

pub use openapi::document as openapi;
pub use router::router;
pub use worker::serve_vitals;

/// The shared state of every handler.
type Shared = State<Arc<App>>;

/// Answers requests on `listener` until `shutdown`, then lets the open ones end; streams of
/// events, which would not, are ended.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: CancellationToken) -> std::io::Result<()> {
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let stop = async move {
        shutdown.cancelled().await;
        app.closing.cancel();
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
