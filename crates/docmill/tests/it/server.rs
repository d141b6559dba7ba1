//! A server with its address, and a client that knows the way of a batch.

use std::future::Future;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::program::{Home, Running, client, signal};

pub const KEY: &str = "llx-a-key-that-only-tests-have";

pub struct Server {
    pub running: Running,
    pub base: String,
}

/// `docmill serve` on a free port, with its data in `data` of this home.
pub fn serve(home: &Home) -> Command {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error");
    command.env("DOCMILL_SERVER__UNREADY_MS", "0").env("DOCMILL_RUN__RETRY_FIRST_MS", "20");
    command
}

impl Server {
    pub fn start(command: Command) -> Self {
        let mut running = Running::start(command);
        let base = running.line("listening on ");
        Self { running, base }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    pub async fn get(&self, path: &str) -> Value {
        answer(self.request(Method::GET, path)).await.1
    }

    /// What was made; panics when it is refused.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = answer(self.request(Method::POST, path).json(&body)).await;
        assert!(status.is_success(), "{status}: {answer}");
        answer
    }

    pub async fn directory(&self) -> String {
        text(&self.post("/api/v1/beta/directories", json!({"name": "files"})).await["id"])
    }

    pub fn upload(&self, directory: &str, name: &str, content: Vec<u8>) -> RequestBuilder {
        let form = Form::new().part("upload_file", Part::bytes(content).file_name(name.to_owned()));
        self.request(Method::POST, &format!("/api/v1/beta/directories/{directory}/files/upload")).multipart(form)
    }

    pub fn batch(&self, directory: &str) -> RequestBuilder {
        self.request(Method::POST, "/api/v2/batches").json(&json!({
            "source_directory_id": directory,
            "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_AGENTIC"}},
        }))
    }

    /// The batch with its results, once it is as wanted.
    pub async fn batch_when(&self, batch: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/v2/batches/{batch}?expand=results");
        until(what, || async { Some(self.get(&path).await).filter(|batch| wanted(batch)) }).await
    }

    pub async fn ended(&self, batch: &str) -> Value {
        self.batch_when(batch, "the end of the batch", |batch| batch["status"] == "COMPLETED").await
    }

    pub fn kill(mut self) {
        signal(&self.running.child, Signal::KILL);
        self.running.code();
    }

    pub fn stop(mut self) {
        signal(&self.running.child, Signal::TERM);
        assert_eq!(self.running.code(), Some(0), "{}", self.running.said());
    }
}

/// Status and JSON of an answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Asks until there is an answer.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what} did not happen");
        tokio::task::yield_now().await;
    }
}
