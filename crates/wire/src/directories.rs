//! Directories and their files (contract 2.2, 2.3).

use docmill_model::limits::Limits;
use docmill_model::{DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::check::{self, Rule, TEXT, may, must};
use crate::errors::{FieldError, Loc};
use crate::given;
use crate::render::{PresignedUrl, printed, printed_if};
use crate::schema;

/// Body of POST /api/v1/beta/directories.
pub static CREATE: Rule = Rule::Object(&[
    must("name", Rule::Text { min: 1, max: usize::MAX }),
    may("type", Rule::OneOf(&["user", "ephemeral"])),
    may("description", TEXT),
    may("system_metadata", Rule::AnyObject),
    may("connector_subscription_id", TEXT),
    may("expires_at", Rule::Instant),
]);

/// JSON Schema of `CREATE`: docmill has no connectors.
pub fn create_schema() -> Value {
    let mut schema = schema::of(&CREATE);
    schema["properties"]["connector_subscription_id"] = json!({"type": "null"});
    schema["properties"]["name"]["maxLength"] = json!(Limits::default().title_chars_max);
    schema
}

/// POST /api/v1/beta/directories.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateDirectory {
    pub name: String,
    /// `type` is `ephemeral`, not `user`.
    pub ephemeral: bool,
    pub description: Option<String>,
    pub system_metadata: Option<Map<String, Value>>,
    /// Only clients before 2.10 send it (contract 1.11). Whether it lies in the past is the server's question.
    pub expires_at: Option<Timestamp>,
}

impl CreateDirectory {
    /// Names of at most `title_chars_max`, metadata of at most `metadata_bytes_max`.
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&CREATE, body);
        errors.extend(text_too_long(body, "name", limits.title_chars_max));
        errors.extend(
            given::object(body, "system_metadata")
                .and_then(|metadata| metadata_too_big("system_metadata", &metadata, limits)),
        );
        if let Some(connector) = given::value(body, "connector_subscription_id") {
            let message = "Value error, docmill has no connectors; leave this field out";
            errors.push(FieldError::body("connector_subscription_id", message, connector));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            name: given::text(body, "name").unwrap_or_default(),
            ephemeral: given::text(body, "type").as_deref() == Some("ephemeral"),
            description: given::text(body, "description"),
            system_metadata: given::object(body, "system_metadata"),
            expires_at: given::text(body, "expires_at").and_then(|text| text.parse().ok()),
        })
    }
}

/// Body of PATCH /api/v1/beta/directories/{id}.
pub static UPDATE: Rule =
    Rule::Object(&[may("name", Rule::Text { min: 1, max: usize::MAX }), may("description", TEXT)]);

/// PATCH /api/v1/beta/directories/{id}: what is left out or null stays as it is; an empty description is none.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateDirectory {
    pub name: Option<String>,
    pub description: Option<String>,
}

impl UpdateDirectory {
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&UPDATE, body);
        errors.extend(text_too_long(body, "name", limits.title_chars_max));
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self { name: given::text(body, "name"), description: given::text(body, "description") })
    }
}

/// A text over a limit that the operator sets.
pub(crate) fn text_too_long(body: &Value, path: &str, chars_max: u32) -> Option<FieldError> {
    let text = given::value(body, path)?;
    check::at(&Rule::Text { min: 0, max: chars_max as usize }, text, crate::errors::body_loc(path))
        .into_iter()
        .find(|error| error.kind == "string_too_long")
}

/// Metadata over a limit that the operator sets; `field` is where it stands.
pub(crate) fn metadata_too_big(field: &str, metadata: &Map<String, Value>, limits: &Limits) -> Option<FieldError> {
    let bytes = serde_json::to_vec(metadata).map_or(0, |json| json.len());
    (bytes > limits.metadata_bytes_max as usize).then(|| {
        let message = format!("Value error, {bytes} bytes of metadata; at most {} are kept", limits.metadata_bytes_max);
        FieldError::body(field, message, &Value::Null)
    })
}

/// The `metadata` part of an upload: a text that holds a JSON object of plain values. An empty text is no metadata.
pub fn upload_metadata(text: &str, limits: &Limits) -> Result<Map<String, Value>, Vec<FieldError>> {
    let refuse =
        |message: String| vec![FieldError::body("metadata", format!("Value error, {message}"), &Value::from(text))];
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    if text.len() > limits.metadata_bytes_max as usize {
        return Err(refuse(format!(
            "{} bytes of metadata; at most {} are kept",
            text.len(),
            limits.metadata_bytes_max
        )));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| refuse(format!("not valid JSON: {error}")))?;
    let loc: Vec<Loc> = vec!["body".into(), "metadata".into()];
    let errors = check::at(&Rule::Map { of: &Rule::Plain, max: 1_000 }, &value, loc);
    match value {
        Value::Object(map) if errors.is_empty() => Ok(map),
        _ => Err(errors),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Directory {
    pub id: DirectoryId,
    pub name: String,
    pub project_id: ProjectId,
    /// `user` or `ephemeral`.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["user", "ephemeral"]))]
    pub kind: &'static str,
    pub description: Option<String>,
    #[serde(serialize_with = "printed_if")]
    pub expires_at: Option<Timestamp>,
    pub system_metadata: Option<Map<String, Value>>,
    /// Always null: docmill has no connectors.
    pub connector_subscription_id: Option<String>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
    #[serde(serialize_with = "printed_if")]
    pub deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DirectoryFile {
    pub id: DirectoryFileId,
    pub directory_id: DirectoryId,
    pub project_id: ProjectId,
    pub file_id: FileId,
    pub display_name: String,
    pub unique_id: String,
    pub metadata: Map<String, Value>,
    /// With `expand=download_url`.
    pub download_url: Option<PresignedUrl>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
    #[serde(serialize_with = "printed_if")]
    pub deleted_at: Option<Timestamp>,
}
