//! Results of finished jobs, read from where the runner put them and rendered at read.

mod contents;

pub use contents::{Sizes, file};

use docmill_model::document::PageOutcome;
use docmill_model::options::Tier;
use docmill_model::results::{Extraction, JobResult};
use docmill_model::{Code, JobStatus};
use docmill_store::blobs::Blobs;
use docmill_store::{Job, StoreError, StoreResult};
use docmill_wire::configurations::shown_parameters;
use docmill_wire::parse::{Expanded, job_metadata};
use docmill_wire::result_files::Form;
use docmill_wire::{form_fields, pages};
use serde_json::{Value, json};

use super::links::{Base, Links, Target};
use super::{App, AppError, AppResult};

/// Stored bytes of pages that one answer is made from at most; about 20,000 dense pages. An answer is built in
/// memory, so without a limit one request could take all of it.
const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Stored bytes of pages that are read and decoded at a time. A decoded page is several times its stored size (every
/// word has its box), and of all that only the rendered part is kept.
const CHUNK_BYTES: u64 = 4 * 1024 * 1024;

/// The parts of a parse result that a caller wants.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    text: bool,
    text_full: bool,
    markdown: bool,
    markdown_full: bool,
    items: bool,
    forms: bool,
    metadata: bool,
    job_metadata: bool,
    raw_parameters: bool,
    /// Links to pictures; empty names = all of them.
    images: Option<Vec<String>>,
    /// Links to whole forms.
    contents: Vec<Form>,
    pub usage: bool,
    /// Markdown or items in any form, links to them included.
    markdown_asked: bool,
    items_asked: bool,
}

impl Wanted {
    /// Unknown names are ignored: benchmarks ask for some that nobody documents (contract section 7).
    pub fn read(expand: &[String], image_filenames: Vec<String>) -> Self {
        let has = |name: &str| expand.iter().any(|value| value == name);
        Self {
            text: has("text"),
            text_full: has("text_full"),
            markdown: has("markdown"),
            markdown_full: has("markdown_full"),
            items: has("items"),
            forms: has("forms"),
            metadata: has("metadata"),
            job_metadata: has("job_metadata"),
            // The field has no expand value of its own (contract 3.5).
            raw_parameters: has("raw_parameters") || has("job_metadata"),
            images: has("images_content_metadata").then_some(image_filenames),
            contents: Form::ALL
                .into_iter()
                .filter(|form| expand.iter().any(|value| Form::asked_by(value) == Some(*form)))
                .collect(),
            usage: has("usage"),
            markdown_asked: expand.iter().any(|value| value.starts_with("markdown")),
            items_asked: expand.iter().any(|value| value.starts_with("items")),
        }
    }

    /// The fast tier makes neither markdown nor items; LlamaCloud says so in this sentence (contract 1.8, 3.5).
    pub fn refuse_on(&self, tier: Tier) -> AppResult<()> {
        let part = match (tier.has_layout(), self.markdown_asked, self.items_asked) {
            (false, true, _) => "Markdown",
            (false, false, true) => "Items",
            _ => return Ok(()),
        };
        let message = format!("{part} expansion is not available for FAST tier jobs.");
        Err(AppError::new(Code::TierLacksOutput, message))
    }

    const fn links(&self) -> bool {
        self.images.is_some() || !self.contents.is_empty()
    }

    const fn pages(&self) -> bool {
        let texts = self.text || self.text_full || self.markdown || self.markdown_full;
        texts || self.items || self.forms || self.metadata || self.images.is_some()
    }
}

/// The wanted parts of a job's result; none while it is not COMPLETED or when its outputs were swept. Links begin with
/// `base`.
pub async fn expanded(app: &App, job: &Job, mut wanted: Wanted, base: &Base) -> AppResult<Expanded> {
    wanted.forms &= Form::Forms.exists(job.options.parse());
    let raw_parameters = job.parameters.as_ref().filter(|_| wanted.raw_parameters).map(shown_parameters);
    let mut expanded = Expanded { raw_parameters, ..Expanded::default() };
    let Some((result, outputs)) = finished(job) else { return Ok(expanded) };
    if wanted.job_metadata {
        expanded.job_metadata = Some(job_metadata(job.options.parse(), result, job.reused_from));
    }
    let links = if wanted.links() { Some(Links::open(app, base).await?) } else { None };
    if let Some(links) = links.as_ref().filter(|_| !wanted.contents.is_empty()) {
        expanded.result_content_metadata = Some(contents::entries(app, job, &wanted.contents, links).await?);
    }
    if !wanted.pages() {
        return Ok(expanded);
    }
    let key = format!("{outputs}/pages.jsonl");
    let bytes = result.page_offsets.last().copied().unwrap_or(0);
    if bytes > ANSWER_BYTES_MAX {
        let message = format!(
            "The result has {bytes} bytes of pages; one answer holds at most {ANSWER_BYTES_MAX}. Expand the \
             `_content_metadata` of the same part and read it from its link."
        );
        return Err(AppError::new(Code::NotUsable, message));
    }
    let mut parts = Parts::new(wanted);
    let asset_link = |name: &str| {
        let bytes = result.assets.iter().find(|asset| asset.name == name)?.bytes;
        let target = Target::Asset { project: job.project, job: job.id, name: format!("assets/{name}") };
        Some((links.as_ref()?.presigned(&target).url, bytes))
    };
    for (start, end) in chunks(&result.page_offsets) {
        match read_pages(&app.blobs, &key, start, end).await? {
            Some(pages) => parts.add(pages),
            // Retention swept the outputs between reading the row and here.
            None => return Ok(expanded),
        }
    }
    parts.put_into(&mut expanded, asset_link);
    Ok(expanded)
}

/// What an extract job found; `None` while it is not COMPLETED or when its outputs were swept.
pub async fn extraction(app: &App, job: &Job) -> AppResult<Option<Extraction>> {
    let Some((_, outputs)) = finished(job) else { return Ok(None) };
    let key = format!("{outputs}/extract.json");
    let Some(bytes) = app.blobs.get(&key).await? else { return Ok(None) };
    Ok(Some(serde_json::from_slice(&bytes).map_err(|error| corrupt(&key, &error))?))
}

fn finished(job: &Job) -> Option<(&JobResult, &str)> {
    job.result.as_ref().zip(job.outputs.as_deref()).filter(|_| job.status == JobStatus::Completed)
}

/// Byte ranges of whole pages, each of about `CHUNK_BYTES` (one page at least).
pub fn chunks(offsets: &[u64]) -> Vec<(u64, u64)> {
    let mut chunks: Vec<(u64, u64)> = Vec::new();
    for page in offsets.windows(2) {
        match chunks.last_mut() {
            Some((start, end)) if page[1] - *start <= CHUNK_BYTES => *end = page[1],
            _ => chunks.push((page[0], page[1])),
        }
    }
    chunks
}

pub async fn read_pages(blobs: &Blobs, key: &str, start: u64, end: u64) -> StoreResult<Option<Vec<PageOutcome>>> {
    let Some(bytes) = blobs.get_range(key, start..end).await? else { return Ok(None) };
    let read = serde_json::Deserializer::from_slice(&bytes).into_iter().collect::<Result<_, _>>();
    Ok(Some(read.map_err(|error| corrupt(key, &error))?))
}

fn corrupt(key: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("{key} cannot be read: {error}"))
}

type Render = fn(&[PageOutcome]) -> Value;

/// Rendered pages, chunk by chunk.
#[derive(Default)]
struct Parts {
    wanted: Wanted,
    text: Vec<Value>,
    markdown: Vec<Value>,
    items: Vec<Value>,
    forms: Vec<Value>,
    text_full: Vec<String>,
    markdown_full: Vec<String>,
    /// Pages without their content: metadata speaks of the document as a whole, so it is rendered at the end.
    bare: Vec<PageOutcome>,
}

impl Parts {
    fn new(wanted: Wanted) -> Self {
        Self { wanted, ..Self::default() }
    }

    fn add(&mut self, outcomes: Vec<PageOutcome>) {
        let wanted = &self.wanted;
        let forms: [(bool, &mut Vec<Value>, Render); 4] = [
            (wanted.text, &mut self.text, pages::text),
            (wanted.markdown, &mut self.markdown, pages::markdown),
            (wanted.items, &mut self.items, pages::items),
            (wanted.forms, &mut self.forms, form_fields::forms),
        ];
        for (_, pages, render) in forms.into_iter().filter(|(wanted, ..)| *wanted) {
            pages.extend(rendered(render(&outcomes)));
        }
        let any_read = outcomes.iter().any(|outcome| matches!(outcome, PageOutcome::Read(_)));
        if wanted.text_full && any_read {
            self.text_full.push(pages::text_full(&outcomes));
        }
        if wanted.markdown_full {
            self.markdown_full.extend(Some(pages::markdown_full(&outcomes)).filter(|text| !text.is_empty()));
        }
        if wanted.metadata || wanted.images.is_some() {
            self.bare.extend(outcomes.into_iter().map(pages::bare));
        }
    }

    fn put_into(self, expanded: &mut Expanded, asset_link: impl Fn(&str) -> Option<(String, u64)>) {
        let wanted = &self.wanted;
        let form = |wanted: bool, pages: Vec<Value>| wanted.then(|| json!({ "pages": pages }));
        expanded.text = form(wanted.text, self.text);
        expanded.markdown = form(wanted.markdown, self.markdown);
        expanded.items = form(wanted.items, self.items);
        expanded.forms = form(wanted.forms, self.forms);
        expanded.text_full = wanted.text_full.then(|| self.text_full.join("\n\n"));
        expanded.markdown_full = wanted.markdown_full.then(|| self.markdown_full.join("\n\n"));
        expanded.images_content_metadata = wanted.images.as_ref().map(|names| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            pages::images(&self.bare, &names, asset_link)
        });
        expanded.metadata = wanted.metadata.then(|| pages::metadata(&self.bare));
    }
}

/// The pages of `{"pages": [...]}`.
fn rendered(mut form: Value) -> Vec<Value> {
    match form.get_mut("pages").map(Value::take) {
        Some(Value::Array(pages)) => pages,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_pages_and_cover_everything_once() {
        for (offsets, expected) in [
            (vec![], vec![]),
            (vec![0], vec![]),
            (vec![0, 10, 30], vec![(0, 30)]),
            (vec![0, CHUNK_BYTES, CHUNK_BYTES + 1], vec![(0, CHUNK_BYTES), (CHUNK_BYTES, CHUNK_BYTES + 1)]),
            (
                vec![0, 1, CHUNK_BYTES * 3, CHUNK_BYTES * 3 + 1],
                vec![(0, 1), (1, CHUNK_BYTES * 3), (CHUNK_BYTES * 3, CHUNK_BYTES * 3 + 1)],
            ),
        ] {
            assert_eq!(chunks(&offsets), expected, "{offsets:?}");
        }
    }

    #[test]
    fn only_the_fast_tier_lacks_markdown_and_items() {
        let check = |tier, expand: &[&str], refused: Option<&str>| {
            let expand: Vec<String> = expand.iter().map(|value| (*value).to_owned()).collect();
            let said = match Wanted::read(&expand, Vec::new()).refuse_on(tier) {
                Err(AppError::Failure(failure)) => Some(failure.message),
                _ => None,
            };
            assert_eq!(said.as_deref(), refused, "{tier:?} {expand:?}");
        };
        let markdown = "Markdown expansion is not available for FAST tier jobs.";
        check(Tier::Fast, &["text", "metadata", "text_full", "unknown"], None);
        check(Tier::Fast, &["text", "markdown"], Some(markdown));
        check(Tier::Fast, &["items", "markdown_content_metadata"], Some(markdown));
        check(Tier::Fast, &["items"], Some("Items expansion is not available for FAST tier jobs."));
        check(Tier::Agentic, &["markdown", "items"], None);
    }
}
