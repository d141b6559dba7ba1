//! The rules of the API, a file a resource: what a request may do, in which order, and with which answer.

pub mod batches;
pub mod caller;
pub mod configurations;
pub mod directories;
pub mod directory_files;
pub mod downloads;
mod error;
pub mod events;
pub mod export;
pub mod extract;
pub mod files;
pub mod insight;
pub mod links;
pub mod meters;
pub mod paging;
pub mod parse;
pub mod projects;
pub mod results;
mod schema_words;
pub mod schemas;
pub mod site;
pub mod sources;
mod standing;
pub mod uploads;
mod vitals;
pub mod webhooks;

use std::path::PathBuf;
use std::sync::{Arc, MutexGuard};

use docmill_model::limits::Limits;
use docmill_model::network::Guard;
use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Reuse, Store};
use prometheus_client::registry::Registry;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::Span;
use uuid::Uuid;

pub use caller::{Caller, Sent};
pub use error::{AppError, AppResult};
pub use insight::Insight;
pub use site::Site;
pub use vitals::Vitals;

use caller::KeyCache;
use meters::Meters;

/// How requests get into traces: the server knows no OpenTelemetry.
#[derive(Debug, Clone, Copy)]
pub struct Traced {
    /// The span of a request, before it begins, and the caller's `traceparent`.
    pub came_from: fn(&Span, &str),
    /// The span of a request, and the batch or single job that it made.
    pub made: fn(&Span, Uuid),
}

impl Default for Traced {
    /// Not at all.
    fn default() -> Self {
        Self { came_from: |_, _| (), made: |_, _| () }
    }
}

/// What the server is told when it starts.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    pub limits: Limits,
    /// Folder for uploads on their way in; made when it is missing. Best on the same disk as the blobs.
    pub spool: PathBuf,
    /// How clients reach the server.
    pub site: Site,
    /// Where webhooks may go and documents may come from.
    pub guard: Guard,
    /// `fingerprint::engine` of the workers, for results that are used again.
    pub engine: String,
    pub traced: Traced,
    /// What the extraction's engine says about pages.
    pub insight: Insight,
}

/// Everything that a request may need, shared by all of them.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) spool: PathBuf,
    pub(crate) site: Site,
    pub(crate) guard: Guard,
    pub(crate) engine: String,
    pub(crate) traced: Traced,
    pub(crate) meters: Meters,
    pub(crate) keys: KeyCache,
    /// One permit a stream of events or export.
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) vitals: Arc<Vitals>,
    /// The server stops: what would go on for ever ends now.
    pub(crate) closing: CancellationToken,
    pub(crate) sizes: results::Sizes,
    pub(crate) insight: Insight,
    /// One permit a question to the engine.
    pub(crate) questions: Arc<Semaphore>,
}

impl App {
    pub fn new(store: Arc<dyn Store>, blobs: Blobs, clock: Arc<dyn Clock>, settings: ServerSettings) -> Arc<Self> {
        let vitals = Vitals::new(store.clone());
        let meters = Meters::register(&mut vitals.registry());
        let streams = Arc::new(Semaphore::new(settings.limits.streams_max as usize));
        Arc::new(Self {
            store,
            blobs,
            clock,
            limits: settings.limits,
            spool: settings.spool,
            site: settings.site,
            guard: settings.guard,
            engine: settings.engine,
            traced: settings.traced,
            meters,
            keys: KeyCache::default(),
            streams,
            vitals,
            closing: CancellationToken::new(),
            sizes: results::Sizes::default(),
            insight: settings.insight,
            questions: Arc::new(Semaphore::new(insight::QUESTIONS_MAX)),
        })
    }

    /// Which results new jobs may take over.
    pub(crate) fn reuse(&self) -> Option<Reuse> {
        let kept_ms = self.limits.reuse_kept_ms;
        (kept_ms > 0).then(|| Reuse { engine: self.engine.clone(), kept_ms })
    }

    /// In traces, the current request made this batch or single job.
    pub(crate) fn made(&self, work: Uuid) {
        (self.traced.made)(&Span::current(), work);
    }

    /// From now on `/readyz` says that this server takes no more work; requests are answered as before.
    pub fn leave(&self) {
        self.vitals.leave();
    }

    /// The registry that `/metrics` prints; its names begin with `docmill_`. The binary registers the runner's
    /// counters here.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.vitals.registry()
    }
}
