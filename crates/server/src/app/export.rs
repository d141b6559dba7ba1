//! A batch as one download: a zip with the files that the command line writes, or a line of JSON a file.
//!
//! Everything passes in pieces of a few pages: neither a document nor the archive is ever held. What is still open when
//! the export begins is named in the manifest and has no result in it.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use docmill_model::document::PageOutcome;
use docmill_model::options::JobOptions;
use docmill_model::results::JobResult;
use docmill_model::{BatchId, Code, Failure, JobStatus, ProjectId};
use docmill_store::{BatchItem, Job, JobSource};
use docmill_wire::batches::FileEvent;
use docmill_wire::outputs::{self as files, Form, ManifestLine};
use docmill_wire::pages;
use futures_util::StreamExt;
use serde_json::{Map, Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::{App, AppError, AppResult, Caller, batches, results};

/// Pieces that wait for a slow client.
const PIECES: usize = 4;
/// Bytes of a piece, more or less.
const PIECE_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Zip,
    Jsonl,
}

impl Format {
    pub const NAMES: [&'static str; 2] = ["zip", "jsonl"];

    pub fn from_text(text: &str) -> Self {
        if text == "jsonl" { Self::Jsonl } else { Self::Zip }
    }
}

/// The pieces of the download, in order. An error among them is its end: the client must not take it for complete.
pub type Pieces = mpsc::Receiver<io::Result<Bytes>>;

/// Begins the export; it goes on as fast as the pieces are taken, and stops when nobody takes them.
pub async fn begin(app: &Arc<App>, caller: &Caller, id: BatchId, format: Format) -> AppResult<Pieces> {
    let items = app.store.batch_results(caller.project(), id).await?;
    let items = items.ok_or_else(|| AppError::not_found("batch", id))?;
    let permit = app.streams.clone().try_acquire_owned();
    let permit = permit.map_err(|_| AppError::Failure(Code::TooManyStreams.into()))?;
    let (to, pieces) = mpsc::channel(PIECES);
    let out = Out { app: app.clone(), project: caller.project(), buffer: Buffer::default(), to, _permit: permit };
    tokio::spawn(async move {
        let done = match format {
            Format::Zip => Box::pin(zip(&out, items)).await,
            Format::Jsonl => Box::pin(jsonl(&out, items)).await,
        };
        match done {
            Ok(()) => {}
            Err(Ended::Gone) => tracing::debug!(batch = %id, "the client left the export"),
            Err(Ended::Broken(error)) => {
                tracing::error!(batch = %id, ?error, "an export broke off");
                let _ = out.to.send(Err(io::Error::other("the export broke off"))).await;
            }
        }
    });
    Ok(pieces)
}

/// Why an export did not come to its end.
enum Ended {
    /// Nobody takes the pieces.
    Gone,
    Broken(AppError),
}

impl From<AppError> for Ended {
    fn from(error: AppError) -> Self {
        Self::Broken(error)
    }
}

impl From<docmill_store::StoreError> for Ended {
    fn from(error: docmill_store::StoreError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        tracing::error!(%error, "an export cannot be written");
        Self::Broken(AppError::Failure(Code::Internal.into()))
    }
}

impl From<zip::result::ZipError> for Ended {
    fn from(error: zip::result::ZipError) -> Self {
        Self::from(io::Error::other(error))
    }
}

type Going<T> = Result<T, Ended>;

/// Bytes that were written and not sent yet.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self, least: usize) -> Option<Bytes> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (bytes.len() > least).then(|| Bytes::from(std::mem::take(&mut *bytes)))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Out {
    app: Arc<App>,
    project: ProjectId,
    buffer: Buffer,
    to: mpsc::Sender<io::Result<Bytes>>,
    _permit: OwnedSemaphorePermit,
}

impl Out {
    /// Sends what was written when it is enough for a piece.
    async fn pass_on(&self) -> Going<()> {
        self.send(PIECE_BYTES).await
    }

    async fn end(&self) -> Going<()> {
        self.send(0).await
    }

    async fn send(&self, least: usize) -> Going<()> {
        match self.buffer.take(least) {
            Some(piece) => self.to.send(Ok(piece)).await.map_err(|_| Ended::Gone),
            None => Ok(()),
        }
    }

    async fn job(&self, item: &BatchItem) -> Going<Option<Job>> {
        match item.job {
            Some((id, _)) => Ok(self.app.store.job_get(self.project, id).await?),
            None => Ok(None),
        }
    }
}

/// The result of a job that completed and still has it.
fn finished(job: &Job) -> Option<(&JobResult, &str)> {
    job.result.as_ref().zip(job.outputs.as_deref()).filter(|_| job.status == JobStatus::Completed)
}

type Zip = ZipWriter<StreamWriter<Buffer>>;

async fn zip(out: &Out, items: Vec<BatchItem>) -> Going<()> {
    let mut zip = ZipWriter::new_stream(out.buffer.clone());
    let mut taken = HashSet::from([files::MANIFEST.to_owned()]);
    let mut manifest = Vec::new();
    for item in items {
        let path = free_path(&item.display_name, &mut taken);
        let job = out.job(&item).await?;
        let mut line = manifest_line(path, &item, job.as_ref());
        if let Some(job) = &job
            && let Some((result, outputs)) = finished(job)
        {
            zip_file(out, &mut zip, job, result, outputs, &mut line).await?;
        }
        manifest.extend(line.encode());
    }
    begin_file(&mut zip, files::MANIFEST)?;
    zip.write_all(&manifest)?;
    zip.finish()?;
    out.end().await
}

/// Every output of one file, with its name and the codes of its warnings noted on its line.
async fn zip_file(
    out: &Out,
    zip: &mut Zip,
    job: &Job,
    result: &JobResult,
    outputs: &str,
    line: &mut ManifestLine,
) -> Going<()> {
    if let JobOptions::Extract(options) = &job.options {
        let Some(extraction) = results::extraction(&out.app, job).await? else { return Ok(()) };
        let name = format!("{}.{}", line.path, files::EXTRACTION);
        begin_file(zip, &name)?;
        writeln!(zip, "{:#}", files::extraction(&extraction, options))?;
        line.outputs.push(name);
        return out.pass_on().await;
    }
    let mut warnings: BTreeSet<String> = line.warnings.drain(..).collect();
    for form in Form::of(&job.options) {
        let name = format!("{}.{}", line.path, form.extension());
        begin_file(zip, &name)?;
        for pass in form.passes() {
            zip.write_all(pass.before.as_bytes())?;
            let mut first = true;
            for (start, end) in results::chunks(&result.page_offsets) {
                for page in pages_between(out, outputs, start, end).await? {
                    zip.write_all((pass.page)(first, &page).as_bytes())?;
                    first = false;
                    if let PageOutcome::Read(page) = page {
                        warnings.extend(page.warnings.into_iter().map(|warning| warning.code));
                    }
                }
                out.pass_on().await?;
            }
            zip.write_all(pass.after.as_bytes())?;
        }
        line.outputs.push(name);
    }
    line.warnings = warnings.into_iter().collect();
    for asset in &result.assets {
        let name = format!("{}.images/{}", line.path, files::safe_path(&asset.name));
        let Some((_, mut bytes)) = out.app.blobs.stream(&format!("{outputs}/assets/{}", asset.name)).await? else {
            continue;
        };
        begin_file(zip, &name)?;
        while let Some(piece) = bytes.next().await {
            zip.write_all(&piece?)?;
            out.pass_on().await?;
        }
        line.outputs.push(name);
    }
    Ok(())
}

fn begin_file(zip: &mut Zip, name: &str) -> Going<()> {
    // Sizes are not known before: the long form fits any.
    Ok(zip.start_file(name, SimpleFileOptions::default().large_file(true))?)
}

/// Retention may sweep outputs at any moment: then the export breaks off rather than miss pages in silence.
async fn pages_between(out: &Out, outputs: &str, start: u64, end: u64) -> Going<Vec<PageOutcome>> {
    let pages = results::read_pages(&out.app.blobs, &format!("{outputs}/pages.jsonl"), start, end)
        .await
        .map_err(AppError::from)?;
    pages.ok_or_else(|| Ended::Broken(AppError::new(Code::NotUsable, "The result is not kept any more.")))
}

/// The name as a path in the archive that no other file has.
fn free_path(name: &str, taken: &mut HashSet<String>) -> String {
    let path = files::safe_path(name);
    let mut free = path.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{path} ({number})");
        number += 1;
    }
    free
}

fn manifest_line(path: String, item: &BatchItem, job: Option<&Job>) -> ManifestLine {
    let status = item.job.map_or(JobStatus::Failed, |(_, status)| status);
    // A job that was deleted since has no failure of its own.
    let gone = (job.is_none() && item.job.is_some()).then(|| Failure::new(Code::NotFound, "The job was deleted."));
    let failure = item.failure.clone().or(gone);
    let result = job.and_then(|job| job.result.as_ref());
    ManifestLine {
        path,
        sha256: job.and_then(|job| match &job.source {
            JobSource::File { content, .. } => Some(content.sha256().to_owned()),
            JobSource::Url { .. } | JobSource::ParseJob { .. } => None,
        }),
        status: status.to_string(),
        code: failure.as_ref().map(|failure| failure.code.to_string()),
        message: failure.map(|failure| failure.message),
        pages: result.map_or(0, |result| result.pages),
        milliseconds: result.map_or(0, |result| result.elapsed_ms),
        job_id: item.job.map(|(job, _)| job.to_string()),
        outputs: Vec::new(),
        warnings: result.map_or_else(Vec::new, |result| {
            let codes: BTreeSet<_> = result.document.warnings.iter().map(|warning| warning.code.clone()).collect();
            codes.into_iter().collect()
        }),
    }
}

/// A line a file: what the stream of events tells of it, and `pages` or the extraction.
async fn jsonl(out: &Out, items: Vec<BatchItem>) -> Going<()> {
    for item in items {
        let job = out.job(&item).await?;
        let event = FileEvent {
            display_name: item.display_name.clone(),
            status: item.job.map(|(_, status)| status),
            result: batches::result(item),
        };
        let mut line = json!(event);
        match job.as_ref().and_then(|job| finished(job).map(|finished| (job, finished))) {
            None => writeln!(&mut out.buffer.clone(), "{line}")?,
            Some((job, (result, outputs))) => match &job.options {
                JobOptions::Extract(options) => {
                    if let Some(extraction) = results::extraction(&out.app, job).await? {
                        merge(&mut line, files::extraction(&extraction, options));
                    }
                    writeln!(&mut out.buffer.clone(), "{line}")?;
                }
                JobOptions::Parse(_) => jsonl_pages(out, &line, result, outputs).await?,
            },
        }
        out.pass_on().await?;
    }
    out.end().await
}

/// The line with its pages, which are written one by one where the object would end.
async fn jsonl_pages(out: &Out, line: &Value, result: &JobResult, outputs: &str) -> Going<()> {
    let mut to = out.buffer.clone();
    let head = line.to_string();
    write!(to, "{},\"pages\":[", head.strip_suffix('}').unwrap_or(&head))?;
    let mut first = true;
    for (start, end) in results::chunks(&result.page_offsets) {
        for page in pages_between(out, outputs, start, end).await? {
            write!(to, "{}{}", if first { "" } else { "," }, page_of(&page))?;
            first = false;
        }
        out.pass_on().await?;
    }
    writeln!(to, "]}}")?;
    Ok(())
}

/// All parts of one page in one object, as the parse result has them in lists of their own.
fn page_of(page: &PageOutcome) -> Value {
    let one = std::slice::from_ref(page);
    let mut all = Value::Object(Map::new());
    for mut form in [pages::metadata(one), pages::text(one), pages::markdown(one), pages::items(one)] {
        merge(&mut all, form["pages"][0].take());
    }
    all
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_of_one_name_get_two_paths() {
        let mut taken = HashSet::from([files::MANIFEST.to_owned()]);
        let paths = ["a.pdf", "a.pdf", "./a.pdf", "manifest.jsonl"].map(|name| free_path(name, &mut taken));
        assert_eq!(paths, ["a.pdf", "a.pdf (2)", "a.pdf (3)", "manifest.jsonl (2)"]);
    }
}
