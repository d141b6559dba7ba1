//! Extract jobs as they are answered.

use docmill_model::{ConfigurationId, JobId, JobStatus, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::render::{printed, printed_if};

/// An extract job, in every answer. `extract_result` needs no `expand`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExtractJob {
    #[serde(serialize_with = "printed")]
    pub id: JobId,
    pub project_id: ProjectId,
    /// What the caller named: a file or a parse job.
    pub file_input: String,
    pub status: JobStatus,
    pub configuration_id: Option<ConfigurationId>,
    /// Only with `expand=configuration`.
    pub configuration: Option<Value>,
    /// `CODE: sentence`, for FAILED.
    pub error_message: Option<String>,
    /// One object, or a list of them per page or row.
    pub extract_result: Option<Value>,
    /// With `expand=extract_metadata`, or when citations or confidence were asked for: `extract::metadata`.
    pub extract_metadata: Option<Value>,
    /// Only with `expand=metadata`.
    pub metadata: Option<JobMetadata>,
    /// Only with `expand=usage`.
    pub usage: Option<ExtractUsage>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobMetadata {
    pub usage: PagesUsage,
    /// The job that read the file, when its result was used again.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "printed_if")]
    pub reused_from: Option<JobId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PagesUsage {
    pub num_pages_extracted: u32,
    /// docmill bills nothing: 0.
    pub num_pages_billed: u32,
}

impl JobMetadata {
    pub const fn of_pages(num_pages_extracted: u32, reused_from: Option<JobId>) -> Self {
        Self { usage: PagesUsage { num_pages_extracted, num_pages_billed: 0 }, reused_from }
    }
}

/// docmill bills nothing: every figure is null.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
pub struct ExtractUsage {
    pub credits: Option<f64>,
    pub extract_credits: Option<f64>,
    pub parse_credits: Option<f64>,
}
