use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// Address of a receiver of OTLP over HTTP, without path; empty = no traces.
    pub otlp_endpoint: String,
}
