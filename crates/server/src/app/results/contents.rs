//! Links to whole forms of a result, and the files behind them, rendered when they are read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use docmill_model::results::OUTPUT_PDF;
use docmill_model::{Code, JobId};
use docmill_store::blobs::Blobs;
use docmill_store::{Job, StoreError, StoreResult};
use docmill_wire::result_files::{self as files, Entry, Form, FormWriter};
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde_json::Value;

use super::{chunks, finished, read_pages};
use crate::app::links::{Links, Target};
use crate::app::{App, AppResult};

/// Sizes that are remembered. A result never changes, so a size is right for as long as its job is there.
const SIZES_MAX: usize = 10_000;
/// Bytes of a stored file that are sent at a time.
const PIECE_BYTES: u64 = 1024 * 1024;

/// Sizes of forms in bytes: known once the form was rendered to its end.
#[derive(Default)]
pub struct Sizes(Mutex<HashMap<(JobId, Form), u64>>);

impl Sizes {
    fn get(&self, job: JobId, form: Form) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(job, form)).copied()
    }

    fn keep(&self, job: JobId, form: Form, bytes: u64) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sizes.len() >= SIZES_MAX {
            sizes.clear();
        }
        sizes.insert((job, form), bytes);
    }
}

/// `result_content_metadata` of a finished job. Sizes are those of the files as they are sent: each is counted by
/// rendering it, once.
pub(super) async fn entries(app: &App, job: &Job, asked: &[Form], links: &Links) -> AppResult<Value> {
    let options = job.options.parse();
    if finished(job).is_none() {
        return Ok(Value::Null);
    }
    let mut found = Vec::new();
    for form in files::needed(asked, options) {
        let (size_bytes, url) = match form.exists(options) && is_made(job, form) {
            true => {
                let target = Target::Form { project: job.project, job: job.id, form };
                (size(app, job, form).await?, Some(links.presigned(&target).url))
            }
            false => (0, None),
        };
        found.push(Entry { form, size_bytes, url });
    }
    Ok(files::contents(asked, &found))
}

/// Whether the job has what its options let it have: not every document becomes a PDF.
fn is_made(job: &Job, form: Form) -> bool {
    let assets = job.result.iter().flat_map(|result| &result.assets);
    form != Form::OutputPdf || assets.into_iter().any(|asset| asset.name == OUTPUT_PDF)
}

async fn size(app: &App, job: &Job, form: Form) -> AppResult<u64> {
    if let Some(bytes) = app.sizes.get(job.id, form) {
        return Ok(bytes);
    }
    let Some(file) = file(app, job, form) else { return Ok(0) };
    let bytes = file.try_fold(0, |sum, bytes| async move { Ok(sum + bytes.len() as u64) }).await?;
    app.sizes.keep(job.id, form, bytes);
    Ok(bytes)
}

/// The file of a form, a few pages at a time; `None` when the job does not have it.
pub fn file(app: &App, job: &Job, form: Form) -> Option<impl Stream<Item = StoreResult<Bytes>> + Send + use<>> {
    let (result, outputs) = finished(job)?;
    let options = job.options.parse();
    if !form.exists(options) || !is_made(job, form) {
        return None;
    }
    if form == Form::OutputPdf {
        let key = format!("{outputs}/assets/{OUTPUT_PDF}");
        let stored = Stored { blobs: app.blobs.clone(), key, at: 0 };
        return Some(futures_util::stream::try_unfold(stored, Stored::step).left_stream());
    }
    let writing = Writing {
        blobs: app.blobs.clone(),
        key: format!("{outputs}/pages.jsonl"),
        job: job.id,
        form,
        chunks: chunks(&result.page_offsets).into_iter(),
        writer: Some(FormWriter::new(form, options)),
        begun: false,
    };
    Some(
        futures_util::stream::try_unfold(writing, |mut writing| async move {
            Ok(writing.next().await?.map(|bytes| (bytes, writing)))
        })
        .right_stream(),
    )
}

/// A file that is kept as it is sent.
struct Stored {
    blobs: Blobs,
    key: String,
    at: u64,
}

impl Stored {
    async fn step(mut self) -> StoreResult<Option<(Bytes, Self)>> {
        let bytes = self.blobs.get_range(&self.key, self.at..self.at + PIECE_BYTES).await?;
        let bytes = bytes.ok_or_else(gone)?;
        self.at += bytes.len() as u64;
        Ok((!bytes.is_empty()).then_some((bytes, self)))
    }
}

/// Retention or a delete swept the outputs meanwhile: half a file must not look whole.
fn gone() -> StoreError {
    StoreError::refused(Code::NotFound, "The result was deleted while it was read.")
}

struct Writing {
    blobs: Blobs,
    key: String,
    job: JobId,
    form: Form,
    chunks: std::vec::IntoIter<(u64, u64)>,
    writer: Option<FormWriter>,
    begun: bool,
}

impl Writing {
    /// The next bytes, never none at all: an empty piece would end a body that is sent in pieces.
    async fn next(&mut self) -> StoreResult<Option<Bytes>> {
        while let Some(bytes) = self.step().await? {
            if !bytes.is_empty() {
                return Ok(Some(bytes.into()));
            }
        }
        Ok(None)
    }

    async fn step(&mut self) -> StoreResult<Option<Vec<u8>>> {
        let Some(writer) = self.writer.as_mut() else { return Ok(None) };
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(Some(writer.start()));
        }
        if let Some((start, end)) = self.chunks.next() {
            let pages = read_pages(&self.blobs, &self.key, start, end).await?;
            let pages = pages.ok_or_else(gone)?;
            return Ok(Some(writer.add(&pages)));
        }
        let end = self.writer.take().map(FormWriter::end).transpose();
        end.map_err(|error| StoreError::Corrupt(format!("{} of {}: {error}", self.form.name(), self.job)))
    }
}
