//! The schema's history, embedded. Append-only: a released file is never edited (`migrations/README.md`).

use std::borrow::Cow;

use sqlx::SqliteConnection;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::error::{StoreError, StoreResult};

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "resources", include_str!("../../migrations/sqlite/0002_resources.sql")),
    (3, "webhooks", include_str!("../../migrations/sqlite/0003_webhooks.sql")),
    (4, "batches", include_str!("../../migrations/sqlite/0004_batches.sql")),
    (5, "jobs", include_str!("../../migrations/sqlite/0005_jobs.sql")),
];

pub(super) async fn run(connection: &mut SqliteConnection) -> StoreResult<()> {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    match migrator.run_direct(None, connection, false).await {
        Ok(()) => Ok(()),
        Err(sqlx::migrate::MigrateError::Execute(error)) => Err(error.into()),
        Err(error) => Err(StoreError::Corrupt(format!("The store's schema does not fit this release: {error}."))),
    }
}
