//! What operators do by hand to jobs, batches and projects; what they do with whole data folders is tested with the
//! program.

use docmill_model::{BatchId, BatchStatus, Code, Failure, JobId, JobStatus, Product};

use super::{Ground, LEASE_MS, WORKER, Whole, completed, refusal};
use crate::admin::Stuck;
use crate::records::*;

const HOUR_MS: i64 = 3_600_000;

/// Why jobs are listed, and how often each was tried.
async fn listed(store: &dyn Whole) -> Vec<(Stuck, u32)> {
    store.job_stuck(HOUR_MS, 10).await.unwrap().iter().map(|job| (job.why, job.attempt)).collect()
}

pub async fn stuck_jobs_are_listed_with_the_reason(ground: &Ground<'_>) {
    let Ground { store, clock, .. } = *ground;
    let job = ground.job("a.txt").await.id;
    assert_eq!(listed(store).await, []);
    clock.advance(HOUR_MS);
    assert_eq!(listed(store).await, [(Stuck::WaitsLong, 0)]);
    let claimed = ground.claim_one().await;
    assert_eq!((claimed.id, listed(store).await), (job, vec![]));
    clock.advance(LEASE_MS);
    assert_eq!(listed(store).await, [(Stuck::LeaseOver, 1)]);
    ground.beat(&claimed).await;
    clock.advance(HOUR_MS);
    ground.beat(&claimed).await;
    assert_eq!(listed(store).await, [(Stuck::RunsLong, 1)]);
    let failure = Failure::from(Code::ReaderDied);
    ground.finish(&claimed, Outcome::Retry { failure: failure.clone(), strike: true, delay_ms: 5_000 }).await;
    let told = store.job_stuck(HOUR_MS, 10).await.unwrap().remove(0);
    assert_eq!((told.why, told.strikes, told.failure, told.worker), (Stuck::Repeated, 1, Some(failure), None));
}

pub async fn a_job_put_back_is_due_at_once_and_its_old_lease_counts_for_nothing(ground: &Ground<'_>) {
    let store = ground.store;
    let job = ground.job("a.txt").await.id;
    let first = ground.claim_one().await;
    assert_eq!(store.job_requeue(job).await.unwrap(), Some(()));
    let second = ground.claim_one().await;
    assert_eq!((second.id, second.attempt, second.strikes), (job, 2, 0));
    assert!(!ground.finish(&first, completed()).await, "the first attempt is fenced off");
    let failure = Code::StoreUnavailable.into();
    ground.finish(&second, Outcome::Retry { failure, strike: false, delay_ms: HOUR_MS }).await;
    assert!(ground.claim(1).await.is_empty(), "it waits");
    store.job_requeue(job).await.unwrap().unwrap();
    let third = ground.claim_one().await;
    assert!(ground.finish(&third, completed()).await);
    assert_eq!(refusal(store.job_requeue(job).await), Code::Conflict);
    assert_eq!(ground.job_now(job).await.status, JobStatus::Completed);
    let unknown = JobId::generate(Product::Parse);
    assert_eq!(store.job_requeue(unknown).await.unwrap(), None);
}

pub async fn after_the_clock_was_set_back_nothing_waits_for_it(ground: &Ground<'_>) {
    let Ground { store, clock, .. } = *ground;
    let batch = ground.batch(2).await;
    clock.advance(-24 * HOUR_MS);
    assert!(ground.claim(2).await.is_empty(), "due tomorrow");
    assert_eq!(store.job_hurry(300_000).await.unwrap(), 2);
    assert_eq!(store.job_hurry(300_000).await.unwrap(), 0);
    let claimed = ground.claim(2).await;
    // A jump ahead ends leases early: the jobs are tried again, and only one result of each counts.
    clock.advance(48 * HOUR_MS);
    assert_eq!(store.job_rescue(10).await.unwrap(), 2);
    let again = ground.claim(2).await;
    assert_eq!(again.len(), 2);
    let finish = |job: &ClaimedJob| Finish { job: job.id, attempt: job.attempt, outcome: completed() };
    let ends = claimed.iter().chain(&again).map(finish).collect();
    let accepted = store.job_finish(WORKER, ends).await.unwrap();
    assert_eq!(accepted, [false, false, true, true]);
    assert_eq!(store.batch_ids().await.unwrap(), [batch.id]);
    let status = store.batch_recount(batch.id).await.unwrap();
    assert_eq!((status, ground.batch_now(batch.id).await.counts.completed), (BatchStatus::Completed, 2));
}

pub async fn a_prioritised_batch_goes_first_and_pays_nothing_for_it(ground: &Ground<'_>) {
    let (first, urgent) = (ground.batch(20).await.id, ground.batch(20).await.id);
    assert_eq!(ground.store.batch_prioritise(urgent, 5).await.unwrap(), Some(()));
    let of = |jobs: &[ClaimedJob], batch| jobs.iter().filter(|job| job.batch == Some(batch)).count();
    let claimed = ground.claim(16).await;
    assert_eq!((of(&claimed, first), of(&claimed, urgent)), (0, 16));
    ground.store.batch_prioritise(urgent, 0).await.unwrap().unwrap();
    let claimed = ground.claim(6).await;
    assert_eq!((of(&claimed, first), of(&claimed, urgent)), (3, 3), "they share again, from now on");
    // Behind all others: what is left over is for it.
    ground.store.batch_prioritise(urgent, -1).await.unwrap().unwrap();
    let claimed = ground.claim(18).await;
    assert_eq!((of(&claimed, first), of(&claimed, urgent)), (17, 1));
}

pub async fn only_an_open_batch_has_a_priority(ground: &Ground<'_>) {
    let batch = ground.batch(1).await.id;
    let job = ground.claim_one().await;
    ground.finish(&job, completed()).await;
    assert_eq!(refusal(ground.store.batch_prioritise(batch, 1).await), Code::Conflict);
    assert_eq!(ground.store.batch_prioritise(BatchId::generate(), 1).await.unwrap(), None);
}
