//! What a finished job leaves: the result record (kept beside the job) and, for extraction, values with sources.
//!
//! Pages themselves are JSON lines (`document::PageOutcome`), one a line, under the job's outputs; the record
//! holds where each line starts, so one page can be read without the others.

use serde::{Deserialize, Serialize};

use crate::document::{BBox, DocumentInfo};

/// Name of the asset that is the document as a PDF (`ParseOptions::output_pdf`): its printed pages, which can be searched.
pub const OUTPUT_PDF: &str = "output.pdf";

/// Record of a finished job. Small; stored as JSON with the job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobResult {
    pub document: DocumentInfo,
    /// Pages in the result, failed ones included.
    pub pages: u32,
    pub pages_failed: u32,
    /// Pages that were read by OCR.
    pub pages_ocr: u32,
    /// Byte offset at which each page's line starts in `pages.jsonl`, ascending by page number, and the end at last.
    pub page_offsets: Vec<u64>,
    /// Names of the assets kept (pictures) with their sizes in bytes.
    pub assets: Vec<Asset>,
    /// `fingerprint::engine` of the worker that made it.
    pub engine: String,
    /// Time from claim to finish, milliseconds.
    pub elapsed_ms: u64,
    pub stages: Stages,
    /// Number of each page that came out, and the milliseconds that it took; ascending.
    pub page_times: Vec<(u32, u32)>,
    /// Some page or the document carries a warning that it lacks something (`Warning::is_lack`).
    pub lacks_something: bool,
}

impl JobResult {
    /// Whether the result is as good as reading the file again would give, so that others may use it.
    pub const fn is_reusable(&self) -> bool {
        self.pages_failed == 0 && !self.lacks_something
    }
}

/// What a job spent its time with, wall-clock milliseconds. `read` is the whole time in reader children; `page` and `ocr`
/// are within it, and as the next pages' OCR runs meanwhile they may sum up to more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stages {
    /// Getting the file from its URL.
    pub fetch: u32,
    /// Until a processor was free.
    pub wait: u32,
    pub read: u32,
    /// All pages that came out.
    pub page: u32,
    /// All runs of OCR.
    pub ocr: u32,
    /// Making the pages durable.
    pub write: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub name: String,
    pub bytes: u64,
}

/// What an extraction found. Stored as `extract.json` under the job's outputs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extraction {
    /// Follows the schema: one object per document, or one per page or row in an array.
    pub data: serde_json::Value,
    /// For every leaf that has a value, its path and its source.
    pub fields: Vec<FieldSource>,
    /// What could not be done, in sentences.
    pub warnings: Vec<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSource {
    /// Property names and array indexes from the root: `["items", 0, "price"]`.
    pub path: Vec<PathStep>,
    pub citations: Vec<Citation>,
    /// 0 to 1: how likely the value is what the schema asks for.
    pub extraction_confidence: f32,
    /// 0 to 1: how sure the words are (1 for a text layer, OCR's own figure otherwise).
    pub parsing_confidence: f32,
}

impl FieldSource {
    /// Both parts together.
    pub fn confidence(&self) -> f32 {
        self.extraction_confidence * self.parsing_confidence
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathStep {
    Index(usize),
    Name(String),
}

/// The words on a page that a value was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// From 1.
    pub page: u32,
    pub text: String,
    /// One box a line; empty where the format has no geometry.
    pub boxes: Vec<BBox>,
    /// Width and height of the page in points.
    pub page_size: Option<(f32, f32)>,
}

/// What was looked for and found for one field of a schema.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Names of properties with dots between: `seller.name`; for a result per page the page's index comes first.
    pub path: String,
    /// Labels that were looked for, surest first.
    pub labels: Vec<String>,
    /// What the lexicon knows the field as.
    pub concepts: Vec<String>,
    /// Best first.
    pub candidates: Vec<Explained>,
}

/// A value that a field could have had.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    pub value: serde_json::Value,
    /// 0 to 1: label, type and place together.
    pub score: f32,
    /// 0 to 1; of a candidate that was not chosen, what it would have had.
    pub confidence: f32,
    pub chosen: bool,
    /// The label as the page prints it, where there is one.
    pub label: Option<String>,
    /// One sentence: how it was found, and why it lost.
    pub why: String,
    pub citations: Vec<Citation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_times_is_read() {
        let stored = r#"{"pages":2,"pages_failed":0,"page_offsets":[0,5,9],"engine":"e","elapsed_ms":7}"#;
        let record: JobResult = serde_json::from_str(stored).unwrap();
        assert_eq!((record.pages, record.elapsed_ms, record.page_times.len()), (2, 7, 0));
        assert_eq!(record.stages, Stages::default());
    }
}
