//! What a worker did since it started, live, for the progress bar and for `/metrics`.

use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::times::{BlobSteps, Children, Stages, StoreSteps, Times};

/// The first code is there before the first job ended.
#[derive(Debug)]
struct Ended(Family<[(&'static str, &'static str); 1], Counter>);

impl Default for Ended {
    fn default() -> Self {
        let family = Family::default();
        drop(family.get_or_create(&[("code", COMPLETED)]));
        Self(family)
    }
}

/// Stands where a failure has its code.
pub(crate) const COMPLETED: &str = "COMPLETED";

/// Each value only grows, except the gauges. Reading one is an atomic load.
#[derive(Debug, Default)]
pub struct Counters {
    pub documents_done: Counter,
    pub documents_failed: Counter,
    pub documents_cancelled: Counter,
    /// Attempts that went back to the queue.
    pub documents_retried: Counter,
    pub pages_read: Counter,
    pub pages_failed: Counter,
    pub pages_ocr: Counter,
    /// Results that the store refused because the lease was lost.
    pub results_refused: Counter,
    pub readers_started: Counter,
    /// Reader children that were replaced because they had read enough documents or held much memory.
    pub readers_recycled: Counter,
    pub readers_died: Counter,
    pub readers_timed_out: Counter,
    pub readers_over_memory: Counter,
    pub ocr_runs: Counter,
    /// Documents that LibreOffice was asked to convert.
    pub conversions: Counter,
    /// Transactions that the queue cost: claims that gave jobs, groups of ends, heartbeats.
    pub queue_commits: Counter,
    /// Time that documents were in readers, OCR included, microseconds.
    pub reader_microseconds: Counter,
    pub jobs_rescued: Counter,
    pub directories_expired: Counter,
    pub blobs_swept: Counter,
    pub outputs_swept: Counter,
    pub webhooks_delivered: Counter,
    /// Attempts to deliver that failed.
    pub webhooks_failed: Counter,
    /// Deliveries that were given up.
    pub webhooks_dead: Counter,
    /// Documents fetched from the web.
    pub sources_fetched: Counter,
    /// Jobs that this worker holds now.
    pub jobs_held: Gauge,
    /// Reader children that are alive now, working or waiting.
    pub readers_alive: Gauge,
    /// Extractions that run on threads of this worker now, given up ones until they have ended.
    pub extractions_running: Gauge,
    pub(crate) children: Arc<Children>,
    /// Jobs that ended, by the code of their failure; `COMPLETED` for those without one.
    jobs_ended: Ended,
    pub(crate) stages: Times<Stages>,
    pub(crate) store: Times<StoreSteps>,
    pub(crate) blobs: Times<BlobSteps>,
}

impl Counters {
    pub(crate) fn job_ended(&self, code: &'static str) {
        self.jobs_ended.0.get_or_create(&[("code", code)]).inc();
    }

    /// Adds every value to the registry that `/metrics` prints; its prefix is `docmill`.
    pub fn register(&self, registry: &mut Registry) {
        let counters: [(&str, &str, &Counter); 25] = [
            ("documents_done", "Jobs that ended with a result", &self.documents_done),
            ("documents_failed", "Jobs that ended with a failure", &self.documents_failed),
            ("documents_cancelled", "Jobs that were cancelled while they ran", &self.documents_cancelled),
            ("documents_retried", "Attempts that went back to the queue", &self.documents_retried),
            ("pages_read", "Pages that came out", &self.pages_read),
            ("pages_failed", "Pages that failed", &self.pages_failed),
            ("pages_ocr", "Pages that were read by OCR", &self.pages_ocr),
            ("results_refused", "Results refused because the lease was lost", &self.results_refused),
            ("readers_started", "Reader children started", &self.readers_started),
            ("readers_recycled", "Reader children replaced for their age or memory", &self.readers_recycled),
            ("readers_died", "Reader children that died at work", &self.readers_died),
            ("readers_timed_out", "Reader children killed for taking too long", &self.readers_timed_out),
            ("readers_over_memory", "Reader children killed for their memory", &self.readers_over_memory),
            ("ocr_runs", "Runs of the OCR program", &self.ocr_runs),
            ("conversions", "Documents that LibreOffice was asked to convert", &self.conversions),
            ("queue_commits", "Transactions of claims, ends and heartbeats", &self.queue_commits),
            ("reader_microseconds", "Time that documents were in readers", &self.reader_microseconds),
            ("jobs_rescued", "Jobs taken back from dead workers", &self.jobs_rescued),
            ("directories_expired", "Ephemeral directories deleted", &self.directories_expired),
            ("blobs_swept", "Unused blobs deleted", &self.blobs_swept),
            ("outputs_swept", "Jobs whose unused outputs were deleted", &self.outputs_swept),
            ("webhooks_delivered", "Webhook events that a receiver took", &self.webhooks_delivered),
            ("webhooks_failed", "Attempts to deliver a webhook event that failed", &self.webhooks_failed),
            ("webhooks_dead", "Webhook deliveries that were given up", &self.webhooks_dead),
            ("sources_fetched", "Documents fetched from the web", &self.sources_fetched),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        registry.register("jobs_held", "Jobs that this worker holds", self.jobs_held.clone());
        registry.register("readers_alive", "Reader children alive", self.readers_alive.clone());
        registry.register("extractions_running", "Extractions that run now", self.extractions_running.clone());
        registry.register_collector(Box::new(Arc::clone(&self.children)));
        registry.register("jobs_ended", "Jobs that ended, by the code of their failure", self.jobs_ended.0.clone());
        self.stages.register(registry, "stage", "Time of a job's stages");
        self.store.register(registry, "store", "Time of the store's steps");
        self.blobs.register(registry, "blobs", "Time of the file storage's steps");
    }
}
