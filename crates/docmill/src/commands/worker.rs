use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use docmill_server::Vitals;
use docmill_store::Role;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
    /// Where /healthz, /readyz and /metrics are answered; nowhere by default. Port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
}

impl Worker {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let mut flags = Vec::new();
        flags.extend(self.workers.map(|workers| ("workers", json!(workers))));
        flags.extend(self.listen.map(|listen| ("telemetry.worker_listen", json!(listen))));
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
    let probes = probes(config).await?;
    let store = Arc::new(stores::open(config, Role::Owner).await?);
    let clock = store.clock();
    let mut settings = workers::server_settings(config)?;
    if let Some(traces) = traces {
        settings.traced = traces.of_jobs();
    }
    let name = settings.worker.clone();
    let vitals = Vitals::new(store.clone());
    let runner = workers::start(store, stores::blobs(config)?, clock, settings);
    runner.counters().register(&mut vitals.registry());
    if let Some(probes) = &probes {
        let address = probes.local_addr().map_err(|error| Refusal::io("see the own address", &error))?;
        tell(&format!("answering probes on http://{address}"));
    }
    tell(&format!("worker {name} is ready"));
    let closed = CancellationToken::new();
    let answering = async {
        match probes {
            Some(probes) => docmill_server::serve_vitals(probes, vitals.clone(), closed.clone()).await,
            None => Ok(()),
        }
    };
    let working = async {
        shutdown.cancelled().await;
        tell("stopping: running documents may end; a second signal stops at once");
        vitals.leave();
        runner.drain(Duration::from_millis(config.server.drain_ms)).await;
        closed.cancel();
    };
    let (answered, ()) = tokio::join!(answering, working);
    answered.map_err(|error| Refusal::io("answer probes", &error))
}

/// The door for `/healthz`, `/readyz` and `/metrics`, where one is wanted.
async fn probes(config: &Config) -> Refused<Option<TcpListener>> {
    let Some(listen) = config.telemetry.worker_listens().map_err(Refusal::usage)? else { return Ok(None) };
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Refusal::io(format!("listen on {listen}"), &error)
            .hint("Give another address with --listen, or stop who has it.")
    })?;
    Ok(Some(listener))
}
