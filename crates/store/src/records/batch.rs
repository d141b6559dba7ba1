use docmill_model::options::JobOptions;
use docmill_model::{
    BatchId, BatchStatus, ConfigurationId, DirectoryFileId, DirectoryId, Failure, JobId, JobStatus, Product, ProjectId,
    Timestamp,
};

#[derive(Debug, Clone)]
pub struct NewBatch {
    pub project: ProjectId,
    pub directory: DirectoryId,
    pub configuration: ConfigurationId,
    /// The configuration, resolved: what every job of the batch will do, whatever happens to the configuration.
    pub options: JobOptions,
    pub files_max: u32,
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
    /// Why the orchestration failed, for FAILED.
    pub failure: Option<Failure>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
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
}

impl BatchCounts {
    /// Jobs that wait or run.
    pub const fn open(self) -> u32 {
        self.total.saturating_sub(self.completed + self.failed + self.cancelled + self.without_job)
    }
}

/// One file of a batch. A failed or cancelled job leaves both a job and a failure (design section 2, "Results").
#[derive(Debug, Clone)]
pub struct BatchItem {
    pub directory_file: DirectoryFileId,
    pub display_name: String,
    pub unique_id: String,
    pub job: Option<(JobId, JobStatus)>,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    pub status: Option<BatchStatus>,
    pub directory: Option<DirectoryId>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}
