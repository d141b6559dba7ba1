//! The store on a real PostgreSQL: the suite that every backend passes, and what only several processes can show.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use docmill_model::JobId;
use docmill_store::conformance::{Ground, LEASE_MS, ManualClock, completed};
use docmill_store::{Admin, BatchFilter, Batches, Cap, Caps, Finish, PageRequest, PostgresSettings, Queue, SqlStore};
use docmill_testkit::postgres;
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;

fn settings(url: String) -> PostgresSettings {
    PostgresSettings { url, connections_max: 4, migrate: true }
}

/// A store in a database of its own, and the database's address.
async fn open(clock: Arc<ManualClock>) -> (String, SqlStore) {
    let url = postgres::database().await;
    let store = SqlStore::postgres(&settings(url.clone()), Some(clock)).await.unwrap();
    (url, store)
}

docmill_store::conformance_suite!(open);

/// Two processes on one database.
async fn two(clock: &Arc<ManualClock>) -> (String, [Arc<SqlStore>; 2]) {
    let (url, first) = open(clock.clone()).await;
    let second = SqlStore::postgres(&settings(url.clone()), Some(clock.clone())).await.unwrap();
    (url, [Arc::new(first), Arc::new(second)])
}

/// Whether something is told within the time. Nobody asks here, so only what is told can be the reason.
async fn is_told(changes: &mut watch::Receiver<u64>, within: Duration) -> bool {
    tokio::time::timeout(within, changes.changed()).await.is_ok()
}

#[tokio::test]
async fn work_that_comes_is_told_to_other_processes() {
    let clock = Arc::new(ManualClock::default());
    let (url, [first, second]) = two(&clock).await;
    let ground = Ground::new(&*first, &clock).await;
    let mut changes = second.changes();
    changes.mark_unchanged();
    ground.job("a.txt").await;
    assert!(is_told(&mut changes, Duration::from_secs(10)).await);
    // The connection for news is cut: it comes back by itself, says so, and hears again.
    changes.mark_unchanged();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE application_name = 'docmill news' AND datname = current_database()";
    let cut: i64 = sqlx::query_scalar(cut).fetch_one(&mut connection).await.unwrap();
    assert_eq!(cut, 2);
    assert!(is_told(&mut changes, Duration::from_secs(30)).await, "something may have been missed");
    changes.mark_unchanged();
    ground.job("b.txt").await;
    assert!(is_told(&mut changes, Duration::from_secs(10)).await);
}

/// Claims and ends until nothing is left; `held` counts what this process surely holds.
async fn work(store: Arc<SqlStore>, worker: String, caps: Caps, held: Arc<AtomicUsize>) -> Vec<JobId> {
    let mut done = Vec::new();
    let mut empty = 0;
    while empty < 50 {
        let jobs = store.job_claim(&worker, 5, LEASE_MS, caps).await.unwrap();
        let before = held.fetch_add(jobs.len(), Ordering::SeqCst);
        assert!(before + jobs.len() <= JOBS_MAX as usize, "more than may run at a time");
        store.job_rescue(10).await.unwrap();
        empty = if jobs.is_empty() { empty + 1 } else { 0 };
        // Counted off before they end, so that the count is never above what the database has.
        held.fetch_sub(jobs.len(), Ordering::SeqCst);
        let end = |job: &docmill_store::ClaimedJob| Finish { job: job.id, attempt: job.attempt, outcome: completed() };
        let accepted = store.job_finish(&worker, jobs.iter().map(end).collect()).await.unwrap();
        assert!(accepted.iter().all(|accepted| *accepted) && jobs.iter().all(|job| job.attempt == 1));
        done.extend(jobs.iter().map(|job| job.id));
    }
    done
}

const JOBS_MAX: u32 = 8;

#[tokio::test]
async fn workers_of_two_processes_share_the_work_and_keep_the_cap() {
    let clock = Arc::new(ManualClock::default());
    let (_url, stores) = two(&clock).await;
    let ground = Ground::new(&*stores[0], &clock).await;
    for _ in 0..4 {
        ground.batch(40).await;
    }
    let caps = Caps { project: Cap { jobs_max: Some(JOBS_MAX), jobs_per_minute: None }, batch: Cap::default() };
    let held = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..8)
        .map(|number| tokio::spawn(work(stores[number % 2].clone(), format!("w{number}"), caps, held.clone())))
        .collect();
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    assert_eq!((done.len(), done.iter().collect::<HashSet<_>>().len()), (160, 160), "each job once");
    let page = PageRequest { after: None, limit: 9 };
    let batches = stores[1].batch_list(ground.project, &BatchFilter::default(), page).await.unwrap().items;
    assert!(batches.iter().all(|batch| batch.status.is_terminal() && batch.counts.completed == 40));
    assert_eq!(stores[1].job_stuck(0, 10).await.unwrap().len(), 0);
}
