//! The middle of a run: inputs go into batches, finished jobs come out as files and manifest lines.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use docmill_model::results::JobResult;
use docmill_model::{BatchId, Code, Failure, JobId, JobStatus};
use docmill_runner::Counters;
use docmill_store::{
    Batch, BatchCounts, DirectoryKind, FileCreated, Job, NewBatch, NewDirectory, NewDirectoryFile, NewFile,
};
use tokio_util::sync::CancellationToken;

use super::hashing::Source;
use super::manifest::{self, Line, Manifest};
use super::outputs::{Outputs, Stored, Written};
use super::plan::{Plan, State};
use super::progress::Progress;
use super::run::{Order, blocking};
use super::workshop::Workshop;
use crate::refusal::Refused;
use crate::terminal;

/// The next batch is made when fewer jobs than this are open: workers never wait for it, and at most two batches are
/// open at a time.
const FEED_BELOW: usize = 500;
/// How often progress is shown when nothing happens.
const TICK: Duration = Duration::from_millis(200);
/// With many jobs open, changes are looked at together, at most this often.
const GATHER: Duration = Duration::from_millis(50);

pub struct Work<'a> {
    order: &'a Order,
    shop: &'a Workshop,
    outputs: Arc<Outputs>,
    sources: Vec<Source>,
    /// One an input; `None` = not finished.
    lines: Vec<Option<Line>>,
    /// Inputs that are in no batch yet, with what an earlier job left.
    waiting: VecDeque<(usize, Option<Box<JobResult>>)>,
    open: HashMap<JobId, (usize, BatchId)>,
    /// Batches with open jobs, and their counts when they were last looked at.
    batches: HashMap<BatchId, Option<BatchCounts>>,
    manifest: Manifest,
    progress: Progress,
    before: usize,
    to_do: usize,
}

impl<'a> Work<'a> {
    /// Takes the plan over: what was done before gets its missing outputs, and the manifest begins with it.
    pub async fn begin(order: &'a Order, shop: &'a Workshop, outputs: Arc<Outputs>, plan: Plan) -> Refused<Self> {
        let mut earlier_lines = manifest::read(&order.out);
        let mut lines: Vec<Option<Line>> = Vec::new();
        let (mut sources, mut waiting, mut open) = (Vec::new(), VecDeque::new(), HashMap::new());
        let mut before = 0;
        for (index, entry) in plan.entries.into_iter().enumerate() {
            let source = entry.source;
            let mut line = None;
            match entry.state {
                State::Unreadable(failure) => line = Some(failed_line(&source, &failure)),
                State::Open { job, batch } => drop(open.insert(job, (index, batch))),
                State::New { earlier } => waiting.push_back((index, earlier)),
                State::Done(job) => {
                    let known = earlier_lines.remove(&job.id.to_string());
                    line = line_before(shop, &outputs, &source, &job, known).await?;
                    match line {
                        Some(_) => before += 1,
                        None => waiting.push_back((index, job.result.map(Box::new))),
                    }
                }
            }
            sources.push(source);
            lines.push(line);
        }
        let to_do = waiting.len() + open.len();
        let batches = open.values().map(|(_, batch)| (*batch, None)).collect();
        let manifest = Manifest::begin(&order.out, lines.iter().flatten())?;
        let progress = Progress::start(to_do, order.voice.quiet);
        Ok(Self { order, shop, outputs, sources, lines, waiting, open, batches, manifest, progress, before, to_do })
    }

    /// Inputs that earlier runs did.
    pub const fn before(&self) -> usize {
        self.before
    }

    pub const fn to_do(&self) -> usize {
        self.to_do
    }

    /// Feeds and collects until every input is finished (false) or the run is stopped (true).
    pub async fn run_until_done(&mut self, counters: &Counters, stop: &CancellationToken) -> Refused<bool> {
        let mut changes = self.shop.store.changes();
        loop {
            self.feed().await?;
            self.collect(stop).await?;
            self.progress.show(counters.pages_read.get() + counters.pages_failed.get());
            if self.open.is_empty() && self.waiting.is_empty() {
                return Ok(false);
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(true),
                _ = tokio::time::timeout(TICK, changes.changed()) => {}
            }
            if self.open.len() > 16 {
                tokio::time::sleep(GATHER).await;
            }
        }
    }

    /// Collects what the workers still finished, and closes the manifest with a line for every input.
    pub async fn end(mut self, stop: &CancellationToken) -> Refused<Vec<Line>> {
        self.collect(stop).await?;
        self.progress.end();
        let sources = self.sources.iter();
        let lines: Vec<Line> = self
            .lines
            .into_iter()
            .zip(sources)
            .map(|(line, source)| line.unwrap_or_else(|| open_line(source)))
            .collect();
        self.manifest.end(lines.iter())?;
        Ok(lines)
    }

    /// Puts waiting inputs into a batch, as many as one may have.
    async fn feed(&mut self) -> Refused<()> {
        while !self.waiting.is_empty() && self.open.len() < FEED_BELOW {
            let most = (self.order.config.limits.batch_files_max as usize).min(self.waiting.len());
            let chunk: Vec<_> = self.waiting.drain(..most).collect();
            self.feed_batch(chunk).await?;
        }
        Ok(())
    }

    async fn feed_batch(&mut self, chunk: Vec<(usize, Option<Box<JobResult>>)>) -> Refused<()> {
        let project = self.shop.project;
        let directory = NewDirectory {
            project,
            name: "docmill batch".to_owned(),
            kind: DirectoryKind::User,
            description: None,
            expires_at: None,
            system_metadata: None,
            once: None,
        };
        let directory = self.shop.store.directory_create(directory).await?.id;
        let mut by_name = HashMap::new();
        for (index, earlier) in chunk {
            let source = &self.sources[index];
            let Ok(content) = source.content.clone() else { continue };
            self.outputs.clear(&source.name, earlier.as_deref())?;
            let file = NewFile {
                project,
                name: source.name.clone(),
                external_file_id: None,
                purpose: "user_data".to_owned(),
                content,
                once: None,
            };
            let file = NewDirectoryFile {
                directory,
                file,
                display_name: source.name.clone(),
                unique_id: source.name.clone(),
                metadata: serde_json::Map::new(),
                once: None,
            };
            if let FileCreated::BlobGone = self.shop.store.directory_file_create(file).await? {
                continue;
            }
            by_name.insert(source.name.clone(), index);
        }
        let batch = NewBatch {
            project,
            directory,
            configuration: self.order.configuration,
            options: self.order.options.clone(),
            files_max: self.order.config.limits.batch_files_max,
            once: None,
            listeners: Default::default(),
            job_listeners: Default::default(),
            reuse: None,
        };
        let batch = self.shop.store.batch_create(batch).await?;
        self.watch(&batch, &by_name).await
    }

    /// Notes the jobs of a new batch; items without a job are finished already.
    async fn watch(&mut self, batch: &Batch, by_name: &HashMap<String, usize>) -> Refused<()> {
        let items = self.shop.store.batch_results(self.shop.project, batch.id).await?.unwrap_or_default();
        self.batches.insert(batch.id, None);
        for item in items {
            let Some(index) = by_name.get(&item.unique_id).copied() else { continue };
            match item.job {
                Some((job, _)) => drop(self.open.insert(job, (index, batch.id))),
                None => {
                    let failure = item.failure.unwrap_or_else(|| Failure::from(Code::Internal));
                    let line = failed_line(&self.sources[index], &failure);
                    self.finish(index, line)?;
                }
            }
        }
        Ok(())
    }

    /// Brings home every job that ended since the last look.
    ///
    /// Stops between two files when asked to: what is not brought home now is by the next run.
    async fn collect(&mut self, stop: &CancellationToken) -> Refused<()> {
        for id in self.batches.keys().copied().collect::<Vec<_>>() {
            let Some(batch) = self.shop.store.batch_get(self.shop.project, id).await? else { continue };
            let last = self.batches.insert(id, Some(batch.counts));
            if last.flatten() != Some(batch.counts) || batch.status.is_terminal() {
                self.collect_batch(&batch, stop).await?;
            }
        }
        Ok(())
    }

    async fn collect_batch(&mut self, batch: &Batch, stop: &CancellationToken) -> Refused<()> {
        let items = self.shop.store.batch_results(self.shop.project, batch.id).await?.unwrap_or_default();
        for (id, status) in items.into_iter().filter_map(|item| item.job) {
            if stop.is_cancelled() {
                return Ok(());
            }
            if !status.is_terminal() {
                continue;
            }
            let Some((index, _)) = self.open.remove(&id) else { continue };
            let line = match self.shop.store.job_get(self.shop.project, id).await? {
                Some(job) => self.bring_home(index, &job).await?,
                None => failed_line(&self.sources[index], &Failure::from(Code::Internal)),
            };
            self.finish(index, line)?;
        }
        if batch.status.is_terminal() {
            self.batches.remove(&batch.id);
            self.give_up(batch)?;
        }
        Ok(())
    }

    /// A batch that ended while jobs of it are open broke: they will never end by themselves.
    fn give_up(&mut self, batch: &Batch) -> Refused<()> {
        let lost: Vec<JobId> = self.open.iter().filter(|(_, (_, of))| *of == batch.id).map(|(job, _)| *job).collect();
        for job in lost {
            let Some((index, _)) = self.open.remove(&job) else { continue };
            let failure = batch.failure.clone().unwrap_or_else(|| Failure::from(Code::Internal));
            let line = Line { job_id: Some(job.to_string()), ..failed_line(&self.sources[index], &failure) };
            self.finish(index, line)?;
        }
        Ok(())
    }

    async fn bring_home(&self, index: usize, job: &Job) -> Refused<Line> {
        let source = &self.sources[index];
        if job.status == JobStatus::Completed {
            return match write_outputs(self.shop, &self.outputs, source, job).await? {
                Some(written) => Ok(completed_line(source, job, written)),
                None => Ok(failed_line(source, &Failure::from(Code::Internal))),
            };
        }
        let failure = job.failure.clone().unwrap_or_else(|| Failure::from(Code::Cancelled));
        Ok(Line {
            status: job.status.to_string(),
            milliseconds: elapsed_ms(job),
            job_id: Some(job.id.to_string()),
            ..failed_line(source, &failure)
        })
    }

    fn finish(&mut self, index: usize, line: Line) -> Refused<()> {
        self.manifest.append(&line)?;
        if self.order.voice.json {
            let mut told = serde_json::json!({"type": "file"});
            if let (Some(told), Ok(serde_json::Value::Object(fields))) =
                (told.as_object_mut(), serde_json::to_value(&line))
            {
                told.extend(fields);
            }
            terminal::data_line(&told.to_string())?;
        }
        self.progress.file(line.code.as_deref());
        self.lines[index] = Some(line);
        Ok(())
    }
}

/// The line of an input that an earlier run did, its outputs written when one is missing. `None` when the store does
/// not have them any more either: then it is done anew.
async fn line_before(
    shop: &Workshop,
    outputs: &Arc<Outputs>,
    source: &Source,
    job: &Job,
    known: Option<Line>,
) -> Refused<Option<Line>> {
    let Some(result) = &job.result else { return Ok(None) };
    let written = match (outputs.present(&source.name, result), known) {
        (Some(files), Some(known)) => Some(Written { files, warnings: known.warnings }),
        // Without its line the warnings are unknown: writing again finds them.
        _ => write_outputs(shop, outputs, source, job).await?,
    };
    Ok(written.map(|written| completed_line(source, job, written)))
}

/// `None` when the store does not have the job's outputs.
async fn write_outputs(
    shop: &Workshop,
    outputs: &Arc<Outputs>,
    source: &Source,
    job: &Job,
) -> Refused<Option<Written>> {
    let (Some(result), Some(prefix)) = (job.result.clone(), &job.outputs) else { return Ok(None) };
    let Some(stored) = Stored::find(&shop.blobs, prefix, &result) else { return Ok(None) };
    let (outputs, name) = (outputs.clone(), source.name.clone());
    blocking(move || outputs.write(&name, &stored, &result)).await?.map(Some)
}

fn completed_line(source: &Source, job: &Job, written: Written) -> Line {
    Line {
        status: JobStatus::Completed.to_string(),
        code: None,
        message: None,
        pages: job.result.as_ref().map_or(0, |result| result.pages),
        milliseconds: elapsed_ms(job),
        job_id: Some(job.id.to_string()),
        outputs: written.files,
        warnings: written.warnings,
        ..open_line(source)
    }
}

fn failed_line(source: &Source, failure: &Failure) -> Line {
    Line {
        status: JobStatus::Failed.to_string(),
        code: Some(failure.code.to_string()),
        message: Some(failure.message.clone()),
        ..open_line(source)
    }
}

/// An input that is not finished.
fn open_line(source: &Source) -> Line {
    Line {
        path: source.name.clone(),
        sha256: source.sha256().map(ToOwned::to_owned),
        status: JobStatus::Pending.to_string(),
        code: None,
        message: None,
        pages: 0,
        milliseconds: 0,
        job_id: None,
        outputs: Vec::new(),
        warnings: Vec::new(),
    }
}

fn elapsed_ms(job: &Job) -> u64 {
    match (&job.result, job.started_at, job.finished_at) {
        (Some(result), _, _) => result.elapsed_ms,
        (None, Some(started), Some(finished)) => u64::try_from(finished.since_ms(started)).unwrap_or(0),
        _ => 0,
    }
}
