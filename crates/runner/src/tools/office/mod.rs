//! LibreOffice as a converter: a document in, another one out, each run in a folder of its own that goes with it.
//!
//! Untrusted bytes meet a large program here, so it is held as readers are: no environment, a private home and
//! temporary folder, restrictions that it gives itself before it begins (`confine`; the network among what they take), a look
//! at its memory, a time, and the end of its whole group when it is given up. Its profile is written anew for each run: no
//! macro and no link of a document is followed.

mod found;
mod profile;

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use docmill_model::Code;
use docmill_parse::{NotConverted, Target};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::Launcher;
use crate::confine::Needs;
use crate::guard::{self, Bounds, Interrupted};
use crate::reader::protocol::PAYLOAD_BYTES_MAX;

pub use found::{LibreOffice, Part};

/// How LibreOffice ends when it set up its profile and wants to be started again.
const AGAIN: i32 = 81;
/// Where Debian's packages keep what LibreOffice finds out of its extensions.
const SHARED: [&str; 2] = ["/var/lib/libreoffice", "/var/spool/libreoffice"];
/// Longest file that LibreOffice may write, bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Longest extension that is believed, characters.
const EXTENSION_CHARS_MAX: usize = 8;

/// The converter of a worker.
pub struct Office {
    found: Option<LibreOffice>,
    launcher: Launcher,
    limits: OfficeLimits,
}

/// What one run of LibreOffice may use.
#[derive(Debug, Clone, Copy)]
pub struct OfficeLimits {
    /// Resident memory, bytes.
    pub memory_bytes_max: u64,
    /// Wall-clock time, milliseconds.
    pub time_ms: u64,
}

impl Office {
    /// `found`: `None` when there is none.
    pub fn new(found: Option<LibreOffice>, launcher: Launcher, limits: OfficeLimits) -> Self {
        Self { found, launcher, limits }
    }

    /// Program and version, for the engine's fingerprint.
    pub fn fingerprint(&self) -> Option<&str> {
        self.found.as_ref().map(|found| found.version.as_str())
    }

    /// The document in another format. `extension` is a hint for LibreOffice, which looks at the content as well.
    ///
    /// # Errors
    /// The outer one is that of the document's own bounds; a run that meets its own is a conversion that failed.
    pub(crate) async fn convert(
        &self,
        document: &[u8],
        extension: &str,
        target: Target,
        bounds: Bounds<'_>,
    ) -> Result<Result<Vec<u8>, NotConverted>, Interrupted> {
        let Some(found) = self.found.as_ref().filter(|found| found.has(target, extension)) else {
            return Ok(Err(NotConverted::Missing));
        };
        let run = match Run::prepare(found, document, extension, target).await {
            Ok(run) => run,
            Err(error) => return Ok(Err(broken(&error))),
        };
        let deadline = bounds.deadline.min(Instant::now() + Duration::from_millis(self.limits.time_ms));
        let own = Bounds { resident_bytes_max: self.limits.memory_bytes_max, deadline, ..bounds };
        let mut ended = self.ended(found, &run, own).await;
        if matches!(ended, Ok(Ok(Some(AGAIN)))) {
            ended = self.ended(found, &run, own).await;
        }
        match ended {
            Ok(Ok(_)) => Ok(run.result().await),
            Ok(Err(error)) => Ok(Err(broken(&error))),
            Err(Interrupted::Memory) => Ok(Err(self.over(&format!("{} MiB of memory", own.resident_bytes_max >> 20)))),
            Err(Interrupted::Time) if deadline < bounds.deadline => {
                Ok(Err(self.over(&format!("{} seconds", self.limits.time_ms / 1_000))))
            }
            Err(other) => Err(other),
        }
    }

    /// Runs the program to its end; its exit code.
    async fn ended(
        &self,
        found: &LibreOffice,
        run: &Run,
        bounds: Bounds<'_>,
    ) -> Result<io::Result<Option<i32>>, Interrupted> {
        let mut child = match self.command(found, run).and_then(|mut command| command.spawn()) {
            Ok(child) => Running(child),
            Err(error) => return Ok(Err(error)),
        };
        let bounds = Bounds { pid: child.0.id(), children: true, ..bounds };
        Ok(bounds.keep(child.0.wait()).await?.map(|status| status.code()))
    }

    fn command(&self, found: &LibreOffice, run: &Run) -> io::Result<Command> {
        let read = found.program.parent().into_iter().chain(SHARED.map(Path::new)).map(Path::to_owned).collect();
        // Its own processes talk over sockets, and a picture of a page may be long.
        let needs = Needs { read, unix_sockets: true, file_bytes_max: FILE_BYTES_MAX };
        let mut command =
            self.launcher.command(run.folder.path(), &found.program, needs, self.limits.memory_bytes_max)?;
        command
            .args(run.arguments())
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("SAL_USE_VCLPLUGIN", "svp")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(command)
    }

    fn over(&self, what: &str) -> NotConverted {
        let message = format!("LibreOffice needed more than {what} to convert the document.");
        NotConverted::Failed { code: Code::FileTooLarge, message }
    }
}

/// What is wrong outside of the document.
fn broken(error: &io::Error) -> NotConverted {
    tracing::warn!(%error, "LibreOffice cannot be run");
    NotConverted::Failed { code: Code::FileDamaged, message: "LibreOffice could not be run.".to_owned() }
}

/// A started LibreOffice; dropped, it dies with all it started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        guard::kill_group(self.0.id());
        forget_sockets();
    }
}

/// It may make its socket in the machine's temporary folder and not remove it. Whose socket nobody listens on is dead.
fn forget_sockets() {
    let entries =
        ["/tmp", "/var/tmp"].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let is_its = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("OSL_PIPE_"));
        if is_its && UnixStream::connect(&path).is_err() {
            // Another's, or gone meanwhile.
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// The folder of one conversion.
struct Run {
    folder: TempDir,
    document: PathBuf,
    target: Target,
}

impl Run {
    async fn prepare(found: &LibreOffice, document: &[u8], extension: &str, target: Target) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("docmill-office-").tempdir()?;
        profile::write(&folder.path().join(PROFILE), &found.build, target)?;
        let path = folder.path().join(format!("document.{}", believed(extension)));
        tokio::fs::write(&path, document).await?;
        Ok(Self { folder, document: path, target })
    }

    fn arguments(&self) -> Vec<std::ffi::OsString> {
        let profile = self.folder.path().join(PROFILE);
        vec![
            format!("-env:UserInstallation=file://{}", profile.display()).into(),
            "--headless".into(),
            "--norestore".into(),
            "--nologo".into(),
            "--nodefault".into(),
            "--nolockcheck".into(),
            "--convert-to".into(),
            filter(self.target).into(),
            "--outdir".into(),
            self.out().into(),
            self.document.clone().into(),
        ]
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    async fn result(&self) -> Result<Vec<u8>, NotConverted> {
        let failed = |code, message: &str| NotConverted::Failed { code, message: message.to_owned() };
        let path = self.out().join("document").with_extension(self.target.extension());
        let length = tokio::fs::metadata(&path).await.map(|about| about.len()).unwrap_or(0);
        if length == 0 {
            return Err(failed(Code::FileDamaged, "The file is damaged, or LibreOffice does not read such files."));
        }
        if length > u64::from(PAYLOAD_BYTES_MAX) {
            return Err(failed(Code::FileTooLarge, "LibreOffice made more of the document than the limit."));
        }
        tokio::fs::read(&path).await.map_err(|error| broken(&error))
    }
}

const PROFILE: &str = "profile";

/// The target as LibreOffice names it: extension and, where there are several, the filter.
const fn filter(target: Target) -> &'static str {
    match target {
        Target::Text => "docx:MS Word 2007 XML",
        Target::Sheets | Target::ComputedSheets => "xlsx:Calc MS Excel 2007 XML",
        Target::Slides => "pptx:Impress MS PowerPoint 2007 XML",
        Target::Pages => "pdf",
    }
}

/// A reader says the extension, and a document may have taken the reader over.
fn believed(extension: &str) -> &str {
    let plain = extension.len() <= EXTENSION_CHARS_MAX && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && !extension.is_empty() { extension } else { "bin" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_plain_or_none() {
        for (given, expected) in
            [("doc", "doc"), ("uos1", "uos1"), ("", "bin"), ("../x", "bin"), ("a b", "bin"), ("numberswide", "bin")]
        {
            assert_eq!(believed(given), expected);
        }
    }
}
