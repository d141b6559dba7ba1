//! What an operator may do to the queue by hand, beside running servers and workers.

use async_trait::async_trait;
use docmill_model::{BatchId, Failure, JobId, JobStatus, Timestamp};

use crate::error::StoreResult;

#[async_trait]
pub trait Admin: Send + Sync + 'static {
    /// Open jobs that somebody should look at, the oldest first: leases that ran out and were not taken back, jobs that
    /// run or wait for longer than `older_ms`, and jobs that were tried more than once.
    async fn job_stuck(&self, older_ms: i64, limit: u32) -> StoreResult<Vec<StuckJob>>;
    /// Puts an open job back into the queue, due at once: a waiting one's wait ends; a running one's lease ends, at no
    /// cost to it, and what its worker still makes of it will be refused. `None` when there is no such job; `CONFLICT`
    /// when it is terminal.
    async fn job_requeue(&self, job: JobId) -> StoreResult<Option<()>>;
    /// An open batch's jobs go before those of every batch of a lower priority, of whatever project; 0 is what all begin
    /// with. `None` when there is no such batch; `CONFLICT` when it is terminal.
    async fn batch_prioritise(&self, batch: BatchId, priority: i32) -> StoreResult<Option<()>>;
    /// Waiting jobs that are due later than `longest_ms` from now become due now: no wait is that long, so the clock
    /// was set back since. Answers how many.
    async fn job_hurry(&self, longest_ms: i64) -> StoreResult<u32>;
    /// Every batch there is, for a recount.
    async fn batch_ids(&self) -> StoreResult<Vec<BatchId>>;
}

/// Why a job is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// Its worker is silent and nobody took the job back.
    LeaseOver,
    /// It was tried before and waits for its next try, or runs again.
    Repeated,
    RunsLong,
    WaitsLong,
}

impl Stuck {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeaseOver => "lease over",
            Self::Repeated => "tried before",
            Self::RunsLong => "runs long",
            Self::WaitsLong => "waits long",
        }
    }
}

#[derive(Debug, Clone)]
pub struct StuckJob {
    pub id: JobId,
    pub batch: Option<BatchId>,
    pub name: String,
    pub status: JobStatus,
    pub why: Stuck,
    pub attempt: u32,
    /// Times that the document killed or stalled its reader, and that its worker died.
    pub strikes: u32,
    pub expiries: u32,
    pub worker: Option<String>,
    /// When it is due, or its first try began.
    pub since: Timestamp,
    pub failure: Option<Failure>,
}
