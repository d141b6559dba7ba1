use docmill_model::options::JobOptions;
use docmill_model::{
    BatchId, BatchStatus, Code, ConfigurationId, DirectoryFileId, DirectoryId, Failure, JobId, JobStatus, Product,
    ProjectId, Timestamp,
};

use super::{Listeners, Once, Reuse};

#[derive(Debug, Clone)]
pub struct NewBatch {
    pub project: ProjectId,
    pub directory: DirectoryId,
    pub configuration: ConfigurationId,
    /// The configuration, resolved: what every job of the batch will do, whatever happens to the configuration.
    pub options: JobOptions,
    /// What `options` were resolved from, to be shown on each job.
    pub parameters: Option<serde_json::Value>,
    pub files_max: u32,
    /// Which results are used again; `None` = every file is read.
    pub reuse: Option<Reuse>,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
    /// Who is told of the batch itself, and who of each of its jobs.
    pub listeners: Listeners,
    pub job_listeners: Listeners,
}

#[derive(Debug, Clone)]
pub struct Batch {
    pub id: BatchId,
    pub project: ProjectId,
    pub directory: DirectoryId,
    pub product: Product,
    pub configuration: ConfigurationId,
    pub status: BatchStatus,
    pub counts: BatchCounts,
    /// Grows by one with every retry of the batch.
    pub generation: u32,
    /// Since when the pace is measured, and how many items had ended then; `None` while no job of it was claimed since
    /// the batch began, was retried, or the server started.
    pub pace: Option<(Timestamp, u32)>,
    /// Why the orchestration failed, for FAILED.
    pub failure: Option<Failure>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// Which items of a batch that ended are done anew, and how.
#[derive(Debug, Clone)]
pub struct BatchRetry {
    pub project: ProjectId,
    pub batch: BatchId,
    /// Only items that failed with one of these; empty = with any.
    pub codes: Vec<Code>,
    /// Cancelled items too.
    pub cancelled: bool,
    /// Another configuration than the batch's: its id, its options resolved, and the parameters that they came from.
    pub configuration: Option<(ConfigurationId, JobOptions, serde_json::Value)>,
    /// Wall-clock time of a document apart from its pages, and of each page, seconds.
    pub base_timeout_s: Option<u32>,
    pub page_timeout_s: Option<u32>,
    /// How this retry is recognised when it is sent again.
    pub once: Option<Once>,
}

/// Items of a batch by where they are. `total` is the sum of the others and `open()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchCounts {
    pub total: u32,
    pub completed: u32,
    pub failed: u32,
    pub cancelled: u32,
    /// Items for which no job could be made.
    pub without_job: u32,
    /// Of `completed`: items whose file had been read before, so that its result was used again.
    pub reused: u32,
}

impl BatchCounts {
    /// Jobs that wait or run.
    pub const fn open(self) -> u32 {
        self.total.saturating_sub(self.completed + self.failed + self.cancelled + self.without_job)
    }
}

/// What a batch says beside its own row, of its items as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchFacts {
    /// Jobs that a worker has.
    pub running: u32,
    /// When the first of the jobs that wait is due.
    pub next_due: Option<Timestamp>,
    /// Why a waiting job's last try failed, if one failed.
    pub last_failure: Option<Code>,
    /// Failed items by code, the most frequent first.
    pub errors: Vec<ErrorGroup>,
}

/// Items that failed with one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorGroup {
    pub code: Code,
    pub count: u32,
    /// Display name of the first of them, and its sentence.
    pub file: String,
    pub message: String,
}

/// One file of a batch. A failed or cancelled job leaves both a job and a failure (design section 2, "Results").
#[derive(Debug, Clone)]
pub struct BatchItem {
    pub directory_file: DirectoryFileId,
    pub display_name: String,
    pub unique_id: String,
    pub job: Option<(JobId, JobStatus)>,
    /// The job that the item had before its last retry.
    pub retried_from: Option<JobId>,
    /// When its job ended.
    pub ended_at: Option<Timestamp>,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    pub status: Option<BatchStatus>,
    pub directory: Option<DirectoryId>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}
