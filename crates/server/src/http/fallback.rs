//! Paths and methods that no handler takes.

use axum::http::{Method, Uri};
use docmill_model::Code;

use crate::app::AppError;

/// Beginnings of LlamaCloud's paths that docmill does not serve (contract 2.10) and what they are, so that their callers
/// learn that the call is known and out of scope. Those of later releases are among them.
const OUT_OF_SCOPE: &[(&str, &str)] = &[
    ("/api/alpha/verify", "verification of documents"),
    ("/api/v1/beta/agent-data", "agent data"),
    ("/api/v1/beta/attachments", "attachments"),
    ("/api/v1/beta/batch-processing", "the older batch processing; use /api/v2/batches"),
    ("/api/v1/beta/data-sinks", "data sinks"),
    ("/api/v1/beta/extraction-agents", "extraction agents; use /api/v2/extract"),
    ("/api/v1/beta/parse-configurations", "the older parse configurations; use /api/v1/beta/configurations"),
    ("/api/v1/beta/retrievers", "retrievers"),
    ("/api/v1/beta/sheets", "sheets"),
    ("/api/v1/beta/split", "splitting of documents"),
    ("/api/v1/chat", "chat"),
    ("/api/v1/classifier", "classification"),
    ("/api/v1/data-sinks", "data sinks"),
    ("/api/v1/data-sources", "data sources"),
    ("/api/v1/extraction", "the older extraction; use /api/v2/extract"),
    ("/api/v1/files", "the older files and page images; use /api/v1/beta/files"),
    ("/api/v1/indexes", "indexes"),
    ("/api/v1/job-data-points", "data points of jobs"),
    ("/api/v1/parsing", "the older parsing; use /api/v2/parse"),
    ("/api/v1/pipelines", "pipelines"),
    ("/api/v1/retrieval", "retrieval"),
    ("/api/v1/retrievers", "retrievers"),
    ("/api/v1/split", "splitting of documents"),
    ("/api/v2/classify", "classification"),
    ("/api/v2/pipelines", "pipelines"),
];
/// Characters of a path that an answer repeats.
const PATH_CHARS_SHOWN: usize = 200;

pub async fn unknown(method: Method, uri: Uri) -> AppError {
    let path = uri.path();
    let begins = |(prefix, _): &&(&str, &str)| {
        path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let Some((_, what)) = OUT_OF_SCOPE.iter().find(begins) else {
        return AppError::new(Code::NotFound, "There is nothing at this path.");
    };
    let shown: String = path.chars().take(PATH_CHARS_SHOWN).collect();
    AppError::new(Code::NotImplemented, format!("docmill does not serve {method} {shown}: {what}."))
}

/// Of a worker.
pub async fn not_an_api() -> AppError {
    AppError::new(Code::NotFound, "A worker has no API: it answers /healthz, /readyz and /metrics. Ask a server.")
}

pub async fn method_not_allowed(method: Method) -> AppError {
    AppError::new(Code::MethodNotAllowed, format!("This path does not take {method}."))
}
