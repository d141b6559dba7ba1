//! Stored files (contract 2.4).

use docmill_model::limits::Limits;
use docmill_model::{FileId, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::check::{self, Field, Rule, TEXT, may, reads_as};
use crate::errors::FieldError;
use crate::forms;
use crate::given;
use crate::references::Reference;
use crate::render::{PresignedUrl, printed_if};

/// What a file may be stored for. docmill keeps it and makes no difference.
pub const PURPOSES: [&str; 7] = ["user_data", "parse", "extract", "classify", "split", "sheet", "agent_app"];

/// How files may be listed: names and ids ascending, instants descending.
pub const ORDERS: [&str; 3] = ["name", "id", "created_at"];

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct File {
    pub id: FileId,
    pub name: String,
    pub project_id: ProjectId,
    pub external_file_id: Option<String>,
    /// Extension of the name, lower-case, without dot.
    pub file_type: Option<String>,
    pub purpose: String,
    #[serde(serialize_with = "printed_if")]
    pub last_modified_at: Option<Timestamp>,
    /// Null when the file stays.
    #[serde(serialize_with = "printed_if")]
    pub expires_at: Option<Timestamp>,
    /// With `expand=download_url`.
    pub download_url: Option<PresignedUrl>,
}

static FILTER: &[Field] = &[
    may("data_source_id", TEXT),
    may("external_file_id", Rule::Text { min: 0, max: usize::MAX }),
    may("file_ids", Rule::List { of: &forms::FILE, max: usize::MAX }),
    may("file_name", Rule::Text { min: 0, max: usize::MAX }),
    may("only_manually_uploaded", Rule::Bool),
    may("project_id", Rule::Form(reads_as::<ProjectId>)),
];
/// Body of POST /api/v1/beta/files/query.
pub static QUERY: Rule = Rule::Object(&[
    may("filter", Rule::Object(FILTER)),
    may("order_by", Rule::OneOf(&ORDERS)),
    may("page_size", Rule::Int { min: i64::MIN, max: i64::MAX }),
    may("page_token", TEXT),
]);

/// POST /api/v1/beta/files/query, the deprecated form of the list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryFiles {
    /// `None` = every file.
    pub files: Option<Vec<Reference>>,
    pub name: Option<String>,
    pub external_file_id: Option<String>,
    pub project: Option<ProjectId>,
    /// Files of a data source are wanted; docmill has none.
    pub of_data_source: bool,
    pub order_by: Option<String>,
    /// Within the limits: this call clamps instead of refusing.
    pub page_size: u32,
    pub page_token: Option<String>,
}

impl QueryFiles {
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let errors = check::body(&QUERY, body);
        if !errors.is_empty() {
            return Err(errors);
        }
        let page_size = given::value(body, "page_size").and_then(Value::as_i64);
        let clamped = |size: i64| u32::try_from(size.max(1)).unwrap_or(u32::MAX).min(limits.page_size_max);
        let ids = given::texts(body, "filter.file_ids");
        let files: Vec<_> = ids.iter().filter_map(|text| Reference::file(text).ok()).collect();
        Ok(Self {
            files: given::value(body, "filter.file_ids").map(|_| files),
            name: given::text(body, "filter.file_name"),
            external_file_id: given::text(body, "filter.external_file_id"),
            project: given::text(body, "filter.project_id").and_then(|text| text.parse().ok()),
            of_data_source: given::value(body, "filter.data_source_id").is_some(),
            order_by: given::text(body, "order_by"),
            page_size: page_size.map_or(limits.page_size_default, clamped),
            page_token: given::text(body, "page_token").filter(|token| !token.is_empty()),
        })
    }
}
