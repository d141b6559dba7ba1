//! A connection to either database, and what may be done with it.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction as Open};

use crate::error::StoreResult;

/// A connection, for reading or in the middle of a step.
pub(crate) enum Connection<'w> {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteStep(Open<'w, Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
    PostgresStep(Open<'static, Postgres>),
}

/// What a statement runs on.
pub(super) enum Raw<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Connection<'_> {
    pub(super) fn raw(&mut self) -> Raw<'_> {
        match self {
            Self::SqliteReader(connection) => Raw::Sqlite(connection),
            Self::SqliteStep(open) => Raw::Sqlite(open),
            Self::PostgresReader(connection) => Raw::Postgres(connection),
            Self::PostgresStep(open) => Raw::Postgres(open),
        }
    }

    /// Ends a SELECT so that the rows stay as they were read until the step ends: a step under `Isolation::Locks` says
    /// so of rows that it decides over. SQLite has one writer, whose rows nobody else changes.
    pub(crate) fn locked(&self) -> &'static str {
        self.when_shared(" FOR UPDATE")
    }

    /// As `locked`, and rows that another step holds are left out instead of waited for.
    pub(crate) fn locked_unless_held(&self) -> &'static str {
        self.when_shared(" FOR UPDATE SKIP LOCKED")
    }

    /// As `locked_unless_held`, for rows that others refer to and that keep their keys: what refers to one may be made
    /// meanwhile.
    pub(crate) fn counted_unless_held(&self) -> &'static str {
        self.when_shared(" FOR NO KEY UPDATE SKIP LOCKED")
    }

    /// As `locked`, in a query over several tables of which only `table` is decided over.
    pub(crate) fn locked_of(&self, table: &str) -> String {
        if self.is_shared() { format!(" FOR UPDATE OF {table}") } else { String::new() }
    }

    pub(crate) fn locked_of_unless_held(&self, table: &str) -> String {
        if self.is_shared() { format!(" FOR UPDATE OF {table} SKIP LOCKED") } else { String::new() }
    }

    /// Other processes may write at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::PostgresReader(_) | Self::PostgresStep(_))
    }

    fn when_shared(&self, sql: &'static str) -> &'static str {
        if self.is_shared() { sql } else { "" }
    }
}

/// A connection in the middle of a step; dropped without `commit`, nothing of the step was done.
pub(crate) struct Transaction<'w>(pub(super) Connection<'w>);

impl Transaction<'_> {
    pub(crate) async fn commit(self) -> StoreResult<()> {
        match self.0 {
            Connection::SqliteStep(open) => Ok(open.commit().await?),
            Connection::PostgresStep(open) => Ok(open.commit().await?),
            Connection::SqliteReader(_) | Connection::PostgresReader(_) => Ok(()),
        }
    }
}

impl<'w> Deref for Transaction<'w> {
    type Target = Connection<'w>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
