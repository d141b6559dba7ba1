//! Paths and methods that no handler takes.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use axum::routing::{delete, patch, post};
use docmill_model::Code;

use crate::app::{App, AppError};

/// Beginnings of LlamaCloud's paths that docmill does not serve (contract 2.10), so that their callers learn that
/// the call is known and out of scope. Those of later releases are among them.
const OUT_OF_SCOPE: &[&str] = &[
    "/api/alpha/verify",
    "/api/v1/beta/agent-data",
    "/api/v1/beta/attachments",
    "/api/v1/beta/batch-processing",
    "/api/v1/beta/data-sinks",
    "/api/v1/beta/extraction-agents",
    "/api/v1/beta/files",
    "/api/v1/beta/parse-configurations",
    "/api/v1/beta/retrievers",
    "/api/v1/beta/sheets",
    "/api/v1/beta/split",
    "/api/v1/chat",
    "/api/v1/classifier",
    "/api/v1/data-sinks",
    "/api/v1/data-sources",
    "/api/v1/files",
    "/api/v1/indexes",
    "/api/v1/parsing",
    "/api/v1/pipelines",
    "/api/v1/retrieval",
    "/api/v1/retrievers",
    "/api/v1/split",
    "/api/v2/classify",
    "/api/v2/pipelines",
];

pub async fn unknown(uri: Uri) -> AppError {
    let path = uri.path();
    let begins =
        |prefix: &&&str| path.strip_prefix(**prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match OUT_OF_SCOPE.iter().find(begins) {
        Some(prefix) => AppError::new(Code::NotImplemented, format!("docmill does not serve {prefix}.")),
        None => AppError::new(Code::NotFound, "There is nothing at this path."),
    }
}

pub async fn method_not_allowed(method: Method) -> AppError {
    AppError::new(Code::MethodNotAllowed, format!("This path does not take {method}."))
}

/// Calls that are in scope and not there yet.
pub fn not_yet_routes() -> Router<Arc<App>> {
    const DIRECTORY: &str = "/api/v1/beta/directories/{directory_id}";
    Router::new()
        .route(DIRECTORY, patch(not_yet))
        .route(&format!("{DIRECTORY}/files"), post(not_yet))
        .route(&format!("{DIRECTORY}/files/{{directory_file_id}}"), patch(not_yet))
        .route("/api/v2/parse/{job_id}", delete(not_yet))
        .route("/api/v2/extract/schema/validation", post(not_yet))
        .route("/api/v2/extract/schema/generate", post(not_yet))
        .route("/api/v2/extract/{job_id}", delete(not_yet))
}

/// A call of LlamaCloud on a resource that docmill has, which this release does not serve.
async fn not_yet(method: Method, uri: Uri) -> AppError {
    AppError::new(Code::NotImplemented, format!("This release does not serve {method} {}.", uri.path()))
}
