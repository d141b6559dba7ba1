//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use docmill_model::ids::IdError;
use docmill_model::options::Product;
use docmill_model::{Code, JobId};

use docmill_wire::FieldError;

use crate::app::{AppError, AppResult};

/// The named parts of the route, decoded.
pub struct Segments(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(AppError::new(Code::InvalidRequest, "The path is not valid UTF-8.")),
        }
    }
}

impl Segments {
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The id in the segment `name`; 422 with its place when it is none of this kind.
    pub fn id<T: FromStr<Err = IdError>>(&self, name: &str) -> AppResult<T> {
        let given = self.text(name);
        given.parse().map_err(|error: IdError| FieldError::path(name, format!("Value error, {error}"), given).into())
    }

    pub fn job_id(&self, product: Product) -> AppResult<JobId> {
        let given = self.text("job_id");
        JobId::parse(product, given)
            .map_err(|error| FieldError::path("job_id", format!("Value error, {error}"), given).into())
    }
}
