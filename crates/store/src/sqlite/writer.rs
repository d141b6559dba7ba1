//! The connection that writes.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};

use crate::error::{StoreError, StoreResult};

pub(super) struct Writer {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
}

impl Writer {
    pub(super) async fn open(options: SqliteConnectOptions) -> StoreResult<Self> {
        let connection = options.connect().await?;
        Ok(Self { options, connection: Some(connection) })
    }

    /// The connection, outside any transaction.
    pub(super) async fn connection(&mut self) -> StoreResult<&mut SqliteConnection> {
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

    /// Begins a write. IMMEDIATE: a transaction that first reads and then wants to write could be refused half way.
    pub(super) async fn begin(&mut self) -> StoreResult<Transaction<'_, Sqlite>> {
        Ok(self.connection().await?.begin_with("BEGIN IMMEDIATE").await?)
    }
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
