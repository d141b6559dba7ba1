//! One worker with everything real around it, in a folder of its own.

use std::os::unix::net::UnixListener as BlockingListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use docmill_model::document::PageOutcome;
use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::{JobId, JobStatus, ProjectId, Timestamp};
use docmill_runner::{ReaderCommand, Runner, RunnerSettings};
use docmill_store::blobs::Blobs;
use docmill_store::*;
use docmill_store::{Role, SqlStore};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// Longer than any test takes on a busy machine; a test that waits for so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A clock that a test moves while everything runs.
#[derive(Default)]
pub struct Jumping(AtomicI64);

impl Jumping {
    pub fn jump(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.0.load(Ordering::SeqCst))
    }
}
/// Set where every program that tests need is installed: then none may be left out.
pub const ALL_TOOLS: &str = "TESTS_NEED_ALL_TOOLS";

pub struct World {
    pub clock: Arc<Jumping>,
    pub store: Arc<SqlStore>,
    pub blobs: Blobs,
    pub project: ProjectId,
    pub folder: tempfile::TempDir,
}

/// A worker that reads with the reader that does as it is told, with limits that a test can wait for.
pub fn settings(reader: &str) -> RunnerSettings {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_test-reader"));
    let command = ReaderCommand { program, args: vec![reader.into()] };
    let mut settings = RunnerSettings::new("worker", command);
    settings.slots = 2;
    settings.limits.lease_ms = 6_000;
    settings.limits.retry_first_ms = 1;
    settings.tesseract = Some("/nonexistent".into());
    settings.confine =
        Some(ReaderCommand { program: env!("CARGO_BIN_EXE_test-reader").into(), args: vec!["confine".into()] });
    settings.soffice = Some("/nonexistent".into());
    settings
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("store.db");
        let clock = Arc::new(Jumping::default());
        let store = SqlStore::sqlite(&path, clock.clone(), Role::Owner).await.expect("a new store");
        let blobs = Blobs::local(&folder.path().join("blobs")).expect("a folder for blobs");
        let project = store.project_default().await.expect("the default project").id;
        Self { clock, store: Arc::new(store), blobs, project, folder }
    }

    pub fn start(&self, settings: RunnerSettings) -> Runner {
        let store: Arc<dyn Store> = self.store.clone();
        Runner::start(store, self.blobs.clone(), self.clock.clone(), settings)
    }

    /// Stored bytes under a fresh key.
    pub async fn blob(&self, bytes: impl AsRef<[u8]>) -> BlobRef {
        let bytes = bytes.as_ref();
        let sha256 = sha256(bytes);
        let key = Blobs::new_file_key(&sha256);
        self.blobs.put(&key, bytes.to_vec().into()).await.expect("put");
        BlobRef { key, sha256, bytes: bytes.len() as u64 }
    }

    /// A job that reads this document.
    pub async fn job(&self, document: &str) -> JobId {
        self.job_with(document, ParseOptions::default()).await
    }

    pub async fn job_with(&self, document: &str, options: ParseOptions) -> JobId {
        let content = Content::Blob(self.blob(document).await);
        self.job_of(content, JobOptions::Parse(options)).await
    }

    pub async fn job_of(&self, content: Content, options: JobOptions) -> JobId {
        self.job_named("document.txt", content, options).await
    }

    pub async fn job_named(&self, name: &str, content: Content, options: JobOptions) -> JobId {
        let file = NewFile {
            project: self.project,
            name: name.to_owned(),
            external_file_id: None,
            purpose: "parse".to_owned(),
            content: content.clone(),
            once: None,
        };
        let FileCreated::New(file) = self.store.file_create(file).await.expect("file") else { panic!("a new file") };
        let source = JobSource::File { file: file.id, directory_file: None, name: file.name, content };
        self.job_from(source, options).await
    }

    pub async fn job_from(&self, source: JobSource, options: JobOptions) -> JobId {
        let new = NewJob {
            project: self.project,
            options,
            parameters: None,
            configuration: None,
            source,
            user_metadata: Default::default(),
            once: None,
            listeners: Default::default(),
            reuse: None,
        };
        self.store.job_create(new).await.expect("job").id
    }

    pub async fn get(&self, job: JobId) -> Job {
        self.store.job_get(self.project, job).await.expect("the store answers").expect("the job is there")
    }

    /// Waits until the job is as wanted.
    pub async fn until(&self, job: JobId, wanted: impl Fn(&Job) -> bool) -> Job {
        let waiting = async {
            let mut changes = self.store.changes();
            loop {
                let now = self.get(job).await;
                if wanted(&now) {
                    return now;
                }
                changes.changed().await.expect("the store lives");
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the job gets there in time")
    }

    pub async fn ended(&self, job: JobId) -> Job {
        self.until(job, |job| job.status.is_terminal()).await
    }

    /// Every page of an ended job in one line each: `1 text`, `2 FAILED ...`.
    pub async fn pages(&self, job: &Job) -> Vec<String> {
        let page = |page: PageOutcome| match page {
            PageOutcome::Read(page) => format!("{} {}", page.number, page.text),
            PageOutcome::Failed { number, error } => format!("{number} FAILED {error}"),
        };
        self.outcomes(job).await.into_iter().map(page).collect()
    }

    /// The pages of an ended job as they are stored.
    pub async fn outcomes(&self, job: &Job) -> Vec<PageOutcome> {
        let outputs = job.outputs.as_ref().expect("a job with a result has outputs");
        let result = job.result.as_ref().expect("a result");
        let lines = self.blobs.get(&format!("{outputs}/pages.jsonl")).await.expect("blobs").expect("pages");
        assert_eq!(result.page_offsets.last(), Some(&(lines.len() as u64)), "the offsets end with the file");
        let starts = result.page_offsets.windows(2).map(|pair| &lines[pair[0] as usize..pair[1] as usize]);
        starts.map(|line| serde_json::from_slice(line).expect("a page")).collect()
    }

    /// What was printed of an ended job: its pages, or its failure.
    pub async fn told(&self, job: JobId) -> Vec<String> {
        let job = self.ended(job).await;
        match (job.status, &job.failure) {
            (JobStatus::Completed, _) => self.pages(&job).await,
            (status, failure) => {
                vec![format!("{status} {}", failure.as_ref().map_or(String::new(), |f| f.to_string()))]
            }
        }
    }

    /// Keys of everything that any attempt left under `outputs/`.
    pub async fn outputs(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.blobs.list("outputs").await.expect("list").into_iter().map(|e| e.key).collect();
        keys.sort();
        keys
    }

    /// Ends the worker and checks that it left nothing behind.
    pub async fn drain(&self, runner: &Runner) {
        runner.drain(PATIENCE).await;
        let counters = runner.counters();
        assert_eq!((counters.jobs_held.get(), counters.readers_alive.get()), (0, 0), "jobs held, readers alive");
        let depth = self.store.queue_depth().await.expect("depth");
        assert_eq!((depth.pending, depth.running), (0, 0), "jobs pending, running");
    }

    /// A place where a reader can be met in the middle of its page.
    pub fn meeting(&self) -> Meeting {
        let path = self.folder.path().join("meet");
        let listener = BlockingListener::bind(&path).expect("bind");
        listener.set_nonblocking(true).expect("not blocking");
        Meeting { path, listener: UnixListener::from_std(listener).expect("listener") }
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub struct Meeting {
    path: PathBuf,
    listener: UnixListener,
}

impl Meeting {
    /// The order that leads a reader here.
    pub fn order(&self) -> String {
        format!("meet {}", self.path.display())
    }

    /// The reader that comes next.
    pub async fn reader(&self) -> Met {
        let coming = async {
            let (mut socket, _) = self.listener.accept().await.expect("accept");
            let mut pid = [0; 4];
            socket.read_exact(&mut pid).await.expect("its process id");
            Met { pid: u32::from_le_bytes(pid), socket }
        };
        tokio::time::timeout(PATIENCE, coming).await.expect("a reader comes in time")
    }
}

/// A reader that waits in the middle of a page.
pub struct Met {
    pub pid: u32,
    socket: UnixStream,
}

impl Met {
    /// Lets it go on with its page, if it is still there.
    pub async fn go_on(mut self) {
        let _ = self.socket.write_all(&[0]).await;
    }

    /// Returns when the process is gone.
    pub async fn dies(mut self) {
        let mut nothing = [0];
        let end =
            tokio::time::timeout(PATIENCE, self.socket.read(&mut nothing)).await.expect("the reader dies in time");
        assert!(matches!(end, Ok(0) | Err(_)), "a reader that waits says nothing");
    }
}
