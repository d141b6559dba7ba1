//! The schema's history, embedded. Append-only: a released file is never edited (`migrations/README.md`).

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqliteConnection};

use docmill_model::Code;

use crate::error::{StoreError, StoreResult};

/// Both databases have the same history; a file may be for PostgreSQL alone.
struct File {
    version: i64,
    name: &'static str,
    sql: &'static str,
    postgres_only: bool,
}

const fn file(version: i64, name: &'static str, sql: &'static str) -> File {
    File { version, name, sql, postgres_only: false }
}

const HISTORY: &[File] = &[
    file(1, "first", include_str!("../../migrations/0001_first.sql")),
    file(2, "resources", include_str!("../../migrations/0002_resources.sql")),
    file(3, "webhooks", include_str!("../../migrations/0003_webhooks.sql")),
    file(4, "batches", include_str!("../../migrations/0004_batches.sql")),
    file(5, "jobs", include_str!("../../migrations/0005_jobs.sql")),
    file(6, "lanes", include_str!("../../migrations/0006_lanes.sql")),
    File { postgres_only: true, ..file(7, "postgres", include_str!("../../migrations/0007_postgres.sql")) },
    file(8, "shares", include_str!("../../migrations/0008_shares.sql")),
];

/// The owner of the file is alone with it.
pub(super) async fn sqlite(connection: &mut SqliteConnection) -> StoreResult<()> {
    done(migrator(HISTORY.iter().filter(|file| !file.postgres_only)).run_direct(None, connection, false).await)
}

/// Under an advisory lock: of several processes that start together one migrates, and the others wait.
pub(super) async fn postgres(pool: &PgPool) -> StoreResult<()> {
    done(migrator(HISTORY.iter()).run(pool).await)
}

/// For a process that may not migrate: refuses a schema of another release.
pub(super) async fn postgres_is_current(pool: &PgPool) -> StoreResult<()> {
    let newest: Option<i64> =
        match sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations WHERE success").fetch_one(pool).await {
            Ok(version) => version,
            // No such table: nothing was ever migrated.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => None,
            Err(error) => return Err(error.into()),
        };
    let wanted = HISTORY.last().map(|file| file.version);
    if newest == wanted {
        return Ok(());
    }
    let say = |version: Option<i64>| version.map_or("none".to_owned(), |version| version.to_string());
    let message = format!(
        "The database's schema is of version {}, this release wants {}; run `docmill migrate` of the newest release.",
        say(newest),
        say(wanted)
    );
    Err(StoreError::refused(Code::NotUsable, message))
}

fn migrator<'a>(files: impl Iterator<Item = &'a File>) -> Migrator {
    let migrations = files.map(|file| {
        let sql = sqlx::SqlSafeStr::into_sql_str(file.sql);
        Migration::new(file.version, Cow::Borrowed(file.name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

fn done(outcome: Result<(), MigrateError>) -> StoreResult<()> {
    match outcome {
        Ok(()) => Ok(()),
        Err(MigrateError::Execute(error)) => Err(error.into()),
        Err(error) => Err(StoreError::Corrupt(format!("The store's schema does not fit this release: {error}."))),
    }
}
