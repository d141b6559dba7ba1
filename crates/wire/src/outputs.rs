//! A finished job as files: what stands in `NAME.md`, `NAME.txt`, `NAME.json` and `NAME.extract.json`, and the line of
//! `manifest.jsonl`. Page by page, so that nobody has to hold a document; the command line and the export of a batch
//! write the same bytes.

use docmill_model::document::PageOutcome;
use docmill_model::options::{ExtractOptions, JobOptions};
use docmill_model::results::Extraction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{extract, pages};

pub const MANIFEST: &str = "manifest.jsonl";
/// Ending of the one file of an extraction.
pub const EXTRACTION: &str = "extract.json";

/// One way to write the pages of a document down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Markdown,
    /// Columns kept.
    Text,
    /// `items` and `metadata` as the API answers them, a page a line.
    Json,
}

/// One run over the pages of a document: what comes before them, each of them, what comes after.
pub struct Pass {
    pub before: &'static str,
    /// True for the first page.
    pub page: fn(bool, &PageOutcome) -> String,
    pub after: &'static str,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Text, Self::Json];

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Json => "json",
        }
    }

    /// All that the options' tier makes; none for an extraction.
    pub fn of(options: &JobOptions) -> Vec<Self> {
        let JobOptions::Parse(parse) = options else { return Vec::new() };
        Self::ALL.into_iter().filter(|form| parse.tier.has_layout() || *form != Self::Markdown).collect()
    }

    /// Runs to be made one after the other; two instead of one list in memory.
    pub const fn passes(self) -> &'static [Pass] {
        match self {
            Self::Markdown => &[Pass { before: "", page: markdown, after: "" }],
            Self::Text => &[Pass { before: "", page: text, after: "" }],
            Self::Json => &[
                Pass { before: "{\"items\":{\"pages\":[", page: items, after: "\n" },
                Pass { before: "]},\"metadata\":{\"pages\":[", page: metadata, after: "\n]}}\n" },
            ],
        }
    }
}

fn markdown(first: bool, page: &PageOutcome) -> String {
    words(first, page, |page| &page.markdown)
}

fn text(first: bool, page: &PageOutcome) -> String {
    words(first, page, |page| &page.text)
}

/// Pages with an empty line between them. A page that failed is named: a gap must not look like a blank page.
fn words(first: bool, page: &PageOutcome, part: fn(&docmill_model::document::Page) -> &str) -> String {
    let between = if first { "" } else { "\n" };
    match page {
        PageOutcome::Read(page) => format!("{between}{}\n", part(page).trim_end()),
        PageOutcome::Failed { number, error } => {
            format!("{between}<!-- page {number} could not be read: {error} -->\n")
        }
    }
}

fn items(first: bool, page: &PageOutcome) -> String {
    element(first, &pages::items(std::slice::from_ref(page)))
}

fn metadata(first: bool, page: &PageOutcome) -> String {
    element(first, &pages::metadata(std::slice::from_ref(page)))
}

/// The only page of a rendered form, as an element of a list with a line each.
fn element(first: bool, rendered: &Value) -> String {
    format!("{}{}", if first { "\n" } else { ",\n" }, rendered["pages"][0])
}

/// What stands in the file of an extraction.
pub fn extraction(extraction: &Extraction, options: &ExtractOptions) -> Value {
    let asked = extract::Asked::from(options);
    json!({
        "extract_result": extraction.data,
        "extract_metadata": extract::metadata(extraction, asked, None, options.parse.tier.as_str()),
    })
}

/// One file of a run or batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestLine {
    /// The input, relative to the folder that was named.
    pub path: String,
    /// `None` when the file could not be read at all.
    pub sha256: Option<String>,
    /// `COMPLETED`, `FAILED`, `CANCELLED`, or `PENDING` when the run was interrupted before it.
    pub status: String,
    /// For what failed: the stable code and its sentence.
    pub code: Option<String>,
    pub message: Option<String>,
    pub pages: u32,
    pub milliseconds: u64,
    pub job_id: Option<String>,
    /// Files written, relative to the output folder.
    pub outputs: Vec<String>,
    /// Codes of what was approximated or missing, each once.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl ManifestLine {
    /// As the manifest has it, with its end of line.
    pub fn encode(&self) -> Vec<u8> {
        let mut line = json!(self).to_string().into_bytes();
        line.push(b'\n');
        line
    }
}

/// A name that a caller gave, as a path inside an archive or folder: relative, with no way out of it and nothing that
/// another system reads as a separator.
pub fn safe_path(name: &str) -> String {
    let clean = name.replace(['\\', ':', '\0'], "_");
    let parts: Vec<&str> = clean.split('/').filter(|part| !["", ".", ".."].contains(part)).collect();
    if parts.is_empty() { "_".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use docmill_model::document::Page;

    use super::*;

    #[test]
    fn pages_are_joined_and_a_failed_one_is_named() {
        let read = |number, words: &str| {
            let (text, markdown) = (words.to_owned(), format!("# {words}\n"));
            PageOutcome::Read(Box::new(Page { number, text, markdown, ..Page::default() }))
        };
        let outcomes = [read(1, "One"), PageOutcome::Failed { number: 2, error: "X: y.".into() }, read(3, "Three")];
        let written = |form: Form| {
            let pass = |pass: &Pass| {
                let pages = outcomes.iter().enumerate().map(|(index, page)| (pass.page)(index == 0, page));
                format!("{}{}{}", pass.before, pages.collect::<String>(), pass.after)
            };
            form.passes().iter().map(pass).collect::<String>()
        };
        let failed = "<!-- page 2 could not be read: X: y. -->";
        assert_eq!(written(Form::Text), format!("One\n\n{failed}\n\nThree\n"));
        assert_eq!(written(Form::Markdown), format!("# One\n\n{failed}\n\n# Three\n"));
        let json: Value = serde_json::from_str(&written(Form::Json)).unwrap();
        assert_eq!(json["items"]["pages"].as_array().map(Vec::len), Some(3));
        assert_eq!(json["metadata"]["pages"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for (name, expected) in [
            ("a.pdf", "a.pdf"),
            ("2024/q1/a.pdf", "2024/q1/a.pdf"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("..\\..\\boot.ini", ".._.._boot.ini"),
            ("C:\\a", "C__a"),
            ("a//./b", "a/b"),
            ("..", "_"),
            ("", "_"),
        ] {
            assert_eq!(safe_path(name), expected, "{name}");
        }
    }
}
