//! Keeps the leases of all held jobs, tells of their progress, and hears who wants them to stop.

use std::sync::Arc;
use std::time::Duration;

use docmill_store::LeaseState;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::held::Holdings;
use super::stop::Stop;
use crate::context::Context;

/// After a change in the store a beat comes at most this often: so a cancelled job stops within a second, and a busy
/// store is not asked all the time.
const SOONEST: Duration = Duration::from_secs(1);

/// Beats every third of a lease, until `stop`: two beats may fail before a lease is lost.
pub(crate) async fn run(context: Arc<Context>, holdings: Arc<Holdings>, stop: CancellationToken) {
    let every = Duration::from_millis(u64::try_from(context.settings.limits.lease_ms / 3).unwrap_or(0).max(1));
    let mut changes = context.store.changes();
    let mut last = Instant::now();
    loop {
        let changed = async {
            let seen = changes.changed().await;
            tokio::time::sleep_until(last + SOONEST).await;
            if seen.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep_until(last + every) => {}
            () = changed => {}
        }
        last = Instant::now();
        beat(&context, &holdings).await;
    }
}

async fn beat(context: &Context, holdings: &Holdings) {
    let held = holdings.all();
    if held.is_empty() {
        return;
    }
    let beats: Vec<_> = held.iter().map(|held| held.beat()).collect();
    let beat = context.store.job_heartbeat(&context.settings.worker, &beats, context.settings.limits.lease_ms);
    match context.counters.store.of("heartbeat", beat).await {
        Ok(states) => {
            context.counters.queue_commits.inc();
            for (held, state) in held.iter().zip(states) {
                match state {
                    LeaseState::Held => {}
                    LeaseState::CancelRequested => held.ask_stop(Stop::Cancelled),
                    LeaseState::Lost => held.ask_stop(Stop::Lost),
                }
            }
        }
        // The jobs go on: when the leases are really lost, the fence refuses their results.
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no heartbeat"),
    }
}
