//! The way of a batch without a server: inputs -> plan -> jobs in `OUT/.docmill` -> outputs and manifest.
//!
//! What was done before is read from the store and from the outputs themselves; there is no journal of its own.

pub mod hashing;
mod history;
pub mod inputs;
mod interrupt;
pub mod manifest;
pub mod outputs;
mod plan;
pub mod progress;
pub mod run;
mod single;
pub mod summary;
pub mod unpack;
mod watch;
mod work;
mod workshop;

pub use interrupt::interrupted;
pub use outputs::{Format, formats_of};
pub use run::{Order, blocking, execute, report, run};
pub use single::{Look, run_one};
pub use watch::{Patience, watch};
