//! The nouns of docmill and their laws: ids, states, limits, failures, options and the document itself.
//!
//! No I/O, no async, no HTTP, no SQL. Every other crate depends on this one, and this one on none of ours.

pub mod auto_mode;
pub mod document;
pub mod failure;
pub mod fingerprint;
pub mod ids;
pub mod limits;
pub mod network;
pub mod options;
mod product_type;
pub mod results;
pub mod schema;
pub mod states;
pub mod texts;
pub mod time;
pub mod waiting;
pub mod webhook;

pub use failure::{Code, Failure, FailureClass};
pub use ids::{
    BatchId, ConfigurationId, DeliveryId, DirectoryFileId, DirectoryId, FileId, JobId, KeyId, ProjectId, WebhookId,
};
pub use options::Product;
pub use product_type::ProductType;
pub use states::{BatchStatus, JobStatus};
pub use time::Timestamp;
pub use waiting::Waiting;
