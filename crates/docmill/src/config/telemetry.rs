use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// Address of a receiver of OTLP over HTTP, without path; empty = no traces.
    pub otlp_endpoint: String,
    /// Address and port where `docmill worker` answers `/healthz`, `/readyz` and `/metrics`; empty = nowhere.
    pub worker_listen: String,
}

impl TelemetrySettings {
    /// Where a worker answers, or one sentence that says what is wrong.
    pub fn worker_listens(&self) -> Result<Option<SocketAddr>, String> {
        let text = self.worker_listen.as_str();
        let read = (!text.is_empty()).then(|| text.parse());
        read.transpose()
            .map_err(|_| format!("telemetry.worker_listen: `{text}` is no address with a port like 127.0.0.1:9484"))
    }
}
