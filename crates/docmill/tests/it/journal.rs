//! A journal of what a server acknowledged, kept outside it, and a checker that counts everything anew from the rows and
//! the files that a stopped server left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};

use crate::program::Home;
use crate::server::{Server, answer, text};

pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    pub fn new(home: &Home) -> Self {
        let path = home.path("journal.jsonl");
        Self { file: File::create(&path).unwrap(), path }
    }

    fn note(&mut self, line: &Value) {
        writeln!(self.file, "{line}").unwrap();
    }

    /// Uploads a file and notes it when that was acknowledged. `None`: it was not.
    pub async fn upload(&mut self, server: &Server, directory: &str, name: &str, content: &str) -> Option<()> {
        let made = made(server.upload(directory, name, content.as_bytes().to_vec())).await?;
        self.note(&json!({"file": text(&made["id"]), "directory": directory, "bytes": content.len()}));
        Some(())
    }

    /// Creates a batch and notes it with its number of files.
    pub async fn batch(&mut self, server: &Server, directory: &str) -> Option<String> {
        let made = made(server.batch(directory)).await?;
        let id = text(&made["id"]);
        self.note(&json!({"batch": id, "files": made["counts"]["total"]}));
        Some(id)
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Recounts the store below `data`, which nobody uses now. `all_ended`: no batch may be open any more.
    pub async fn recount(&self, data: &Path, all_ended: bool) {
        let url = format!("sqlite://{}", data.join("docmill.sqlite").display());
        let mut store = SqliteConnection::connect(&url).await.unwrap();
        let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut store).await.unwrap();
        assert_eq!(whole, "ok");
        for line in self.lines() {
            match (line["file"].as_str(), line["batch"].as_str()) {
                (Some(file), _) => acknowledged_file(&mut store, file).await,
                (_, Some(batch)) => acknowledged_batch(&mut store, batch, &line["files"]).await,
                _ => panic!("{line}"),
            }
        }
        every_batch(&mut store, all_ended).await;
        every_job(&mut store, data).await;
        every_blob(&mut store, data).await;
        store.close().await.unwrap();
    }
}

/// The answer to a create, if the server gave one and it is a good one.
async fn made(request: RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok()?;
    let good = response.status().is_success();
    let body = response.text().await.ok()?;
    good.then(|| serde_json::from_str(&body).unwrap())
}

/// Ids of the API have a prefix that rows do not.
fn bare(id: &str) -> &str {
    id.split_once('-').unwrap().1
}

async fn acknowledged_file(store: &mut SqliteConnection, id: &str) {
    let find = "SELECT COUNT(*) FROM directory_file JOIN file ON file.id = directory_file.file_id
                WHERE directory_file.id = $1 AND file.deleted_at IS NULL";
    let found: i64 = sqlx::query_scalar(find).bind(bare(id)).fetch_one(store).await.unwrap();
    assert_eq!(found, 1, "the file {id} was acknowledged and is lost");
}

async fn acknowledged_batch(store: &mut SqliteConnection, id: &str, files: &Value) {
    let find = "SELECT (SELECT total FROM batch WHERE id = $1) AS total,
                       (SELECT COUNT(*) FROM batch_item WHERE batch_id = $1) AS items,
                       (SELECT COUNT(DISTINCT job_id) FROM batch_item WHERE batch_id = $1) AS jobs";
    let row = sqlx::query(find).bind(bare(id)).fetch_one(store).await.unwrap();
    let counted = ["total", "items", "jobs"].map(|column| row.get::<Option<i64>, _>(column));
    assert_eq!(counted, [files.as_i64(); 3], "the batch {id} was acknowledged with {files} files");
}

/// Counters are what their jobs say, and a batch has ended when its jobs have.
async fn every_batch(store: &mut SqliteConnection, all_ended: bool) {
    let rows = sqlx::query("SELECT id, status, total, completed, failed, cancelled, without_job FROM batch");
    for row in rows.fetch_all(&mut *store).await.unwrap() {
        let id: String = row.get("id");
        let count = "SELECT job.status, COUNT(*) AS n FROM batch_item JOIN job ON job.id = batch_item.job_id
                     WHERE batch_item.batch_id = $1 GROUP BY job.status";
        let jobs = sqlx::query(count).bind(&id).fetch_all(&mut *store).await.unwrap();
        let jobs: BTreeMap<String, i64> = jobs.iter().map(|row| (row.get("status"), row.get("n"))).collect();
        let of = |status: &str| jobs.get(status).copied().unwrap_or(0);
        for (column, status) in [("completed", "COMPLETED"), ("failed", "FAILED"), ("cancelled", "CANCELLED")] {
            assert_eq!(row.get::<i64, _>(column), of(status), "{column} of the batch {id}");
        }
        let open = of("PENDING") + of("RUNNING");
        let status: String = row.get("status");
        assert_eq!(open > 0, ["PENDING", "RUNNING"].contains(&status.as_str()), "{status} with {open} open jobs");
        assert!(!all_ended || open == 0, "{open} jobs of the batch {id} are open");
        let all: i64 = jobs.values().sum::<i64>() + row.get::<i64, _>("without_job");
        assert_eq!(all, row.get::<i64, _>("total"), "items of the batch {id}");
    }
}

/// No lease without an owner, and every result with its pages, which no two jobs share.
async fn every_job(store: &mut SqliteConnection, data: &Path) {
    let leased: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM job WHERE status = 'RUNNING'").fetch_one(&mut *store).await.unwrap();
    assert_eq!(leased, 0, "leases that nobody holds");
    let done = "SELECT id, attempt, result FROM job
                WHERE status = 'COMPLETED' AND reused_from IS NULL AND deleted_at IS NULL";
    let mut seen = BTreeSet::new();
    for row in sqlx::query(done).fetch_all(store).await.unwrap() {
        let result: Value = serde_json::from_str(row.get("result")).unwrap();
        let pages = format!("outputs/{}-{}/pages.jsonl", row.get::<&str, _>("id"), row.get::<i64, _>("attempt"));
        let bytes = data.join("blobs").join(&pages).metadata().map(|about| about.len()).ok();
        let expected = result["page_offsets"].as_array().and_then(|offsets| offsets.last()?.as_u64());
        assert_eq!(bytes, expected, "{pages}");
        assert!(seen.insert(pages), "a result twice");
    }
}

async fn every_blob(store: &mut SqliteConnection, data: &Path) {
    let rows = sqlx::query("SELECT key, bytes FROM blob WHERE doomed_at IS NULL").fetch_all(store).await.unwrap();
    for row in rows {
        let key: String = row.get("key");
        let bytes = data.join("blobs").join(&key).metadata().map(|about| about.len()).ok();
        assert_eq!(bytes, u64::try_from(row.get::<i64, _>("bytes")).ok(), "{key}");
    }
}

/// Asks the server itself: what it says of a batch is what its jobs say one by one.
pub async fn recount_by_asking(server: &Server, batch: &Value) {
    let results = batch["results"].as_array().unwrap();
    let mut pages = BTreeSet::new();
    for result in results {
        let job = text(&result["job_reference"]["id"]);
        let (status, parsed) =
            answer(server.request(reqwest::Method::GET, &format!("/api/v2/parse/{job}?expand=text"))).await;
        assert!(status.is_success(), "{parsed}");
        assert_eq!(parsed["job"]["status"], "COMPLETED", "{parsed}");
        assert!(pages.insert(text(&parsed["text"]["pages"][0]["text"])), "two files with the same words");
    }
    assert_eq!(batch["counts"]["completed"].as_u64(), Some(pages.len() as u64));
}
