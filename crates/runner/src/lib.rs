//! What happens after "create batch" returned: claim, read in a child process, finish; and upkeep beside it.
//!
//! Requests to other machines (webhooks, `source_url`) go out here as well, through one guard.
//!
//! `Runner::start` gives the loops; `reader::child::run` is the body of the child process, which `confine` restricts. The
//! runner cannot answer HTTP and does not know the API's JSON.

pub mod confine;
mod context;
mod counters;
mod guard;
mod jobs;
mod network;
pub mod reader;
mod runner;
mod settings;
mod times;
pub mod tools;
mod upkeep;
mod work;

pub use counters::Counters;
pub use runner::Runner;
pub use settings::{ReaderCommand, RunnerSettings, UpkeepSettings, WebhookSettings};
