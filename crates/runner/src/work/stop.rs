//! Why a running job is stopped from outside, and how an attempt that gave no result ended.

use docmill_model::{Code, Failure};
use docmill_store::StoreError;
use tokio::sync::SetOnce;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The caller cancelled the job.
    Cancelled,
    /// The lease is another worker's: a result would be refused.
    Lost,
    /// The worker ends; the job goes on elsewhere.
    Drained,
}

/// Set once by whoever stops the job; everything the job waits for also waits for this.
pub(crate) type StopSignal = SetOnce<Stop>;

/// An attempt without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Stopped(Stop),
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Code> for End {
    fn from(code: Code) -> Self {
        Self::Failed(code.into())
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "the store refused a step of a job");
        Self::Failed(error.failure())
    }
}
