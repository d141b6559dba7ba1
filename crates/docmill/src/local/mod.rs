//! The way of a batch without a server: inputs -> plan -> jobs in `OUT/.docmill` -> outputs and manifest.
//!
//! What was done before is read from the store and from the outputs themselves; there is no journal of its own.

mod hashing;
mod history;
pub mod inputs;
mod interrupt;
mod manifest;
mod outputs;
mod plan;
pub mod progress;
mod run;
mod single;
mod summary;
mod work;
mod workshop;

pub use interrupt::interrupted;
pub use outputs::{Format, formats_of};
pub use run::{Order, blocking, run};
pub use single::run_one;
