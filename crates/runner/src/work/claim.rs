//! Takes jobs as slots become free.

use std::sync::Arc;
use std::time::Duration;

use docmill_store::{Cap, Caps};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt;
use super::finish::Committer;
use super::held::Holdings;
use crate::context::Context;

/// What the claim loop hands to each attempt.
pub(crate) struct Claims {
    pub context: Arc<Context>,
    pub holdings: Arc<Holdings>,
    pub committer: Committer,
    pub attempts: TaskTracker,
    pub stop: CancellationToken,
}

impl Claims {
    /// Claims until `stop`. Jobs that were claimed go on.
    pub async fn run(self) {
        let slots = Arc::new(Semaphore::new(self.context.settings.slots.max(1)));
        let poll = Duration::from_millis(self.context.settings.poll_ms);
        let mut changes = self.context.store.changes();
        while let Some(free) = self.free_slots(&slots).await {
            // Seen before the claim, so that work which comes during it is not slept over.
            changes.mark_unchanged();
            if self.claim(free).await == 0 {
                tokio::select! {
                    () = self.stop.cancelled() => {}
                    () = tokio::time::sleep(poll) => {}
                    Ok(()) = changes.changed() => {}
                }
            }
        }
    }

    /// Every slot that is free, and at least half of them, so that small documents are claimed several in a
    /// transaction; `None` when the worker stops. Nothing is idle meanwhile: there are more slots than CPU permits.
    async fn free_slots(&self, slots: &Arc<Semaphore>) -> Option<Vec<OwnedSemaphorePermit>> {
        let half = self.context.settings.slots.div_ceil(2).max(1);
        let first = tokio::select! {
            biased;
            () = self.stop.cancelled() => return None,
            free = Arc::clone(slots).acquire_many_owned(u32::try_from(half).unwrap_or(u32::MAX)) => free.ok()?,
        };
        drop(first);
        Some(std::iter::from_fn(|| Arc::clone(slots).try_acquire_owned().ok()).collect())
    }

    /// Fills the slots with jobs and says how many there were.
    async fn claim(&self, free: Vec<OwnedSemaphorePermit>) -> usize {
        let settings = &self.context.settings;
        let count = u32::try_from(free.len()).unwrap_or(u32::MAX);
        let limits = &settings.limits;
        let some = |most: u32| Some(most).filter(|most| *most > 0);
        let cap = |jobs, rate| Cap { jobs_max: some(jobs), jobs_per_minute: some(rate) };
        let caps = Caps {
            project: cap(limits.project_jobs_max, limits.project_jobs_per_minute),
            batch: cap(limits.batch_jobs_max, limits.batch_jobs_per_minute),
        };
        let claim = self.context.store.job_claim(&settings.worker, count, limits.lease_ms, caps);
        let claimed = match self.context.counters.store.of("claim", claim).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no jobs can be claimed");
                return 0;
            }
        };
        let taken = claimed.len();
        self.context.counters.queue_commits.inc_by(u64::from(taken > 0));
        for (job, slot) in claimed.into_iter().zip(free) {
            tracing::debug!(job = %job.id, attempt = job.attempt, name = job.source.name(), "claimed");
            let held = self.holdings.take(job.id, job.attempt);
            let (context, holdings) = (Arc::clone(&self.context), Arc::clone(&self.holdings));
            self.attempts.spawn(attempt::run(context, holdings, self.committer.clone(), job, held, slot));
        }
        taken
    }
}
