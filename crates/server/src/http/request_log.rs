//! A request id and one log line for every request, and its count.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_CHARS_MAX: usize = 64;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that this task serves.
pub fn request_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| "unknown".to_owned())
}

/// Takes the caller's `x-request-id` when it is harmless, else makes one; sends it back; logs and counts the request.
pub async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().to_string();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("(none)", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request_id = %id, %method, %route);
    if let Some(Ok(traceparent)) = request.headers().get("traceparent").map(HeaderValue::to_str) {
        (app.traced.came_from)(&span, traceparent);
    }
    CURRENT.scope(id.clone(), serve(app, request, next, id, method, route).instrument(span)).await
}

async fn serve(app: Arc<App>, request: Request, next: Next, id: String, method: String, route: String) -> Response {
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.meters.request(&method, &route, status, begun.elapsed());
    tracing::info!(status, elapsed_ms, "{method} {route} {status}");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn given_id(request: &Request) -> Option<String> {
    let given = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let usable = !given.is_empty() && given.len() <= REQUEST_ID_CHARS_MAX && given.chars().all(harmless);
    usable.then(|| given.to_owned())
}
