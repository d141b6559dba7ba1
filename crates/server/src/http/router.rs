//! Every route in one place, by resource.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::request_log;
use super::{batches, configurations, directories, extract, fallback, files, health, metrics, parse, projects};
use crate::app::App;

const DIRECTORIES: &str = "/api/v1/beta/directories";

pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(directory_routes())
        .merge(configuration_routes())
        .merge(batch_routes())
        .merge(job_routes())
        .merge(project_routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .fallback(fallback::unknown)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        // Bodies have limits of their own (http/body.rs, app/uploads.rs), with docmill's sentence.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), request_log::layer))
        .with_state(app)
}

fn directory_routes() -> Router<Arc<App>> {
    let path = |rest: &str| format!("{DIRECTORIES}/{{directory_id}}{rest}");
    Router::new()
        .route(DIRECTORIES, get(directories::list).post(directories::create))
        .route(&path(""), get(directories::get).delete(directories::delete).patch(fallback::not_yet))
        .route(&path("/files"), get(files::list).post(fallback::not_yet))
        .route(&path("/files/upload"), post(files::upload))
        .route(&path("/files/{directory_file_id}"), get(files::get).delete(files::delete).patch(fallback::not_yet))
}

fn configuration_routes() -> Router<Arc<App>> {
    Router::new().route("/api/v1/beta/configurations", get(configurations::list).post(configurations::create)).route(
        "/api/v1/beta/configurations/{config_id}",
        get(configurations::get).put(configurations::update).delete(configurations::delete),
    )
}

fn batch_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v2/batches", get(batches::list).post(batches::create))
        .route("/api/v2/batches/{batch_id}", get(batches::get))
        .route("/api/v2/batches/{batch_id}/cancel", post(batches::cancel))
}

fn job_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v2/parse", get(parse::list).post(parse::create))
        .route("/api/v2/parse/upload", post(parse::upload))
        .route("/api/v2/parse/versions", get(parse::versions))
        .route("/api/v2/parse/{job_id}", get(parse::get).delete(fallback::not_yet))
        .route("/api/v2/parse/{job_id}/cancel", post(parse::cancel))
        .route("/api/v2/extract", get(extract::list).post(extract::create))
        .route("/api/v2/extract/schema/validation", post(fallback::not_yet))
        .route("/api/v2/extract/schema/generate", post(fallback::not_yet))
        .route("/api/v2/extract/{job_id}", get(extract::get).delete(fallback::not_yet))
        .route("/api/v2/extract/{job_id}/cancel", post(extract::cancel))
}

fn project_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/projects", get(projects::list_v1))
        .route("/api/v1/projects/{project_id}", get(projects::get))
        .route("/api/v2/projects", get(projects::list_v2))
        .route("/api/v2/projects/{project_id}", get(projects::get))
}
