use std::collections::BTreeSet;
use std::future::Future;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::program::{Home, Running, client, signal};

const KEY: &str = "llx-a-key-that-only-tests-have";

fn command(home: &Home, listen: &str) -> Command {
    let mut command = home.command(&["serve", "--listen", listen]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "warn");
    command
}

/// A server with its address.
struct Server {
    running: Running,
    base: String,
    client: Client,
}

impl Server {
    fn start(home: &Home) -> Self {
        let mut running = Running::start(command(home, "127.0.0.1:0"));
        let base = running.line("listening on ");
        Self { running, base, client: client() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    async fn get(&self, path: &str) -> Value {
        answer(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        answer(self.request(Method::POST, path).json(&body)).await
    }
}

async fn answer(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Asks until there is an answer.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what} did not happen");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_killed_server_finishes_its_batch_after_the_next_start() {
    let home = Home::new();
    let server = Server::start(&home);
    assert!(server.request(Method::GET, "/readyz").send().await.unwrap().status().is_success());
    let directory = server.post("/api/v1/beta/directories", json!({"name": "texts"})).await;
    let directory = directory["id"].as_str().unwrap().to_owned();
    for number in 0..200 {
        let part = Part::text(format!("This is file number {number}.\n")).file_name(format!("{number}.txt"));
        let upload = format!("/api/v1/beta/directories/{directory}/files/upload");
        answer(server.request(Method::POST, &upload).multipart(Form::new().part("upload_file", part))).await;
    }
    let body = json!({
        "source_directory_id": directory,
        "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_AGENTIC"}},
    });
    let batch = server.post("/api/v2/batches", body).await;
    let path = format!("/api/v2/batches/{}", batch["id"].as_str().unwrap());
    until("a part of the batch", || async {
        let done = server.get(&path).await["counts"]["completed"].as_u64().unwrap();
        (done >= 20).then_some(())
    })
    .await;
    let Server { mut running, .. } = server;
    signal(&running.child, Signal::KILL);
    running.code();

    let server = Server::start(&home);
    let path = format!("{path}?expand=results");
    let ended = until("the end of the batch", || async {
        let batch = server.get(&path).await;
        (batch["status"] == "COMPLETED").then_some(batch)
    })
    .await;
    let results = ended["results"].as_array().unwrap();
    let jobs: BTreeSet<&str> = results.iter().map(|result| result["job_reference"]["id"].as_str().unwrap()).collect();
    let files: BTreeSet<&str> =
        results.iter().map(|result| result["source_directory_file_id"].as_str().unwrap()).collect();
    assert_eq!((results.len(), jobs.len(), files.len()), (200, 200, 200));
    assert_eq!(ended["counts"]["completed"], 200);
    // The recount: every job has exactly one page, and each file's words come out once.
    let mut words = BTreeSet::new();
    for job in jobs {
        let parsed = server.get(&format!("/api/v2/parse/{job}?expand=markdown")).await;
        let pages = parsed["markdown"]["pages"].as_array().unwrap();
        assert_eq!((parsed["job"]["status"].as_str(), pages.len()), (Some("COMPLETED"), 1));
        words.insert(pages[0]["markdown"].as_str().unwrap().trim().to_owned());
    }
    assert_eq!(words.len(), 200);
    let metrics = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for name in ["docmill_documents_done_total ", "docmill_pages_read_total ", "docmill_readers_alive "] {
        assert!(metrics.lines().any(|line| line.starts_with(name)), "{name} is missing in {metrics}");
    }
    let listed = server.get("/api/v2/parse?page_size=1000").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 200, "no job was made twice");
}

#[tokio::test]
async fn a_stop_signal_ends_the_server_with_0() {
    let home = Home::new();
    for stop in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(&home);
        signal(&server.running.child, stop);
        assert_eq!(server.running.code(), Some(0), "{}", server.running.said());
    }
}

#[test]
fn the_first_key_is_printed_once_and_never_to_the_network() {
    let home = Home::new();
    let mut refused = home.command(&["serve", "--listen", "0.0.0.0:0"]);
    let refused = crate::program::Ran::of(refused.output().unwrap());
    refused.ended(2).says("error: there is no API key yet, and 0.0.0.0:0 can be reached from other machines");

    let start = || {
        let mut running = Running::start(home.command(&["serve", "--listen", "127.0.0.1:0"]));
        running.line("listening on http://127.0.0.1:");
        running.said()
    };
    assert!(start().contains("first start: the API key is llx-"));
    assert!(!start().contains("llx-"));
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let home = Home::new();
    let _first = Server::start(&home);
    let second = crate::program::Ran::of(command(&home, "127.0.0.1:0").output().unwrap());
    assert_ne!(second.code, Some(0));
    assert!(second.stderr.starts_with("error: ") && second.stderr.contains("is in use by"), "{}", second.stderr);
}

#[test]
fn a_key_that_could_be_guessed_is_refused() {
    let home = Home::new();
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    let ran = crate::program::Ran::of(command.env("DOCMILL_BOOTSTRAP_KEY", "short").output().unwrap());
    ran.ended(2).says("error: DOCMILL_BOOTSTRAP_KEY is not usable as a key");
}
