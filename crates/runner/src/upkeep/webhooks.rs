//! Deliveries go out: claimed as soon as the store says that something was told, sent side by side, and tried again
//! with growing waits. An event is delivered at least once; a receiver knows repetitions by the event's id.

use std::sync::Arc;
use std::time::Duration;

use docmill_model::limits::WebhookLimits;
use docmill_model::webhook::Message;
use docmill_model::{Code, Failure};
use docmill_store::{ClaimedDelivery, DeliveryFinish, DeliveryOutcome, StoreResult};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::context::Context;
use crate::network;
use crate::settings::WebhookSettings;

/// How long after its time-out an attempt's lease still holds: for the commit of its end.
const LEASE_MARGIN_MS: u64 = 30_000;
/// Bytes of an answer that are read, so that the connection can be used again. Nothing is done with them.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long deliveries under way may go on when the worker is stopped. Others go out after the next start.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// What one attempt came to.
struct Sent {
    /// HTTP status of the answer, if there was one.
    status: Option<u16>,
    failure: Option<Failure>,
}

#[derive(Clone)]
struct Courier {
    context: Arc<Context>,
    settings: WebhookSettings,
    /// One permit a delivery under way.
    places: Arc<Semaphore>,
    ended: Arc<Notify>,
    sending: TaskTracker,
    give_up: CancellationToken,
}

/// Delivers until `stop`.
pub(super) async fn run(context: Arc<Context>, settings: WebhookSettings, stop: CancellationToken) {
    let courier = Courier {
        places: Arc::new(Semaphore::new(settings.limits.at_once_max.max(1) as usize)),
        ended: Arc::new(Notify::new()),
        sending: TaskTracker::new(),
        give_up: CancellationToken::new(),
        context,
        settings,
    };
    let mut changes = courier.context.store.changes();
    while !stop.is_cancelled() {
        // Seen before the look, so that what is told during it is not slept over.
        changes.mark_unchanged();
        let Some(wait) = courier.send_due().await else { continue };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            () = courier.ended.notified() => {}
            Ok(()) = changes.changed() => {}
        }
    }
    courier.sending.close();
    if tokio::time::timeout(LAST_WAIT, courier.sending.wait()).await.is_err() {
        courier.give_up.cancel();
        courier.sending.wait().await;
    }
}

/// Old events are forgotten with their log.
pub(super) async fn forget(context: Arc<Context>) -> StoreResult<u64> {
    let kept =
        context.settings.webhooks.as_ref().map_or(WebhookLimits::default().log_kept_ms, |s| s.limits.log_kept_ms);
    context.store.delivery_expire(kept).await.map(u64::from)
}

impl Courier {
    /// Begins what is due, as far as there are places. How long to wait for more; `None` = look again at once.
    async fn send_due(&self) -> Option<Duration> {
        let poll = Duration::from_millis(self.context.settings.poll_ms);
        let due = match self.context.store.delivery_due().await {
            Ok(Some(due)) => due.since_ms(self.context.clock.now()),
            Ok(None) => return Some(poll),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no webhook deliveries can be seen");
                return Some(poll);
            }
        };
        if let Ok(wait) = u64::try_from(due)
            && wait > 0
        {
            return Some(Duration::from_millis(wait).min(poll));
        }
        match self.claim().await {
            Ok(0) => Some(poll),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no webhook deliveries can be claimed");
                Some(poll)
            }
        }
    }

    async fn claim(&self) -> StoreResult<usize> {
        let limits = &self.settings.limits;
        let free = u32::try_from(self.places.available_permits()).unwrap_or(u32::MAX);
        if free == 0 {
            return Ok(0);
        }
        let lease = i64::try_from(limits.timeout_ms + LEASE_MARGIN_MS).unwrap_or(i64::MAX);
        let claimed = self.context.store.delivery_claim(free, limits.per_host_max.max(1), lease).await?;
        let count = claimed.len();
        for delivery in claimed {
            // Only this loop takes permits, and it claimed no more than there were.
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { continue };
            let courier = self.clone();
            self.sending.spawn(async move {
                courier.deliver(delivery).await;
                drop(place);
                courier.ended.notify_one();
            });
        }
        Ok(count)
    }

    async fn deliver(&self, delivery: ClaimedDelivery) {
        let message = (self.settings.message)(&delivery.event, &delivery.endpoint);
        let began = Instant::now();
        let sent = tokio::select! {
            sent = self.send(&message) => sent,
            // Its lease is given back when the store is opened again, or runs out.
            () = self.give_up.cancelled() => return,
        };
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = sent.status;
        let outcome = outcome(sent.failure, delivery.attempt, &self.settings.limits, fastrand::f64());
        self.note(&delivery, &outcome);
        let (id, attempt) = (delivery.id, delivery.attempt);
        let finish = DeliveryFinish { delivery: id, attempt, outcome, status, elapsed_ms };
        if let Err(error) = self.context.store.delivery_finish(vec![finish]).await {
            // The lease runs out and the event is sent again: at least once.
            tracing::warn!(delivery = %id, error = &error as &dyn std::error::Error, "a delivery's end cannot be stored");
        }
    }

    fn note(&self, delivery: &ClaimedDelivery, outcome: &DeliveryOutcome) {
        let counters = &self.context.counters;
        let (delivery, event, target) = (delivery.id, delivery.event.kind.as_str(), delivery.endpoint.target());
        match outcome {
            DeliveryOutcome::Delivered => {
                counters.webhooks_delivered.inc();
                tracing::debug!(%delivery, event, target, "delivered");
            }
            DeliveryOutcome::Again { failure, delay_ms } => {
                counters.webhooks_failed.inc();
                tracing::info!(%delivery, event, target, %failure, delay_ms, "not delivered yet");
            }
            DeliveryOutcome::Dead(failure) => {
                counters.webhooks_failed.inc();
                counters.webhooks_dead.inc();
                tracing::warn!(%delivery, event, target, %failure, "given up");
            }
        }
    }

    /// One POST. Success is any 2xx; redirects are not followed.
    async fn send(&self, message: &Message) -> Sent {
        let failed = |failure| Sent { status: None, failure: Some(failure) };
        let (url, client) =
            match self.context.network.check(&message.url).and_then(|url| Ok((url, self.context.network.direct()?))) {
                Ok(ready) => ready,
                Err(failure) => return failed(failure),
            };
        let Some(headers) = headers(message) else { return failed(Code::Internal.into()) };
        let timeout = Duration::from_millis(self.settings.limits.timeout_ms);
        let request = client.post(url).headers(headers).timeout(timeout).body(message.body.clone());
        let mut answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return failed(unsent(&error)),
        };
        let status = answer.status();
        let mut read = 0;
        while read < ANSWER_BYTES_MAX
            && let Ok(Some(piece)) = answer.chunk().await
        {
            read += piece.len();
        }
        let failure = (!status.is_success()).then(|| {
            let more = if status.is_redirection() { "; redirects are not followed" } else { "" };
            Failure::new(Code::WebhookRefused, format!("The receiver answered {}{more}.", status.as_u16()))
        });
        Sent { status: Some(status.as_u16()), failure }
    }
}

fn headers(message: &Message) -> Option<HeaderMap> {
    let pairs = message
        .headers
        .iter()
        .map(|(name, value)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?)));
    pairs.collect()
}

fn unsent(error: &reqwest::Error) -> Failure {
    if let Some(refusal) = network::refusal(error) {
        return refusal;
    }
    let code = if error.is_timeout() { Code::WebhookTimeout } else { Code::WebhookUnreachable };
    Failure::new(code, format!("The receiver could not be told: {}.", network::cause(error)))
}

/// What becomes of a delivery. An address that is forbidden stays so until somebody changes the settings: it is given
/// up at once, and can be replayed.
fn outcome(failure: Option<Failure>, attempt: u32, limits: &WebhookLimits, chance: f64) -> DeliveryOutcome {
    match failure {
        None => DeliveryOutcome::Delivered,
        Some(failure) if failure.code == Code::AddressForbidden || attempt >= limits.attempts_max => {
            DeliveryOutcome::Dead(failure)
        }
        Some(failure) => DeliveryOutcome::Again { failure, delay_ms: delay_ms(attempt, limits, chance) },
    }
}

/// The wait after attempt number `attempt`: doubles from the first to the longest, of which half to all is waited.
fn delay_ms(attempt: u32, limits: &WebhookLimits, chance: f64) -> i64 {
    let doubled = limits.first_wait_ms.saturating_mul(1_i64 << attempt.saturating_sub(1).min(40));
    let whole = doubled.min(limits.longest_wait_ms);
    (whole as f64 * (0.5 + chance.clamp(0.0, 1.0) / 2.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_again_until_its_last_attempt() {
        let limits = WebhookLimits { attempts_max: 4, longest_wait_ms: 3_000, ..WebhookLimits::default() };
        for (code, attempt, expected) in [
            (None, 1, "delivered"),
            (Some(Code::WebhookRefused), 1, "again in 1000"),
            (Some(Code::WebhookTimeout), 2, "again in 2000"),
            (Some(Code::WebhookUnreachable), 3, "again in 3000"),
            (Some(Code::WebhookRefused), 4, "dead"),
            (Some(Code::WebhookRefused), 9, "dead"),
            (Some(Code::AddressForbidden), 1, "dead"),
            (None, 9, "delivered"),
        ] {
            let got = match outcome(code.map(Failure::from), attempt, &limits, 1.0) {
                DeliveryOutcome::Delivered => "delivered".to_owned(),
                DeliveryOutcome::Again { delay_ms, .. } => format!("again in {delay_ms}"),
                DeliveryOutcome::Dead(_) => "dead".to_owned(),
            };
            assert_eq!(got, expected, "{code:?} at attempt {attempt}");
        }
        assert_eq!(delay_ms(2, &limits, 0.0), 1_000);
        assert_eq!(delay_ms(u32::MAX, &WebhookLimits::default(), 1.0), 3_600_000);
    }
}
