//! The jobs that this worker holds, from claim to commit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use docmill_model::JobId;
use docmill_store::Beat;

use super::stop::{Stop, StopSignal};
use crate::Counters;

/// One attempt that runs, or waits for the commit of its end.
#[derive(Debug)]
pub(crate) struct Held {
    pub job: JobId,
    pub attempt: u32,
    pages_done: AtomicU32,
    stop: StopSignal,
}

impl Held {
    pub fn new(job: JobId, attempt: u32) -> Self {
        Self { job, attempt, pages_done: AtomicU32::new(0), stop: StopSignal::new() }
    }

    pub fn set_pages_done(&self, pages: u32) {
        self.pages_done.store(pages, Ordering::Relaxed);
    }

    pub fn stop(&self) -> &StopSignal {
        &self.stop
    }

    /// Asks the attempt to stop. The first reason stands.
    pub fn ask_stop(&self, why: Stop) {
        if self.stop.set(why).is_ok() {
            tracing::info!(job = %self.job, attempt = self.attempt, ?why, "the job is asked to stop");
        }
    }

    pub fn beat(&self) -> Beat {
        Beat { job: self.job, attempt: self.attempt, pages_done: self.pages_done.load(Ordering::Relaxed) }
    }
}

/// All of them. A lost attempt and a new one of the same job may be here at once.
pub(crate) struct Holdings {
    held: Mutex<HashMap<(JobId, u32), Arc<Held>>>,
    counters: Arc<Counters>,
}

impl Holdings {
    pub fn new(counters: Arc<Counters>) -> Self {
        Self { held: Mutex::default(), counters }
    }

    pub fn take(&self, job: JobId, attempt: u32) -> Arc<Held> {
        let held = Arc::new(Held::new(job, attempt));
        self.lock().insert((job, attempt), Arc::clone(&held));
        self.counters.jobs_held.inc();
        held
    }

    pub fn release(&self, held: &Held) {
        if self.lock().remove(&(held.job, held.attempt)).is_some() {
            self.counters.jobs_held.dec();
        }
    }

    pub fn all(&self) -> Vec<Arc<Held>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(JobId, u32), Arc<Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
