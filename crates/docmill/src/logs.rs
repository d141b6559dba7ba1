//! Structured logs on stderr, and traces beside them.

use std::io;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::{LogFormat, LogSettings};
use crate::refusal::{Refusal, Refused};
use crate::telemetry::Traces;
use crate::terminal;

/// Starts logging for the whole process.
pub fn start(settings: &LogSettings, traces: Option<&Traces>) -> Refused<()> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|error| {
        Refusal::usage(format!("the setting `log.level` is not usable: {error}"))
            .hint("Write error, warn, info, debug or trace.")
    })?;
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match settings.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).boxed(),
        LogFormat::Text => lines.with_ansi(terminal::has_colour()).boxed(),
    };
    let started = registry().with(lines.with_filter(filter)).with(traces.map(Traces::layer)).try_init();
    started.map_err(|error| Refusal::failed(format!("cannot start logging: {error}")))
}

/// Logging of a command with progress on the same stderr: what people need is in its summary, so only errors are
/// logged unless another level was asked for.
pub fn start_beside_progress(settings: &LogSettings) -> Refused<()> {
    let mut settings = settings.clone();
    if settings.level == "info" {
        "error".clone_into(&mut settings.level);
    }
    start(&settings, None)
}
