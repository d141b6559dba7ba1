//! The embedded database: one SQLite file, for one machine and one owner.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use docmill_model::Code;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::Mutex;

use super::{Database, errors, migrations};
use crate::error::{StoreError, StoreResult};

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

/// Opens or makes the database at `path`, with write-ahead log and full fsync at every commit, and brings its schema
/// up to date. The file is the owner's lock, held as long as it lives; the system lets go of it when the process dies.
pub(crate) async fn open(path: &Path, role: Role) -> StoreResult<(Database, Option<File>)> {
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
    migrations::sqlite(writer.connection().await?).await?;
    let readers = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_lazy_with(options.read_only(true));
    Ok((Database::Sqlite { writer: Box::new(Mutex::new(writer)), readers }, lock))
}

/// The connection that writes.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
}

impl Writer {
    pub(crate) async fn open(options: SqliteConnectOptions) -> StoreResult<Self> {
        let connection = options.connect().await?;
        Ok(Self { options, connection: Some(connection) })
    }

    /// The connection, outside any transaction.
    pub(crate) async fn connection(&mut self) -> StoreResult<&mut SqliteConnection> {
        if let Some(connection) = &mut self.connection
            && connection.is_in_transaction()
        {
            // A dropped transaction rolls back in the background; the ping waits for that. When SQLite itself has
            // rolled back (full disk, I/O error), sqlx goes on counting a transaction that is not there, and every
            // later BEGIN would fail: such a connection is replaced.
            let flushed = connection.ping().await.is_ok();
            if !flushed || connection.is_in_transaction() {
                self.connection = None;
            }
        }
        if self.connection.is_none() {
            self.connection = Some(self.options.connect().await?);
        }
        self.connection.as_mut().ok_or_else(|| StoreError::Corrupt("no connection".to_owned()))
    }

    /// Merges the write-ahead log into the file and lets go of it.
    pub(crate) async fn close(mut self) -> StoreResult<()> {
        sqlx::query("PRAGMA journal_mode = DELETE").execute(self.connection().await?).await?;
        Ok(())
    }

    /// Begins a write. IMMEDIATE: a transaction that first reads and then wants to write could be refused half way.
    pub(crate) async fn begin(&mut self) -> StoreResult<Transaction<'_, Sqlite>> {
        Ok(self.connection().await?.begin_with("BEGIN IMMEDIATE").await?)
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

#[cfg(test)]
mod tests {
    use docmill_model::Code;
    use sqlx::query;

    use super::*;

    async fn fill(writer: &mut Writer, bytes: i64) -> StoreResult<()> {
        let mut tx = writer.begin().await?;
        query("INSERT INTO t (body) VALUES (zeroblob($1))").bind(bytes).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_writing_goes_on_when_there_is_space() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("t.db")).create_if_missing(true);
        let mut writer = Writer::open(options).await.unwrap();
        let connection = writer.connection().await.unwrap();
        query("CREATE TABLE t (body TEXT)").execute(&mut *connection).await.unwrap();
        query("PRAGMA max_page_count = 8").execute(connection).await.unwrap();
        let full = fill(&mut writer, 1_000_000).await.unwrap_err();
        assert_eq!(full.failure().code, Code::DiskFull);
        // The limit was the old connection's: that this works says that the broken one was replaced.
        fill(&mut writer, 1_000_000).await.unwrap();
    }

    #[tokio::test]
    async fn a_dropped_transaction_leaves_nothing_and_keeps_the_connection() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("t.db")).create_if_missing(true);
        let mut writer = Writer::open(options).await.unwrap();
        query("CREATE TEMP TABLE t (body TEXT)").execute(writer.connection().await.unwrap()).await.unwrap();
        let mut tx = writer.begin().await.unwrap();
        query("INSERT INTO t (body) VALUES ('x')").execute(&mut *tx).await.unwrap();
        drop(tx);
        // A temporary table lives as long as its connection.
        let mut tx = writer.begin().await.unwrap();
        assert!(query("SELECT * FROM t").fetch_optional(&mut *tx).await.unwrap().is_none());
    }
}
