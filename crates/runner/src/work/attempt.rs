//! One attempt of one job, from claim to commit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use docmill_model::Code;
use docmill_store::{ClaimedJob, Finish, Outcome, outputs_prefix};
use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use super::finish::{Answer, Committer};
use super::held::{Held, Holdings};
use super::retry;
use super::stop::End;
use crate::context::Context;
use crate::counters::COMPLETED;
use crate::jobs;

/// Runs the attempt and commits its end. The slot is free as soon as only the commit is left to do, and not too many wait
/// for theirs; the lease is kept until then.
pub(crate) async fn run(
    context: Arc<Context>,
    holdings: Arc<Holdings>,
    committer: Committer,
    claimed: ClaimedJob,
    held: Arc<Held>,
    slot: OwnedSemaphorePermit,
) {
    let span = tracing::info_span!("job", job = %claimed.id, attempt = claimed.attempt);
    (context.settings.traced)(&span, claimed.batch.map_or(claimed.id.uuid(), |batch| batch.uuid()));
    async {
        let outcome = outcome(&context, &claimed, &held).await;
        let _place = committer.place().await;
        drop(slot);
        end(&context, &committer, &claimed, outcome).await;
        holdings.release(&held);
    }
    .instrument(span)
    .await;
}

/// What the attempt comes to; `None` when its lease is lost.
async fn outcome(context: &Context, claimed: &ClaimedJob, held: &Held) -> Option<Outcome> {
    // A panic is a bug of ours; it must not take the worker's other jobs along.
    let ran = AssertUnwindSafe(jobs::run(context, claimed, held)).catch_unwind().await;
    let end = match ran {
        Ok(Ok(result)) => return Some(Outcome::Completed(result)),
        Ok(Err(end)) => end,
        Err(_) => End::Failed(Code::Internal.into()),
    };
    retry::outcome(end, claimed.strikes, claimed.tries, &context.settings.limits, fastrand::f64())
}

async fn end(context: &Context, committer: &Committer, claimed: &ClaimedJob, outcome: Option<Outcome>) {
    let completed = matches!(outcome, Some(Outcome::Completed(_)));
    let became = match outcome {
        None => Answer::Refused,
        Some(outcome) => {
            let told = told(&outcome);
            let finish = Finish { job: claimed.id, attempt: claimed.attempt, outcome };
            let became = context.counters.stages.of("commit", committer.finish(finish)).await;
            if became == Answer::Accepted {
                count(context, &told);
                tracing::info!(outcome = ?told, "the attempt ended");
            }
            became
        }
    };
    if became == Answer::Refused {
        context.counters.results_refused.inc();
        tracing::warn!("the lease was lost; what the attempt made is thrown away");
    }
    // The upkeep, which knows whether an end was accepted, sweeps what is left here.
    if became == Answer::Refused || (became == Answer::Accepted && !completed) {
        let prefix = outputs_prefix(claimed.id, claimed.attempt);
        if let Err(error) = context.blobs.delete_prefix(&prefix).await {
            tracing::warn!(error = &error as &dyn std::error::Error, prefix, "outputs stay until the sweep");
        }
    }
}

/// An outcome without its result, for counters and log.
#[derive(Debug)]
enum Told {
    Completed,
    Failed(docmill_model::Failure),
    Cancelled,
    Retry(#[expect(dead_code, reason = "shown in the log")] docmill_model::Failure),
}

fn told(outcome: &Outcome) -> Told {
    match outcome {
        Outcome::Completed(_) => Told::Completed,
        Outcome::Failed(failure) => Told::Failed(failure.clone()),
        Outcome::Cancelled => Told::Cancelled,
        Outcome::Retry { failure, .. } => Told::Retry(failure.clone()),
    }
}

fn count(context: &Context, told: &Told) {
    let counters = &context.counters;
    match told {
        Told::Completed => counters.job_ended(COMPLETED),
        Told::Failed(failure) => counters.job_ended(failure.code.as_str()),
        Told::Cancelled => counters.job_ended(Code::Cancelled.as_str()),
        Told::Retry(_) => {}
    }
    match told {
        Told::Completed => &counters.documents_done,
        Told::Failed(_) => &counters.documents_failed,
        Told::Cancelled => &counters.documents_cancelled,
        Told::Retry(_) => &counters.documents_retried,
    }
    .inc();
}
