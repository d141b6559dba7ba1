use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use docmill_store::Role;
use serde_json::json;

use super::Common;
use crate::config::Config;
use crate::refusal::{Exit, Refusal, Refused};
use crate::telemetry::Traces;
use crate::terminal::tell;
use crate::{local, logs, stores, workers};

/// Runs a worker without an API, on a PostgreSQL database
///
/// As many as wanted, on as many machines as wanted, with the same --database and --blobs as the servers. The line
/// `worker NAME is ready` on stderr says that jobs are taken.
#[derive(Debug, Args)]
pub struct Worker {
    /// Documents read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Worker {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let flags: Vec<_> = self.workers.map(|workers| ("workers", json!(workers))).into_iter().collect();
        let config = common.config(&flags)?;
        let traces = Traces::start(&config.telemetry)?;
        logs::start(&config.log, traces.as_ref())?;
        if !config.store.is_shared() {
            return Err(Refusal::usage("a worker needs a database that it can share with servers").hint(
                "Give --database postgres://... and --blobs; with the built-in one `docmill serve` does the work.",
            ));
        }
        if config.workers.slots() == 0 {
            return Err(Refusal::usage("a worker must read at least one document at a time: --workers is 0"));
        }
        let worked = work(&config, traces.as_ref()).await;
        if let Some(traces) = traces {
            traces.end().await;
        }
        worked?;
        Ok(Exit::Done)
    }
}

async fn work(config: &Config, traces: Option<&Traces>) -> Refused<()> {
    workers::demand_isolation(config).await?;
    let shutdown = local::interrupted()?;
    let store = Arc::new(stores::open(config, Role::Owner).await?);
    let clock = store.clock();
    let mut settings = workers::server_settings(config)?;
    if let Some(traces) = traces {
        settings.traced = traces.of_jobs();
    }
    let name = settings.worker.clone();
    let runner = workers::start(store, stores::blobs(config)?, clock, settings);
    tell(&format!("worker {name} is ready"));
    shutdown.cancelled().await;
    tell("stopping: running documents may end; a second signal stops at once");
    runner.drain(Duration::from_millis(config.server.drain_ms)).await;
    Ok(())
}
