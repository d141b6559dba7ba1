//! A store of every earlier schema is carried over: on both databases, from each version to the newest.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::{BatchId, BatchStatus, Code, DirectoryId, FileId, JobId, JobStatus, Product};
use docmill_store::conformance::{Ground, ManualClock, completed, refusal};
use docmill_store::{
    Batches, BlobRef, ConfigurationFilter, Configurations, Content, Directories, Files, JobSource, Keys, Outcome,
    PageRequest, PostgresSettings, Role, SqlStore,
};
use docmill_testkit::postgres;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqlSafeStr};
use uuid::Uuid;

/// Version, name and text of every migration, in order.
fn history() -> Vec<(i64, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let (version, name) = stem.split_once('_').unwrap();
            (version.parse().unwrap(), name.to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// The steps up to a version, as a release of that time had them; one is for PostgreSQL alone.
fn migrator(version: i64, is_postgres: bool) -> Migrator {
    let files = history().into_iter().filter(|file| file.0 <= version && (is_postgres || file.1 != "postgres"));
    let migrations = files.map(|(version, name, sql)| {
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(version, Cow::Owned(name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

fn id(number: u8) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8000 + u128::from(number))
}

const PROJECT: u8 = 0;
const DIRECTORY: u8 = 1;
const FILE: u8 = 2;
const BATCH: u8 = 3;
const DONE: u8 = 4;
const WAITING: u8 = 5;
const SINGLE: u8 = 6;
const ENTRY: u8 = 7;
const FILE_IN_DIRECTORY: u8 = 8;
const CONFIGURATION: u8 = 9;

/// What a first release left behind: a file for itself and one in a directory, a configuration, a batch with one file
/// done and one waiting, and a job of its own.
fn rows() -> Vec<String> {
    let [project, directory, file, batch] = [PROJECT, DIRECTORY, FILE, BATCH].map(id);
    let options = serde_json::to_string(&JobOptions::Parse(ParseOptions::default())).unwrap();
    let source = serde_json::to_string(&JobSource::File {
        file: FileId::from_uuid(file),
        directory_file: None,
        name: "a.txt".to_owned(),
        content: Content::Blob(BlobRef { key: "files/x".to_owned(), sha256: "x".to_owned(), bytes: 1 }),
    })
    .unwrap();
    let Outcome::Completed(result) = completed() else { panic!("it is completed") };
    let result = serde_json::to_string(&result).unwrap();
    let job = |number: u8, batch: &str, lane: Uuid, options: &str, end: &str| {
        format!(
            "INSERT INTO job (id, project_id, product, batch_id, lane, options, source, file_id, user_metadata, attempt,
                 strikes, expiries, pages_done, cancel_requested, source_deleted, outputs_swept, run_at, created_at,
                 updated_at, status, result, finished_at)
             VALUES ('{}', '{project}', 'parse_v2', {batch}, '{lane}', {options}, '{source}', '{file}', '{{}}', 0, 0, 0, 0,
                 0, 0, 0, 5, 5, 5, {end})",
            id(number)
        )
    };
    let mut rows = vec![
        format!("INSERT INTO project VALUES ('{project}', '{project}', 'default', 1, 5)"),
        format!(
            "INSERT INTO directory (id, project_id, name, kind, created_at, updated_at)
             VALUES ('{directory}', '{project}', 'd', 'user', 5, 5)"
        ),
        format!(
            "INSERT INTO file (id, project_id, name, purpose, sha256, bytes, blob_key, created_at)
             VALUES ('{file}', '{project}', 'a.txt', 'parse', 'x', 1, 'files/x', 5),
                    ('{}', '{project}', 'in it', 'user_data', 'y', 1, 'files/y', 5)",
            id(FILE_IN_DIRECTORY)
        ),
        format!(
            "INSERT INTO directory_file (id, project_id, directory_id, file_id, display_name, unique_id, unique_hash,
                 metadata, created_at, updated_at)
             VALUES ('{}', '{project}', '{directory}', '{}', 'in it', 'u', 'h', '{{}}', 5, 5)",
            id(ENTRY),
            id(FILE_IN_DIRECTORY)
        ),
        format!(
            "INSERT INTO configuration VALUES ('{}', '{project}', 'mine', 'parse_v2', '{{}}', 5, 5, 5)",
            id(CONFIGURATION)
        ),
        format!(
            "INSERT INTO batch (id, project_id, directory_id, product, configuration, options, status, total, completed,
                 failed, cancelled, without_job, cancel_requested, created_at, updated_at, started_at)
             VALUES ('{batch}', '{project}', '{directory}', 'parse_v2', 'cfg-PARSE_AGENTIC', '{options}', 'RUNNING', 2, 1,
                 0, 0, 0, 0, 5, 5, 5)"
        ),
        format!("INSERT INTO lane (id, weight, vtime) VALUES ('{batch}', 1, 0), ('{project}', 1, 0)"),
        job(DONE, &format!("'{batch}'"), batch, "NULL", &format!("'COMPLETED', '{result}', 6")),
        job(WAITING, &format!("'{batch}'"), batch, "NULL", "'PENDING', NULL, NULL"),
        job(SINGLE, "NULL", project, &format!("'{options}'"), "'PENDING', NULL, NULL"),
    ];
    rows.extend([DONE, WAITING].iter().enumerate().map(|(position, job)| {
        format!(
            "INSERT INTO batch_item (batch_id, position, directory_file_id, display_name, unique_id, job_id)
             VALUES ('{batch}', {position}, '{}', 'a.txt', 'u{position}', '{}')",
            id(ENTRY),
            id(*job)
        )
    }));
    rows
}

/// What is there is there, what waited runs, and the batch ends. A file of a directory goes with its last entry, one
/// that was stored for itself stays.
async fn check(store: &SqlStore, clock: &ManualClock, version: i64) {
    let ground = Ground::new(store, clock).await;
    assert_eq!(ground.project.uuid(), id(PROJECT), "from version {version}");
    let batch = BatchId::from_uuid(id(BATCH));
    assert_eq!(ground.batch_now(batch).await.counts.completed, 1, "from version {version}");
    let mut claimed = ground.claim(9).await;
    claimed.sort_by_key(|job| job.id.uuid());
    let ids: Vec<_> = claimed.iter().map(|job| job.id.uuid()).collect();
    assert_eq!(ids, [id(WAITING), id(SINGLE)], "from version {version}");
    for job in &claimed {
        assert!(ground.finish(job, completed()).await);
    }
    assert_eq!(store.batch_recount(batch).await.unwrap(), BatchStatus::Completed, "from version {version}");
    let done = ground.job_now(JobId::from_uuid(Product::Parse, id(DONE))).await;
    assert_eq!((done.status, done.result.is_some()), (JobStatus::Completed, true));
    let every = ConfigurationFilter { all_versions: true, ..Default::default() };
    let page = PageRequest { after: None, limit: 10 };
    let listed = store.configuration_list(ground.project, &every, page).await.unwrap().items;
    let listed: Vec<_> = listed.iter().map(|one| (one.id.to_string(), one.version.0)).collect();
    assert_eq!(listed, [(format!("cfg-{}", id(CONFIGURATION)), 5)]);
    assert!(store.directory_delete(ground.project, DirectoryId::from_uuid(id(DIRECTORY))).await.unwrap());
    let kept = [FILE, FILE_IN_DIRECTORY].map(|file| store.file_get(ground.project, FileId::from_uuid(id(file))));
    let [alone, in_directory] = kept;
    assert_eq!(alone.await.unwrap().map(|file| file.name).as_deref(), Some("a.txt"));
    assert!(in_directory.await.unwrap().is_none(), "from version {version}");
}

#[tokio::test]
async fn sqlite_is_carried_over_from_every_version() {
    for (version, ..) in history() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(ManualClock::default()));
        let path = folder.path().join("store.db");
        let mut connection =
            SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        migrator(1, false).run_direct(None, &mut connection, false).await.unwrap();
        for sql in rows() {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        migrator(version, false).run_direct(None, &mut connection, false).await.unwrap();
        connection.close().await.unwrap();
        let store = SqlStore::sqlite(&path, clock.clone(), Role::Owner).await.unwrap();
        check(&store, &clock, version).await;
    }
}

#[tokio::test]
async fn postgresql_is_carried_over_from_every_version() {
    for (version, ..) in history() {
        let (url, clock) = (postgres::database().await, Arc::new(ManualClock::default()));
        let mut connection = PgConnection::connect(&url).await.unwrap();
        migrator(1, true).run_direct(None, &mut connection, false).await.unwrap();
        for sql in rows() {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        migrator(version, true).run_direct(None, &mut connection, false).await.unwrap();
        connection.close().await.unwrap();
        let store = SqlStore::postgres(&settings(&url, true), Some(clock.clone())).await.unwrap();
        check(&store, &clock, version).await;
    }
}

fn settings(url: &str, migrate: bool) -> PostgresSettings {
    PostgresSettings { url: url.to_owned(), connections_max: 2, migrate }
}

#[tokio::test]
async fn of_processes_that_start_together_one_migrates() {
    let url = postgres::database().await;
    let refused = SqlStore::postgres(&settings(&url, false), None).await.map(|_| ());
    assert_eq!(refusal(refused), Code::NotUsable, "a process that may not migrate says who must");
    let open = |_| {
        let url = url.clone();
        tokio::spawn(async move { SqlStore::postgres(&settings(&url, true), None).await.map(|_| ()) })
    };
    let opened: Vec<_> = (0..8).map(open).collect();
    for store in opened {
        store.await.unwrap().unwrap();
    }
    let store = SqlStore::postgres(&settings(&url, false), None).await.unwrap();
    assert_eq!(store.project_list().await.unwrap().len(), 1);
}
