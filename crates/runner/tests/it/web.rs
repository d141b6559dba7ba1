//! A web server that answers as a test tells it, and says what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, Uri};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Longer than any test takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Request {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    /// 302 to this address.
    To(String),
    /// 200 with these headers and this body.
    Document(Vec<(&'static str, String)>, Vec<u8>),
    /// 200 with pieces of which nobody said how many there are.
    Pieces(Vec<&'static [u8]>),
    /// Nothing, ever.
    Silence,
}

/// Listens on every address of the machine, so that one can be allowed and another not.
pub struct Web {
    /// 127.0.0.2, where `url` leads; `localhost` is 127.0.0.1.
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Request>,
}

impl Web {
    /// Answers with `replies` in order, the last of them for ever.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let (seen, requests) = mpsc::unbounded_channel();
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let (seen, replies) = (seen.clone(), Arc::clone(&replies));
            async move {
                let reply = {
                    let mut replies = replies.lock().expect("no test panicked");
                    if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
                };
                // The test may have seen enough.
                let _ = seen.send(Request { uri, headers, body });
                reply.unwrap_or(Reply::Status(204)).response().await
            }
        };
        let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
        let address = SocketAddr::from(([127, 0, 0, 2], listener.local_addr().expect("an address").port()));
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same server by its name, which has to be looked up.
    pub fn named_url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    pub async fn request(&mut self) -> Request {
        let next = tokio::time::timeout(PATIENCE, self.requests.recv());
        next.await.expect("a request in time").expect("the server lives")
    }

    /// Whether nobody has asked for anything that was not looked at.
    pub fn is_quiet(&mut self) -> bool {
        self.requests.try_recv().is_err()
    }
}

impl Reply {
    async fn response(self) -> Response<Body> {
        let answer = Response::builder();
        let built = match self {
            Self::Status(status) => answer.status(status).body(Body::from("read me")),
            Self::To(address) => answer.status(302).header("location", address).body(Body::empty()),
            Self::Document(headers, body) => headers
                .into_iter()
                .fold(answer, |answer, (name, value)| answer.header(name, value))
                .body(Body::from(body)),
            Self::Pieces(pieces) => {
                let pieces = pieces.into_iter().map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece)));
                answer.body(Body::from_stream(futures_util::stream::iter(pieces)))
            }
            Self::Silence => std::future::pending().await,
        };
        built.expect("a response")
    }
}
