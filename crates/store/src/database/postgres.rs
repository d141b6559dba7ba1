//! The database past one machine: PostgreSQL, with any number of processes on it.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use docmill_model::{Code, Timestamp};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Isolation, migrations};
use crate::clock::Clock;
use crate::error::{StoreError, StoreResult};

/// How long a step waits for a free connection before the caller is told that the store is not available.
const ACQUIRE_WAIT: Duration = Duration::from_secs(10);
/// What every connection asks the server for, so that a process that was stopped in the middle of a step (or whose
/// machine is gone) does not hold its rows for ever. Milliseconds.
const SESSION: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "15000"),
    ("lock_timeout", "30000"),
    ("statement_timeout", "60000"),
    ("tcp_keepalives_idle", "30"),
];
/// The channel on which processes tell each other that something changed.
const CHANNEL: &str = "docmill_changes";
/// News of one process are told at most this often: a NOTIFY takes a lock that all of the server's share.
const TELL_EVERY: Duration = Duration::from_millis(20);
/// How long after the connection for news was lost it is made anew. Until then the poll of the workers is what there is.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// How often the database is asked for its time.
const CLOCK_EVERY: Duration = Duration::from_secs(60);

/// Where the database is, and how much of it one process takes.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// `postgres://user:password@host:port/database?sslmode=...`
    pub url: String,
    /// Connections of this process, beside one for news.
    pub connections_max: u32,
    /// Brings the schema up to date; otherwise it must be already.
    pub migrate: bool,
}

/// Connects, and brings the schema up to date if that is wanted.
pub(crate) async fn open(settings: &PostgresSettings) -> StoreResult<PgPool> {
    let options = options(settings)?.options(SESSION).application_name("docmill");
    let pool = PgPoolOptions::new()
        .max_connections(settings.connections_max)
        .acquire_timeout(ACQUIRE_WAIT)
        .connect_with(options)
        .await?;
    match settings.migrate {
        true => migrations::postgres(&pool).await?,
        false => migrations::postgres_is_current(&pool).await?,
    }
    Ok(pool)
}

fn options(settings: &PostgresSettings) -> StoreResult<PgConnectOptions> {
    PgConnectOptions::from_str(&settings.url).map_err(|error| {
        // The address itself may hold a password.
        let message = format!("The address of the PostgreSQL database cannot be read: {error}.");
        StoreError::refused(Code::NotUsable, message)
    })
}

pub(super) async fn begin(pool: &PgPool, isolation: Isolation) -> StoreResult<Transaction<'static, Postgres>> {
    Ok(pool
        .begin_with(match isolation {
            Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Isolation::Locks => "BEGIN ISOLATION LEVEL READ COMMITTED",
        })
        .await?)
}

/// Two tasks that live as long as the store: one tells other processes of this one's changes, one hears of theirs. Both
/// only hint; what they lose costs a worker the time until its next poll.
pub(crate) async fn news(
    settings: &PostgresSettings,
    pool: &PgPool,
    changes: &watch::Sender<u64>,
) -> StoreResult<JoinSet<()>> {
    let own = Uuid::new_v4().simple().to_string();
    let heard = Arc::new(AtomicU64::new(0));
    let options = options(settings)?.application_name("docmill news");
    let listener = listener(&options).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(tell(pool.clone(), own.clone(), changes.subscribe(), heard.clone()));
    tasks.spawn(listen(listener, options, News { own, heard, changes: changes.clone() }));
    Ok(tasks)
}

/// `heard` counts the changes that came from outside: they are not told again.
async fn tell(pool: PgPool, own: String, mut changes: watch::Receiver<u64>, heard: Arc<AtomicU64>) {
    let mut told = 0;
    while changes.changed().await.is_ok() {
        let made = changes.borrow_and_update().wrapping_sub(heard.load(Ordering::Acquire));
        if made == told {
            continue;
        }
        told = made;
        let tell = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&own);
        if let Err(error) = tell.execute(&pool).await {
            tracing::debug!(%error, "other processes were not told of a change");
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}

/// Changes that other processes told of.
struct News {
    /// What this process signs its own with; they come back.
    own: String,
    heard: Arc<AtomicU64>,
    changes: watch::Sender<u64>,
}

impl News {
    fn pass_on(&self) {
        self.changes.send_modify(|count| {
            self.heard.fetch_add(1, Ordering::AcqRel);
            *count = count.wrapping_add(1);
        });
    }
}

async fn listen(mut listener: PgListener, options: PgConnectOptions, news: News) {
    loop {
        match listener.try_recv().await {
            Ok(Some(told)) if told.payload() == news.own => continue,
            Ok(Some(_)) => {
                news.pass_on();
                continue;
            }
            Ok(None) => tracing::debug!("the connection for news was lost"),
            Err(error) => tracing::warn!(%error, "no news from other processes"),
        }
        listener = loop {
            tokio::time::sleep(LISTEN_AGAIN).await;
            match self::listener(&options).await {
                Ok(listener) => break listener,
                Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "still no news"),
            }
        };
        // Something may have been missed meanwhile.
        news.pass_on();
    }
}

/// A connection that hears what is told on the channel.
async fn listener(options: &PgConnectOptions) -> StoreResult<PgListener> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// The database's time without asking it each time: what it said last, and how long ago that was by a clock that
/// neither jumps nor is set. The machines' own clocks do not matter then.
struct DatabaseClock {
    begun: Instant,
    /// The database's time when `begun` was taken, milliseconds.
    base: AtomicI64,
}

impl DatabaseClock {
    fn elapsed(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    async fn ask(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let before = self.elapsed();
        let now: i64 =
            sqlx::query_scalar("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT").fetch_one(pool).await?;
        // The answer is of some moment between the question and its arrival.
        self.base.store(now - (before + self.elapsed()) / 2, Ordering::Relaxed);
        Ok(())
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.base.load(Ordering::Relaxed) + self.elapsed())
    }
}

/// A clock that follows the database's, kept right by a task.
pub(crate) async fn clock(pool: &PgPool, tasks: &mut JoinSet<()>) -> StoreResult<Arc<dyn Clock>> {
    let clock = Arc::new(DatabaseClock { begun: Instant::now(), base: AtomicI64::new(0) });
    clock.ask(pool).await?;
    let (asking, pool) = (clock.clone(), pool.clone());
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(CLOCK_EVERY).await;
            if let Err(error) = asking.ask(&pool).await {
                tracing::debug!(%error, "the database did not tell its time");
            }
        }
    });
    Ok(clock)
}
