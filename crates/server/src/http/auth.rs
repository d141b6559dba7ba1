//! The caller of a request: `Authorization: Bearer <key>`, and the scoping parameters that must agree with it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use docmill_model::{Code, Timestamp};

use super::query::pairs;
use crate::app::{App, AppError, AppResult, Caller, Sent, caller, projects};

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let secret = bearer(parts).ok_or_else(|| AppError::Failure(Code::Unauthorized.into()))?;
        let mut caller = caller::by_secret(app, secret).await?;
        caller.sent = sent(parts, app.limits.idempotency_key_chars_max, app.clock.now())?;
        projects::check_scope(&caller, &pairs(parts))?;
        Ok(caller)
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, secret) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

/// A counter that is no number is no counter: other clients may use the name for something else.
fn sent(parts: &Parts, key_chars_max: u32, arrived: Timestamp) -> AppResult<Sent> {
    let header = |name: &str| parts.headers.get(name);
    let idempotency_key = header("idempotency-key").map(|value| value.to_str().unwrap_or_default().to_owned());
    if idempotency_key.as_ref().is_some_and(|key| key.is_empty() || key.len() > key_chars_max as usize) {
        let message = format!("Idempotency-Key must be 1 to {key_chars_max} visible ASCII characters.");
        return Err(AppError::new(Code::InvalidRequest, message));
    }
    let before = header("x-stainless-retry-count").and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(Sent { route: format!("{} {}", parts.method, parts.uri.path()), idempotency_key, before, arrived })
}
