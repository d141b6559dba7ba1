//! The rules of the API, a file a resource: what a request may do, in which order, and with which answer.

pub mod batches;
pub mod caller;
pub mod configurations;
pub mod directories;
pub mod directory_files;
pub mod downloads;
mod error;
pub mod extract;
pub mod files;
pub mod links;
pub mod meters;
pub mod paging;
pub mod parse;
pub mod projects;
mod results;
pub mod site;
pub mod sources;
mod standing;
pub mod uploads;
pub mod webhooks;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use docmill_model::limits::Limits;
use docmill_model::network::Guard;
use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Store};
use prometheus_client::registry::Registry;

pub use caller::{Caller, Sent};
pub use error::{AppError, AppResult};
pub use site::Site;

use caller::KeyCache;
use meters::Meters;

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
    pub(crate) meters: Meters,
    pub(crate) keys: KeyCache,
    registry: Mutex<Registry>,
}

impl App {
    pub fn new(store: Arc<dyn Store>, blobs: Blobs, clock: Arc<dyn Clock>, settings: ServerSettings) -> Arc<Self> {
        let mut registry = Registry::with_prefix("docmill");
        let meters = Meters::register(&mut registry);
        Arc::new(Self {
            store,
            blobs,
            clock,
            limits: settings.limits,
            spool: settings.spool,
            site: settings.site,
            guard: settings.guard,
            meters,
            keys: KeyCache::default(),
            registry: Mutex::new(registry),
        })
    }

    /// The registry that `/metrics` prints; its names begin with `docmill_`. The binary registers the runner's
    /// counters here.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
