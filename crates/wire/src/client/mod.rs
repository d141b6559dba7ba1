//! The other side of the wire: what docmill's own command line sends to a server, and what it reads of the answers.
//!
//! Answers are read leniently (contract 1.10): unknown fields are passed over, and what may be absent is optional.

pub mod requests;

use std::collections::BTreeMap;

use docmill_model::Product;
use serde::Deserialize;
use serde_json::Value;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Page {
    pub items: Vec<Value>,
    pub next_page_token: Option<String>,
}

/// Anything that has an id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Made {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Directory {
    pub id: String,
    pub name: String,
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub expires_at: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DirectoryFile {
    pub id: String,
    pub display_name: String,
    pub unique_id: String,
    #[serde(default)]
    pub file_id: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
    #[serde(default)]
    pub download_url: Option<Link>,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub purpose: Option<String>,
    #[serde(default)]
    pub last_modified_at: Option<String>,
}

/// A link to bytes that needs no key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Link {
    pub url: String,
}

/// A saved configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Configuration {
    pub id: String,
    pub name: String,
    pub product_type: Product,
    #[serde(default)]
    pub updated_at: Option<String>,
    pub parameters: Value,
}

/// A parse or extract job, in a list or by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Job {
    pub id: String,
    pub status: String,
    /// Parse jobs: the file's name.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub tier: Option<String>,
    /// Extract jobs: the file or parse job that was named.
    #[serde(default)]
    pub file_input: Option<String>,
    #[serde(default)]
    pub error_message: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
}

/// A saved webhook configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    pub id: String,
    pub webhook_url: String,
    /// `None` = all.
    #[serde(default)]
    pub webhook_events: Option<Vec<String>>,
    #[serde(default)]
    pub has_secret: bool,
}

/// One event on its way to one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    pub id: String,
    pub event_type: String,
    pub target: String,
    pub state: String,
    pub attempts: u32,
    #[serde(default)]
    pub batch_id: Option<String>,
    #[serde(default)]
    pub job_id: Option<String>,
    #[serde(default)]
    pub error_message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Batch {
    pub id: String,
    pub status: String,
    pub source_directory_id: String,
    pub config: BatchConfig,
    #[serde(default)]
    pub results: Option<Vec<BatchResult>>,
    #[serde(default)]
    pub counts: Option<Counts>,
    #[serde(default)]
    pub progress: Option<f64>,
    #[serde(default)]
    pub eta_seconds: Option<u64>,
    #[serde(default)]
    pub waiting_reason: Option<String>,
    #[serde(default)]
    pub error_summary: Vec<ErrorSummary>,
    #[serde(default)]
    pub error_message: Option<String>,
    #[serde(default)]
    pub created_at: Option<String>,
}

impl Batch {
    /// Whether nothing more happens to the batch by itself.
    pub fn is_terminal(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "FAILED" | "CANCELLED")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BatchConfig {
    pub job: BatchJob,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BatchJob {
    #[serde(rename = "type")]
    pub product: Product,
    pub configuration_id: String,
}

/// One file of a batch. Neither reference nor message: no job yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BatchResult {
    pub source_directory_file_id: String,
    pub job_reference: Option<JobReference>,
    pub error_message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct JobReference {
    #[serde(rename = "type")]
    pub product: Product,
    pub id: String,
}

/// Items by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub total: u64,
    pub pending: u64,
    pub running: Option<u64>,
    pub completed: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub without_job: u64,
}

impl Counts {
    /// Items that have ended in any way.
    pub const fn ended(self) -> u64 {
        self.completed + self.failed + self.cancelled + self.without_job
    }

    /// Items that have ended without an output.
    pub const fn lost(self) -> u64 {
        self.failed + self.cancelled + self.without_job
    }
}

/// What went wrong with some files of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ErrorSummary {
    pub code: String,
    pub count: u64,
    pub example: Option<ErrorExample>,
    #[serde(default)]
    pub advice: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ErrorExample {
    pub display_name: String,
    pub error_message: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct ErrorBody {
    detail: Value,
    #[serde(default)]
    code: Option<String>,
}

/// Why the server refused: its own sentence and, when it is docmill, the stable code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub sentence: String,
    pub code: Option<String>,
}

impl Refused {
    /// Reads both forms of `detail` (contract 1.8). Anything else is not from such a server: `None`.
    pub fn read(body: &[u8]) -> Option<Self> {
        let body: ErrorBody = serde_json::from_slice(body).ok()?;
        let sentence = match &body.detail {
            Value::String(sentence) => sentence.clone(),
            Value::Array(fields) => fields.iter().map(field).collect::<Vec<_>>().join("; "),
            other => other.to_string(),
        };
        Some(Self { sentence, code: body.code })
    }
}

/// `config.job: Field required`: the place without the part of the request, then the message without pydantic's prefix.
fn field(error: &Value) -> String {
    let steps = error["loc"].as_array().into_iter().flatten().skip(1).map(|step| match step {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    });
    let place = steps.collect::<Vec<_>>().join(".");
    let message = error["msg"].as_str().unwrap_or_default();
    let message = message.strip_prefix("Value error, ").unwrap_or(message);
    if place.is_empty() { message.to_owned() } else { format!("{place}: {message}") }
}

/// `CODE: sentence` of `error_message` fields, in its two parts. A foreign server may send a sentence alone.
pub fn code_and_sentence(message: &str) -> (Option<&str>, &str) {
    let is_code = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    match message.split_once(": ") {
        Some((code, sentence)) if is_code(code) => (Some(code), sentence),
        _ => (None, message),
    }
}

/// Pages of a parse result in the forms that `expand` asked for.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct ParseResult {
    pub markdown: Option<Pages>,
    pub text: Option<Pages>,
    pub items: Option<Value>,
    pub metadata: Option<Value>,
    pub job_metadata: Option<JobMetadata>,
    pub images_content_metadata: Option<Images>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Pages {
    pub pages: Vec<PageText>,
}

/// A page of `markdown` or `text`; one that failed has `error`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct PageText {
    pub page_number: u32,
    pub markdown: String,
    pub text: String,
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct JobMetadata {
    pub pages: u32,
    pub elapsed_ms: u64,
    pub warnings: Vec<WarningCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct WarningCode {
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Images {
    pub images: Vec<Image>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Image {
    pub filename: String,
    pub presigned_url: Option<String>,
}

/// Codes of the warnings of all pages, from the `metadata` of a parse result.
pub fn page_warnings(metadata: &Value) -> Vec<String> {
    let pages = metadata["pages"].as_array().into_iter().flatten();
    let warnings = pages.flat_map(|page| page["warnings"].as_array().into_iter().flatten());
    warnings.filter_map(|warning| Some(warning["code"].as_str()?.to_owned())).collect()
}

/// The text of every page of a `.json` output by page number: the markdown of its items, or why it failed.
pub fn page_texts(output: &Value) -> BTreeMap<u32, String> {
    let pages = output["items"]["pages"].as_array().into_iter().flatten();
    let page = |page: &Value| {
        let number = u32::try_from(page["page_number"].as_u64()?).ok()?;
        let items = page["items"].as_array().into_iter().flatten().filter_map(|item| item["md"].as_str());
        let text = page["error"].as_str().map_or_else(|| items.collect::<Vec<_>>().join("\n\n"), ToOwned::to_owned);
        Some((number, text))
    };
    pages.filter_map(page).collect()
}

/// What an extract job found.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Extraction {
    pub extract_result: Value,
    #[serde(default)]
    pub extract_metadata: Value,
    #[serde(default)]
    pub metadata: Option<ExtractUsage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ExtractUsage {
    pub usage: BTreeMap<String, Value>,
}

impl Extraction {
    pub fn pages(&self) -> u32 {
        let usage = self.metadata.as_ref().and_then(|metadata| metadata.usage.get("num_pages_extracted"));
        usage.and_then(Value::as_u64).and_then(|pages| u32::try_from(pages).ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_an_error_are_one_sentence() {
        let check = |body: Value, expected: Option<(&str, Option<&str>)>| {
            let read = Refused::read(body.to_string().as_bytes());
            let read = read.as_ref().map(|refused| (refused.sentence.as_str(), refused.code.as_deref()));
            assert_eq!(read, expected, "{body}");
        };
        check(json!({"detail": "No.", "code": "NOT_FOUND"}), Some(("No.", Some("NOT_FOUND"))));
        let fields = json!([
            {"type": "missing", "loc": ["body", "config", "job"], "msg": "Field required", "input": {}},
            {"type": "value_error", "loc": ["body", "rules", 2], "msg": "Value error, too long", "input": 1},
        ]);
        check(json!({ "detail": fields }), Some(("config.job: Field required; rules.2: too long", None)));
        check(json!({"error": "x"}), None);
        assert_eq!(Refused::read(b"<html>"), None);
    }

    #[test]
    fn messages_have_a_code_or_not() {
        for (message, expected) in [
            ("EMPTY_FILE: It is empty.", (Some("EMPTY_FILE"), "It is empty.")),
            ("Something: else", (None, "Something: else")),
            ("plain", (None, "plain")),
        ] {
            assert_eq!(code_and_sentence(message), expected);
        }
    }
}
