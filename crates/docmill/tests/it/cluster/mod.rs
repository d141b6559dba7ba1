//! Several processes on one PostgreSQL: the real programs, and a checker that trusts none of them.

mod checker;
mod faults;
mod probes;

use std::collections::BTreeMap;
use std::process::Command;

use docmill_testkit::postgres;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response};
use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row};
use tempfile::TempDir;

use crate::program::{Home, Running, client, signal, until_async};

const KEY: &str = "llx-a-key-that-only-tests-have";

/// A database server of its own, a folder of blobs, and whoever was started on them.
struct Cluster {
    home: Home,
    folder: TempDir,
    port: u16,
    server: Option<postgres::Server>,
    /// Servers behind one address, as a load balancer has them: whoever is asked is the last one.
    apis: Vec<(Running, String)>,
    workers: BTreeMap<&'static str, Running>,
    /// What the API acknowledged, kept outside of it: batch and number of files.
    journal: Vec<(String, usize)>,
}

impl Cluster {
    /// An API without workers.
    async fn start() -> Self {
        let (home, folder, port) = (Home::new(), tempfile::tempdir().unwrap(), postgres::free_port());
        std::fs::create_dir(home.path("blobs")).unwrap();
        let mut cluster =
            Self { home, folder, port, server: None, apis: Vec::new(), workers: BTreeMap::new(), journal: Vec::new() };
        cluster.start_database().await;
        cluster.start_api();
        cluster
    }

    async fn start_database(&mut self) {
        self.server = Some(postgres::Server::start(self.folder.path(), self.port, &[]).await);
    }

    fn database(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Leases are short, so that the death of a worker is noticed soon.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command.args(["--database", &self.database(), "--data", "data"]);
        command.arg("--blobs").arg(format!("file://{}", self.home.path("blobs").display()));
        command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error");
        command.env("DOCMILL_RUN__LEASE_MS", "2000");
        command
    }

    fn start_api(&mut self) {
        let mut running = Running::start(self.command(&["serve", "--workers", "0", "--listen", "127.0.0.1:0"]));
        let base = running.line("listening on ");
        self.apis.push((running, base));
    }

    /// Starts a worker; where it answers probes.
    fn start_worker(&mut self, name: &'static str) -> String {
        let mut running = Running::start(self.command(&["worker", "--workers", "1", "--listen", "127.0.0.1:0"]));
        let probes = running.line("answering probes on ");
        running.line("worker ");
        self.workers.insert(name, running);
        probes
    }

    fn signal_worker(&self, name: &str, what: Signal) {
        signal(&self.workers[name].child, what);
    }

    /// As `kill -9` would, and waits for the end.
    fn kill_worker(&mut self, name: &str) {
        self.signal_worker(name, Signal::KILL);
        self.workers.remove(name).unwrap().code();
    }

    fn kill_api(&mut self) {
        let (mut running, _) = self.apis.pop().unwrap();
        signal(&running.child, Signal::KILL);
        running.code();
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (_, base) = self.apis.last().unwrap();
        client().request(method, format!("{base}{path}")).bearer_auth(KEY)
    }

    /// A directory with `files` text files of `lines` lines each. Contents differ between directories, so that no
    /// result is known before.
    async fn directory(&self, name: &str, files: usize, lines: usize) -> String {
        let made = self.request(Method::POST, "/api/v1/beta/directories").json(&json!({"name": name}));
        let made: Value = made.send().await.unwrap().json().await.unwrap();
        let directory = made["id"].as_str().unwrap().to_owned();
        for number in 0..files {
            let text = format!("File {number} of {name}.\n\n") + &"One more line that has to be read.\n".repeat(lines);
            let part = Part::bytes(text.into_bytes()).file_name(format!("{number:03}.txt"));
            let path = format!("/api/v1/beta/directories/{directory}/files/upload");
            let sent = self.request(Method::POST, &path).multipart(Form::new().part("upload_file", part));
            let answer = sent.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
        directory
    }

    /// Creates a batch; in the journal once it was acknowledged.
    async fn create_batch(&mut self, directory: &str, files: usize) -> Option<String> {
        let body = json!({
            "source_directory_id": directory,
            "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}},
        });
        let answer = self.request(Method::POST, "/api/v2/batches").json(&body).send().await.ok()?;
        self.acknowledged(answer, files).await
    }

    /// Puts a batch that an answer acknowledges into the journal.
    async fn acknowledged(&mut self, answer: Response, files: usize) -> Option<String> {
        if !answer.status().is_success() {
            return None;
        }
        let made: Value = answer.json().await.ok()?;
        let id = made["id"].as_str().unwrap().trim_start_matches("bat-").to_owned();
        self.journal.push((id.clone(), files));
        Some(id)
    }

    async fn query(&self, sql: &'static str) -> Vec<sqlx::postgres::PgRow> {
        let mut connection = PgConnection::connect(&self.database()).await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.query(sql).await[0].get(0)
    }

    /// Waits until somebody works.
    async fn until_running(&self) {
        until_async("work", async || {
            (self.count("SELECT COUNT(*) FROM job WHERE status = 'RUNNING'").await > 0).then_some(())
        })
        .await;
    }

    /// Waits until nothing is open any more.
    async fn until_done(&self) {
        until_async("the end of all batches", async || {
            let open = self.count("SELECT COUNT(*) FROM batch WHERE status IN ('PENDING', 'RUNNING')").await;
            (open == 0).then_some(())
        })
        .await;
    }
}
