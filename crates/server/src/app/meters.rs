//! What the server counts, under the names that `/metrics` prints.

use std::sync::atomic::AtomicI64;

use docmill_store::QueueDepth;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

type Labels = Vec<(&'static str, String)>;

/// Handles to the registered metrics; clones count into the same ones.
#[derive(Debug, Clone, Default)]
pub struct Meters {
    requests: Family<Labels, Counter>,
    upload_bytes: Counter,
    queue_jobs: Family<Labels, Gauge>,
    oldest_due_ms: Gauge<i64, AtomicI64>,
}

impl Meters {
    pub fn register(registry: &mut Registry) -> Self {
        let meters = Self::default();
        registry.register("http_requests", "Requests by method, route and status", meters.requests.clone());
        registry.register_with_unit(
            "upload",
            "Bytes of uploaded files that were stored",
            Unit::Bytes,
            meters.upload_bytes.clone(),
        );
        registry.register("queue_jobs", "Jobs that wait or run, by state", meters.queue_jobs.clone());
        registry.register_with_unit(
            "queue_oldest_due",
            "Age of the oldest job that is due and not claimed",
            Unit::Other("milliseconds".to_owned()),
            meters.oldest_due_ms.clone(),
        );
        meters
    }

    /// `route` is the pattern, never the path: ids would make a series each.
    pub fn request(&self, method: &str, route: &str, status: u16) {
        let labels = vec![("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    pub fn uploaded(&self, bytes: u64) {
        self.upload_bytes.inc_by(bytes);
    }

    pub fn queue(&self, depth: QueueDepth) {
        for (state, jobs) in [("pending", depth.pending), ("running", depth.running)] {
            let gauge = self.queue_jobs.get_or_create(&vec![("state", state.to_owned())]);
            gauge.set(i64::try_from(jobs).unwrap_or(i64::MAX));
        }
        self.oldest_due_ms.set(depth.oldest_due_ms);
    }
}
