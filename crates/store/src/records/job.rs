use std::collections::BTreeMap;

use docmill_model::options::JobOptions;
use docmill_model::results::JobResult;
use docmill_model::{
    BatchId, ConfigurationId, DirectoryFileId, Failure, FileId, JobId, JobStatus, ProjectId, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Content, Listeners, Once, Reuse};

/// What a job reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum JobSource {
    File {
        file: FileId,
        /// The entry that the caller named, if it was one.
        directory_file: Option<DirectoryFileId>,
        /// Name of the file, for telling the format.
        name: String,
        content: Content,
    },
    /// A document on the web, fetched when the job runs.
    Url {
        url: String,
        /// The last part of the address, for telling the format before the server names the document.
        name: String,
        proxy: Option<String>,
    },
    /// Extraction from the pages of a finished parse job. `pages` is where they are (`Job::outputs`).
    ParseJob { job: uuid::Uuid, outputs: String, name: String },
}

impl JobSource {
    pub fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Url { name, .. } | Self::ParseJob { name, .. } => name,
        }
    }
}

#[derive(Debug, Clone)]
pub struct NewJob {
    pub project: ProjectId,
    pub options: JobOptions,
    /// What `options` were resolved from, to be shown on the job.
    pub parameters: Option<serde_json::Value>,
    pub configuration: Option<ConfigurationId>,
    pub source: JobSource,
    pub user_metadata: BTreeMap<String, String>,
    /// Which results are used again; `None` = every file is read.
    pub reuse: Option<Reuse>,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
    pub listeners: Listeners,
}

#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub project: ProjectId,
    pub batch: Option<BatchId>,
    pub status: JobStatus,
    pub options: JobOptions,
    /// The parameters that the job was made with, whatever happened to their configuration since.
    pub parameters: Option<serde_json::Value>,
    pub configuration: Option<ConfigurationId>,
    pub source: JobSource,
    pub user_metadata: BTreeMap<String, String>,
    pub failure: Option<Failure>,
    /// For COMPLETED, until retention deletes it.
    pub result: Option<JobResult>,
    /// The job that read the file, when this one took its result over.
    pub reused_from: Option<JobId>,
    /// Prefix in `Blobs` of the accepted attempt's outputs, when there is a result; the other job's when it was taken
    /// over.
    pub outputs: Option<String>,
    pub attempt: u32,
    pub strikes: u32,
    /// Pages done so far, as the last heartbeat said.
    pub pages_done: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    pub status: Option<JobStatus>,
    /// Empty = every job.
    pub ids: Vec<JobId>,
    pub configuration: Option<ConfigurationId>,
    /// File, directory file or parse job that the job reads, as a bare UUID.
    pub input: Option<uuid::Uuid>,
    pub input_kind: Option<InputKind>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// What kind of thing a job reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    File,
    ParseJob,
}

/// How many jobs may run at a time, and be started in a minute; `None` = any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// Of one project, unless its own shares say otherwise.
    pub project: Cap,
    /// Of one batch, or of the single jobs of a project.
    pub batch: Cap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cap {
    pub jobs_max: Option<u32>,
    pub jobs_per_minute: Option<u32>,
}

/// A leased job: everything a worker needs to run it.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    pub id: JobId,
    /// The fence: a finish or heartbeat of another attempt is refused.
    pub attempt: u32,
    pub project: ProjectId,
    pub batch: Option<BatchId>,
    pub options: JobOptions,
    pub source: JobSource,
    pub strikes: u32,
    /// Tries before this one, of any kind; the wait before the next try grows with it.
    pub tries: u32,
}

/// Prefix in `Blobs` of what one attempt writes: `outputs/<job>-<attempt>`. One folder, not two: every new folder
/// costs an fsync of its parent.
pub fn outputs_prefix(job: JobId, attempt: u32) -> String {
    format!("outputs/{}-{attempt}", job.uuid())
}

#[derive(Debug, Clone, Copy)]
pub struct Beat {
    pub job: JobId,
    pub attempt: u32,
    pub pages_done: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    Held,
    /// Still held; the caller wants the job to stop.
    CancelRequested,
    /// Not this attempt's any more: stop, the result will be refused.
    Lost,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub struct Finish {
    pub job: JobId,
    pub attempt: u32,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    Completed(JobResult),
    Failed(Failure),
    Cancelled,
    /// Back to the queue, due after `delay_ms`. `strike`: the document caused it.
    Retry {
        failure: Failure,
        strike: bool,
        delay_ms: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    pub pending: u64,
    pub running: u64,
    /// Age of the oldest job that is due and not claimed, milliseconds.
    pub oldest_due_ms: i64,
    /// When a worker last asked for work.
    pub last_claim: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputsToSweep {
    pub job: JobId,
    /// Attempts that were made; they count from 1.
    pub attempts: u32,
    /// The attempt whose outputs stay; `None` = nothing stays.
    pub keep_attempt: Option<u32>,
}
