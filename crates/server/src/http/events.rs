//! `/api/v2/batches/{batch_id}/events`: server-sent events.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Shared;
use super::path::Segments;
use crate::app::events::{self, Cursor};
use crate::app::{AppResult, Caller};

/// A comment this often keeps proxies from closing a quiet connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// `event: batch` with the batch whenever its state or counts change, `event: file` with each file as it ends. The
/// stream ends with the batch; a client that comes back after that gets 204, which tells it to stay away.
pub async fn stream(State(app): Shared, caller: Caller, path: Segments, headers: HeaderMap) -> AppResult<Response> {
    let cursor = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(Cursor::read);
    let Some(watch) = events::watch(&app, &caller, path.id("batch_id")?, cursor).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let events = stream::unfold(watch, async |mut watch| {
        let (cursor, event) = watch.next().await?;
        Some((told(cursor, &event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

fn told(cursor: Cursor, event: &events::Event) -> Result<Event, axum::Error> {
    let told = match event {
        events::Event::Batch(batch) => Event::default().event("batch").json_data(batch),
        events::Event::File(file) => Event::default().event("file").json_data(file),
    };
    Ok(told?.id(cursor.to_string()))
}
