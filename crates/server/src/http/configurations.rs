//! `/api/v1/beta/configurations`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use docmill_model::Product;
use docmill_store::ConfigurationFilter;
use docmill_wire::configurations::Configuration;
use docmill_wire::render::Page;

use super::Shared;
use super::body::JsonBody;
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, configurations};

pub async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Configuration>> {
    configurations::create(&app, &caller, &body).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Configuration>> {
    configurations::get(&app, &caller, path.id("config_id")?).await.map(Json)
}

pub async fn update(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<Configuration>> {
    configurations::update(&app, &caller, path.id("config_id")?, &body).await.map(Json)
}

pub async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Configuration>>> {
    let filter = filter(&mut query);
    // Only the newest parameters of a name are kept, so both answers to this are the same.
    query.flag("latest_only");
    let asked = query.page(&app.limits);
    query.finish()?;
    configurations::list(&app, &caller, filter, asked).await.map(Json)
}

pub async fn delete(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    configurations::delete(&app, &caller, path.id("config_id")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `None` when only products are wanted that docmill does not have.
fn filter(query: &mut Query) -> Option<ConfigurationFilter> {
    const PRODUCTS: [&str; 6] = ["classify_v2", "extract_v2", "parse_v2", "split_v1", "spreadsheet_v1", "unknown"];
    let wanted = query.many_of("product_type", &PRODUCTS);
    let products: Vec<_> = wanted.iter().filter_map(|text| Product::from_text(text)).collect();
    let nothing = products.is_empty() && !wanted.is_empty();
    (!nothing).then(|| ConfigurationFilter { products, name: query.text("name") })
}
