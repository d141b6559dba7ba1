//! `/files/{project_id}/{file_id}`, `/outputs/{project_id}/{job_id}/{name}` and `/results/{project_id}/{job_id}/{form}`:
//! signed links, without a key.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use docmill_model::{Code, JobId, Product};
use docmill_wire::result_files::Form;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Shared;
use super::path::Segments;
use super::query::pairs;
use super::ranges::{Wanted, wanted};
use crate::app::downloads::{self, Download};
use crate::app::links::{self, Target};
use crate::app::{App, AppError, AppResult};

/// The signature of a link. Nothing else may stand in its query: what was added was not signed.
pub struct Signed {
    expires_s: i64,
    signature: String,
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let invalid = || AppError::Failure(Code::LinkInvalid.into());
        match pairs(parts).as_slice() {
            [(first, expires), (second, signature)] if first == "expires" && second == "signature" => {
                let expires_s = expires.parse().map_err(|_| invalid())?;
                Ok(Self { expires_s, signature: signature.clone() })
            }
            _ => Err(invalid()),
        }
    }
}

/// Not among the operations: a link is used as it was given, and nobody makes one by hand.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/files/{project_id}/{file_id}", get(file))
        .route("/outputs/{project_id}/{job_id}/{*name}", get(output))
        .route("/results/{project_id}/{job_id}/{form}", get(form))
}

async fn file(
    State(app): Shared,
    method: Method,
    path: Segments,
    signed: Signed,
    headers: HeaderMap,
) -> AppResult<Response> {
    let target = Target::File { project: link_id(path.id("project_id"))?, file: link_id(path.id("file_id"))? };
    download(&app, &target, &signed, &method, &headers).await
}

async fn output(
    State(app): Shared,
    method: Method,
    path: Segments,
    signed: Signed,
    headers: HeaderMap,
) -> AppResult<Response> {
    let job = Product::ALL.into_iter().find_map(|product| JobId::parse(product, path.text("job_id")).ok());
    let job = job.ok_or_else(|| AppError::Failure(Code::LinkInvalid.into()))?;
    let target = Target::Asset { project: link_id(path.id("project_id"))?, job, name: path.text("name").to_owned() };
    download(&app, &target, &signed, &method, &headers).await
}

async fn form(State(app): Shared, method: Method, path: Segments, signed: Signed) -> AppResult<Response> {
    let project = link_id(path.id("project_id"))?;
    let job = link_id(path.job_id(Product::Parse))?;
    let form = Form::from_name(path.text("form")).ok_or_else(|| AppError::Failure(Code::LinkInvalid.into()))?;
    let target = Target::Form { project, job, form };
    links::check(&app, &target, signed.expires_s, &signed.signature).await?;
    let (name, bytes) = downloads::form(&app, project, job, form).await?;
    let headers = plain_headers(form.content_type(), &name);
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(bytes) };
    Ok((headers, body).into_response())
}

/// A link with an id that cannot be read was never given out.
fn link_id<T>(read: AppResult<T>) -> AppResult<T> {
    read.map_err(|_| AppError::Failure(Code::LinkInvalid.into()))
}

async fn download(
    app: &App,
    target: &Target,
    signed: &Signed,
    method: &Method,
    asked: &HeaderMap,
) -> AppResult<Response> {
    links::check(app, target, signed.expires_s, &signed.signature).await?;
    let download = downloads::find(app, target).await?;
    let tag = format!("\"{}\"", download.tag);
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(IF_NONE_MATCH).is_some_and(|tags| names_tag(tags, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, header(&tag))]).into_response());
    }
    let range = text(RANGE).filter(|_| text(IF_RANGE).is_none_or(|known| known == tag));
    let (status, range) = match wanted(range, download.bytes) {
        Wanted::Whole => (StatusCode::OK, 0..download.bytes),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => return Ok(out_of_range(&download)),
    };
    let mut headers = headers(&download, &tag);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if status == StatusCode::PARTIAL_CONTENT {
        let content_range = format!("bytes {}-{}/{}", range.start, range.end - 1, download.bytes);
        headers.insert(CONTENT_RANGE, header(&content_range));
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(downloads::read(app, &download, range).await?)
    };
    Ok((status, headers, body).into_response())
}

fn out_of_range(download: &Download) -> Response {
    let message = format!("The wanted range begins after the last of {} bytes.", download.bytes);
    let refused = AppError::new(Code::RangeNotSatisfiable, message);
    ([(CONTENT_RANGE, header(&format!("bytes */{}", download.bytes)))], refused).into_response()
}

/// The bytes are a caller's: a browser saves them and runs nothing of them.
fn headers(download: &Download, tag: &str) -> HeaderMap {
    let mut headers = plain_headers(&download.content_type, &download.name);
    headers.insert(ETAG, header(tag));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers
}

fn plain_headers(content_type: &str, name: &str) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, header(content_type)),
        (CONTENT_DISPOSITION, header(&disposition(name))),
        (CACHE_CONTROL, HeaderValue::from_static("private")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
    ])
}

/// `If-None-Match` compares weakly (RFC 9110, section 13.1.2).
fn names_tag(tags: &str, tag: &str) -> bool {
    let mut tags = tags.split(',').map(|known| known.trim().trim_start_matches("W/"));
    tags.any(|known| known == "*" || known == tag)
}

/// Both forms of the name (RFC 6266): the plain one for old clients, with what could break the header left out.
fn disposition(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || " .-_()+,=@~".contains(c) { c } else { '_' };
    let plain: String = name.chars().map(safe).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

/// Everything that comes here is visible ASCII.
fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        for (name, expected) in [
            ("a b.pdf", "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b%2Epdf"),
            ("\u{e9}\"\r\n;.pdf", "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%C3%A9%22%0D%0A%3B%2Epdf"),
        ] {
            assert_eq!(disposition(name), expected, "{name:?}");
        }
    }
}
