//! The two databases under one set of steps: how they are opened, and what a step needs of either.
//!
//! SQLite has one writer, so a step is alone by nature. On PostgreSQL any number of processes write: a step runs
//! serializable and is tried again when another was in its way, or takes row locks where that would happen too often
//! (`Isolation`).

mod again;
mod connection;
pub(crate) mod errors;
mod migrations;
pub(crate) mod postgres;
pub(crate) mod row;
pub(crate) mod sqlite;
mod statement;

use sqlx::{PgPool, SqlitePool};
use tokio::sync::{Mutex, MutexGuard};

pub(crate) use again::again;
pub(crate) use connection::{Connection, Transaction};
pub(crate) use row::Row;
pub(crate) use statement::{QueryBuilder, query};

use crate::error::StoreResult;

pub(crate) enum Database {
    Sqlite {
        /// The one connection that writes. Waiters get it in the order in which they came.
        writer: Box<Mutex<sqlite::Writer>>,
        readers: SqlitePool,
    },
    Postgres {
        pool: PgPool,
    },
}

/// How a step on PostgreSQL is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// As if it were alone; the database refuses what would not be, and `again` repeats it.
    Serializable,
    /// READ COMMITTED: the step locks the rows that it decides over. For what all workers do all the time.
    Locks,
}

/// Whoever may write now.
pub(crate) enum Writing<'a> {
    Sqlite(MutexGuard<'a, sqlite::Writer>),
    Postgres(&'a PgPool),
}

impl Database {
    pub(crate) async fn reader(&self) -> StoreResult<Connection<'static>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::SqliteReader(readers.acquire().await?),
            Self::Postgres { pool } => Connection::PostgresReader(pool.acquire().await?),
        })
    }

    /// Ends all connections; of SQLite's file nothing is left in a log beside it.
    pub(crate) async fn close(self) -> StoreResult<()> {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.into_inner().close().await
            }
            Self::Postgres { pool } => {
                pool.close().await;
                Ok(())
            }
        }
    }

    pub(crate) async fn writing(&self) -> Writing<'_> {
        match self {
            Self::Sqlite { writer, .. } => Writing::Sqlite(writer.lock().await),
            Self::Postgres { pool } => Writing::Postgres(pool),
        }
    }
}

impl Writing<'_> {
    pub(crate) async fn begin(&mut self) -> StoreResult<Transaction<'_>> {
        self.begin_with(Isolation::Serializable).await
    }

    pub(crate) async fn begin_with(&mut self, isolation: Isolation) -> StoreResult<Transaction<'_>> {
        Ok(Transaction(match self {
            Self::Sqlite(writer) => Connection::SqliteStep(writer.begin().await?),
            Self::Postgres(pool) => Connection::PostgresStep(postgres::begin(pool, isolation).await?),
        }))
    }
}
