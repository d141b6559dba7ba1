//! What operators do to a SQLite store by hand, on its rows; what they do with whole data folders is tested with the
//! program.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::sync::Arc;

use docmill_model::{Code, JobStatus};
use docmill_store::conformance::{Ground, LEASE_MS, ManualClock, completed, refusal};
use docmill_store::{Admin, Batches, Finish, Outcome, Queue, Stuck};
use docmill_store::{Role, SqlStore};
use tempfile::TempDir;

const HOUR_MS: i64 = 3_600_000;

async fn open() -> (TempDir, Arc<ManualClock>, SqlStore) {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(ManualClock::default()));
    let store = SqlStore::sqlite(&folder.path().join("store.db"), clock.clone(), Role::Owner).await.unwrap();
    (folder, clock, store)
}

/// Why jobs are listed, and how often each was tried.
async fn listed(store: &SqlStore) -> Vec<(Stuck, u32)> {
    store.job_stuck(HOUR_MS, 10).await.unwrap().iter().map(|job| (job.why, job.attempt)).collect()
}

#[tokio::test]
async fn stuck_jobs_are_listed_with_the_reason() {
    let (_folder, clock, store) = open().await;
    let ground = Ground::new(&store, &clock).await;
    let job = ground.job("a.txt").await.id;
    assert_eq!(listed(&store).await, []);
    clock.advance(HOUR_MS);
    assert_eq!(listed(&store).await, [(Stuck::WaitsLong, 0)]);
    let claimed = ground.claim_one().await;
    assert_eq!((claimed.id, listed(&store).await), (job, vec![]));
    clock.advance(LEASE_MS);
    assert_eq!(listed(&store).await, [(Stuck::LeaseOver, 1)]);
    ground.beat(&claimed).await;
    clock.advance(HOUR_MS);
    ground.beat(&claimed).await;
    assert_eq!(listed(&store).await, [(Stuck::RunsLong, 1)]);
    let failure = docmill_model::Failure::from(Code::ReaderDied);
    ground.finish(&claimed, Outcome::Retry { failure: failure.clone(), strike: true, delay_ms: 5_000 }).await;
    let told = store.job_stuck(HOUR_MS, 10).await.unwrap().remove(0);
    assert_eq!((told.why, told.strikes, told.failure, told.worker), (Stuck::Repeated, 1, Some(failure), None));
}

#[tokio::test]
async fn a_job_put_back_is_due_at_once_and_its_old_lease_counts_for_nothing() {
    let (_folder, clock, store) = open().await;
    let ground = Ground::new(&store, &clock).await;
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
    let unknown = docmill_model::JobId::generate(docmill_model::Product::Parse);
    assert_eq!(store.job_requeue(unknown).await.unwrap(), None);
}

#[tokio::test]
async fn after_the_clock_was_set_back_nothing_waits_for_it() {
    let (_folder, clock, store) = open().await;
    let ground = Ground::new(&store, &clock).await;
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
    let finish = |job: &docmill_store::ClaimedJob| Finish { job: job.id, attempt: job.attempt, outcome: completed() };
    let ends = claimed.iter().chain(&again).map(finish).collect();
    let accepted = store.job_finish(docmill_store::conformance::WORKER, ends).await.unwrap();
    assert_eq!(accepted, [false, false, true, true]);
    assert_eq!(store.batch_ids().await.unwrap(), [batch.id]);
    let status = store.batch_recount(batch.id).await.unwrap();
    assert_eq!((status, ground.batch_now(batch.id).await.counts.completed), (docmill_model::BatchStatus::Completed, 2));
}

#[tokio::test]
async fn a_snapshot_is_the_store_at_its_moment() {
    let (folder, clock, store) = open().await;
    let ground = Ground::new(&store, &clock).await;
    ground.batch(2).await;
    let path = folder.path().join("snapshot.db");
    store.snapshot_into(&path).await.unwrap();
    assert!(store.snapshot_into(&path).await.is_err(), "a file that is there is not written over");
    ground.batch(1).await;
    let copy = SqlStore::sqlite(&path, clock.clone(), Role::Visitor).await.unwrap();
    assert_eq!((copy.batch_ids().await.unwrap().len(), copy.integrity().await.unwrap()), (1, None));
    let kept: Vec<_> = copy.kept_objects().await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|object| object.key.starts_with("files/")), "{kept:?}");
    copy.close().await.unwrap();
    assert!(!folder.path().join("snapshot.db-wal").exists());
    assert_eq!(SqlStore::owner(&folder.path().join("store.db")).unwrap(), Some(std::process::id()));
    assert_eq!(SqlStore::owner(&path).unwrap(), None);
}
