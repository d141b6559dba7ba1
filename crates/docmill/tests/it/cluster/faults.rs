//! Processes die at their worst moment; after each fault everything is recounted.

use rustix::process::Signal;
use sqlx::Row;

use super::Cluster;

/// Enough work that it is not over before the fault.
const FILES: usize = 24;
const LINES: usize = 4_000;

async fn with_a_running_batch() -> Cluster {
    let mut cluster = Cluster::start().await;
    let directory = cluster.directory("long", FILES, LINES).await;
    cluster.create_batch(&directory, FILES).await.unwrap();
    cluster.start_worker("first");
    cluster.until_running().await;
    cluster
}

#[tokio::test]
async fn a_killed_worker_loses_nothing() {
    let mut cluster = with_a_running_batch().await;
    cluster.start_worker("second");
    cluster.kill_worker("first");
    cluster.until_done().await;
    cluster.check().await;
}

#[tokio::test]
async fn a_batch_outlives_all_workers_and_the_api() {
    let mut cluster = with_a_running_batch().await;
    cluster.kill_worker("first");
    cluster.kill_api();
    cluster.start_worker("second");
    cluster.start_api();
    cluster.until_done().await;
    cluster.check().await;
}

#[tokio::test]
async fn a_killed_database_loses_nothing_that_was_acknowledged() {
    let mut cluster = with_a_running_batch().await;
    let small = cluster.directory("small", 2, 1).await;
    // Creates go on while the database dies and comes back; those that were not acknowledged may or may not be there.
    for round in 0..30 {
        if round == 10 {
            let server = cluster.server.take().unwrap();
            server.kill();
            drop(server);
            assert!(cluster.create_batch(&small, 2).await.is_none(), "nothing is acknowledged without a database");
            cluster.start_database().await;
        }
        cluster.create_batch(&small, 2).await;
    }
    cluster.until_done().await;
    cluster.check().await;
    assert!(cluster.journal.len() >= 20, "{} batches were acknowledged", cluster.journal.len());
}

#[tokio::test]
async fn a_worker_that_slept_past_its_lease_is_refused() {
    let mut cluster = with_a_running_batch().await;
    cluster.signal_worker("first", Signal::STOP);
    cluster.start_worker("second");
    cluster.until_done().await;
    let ends = |rows: Vec<sqlx::postgres::PgRow>| -> Vec<(String, i64, i64)> {
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    };
    const ENDS: &str = "SELECT id, attempt, finished_at FROM job ORDER BY id";
    let before = ends(cluster.query(ENDS).await);
    assert!(before.iter().any(|(_, attempt, _)| *attempt > 1), "what the first held was done by the second");
    cluster.kill_worker("second");
    cluster.signal_worker("first", Signal::CONT);
    // It goes on with what it held, is refused, and then does what is new.
    let next = cluster.directory("next", 2, 1).await;
    cluster.create_batch(&next, 2).await.unwrap();
    cluster.until_done().await;
    let after = ends(cluster.query(ENDS).await);
    assert_eq!(after[..before.len()], before[..], "no late result was accepted");
    cluster.check().await;
}

#[tokio::test]
async fn a_stopped_worker_gives_its_jobs_back_at_once() {
    let mut cluster = with_a_running_batch().await;
    let mut first = cluster.workers.remove("first").unwrap();
    crate::program::signal(&first.child, Signal::TERM);
    assert_eq!(first.code(), Some(0), "{}", first.said());
    assert_eq!(cluster.count("SELECT COUNT(*) FROM job WHERE status = 'RUNNING'").await, 0);
    assert_eq!(cluster.count("SELECT COALESCE(SUM(expiries), 0)::BIGINT FROM job").await, 0);
    cluster.start_worker("second");
    cluster.until_done().await;
    cluster.check().await;
}
