use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use docmill_server::{App, Insight, ServerSettings};
use docmill_store::{Admin, Keys, Queue, Role, SqlStore, Store};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Common;
use crate::config::Config;
use crate::refusal::{Exit, Refusal, Refused};
use crate::telemetry::Traces;
use crate::terminal::tell;
use crate::{local, logs, secret, stores, workers};

/// Sets the first key instead of making one.
const BOOTSTRAP_KEY: &str = "DOCMILL_BOOTSTRAP_KEY";

/// Runs the server: API and workers
///
/// On the first start a key is made and printed once; DOCMILL_BOOTSTRAP_KEY sets it instead. The line
/// `listening on http://...` on stderr says that requests are taken.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Documents read at the same time; one for each processor by default. 0 with --database: only the API
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Serve {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let mut flags = Vec::new();
        flags.extend(self.listen.map(|listen| ("server.listen", json!(listen))));
        flags.extend(self.workers.map(|workers| ("workers", json!(workers))));
        let config = common.config(&flags)?;
        let traces = Traces::start(&config.telemetry)?;
        logs::start(&config.log, traces.as_ref())?;
        let served = serve(&config, traces.as_ref()).await;
        if let Some(traces) = traces {
            traces.end().await;
        }
        served?;
        Ok(Exit::Done)
    }
}

async fn serve(config: &Config, traces: Option<&Traces>) -> Refused<()> {
    let data = stores::data_folder(config)?;
    if config.workers.slots() > 0 {
        workers::demand_isolation(config).await?;
    }
    let shutdown = local::interrupted()?;
    let store = Arc::new(stores::open(config, Role::Owner).await?);
    let clock = store.clock();
    if !config.store.is_shared() {
        // No worker of an earlier server can be alive: this process owns the store.
        let released = store.job_release_all().await?;
        if released > 0 {
            tracing::info!(jobs = released, "jobs of a server that was stopped go on");
        }
    }
    let hurried = store.job_hurry(config.run.retry_longest_ms).await?;
    if hurried > 0 {
        tracing::warn!(jobs = hurried, "the clock was set back since these jobs were queued; they are due now");
    }
    let new_key = first_key(store.as_ref(), config.server.listen).await?;
    let blobs = stores::blobs(config)?;
    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Refusal::io(format!("listen on {listen}"), &error)
            .hint("Give another address with --listen, or stop who has it.")
    })?;
    let address = listener.local_addr().map_err(|error| Refusal::io("see the own address", &error))?;

    let store: Arc<dyn Store> = store;
    let app = App::new(store.clone(), blobs.clone(), clock.clone(), settings(config, &data, traces)?);
    // Without workers of its own it is an API for those of `docmill worker`.
    let runner = match config.workers.slots() {
        0 => None,
        _ => {
            let mut settings = workers::server_settings(config)?;
            if let Some(traces) = traces {
                settings.traced = traces.of_jobs();
            }
            Some(workers::start(store, blobs, clock, settings))
        }
    };
    if let Some(runner) = &runner {
        runner.counters().register(&mut app.registry());
    }
    if let Some(key) = new_key {
        tell(&format!(
            "first start: the API key is {key}\nkeep it, it is not shown again; `docmill key create` makes more"
        ));
    }
    tell(&format!("listening on http://{address}"));
    let closed = CancellationToken::new();
    let drain = async {
        shutdown.cancelled().await;
        tell("stopping: running documents may end; a second signal stops at once");
        app.leave();
        let unready = tokio::time::sleep(Duration::from_millis(config.server.unready_ms));
        let drained = async {
            if let Some(runner) = &runner {
                runner.drain(Duration::from_millis(config.server.drain_ms)).await;
            }
        };
        tokio::join!(unready, drained);
        closed.cancel();
    };
    let (served, ()) = tokio::join!(docmill_server::serve(listener, app.clone(), closed.clone()), drain);
    served.map_err(|error| Refusal::io("serve", &error))
}

fn settings(config: &Config, data: &Path, traces: Option<&Traces>) -> Refused<ServerSettings> {
    let site = config.server.site().map_err(Refusal::usage)?;
    Ok(ServerSettings {
        limits: config.limits.clone(),
        spool: data.join("spool"),
        site,
        guard: config.guard()?,
        engine: workers::fingerprint(config),
        traced: traces.map(Traces::of_requests).unwrap_or_default(),
        insight: Insight { explain: docmill_extract::explain, draft: docmill_extract::draft },
    })
}

/// Makes sure that there is a key. The new one, when it is for the first time and has to be shown.
async fn first_key(store: &SqlStore, listen: SocketAddr) -> Refused<Option<String>> {
    let project = store.project_default().await?.id;
    if let Some(given) = std::env::var_os(BOOTSTRAP_KEY).filter(|given| !given.is_empty()) {
        let given = given.to_str().filter(|given| is_usable(given)).ok_or_else(|| {
            Refusal::usage(format!("{BOOTSTRAP_KEY} is not usable as a key"))
                .hint(format!("Give at least {} letters, digits and signs without spaces.", secret::CHARS_MIN))
        })?;
        if store.key_find(&secret::hash(given)).await?.is_none() {
            store.key_create(secret::record(project, "bootstrap", given)).await?;
        }
        return Ok(None);
    }
    if store.key_list().await?.iter().any(|key| key.revoked_at.is_none()) {
        return Ok(None);
    }
    // A fresh key would be printed into logs that others may read, while the door is open to the network already.
    if !listen.ip().is_loopback() {
        return Err(Refusal::usage(format!(
            "there is no API key yet, and {listen} can be reached from other machines"
        ))
        .hint(format!("Run `docmill key create` first, or set {BOOTSTRAP_KEY}.")));
    }
    let secret = secret::generate();
    store.key_create(secret::record(project, "first", &secret)).await?;
    Ok(Some(secret))
}

/// Long enough not to be guessed, and fit for a header.
fn is_usable(key: &str) -> bool {
    key.len() >= secret::CHARS_MIN && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::is_usable;

    #[test]
    fn a_key_is_long_and_fits_a_header() {
        for (key, expected) in
            [("llx-0123456789abcdef", true), ("short", false), ("0123456789 abcdef", false), ("", false)]
        {
            assert_eq!(is_usable(key), expected, "{key}");
        }
    }
}
