//! The caller of a request: `Authorization: Bearer <key>`, and the scoping parameters that must agree with it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use docmill_model::Code;

use super::query::pairs;
use crate::app::{App, AppError, Caller, caller, projects};

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let secret = bearer(parts).ok_or_else(|| AppError::Failure(Code::Unauthorized.into()))?;
        let caller = caller::by_secret(app, secret).await?;
        projects::check_scope(&caller, &pairs(parts))?;
        Ok(caller)
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, secret) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}
