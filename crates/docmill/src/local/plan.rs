//! What is left to do: every input against the newest job that it had.

use std::collections::{HashMap, HashSet};

use docmill_model::options::JobOptions;
use docmill_model::results::JobResult;
use docmill_model::{BatchId, Failure, JobId, JobStatus};
use docmill_store::{Job, JobSource};

use super::hashing::Source;
use super::history::History;

#[derive(Debug)]
pub struct Entry {
    pub source: Source,
    pub state: State,
}

/// Where an input stands before the run.
#[derive(Debug)]
pub enum State {
    /// It cannot even be read.
    Unreadable(Failure),
    /// Done by an earlier run: same content, options and engine.
    Done(Box<Job>),
    /// It failed in an earlier run, with the same content and options, and is not to be tried again.
    Ended(Box<Job>),
    /// An earlier run was stopped before it came to the end: its job goes on.
    Open { job: JobId, batch: BatchId },
    /// To be done, for the first time or anew; with the result of the job before, whose outputs go away.
    New { earlier: Option<Box<JobResult>> },
}

#[derive(Debug)]
pub struct Plan {
    /// In the order of the inputs.
    pub entries: Vec<Entry>,
    /// Unfinished jobs that this run does not want: of files that changed, or with other options.
    pub stale: Vec<JobId>,
}

/// Compares inputs with history. `engine` is the fingerprint that results of this run will carry.
/// Without `retry_failed` what failed before stays failed.
pub fn plan(sources: Vec<Source>, history: History, options: &JobOptions, engine: &str, retry_failed: bool) -> Plan {
    let History { mut newest, open } = history;
    let entry = |source: Source| {
        let mut state = state(&source, &mut newest, options, engine);
        if retry_failed && let State::Ended(job) = state {
            state = State::New { earlier: job.result.map(Box::new) };
        }
        Entry { state, source }
    };
    let entries: Vec<Entry> = sources.into_iter().map(entry).collect();
    let continued: HashSet<JobId> = entries
        .iter()
        .filter_map(|entry| match entry.state {
            State::Open { job, .. } => Some(job),
            _ => None,
        })
        .collect();
    let stale = open.into_iter().filter(|job| !continued.contains(job)).collect();
    Plan { entries, stale }
}

fn state(source: &Source, newest: &mut HashMap<String, Job>, options: &JobOptions, engine: &str) -> State {
    let content = match &source.content {
        Ok(content) => content,
        Err(failure) => return State::Unreadable(failure.clone()),
    };
    let Some(job) = newest.remove(&source.name) else { return State::New { earlier: None } };
    let JobSource::File { content: before, .. } = &job.source else { return State::New { earlier: None } };
    if job.options == *options {
        let same_engine = job.result.as_ref().is_some_and(|result| result.engine == engine);
        if job.status == JobStatus::Completed && same_engine && before.sha256() == content.sha256() {
            return State::Done(Box::new(job));
        }
        if job.status == JobStatus::Failed && before.sha256() == content.sha256() {
            return State::Ended(Box::new(job));
        }
        // An unfinished job reads the file in place: it must be the very same one.
        if let Some(batch) = job.batch.filter(|_| !job.status.is_terminal() && before == content) {
            return State::Open { job: job.id, batch };
        }
    }
    State::New { earlier: job.result.map(Box::new) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use docmill_model::options::{ParseOptions, Tier};
    use docmill_model::{Code, FileId, Product, ProjectId, Timestamp};
    use docmill_store::Content;

    use super::*;

    const ENGINE: &str = "docmill 1; ocr none";

    fn content(sha256: &str, modified_ms: i64) -> Content {
        Content::Path { path: "/in/a.pdf".into(), bytes: 3, modified_ms, sha256: sha256.into() }
    }

    fn options(tier: Tier) -> JobOptions {
        JobOptions::Parse(ParseOptions { tier, ..Default::default() })
    }

    fn job(status: JobStatus, change: impl FnOnce(&mut Job)) -> Job {
        let result = JobResult { engine: ENGINE.into(), ..Default::default() };
        let mut job = Job {
            id: JobId::generate(Product::Parse),
            project: ProjectId::generate(),
            batch: Some(BatchId::generate()),
            status,
            options: options(Tier::Agentic),
            parameters: None,
            configuration: None,
            source: JobSource::File {
                file: FileId::generate(),
                directory_file: None,
                name: "a.pdf".into(),
                content: content("aa", 1),
            },
            user_metadata: BTreeMap::new(),
            failure: None,
            result: (status == JobStatus::Completed).then_some(result),
            reused_from: None,
            outputs: None,
            attempt: 1,
            strikes: 0,
            pages_done: 0,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            started_at: None,
            finished_at: None,
        };
        change(&mut job);
        job
    }

    /// The state of `a.pdf` (content `aa`, time 1) after this job, and how many jobs are stale.
    fn check(job: Option<Job>, retry_failed: bool) -> (&'static str, usize) {
        let mut history = History::default();
        if let Some(job) = job {
            history.open.extend((!job.status.is_terminal()).then_some(job.id));
            history.newest.insert("a.pdf".into(), job);
        }
        let source = Source { name: "a.pdf".into(), content: Ok(content("aa", 1)) };
        let plan = plan(vec![source], history, &options(Tier::Agentic), ENGINE, retry_failed);
        let state = match plan.entries[0].state {
            State::Unreadable(_) => "unreadable",
            State::Done(_) => "done",
            State::Ended(_) => "ended",
            State::Open { .. } => "open",
            State::New { .. } => "new",
        };
        (state, plan.stale.len())
    }

    #[test]
    fn only_what_is_missing_failed_or_changed_is_done() {
        use JobStatus::{Cancelled, Completed, Failed, Pending, Running};
        let with = |content: Content| {
            move |job: &mut Job| {
                if let JobSource::File { content: before, .. } = &mut job.source {
                    *before = content;
                }
            }
        };
        let fast = |job: &mut Job| job.options = options(Tier::Fast);
        let table = [
            (None, ("new", 0)),
            (Some(job(Completed, |_| ())), ("done", 0)),
            (Some(job(Completed, with(content("aa", 9)))), ("done", 0)),
            (Some(job(Completed, with(content("bb", 1)))), ("new", 0)),
            (Some(job(Completed, fast)), ("new", 0)),
            (Some(job(Completed, |job| job.result = None)), ("new", 0)),
            (
                Some(job(Completed, |job| {
                    job.result = Some(JobResult { engine: "older".into(), ..Default::default() })
                })),
                ("new", 0),
            ),
            (Some(job(Failed, |_| ())), ("new", 0)),
            (Some(job(Cancelled, |_| ())), ("new", 0)),
            (Some(job(Pending, |_| ())), ("open", 0)),
            (Some(job(Running, |_| ())), ("open", 0)),
            (Some(job(Pending, with(content("aa", 9)))), ("new", 1)),
            (Some(job(Pending, fast)), ("new", 1)),
        ];
        for (index, (job, expected)) in table.into_iter().enumerate() {
            assert_eq!(check(job, true), expected, "row {index}");
        }
        assert_eq!(check(Some(job(Failed, |_| ())), false), ("ended", 0));
        assert_eq!(check(Some(job(Failed, with(content("bb", 1)))), false), ("new", 0));
        assert_eq!(check(Some(job(Cancelled, |_| ())), false), ("new", 0));
    }

    #[test]
    fn unreadable_inputs_and_jobs_of_other_files() {
        let mut history = History::default();
        let other = job(JobStatus::Pending, |_| ());
        history.open.push(other.id);
        let source = Source { name: "b.pdf".into(), content: Err(Failure::from(Code::NotUsable)) };
        let plan = plan(vec![source], history, &options(Tier::Agentic), ENGINE, true);
        assert!(matches!(plan.entries[0].state, State::Unreadable(_)));
        assert_eq!(plan.stale, [other.id]);
    }
}
