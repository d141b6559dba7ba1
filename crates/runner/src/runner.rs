//! A worker: starts all loops, and ends them in the right order.

use std::sync::Arc;
use std::time::Duration;

use docmill_model::fingerprint;
use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Store};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Counters;
use crate::context::Context;
use crate::network::Network;
use crate::reader::pool::Pool;
use crate::settings::RunnerSettings;
use crate::tools::Launcher;
use crate::tools::ocr::Ocr;
use crate::tools::tesseract::Tesseract;
use crate::upkeep::{self, Service};
use crate::work::claim::Claims;
use crate::work::finish::Committer;
use crate::work::heartbeat;
use crate::work::held::Holdings;
use crate::work::stop::Stop;

/// How long the store may take to take jobs back.
const GIVE_BACK: Duration = Duration::from_secs(10);

/// A running worker. Dropped without `drain`, it stops claiming and its jobs are rescued when their leases run out.
pub struct Runner {
    context: Arc<Context>,
    holdings: Arc<Holdings>,
    attempts: TaskTracker,
    stop_claims: CancellationToken,
    stop_beats: CancellationToken,
    loops: Mutex<Option<Loops>>,
}

struct Loops {
    claims: JoinHandle<()>,
    commits: JoinHandle<()>,
    beats: JoinHandle<()>,
    upkeep: Vec<Service>,
}

impl Runner {
    /// Starts the worker on the current Tokio runtime. Looks for the OCR program first, which takes some
    /// milliseconds.
    pub fn start(store: Arc<dyn Store>, blobs: Blobs, clock: Arc<dyn Clock>, settings: RunnerSettings) -> Self {
        let counters = Arc::new(Counters::default());
        let launcher = Launcher::new(settings.confine.clone(), settings.isolation);
        let tesseract = Tesseract::find(settings.tesseract.as_deref());
        let ocr = Ocr::new(tesseract, launcher.clone(), settings.limits.reader_memory_bytes_max);
        let office = settings.office(launcher);
        let context = Arc::new(Context {
            store,
            blobs,
            clock,
            pool: Pool::new(&settings, Arc::clone(&counters)),
            permits: Semaphore::new(settings.cpu_permits.max(1)),
            engine: fingerprint::engine(ocr.fingerprint().as_deref(), office.fingerprint()),
            ocr,
            office,
            network: Network::new(&settings.guard),
            settings,
            counters: Arc::clone(&counters),
        });
        let holdings = Arc::new(Holdings::new(counters));
        let (stop_claims, stop_beats) = (CancellationToken::new(), CancellationToken::new());
        let attempts = TaskTracker::new();
        let (committer, commits) = Committer::new(Arc::clone(&context));
        let claims = Claims {
            context: Arc::clone(&context),
            holdings: Arc::clone(&holdings),
            committer,
            attempts: attempts.clone(),
            stop: stop_claims.clone(),
        };
        let beats = heartbeat::run(Arc::clone(&context), Arc::clone(&holdings), stop_beats.clone());
        let loops = Loops {
            claims: tokio::spawn(claims.run()),
            commits: tokio::spawn(commits),
            beats: tokio::spawn(beats),
            upkeep: upkeep::start(&context),
        };
        Self { context, holdings, attempts, stop_claims, stop_beats, loops: Mutex::new(Some(loops)) }
    }

    /// What this worker did so far, live.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.context.counters)
    }

    /// Build, OCR program and languages: `fingerprint::engine` of every result of this worker.
    pub fn engine(&self) -> &str {
        &self.context.engine
    }

    /// Ends the worker: claims nothing more, lets running jobs end until `deadline`, then gives the others back to
    /// the queue at no cost to them. No child and no lease is left when it returns. A second call does nothing.
    pub async fn drain(&self, deadline: Duration) {
        let Some(mut loops) = self.loops.lock().await.take() else { return };
        self.stop_claims.cancel();
        for service in &mut loops.upkeep {
            service.stop().await;
        }
        ended("claims", loops.claims.await);
        self.attempts.close();
        if tokio::time::timeout(deadline, self.attempts.wait()).await.is_err() {
            for held in self.holdings.all() {
                held.ask_stop(Stop::Drained);
            }
            if tokio::time::timeout(GIVE_BACK, self.attempts.wait()).await.is_err() {
                tracing::error!("the store does not take the jobs back; their leases will run out");
                loops.commits.abort();
            }
        }
        // The last handle of the committer is gone with the last attempt.
        ended("commits", loops.commits.await);
        self.stop_beats.cancel();
        ended("heartbeats", loops.beats.await);
        self.context.pool.clear().await;
    }
}

fn ended(name: &str, how: Result<(), tokio::task::JoinError>) {
    if let Err(error) = how
        && !error.is_cancelled()
    {
        tracing::error!(name, %error, "a loop of the worker did not end well");
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop_claims.cancel();
        self.stop_beats.cancel();
    }
}
