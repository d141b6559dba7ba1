//! How single values are written in answers, and the page of a list.

use std::fmt::Display;

use docmill_model::{JobId, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A page of a list (contract 1.6). An empty page never carries a token: clients stop at it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_page_token: Option<String>,
    pub total_size: Option<u64>,
}

impl<T> Page<T> {
    pub const fn new(items: Vec<T>, next_page_token: Option<String>) -> Self {
        Self { items, next_page_token, total_size: None }
    }
}

/// The answer of a delete that answers anything (contract 2.5, 2.6).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DeletedJob {
    #[serde(serialize_with = "printed")]
    pub id: JobId,
    pub project_id: ProjectId,
}

/// Any value by its printed form: ids as text, instants as RFC 3339 with microseconds (contract 1.7).
pub(crate) fn printed<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(crate) fn printed_if<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// A link to bytes that needs no key (contract 2.3).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PresignedUrl {
    pub url: String,
    #[serde(serialize_with = "printed")]
    pub expires_at: Timestamp,
    /// Only for uploads; docmill gives download links only.
    pub form_fields: Option<()>,
}

impl PresignedUrl {
    pub const fn new(url: String, expires_at: Timestamp) -> Self {
        Self { url, expires_at, form_fields: None }
    }
}

/// Points with two decimals, so that a number of 32 bits does not show digits it does not have.
pub(crate) fn points(value: f32) -> Value {
    rounded(value, 100.0)
}

/// A score from 0 to 1 with three decimals.
pub(crate) fn score(value: f32) -> Value {
    rounded(value.clamp(0.0, 1.0), 1_000.0)
}

fn rounded(value: f32, steps: f64) -> Value {
    let rounded = (f64::from(value) * steps).round() / steps;
    // Whole numbers as integers: the same number, shorter.
    if rounded.fract() == 0.0 && rounded.abs() < 1e9 { Value::from(rounded as i64) } else { Value::from(rounded) }
}
