//! How this program starts its workers: the same for a server and for a run without one.

use std::ffi::OsString;
use std::sync::Arc;

use docmill_model::fingerprint;
use docmill_runner::confine::Isolation;
use docmill_runner::confine::check::{self, Found};
use docmill_runner::tools::Launcher;
use docmill_runner::tools::ocr::Ocr;
use docmill_runner::tools::office::LibreOffice;
use docmill_runner::tools::tesseract::Tesseract;
use docmill_runner::{ReaderCommand, Runner, RunnerSettings, WebhookSettings};
use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Store};
use docmill_wire::webhooks;

use crate::config::Config;
use crate::local::blocking;
use crate::refusal::{Refusal, Refused};

/// Settings of the workers. Reader children are this program again.
pub fn settings(config: &Config) -> Refused<RunnerSettings> {
    let mut settings = RunnerSettings::new(name(), itself("reader")?).with_workers(config.workers.slots());
    settings.confine = Some(itself("confine")?);
    settings.isolation = config.isolation;
    settings.limits = config.run.clone();
    settings.pages_max = config.limits.document_pages_max;
    settings.tesseract = config.ocr.program().map(ToOwned::to_owned);
    settings.soffice = config.office.program().map(ToOwned::to_owned);
    settings.guard = config.guard()?;
    settings.source_bytes_max = config.limits.upload_bytes_max;
    Ok(settings)
}

/// A name that no other worker has or ever had, on any machine: leases carry it, and a result is only accepted from
/// whoever holds the lease. For people it begins with the machine's.
fn name() -> String {
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{machine}-{}-{}", std::process::id(), uuid::Uuid::new_v4().simple())
}

/// This program as one of its own children.
pub fn itself(command: &str) -> Refused<ReaderCommand> {
    let program = std::env::current_exe().map_err(|error| Refusal::io("find the program itself", &error))?;
    Ok(ReaderCommand { program, args: vec![OsString::from(command)] })
}

/// What keeps readers and tools from the rest of this machine, tried out by a process of its own. Blocks for as long
/// as that takes, some milliseconds.
pub fn isolation() -> Refused<Found> {
    check::ask(&itself("reader")?).map_err(|error| Refusal::io("see what isolation there is", &error))
}

/// Refuses to go on when isolation is required and not complete; says in the log what is missing otherwise.
pub async fn demand_isolation(config: &Config) -> Refused<()> {
    let found = blocking(isolation).await??;
    if found.is_complete() {
        return Ok(());
    }
    let sentence = found.sentence();
    if config.isolation == Isolation::Required {
        return Err(Refusal::failed(format!("isolation is required, and this system cannot give it: {sentence}"))
            .hint("Use a kernel with landlock and seccomp, or set isolation to \"best_effort\"."));
    }
    tracing::warn!(isolation = sentence, "readers are less isolated than they could be");
    Ok(())
}

/// The same for a server, which also delivers webhooks.
pub fn server_settings(config: &Config) -> Refused<RunnerSettings> {
    let mut settings = settings(config)?;
    settings.webhooks = Some(WebhookSettings { limits: config.webhooks.clone(), message: webhooks::message });
    Ok(settings)
}

/// What results of these workers carry as their engine.
pub fn fingerprint(config: &Config) -> String {
    let tesseract = Tesseract::find(config.ocr.program());
    let ocr = Ocr::new(tesseract, Launcher::default(), config.run.reader_memory_bytes_max);
    let office = LibreOffice::find(config.office.program());
    fingerprint::engine(ocr.fingerprint().as_deref(), office.as_ref().map(|office| office.version.as_str()))
}

pub fn start(store: Arc<dyn Store>, blobs: Blobs, clock: Arc<dyn Clock>, settings: RunnerSettings) -> Runner {
    Runner::start(store, blobs, clock, settings)
}
