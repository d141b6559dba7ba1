//! What every job and duty of one worker shares.

use std::sync::Arc;

use docmill_store::blobs::Blobs;
use docmill_store::{Clock, Store};
use tokio::sync::Semaphore;

use crate::Counters;
use crate::network::Network;
use crate::reader::pool::Pool;
use crate::settings::RunnerSettings;
use crate::tools::ocr::Ocr;
use crate::tools::office::Office;

pub(crate) struct Context {
    pub store: Arc<dyn Store>,
    pub blobs: Blobs,
    pub clock: Arc<dyn Clock>,
    pub settings: RunnerSettings,
    pub counters: Arc<Counters>,
    pub pool: Pool,
    pub ocr: Ocr,
    pub office: Office,
    pub network: Network,
    /// One permit a processor: a document holds one while it is read, and lends it to its tools.
    pub permits: Semaphore,
    /// `fingerprint::engine` of this worker.
    pub engine: String,
}
