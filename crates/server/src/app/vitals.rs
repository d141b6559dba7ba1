//! What probes and Prometheus ask of a process: of a server with its API, and of a worker alone.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use docmill_model::{Code, Failure};
use docmill_store::{QueueDepth, Store};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use tokio_util::sync::CancellationToken;

use super::{AppError, AppResult};

pub struct Vitals {
    store: Arc<dyn Store>,
    /// The process will stop soon: it answers, and says that it is not ready for more.
    leaving: CancellationToken,
    queue_jobs: Family<[(&'static str, &'static str); 1], Gauge>,
    oldest_due_ms: Gauge<i64, AtomicI64>,
    registry: Mutex<Registry>,
}

impl Vitals {
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        let mut registry = Registry::with_prefix("docmill");
        let (queue_jobs, oldest_due_ms) = (Family::default(), Gauge::default());
        registry.register("queue_jobs", "Jobs that wait or run, by state", queue_jobs.clone());
        registry.register_with_unit(
            "queue_oldest_due",
            "Age of the oldest job that is due and not claimed",
            Unit::Other("milliseconds".to_owned()),
            oldest_due_ms.clone(),
        );
        let (leaving, registry) = (CancellationToken::new(), Mutex::new(registry));
        Arc::new(Self { store, leaving, queue_jobs, oldest_due_ms, registry })
    }

    /// The registry that `/metrics` prints; its names begin with `docmill_`.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on `/readyz` says that this process takes no more work.
    pub fn leave(&self) {
        self.leaving.cancel();
    }

    /// # Errors
    /// When the process is about to stop, or does not reach its store.
    pub(crate) async fn ready(&self) -> AppResult<()> {
        if self.leaving.is_cancelled() {
            return Err(Failure::from(Code::ServerStopping).into());
        }
        self.store.queue_depth().await?;
        Ok(())
    }

    /// Everything that is counted, as OpenMetrics. The queue is asked for it; a store out of reach leaves the last figures
    /// and does not hide the others.
    pub(crate) async fn metrics(&self) -> AppResult<String> {
        match self.store.queue_depth().await {
            Ok(depth) => self.queue(depth),
            Err(error) => tracing::warn!(%error, "the queue could not be asked for metrics"),
        }
        let mut text = String::new();
        encode(&mut text, &self.registry()).map_err(|_| AppError::Failure(Code::Internal.into()))?;
        Ok(text)
    }

    fn queue(&self, depth: QueueDepth) {
        for (state, jobs) in [("pending", depth.pending), ("running", depth.running)] {
            self.queue_jobs.get_or_create(&[("state", state)]).set(i64::try_from(jobs).unwrap_or(i64::MAX));
        }
        self.oldest_due_ms.set(depth.oldest_due_ms);
    }
}
