//! Structured logs on stderr.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings};
use crate::refusal::{Refusal, Refused};
use crate::terminal;

/// Starts logging for the whole process.
pub fn start(settings: &LogSettings) -> Refused<()> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|error| {
        Refusal::usage(format!("the setting `log.level` is not usable: {error}"))
            .hint("Write error, warn, info, debug or trace.")
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).try_init(),
        LogFormat::Text => builder.with_ansi(terminal::has_colour()).try_init(),
    };
    started.map_err(|error| Refusal::failed(format!("cannot start logging: {error}")))
}

/// Logging of a command with progress on the same stderr: what people need is in its summary, so only errors are
/// logged unless another level was asked for.
pub fn start_beside_progress(settings: &LogSettings) -> Refused<()> {
    let mut settings = settings.clone();
    if settings.level == "info" {
        "error".clone_into(&mut settings.level);
    }
    start(&settings)
}
