//! The router, made from the tables of operations.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};

use super::{downloads, fallback, operations, request_log, unread};
use crate::app::App;

pub fn router(app: Arc<App>) -> Router {
    let router = operations::all()
        .fold(Router::new(), |router, (_, operation)| router.route(operation.path, (operation.route)()));
    router
        .merge(downloads::routes())
        .fallback(fallback::unknown)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        // Bodies have limits of their own (http/body.rs, app/uploads.rs), with docmill's sentence.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(unread::layer))
        .layer(from_fn_with_state(app.clone(), request_log::layer))
        .with_state(app)
}
