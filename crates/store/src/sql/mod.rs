//! The `Store` in SQL, the same for SQLite (one machine, one owner) and PostgreSQL (any number of machines).

mod admin;
mod backup;
mod batch_create;
mod batch_retry;
mod batches;
mod caps;
mod claim;
mod configurations;
mod deliveries;
mod directories;
mod entries;
mod facts;
mod files;
mod finish;
mod jobs;
mod keys;
mod lanes;
mod once;
mod outbox;
mod reuse;
mod settle;
mod signing;
mod upkeep;
mod webhooks;

pub use backup::KeptObject;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use docmill_model::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::database::postgres::{self, PostgresSettings};
use crate::database::sqlite::{self, Role};
use crate::database::{Connection, Database, Writing};
use crate::error::StoreResult;

/// What survives a restart, in rows.
pub struct SqlStore {
    database: Database,
    clock: Arc<dyn Clock>,
    changes: watch::Sender<u64>,
    /// When a worker of this process last asked for work, milliseconds; 0 = never.
    last_claim: AtomicI64,
    /// Tells other processes of changes, and hears of theirs.
    _news: JoinSet<()>,
    /// Held as long as the store lives.
    _lock: Option<File>,
}

impl SqlStore {
    /// Opens or makes the embedded store at `path`. A second owner is refused with `NOT_USABLE` and told whom to stop.
    pub async fn sqlite(path: &Path, clock: Arc<dyn Clock>, role: Role) -> StoreResult<Self> {
        let (database, lock) = sqlite::open(path, role).await?;
        Self::new(Self {
            database,
            clock,
            changes: watch::Sender::new(0),
            last_claim: AtomicI64::new(0),
            _news: JoinSet::new(),
            _lock: lock,
        })
        .await
    }

    /// Opens the store in a PostgreSQL database. Without a `clock` the time is the database's, so that the clocks of
    /// machines need not agree.
    pub async fn postgres(settings: &PostgresSettings, clock: Option<Arc<dyn Clock>>) -> StoreResult<Self> {
        let pool = postgres::open(settings).await?;
        let changes = watch::Sender::new(0);
        let mut news = postgres::news(settings, &pool, &changes).await?;
        let clock = match clock {
            Some(clock) => clock,
            None => postgres::clock(&pool, &mut news).await?,
        };
        let database = Database::Postgres { pool };
        Self::new(Self { database, clock, changes, last_claim: AtomicI64::new(0), _news: news, _lock: None }).await
    }

    async fn new(store: Self) -> StoreResult<Self> {
        store.make_default_project().await?;
        Ok(store)
    }

    /// The clock that the store's times are of.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    async fn writer(&self) -> Writing<'_> {
        self.database.writing().await
    }

    async fn reader(&self) -> StoreResult<Connection<'static>> {
        self.database.reader().await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Wakes who waits for work, for the end of a job or for something to tell. Only after a commit.
    fn announce(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }
}
