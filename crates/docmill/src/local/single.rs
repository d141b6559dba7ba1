//! One file, no output folder: its result goes to stdout, and nothing is left behind.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use docmill_model::document::PageOutcome;
use docmill_model::{JobId, Product};
use serde_json::Value;

use super::interrupt::interrupted;
use super::manifest::Line;
use super::run::{Order, execute};
use super::workshop::Workshop;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{Voice, data, tell};

/// What goes to the terminal of a result.
pub enum Look {
    AsIs,
    /// Made of its JSON.
    Of(fn(&Value) -> String),
    /// Made of the pages that were read.
    OfPages(Box<dyn FnOnce(Vec<PageOutcome>) -> Refused<String> + Send>),
}

/// Runs the order in a temporary folder and prints the one output, as it is or as the caller wants it to look.
pub async fn run_one(mut order: Order, look: Look) -> Refused<Exit> {
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
    let printed = match look {
        Look::OfPages(of) => return data(of(pages(folder.path(), line).await?)?.as_bytes()).map(|()| Exit::Done),
        Look::AsIs => line.outputs.first().map(|output| print(&folder.path().join(output))),
        Look::Of(of) => line.outputs.first().map(|output| print_as(&folder.path().join(output), of)),
    };
    match printed {
        Some(Err(error)) if error.kind() != ErrorKind::BrokenPipe => Err(Refusal::io("write to stdout", &error)),
        _ => Ok(Exit::Done),
    }
}

fn print(path: &Path) -> io::Result<()> {
    io::copy(&mut File::open(path)?, &mut io::stdout().lock()).map(|_| ())
}

fn print_as(path: &Path, look: fn(&Value) -> String) -> io::Result<()> {
    let answer = serde_json::from_reader(io::BufReader::new(File::open(path)?))?;
    io::stdout().lock().write_all(look(&answer).as_bytes())
}

/// The pages that the job of this line read.
async fn pages(out: &Path, line: &Line) -> Refused<Vec<PageOutcome>> {
    let gone = || Refusal::failed("the pages that were read are not there any more");
    let shop = Workshop::open(out).await?;
    let id = line.job_id.as_deref().and_then(|id| JobId::parse(Product::Extract, id).ok()).ok_or_else(gone)?;
    let job = shop.store.job_get(shop.project, id).await?.ok_or_else(gone)?;
    let key = format!("{}/pages.jsonl", job.outputs.unwrap_or_default());
    let bytes = shop.blobs.get(&key).await?.ok_or_else(gone)?;
    let pages: Result<Vec<PageOutcome>, _> = serde_json::Deserializer::from_slice(&bytes).into_iter().collect();
    pages.map_err(|_| gone())
}
