//! multipart/form-data uploads: text parts in any order and of limited size, one file that goes straight to disk.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use docmill_model::{Code, Failure};
use docmill_wire::FieldError;
use docmill_wire::errors::body_loc;
use futures_util::StreamExt;
use serde_json::Value;

use crate::app::uploads::{Spooled, Spooling};
use crate::app::{App, AppError, AppResult};

/// Bytes that may arrive without finishing a part's header or giving content: what the reader of the form would
/// have to hold in memory. A few reads of a connection (0.4 MiB each) have to fit.
const UNREAD_BYTES_MAX: i64 = 4 * 1024 * 1024;
/// Bytes that are still read after a refusal, so that the client gets its answer instead of a closed connection.
const DRAIN_BYTES_MAX: i64 = 64 * 1024 * 1024;
/// Python sends this name itself for bytes without one (contract 2.3).
const NAMELESS: &str = "upload";

/// A form that was read to its end.
pub struct Form {
    /// Text parts by name; of a name that came twice the last one counts, as in FastAPI.
    pub texts: BTreeMap<String, String>,
    /// As the client named it, path and all.
    pub file_name: String,
    pub file: Spooled,
}

/// Reads the form whose file is in the part `file_part`. Nothing stays on disk unless it came to its last boundary.
pub async fn read(app: &App, request: Request, file_part: &str) -> AppResult<Form> {
    let budget = Budget::default();
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, budget.guard(body));
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|_| AppError::new(Code::InvalidRequest, "The body must be multipart/form-data with a boundary."))?;
    let read = read_parts(app, &mut multipart, file_part, &budget).await;
    if read.is_err() {
        budget.drain();
        while let Ok(Some(_)) = multipart.next_field().await {}
    }
    let (texts, file) = read?;
    let (file_name, file) =
        file.ok_or_else(|| FieldError::new("missing", body_loc(file_part), "Field required", &Value::Null))?;
    Ok(Form { texts, file_name, file })
}

/// Reads and forgets the body of a request that is refused already.
pub async fn discard(request: Request) {
    let mut left = DRAIN_BYTES_MAX;
    let mut stream = request.into_body().into_data_stream();
    while let Some(Ok(chunk)) = stream.next().await {
        left -= chunk.len() as i64;
        if left < 0 {
            return;
        }
    }
}

type Parts = (BTreeMap<String, String>, Option<(String, Spooled)>);

async fn read_parts(app: &App, multipart: &mut Multipart, file_part: &str, budget: &Budget) -> AppResult<Parts> {
    let mut texts = BTreeMap::new();
    let mut text_left = app.limits.body_bytes_max;
    let mut file = None;
    while let Some(mut field) = multipart.next_field().await.map_err(|error| budget.error(&error))? {
        budget.renew();
        let name = field.name().unwrap_or_default().to_owned();
        if name == file_part {
            let given = field.file_name().filter(|name| !name.is_empty()).unwrap_or(NAMELESS).to_owned();
            file = Some((given, spool(app, &mut field, budget).await?));
        } else {
            let text = text(&mut field, &name, &mut text_left, budget).await?;
            texts.insert(name, text);
        }
    }
    Ok((texts, file))
}

async fn spool(app: &App, field: &mut Field<'_>, budget: &Budget) -> AppResult<Spooled> {
    let mut spooling = Spooling::begin(app).await?;
    while let Some(chunk) = field.chunk().await.map_err(|error| budget.error(&error))? {
        budget.renew();
        spooling.write(&chunk).await?;
    }
    spooling.finish().await
}

/// A text part; `left` is what all text parts together may still hold.
async fn text(field: &mut Field<'_>, name: &str, left: &mut u64, budget: &Budget) -> AppResult<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| budget.error(&error))? {
        budget.renew();
        *left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
            AppError::new(Code::PayloadTooLarge, "The text parts of the form are larger than a body may be.")
        })?;
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| FieldError::body(name, "Value error, the text is not valid UTF-8", &Value::Null).into())
}

/// Bytes that may still arrive before the form's reader has to get somewhere. The reader holds in memory what it
/// cannot hand out yet, and knows no limit of its own.
#[derive(Clone)]
struct Budget {
    left: Arc<AtomicI64>,
    draining: Arc<AtomicBool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Arc::new(AtomicI64::new(UNREAD_BYTES_MAX)), draining: Arc::default() }
    }
}

impl Budget {
    /// The reader got somewhere.
    fn renew(&self) {
        self.left.store(UNREAD_BYTES_MAX, Ordering::Relaxed);
    }

    /// From now on the body is read and forgotten.
    fn drain(&self) {
        self.left.store(DRAIN_BYTES_MAX, Ordering::Relaxed);
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The body, which fails when the budget is used up.
    fn guard(&self, body: Body) -> Body {
        let budget = self.clone();
        Body::from_stream(body.into_data_stream().map(move |chunk| {
            let chunk = chunk.map_err(io::Error::other)?;
            let arrived = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
            if budget.left.fetch_sub(arrived, Ordering::Relaxed) < arrived {
                return Err(io::Error::other("nothing of the form was read"));
            }
            Ok(if budget.draining.load(Ordering::Relaxed) { Bytes::new() } else { chunk })
        }))
    }

    fn error(&self, error: &MultipartError) -> AppError {
        if self.left.load(Ordering::Relaxed) < 0 {
            return AppError::new(Code::PayloadTooLarge, "The header of a part of the form is larger than the limit.");
        }
        tracing::debug!(%error, "an upload broke off");
        // axum hides which error it was; a test holds these words.
        if error.body_text().contains("header") {
            let message = "The header of a part of the form cannot be read; names must not have control characters.";
            return AppError::new(Code::InvalidRequest, message);
        }
        AppError::Failure(Failure::from(Code::UploadIncomplete))
    }
}
