//! How a batch stands: when it will be done, and why it waits.

use std::collections::HashMap;

use docmill_model::{BatchId, BatchStatus, Timestamp, Waiting};
use docmill_store::{Batch, BatchFacts, QueueDepth};

use super::{App, AppResult};

/// A worker that did not ask for work for so long is not there, milliseconds. Idle ones ask every second or so.
const WORKER_SILENT_MS: i64 = 15_000;

/// What batches say beside their own rows, asked once for all that an answer shows.
pub struct Told {
    pub facts: HashMap<BatchId, BatchFacts>,
    pub now: Timestamp,
    /// Only asked for when a batch waits.
    queue: QueueDepth,
}

impl Told {
    pub async fn of(app: &App, batches: &[Batch]) -> AppResult<Self> {
        let ids: Vec<BatchId> = batches.iter().map(|batch| batch.id).collect();
        let facts = if ids.is_empty() { HashMap::new() } else { app.store.batch_facts(&ids).await? };
        let waits = |batch: &Batch| !batch.status.is_terminal() && facts.get(&batch.id).is_none_or(|f| f.running == 0);
        let queue = if batches.iter().any(waits) { app.store.queue_depth().await? } else { QueueDepth::default() };
        Ok(Self { facts, now: app.clock.now(), queue })
    }

    /// Why nothing of the batch runs; `None` when something does or nothing is left to do.
    pub fn waiting(&self, batch: &Batch, facts: &BatchFacts) -> Option<Waiting> {
        if batch.status.is_terminal() || facts.running > 0 {
            return None;
        }
        let due = facts.next_due?;
        Some(if due > self.now {
            Waiting::NextTry { at: due, after: facts.last_failure }
        } else if batch.status == BatchStatus::Throttled {
            Waiting::Capped
        } else if self.queue.running > 0 {
            Waiting::Queued { running: self.queue.running }
        } else if self.queue.last_claim.is_none_or(|at| self.now.since_ms(at) > WORKER_SILENT_MS) {
            Waiting::NoWorker
        } else {
            Waiting::Starting
        })
    }
}

/// Whole seconds until the last job ends: the time that an item took since the pace of the batch is measured, times
/// the items that are open. It says nothing before the first item ended, is too long while the first ones of several
/// workers are on their way, and does not know that the files that are left may be larger than those before.
/// `bench/orchestration.py` measures how far it is off.
pub fn eta_seconds(batch: &Batch, now: Timestamp) -> Option<u64> {
    let (since, done_before) = batch.pace.filter(|_| !batch.status.is_terminal())?;
    let counts = batch.counts;
    let done = (counts.completed + counts.failed + counts.cancelled).saturating_sub(done_before);
    let elapsed_ms = u64::try_from(now.since_ms(since)).ok()?;
    if done == 0 {
        return None;
    }
    Some((elapsed_ms * u64::from(counts.open())).div_ceil(u64::from(done) * 1_000))
}

#[cfg(test)]
mod tests {
    use docmill_model::ids::Preset;
    use docmill_model::{BatchStatus, Code, ConfigurationId, DirectoryId, Product, ProjectId};
    use docmill_store::BatchCounts;

    use super::*;

    fn batch(status: BatchStatus, completed: u32, pace: Option<(i64, u32)>) -> Batch {
        Batch {
            id: BatchId::generate(),
            project: ProjectId::generate(),
            directory: DirectoryId::generate(),
            product: Product::Parse,
            configuration: ConfigurationId::Preset(Preset::ParseAgentic),
            status,
            counts: BatchCounts { total: 100, completed, ..BatchCounts::default() },
            generation: 0,
            pace: pace.map(|(since, done)| (Timestamp(since), done)),
            failure: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            started_at: None,
            finished_at: None,
        }
    }

    #[test]
    fn the_time_left_follows_the_pace() {
        use BatchStatus::{Completed, Pending, Running};
        for (status, completed, pace, now, expected) in [
            (Pending, 0, None, 5_000, None),
            (Running, 0, Some((0, 0)), 5_000, None),
            (Running, 10, Some((0, 0)), 1_000, Some(9)),
            (Running, 99, Some((0, 0)), 1_000, Some(1)),
            // 40 had ended before the pause; 10 took a second.
            (Running, 50, Some((60_000, 40)), 61_000, Some(5)),
            (Running, 50, Some((60_000, 50)), 61_000, None),
            (Completed, 100, Some((0, 0)), 5_000, None),
        ] {
            let batch = batch(status, completed, pace);
            assert_eq!(eta_seconds(&batch, Timestamp(now)), expected, "{status} {completed} {pace:?} {now}");
        }
    }

    #[test]
    fn a_batch_that_waits_says_why() {
        let now = Timestamp(100_000);
        let check = |facts: BatchFacts, running: u64, last_claim: Option<i64>, expected: Option<Waiting>| {
            let queue = QueueDepth { running, last_claim: last_claim.map(Timestamp), ..QueueDepth::default() };
            let told = Told { facts: HashMap::new(), now, queue };
            assert_eq!(told.waiting(&batch(BatchStatus::Pending, 0, None), &facts), expected);
        };
        let due = |at: i64| BatchFacts { next_due: Some(Timestamp(at)), ..BatchFacts::default() };
        check(BatchFacts { running: 1, ..due(0) }, 1, None, None);
        check(due(0), 7, None, Some(Waiting::Queued { running: 7 }));
        check(due(0), 0, None, Some(Waiting::NoWorker));
        check(due(0), 0, Some(80_000), Some(Waiting::NoWorker));
        check(due(0), 0, Some(99_000), Some(Waiting::Starting));
        let capped = Told { facts: HashMap::new(), now, queue: QueueDepth { running: 7, ..QueueDepth::default() } };
        let throttled = batch(BatchStatus::Throttled, 0, None);
        assert_eq!(capped.waiting(&throttled, &due(0)), Some(Waiting::Capped));
        let failed = BatchFacts { last_failure: Some(Code::BlobsUnavailable), ..due(101_000) };
        let waiting = Waiting::NextTry { at: Timestamp(101_000), after: Some(Code::BlobsUnavailable) };
        check(failed, 0, Some(99_000), Some(waiting));
        assert!(waiting.to_string().starts_with("BLOBS_UNAVAILABLE: The file storage is not available. "));
    }
}
