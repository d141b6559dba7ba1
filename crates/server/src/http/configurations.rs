//! `/api/v1/beta/configurations`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post, put};
use docmill_model::{Code, ProductType};
use docmill_store::ConfigurationFilter;
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::configurations::{self as shapes, Configuration};
use docmill_wire::render::Page;

use super::Shared;
use super::body::JsonBody;
use super::operations::{Answer, Operation, PAGE_SIZE, PAGE_TOKEN, json, many, one};
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, configurations};

const COLLECTION: &str = "/api/v1/beta/configurations";
const ONE: &str = "/api/v1/beta/configurations/{config_id}";
const PRODUCTS: &[&str] = &["classify_v2", "extract_v2", "parse_v2", "split_v1", "spreadsheet_v1", "unknown"];

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_configuration", json::<Configuration>(), || post(create))
        .sdk("configurations.create")
        .about("Save a configuration; one of the same name and product gets a new version")
        .body(|| shapes::schema(&shapes::SAVE), SAVE_EXAMPLE)
        .refuses(&[Code::SchemaInvalid, Code::AddressForbidden]),
    Operation::new("get", COLLECTION, "list_configurations", json::<Page<Configuration>>(), || get(list))
        .sdk("configurations.list")
        .about("List configurations; presets only when asked for by name")
        .query(&[
            many("product_type", Rule::OneOf(PRODUCTS), "Only configurations of these products"),
            one("name", TEXT, "Only configurations of this name"),
            one("latest_only", Rule::Bool, "One of every name, as it is now; else every version, the newest first"),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_configuration", json::<Configuration>(), || get(read))
        .sdk("configurations.retrieve")
        .about("Read a configuration or a preset"),
    Operation::new("put", ONE, "update_configuration", json::<Configuration>(), || put(update))
        .sdk("configurations.update")
        .about("Change a configuration; what is left out stays as it is")
        .body(|| shapes::schema(&shapes::UPDATE), r#"{"name": "invoices, page by page"}"#)
        .refuses(&[Code::Forbidden, Code::Conflict, Code::SchemaInvalid, Code::AddressForbidden]),
    Operation::new("delete", ONE, "delete_configuration", Answer::Nothing, || delete(remove))
        .sdk("configurations.delete")
        .about("Delete a configuration")
        .refuses(&[Code::Forbidden]),
];

const SAVE_EXAMPLE: &str = r#"{
    "name": "invoice fields",
    "parameters": {
        "product_type": "extract_v2",
        "data_schema": {"type": "object", "properties": {"total": {"type": "number"}}},
        "cite_sources": true
    }
}"#;

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Configuration>> {
    configurations::create(&app, &caller, &body).await.map(Json)
}

async fn read(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Configuration>> {
    configurations::get(&app, &caller, path.id("config_id")?).await.map(Json)
}

async fn update(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<Configuration>> {
    configurations::update(&app, &caller, path.id("config_id")?, &body).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Configuration>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    configurations::list(&app, &caller, filter, asked).await.map(Json)
}

async fn remove(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    configurations::delete(&app, &caller, path.id("config_id")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn filter(query: &mut Query) -> ConfigurationFilter {
    let products = query.many_of("product_type", PRODUCTS);
    ConfigurationFilter {
        products: products.iter().filter_map(|text| ProductType::from_text(text)).collect(),
        name: query.text("name"),
        all_versions: !query.flag("latest_only"),
    }
}
