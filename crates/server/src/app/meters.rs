//! What the server counts, under the names that `/metrics` prints.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

type Labels = Vec<(&'static str, String)>;

/// Upper bounds of the buckets of answers, seconds.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 30.0, 600.0];

/// Handles to the registered metrics; clones count into the same ones.
#[derive(Debug, Clone)]
pub struct Meters {
    requests: Family<Labels, Counter>,
    request_times: Family<Labels, Histogram, fn() -> Histogram>,
    upload_bytes: Counter,
}

impl Meters {
    pub fn register(registry: &mut Registry) -> Self {
        let meters = Self {
            requests: Family::default(),
            request_times: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            upload_bytes: Counter::default(),
        };
        registry.register("http_requests", "Requests by method, route and status", meters.requests.clone());
        let times = meters.request_times.clone();
        registry.register_with_unit("http_request", "Time of requests by method and route", Unit::Seconds, times);
        registry.register_with_unit(
            "upload",
            "Bytes of uploaded files that were stored",
            Unit::Bytes,
            meters.upload_bytes.clone(),
        );
        meters
    }

    /// `route` is the pattern, never the path: ids would make a series each. `time` is until the first byte of the
    /// body.
    pub fn request(&self, method: &str, route: &str, status: u16, time: Duration) {
        let mut labels = vec![("method", method.to_owned()), ("route", route.to_owned())];
        self.request_times.get_or_create(&labels).observe(time.as_secs_f64());
        labels.push(("status", status.to_string()));
        self.requests.get_or_create(&labels).inc();
    }

    pub fn uploaded(&self, bytes: u64) {
        self.upload_bytes.inc_by(bytes);
    }
}
