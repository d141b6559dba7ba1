use docmill_server::Traced;
use tracing::Span;
use tracing_subscriber::layer::Identity;
use uuid::Uuid;

use crate::config::TelemetrySettings;
use crate::refusal::{Refusal, Refused};

/// There are none.
#[derive(Debug)]
pub enum Traces {}

impl Traces {
    pub fn start(settings: &TelemetrySettings) -> Refused<Option<Self>> {
        if settings.otlp_endpoint.is_empty() {
            return Ok(None);
        }
        Err(Refusal::usage("telemetry.otlp_endpoint is set, and this docmill was built without traces")
            .hint("Build it with `--features otlp`, or leave the setting empty."))
    }

    pub fn layer(&self) -> Identity {
        match *self {}
    }

    pub fn of_requests(&self) -> Traced {
        match *self {}
    }

    pub fn of_jobs(&self) -> fn(&Span, Uuid) {
        match *self {}
    }

    pub async fn end(self) {
        match self {}
    }
}
