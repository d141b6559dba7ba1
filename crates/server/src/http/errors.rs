//! The only place that knows status codes.
//!
//! | code | status | when |
//! | --- | --- | --- |
//! | fields of the request (FastAPI's list) | 422 | unknown key, wrong type, malformed id, wrong prefix, page size, ... |
//! | `INVALID_JSON`, `INVALID_REQUEST`, `SCHEMA_INVALID` | 422 | the body as a whole |
//! | `EMPTY_DIRECTORY`, `TOO_MANY_FILES`, `CONFIGURATION_MISMATCH`, `TIER_LACKS_OUTPUT`, `NOT_USABLE`, `ADDRESS_FORBIDDEN`, `PROXY_FORBIDDEN`, `IDEMPOTENCY_KEY_REUSED` | 422 | well-formed, but cannot be done |
//! | `UPLOAD_INCOMPLETE` | 400 | the upload ended before its last boundary; 400 is not retried, the client that cut it off is gone |
//! | `UNAUTHORIZED` | 401 | no key, or an unknown or revoked one |
//! | `FORBIDDEN` | 403 | built-in presets are read-only |
//! | `LINK_INVALID`, `LINK_EXPIRED` | 403 | a signed link that is not ours, was altered, or is too old |
//! | `NOT_FOUND` | 404 | unknown, deleted, or another project's |
//! | `METHOD_NOT_ALLOWED` | 405 | |
//! | `CONFLICT`, `DUPLICATE_UNIQUE_ID`, `DIRECTORY_EXPIRED` | 409 | the state forbids it, and no retry changes that: `x-should-retry: false` |
//! | `PAYLOAD_TOO_LARGE` | 413 | |
//! | `RANGE_NOT_SATISFIABLE` | 416 | with `content-range` |
//! | `INTERNAL`, `BATCH_SNAPSHOT_UNREADABLE` | 500 | docmill's own fault; the sentence names the request id |
//! | `NOT_IMPLEMENTED` | 501 | LlamaCloud calls out of scope: `x-should-retry: false` |
//! | `STORE_UNAVAILABLE`, `BLOBS_UNAVAILABLE`, ... (transient) | 503 | with `retry-after` and `retry-after-ms` |
//! | `DISK_FULL` | 507 | with `retry-after` and `retry-after-ms` |
//!
//! Codes of files and of strikes are written into jobs; should one ever reach a request, it is a 422.
//! An expired directory is 409, not 404: it is still listed, and its state is what forbids the call.

use axum::Json;
use axum::http::header::{CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use docmill_model::{Code, Failure, FailureClass};
use docmill_wire::ErrorBody;
use docmill_wire::errors::CodedError;

use super::request_log::request_id;
use crate::app::AppError;

/// How long a client should wait for what is out of reach, seconds. Both SDKs obey 0 to 60 (contract 1.9).
const RETRY_AFTER_S: u32 = 2;

const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// The status of every code.
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::UploadIncomplete => StatusCode::BAD_REQUEST,
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::LinkInvalid | Code::LinkExpired => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::Conflict | Code::DuplicateUniqueId | Code::DirectoryExpired => StatusCode::CONFLICT,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        Code::NotImplemented => StatusCode::NOT_IMPLEMENTED,
        Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        _ => match code.class() {
            FailureClass::Caller | FailureClass::File | FailureClass::Strike => StatusCode::UNPROCESSABLE_ENTITY,
            FailureClass::Transient => StatusCode::SERVICE_UNAVAILABLE,
            FailureClass::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Fields(fields) => {
                let code = if fields.iter().any(|field| field.kind == "json_invalid") {
                    Code::InvalidJson
                } else {
                    Code::InvalidRequest
                };
                (StatusCode::UNPROCESSABLE_ENTITY, Json(CodedError { body: fields.into(), code })).into_response()
            }
            Self::Failure(failure) => failure_response(failure),
        }
    }
}

fn failure_response(mut failure: Failure) -> Response {
    let status = status(failure.code);
    if failure.class() == FailureClass::Bug {
        failure.message = format!("{} The request id is {}.", failure.code.sentence(), request_id());
    }
    let mut response =
        (status, Json(CodedError { body: ErrorBody::text(failure.message), code: failure.code })).into_response();
    let headers = response.headers_mut();
    match status {
        StatusCode::CONFLICT | StatusCode::NOT_IMPLEMENTED => {
            headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
        }
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE | StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
            headers.insert(RETRY_AFTER_MS, HeaderValue::from(RETRY_AFTER_S * 1_000));
        }
        StatusCode::UNAUTHORIZED => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The rest of the body was not read, so the connection cannot carry another request.
        StatusCode::PAYLOAD_TOO_LARGE => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    response
}
