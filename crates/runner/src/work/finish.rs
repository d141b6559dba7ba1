//! Commits the ends of attempts in groups: one transaction, and one fsync, for many.

use std::sync::Arc;
use std::time::Duration;

use docmill_store::{Finish, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::Instant;

use crate::context::Context;

/// Ends of one commit, and how long the first of them waits for others.
const GROUP_MAX: usize = 64;
const GROUP_WAIT: Duration = Duration::from_millis(5);
/// Ends that wait for their commit, the group that is being committed among them. A store that is slower than the readers
/// slows them down: without this bound a worker would hold more and more jobs that are done and count for nobody.
const WAITING_MAX: usize = 2 * GROUP_MAX;
/// Waits while the store is out of reach.
const AGAIN_FIRST: Duration = Duration::from_millis(100);
const AGAIN_LONGEST: Duration = Duration::from_secs(5);

struct Ended {
    finish: Finish,
    answer: oneshot::Sender<Answer>,
}

/// What became of the end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    /// The lease was not this attempt's any more.
    Refused,
    /// The store was lost while it was told: the end may have been accepted by a commit whose answer did not come, and
    /// been refused as a second one. What the attempt wrote may be a result.
    Unknown,
}

/// Hands ends to the committer.
#[derive(Clone)]
pub(crate) struct Committer {
    ends: mpsc::Sender<Ended>,
    places: Arc<Semaphore>,
}

impl Committer {
    /// The handle, and the loop, which ends when the last handle is gone and all is committed.
    pub fn new(context: Arc<Context>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, receiver) = mpsc::channel(GROUP_MAX);
        let places = Arc::new(Semaphore::new(WAITING_MAX));
        (Self { ends: sender, places }, commit_groups(context, receiver))
    }

    /// A place among the ends that wait, kept until its own is committed. Whoever has one may begin other work.
    pub async fn place(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed.
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Waits until the end is committed.
    pub async fn finish(&self, finish: Finish) -> Answer {
        let (answer, answered) = oneshot::channel();
        match self.ends.send(Ended { finish, answer }).await {
            Ok(()) => answered.await.unwrap_or(Answer::Unknown),
            Err(_) => Answer::Unknown,
        }
    }
}

async fn commit_groups(context: Arc<Context>, mut ends: mpsc::Receiver<Ended>) {
    while let Some(first) = ends.recv().await {
        let mut group = vec![first];
        let until = Instant::now() + GROUP_WAIT;
        while group.len() < GROUP_MAX
            && let Ok(Some(next)) = tokio::time::timeout_at(until, ends.recv()).await
        {
            group.push(next);
        }
        let (finishes, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|end| (end.finish, end.answer)).unzip();
        for (answer, became) in answers.into_iter().zip(commit(&context, finishes).await) {
            // The attempt may be gone with its worker; the commit stands.
            let _ = answer.send(became);
        }
    }
}

/// One answer an end, in order. A store out of reach is waited for: the work is done and must not be done again.
async fn commit(context: &Context, finishes: Vec<Finish>) -> Vec<Answer> {
    let worker = &context.settings.worker;
    let mut wait = AGAIN_FIRST;
    // Once a commit was lost on its way, a refusal may be that of a second one.
    let mut refused = Answer::Refused;
    loop {
        let finish = context.store.job_finish(worker, finishes.clone());
        match context.counters.store.of("finish", finish).await {
            Ok(answers) => {
                context.counters.queue_commits.inc();
                return answers.into_iter().map(|accepted| if accepted { Answer::Accepted } else { refused }).collect();
            }
            Err(StoreError::Unavailable { what, .. }) => {
                refused = Answer::Unknown;
                tracing::warn!(what, jobs = finishes.len(), "results wait for the store");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(AGAIN_LONGEST);
            }
            Err(error) if finishes.len() == 1 => {
                let job = finishes.first().map(|finish| finish.job.to_string());
                tracing::error!(job, error = &error as &dyn std::error::Error, "the end of a job cannot be stored");
                return vec![Answer::Unknown];
            }
            Err(_) => break,
        }
    }
    // One end of the group cannot be stored: the others must not suffer for it.
    let mut answers = Vec::with_capacity(finishes.len());
    for finish in finishes {
        let answer = Box::pin(commit(context, vec![finish])).await;
        // The group may have been committed although it was answered with an error.
        answers
            .extend(answer.into_iter().map(|answer| if answer == Answer::Refused { Answer::Unknown } else { answer }));
    }
    answers
}
