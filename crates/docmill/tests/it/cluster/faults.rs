//! Processes die at their worst moment; after each fault everything is recounted.

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use sqlx::{Connection, PgConnection, Row};

use super::Cluster;
use crate::program::{client, until_async};

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
    cluster.start_worker("another");
    until_async("work of both", async || {
        let busy = cluster.count("SELECT COUNT(DISTINCT worker) FROM job WHERE status = 'RUNNING'").await;
        (busy == 2).then_some(())
    })
    .await;
    cluster.kill_worker("first");
    cluster.kill_worker("another");
    cluster.kill_api();
    cluster.start_worker("second");
    cluster.start_api();
    cluster.until_done().await;
    cluster.check().await;
}

/// As behind a load balancer: a client that had no answer sends the same create again, and another server has it.
#[tokio::test]
async fn an_api_that_is_killed_during_creates_neither_loses_nor_doubles_one() {
    let mut cluster = Cluster::start().await;
    let directory = cluster.directory("small", 2, 1).await;
    cluster.start_api();
    let body = json!({
        "source_directory_id": directory,
        "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}},
    });
    let created = |cluster: &Cluster, key: usize| {
        let request = cluster.request(Method::POST, "/api/v2/batches").json(&body);
        request.header("Idempotency-Key", format!("create-{key}")).send()
    };
    // So many are on their way when the server dies.
    let under_way: Vec<_> = (0..40).map(|key| tokio::spawn(created(&cluster, key))).collect();
    until_async("a first batch", async || (cluster.count("SELECT COUNT(*) FROM batch").await > 0).then_some(())).await;
    cluster.kill_api();
    let mut answered = 0;
    for (key, sent) in under_way.into_iter().enumerate() {
        let answer = match sent.await.unwrap() {
            Ok(answer) if answer.status().is_success() => {
                answered += 1;
                answer
            }
            _ => created(&cluster, key).await.unwrap(),
        };
        cluster.acknowledged(answer, 2).await.unwrap();
    }
    assert!(answered < 40, "the server died too late for this test: all creates were answered");
    cluster.start_worker("first");
    cluster.until_done().await;
    cluster.check().await;
    assert_eq!(cluster.count("SELECT COUNT(*) FROM batch").await, 40);
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
    let mut cluster = Cluster::start().await;
    let directory = cluster.directory("long", FILES, LINES).await;
    cluster.create_batch(&directory, FILES).await.unwrap();
    let probes = cluster.start_worker("first");
    cluster.until_running().await;
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
    let refused = |metrics: &str| -> Option<u64> {
        metrics.lines().find_map(|line| line.strip_prefix("docmill_results_refused_total ")?.parse().ok())
    };
    let metrics = client().get(format!("{probes}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(refused(&metrics) >= Some(1), "it had a late result, and was told so: {metrics}");
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

/// Ends that may wait for their commit, and jobs that one worker reads or is about to (`--workers 1`).
const HELD_MAX: i64 = 2 * 64 + 4;

#[tokio::test]
async fn a_store_that_takes_no_results_gets_no_ever_growing_heap_of_them() {
    let mut cluster = Cluster::start().await;
    let files = usize::try_from(HELD_MAX).unwrap() + 168;
    let directory = cluster.directory("small", files, 1).await;
    let batch = cluster.create_batch(&directory, files).await.unwrap();
    cluster.start_worker("first");
    cluster.until_running().await;
    // Whoever holds the batch's row keeps every end of its jobs from being stored; its claims, now that it has begun, go on.
    let mut holder = PgConnection::connect(&cluster.database()).await.unwrap();
    let mut held = holder.begin().await.unwrap();
    sqlx::query("SELECT id FROM batch WHERE id = $1 FOR UPDATE").bind(&batch).execute(&mut *held).await.unwrap();
    let mut seen = 0;
    until_async("as many jobs as may be held", async || {
        let running = cluster.count("SELECT COUNT(*) FROM job WHERE status = 'RUNNING'").await;
        assert!(running <= HELD_MAX, "{running} jobs are held");
        seen += usize::from(running == HELD_MAX);
        (seen > 50).then_some(())
    })
    .await;
    held.rollback().await.unwrap();
    cluster.until_done().await;
    cluster.check().await;
}
