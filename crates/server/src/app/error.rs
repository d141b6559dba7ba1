use docmill_model::{Code, Failure};
use docmill_store::StoreError;
use docmill_wire::FieldError;

pub type AppResult<T> = Result<T, AppError>;

/// Why a request is not served. `http/errors.rs` turns it into a status and a body.
#[derive(Debug)]
pub enum AppError {
    /// Fields of the request are wrong: all of them, each with its place.
    Fields(Vec<FieldError>),
    /// The request as a whole is refused, or docmill cannot serve it now.
    Failure(Failure),
}

impl AppError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::Failure(Failure::new(code, message))
    }

    /// `noun` with this id is not in the caller's project; whether it is in another one is not told.
    pub fn not_found(noun: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("There is no {noun} {id} in this project."))
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Fields(errors)
    }
}

impl From<FieldError> for AppError {
    fn from(error: FieldError) -> Self {
        Self::Fields(vec![error])
    }
}

impl From<StoreError> for AppError {
    /// The cause goes to the log here, once, inside the request's span; the caller gets the sentence of the code.
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Refused(_) => {}
            StoreError::Unavailable { source, .. } => tracing::error!(%error, cause = %source, "the store failed"),
            StoreError::Corrupt(_) => tracing::error!(%error, "a stored row cannot be read"),
        }
        Self::Failure(error.failure())
    }
}
