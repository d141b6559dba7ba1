//! What the extraction's engine says about pages that were read: why a field has its value, which schema fits them.
//!
//! The binary gives the engine: the server itself knows neither documents nor how values are found.

use std::sync::Arc;

use docmill_model::document::{Page, PageOutcome};
use docmill_model::options::ExtractOptions;
use docmill_model::results::Explanation;
use docmill_model::{Code, Failure};
use serde_json::Value;

use super::results::read_pages;
use super::{App, AppError, AppResult};

/// Stored bytes of pages that one question is about at most: all of them are in memory while it is answered.
const PAGES_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Questions that are answered at a time: each takes a processor, and the workers want theirs.
pub const QUESTIONS_MAX: usize = 2;

/// `None` where the schema has no such field.
pub type Told = Result<Option<Explanation>, Failure>;

/// The engine's answers. Both are pure.
#[derive(Debug, Clone, Copy)]
pub struct Insight {
    /// `docmill_extract::explain`.
    pub explain: fn(&[Page], &ExtractOptions, &str) -> Told,
    /// `docmill_extract::draft`.
    pub draft: fn(&[Page], Option<&Value>) -> Result<Value, Failure>,
}

/// Asks the engine about the pages under `outputs`, on a thread of its own; failed pages are left out.
pub async fn ask<T: Send + 'static>(
    app: &App,
    outputs: &str,
    question: impl FnOnce(Vec<Page>) -> Result<T, Failure> + Send + 'static,
) -> AppResult<T> {
    let key = format!("{outputs}/pages.jsonl");
    let gone =
        || AppError::new(Code::NotUsable, "The pages that were read are not kept any more; read the file again.");
    let bytes = app.blobs.size(&key).await?.ok_or_else(gone)?;
    if bytes > PAGES_BYTES_MAX {
        let message = format!("The document has {bytes} bytes of pages; this looks at {PAGES_BYTES_MAX} at most.");
        return Err(AppError::new(Code::NotUsable, message));
    }
    let closed = |_| AppError::new(Code::Internal, "The server is stopping.");
    let permit = Arc::clone(&app.questions).acquire_owned().await.map_err(closed)?;
    let pages = read_pages(&app.blobs, &key, 0, bytes).await?.ok_or_else(gone)?;
    let read = pages.into_iter().filter_map(|page| match page {
        PageOutcome::Read(page) => Some(*page),
        PageOutcome::Failed { .. } => None,
    });
    let pages: Vec<Page> = read.collect();
    let work = tokio::task::spawn_blocking(move || {
        // A caller who went away does not free the place: the thread goes on.
        let _permit = permit;
        question(pages)
    });
    work.await.map_err(|_| AppError::from(Failure::from(Code::Internal)))?.map_err(AppError::from)
}
