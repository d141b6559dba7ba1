//! One file, no output folder: its result goes to stdout, and nothing is left behind.

use std::fs::File;
use std::io::{self, ErrorKind};

use super::interrupt::interrupted;
use super::run::{Order, execute};
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{Voice, tell};

/// Runs the order in a temporary folder and prints the one output.
pub async fn run_one(mut order: Order) -> Refused<Exit> {
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
    let copied =
        File::open(folder.path().join(output)).and_then(|mut file| io::copy(&mut file, &mut io::stdout().lock()));
    match copied {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Refusal::io("write to stdout", &error)),
        _ => Ok(Exit::Done),
    }
}
