//! Webhooks (contract section 6): who is told of what, and what a delivery carries. How an event looks on the wire is
//! the `wire` crate's.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::options::Product;
use crate::{BatchId, BatchStatus, DirectoryId, JobId, JobStatus, ProjectId, Timestamp};

macro_rules! events {
    ($($variant:ident => $text:literal,)*) => {
        /// What a webhook may tell of. The names are LlamaCloud's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind { $($variant,)* }

        impl EventKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

events! {
    BatchPending => "batch.pending",
    BatchRunning => "batch.running",
    BatchSuccess => "batch.success",
    BatchError => "batch.error",
    BatchCancelled => "batch.cancelled",
    ParsePending => "parse.pending",
    ParseRunning => "parse.running",
    ParseSuccess => "parse.success",
    ParsePartialSuccess => "parse.partial_success",
    ParseError => "parse.error",
    ParseCancelled => "parse.cancelled",
    ExtractPending => "extract.pending",
    ExtractSuccess => "extract.success",
    ExtractPartialSuccess => "extract.partial_success",
    ExtractError => "extract.error",
    ExtractCancelled => "extract.cancelled",
    // LlamaCloud's name for what has no other; docmill's test events have it.
    Unmapped => "unmapped_event",
}

impl EventKind {
    /// What a batch that became `status` tells. THROTTLED, which no batch of docmill is, tells nothing.
    pub const fn of_batch(status: BatchStatus) -> Option<Self> {
        match status {
            BatchStatus::Pending => Some(Self::BatchPending),
            BatchStatus::Throttled => None,
            BatchStatus::Running => Some(Self::BatchRunning),
            BatchStatus::Completed => Some(Self::BatchSuccess),
            BatchStatus::Failed => Some(Self::BatchError),
            BatchStatus::Cancelled => Some(Self::BatchCancelled),
        }
    }

    /// What a job that became `status` tells. `partial`: it completed with failed pages. Extraction has no running event.
    pub const fn of_job(product: Product, status: JobStatus, partial: bool) -> Option<Self> {
        use JobStatus::{Cancelled, Completed, Failed, Pending, Running};
        match (product, status, partial) {
            (Product::Parse, Pending, _) => Some(Self::ParsePending),
            (Product::Parse, Running, _) => Some(Self::ParseRunning),
            (Product::Parse, Completed, false) => Some(Self::ParseSuccess),
            (Product::Parse, Completed, true) => Some(Self::ParsePartialSuccess),
            (Product::Parse, Failed, _) => Some(Self::ParseError),
            (Product::Parse, Cancelled, _) => Some(Self::ParseCancelled),
            (Product::Extract, Pending, _) => Some(Self::ExtractPending),
            (Product::Extract, Running, _) => None,
            (Product::Extract, Completed, false) => Some(Self::ExtractSuccess),
            (Product::Extract, Completed, true) => Some(Self::ExtractPartialSuccess),
            (Product::Extract, Failed, _) => Some(Self::ExtractError),
            (Product::Extract, Cancelled, _) => Some(Self::ExtractCancelled),
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the body of a delivery is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// A JSON string literal that holds the event's JSON: LlamaCloud's default, read literally.
    #[default]
    String,
    /// The event's JSON.
    Json,
}

/// Where events go. Stored with its secret, which no answer ever shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub url: String,
    /// Names of the wanted events; `None` = all. Names of products that docmill does not have never occur.
    pub events: Option<Vec<String>>,
    pub headers: BTreeMap<String, String>,
    pub format: BodyFormat,
    pub secret: Option<String>,
}

impl Endpoint {
    pub fn wants(&self, kind: EventKind) -> bool {
        self.events.as_ref().is_none_or(|names| names.iter().any(|name| name == kind.as_str()))
    }

    /// Host and port: what a slow receiver is known by.
    pub fn target(&self) -> String {
        let url = Url::parse(&self.url).ok();
        let parts = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        parts.map_or_else(String::new, |(host, port)| format!("{host}:{port}"))
    }
}

impl fmt::Debug for Endpoint {
    /// Without secret and header values, which may be credentials: logs are read by many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url).field("events", &self.events).finish_non_exhaustive()
    }
}

/// Something that happened, as it is told: the same at every delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Receivers know a repeated delivery by it.
    pub id: Uuid,
    pub kind: EventKind,
    pub project: ProjectId,
    pub subject: Subject,
    /// The state that the subject came to, by its name.
    pub status: String,
    pub at: Timestamp,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Batch {
        batch: BatchId,
        directory: DirectoryId,
        /// Grows by one with every retry of the batch.
        generation: u32,
    },
    Job {
        job: JobId,
        batch: Option<BatchId>,
    },
    /// Nothing: a test of an endpoint.
    Test,
}

/// One delivery, ready to be sent: these bytes and these headers, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_fit_their_product() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_text(kind.as_str()), Some(*kind));
        }
        for (product, prefix) in [(Product::Parse, "parse."), (Product::Extract, "extract.")] {
            for status in JobStatus::ALL {
                for partial in [false, true] {
                    let kind = EventKind::of_job(product, *status, partial);
                    assert!(kind.is_none_or(|kind| kind.as_str().starts_with(prefix)), "{kind:?}");
                    assert_eq!(kind.is_none(), product == Product::Extract && *status == JobStatus::Running);
                }
            }
        }
        for status in BatchStatus::ALL {
            let kind = EventKind::of_batch(*status);
            assert_eq!(kind.is_none(), *status == BatchStatus::Throttled);
            assert!(kind.is_none_or(|kind| kind.as_str().starts_with("batch.")), "{kind:?}");
        }
    }

    #[test]
    fn an_endpoint_wants_all_or_what_it_names_and_never_shows_its_secret() {
        let mut endpoint = Endpoint {
            url: "https://example.com/".to_owned(),
            events: None,
            headers: BTreeMap::from([("Authorization".to_owned(), "hush".to_owned())]),
            format: BodyFormat::Json,
            secret: Some("hush".to_owned()),
        };
        assert!(endpoint.wants(EventKind::ParseError));
        assert_eq!(endpoint.target(), "example.com:443");
        endpoint.events = Some(vec!["parse.error".to_owned(), "sheets.success".to_owned()]);
        assert!(endpoint.wants(EventKind::ParseError) && !endpoint.wants(EventKind::ParseSuccess));
        assert!(!format!("{endpoint:?}").contains("hush"));
    }
}
