//! `/api/v1/beta/directories`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, patch, post};
use docmill_store::{DirectoryFilter, DirectoryKind};
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::directories::{self as shapes, Directory};
use docmill_wire::render::Page;
use docmill_wire::schema;

use super::Shared;
use super::body::JsonBody;
use super::operations::{Answer, Operation, PAGE_SIZE, PAGE_TOKEN, json, many, one};
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, directories};

const COLLECTION: &str = "/api/v1/beta/directories";
const ONE: &str = "/api/v1/beta/directories/{directory_id}";
const KINDS: &[&str] = &["ephemeral", "index", "user"];

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_directory", json::<Directory>(), || post(create))
        .sdk("beta.directories.create")
        .about("Make a directory")
        .body(shapes::create_schema, r#"{"name": "invoices", "type": "ephemeral"}"#),
    Operation::new("get", COLLECTION, "list_directories", json::<Page<Directory>>(), || get(list))
        .sdk("beta.directories.list")
        .about("List directories, the newest first")
        .query(&[
            one("name", TEXT, "Only directories of this name"),
            one("type", Rule::OneOf(KINDS), "Only directories of this type"),
            many("types", Rule::OneOf(KINDS), "Only directories of these types"),
            one("include_deleted", Rule::Bool, "Deleted ones too"),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_directory", json::<Directory>(), || get(read))
        .sdk("beta.directories.get")
        .about("Read a directory"),
    Operation::new("patch", ONE, "update_directory", json::<Directory>(), || patch(update))
        .sdk("beta.directories.update")
        .about("Rename or describe a directory; what is left out stays as it is")
        .body(|| schema::of(&shapes::UPDATE), r#"{"name": "invoices of 2026"}"#),
    Operation::new("delete", ONE, "delete_directory", Answer::Nothing, || delete(remove))
        .sdk("beta.directories.delete")
        .about("Delete a directory; its bytes go later"),
];

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Directory>> {
    directories::create(&app, &caller, &body).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Directory>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    directories::list(&app, &caller, filter, asked).await.map(Json)
}

async fn read(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Directory>> {
    directories::get(&app, &caller, path.id("directory_id")?).await.map(Json)
}

async fn update(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<Directory>> {
    directories::update(&app, &caller, path.id("directory_id")?, &body).await.map(Json)
}

async fn remove(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    directories::delete(&app, &caller, path.id("directory_id")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `None` when only kinds are wanted that docmill does not have (`index`).
fn filter(query: &mut Query) -> Option<DirectoryFilter> {
    let mut wanted = query.many_of("types", KINDS);
    wanted.extend(query.one_of("type", KINDS));
    let kinds: Vec<_> = wanted.iter().filter_map(|text| DirectoryKind::from_text(text)).collect();
    let nothing = kinds.is_empty() && !wanted.is_empty();
    let include_deleted = query.flag("include_deleted");
    (!nothing).then(|| DirectoryFilter { name: query.text("name"), kinds, include_deleted })
}
