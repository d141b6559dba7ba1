//! Links to whole forms of a result, and the files behind them, rendered when they are read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use docmill_model::results::OUTPUT_PDF;
use docmill_model::{Code, JobId};
use docmill_store::blobs::Blobs;
use docmill_store::{Job, StoreError, StoreResult};
use docmill_wire::result_files::{self as files, Entry, Form, FormWriter};
use futures_util::{Stream, TryStreamExt};
use serde_json::Value;

use super::{chunks, finished, read_pages};
use crate::app::links::{Links, Target};
use crate::app::{App, AppResult};

/// Sizes that are remembered. A result never changes, so a size is right for as long as its job is there.
const SIZES_MAX: usize = 10_000;

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
    let Some((result, _)) = finished(job) else { return Ok(Value::Null) };
    let mut found = Vec::new();
    for form in files::needed(asked, options) {
        let pdf = result.assets.iter().find(|asset| form == Form::OutputPdf && asset.name == OUTPUT_PDF);
        let (size_bytes, url) = match (pdf, form.exists(options)) {
            (Some(asset), _) => {
                let name = format!("assets/{OUTPUT_PDF}");
                let target = Target::Asset { project: job.project, job: job.id, name };
                (asset.bytes, Some(links.presigned(&target).url))
            }
            (None, true) => {
                let target = Target::Form { project: job.project, job: job.id, form };
                (size(app, job, form).await?, Some(links.presigned(&target).url))
            }
            (None, false) => (0, None),
        };
        found.push(Entry { form, size_bytes, url });
    }
    Ok(files::contents(asked, &found))
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
    if !form.exists(options) {
        return None;
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
    Some(futures_util::stream::try_unfold(writing, |mut writing| async move {
        Ok(writing.next().await?.map(|bytes| (bytes, writing)))
    }))
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
            // Retention or a delete swept the outputs meanwhile: half a file must not look whole.
            let gone = || StoreError::refused(Code::NotFound, "The result was deleted while it was read.");
            let pages = pages.ok_or_else(gone)?;
            return Ok(Some(writer.add(&pages)));
        }
        let end = self.writer.take().map(FormWriter::end).transpose();
        end.map_err(|error| StoreError::Corrupt(format!("{} of {}: {error}", self.form.name(), self.job)))
    }
}
