//! The way of a batch against a server: inputs -> uploads and batches there -> outputs and manifest here.
//!
//! The output folder is laid out as by a run without a server. What was begun stands in `OUT/.docmill/server.json`
//! (`journal`), so a run that was stopped finds its batches again instead of making new ones.

mod follow;
mod journal;
mod outputs;
mod run;
mod uploads;

pub use journal::Identity;
pub use run::{Order, execute};
