//! How a worker is set up.

use std::ffi::OsString;
use std::path::PathBuf;

use docmill_model::limits::{Limits, RunLimits, WebhookLimits};
use docmill_model::network::Guard;
use docmill_model::webhook::{Endpoint, Event, Message};
use uuid::Uuid;

use crate::confine::Isolation;
use crate::tools::Launcher;
use crate::tools::office::{LibreOffice, Office, OfficeLimits};

/// A program that becomes a child of the worker: `docmill reader`.
#[derive(Debug, Clone)]
pub struct ReaderCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

#[derive(Debug, Clone)]
pub struct RunnerSettings {
    /// Name of this worker, unique among the workers of a store: leases carry it.
    pub worker: String,
    /// Jobs at a time, those that wait for a CPU permit or for the disk among them.
    pub slots: usize,
    /// Readers and OCR programs that may use a processor at the same time.
    pub cpu_permits: usize,
    pub limits: RunLimits,
    /// Pages read of one document.
    pub pages_max: u32,
    pub reader: ReaderCommand,
    /// The program that restricts itself and becomes a tool: `docmill confine`. `None`: tools start as they are.
    pub confine: Option<ReaderCommand>,
    /// Has the span of an attempt belong to the trace of its batch, or of the job itself: this crate knows no
    /// OpenTelemetry.
    pub traced: fn(&tracing::Span, Uuid),
    /// What readers and tools do where the kernel lacks a restriction.
    pub isolation: Isolation,
    /// The OCR program; `None` looks for `tesseract` on the PATH. A path that is none switches OCR off.
    pub tesseract: Option<PathBuf>,
    /// LibreOffice's `soffice`; `None` looks for it on the PATH. A path that is none switches it off.
    pub soffice: Option<PathBuf>,
    /// How long the worker waits before it asks for jobs again when nobody told it of new ones, milliseconds.
    pub poll_ms: u64,
    /// `None`: another worker of the same store does the upkeep.
    pub upkeep: Option<UpkeepSettings>,
    /// `None`: another worker of the same store delivers webhooks.
    pub webhooks: Option<WebhookSettings>,
    /// Where requests on a caller's word may go.
    pub guard: Guard,
    /// Bytes of a document that is fetched from the web.
    pub source_bytes_max: u64,
}

/// How webhooks are delivered, and how their events are written: that is LlamaCloud's, which this crate does not know.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    pub limits: WebhookLimits,
    pub message: fn(&Event, &Endpoint) -> Message,
}

/// While one document is read, others wait for the disk to have their outputs, and for a commit. With as many slots as
/// permits, one-line files took three times as long; with many more, a long document would hold others back.
const SLOTS_PER_PERMIT: usize = 4;

impl RunnerSettings {
    /// A worker with the default limits and a CPU permit a processor.
    pub fn new(worker: impl Into<String>, reader: ReaderCommand) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            worker: worker.into(),
            slots: processors * SLOTS_PER_PERMIT,
            cpu_permits: processors,
            limits: RunLimits::default(),
            pages_max: Limits::default().document_pages_max,
            reader,
            confine: None,
            traced: |_, _| (),
            isolation: Isolation::default(),
            tesseract: None,
            soffice: None,
            poll_ms: 1_000,
            upkeep: Some(UpkeepSettings::default()),
            webhooks: None,
            guard: Guard::default(),
            source_bytes_max: Limits::default().upload_bytes_max,
        }
    }

    /// The converter.
    pub(crate) fn office(&self, launcher: Launcher) -> Office {
        let limits =
            OfficeLimits { memory_bytes_max: self.limits.reader_memory_bytes_max, time_ms: self.limits.conversion_ms };
        Office::new(LibreOffice::find(self.soffice.as_deref()), launcher, limits)
    }

    /// Reads this many documents at a time.
    pub fn with_workers(mut self, workers: usize) -> Self {
        self.cpu_permits = workers;
        self.slots = workers * SLOTS_PER_PERMIT;
        self
    }
}

/// How often each duty of the upkeep runs.
#[derive(Debug, Clone)]
pub struct UpkeepSettings {
    /// Jobs of dead workers go back to the queue, milliseconds.
    pub rescue_ms: u64,
    /// Ephemeral directories past their time are deleted, milliseconds.
    pub expire_ms: u64,
    /// Blobs and outputs that nothing refers to are deleted, milliseconds.
    pub sweep_ms: u64,
    /// How long a blob stays after nothing refers to it, milliseconds.
    pub blob_grace_ms: i64,
}

impl Default for UpkeepSettings {
    fn default() -> Self {
        Self { rescue_ms: 5_000, expire_ms: 60_000, sweep_ms: 300_000, blob_grace_ms: 3_600_000 }
    }
}
