//! `/api/v2/batches/{batch_id}/export`

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use docmill_model::BatchId;
use futures_util::stream;

use super::Shared;
use super::path::Segments;
use super::query::Query;
use crate::app::export::{self, Format};
use crate::app::{AppResult, Caller};

pub const FORMATS: [&str; 2] = Format::NAMES;

/// `format=zip` (also when none is given) or `format=jsonl`.
pub async fn export(State(app): Shared, caller: Caller, path: Segments, mut query: Query) -> AppResult<Response> {
    let id: BatchId = path.id("batch_id")?;
    let format = query.one_of("format", &FORMATS).map_or(Format::Zip, |text| Format::from_text(&text));
    query.finish()?;
    let pieces = export::begin(&app, &caller, id, format).await?;
    let body = stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
    let (kind, ending) = match format {
        Format::Zip => ("application/zip", "zip"),
        Format::Jsonl => ("application/jsonl", "jsonl"),
    };
    let headers =
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{ending}\""))];
    Ok((headers, Body::from_stream(body)).into_response())
}
