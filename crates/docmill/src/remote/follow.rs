//! The middle of a run against a server: inputs go into its batches, and what ended comes home.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use docmill_model::{Code, Failure, JobStatus};
use docmill_wire::client::{Batch, BatchResult, code_and_sentence, requests};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::journal::{Begun, Journal};
use super::outputs::{Brought, bring};
use super::run::Order;
use super::uploads::{self, Sent};
use crate::client::{ApiError, read};
use crate::local::hashing::Source;
use crate::local::manifest::{self, Line, Manifest};
use crate::local::progress::Progress;
use crate::refusal::{Refusal, Refused};

/// Batches that are open at the same time: one is worked on while the next is uploaded.
const OPEN_MAX: usize = 2;
/// Results that are fetched at the same time.
const FETCHED_AT_ONCE: usize = 4;
/// How often open batches are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub struct Follow {
    order: Arc<Order>,
    journal: Journal,
    paths: Vec<PathBuf>,
    sources: Vec<Source>,
    /// One an input; `None` = not finished.
    lines: Vec<Option<Line>>,
    /// Inputs of directories that an earlier run began.
    begun: VecDeque<(Begun, Vec<usize>)>,
    /// Inputs that are at no server yet.
    waiting: VecDeque<usize>,
    open: Vec<Open>,
    manifest: Manifest,
    progress: Progress,
    before: usize,
    to_do: usize,
}

/// A batch that is followed.
struct Open {
    directory: String,
    batch: String,
    /// Inputs by the id of their entry in the directory.
    files: HashMap<String, usize>,
    /// Files that have ended, when it was looked at last.
    ended: usize,
}

impl Follow {
    /// Takes from the folder what an earlier run of the same order did.
    pub fn begin(order: Order, journal: Journal, paths: Vec<PathBuf>, sources: Vec<Source>) -> Refused<Self> {
        let mut known = if journal.continues { manifest::read_by_path(&order.outputs.out) } else { HashMap::new() };
        let mut begun: Vec<(Begun, Vec<usize>)> =
            journal.begun().iter().map(|begun| (begun.clone(), Vec::new())).collect();
        let (mut lines, mut waiting) = (Vec::new(), VecDeque::new());
        let mut before = 0;
        for (index, source) in sources.iter().enumerate() {
            let line = match &source.content {
                Err(failure) => Some(manifest::failed(source, failure)),
                Ok(_) => known.remove(&source.name).filter(|line| is_done(&order, source, line)),
            };
            before += usize::from(line.as_ref().is_some_and(|line| line.code.is_none()));
            if line.is_none() {
                let with_it = |(begun, _): &&mut (Begun, Vec<usize>)| {
                    begun.files.get(&source.name).map(String::as_str) == source.sha256()
                };
                match begun.iter_mut().find(with_it) {
                    Some((_, indexes)) => indexes.push(index),
                    None => waiting.push_back(index),
                }
            }
            lines.push(line);
        }
        let to_do = lines.iter().filter(|line| line.is_none()).count();
        let manifest = Manifest::begin(&order.outputs.out, lines.iter().flatten())?;
        let progress = Progress::start(to_do, order.voice.quiet);
        let (order, begun, open) = (Arc::new(order), begun.into(), Vec::new());
        Ok(Self { order, journal, paths, sources, lines, begun, waiting, open, manifest, progress, before, to_do })
    }

    /// Inputs that earlier runs did.
    pub const fn before(&self) -> usize {
        self.before
    }

    pub const fn to_do(&self) -> usize {
        self.to_do
    }

    /// Feeds and collects until every input is finished (false) or the run is stopped (true). What is stopped here
    /// goes on at the server.
    pub async fn run_until_done(&mut self, stop: &CancellationToken) -> Refused<bool> {
        loop {
            self.feed(stop).await?;
            self.collect(stop).await?;
            let left = self.lines.iter().filter(|line| line.is_none()).count();
            let ended: usize = self.open.iter().map(|open| open.ended).sum();
            self.progress.show_files((self.to_do - left + ended).min(self.to_do));
            if stop.is_cancelled() {
                return Ok(left > 0);
            }
            if self.open.is_empty() && self.waiting.is_empty() && self.begun.is_empty() {
                return Ok(false);
            }
            if self.open.len() == OPEN_MAX || (self.waiting.is_empty() && self.begun.is_empty()) {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
    }

    /// Closes the manifest with a line for every input.
    pub fn end(self) -> Refused<Vec<Line>> {
        self.progress.end();
        let lines = self.lines.into_iter().zip(&self.sources);
        let lines: Vec<Line> = lines.map(|(line, source)| line.unwrap_or_else(|| manifest::open(source))).collect();
        self.manifest.end(lines.iter())?;
        Ok(lines)
    }

    async fn feed(&mut self, stop: &CancellationToken) -> Refused<()> {
        while self.open.len() < OPEN_MAX && !stop.is_cancelled() {
            if let Some((begun, indexes)) = self.begun.pop_front() {
                self.go_on(begun, indexes, stop).await?;
            } else if !self.waiting.is_empty() {
                let most = (self.order.config.limits.batch_files_max as usize).min(self.waiting.len());
                let indexes: Vec<usize> = self.waiting.drain(..most).collect();
                self.begin_new(indexes, stop).await?;
            } else {
                break;
            }
        }
        Ok(())
    }

    async fn begin_new(&mut self, indexes: Vec<usize>, stop: &CancellationToken) -> Refused<()> {
        let mut files = BTreeMap::new();
        for index in &indexes {
            let source = &self.sources[*index];
            self.order.outputs.clear(&source.name, None)?;
            files.insert(source.name.clone(), source.sha256().unwrap_or_default().to_owned());
        }
        let directory = uploads::directory(&self.order.client).await?;
        self.journal.begin(Begun { directory: directory.clone(), files })?;
        self.send(directory, indexes, stop).await
    }

    /// Goes on with a directory of an earlier run, as far as that one came.
    async fn go_on(&mut self, begun: Begun, indexes: Vec<usize>, stop: &CancellationToken) -> Refused<()> {
        let client = &self.order.client;
        let directory = begun.directory;
        let entries = uploads::entries(client, &directory).await?;
        let (Some(entries), false) = (entries, indexes.is_empty()) else {
            // It is gone, or nothing of it is wanted any more.
            self.waiting.extend(indexes);
            return self.journal.end(&directory);
        };
        let Some(batch) = uploads::batch_of(client, &directory).await? else {
            return self.send(directory, indexes, stop).await;
        };
        let by_name: HashMap<&str, usize> =
            indexes.iter().map(|index| (self.sources[*index].name.as_str(), *index)).collect();
        let files = entries.iter().filter_map(|entry| Some((entry.id.clone(), *by_name.get(&*entry.unique_id)?)));
        let files: HashMap<String, usize> = files.collect();
        // Refused when they were uploaded: they are tried anew.
        self.waiting.extend(indexes.iter().filter(|index| !files.values().any(|known| known == *index)));
        self.open.push(Open { directory, batch: batch.id, files, ended: 0 });
        Ok(())
    }

    async fn send(&mut self, directory: String, indexes: Vec<usize>, stop: &CancellationToken) -> Refused<()> {
        let sent =
            |index: usize| Sent { index, name: self.sources[index].name.clone(), path: self.paths[index].clone() };
        let sent: Vec<Sent> = indexes.into_iter().map(sent).collect();
        let uploaded = uploads::upload_all(&self.order.client, &directory, sent, stop).await?;
        if stop.is_cancelled() {
            return Ok(());
        }
        let mut files = HashMap::new();
        for (sent, result) in uploaded {
            match result {
                Ok(entry) => drop(files.insert(entry.id, sent.index)),
                Err(error) => {
                    let line = refused_line(&self.sources[sent.index], error);
                    self.finish(sent.index, line)?;
                }
            }
        }
        if files.is_empty() {
            return self.journal.end(&directory);
        }
        let batch = uploads::batch(&self.order, &directory).await?.id;
        self.open.push(Open { directory, batch, files, ended: 0 });
        Ok(())
    }

    /// Looks at every open batch, and brings home those that ended.
    async fn collect(&mut self, stop: &CancellationToken) -> Refused<()> {
        let mut index = 0;
        while index < self.open.len() && !stop.is_cancelled() {
            let path = requests::batch(&self.open[index].batch);
            let batch: Batch = read(&self.order.client.get(&path, &[]).await?)?;
            self.open[index].ended = batch.counts.unwrap_or_default().ended() as usize;
            if batch.is_terminal() {
                let with_results = self.order.client.get(&path, &[("expand", "results".to_owned())]).await?;
                let open = self.open.remove(index);
                self.bring_home(open, read(&with_results)?, stop).await?;
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    async fn bring_home(&mut self, mut open: Open, batch: Batch, stop: &CancellationToken) -> Refused<()> {
        let mut results: VecDeque<(usize, BatchResult)> = batch
            .results
            .into_iter()
            .flatten()
            .filter_map(|result| Some((open.files.remove(&result.source_directory_file_id)?, result)))
            .collect();
        let mut running = JoinSet::new();
        loop {
            while running.len() < FETCHED_AT_ONCE && !stop.is_cancelled() {
                let Some((index, result)) = results.pop_front() else { break };
                running.spawn(line_of(self.order.clone(), index, self.sources[index].clone(), result));
            }
            let Some(ended) = running.join_next().await else { break };
            let (index, line) = ended.map_err(|error| Refusal::failed(format!("a part of docmill broke: {error}")))?;
            self.finish(index, line?)?;
        }
        if !results.is_empty() {
            return Ok(());
        }
        let message = batch.error_message.unwrap_or_else(|| Failure::from(Code::Internal).to_string());
        for index in open.files.into_values() {
            let line = message_line(&self.sources[index], &message);
            self.finish(index, line)?;
        }
        self.journal.end(&open.directory)
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

/// Whether an earlier run of this order did the input, and everything that is wanted of it is there.
fn is_done(order: &Order, source: &Source, line: &Line) -> bool {
    let there = |file: &String| order.outputs.out.join(file).is_file();
    line.status == JobStatus::Completed.to_string()
        && line.sha256.as_deref() == source.sha256()
        && line.outputs.iter().all(there)
        && order.outputs.expected(&source.name).iter().all(there)
}

/// What a batch says of one file, with its result written when there is one.
async fn line_of(order: Arc<Order>, index: usize, source: Source, result: BatchResult) -> (usize, Refused<Line>) {
    let job_id = result.job_reference.as_ref().map(|job| job.id.clone());
    let line = match (&result.error_message, &result.job_reference) {
        (Some(message), _) => Ok(Line { job_id, ..message_line(&source, message) }),
        (None, Some(job)) => {
            bring(&order, &source.name, job).await.map(|brought| Line { job_id, ..done_line(&source, brought) })
        }
        (None, None) => Ok(manifest::failed(&source, &Failure::from(Code::Internal))),
    };
    (index, line)
}

fn done_line(source: &Source, brought: Brought) -> Line {
    Line {
        status: JobStatus::Completed.to_string(),
        pages: brought.pages,
        milliseconds: brought.milliseconds,
        outputs: brought.files,
        warnings: brought.warnings,
        ..manifest::open(source)
    }
}

/// `CODE: sentence` as the server says it.
fn message_line(source: &Source, message: &str) -> Line {
    let (code, sentence) = code_and_sentence(message);
    let code = code.map_or_else(|| Code::Internal.to_string(), ToOwned::to_owned);
    let is_cancelled = code == Code::Cancelled.to_string();
    let status = if is_cancelled { JobStatus::Cancelled } else { JobStatus::Failed };
    Line { status: status.to_string(), code: Some(code), message: Some(sentence.to_owned()), ..manifest::open(source) }
}

fn refused_line(source: &Source, error: ApiError) -> Line {
    let code = error.code().map_or_else(|| Code::NotUsable.to_string(), ToOwned::to_owned);
    Line {
        status: JobStatus::Failed.to_string(),
        code: Some(code),
        message: Some(Refusal::from(error).sentence),
        ..manifest::open(source)
    }
}
