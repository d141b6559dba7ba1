//! The `tesseract` program: a grey picture in on stdin, words out as TSV on stdout.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use docmill_parse::{OcrAnswer, OcrText, PageImage};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use super::languages::Usable;
use super::launcher::{Launcher, Running};
use super::{languages, on_path, tsv};
use crate::confine::Needs;
use crate::guard::{Bounds, Interrupted};

/// Where tesseract's language data is, when not at its usual place: the only variable that it gets from us.
const TESSDATA: &str = "TESSDATA_PREFIX";
/// Longest output that is read, bytes: some 500,000 words.
const OUTPUT_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// A tesseract that was found and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tesseract {
    pub program: PathBuf,
    /// As it says itself: `tesseract 5.3.0`.
    pub version: String,
    /// Tesseract's own names, as installed: `eng`, `deu`, `osd`.
    pub languages: Vec<String>,
}

impl Tesseract {
    /// Looks at the given program, or for `tesseract` on the PATH. `None` when there is none or it does not run.
    /// Blocks for as long as the program takes to print its version.
    pub fn find(explicit: Option<&Path>) -> Option<Self> {
        let program = match explicit {
            Some(path) => path.to_owned(),
            None => on_path("tesseract")?,
        };
        let version = said(&program, "--version")?.lines().next()?.trim().to_owned();
        let listed = said(&program, "--list-langs")?;
        // The first line is a heading.
        let languages = listed.lines().skip(1).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        version.starts_with("tesseract").then(|| Self { program, version, languages: languages.collect() })
    }

    /// Reads the words of a picture. The program is killed with all it started when a bound is met or the caller
    /// stops waiting.
    pub(crate) async fn read(
        &self,
        launcher: &Launcher,
        image: &PageImage,
        wanted: &[String],
        bounds: Bounds<'_>,
    ) -> Result<OcrAnswer, Interrupted> {
        let Usable { names, missing } = match languages::for_tesseract(wanted, &self.languages) {
            Ok(usable) => usable,
            Err(message) => return Ok(OcrAnswer::Missing { message }),
        };
        let mut run = match self.start(launcher, &names.join("+"), image.dpi, bounds.resident_bytes_max) {
            Ok(run) => run,
            Err(error) => return Ok(failed(&error.to_string())),
        };
        let bounds = Bounds { pid: run.child.id(), ..bounds };
        Ok(match bounds.keep(talk(&mut run, image)).await? {
            Ok(output) => self.answer(&output, missing),
            Err(error) => failed(&error.to_string()),
        })
    }

    /// One thread: the CPU permits count processes, and several threads on one page cost more than they bring.
    fn start(&self, launcher: &Launcher, languages: &str, dpi: u32, memory_bytes_max: u64) -> io::Result<Running> {
        let data = std::env::var_os(TESSDATA).map(std::path::absolute).transpose()?;
        let read = data.iter().cloned().collect();
        let needs = Needs { read, unix_sockets: false, file_bytes_max: 0 };
        let mut tool = launcher.tool(&self.program, needs, memory_bytes_max)?;
        let dpi = dpi.clamp(70, 2_400).to_string();
        tool.command.args(["stdin", "stdout", "-l", languages, "--dpi", &dpi, "tsv"]).env("OMP_THREAD_LIMIT", "1");
        if let Some(place) = data {
            tool.command.env(TESSDATA, place);
        }
        tool.start()
    }

    fn answer(&self, output: &Output, missing_languages: Vec<String>) -> OcrAnswer {
        if output.status.success() {
            let words = tsv::words(&String::from_utf8_lossy(&output.stdout));
            return OcrAnswer::Read(OcrText { engine: self.version.clone(), words, missing_languages });
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        failed(&format!("{} {}", output.status, stderr.lines().next().unwrap_or_default()))
    }
}

fn failed(why: &str) -> OcrAnswer {
    tracing::warn!(why, "the OCR program failed");
    OcrAnswer::Failed { message: "The OCR program failed.".to_owned() }
}

/// Feeds the picture while it reads the answer: a pipe holds neither.
async fn talk(run: &mut Running, image: &PageImage) -> io::Result<Output> {
    let child = &mut run.child;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            stdin.write_all(format!("P5\n{} {}\n255\n", image.width, image.height).as_bytes()).await?;
            stdin.write_all(&image.grey).await?;
            stdin.shutdown().await?;
        }
        io::Result::Ok(())
    };
    let (fed, stdout, stderr) = tokio::join!(feed, all(stdout), all(stderr));
    let status = child.wait().await?;
    // When the program stopped reading, its status says why better than our broken pipe.
    if status.success() {
        fed?;
    }
    Ok(Output { status, stdout: stdout?, stderr: stderr? })
}

async fn all(from: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// What the program prints for one argument; older versions print to stderr.
fn said(program: &Path, argument: &str) -> Option<String> {
    let mut command = Command::new(program);
    command.arg(argument).env_clear().env("LC_ALL", "C").stdin(Stdio::null());
    if let Some(place) = std::env::var_os(TESSDATA) {
        command.env(TESSDATA, place);
    }
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tesseract_is_not_found() {
        for program in ["/nonexistent/tesseract", "/bin/true", "/bin/echo"] {
            assert_eq!(Tesseract::find(Some(Path::new(program))), None, "{program}");
        }
    }
}
