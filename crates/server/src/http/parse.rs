//! `/api/v2/parse`

use axum::Json;
use axum::extract::{Request, State};
use docmill_model::{JobId, JobStatus, Product};
use docmill_store::JobFilter;
use docmill_wire::parse::{ParseJob, ParseResult, versions};
use docmill_wire::render::Page;
use serde_json::Value;

use super::Shared;
use super::body::{self, JsonBody};
use super::multipart;
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, parse};

pub async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<ParseJob>> {
    parse::create(&app, &caller, &body).await.map(Json)
}

pub async fn upload(State(app): Shared, caller: Caller, request: Request) -> AppResult<Json<ParseJob>> {
    let form = multipart::read(&app, request, "file").await?;
    let configuration = form.texts.get("configuration").map(|text| body::parse(text.as_bytes())).transpose()?;
    parse::upload(&app, &caller, configuration.as_ref(), &form.file_name, &form.file).await.map(Json)
}

pub async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<ParseJob>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    parse::list(&app, &caller, &filter, asked).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments, query: Query) -> AppResult<Json<ParseResult>> {
    parse::get(&app, &caller, path.job_id(Product::Parse)?, &query.texts("expand")).await.map(Json)
}

pub async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<ParseJob>> {
    parse::cancel(&app, &caller, path.job_id(Product::Parse)?).await.map(Json)
}

/// The same for everybody, so it needs no key (contract 2.5).
pub async fn versions() -> Json<Value> {
    Json(versions::answer())
}

fn filter(query: &mut Query) -> JobFilter {
    let states: Vec<&str> = JobStatus::ALL.iter().map(|status| status.as_str()).collect();
    JobFilter {
        status: query.one_of("status", &states).and_then(|text| JobStatus::from_text(&text)),
        ids: query.many_parsed("job_ids", |text| JobId::parse(Product::Parse, text)),
        configuration: None,
        input: None,
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    }
}
