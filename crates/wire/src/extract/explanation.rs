//! Why a field has its value: the answer to `GET /api/v2/extract/{job_id}/explain`, which is docmill's own.

use docmill_model::results::Explanation;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::metadata::citation;
use crate::render;

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExplainedField {
    /// As it was asked for.
    pub path: String,
    /// Labels that were looked for, surest first.
    pub labels: Vec<String>,
    /// What docmill's lexicon knows the field as.
    pub concepts: Vec<String>,
    /// Best first.
    pub candidates: Vec<ExplainedCandidate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExplainedCandidate {
    pub value: Value,
    /// 0 to 1: label, type and place together.
    pub score: f64,
    /// 0 to 1: what the value has, or would have had.
    pub confidence: f64,
    /// Whether it became the field's value.
    pub chosen: bool,
    /// The label as the page prints it.
    pub label: Option<String>,
    /// How it was found, and why it lost.
    pub why: String,
    /// As in `extract_metadata`.
    pub citation: Vec<Value>,
}

impl From<Explanation> for ExplainedField {
    fn from(told: Explanation) -> Self {
        let candidates = told.candidates.into_iter().map(|candidate| ExplainedCandidate {
            citation: candidate.citations.iter().map(|own| citation(own, false)).collect(),
            value: candidate.value,
            score: score(candidate.score),
            confidence: score(candidate.confidence),
            chosen: candidate.chosen,
            label: candidate.label,
            why: candidate.why,
        });
        Self { path: told.path, labels: told.labels, concepts: told.concepts, candidates: candidates.collect() }
    }
}

/// With three decimals, as in `extract_metadata`.
fn score(value: f32) -> f64 {
    render::score(value).as_f64().unwrap_or_default()
}
