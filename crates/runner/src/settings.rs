//! How a worker is set up.

use std::ffi::OsString;
use std::path::PathBuf;

use docmill_model::limits::{Limits, RunLimits};

/// The program that becomes a reader child: `docmill reader`.
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
    /// The OCR program; `None` looks for `tesseract` on the PATH. A path that is none switches OCR off.
    pub tesseract: Option<PathBuf>,
    /// How long the worker waits before it asks for jobs again when nobody told it of new ones, milliseconds.
    pub poll_ms: u64,
    /// `None`: another worker of the same store does the upkeep.
    pub upkeep: Option<UpkeepSettings>,
}

impl RunnerSettings {
    /// A worker with the default limits, a CPU permit a processor, and three slots a permit: while one document is
    /// read, others wait for the disk to have their outputs, and for a commit. With as many slots as permits,
    /// one-line files took three times as long.
    pub fn new(worker: impl Into<String>, reader: ReaderCommand) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            worker: worker.into(),
            slots: processors * 3,
            cpu_permits: processors,
            limits: RunLimits::default(),
            pages_max: Limits::default().document_pages_max,
            reader,
            tesseract: None,
            poll_ms: 1_000,
            upkeep: Some(UpkeepSettings::default()),
        }
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
