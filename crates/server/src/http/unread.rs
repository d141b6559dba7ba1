//! Bodies of requests that were answered before they were read.
//!
//! A connection that is closed on unread bytes is reset, and the client may lose the answer that it was sent (RFC 9112,
//! 9.6): a wrong key would look like a broken network. So the rest of a refused body is read and thrown away, within
//! limits, and beyond them the answer says that the connection ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, EXPECT};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, Fuse};
use futures_util::{Stream, StreamExt};

/// Bytes of a body that are thrown away before the connection is given up.
const THROWN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long that may take.
const THROWN_TIME: Duration = Duration::from_secs(10);

type Read = Result<Bytes, axum::Error>;

/// Lends the body to the handler, and reads what it left.
pub async fn layer(request: Request, next: Next) -> Response {
    // Whoever asked whether to send the body at all will not send it after a refusal.
    let is_asked_for = request.headers().contains_key(EXPECT);
    let (parts, body) = request.into_parts();
    let kept = Kept(Arc::new(Mutex::new(body.into_data_stream().fuse())));
    let lent = Body::from_stream(kept.clone().stream());
    let mut response = next.run(Request::from_parts(parts, lent)).await;
    if !kept.read_rest(is_asked_for).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[derive(Clone)]
struct Kept(Arc<Mutex<Fuse<BodyDataStream>>>);

impl Kept {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Read>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }

    fn stream(self) -> impl Stream<Item = Read> + Send + 'static {
        stream::poll_fn(move |cx| self.poll(cx))
    }

    /// Whether the body is at its end now.
    async fn read_rest(&self, is_asked_for: bool) -> bool {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).is_done() {
            return true;
        }
        if is_asked_for {
            return false;
        }
        let mut rest = Box::pin(self.clone().stream());
        let reading = async {
            let mut left = THROWN_BYTES_MAX;
            while let Some(read) = rest.next().await {
                match read.ok().and_then(|bytes| left.checked_sub(bytes.len())) {
                    Some(rest) => left = rest,
                    None => return false,
                }
            }
            true
        };
        tokio::time::timeout(THROWN_TIME, reading).await.unwrap_or(false)
    }
}
