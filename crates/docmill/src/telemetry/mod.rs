//! Traces, from a request to its jobs and their pages, sent over OTLP when `telemetry.otlp_endpoint` says where.
//!
//! What needs OpenTelemetry is behind the cargo feature `otlp`; without it the setting is refused.

#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
mod without;

#[cfg(feature = "otlp")]
pub use otlp::Traces;
#[cfg(not(feature = "otlp"))]
pub use without::Traces;
