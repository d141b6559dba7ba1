//! How long things take, as histograms for `/metrics`; and what reader children hold in memory.

use std::collections::BTreeSet;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::guard::resident_bytes;

type Labels = [(&'static str, &'static str); 1];

/// Upper bounds of the buckets, seconds: from a row of a database to a long document.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0];

/// What is measured together: the name of the label, and every value that it has.
pub(crate) trait Steps {
    const LABEL: &'static str;
    const NAMES: &'static [&'static str];
}

/// What a job spends its time with.
#[derive(Debug)]
pub(crate) struct Stages;

impl Steps for Stages {
    const LABEL: &'static str = "stage";
    const NAMES: &'static [&'static str] = &["fetch", "wait", "read", "page", "ocr", "extract", "commit"];
}

/// What a worker asks of the store.
#[derive(Debug)]
pub(crate) struct StoreSteps;

impl Steps for StoreSteps {
    const LABEL: &'static str = "step";
    const NAMES: &'static [&'static str] = &["claim", "heartbeat", "finish"];
}

/// What a worker asks of the file storage.
#[derive(Debug)]
pub(crate) struct BlobSteps;

impl Steps for BlobSteps {
    const LABEL: &'static str = "step";
    const NAMES: &'static [&'static str] = &["read", "write"];
}

/// Times of some steps, by their names.
#[derive(Debug)]
pub(crate) struct Times<S> {
    family: Family<Labels, Histogram, fn() -> Histogram>,
    steps: PhantomData<S>,
}

impl<S: Steps> Default for Times<S> {
    fn default() -> Self {
        let times = Self {
            family: Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram),
            steps: PhantomData,
        };
        // Each is there before it first happened.
        for name in S::NAMES {
            drop(times.family.get_or_create(&[(S::LABEL, *name)]));
        }
        times
    }
}

impl<S: Steps> Times<S> {
    pub(crate) fn took(&self, name: &'static str, time: Duration) {
        self.family.get_or_create(&[(S::LABEL, name)]).observe(time.as_secs_f64());
    }

    /// Waits for `work` and notes how long it took, however it ended.
    pub(crate) async fn of<T>(&self, name: &'static str, work: impl Future<Output = T>) -> T {
        self.of_and_ms(name, work).await.0
    }

    /// As `of`; answers the milliseconds too.
    pub(crate) async fn of_and_ms<T>(&self, name: &'static str, work: impl Future<Output = T>) -> (T, u32) {
        let began = Instant::now();
        let done = work.await;
        let time = began.elapsed();
        self.took(name, time);
        (done, u32::try_from(time.as_millis()).unwrap_or(u32::MAX))
    }

    pub(crate) fn register(&self, registry: &mut Registry, name: &str, help: &str) {
        registry.register_with_unit(name, help, Unit::Seconds, self.family.clone());
    }
}

/// The reader children that are alive. Their memory is looked at when it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Children(Mutex<BTreeSet<u32>>);

impl Children {
    pub(crate) fn add(&self, pid: Option<u32>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(pid);
    }

    pub(crate) fn remove(&self, pid: Option<u32>) {
        if let Some(pid) = pid {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pid);
        }
    }
}

impl Collector for Children {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let resident: u64 = {
            let pids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            pids.iter().map(|pid| resident_bytes(Some(*pid))).sum()
        };
        let gauge = ConstGauge::new(resident);
        let help = "Resident memory of all reader children";
        let metric = encoder.encode_descriptor("readers_resident", help, Some(&Unit::Bytes), gauge.metric_type())?;
        gauge.encode(metric)
    }
}
