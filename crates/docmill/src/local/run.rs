//! A run from its inputs to its summary.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use docmill_model::ConfigurationId;
use docmill_model::options::JobOptions;
use docmill_store::StoreError;
use tokio_util::sync::CancellationToken;

use super::hashing::{self, Source};
use super::history::History;
use super::inputs::{self, Input};
use super::interrupt::interrupted;
use super::outputs::{Format, Outputs};
use super::plan::{Plan, plan};
use super::summary::Report;
use super::work::Work;
use super::workshop::Workshop;
use crate::config::Config;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{self, Voice, count, tell};
use crate::workers;

/// How long running documents may go on after ctrl-c: short pages end well, long ones are done again.
const DRAIN: Duration = Duration::from_secs(2);

/// What to do with which files.
pub struct Order {
    pub paths: Vec<PathBuf>,
    /// The files themselves, when somebody looked for them already.
    pub inputs: Option<Vec<Input>>,
    pub out: PathBuf,
    pub options: JobOptions,
    pub configuration: ConfigurationId,
    pub formats: Vec<Format>,
    pub voice: Voice,
    pub config: Config,
    /// Files that failed before, and have not changed, are tried again.
    pub retry_failed: bool,
}

/// Runs the order and says how it ended.
pub async fn run(order: &Order) -> Refused<Exit> {
    let stop = interrupted()?;
    report(&execute(order, &stop).await?, order.voice)
}

/// Says how a run ended.
pub fn report(report: &Report, voice: Voice) -> Refused<Exit> {
    if voice.json {
        terminal::data_line(&report.json().to_string())?;
    }
    if !voice.quiet {
        tell(&report.text());
    }
    Ok(report.exit())
}

/// Runs the order: outputs and manifest are written when it returns.
pub async fn execute(order: &Order, stop: &CancellationToken) -> Refused<Report> {
    let began = Instant::now();
    let found = match &order.inputs {
        Some(inputs) => inputs.clone(),
        None => inputs::gather(&order.paths, Some(&order.out))?,
    };
    fs::create_dir_all(&order.out)
        .map_err(|error| Refusal::io(format!("make the folder `{}`", order.out.display()), &error))?;
    let shop = Workshop::open(&order.out).await?;
    let sources = hash(found, &order.config, stop).await?;
    let history = History::read(shop.store.as_ref(), shop.project, order.options.product()).await?;
    let config = order.config.clone();
    let engine = blocking(move || workers::fingerprint(&config)).await?;
    let plan = plan(sources, history, &order.options, &engine, order.retry_failed);
    cancel_stale(&shop, &plan).await?;

    let outputs = Outputs {
        out: order.out.clone(),
        options: order.options.clone(),
        formats: order.formats.clone(),
        chunk_tokens: order.config.chunks.target_tokens,
    };
    let mut work = Work::begin(order, &shop, Arc::new(outputs), plan).await?;
    let (before, to_do) = (work.before(), work.to_do());
    if !order.voice.quiet {
        tell(&opening(before, to_do));
    }
    let mut is_interrupted = false;
    if to_do > 0 {
        let runner = shop.start_workers(&order.config).await?;
        let counters = runner.counters();
        is_interrupted = work.run_until_done(&counters, stop).await?;
        if is_interrupted && !order.voice.quiet {
            tell("stopping; ctrl-c again stops at once");
        }
        runner.drain(if is_interrupted { DRAIN } else { Duration::ZERO }).await;
    }
    let lines = work.end(stop).await?;
    Ok(Report { out: order.out.clone(), lines, before, interrupted: is_interrupted, elapsed: began.elapsed() })
}

/// The first line of a run: what is left to do.
pub fn opening(before: usize, to_do: usize) -> String {
    match (before, to_do) {
        (0, _) => format!("{} to do", count(to_do, "file")),
        (_, 0) => format!("all {} were done before", count(before, "file")),
        _ => format!("{before} of {} were done before; {to_do} to do", count(before + to_do, "file")),
    }
}

/// Size, time and hash of every input.
pub async fn hash(found: Vec<Input>, config: &Config, stop: &CancellationToken) -> Refused<Vec<Source>> {
    let (bytes_max, threads, stop) = (config.limits.upload_bytes_max, config.workers.slots(), stop.clone());
    let sources = blocking(move || hashing::hash_all(&found, bytes_max, threads, &stop)).await?;
    sources.ok_or_else(stopped_early)
}

pub fn stopped_early() -> Refusal {
    Refusal {
        sentence: "interrupted before any file was read".to_owned(),
        hint: Some("Run the same command again.".to_owned()),
        exit: Exit::Interrupted,
    }
}

/// Jobs of an earlier run that this one would not use must not be worked on.
async fn cancel_stale(shop: &Workshop, plan: &Plan) -> Refused<()> {
    for job in &plan.stale {
        match shop.store.job_cancel(shop.project, *job).await {
            // It ended by itself meanwhile.
            Ok(_) | Err(StoreError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Work that blocks a thread.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Refused<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Refusal::failed(format!("a part of docmill broke: {error}")))
}

#[cfg(test)]
mod tests {
    use super::opening;

    #[test]
    fn the_first_line_says_what_is_left() {
        assert_eq!(opening(0, 1), "1 file to do");
        assert_eq!(opening(143, 57), "143 of 200 files were done before; 57 to do");
        assert_eq!(opening(200, 0), "all 200 files were done before");
    }
}
