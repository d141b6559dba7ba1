//! Batches (contract 2.1), with docmill's additions `counts`, `progress`, `eta_seconds`, `waiting_reason`,
//! `error_summary`, `generation`, `error_message`, `started_at` and `finished_at` (design section 4, "Deviations by kindness").

use docmill_model::{
    BatchId, BatchStatus, Code, ConfigurationId, DirectoryFileId, DirectoryId, JobId, JobStatus, Product, ProjectId,
    Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::check::{self, Rule, may, must};
use crate::errors::FieldError;
use crate::forms;
use crate::given;
use crate::parse::TIMEOUTS;
use crate::render::{printed, printed_if};
use crate::webhooks;

/// Body of POST /api/v2/batches.
pub static CREATE: Rule = Rule::Object(&[
    must("source_directory_id", forms::DIRECTORY_ID),
    must(
        "config",
        Rule::Object(&[must(
            "job",
            Rule::Object(&[
                must("type", Rule::OneOf(&["parse_v2", "extract_v2"])),
                must("configuration_id", forms::CONFIGURATION_ID),
            ]),
        )]),
    ),
    may("webhook_configuration_ids", webhooks::IDS),
    may("webhook_configurations", webhooks::INLINE),
]);

/// POST /api/v2/batches.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateBatch {
    pub source_directory_id: DirectoryId,
    pub product: Product,
    pub configuration_id: ConfigurationId,
    /// Who is told of the batch.
    pub webhooks: webhooks::Asked,
}

impl CreateBatch {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&CREATE, body);
        errors.extend(webhooks::inline_errors(body, &["body".into()]));
        let text = |path| given::text(body, path).unwrap_or_default();
        let directory = text("source_directory_id").parse();
        let configuration = text("config.job.configuration_id").parse();
        match (directory, configuration, Product::from_text(&text("config.job.type"))) {
            (Ok(source_directory_id), Ok(configuration_id), Some(product)) if errors.is_empty() => {
                Ok(Self { source_directory_id, product, configuration_id, webhooks: webhooks::Asked::read(body) })
            }
            _ => Err(errors),
        }
    }
}

/// Body of POST /api/v2/batches/{id}/retry.
pub static RETRY: Rule = Rule::Object(&[
    may("codes", Rule::List { of: &Rule::Form(code), max: Code::ALL.len() }),
    may("include_cancelled", Rule::Bool),
    may("configuration_id", forms::CONFIGURATION_ID),
    may("timeouts", TIMEOUTS),
]);

fn code(text: &str) -> Result<(), String> {
    Code::from_text(text).map(|_| ()).ok_or_else(|| format!("`{text}` is no code of docmill, such as READER_TIMEOUT"))
}

/// POST /api/v2/batches/{id}/retry, docmill's own. Without a body everything that failed is retried as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetryBatch {
    /// Empty = every failed file.
    pub codes: Vec<Code>,
    pub include_cancelled: bool,
    pub configuration_id: Option<ConfigurationId>,
    pub base_timeout_s: Option<u32>,
    pub page_timeout_s: Option<u32>,
}

impl RetryBatch {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let errors = check::body(&RETRY, body);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            codes: given::texts(body, "codes").iter().filter_map(|text| Code::from_text(text)).collect(),
            include_cancelled: given::flag(body, "include_cancelled"),
            configuration_id: given::text(body, "configuration_id").and_then(|text| text.parse().ok()),
            base_timeout_s: given::int(body, "timeouts.base_in_seconds"),
            page_timeout_s: given::int(body, "timeouts.extra_time_per_page_in_seconds"),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Batch {
    pub id: BatchId,
    pub project_id: ProjectId,
    pub source_directory_id: DirectoryId,
    pub config: BatchConfig,
    pub status: BatchStatus,
    /// Only with `expand=results`.
    pub results: Option<Vec<BatchResult>>,
    pub counts: Counts,
    /// Share of the items that are terminal, 0 to 1: `Counts::progress`.
    pub progress: f64,
    /// Seconds until the last job ends, at the pace so far; null while nothing is known.
    pub eta_seconds: Option<u64>,
    /// `CODE: sentence` while the batch is open and nothing of it runs.
    pub waiting_reason: Option<String>,
    /// Failed files by code, the most frequent first.
    pub error_summary: Vec<ErrorSummary>,
    /// How often the batch was retried.
    pub generation: u32,
    /// Why the orchestration failed, for FAILED.
    pub error_message: Option<String>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
    #[serde(serialize_with = "printed_if")]
    pub started_at: Option<Timestamp>,
    #[serde(serialize_with = "printed_if")]
    pub finished_at: Option<Timestamp>,
}

/// What was asked: `{"job": {"type", "configuration_id"}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchConfig {
    pub job: BatchJob,
}

impl BatchConfig {
    pub const fn new(product: Product, configuration_id: ConfigurationId) -> Self {
        Self { job: BatchJob { product, configuration_id } }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchJob {
    #[serde(rename = "type")]
    pub product: Product,
    pub configuration_id: ConfigurationId,
}

/// One file of the batch. A failed job has both a reference and a message, because the user's document reads
/// failures from `error_message`; a file without a job has a message only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchResult {
    pub source_directory_file_id: DirectoryFileId,
    pub job_reference: Option<JobReference>,
    pub error_message: Option<String>,
    /// The job that this file had before the batch was retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retried_from: Option<JobReference>,
}

/// A file of a batch that has ended, as the stream of events tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileEvent {
    pub display_name: String,
    /// `None` when no job could be made.
    pub status: Option<JobStatus>,
    #[serde(flatten)]
    pub result: BatchResult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobReference {
    #[serde(rename = "type")]
    product: Product,
    #[serde(serialize_with = "printed")]
    id: JobId,
}

impl From<JobId> for JobReference {
    fn from(id: JobId) -> Self {
        Self { product: id.product, id }
    }
}

/// What went wrong with some files of a batch, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorSummary {
    pub code: Code,
    pub count: u32,
    pub example: ErrorExample,
    /// What to do.
    pub advice: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorExample {
    pub display_name: String,
    pub error_message: String,
}

/// Items by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Counts {
    pub total: u32,
    pub pending: u32,
    pub running: u32,
    pub completed: u32,
    pub failed: u32,
    pub cancelled: u32,
    /// Items for which no job could be made.
    pub without_job: u32,
    /// Of `completed`: files that were not read again, because their result was known.
    pub reused: u32,
}

impl Counts {
    /// Share of the items that are terminal, 0 to 1, rounded to 4 places. Nothing to do is all done.
    pub fn progress(self) -> f64 {
        let open = self.pending + self.running;
        if self.total == 0 {
            return 1.0;
        }
        let share = f64::from(self.total.saturating_sub(open)) / f64::from(self.total);
        (share * 10_000.0).round() / 10_000.0
    }
}
