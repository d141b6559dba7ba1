//! JSON bodies, within their limit.

use std::error::Error;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use docmill_model::{Code, Failure};
use docmill_wire::FieldError;
use docmill_wire::errors::body_loc;
use serde_json::{Value, json};

use crate::app::{App, AppError, AppResult};

/// A body that is JSON; its content type is not looked at, as the clients send JSON only (contract 1.2).
pub struct JsonBody(pub Value);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &Arc<App>) -> AppResult<Self> {
        let bytes = read(request.into_body(), app.limits.body_bytes_max).await?;
        parse(&bytes).map(Self)
    }
}

/// The same where nothing need be said: an empty body is `{}`.
pub struct JsonBodyOrNone(pub Value);

impl FromRequest<Arc<App>> for JsonBodyOrNone {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &Arc<App>) -> AppResult<Self> {
        let bytes = read(request.into_body(), app.limits.body_bytes_max).await?;
        if bytes.is_empty() { Ok(Self(json!({}))) } else { parse(&bytes).map(Self) }
    }
}

/// Reads JSON; what is none is told as FastAPI does, 422 `json_invalid`, with serde's sentence (line and column).
pub fn parse(bytes: &[u8]) -> AppResult<Value> {
    serde_json::from_slice(bytes).map_err(|error| {
        FieldError::new("json_invalid", body_loc(""), format!("JSON decode error: {error}"), &json!({})).into()
    })
}

async fn read(body: Body, bytes_max: u64) -> AppResult<Bytes> {
    let limit = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    to_bytes(body, limit).await.map_err(|error| {
        // axum hides the kind of the limit error behind a source; a body that broke off has another source.
        let over = error.source().is_some_and(|source| source.to_string().contains("length limit exceeded"));
        if over {
            AppError::new(Code::PayloadTooLarge, format!("The body is larger than {bytes_max} bytes."))
        } else {
            AppError::Failure(Failure::new(Code::UploadIncomplete, "The body ended before it was complete."))
        }
    })
}
