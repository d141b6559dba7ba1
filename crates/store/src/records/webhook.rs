use std::collections::BTreeMap;

use docmill_model::webhook::{BodyFormat, Endpoint, Event, EventKind};
use docmill_model::{BatchId, DeliveryId, Failure, JobId, ProjectId, Timestamp, WebhookId};

use super::Once;

/// Who is told of a new batch or job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listeners {
    /// Saved configurations of the same project.
    pub saved: Vec<WebhookId>,
    pub inline: Vec<Endpoint>,
}

impl Listeners {
    pub const fn is_empty(&self) -> bool {
        self.saved.is_empty() && self.inline.is_empty()
    }
}

#[derive(Debug, Clone)]
pub struct NewWebhook {
    pub project: ProjectId,
    pub endpoint: Endpoint,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
}

/// A saved webhook configuration.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub id: WebhookId,
    pub project: ProjectId,
    pub endpoint: Endpoint,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What is changed of a saved configuration; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    pub url: Option<String>,
    /// `Some(None)` = all events.
    pub events: Option<Option<Vec<String>>>,
    pub headers: Option<BTreeMap<String, String>>,
    pub format: Option<BodyFormat>,
    pub secret: Option<String>,
}

impl WebhookChange {
    pub fn apply(self, endpoint: &mut Endpoint) {
        if let Some(url) = self.url {
            endpoint.url = url;
        }
        if let Some(events) = self.events {
            endpoint.events = events;
        }
        if let Some(headers) = self.headers {
            endpoint.headers = headers;
        }
        if let Some(format) = self.format {
            endpoint.format = format;
        }
        if self.secret.is_some() {
            endpoint.secret = self.secret;
        }
    }
}

/// Where a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its first or next attempt, or is being sent.
    Pending,
    Delivered,
    /// Given up.
    Dead,
}

impl DeliveryState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Dead => "DEAD",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One event on its way to one endpoint, as the log shows it.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: DeliveryId,
    pub event: uuid::Uuid,
    pub kind: EventKind,
    /// The saved configuration, if it was one.
    pub webhook: Option<WebhookId>,
    pub batch: Option<BatchId>,
    pub job: Option<JobId>,
    /// Host and port.
    pub target: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it is sent next, while it is pending.
    pub due_at: Timestamp,
    /// HTTP status of the last answer.
    pub last_status: Option<u16>,
    pub failure: Option<Failure>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What one attempt came to.
#[derive(Debug, Clone)]
pub struct DeliveryAttempt {
    /// From 1.
    pub attempt: u32,
    pub status: Option<u16>,
    pub failure: Option<Failure>,
    pub elapsed_ms: u64,
    pub ended_at: Timestamp,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryFilter {
    pub webhook: Option<WebhookId>,
    pub batch: Option<BatchId>,
    pub job: Option<JobId>,
    pub state: Option<DeliveryState>,
}

/// A leased delivery: everything that is needed to send it.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    pub id: DeliveryId,
    /// The fence, from 1: a finish of another attempt is refused.
    pub attempt: u32,
    pub event: Event,
    pub endpoint: Endpoint,
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone)]
pub struct DeliveryFinish {
    pub delivery: DeliveryId,
    pub attempt: u32,
    pub outcome: DeliveryOutcome,
    /// HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    pub elapsed_ms: u64,
}

#[derive(Debug, Clone)]
pub enum DeliveryOutcome {
    Delivered,
    /// Sent again after `delay_ms`.
    Again {
        failure: Failure,
        delay_ms: i64,
    },
    Dead(Failure),
}
