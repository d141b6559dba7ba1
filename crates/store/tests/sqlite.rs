//! The SQLite store: the suite that every backend passes, and what only a file on a disk can show.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::path::Path;
use std::sync::Arc;

use docmill_model::{BatchStatus, Code, JobStatus};
use docmill_store::conformance::webhooks::endpoint;
use docmill_store::conformance::{Ground, ManualClock, WORKER, completed, refusal};
use docmill_store::{Batches, Deliveries, Finish, Keys, Listeners, NewBatch, Queue};
use docmill_store::{Role, SqlStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

async fn open(clock: Arc<ManualClock>) -> (TempDir, SqlStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path(), clock).await;
    (folder, store)
}

async fn open_in(folder: &Path, clock: Arc<ManualClock>) -> SqlStore {
    SqlStore::sqlite(&folder.join("store.db"), clock, Role::Owner).await.unwrap()
}

docmill_store::conformance_suite!(open);

/// Changes rows behind the store's back, as a bug or a bad disk would.
async fn tamper(folder: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(folder.join("store.db")).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected();
    assert!(changed > 0, "{sql}");
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_store_has_one_owner_and_any_visitors() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let path = folder.path().join("store.db");
    let refused = SqlStore::sqlite(&path, clock.clone(), Role::Owner).await;
    let message = refused.as_ref().err().unwrap().to_string();
    assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
    assert_eq!(refusal(refused), Code::NotUsable);

    let visitor = SqlStore::sqlite(&path, clock.clone(), Role::Visitor).await.unwrap();
    let project = visitor.project_default().await.unwrap().id;
    assert_eq!(project, store.project_default().await.unwrap().id);
    drop(store);
    open_in(folder.path(), clock).await;
}

#[tokio::test]
async fn what_was_answered_survives_a_store_that_was_never_closed() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    let batch = ground.batch(3).await.id;
    let jobs = ground.claim(2).await;
    ground.finish(&jobs[0], completed()).await;
    drop(store);

    let store = open_in(folder.path(), clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    assert_eq!(ground.batch_now(batch).await.counts.completed, 1);
    assert_eq!(store.job_release_all().await.unwrap(), 1);
    assert!(!ground.finish(&jobs[1], completed()).await, "the lease died with its owner");
    for job in ground.claim(5).await {
        assert!(ground.finish(&job, completed()).await);
    }
    let done = ground.batch_now(batch).await;
    assert_eq!((done.status, done.counts.completed), (BatchStatus::Completed, 3));
}

/// The kinds of all events, as another program finds them on the disk.
async fn events_on_disk(folder: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(folder.join("store.db"));
    let mut connection = options.connect().await.unwrap();
    let kinds = sqlx::query_scalar("SELECT kind FROM webhook_event ORDER BY id").fetch_all(&mut connection).await;
    connection.close().await.unwrap();
    kinds.unwrap()
}

#[tokio::test]
async fn a_change_and_its_event_are_one_commit_and_survive_the_process() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    let directory = ground.directory().await;
    ground.entry(directory, "a").await;
    let listeners = Listeners { saved: Vec::new(), inline: vec![endpoint("x")] };
    let batch = store.batch_create(NewBatch { listeners, ..ground.new_batch(directory) }).await.unwrap().id;
    let job = ground.claim_one().await;
    assert_eq!(events_on_disk(folder.path()).await, ["batch.pending", "batch.running"]);
    // The event cannot be written: then the job has not ended either.
    tamper_schema(folder.path(), "ALTER TABLE webhook_event RENAME TO gone").await;
    let finish = Finish { job: job.id, attempt: job.attempt, outcome: completed() };
    assert!(store.job_finish(WORKER, vec![finish]).await.is_err());
    assert_eq!(ground.job_now(job.id).await.status, JobStatus::Running);
    assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Running);
    tamper_schema(folder.path(), "ALTER TABLE gone RENAME TO webhook_event").await;
    assert!(ground.finish(&job, completed()).await);
    let leased = store.delivery_claim(1, 9, 1_000_000).await.unwrap().remove(0);
    // The process dies between the state change and the delivery, and in the middle of one.
    drop(store);

    let store = open_in(folder.path(), clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Completed);
    store.job_release_all().await.unwrap();
    let deliveries = store.delivery_claim(9, 9, 1_000).await.unwrap();
    let told: Vec<_> = deliveries.iter().map(|delivery| (delivery.event.kind.as_str(), delivery.attempt)).collect();
    assert_eq!(told, [("batch.pending", 2), ("batch.running", 1), ("batch.success", 1)]);
    assert_eq!(deliveries[0].event, leased.event, "the same event again");
}

async fn tamper_schema(folder: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(folder.join("store.db")).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_fails_its_batch_and_no_other() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    let broken = ground.batch(3).await.id;
    let running = ground.claim_one().await;
    tamper(folder.path(), "UPDATE batch SET options = '{\"product\":'").await;
    let sound = ground.batch(2).await.id;

    let claimed = ground.claim(10).await;
    assert_eq!(claimed.iter().map(|job| job.batch).collect::<Vec<_>>(), [Some(sound); 2]);
    let batch = ground.batch_now(broken).await;
    assert_eq!(batch.status, BatchStatus::Failed);
    assert_eq!(batch.failure.unwrap().code, Code::BatchSnapshotUnreadable);
    assert_eq!(batch.counts.cancelled, 2);
    assert!(ground.finish(&running, completed()).await, "what is being read may finish");
    let batch = ground.batch_now(broken).await;
    assert_eq!((batch.status, batch.counts.open()), (BatchStatus::Failed, 0));
    let items = store.batch_results(ground.project, broken).await.unwrap().unwrap();
    assert!(items.iter().all(|item| item.job.is_some_and(|(_, status)| status.is_terminal())));
}

#[tokio::test]
async fn a_recount_repairs_counters_and_fails_what_it_cannot_repair() {
    for (sql, expected) in [
        ("UPDATE batch SET failed = 2, completed = 0", BatchStatus::Running),
        ("UPDATE job SET batch_id = NULL, options = '{}' WHERE status = 'PENDING'", BatchStatus::Failed),
        ("DELETE FROM batch_item WHERE position = 1", BatchStatus::Failed),
        ("UPDATE batch SET options = 'x'", BatchStatus::Failed),
    ] {
        let clock = Arc::new(ManualClock::default());
        let (folder, store) = open(clock.clone()).await;
        let ground = Ground::new(&store, &clock).await;
        let id = ground.batch(3).await.id;
        let job = ground.claim_one().await;
        ground.finish(&job, completed()).await;
        tamper(folder.path(), sql).await;
        assert_eq!(store.batch_recount(id).await.unwrap(), expected, "{sql}");
        let batch = ground.batch_now(id).await;
        assert_eq!((batch.counts.completed, batch.counts.failed), (1, 0), "{sql}");
        let code = batch.failure.map(|failure| failure.code);
        let broken = (expected == BatchStatus::Failed).then_some(Code::BatchSnapshotUnreadable);
        assert_eq!(code, broken, "{sql}");
    }
}

#[tokio::test]
async fn a_lost_end_of_a_batch_is_found_by_a_recount() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    let id = ground.batch(2).await.id;
    for job in ground.claim(2).await {
        ground.finish(&job, completed()).await;
    }
    tamper(folder.path(), "UPDATE batch SET status = 'RUNNING', finished_at = NULL, completed = 1").await;
    assert_eq!(store.batch_recount(id).await.unwrap(), BatchStatus::Completed);
}

#[tokio::test]
async fn a_job_that_cannot_be_read_fails_alone() {
    let clock = Arc::new(ManualClock::default());
    let (folder, store) = open(clock.clone()).await;
    let ground = Ground::new(&store, &clock).await;
    let batch = ground.batch(1).await.id;
    tamper(folder.path(), "UPDATE job SET source = '{}'").await;
    let sound = ground.job("sound").await.id;
    let claimed = ground.claim(10).await;
    assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [sound]);
    let items = store.batch_results(ground.project, batch).await.unwrap().unwrap();
    assert_eq!(items[0].job.unwrap().1, JobStatus::Failed);
    assert_eq!(items[0].failure.as_ref().unwrap().code, Code::Internal);
    assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Completed);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let content = "certainly not a database, and longer than a header of one hundred bytes would be.".repeat(9);
    std::fs::write(&path, &content).unwrap();
    let opened = SqlStore::sqlite(&path, Arc::new(ManualClock::default()), Role::Owner).await;
    assert!(opened.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
}
