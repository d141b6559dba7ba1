//! One file, no output folder: its result goes to stdout, and nothing is left behind.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde_json::Value;

use super::interrupt::interrupted;
use super::run::{Order, execute};
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{Voice, tell};

/// What a result looks like on the terminal, made of its JSON.
pub type Look = fn(&Value) -> String;

/// Runs the order in a temporary folder and prints the one output, as it is or as the caller wants it to look.
pub async fn run_one(mut order: Order, look: Option<Look>) -> Refused<Exit> {
    let folder = tempfile::tempdir().map_err(|error| Refusal::io("make a temporary folder", &error))?;
    folder.path().clone_into(&mut order.out);
    let quiet = order.voice.quiet;
    order.voice = Voice { quiet: true, json: false };
    let report = execute(&order, &interrupted()?).await?;
    let Some(line) = report.lines.first() else { return Ok(Exit::Failed) };
    if report.interrupted {
        return Ok(Exit::Interrupted);
    }
    if let Some(code) = &line.code {
        let sentence = format!("{}: {code}: {}", line.path, line.message.as_deref().unwrap_or_default());
        let advice = docmill_model::Code::from_text(code).map(docmill_model::Code::advice).unwrap_or_default();
        return Err(Refusal::failed(sentence).hint(advice));
    }
    if !quiet {
        line.warnings.iter().for_each(|code| tell(&format!("warning: {code}")));
    }
    let Some(output) = line.outputs.first() else { return Ok(Exit::Done) };
    match print(&folder.path().join(output), look) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Refusal::io("write to stdout", &error)),
        _ => Ok(Exit::Done),
    }
}

fn print(path: &Path, look: Option<Look>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut stdout = io::stdout().lock();
    match look {
        Some(look) => stdout.write_all(look(&serde_json::from_reader(io::BufReader::new(file))?).as_bytes()),
        None => io::copy(&mut file, &mut stdout).map(|_| ()),
    }
}
