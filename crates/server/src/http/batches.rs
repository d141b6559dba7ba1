//! `/api/v2/batches`

use axum::Json;
use axum::extract::State;
use docmill_model::BatchStatus;
use docmill_store::BatchFilter;
use docmill_wire::batches::Batch;
use docmill_wire::render::Page;

use super::Shared;
use super::body::JsonBody;
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, batches};

pub async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Batch>> {
    batches::create(&app, &caller, &body).await.map(Json)
}

pub async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Batch>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    batches::list(&app, &caller, &filter, asked).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments, query: Query) -> AppResult<Json<Batch>> {
    let with_results = query.texts("expand").iter().any(|value| value == "results");
    batches::get(&app, &caller, path.id("batch_id")?, with_results).await.map(Json)
}

pub async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Batch>> {
    batches::cancel(&app, &caller, path.id("batch_id")?).await.map(Json)
}

fn filter(query: &mut Query) -> BatchFilter {
    let states: Vec<&str> = BatchStatus::ALL.iter().map(|status| status.as_str()).collect();
    BatchFilter {
        status: query.one_of("status", &states).and_then(|text| BatchStatus::from_text(&text)),
        directory: query.id("source_directory_id"),
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    }
}
