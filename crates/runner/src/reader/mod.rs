//! Reader children: untrusted bytes meet only these processes.

pub(crate) mod ahead;
mod belief;
pub mod child;
pub mod frames;
mod plan;
pub(crate) mod pool;
pub(crate) mod process;
pub mod protocol;
pub(crate) mod session;
