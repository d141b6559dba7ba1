//! Parse jobs as they are answered.

use std::collections::BTreeMap;

use docmill_model::options::ParseOptions;
use docmill_model::results::JobResult;
use docmill_model::{JobId, JobStatus, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::shapes;
use crate::render::printed;

/// A parse job: the answer of create and cancel, and an entry of the list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ParseJob {
    #[serde(serialize_with = "printed")]
    pub id: JobId,
    pub project_id: ProjectId,
    pub status: JobStatus,
    /// The file's name.
    pub name: Option<String>,
    pub tier: Option<String>,
    /// `CODE: sentence`, for FAILED.
    pub error_message: Option<String>,
    pub user_metadata: BTreeMap<String, String>,
    /// Only with `expand=usage`.
    pub usage: Option<Usage>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
}

/// docmill bills nothing: null.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
pub struct Usage {
    pub credits: Option<f64>,
}

/// What `expand` asked for and the job has; the rest is null, also on jobs that are not done (contract 0.7).
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
pub struct Expanded {
    #[schemars(schema_with = "shapes::text")]
    pub text: Option<Value>,
    pub text_full: Option<String>,
    #[schemars(schema_with = "shapes::markdown")]
    pub markdown: Option<Value>,
    pub markdown_full: Option<String>,
    #[schemars(schema_with = "shapes::items")]
    pub items: Option<Value>,
    #[schemars(schema_with = "shapes::metadata")]
    pub metadata: Option<Value>,
    /// Only of jobs with `processing_options.forms: enrich`: the fields of PDF forms.
    #[schemars(schema_with = "shapes::forms")]
    pub forms: Option<Value>,
    pub job_metadata: Option<Value>,
    pub raw_parameters: Option<Value>,
    #[schemars(schema_with = "shapes::images")]
    pub images_content_metadata: Option<Value>,
    #[schemars(schema_with = "shapes::contents")]
    pub result_content_metadata: Option<Value>,
}

/// GET /api/v2/parse/{id}. LlamaCloud nests the job under `job`; its fields are repeated at the top level so that
/// the user's own sample, which reads `job.status`, works (contract 0.2).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ParseResult {
    job: ParseJob,
    #[serde(flatten)]
    repeated: ParseJob,
    #[serde(flatten)]
    expanded: Expanded,
}

/// Puts a job and its expanded parts together.
pub fn result(job: ParseJob, expanded: Expanded) -> ParseResult {
    ParseResult { repeated: job.clone(), job, expanded }
}

/// `job_metadata`: what was asked, what ran, and what the caller must know about the whole document.
/// `reused_from` is the job that read the file, when its result was used again: the times are that job's.
pub fn job_metadata(options: &ParseOptions, result: &JobResult, reused_from: Option<JobId>) -> Value {
    let (document, stages) = (&result.document, &result.stages);
    let page_time = |(number, ms): &(u32, u32)| json!({"page_number": number, "elapsed_ms": ms});
    json!({
        "tier": options.tier,
        "version": options.version,
        "engine": result.engine,
        "document": {"kind": document.kind, "title": document.title, "page_count": document.page_count},
        "pages": result.pages,
        "pages_failed": result.pages_failed,
        "pages_ocr": result.pages_ocr,
        "elapsed_ms": result.elapsed_ms,
        "stages_ms": stages,
        "page_times": result.page_times.iter().map(page_time).collect::<Vec<_>>(),
        "reused_from": reused_from.map(|job| job.to_string()),
        "not_followed": options.not_followed,
        "warnings": document.warnings,
    })
}
