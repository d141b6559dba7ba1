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
