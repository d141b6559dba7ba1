//! `/api/v2/extract`

use axum::Json;
use axum::extract::State;
use docmill_model::{BatchStatus, JobId, JobStatus, Product};
use docmill_store::JobFilter;
use docmill_wire::extract::ExtractJob;
use docmill_wire::references::Reference;
use docmill_wire::render::Page;
use uuid::Uuid;

use super::Shared;
use super::body::JsonBody;
use super::path::Segments;
use super::query::Query;
use crate::app::extract::{self, Expand};
use crate::app::{AppResult, Caller};

pub async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<ExtractJob>> {
    extract::create(&app, &caller, &body).await.map(Json)
}

pub async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<ExtractJob>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    let expand = Expand::read(&query.texts("expand"));
    query.finish()?;
    extract::list(&app, &caller, filter, asked, expand).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments, query: Query) -> AppResult<Json<ExtractJob>> {
    let expand = Expand::read(&query.texts("expand"));
    extract::get(&app, &caller, path.job_id(Product::Extract)?, expand).await.map(Json)
}

pub async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<ExtractJob>> {
    extract::cancel(&app, &caller, path.job_id(Product::Extract)?).await.map(Json)
}

/// `None` for THROTTLED: the filter takes it (contract 2.6), but no job is ever in that state.
fn filter(query: &mut Query) -> Option<JobFilter> {
    let states: Vec<&str> = BatchStatus::ALL.iter().map(|status| status.as_str()).collect();
    let status = query.one_of("status", &states);
    let read = status.as_deref().map(JobStatus::from_text);
    let named = query.parsed("file_input", input);
    let older = query.parsed("document_input_value", input);
    let filter = JobFilter {
        status: read.flatten(),
        ids: query.many_parsed("job_ids", |text| JobId::parse(Product::Extract, text)),
        configuration: query.id("configuration_id"),
        input: named.or(older),
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    };
    (read != Some(None)).then_some(filter)
}

fn input(text: &str) -> Result<Uuid, String> {
    Reference::input(text).map(|reference| match reference {
        Reference::File(id) => id.uuid(),
        Reference::DirectoryFile(id) => id.uuid(),
        Reference::ParseJob(id) => id.uuid(),
        Reference::Bare(uuid) => uuid,
    })
}
