//! A server to send requests to, and what the tests say about its answers.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use docmill_model::limits::Limits;
use docmill_model::network::Guard;
use docmill_model::{Failure, ProjectId, Timestamp};
use docmill_server::{App, Insight, ServerSettings, Site};
use docmill_store::blobs::Blobs;
use docmill_store::{Caps, Role, SqlStore};
use docmill_store::{ClaimedJob, Clock, Finish, Keys, NewKey, Outcome, Queue, Store, SystemClock};
use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::Connection;
use tokio_util::sync::{CancellationToken, DropGuard};

pub const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
pub const KEY: &str = "llx-first";
/// A key of another project of the same store.
pub const OTHER_KEY: &str = "llx-other";
/// What results of the tests' worker must carry to be used again.
pub const ENGINE: &str = "docmill of the tests";
const WORKER: &str = "test worker";

/// A clock that tests move.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn pass_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub struct Server {
    pub store: Arc<SqlStore>,
    pub blobs: Blobs,
    pub clock: Arc<HandClock>,
    pub address: String,
    pub folder: tempfile::TempDir,
    client: reqwest::Client,
    _stop: DropGuard,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(Limits::default()).await
    }

    pub async fn start_with(limits: Limits) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), limits).await
    }

    /// `folder` may hold things already: the spool is `folder/spool`.
    pub async fn start_in(folder: tempfile::TempDir, limits: Limits) -> Self {
        Self::start_at(folder, limits, Site::default()).await
    }

    pub async fn start_at(folder: tempfile::TempDir, limits: Limits, site: Site) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(SystemClock.now().0)));
        let path = folder.path().join("docmill.db");
        let store = Arc::new(SqlStore::sqlite(&path, clock.clone(), Role::Owner).await.unwrap());
        let project = store.project_default().await.unwrap().id;
        for (secret, project) in [(KEY, project), (OTHER_KEY, other_project(&path).await)] {
            add_key(&store, secret, project).await;
        }
        let blobs = Blobs::local(&folder.path().join("blobs")).unwrap();
        let spool = folder.path().join("spool");
        let insight = Insight { explain: docmill_extract::explain, draft: docmill_extract::draft };
        let settings = ServerSettings {
            limits,
            spool,
            site,
            guard: Guard::default(),
            engine: ENGINE.to_owned(),
            insight,
            traced: Default::default(),
        };
        let app = App::new(store.clone() as Arc<dyn Store>, blobs.clone(), clock.clone(), settings);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        tokio::spawn(docmill_server::serve(listener, app, stop.clone()));
        let client = client();
        Self { store, blobs, clock, address, folder, client, _stop: stop.drop_guard() }
    }

    pub fn request(&self, key: &str, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method: Method = method.parse().unwrap();
        self.client.request(method, format!("http://{}{path}", self.address)).bearer_auth(key)
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send_as(KEY, method, path, body).await
    }

    pub async fn send_as(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(key, method, path);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.send("GET", path, None).await.expect(200)
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.send("POST", path, Some(body)).await.expect(200)
    }

    pub async fn directory(&self) -> String {
        let made = self.post("/api/v1/beta/directories", json!({"name": "invoices"})).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn upload(&self, directory: &str, name: &str, bytes: &[u8], texts: &[(&str, &str)]) -> Answer {
        let mut form = Form::new();
        for (part, text) in texts {
            form = form.text((*part).to_owned(), (*text).to_owned());
        }
        let form = form.part("upload_file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
        let path = format!("/api/v1/beta/directories/{directory}/files/upload");
        answer(self.request(KEY, "POST", &path).multipart(form)).await
    }

    /// A directory with files of these names; each holds its name.
    pub async fn directory_of(&self, names: &[&str]) -> String {
        let directory = self.directory().await;
        for name in names {
            self.upload(&directory, name, name.as_bytes(), &[]).await.expect(200);
        }
        directory
    }

    pub async fn batch(&self, directory: &str) -> String {
        let made = self.post("/api/v2/batches", batch_body(directory, "cfg-PARSE_AGENTIC")).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn claim(&self, count: u32) -> Vec<ClaimedJob> {
        self.store.job_claim(WORKER, count, 30_000, Caps::default()).await.unwrap()
    }

    pub async fn finish(&self, job: &ClaimedJob, outcome: Outcome) {
        let finish = Finish { job: job.id, attempt: job.attempt, outcome };
        assert_eq!(self.store.job_finish(WORKER, vec![finish]).await.unwrap(), [true]);
    }

    pub async fn fail(&self, job: &ClaimedJob, failure: Failure) {
        self.finish(job, Outcome::Failed(failure)).await;
    }

    /// Files below a folder of the server (`spool`, `blobs`).
    pub fn files_in(&self, folder: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
            }
        }
        found
    }
}

/// A client as clients of docmill have it. It could speak https, and wants to know how before it is made.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn other_project(path: &std::path::Path) -> ProjectId {
    let project = ProjectId::generate();
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query(
        "INSERT INTO project (id, organization_id, name, is_default, created_at) VALUES ($1, $2, 'other', 0, 0)",
    )
    .bind(project.uuid().to_string())
    .bind(UUID)
    .execute(&mut connection)
    .await
    .unwrap();
    project
}

async fn add_key(store: &SqlStore, secret: &str, project: ProjectId) {
    let secret_hash = Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let new = NewKey { project, name: secret.to_owned(), secret_hash, hint: secret.to_owned() };
    store.key_create(new).await.unwrap();
}

pub fn batch_body(directory: &str, configuration: &str) -> Value {
    json!({
        "source_directory_id": directory,
        "config": {"job": {"type": "parse_v2", "configuration_id": configuration}},
    })
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, headers, body }
}

impl Answer {
    /// The body of an answer with this status.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A refusal: its status, its code, and words of its sentence or, for wrong fields, `place: words`.
    pub fn refused(&self, status: u16, code: &str, words: &str) {
        let told = match &self.body["detail"] {
            Value::Array(errors) => errors.iter().map(field_error).collect::<Vec<_>>().join("\n"),
            detail => detail.as_str().unwrap_or_default().to_owned(),
        };
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert!(told.contains(words), "`{words}` is not in `{told}`");
        let retry = self.headers.get("x-should-retry").map(|value| value.to_str().unwrap());
        assert_eq!(retry, [409, 501].contains(&status).then_some("false"), "{status}");
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn field_error(error: &Value) -> String {
    let steps = error["loc"].as_array().unwrap().iter();
    let place: Vec<String> = steps.map(|step| step.as_str().map_or(step.to_string(), str::to_owned)).collect();
    format!("{}: {} {}", place.join("."), error["type"].as_str().unwrap(), error["msg"].as_str().unwrap())
}

/// Values of `field` of every item of a page.
pub fn field(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}
