//! What a store step can answer instead of its result.

use docmill_model::{Code, Failure};

pub type StoreResult<T> = Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The rule of the step refuses it: the caller's own failure, nothing was changed.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The database or the blob storage did not answer or is full; the same step may succeed later.
    #[error("{what} is not available")]
    Unavailable {
        what: &'static str,
        code: Code,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row cannot be read as what it must be.
    #[error("{0}")]
    Corrupt(String),
}

impl StoreError {
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused(Failure::new(code, message))
    }

    /// The failure that a job or a request reports for this error. Internals stay in the log.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Refused(failure) => failure.clone(),
            Self::Unavailable { code, .. } => Failure::from(*code),
            Self::Corrupt(_) => Failure::from(Code::Internal),
        }
    }
}
