//! One reader child as its worker sees it.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use docmill_model::ProjectId;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::child::{ISOLATION_VARIABLE, MEMORY_VARIABLE};
use super::frames::{self, Frame, FrameError};
use super::protocol::{CHUNK_BYTES, FromReader, ToReader};
use crate::Counters;
use crate::confine::Isolation;
use crate::guard;
use crate::settings::ReaderCommand;

/// Of what the child says on stderr the last so many bytes are kept for the log.
const STDERR_BYTES_KEPT: usize = 2 * 1024;
/// The child's address space, in times of the resident memory it may use: mapped is not used, but a wild allocation
/// must end in the child and not in the machine.
const ADDRESS_SPACE_FACTOR: u64 = 3;

pub(crate) struct Reader {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: Arc<Mutex<Vec<u8>>>,
    stderr_reading: JoinHandle<()>,
    counters: Arc<Counters>,
    /// The one project whose documents this child reads.
    pub project: ProjectId,
    /// Documents read so far.
    pub documents: u32,
}

/// How a child ended.
pub(crate) struct Death {
    pub status: Option<ExitStatus>,
    pub stderr: String,
}

impl Reader {
    pub fn start(
        command: &ReaderCommand,
        memory_bytes: u64,
        isolation: Isolation,
        project: ProjectId,
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .env_clear()
            .env(MEMORY_VARIABLE, memory_bytes.saturating_mul(ADDRESS_SPACE_FACTOR).to_string())
            .env(ISOLATION_VARIABLE, isolation.as_str())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the reader has no pipes"));
        };
        let kept = Arc::new(Mutex::new(Vec::new()));
        let stderr_reading = tokio::spawn(keep_tail(stderr, Arc::clone(&kept)));
        let stdout = BufReader::with_capacity(CHUNK_BYTES, stdout);
        counters.readers_started.inc();
        counters.readers_alive.inc();
        counters.children.add(child.id());
        Ok(Self { child, stdin, stdout, stderr: kept, stderr_reading, counters, project, documents: 0 })
    }

    pub async fn say(&mut self, what: &ToReader, payload: &[u8]) -> Result<(), FrameError> {
        frames::write_async(&mut self.stdin, what, payload).await
    }

    /// The next frame; `None` when the child closed its end.
    pub async fn hear(&mut self) -> Result<Option<Frame<FromReader>>, FrameError> {
        frames::read_async(&mut self.stdout).await
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether the child still runs, as far as the system has told.
    pub fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills the child with all it started and waits until it is gone.
    pub async fn kill(mut self) -> Death {
        guard::kill_group(self.child.id());
        self.counters.children.remove(self.child.id());
        let status = self.child.wait().await.ok();
        // Nobody holds the other end of the pipe any more, so this ends.
        let _ = (&mut self.stderr_reading).await;
        let kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        Death { status, stderr: String::from_utf8_lossy(&kept).into_owned() }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        guard::kill_group(self.child.id());
        self.counters.children.remove(self.child.id());
        self.counters.readers_alive.dec();
    }
}

async fn keep_tail(mut stderr: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..read]);
        let over = kept.len().saturating_sub(STDERR_BYTES_KEPT);
        kept.drain(..over);
    }
}
