//! A receiver for trying webhooks out: it prints what comes and says whether it was signed with the secret.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use clap::Args;
use docmill_wire::webhooks::{EVENT_ID, EVENT_TYPE, SIGNATURE, verify};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::commands::Common;
use crate::local;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{data_line, tell};

/// Bytes of a delivery that are taken; events have a few hundred.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Deliveries that wait to be printed; senders wait as well then.
const WAITING_MAX: usize = 64;

/// Receives webhooks and prints them
///
/// One line a delivery: type, what it is about, its status, and whether the signature is right. With --json the event
/// itself. The server must be allowed to come here: DOCMILL_NETWORK__ALLOWED_HOSTS='["127.0.0.1"]' for one on the same
/// machine. Exit codes: 0 all well, 1 a signature was missing or wrong, 130 stopped.
#[derive(Debug, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8485")]
    listen: SocketAddr,
    /// The webhook_signing_secret, to verify signatures with
    #[arg(long, value_name = "SECRET", env = "DOCMILL_WEBHOOK_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// Ends after so many deliveries
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// HTTP status to answer with: 500 shows how a delivery is tried again
    #[arg(long, value_name = "CODE", default_value_t = 200, value_parser = clap::value_parser!(u16).range(200..=599))]
    answer: u16,
}

struct Received {
    kind: String,
    id: String,
    signature: Option<String>,
    body: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    Right,
    Wrong,
    Missing,
    /// There is no secret to verify with.
    NotVerified,
}

struct Door {
    status: StatusCode,
    received: mpsc::Sender<Received>,
}

impl Listen {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let stop = local::interrupted()?;
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| Refusal::io(format!("listen on {}", self.listen), &error))?;
        let address = listener.local_addr().map_err(|error| Refusal::io("see the own address", &error))?;
        if !common.quiet {
            tell(&format!("listening on http://{address}"));
        }
        let (received, mut deliveries) = mpsc::channel(WAITING_MAX);
        let status = StatusCode::from_u16(self.answer).unwrap_or(StatusCode::OK);
        let router = Router::new()
            .fallback(receive)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(Arc::new(Door { status, received }));
        let ended = stop.child_token();
        let serving = tokio::spawn({
            let ended = ended.clone().cancelled_owned();
            async move { axum::serve(listener, router).with_graceful_shutdown(ended).await }
        });
        let exit = self.print(&mut deliveries, &stop, common.json).await?;
        // The last answer goes out before the program ends.
        ended.cancel();
        match serving.await {
            Ok(Err(error)) => Err(Refusal::io("receive", &error)),
            _ => Ok(exit),
        }
    }

    async fn print(
        &self,
        deliveries: &mut mpsc::Receiver<Received>,
        stop: &tokio_util::sync::CancellationToken,
        json: bool,
    ) -> Refused<Exit> {
        let mut exit = Exit::Done;
        let mut seen = 0;
        while self.count.is_none_or(|count| seen < count) {
            let next = tokio::select! {
                next = deliveries.recv() => next,
                () = stop.cancelled() => return Ok(Exit::Interrupted),
            };
            let Some(delivery) = next else { break };
            let signed = delivery.signed(self.secret.as_deref());
            if matches!(signed, Signed::Wrong | Signed::Missing) {
                exit = Exit::Failed;
            }
            data_line(&if json { delivery.as_json(signed) } else { delivery.as_text(signed) })?;
            seen += 1;
        }
        Ok(exit)
    }
}

async fn receive(State(door): State<Arc<Door>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let received = Received {
        kind: header(EVENT_TYPE).unwrap_or_default(),
        id: header(EVENT_ID).unwrap_or_default(),
        signature: header(SIGNATURE),
        body,
    };
    match door.received.send(received).await {
        Ok(()) => door.status,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl Received {
    fn signed(&self, secret: Option<&str>) -> Signed {
        match (secret, &self.signature) {
            (None, _) => Signed::NotVerified,
            (Some(_), None) => Signed::Missing,
            (Some(secret), Some(given)) if verify(secret, &self.body, given) => Signed::Right,
            (Some(_), Some(_)) => Signed::Wrong,
        }
    }

    /// The event, out of its string when it was sent as one; null when the body is no JSON.
    fn event(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(Value::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
            Ok(event) => event,
            Err(_) => Value::Null,
        }
    }

    fn as_text(&self, signed: Signed) -> String {
        let event = self.event();
        let data = |name: &str| event["data"][name].as_str().unwrap_or("-").to_owned();
        format!("{}\t{}\t{}\t{}\t{}", self.kind, data("id"), data("status"), signed.as_str(), self.id)
    }

    fn as_json(&self, signed: Signed) -> String {
        json!({"event": self.event(), "event_id": self.id, "event_type": self.kind, "signature": signed.as_str()})
            .to_string()
    }
}

impl Signed {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Right => "signature right",
            Self::Wrong => "signature WRONG",
            Self::Missing => "signature MISSING",
            Self::NotVerified => "signature not verified",
        }
    }
}
