//! What survives a restart: the `Store` (rows) and `Blobs` (bytes).
//!
//! One method is one atomic step: a transaction never crosses this boundary, and none spans reading a document.
//! Method names begin with their noun, so a resource's operations stand together. Only this crate knows SQL.

pub mod admin;
pub mod blobs;
mod bucket;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod database;
pub mod error;
pub mod orphans;
pub mod records;
mod sql;
mod traits;

pub use admin::{Admin, Stuck, StuckJob};
pub use bucket::BucketAddress;
pub use clock::{Clock, SteadyClock, SystemClock};
pub use database::postgres::PostgresSettings;
pub use database::sqlite::Role;
pub use error::{StoreError, StoreResult};
pub use records::*;
pub use sql::{KeptObject, SqlStore};
pub use traits::{Batches, Configurations, Deliveries, Directories, Files, Jobs, Keys, Queue, Store, Upkeep, Webhooks};
