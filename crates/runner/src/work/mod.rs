//! The loop of a worker: claim, run, keep the leases, commit the ends.

pub(crate) mod attempt;
pub(crate) mod claim;
pub(crate) mod finish;
pub(crate) mod heartbeat;
pub(crate) mod held;
pub(crate) mod retry;
pub(crate) mod stop;
