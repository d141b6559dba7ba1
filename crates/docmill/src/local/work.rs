//! The middle of a run: inputs go into batches, finished jobs come out as files and manifest lines.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use docmill_model::results::JobResult;
use docmill_model::{BatchId, Code, Failure, JobId, JobStatus, ProjectId};
use docmill_runner::Counters;
use docmill_store::blobs::Blobs;
use docmill_store::{
    Batch, BatchCounts, DirectoryKind, FileCreated, Job, NewBatch, NewDirectory, NewDirectoryFile, NewFile, Store,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::hashing::Source;
use super::manifest::{self, Line, Manifest};
use super::outputs::{Outputs, Stored, Written};
use super::plan::{Plan, State};
use super::progress::Progress;
use super::run::{Order, blocking};
use super::workshop::Workshop;
use crate::refusal::{Refusal, Refused};

/// The next batch is made when fewer jobs than this are open: workers never wait for it, and at most two batches are
/// open at a time.
const FEED_BELOW: usize = 500;
/// How often progress is shown when nothing happens.
const TICK: Duration = Duration::from_millis(200);
/// With many jobs open, changes are looked at together, at most this often.
const GATHER: Duration = Duration::from_millis(50);
/// Results that are written at the same time: each waits for the disk (three files that are synced), not for a
/// processor, and one after another they would be slower than the reading of small files.
const WRITTEN_AT_ONCE: usize = 8;

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
        let mut failed_before = failed_without_job(order);
        let mut lines: Vec<Option<Line>> = Vec::new();
        let (mut sources, mut waiting, mut open) = (Vec::new(), VecDeque::new(), HashMap::new());
        let mut before = 0;
        for (index, entry) in plan.entries.into_iter().enumerate() {
            let source = entry.source;
            let mut line = None;
            match entry.state {
                State::Unreadable(failure) => line = Some(manifest::failed(&source, &failure)),
                State::Ended(job) => line = Some(failed_job_line(&source, &job)),
                State::Open { job, batch } => drop(open.insert(job, (index, batch))),
                State::New { earlier } => {
                    line = failed_before.remove(&source.name).filter(|line| line.sha256.as_deref() == source.sha256());
                    if line.is_none() {
                        waiting.push_back((index, earlier));
                    }
                }
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
            .map(|(line, source)| line.unwrap_or_else(|| manifest::open(source)))
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
            parameters: None,
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
                    let line = manifest::failed(&self.sources[index], &failure);
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
        let mut ended = items.into_iter().filter_map(|item| item.job).filter(|(_, status)| status.is_terminal());
        let mut running = JoinSet::new();
        loop {
            while running.len() < WRITTEN_AT_ONCE && !stop.is_cancelled() {
                let Some((id, _)) = ended.next() else { break };
                let Some((index, _)) = self.open.remove(&id) else { continue };
                let home = Home::of(self, index);
                running.spawn(async move { (index, home.bring(id).await) });
            }
            let Some(brought) = running.join_next().await else { break };
            let (index, line) =
                brought.map_err(|error| Refusal::failed(format!("a part of docmill broke: {error}")))?;
            self.finish(index, line?)?;
        }
        if stop.is_cancelled() {
            return Ok(());
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
            let line = Line { job_id: Some(job.to_string()), ..manifest::failed(&self.sources[index], &failure) };
            self.finish(index, line)?;
        }
        Ok(())
    }

    fn finish(&mut self, index: usize, line: Line) -> Refused<()> {
        self.manifest.append(&line)?;
        if self.order.voice.json {
            manifest::tell(&line)?;
        }
        self.progress.file(line.code.as_deref());
        self.lines[index] = Some(line);
        Ok(())
    }
}

/// What it takes to write down one finished job, apart from the run: several are written at the same time.
struct Home {
    store: Arc<dyn Store>,
    blobs: Blobs,
    project: ProjectId,
    outputs: Arc<Outputs>,
    source: Source,
}

impl Home {
    fn of(work: &Work<'_>, index: usize) -> Self {
        Self {
            store: work.shop.store.clone(),
            blobs: work.shop.blobs.clone(),
            project: work.shop.project,
            outputs: work.outputs.clone(),
            source: work.sources[index].clone(),
        }
    }

    async fn bring(self, id: JobId) -> Refused<Line> {
        let source = &self.source;
        let Some(job) = self.store.job_get(self.project, id).await? else {
            return Ok(manifest::failed(source, &Failure::from(Code::Internal)));
        };
        if job.status == JobStatus::Completed {
            return match write_outputs(&self.blobs, &self.outputs, source, &job).await? {
                Some(written) => Ok(completed_line(source, &job, written)),
                None => Ok(manifest::failed(source, &Failure::from(Code::Internal))),
            };
        }
        Ok(failed_job_line(source, &job))
    }
}

/// Lines of files for which no job could be made (an empty one), by name, unless they are to be tried again: the store
/// knows nothing of them.
fn failed_without_job(order: &Order) -> HashMap<String, Line> {
    if order.retry_failed {
        return HashMap::new();
    }
    let lines = manifest::read_by_path(&order.out).into_iter();
    lines.filter(|(_, line)| line.code.is_some() && line.job_id.is_none()).collect()
}

/// The line of a job that failed or was cancelled.
fn failed_job_line(source: &Source, job: &Job) -> Line {
    let failure = job.failure.clone().unwrap_or_else(|| Failure::from(Code::Cancelled));
    Line {
        status: job.status.to_string(),
        milliseconds: elapsed_ms(job),
        job_id: Some(job.id.to_string()),
        ..manifest::failed(source, &failure)
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
        _ => write_outputs(&shop.blobs, outputs, source, job).await?,
    };
    Ok(written.map(|written| completed_line(source, job, written)))
}

/// `None` when the store does not have the job's outputs.
async fn write_outputs(blobs: &Blobs, outputs: &Arc<Outputs>, source: &Source, job: &Job) -> Refused<Option<Written>> {
    let (Some(result), Some(prefix)) = (job.result.clone(), &job.outputs) else { return Ok(None) };
    let Some(stored) = Stored::find(blobs, prefix, &result) else { return Ok(None) };
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
        ..manifest::open(source)
    }
}

fn elapsed_ms(job: &Job) -> u64 {
    match (&job.result, job.started_at, job.finished_at) {
        (Some(result), _, _) => result.elapsed_ms,
        (None, Some(started), Some(finished)) => u64::try_from(finished.since_ms(started)).unwrap_or(0),
        _ => 0,
    }
}
