//! What a claim costs with few and with many queued jobs, and what several workers get done on PostgreSQL beside a bare
//! `SELECT ... FOR UPDATE SKIP LOCKED` loop with the same grouping of commits on the same server.
//!
//! `cargo bench -p docmill-store --bench claims --profile dev` (the profile that everything else is built with)

use std::sync::Arc;
use std::time::{Duration, Instant};

use docmill_store::conformance::{Ground, LEASE_MS, ManualClock, completed};
use docmill_store::{Batches, Caps, ClaimedJob, Finish, PostgresSettings, Queue, Role, SqlStore};
use docmill_testkit::postgres::{Server, free_port};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row};

/// Files of a batch.
const FILES: usize = 1_000;
/// Jobs of one claim and ends of one commit.
const GROUP: u32 = 16;
const QUEUED: [usize; 3] = [1_000, 10_000, 100_000];
const CLAIMS: usize = 50;
const WORKERS: [usize; 3] = [1, 2, 4];
/// Jobs of one throughput run.
const JOBS: usize = 10_000;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path(), free_port(), &["shared_buffers=256MB"]).await;
    let clock = Arc::new(ManualClock::default());
    let sqlite = SqlStore::sqlite(&folder.path().join("store.db"), clock.clone(), Role::Owner).await?;
    costs("SQLite", &sqlite, &clock).await?;
    server.run("postgres", "CREATE DATABASE costs").await;
    costs("PostgreSQL", &open(&server, "costs", &clock).await?, &clock).await?;
    server.run("postgres", "CREATE DATABASE work").await;
    throughput(&server, &clock).await?;
    Ok(())
}

async fn open(server: &Server, database: &str, clock: &Arc<ManualClock>) -> Result<SqlStore, Failed> {
    let settings = PostgresSettings { url: server.url(database), connections_max: 16, migrate: true };
    Ok(SqlStore::postgres(&settings, Some(clock.clone())).await?)
}

/// Batches over one directory until `jobs` more jobs are queued.
async fn queue(store: &SqlStore, clock: &ManualClock, jobs: usize) -> Result<(), Failed> {
    let ground = Ground::new(store, clock).await;
    let directory = ground.directory().await;
    for number in 0..FILES {
        ground.entry(directory, &format!("{}-{number}", directory)).await;
    }
    for _ in 0..jobs / FILES {
        store.batch_create(ground.new_batch(directory)).await?;
    }
    Ok(())
}

async fn costs(name: &str, store: &SqlStore, clock: &Arc<ManualClock>) -> Result<(), Failed> {
    println!("{name}: {CLAIMS} claims of {GROUP} jobs each, milliseconds");
    let mut queued = 0;
    for target in QUEUED {
        queue(store, clock, target - queued).await?;
        queued = target;
        let mut times = Vec::with_capacity(CLAIMS);
        let mut claimed = Vec::new();
        for _ in 0..CLAIMS {
            let begun = Instant::now();
            let jobs = store.job_claim("bench", GROUP, LEASE_MS, Caps::default()).await?;
            times.push(begun.elapsed());
            assert_eq!(jobs.len(), GROUP as usize);
            claimed.extend(jobs);
        }
        store.job_finish("bench", claimed.iter().map(end).collect()).await?;
        times.sort();
        let ms = |at: usize| times[at].as_secs_f64() * 1_000.0;
        println!("  {queued:>7} queued   p50 {:>6.2}   p99 {:>6.2}", ms(CLAIMS / 2), ms(CLAIMS - 1));
        queued -= CLAIMS * GROUP as usize;
    }
    Ok(())
}

fn end(job: &ClaimedJob) -> Finish {
    Finish { job: job.id, attempt: job.attempt, outcome: completed() }
}

async fn throughput(server: &Server, clock: &Arc<ManualClock>) -> Result<(), Failed> {
    println!("PostgreSQL: {JOBS} jobs, claims and ends in groups of {GROUP}, jobs a second");
    let store = Arc::new(open(server, "work", clock).await?);
    let pool = PgPoolOptions::new().max_connections(8).connect(&server.url("work")).await?;
    for workers in WORKERS {
        queue(&store, clock, JOBS).await?;
        let ours = rate(workers, |name| drain(Arc::clone(&store), name)).await?;
        let depth = store.queue_depth().await?;
        assert_eq!((depth.pending, depth.running), (0, 0));
        fill_bare(&pool).await?;
        let bare = rate(workers, |_| drain_bare(pool.clone())).await?;
        println!("  {workers} workers   docmill {ours:>6.0}   bare loop {bare:>6.0}   ratio {:.2}", bare / ours);
    }
    Ok(())
}

/// Jobs a second of so many tasks that run until nothing is left.
async fn rate<F>(workers: usize, work: impl Fn(String) -> F) -> Result<f64, Failed>
where
    F: Future<Output = Result<usize, Failed>> + Send + 'static,
{
    let begun = Instant::now();
    let tasks: Vec<_> = (0..workers).map(|number| tokio::spawn(work(format!("bench-{number}")))).collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    assert_eq!(done, JOBS);
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}

async fn drain(store: Arc<SqlStore>, worker: String) -> Result<usize, Failed> {
    let mut done = 0;
    let mut empty = 0;
    while empty < 3 {
        let jobs = store.job_claim(&worker, GROUP, LEASE_MS, Caps::default()).await?;
        if jobs.is_empty() {
            // Others may hold the last rows.
            empty += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        }
        empty = 0;
        let accepted = store.job_finish(&worker, jobs.iter().map(end).collect()).await?;
        assert!(accepted.iter().all(|accepted| *accepted));
        done += jobs.len();
    }
    Ok(done)
}

async fn fill_bare(pool: &PgPool) -> Result<(), Failed> {
    let sql = "DROP TABLE IF EXISTS bare;
        CREATE TABLE bare (id BIGINT PRIMARY KEY, state TEXT NOT NULL, worker TEXT, body TEXT);
        CREATE INDEX bare_ready ON bare (id) WHERE state = 'PENDING';
        INSERT INTO bare SELECT n, 'PENDING', NULL, repeat('x', 600) FROM generate_series(1, 10000) AS n;
        ANALYZE bare;";
    sqlx::raw_sql(sql).execute(pool).await?;
    Ok(())
}

async fn drain_bare(pool: PgPool) -> Result<usize, Failed> {
    let mut done = 0;
    loop {
        let rows = sqlx::query(
            "UPDATE bare SET state = 'RUNNING', worker = 'w' WHERE id IN (
                 SELECT id FROM bare WHERE state = 'PENDING' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id",
        )
        .bind(i64::from(GROUP))
        .fetch_all(&pool)
        .await?;
        if rows.is_empty() {
            return Ok(done);
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        sqlx::query("UPDATE bare SET state = 'DONE', worker = NULL WHERE id = ANY($1)")
            .bind(&ids)
            .execute(&pool)
            .await?;
        done += ids.len();
    }
}
