//! How this program starts its workers: the same for a server and for a run without one.

use std::ffi::OsString;
use std::sync::Arc;

use docmill_model::fingerprint;
use docmill_runner::tools::ocr::Ocr;
use docmill_runner::tools::office::LibreOffice;
use docmill_runner::tools::tesseract::Tesseract;
use docmill_runner::{ReaderCommand, Runner, RunnerSettings, WebhookSettings};
use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Store};
use docmill_wire::webhooks;

use crate::config::Config;
use crate::refusal::{Refusal, Refused};

/// Settings of the workers. Reader children are this program again.
pub fn settings(config: &Config) -> Refused<RunnerSettings> {
    let program = std::env::current_exe().map_err(|error| Refusal::io("find the program itself", &error))?;
    let reader = ReaderCommand { program, args: vec![OsString::from("reader")] };
    let mut settings =
        RunnerSettings::new(format!("docmill-{}", std::process::id()), reader).with_workers(config.workers.slots());
    settings.limits = config.run.clone();
    settings.pages_max = config.limits.document_pages_max;
    settings.tesseract = config.ocr.program().map(ToOwned::to_owned);
    settings.soffice = config.office.program().map(ToOwned::to_owned);
    settings.guard = config.guard()?;
    settings.source_bytes_max = config.limits.upload_bytes_max;
    Ok(settings)
}

/// The same for a server, which also delivers webhooks.
pub fn server_settings(config: &Config) -> Refused<RunnerSettings> {
    let mut settings = settings(config)?;
    settings.webhooks = Some(WebhookSettings { limits: config.webhooks.clone(), message: webhooks::message });
    Ok(settings)
}

/// What results of these workers carry as their engine.
pub fn fingerprint(config: &Config) -> String {
    let ocr = Ocr::new(Tesseract::find(config.ocr.program()), config.run.reader_memory_bytes_max);
    let office = LibreOffice::find(config.office.program());
    fingerprint::engine(ocr.fingerprint().as_deref(), office.as_ref().map(|office| office.version.as_str()))
}

pub fn start(store: Arc<dyn Store>, blobs: Blobs, clock: Arc<dyn Clock>, settings: RunnerSettings) -> Runner {
    Runner::start(store, blobs, clock, settings)
}
