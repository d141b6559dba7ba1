//! What the queue costs beside two bare loops on the same disk: one that makes as many commits with as many one-row
//! inserts, and one that only commits (one row each).
//!
//! `cargo bench -p docmill-store --bench queue --profile dev` (the profile that everything else is built with)

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use docmill_model::BatchStatus;
use docmill_store::conformance::{Ground, LEASE_MS, ManualClock, WORKER, completed};
use docmill_store::{Batches, Caps, Finish, Queue};
use docmill_store::{Role, SqlStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

const FILES: usize = 1_000;
const GROUP: u32 = 64;
const ROUNDS: usize = 5;

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    println!("{FILES} files a batch, claims and finishes in groups of {GROUP}, best of {ROUNDS} rounds");
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::default());
    let store = SqlStore::sqlite(&folder.path().join("store.db"), clock.clone(), Role::Owner).await?;
    let ground = Ground::new(&store, &clock).await;
    let directory = ground.directory().await;
    for number in 0..FILES {
        ground.entry(directory, &format!("f{number}")).await;
    }
    let mut best = [Duration::MAX; 6];
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let batch = store.batch_create(ground.new_batch(directory)).await?;
        let create = begun.elapsed();
        let begun = Instant::now();
        let commits = drain(&store).await?;
        let run = begun.elapsed();
        let batch = ground.batch_now(batch.id).await;
        assert_eq!((batch.status, batch.counts.completed as usize), (BatchStatus::Completed, FILES));
        let bare_create = bare(folder.path(), 1, FILES * 2).await?;
        let bare_run = bare(folder.path(), commits, FILES * 2).await?;
        let only_create = bare(folder.path(), 1, 1).await?;
        let only_run = bare(folder.path(), commits, commits).await?;
        for (best, this) in best.iter_mut().zip([create, bare_create, only_create, run, bare_run, only_run]) {
            *best = (*best).min(this);
        }
    }
    report("batch_create", [best[0], best[1], best[2]], 1);
    report("claim + finish", [best[3], best[4], best[5]], FILES.div_ceil(GROUP as usize) * 2);
    Ok(())
}

async fn drain(store: &SqlStore) -> Result<usize, Failed> {
    let mut commits = 0;
    loop {
        let claimed = store.job_claim(WORKER, GROUP, LEASE_MS, Caps::default()).await?;
        if claimed.is_empty() {
            return Ok(commits);
        }
        let finish =
            |job: &docmill_store::ClaimedJob| Finish { job: job.id, attempt: job.attempt, outcome: completed() };
        store.job_finish(WORKER, claimed.iter().map(finish).collect()).await?;
        commits += 2;
    }
}

/// The least that any queue on this disk has to do: as many commits, each with its share of one-row inserts.
async fn bare(folder: &Path, commits: usize, rows: usize) -> Result<Duration, Failed> {
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)").execute(&mut connection).await?;
    let body = "x".repeat(300);
    let begun = Instant::now();
    for _ in 0..commits {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        for _ in 0..rows / commits {
            sqlx::query("INSERT INTO row (body) VALUES ($1)").bind(&body).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    let taken = begun.elapsed();
    connection.close().await?;
    Ok(taken)
}

fn report(name: &str, [store, bare, commits_only]: [Duration; 3], commits: usize) {
    let ratio = store.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{name:<14} {store:>8.1?}   bare loop {bare:>8.1?} (ratio {ratio:.2})   {commits} commits alone {commits_only:.1?}"
    );
}
