//! Changes of the files of a directory (contract 2.3).

use docmill_model::DirectoryId;
use docmill_model::limits::Limits;
use serde_json::{Map, Value};

use crate::check::{self, Rule, may, must};
use crate::directories::metadata_too_big;
use crate::errors::FieldError;
use crate::forms;
use crate::given;
use crate::references::Reference;

const METADATA: Rule = Rule::Map { of: &Rule::Plain, max: 1_000 };

/// Body of POST /api/v1/beta/directories/{id}/files.
pub static ADD: Rule = Rule::Object(&[
    must("file_id", forms::FILE),
    may("display_name", Rule::Name),
    may("unique_id", Rule::Name),
    may("metadata", METADATA),
]);
/// Body of PATCH /api/v1/beta/directories/{id}/files/{file}.
pub static UPDATE: Rule = Rule::Object(&[
    may("display_name", Rule::Name),
    may("unique_id", Rule::Name),
    may("metadata", METADATA),
    may("target_directory_id", forms::DIRECTORY_ID),
]);

/// POST /api/v1/beta/directories/{id}/files.
#[derive(Debug, Clone, PartialEq)]
pub struct AddDirectoryFile {
    pub file: Reference,
    pub display_name: Option<String>,
    pub unique_id: Option<String>,
    pub metadata: Map<String, Value>,
}

impl AddDirectoryFile {
    /// The lengths of names are the server's question.
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let errors = errors(&ADD, body, limits);
        let file = given::text(body, "file_id").and_then(|text| Reference::file(&text).ok());
        match file {
            Some(file) if errors.is_empty() => Ok(Self {
                file,
                display_name: given::text(body, "display_name"),
                unique_id: given::text(body, "unique_id"),
                metadata: given::object(body, "metadata").unwrap_or_default(),
            }),
            _ => Err(errors),
        }
    }
}

/// PATCH /api/v1/beta/directories/{id}/files/{file}: what is left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateDirectoryFile {
    pub display_name: Option<String>,
    pub unique_id: Option<String>,
    /// Replaces all of it.
    pub metadata: Option<Map<String, Value>>,
    /// The directory that the file goes to.
    pub target_directory: Option<DirectoryId>,
}

impl UpdateDirectoryFile {
    /// The lengths of names are the server's question.
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let errors = errors(&UPDATE, body, limits);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            display_name: given::text(body, "display_name"),
            unique_id: given::text(body, "unique_id"),
            metadata: given::object(body, "metadata"),
            target_directory: given::text(body, "target_directory_id").and_then(|text| text.parse().ok()),
        })
    }
}

fn errors(rule: &Rule, body: &Value, limits: &Limits) -> Vec<FieldError> {
    let mut errors = check::body(rule, body);
    errors.extend(given::object(body, "metadata").and_then(|map| metadata_too_big("metadata", &map, limits)));
    errors
}
