//! The store on one SQLite file: the embedded default, for one machine and one owner.

mod admin;
mod backup;
mod batch_create;
mod batch_retry;
mod batches;
mod claim;
mod configurations;
mod deliveries;
mod directories;
mod entries;
mod errors;
mod facts;
mod files;
mod finish;
mod jobs;
mod keys;
mod migrations;
mod once;
mod outbox;
mod reuse;
mod rows;
mod settle;
mod signing;
mod upkeep;
mod webhooks;
mod writer;

pub use backup::KeptObject;

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use docmill_model::{Code, Timestamp};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::clock::Clock;
use crate::error::{StoreError, StoreResult};
use writer::Writer;

/// How long a statement waits for another process that writes (a visitor beside the owner).
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Readers never block the writer in WAL mode; a few are enough for list and result calls.
const READERS_MAX: u32 = 4;

/// What a process wants of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs jobs and upkeep. One process at a time: SQLite is no queue between machines or servers.
    Owner,
    /// Reads or changes a few rows beside an owner (keys, configurations).
    Visitor,
}

/// A `Store` in one SQLite file, with write-ahead log and full fsync at every commit.
pub struct SqliteStore {
    writer: Mutex<Writer>,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    changes: watch::Sender<u64>,
    /// When a worker last asked for work, milliseconds; 0 = never.
    last_claim: AtomicI64,
    /// Held as long as the store lives; the system lets go of it when the process dies.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens or makes the store at `path` and brings its schema up to date. A second owner is refused with
    /// `NOT_USABLE` and told whom to stop.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>, role: Role) -> StoreResult<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(errors::unavailable)?;
        }
        let lock = match role {
            Role::Owner => Some(owner_lock(path)?),
            Role::Visitor => None,
        };
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_WAIT).foreign_keys(true);
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // WAL with less than FULL loses commits at a power loss: a batch that was answered must survive it.
            .synchronous(SqliteSynchronous::Full);
        let mut writer = Writer::open(writing).await?;
        migrations::run(writer.connection().await?).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_lazy_with(options.read_only(true));
        let store = Self {
            writer: Mutex::new(writer),
            readers,
            clock,
            changes: watch::Sender::new(0),
            last_claim: AtomicI64::new(0),
            _lock: lock,
        };
        store.make_default_project().await?;
        Ok(store)
    }

    /// The one connection that writes. Waiters get it in the order in which they came.
    async fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Wakes who waits for work, for the end of a job or for something to tell. Only after a commit.
    fn announce(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Takes `<path>.lock` and writes this process into it, so that a second owner can say whom to stop.
fn owner_lock(path: &Path) -> StoreResult<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(PathBuf::from(name))
        .map_err(errors::unavailable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut file)),
        Err(TryLockError::Error(error)) => return Err(errors::unavailable(error)),
    }
    let written = file
        .set_len(0)
        .and_then(|()| file.seek(SeekFrom::Start(0)))
        .and_then(|_| file.write_all(std::process::id().to_string().as_bytes()));
    written.map_err(errors::unavailable)?;
    Ok(file)
}

fn in_use(path: &Path, file: &mut File) -> StoreError {
    let mut process = String::new();
    // The number is a help to the reader of the message; without it the refusal stands all the same.
    let _ = file.take(20).read_to_string(&mut process);
    let process = if process.is_empty() { "unknown".to_owned() } else { process };
    StoreError::refused(
        Code::NotUsable,
        format!("{} is in use by another docmill (process {process}); stop that one first.", path.display()),
    )
}
