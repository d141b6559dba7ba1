//! `/api/v1/beta/directories`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use docmill_store::{DirectoryFilter, DirectoryKind};
use docmill_wire::directories::Directory;
use docmill_wire::render::Page;

use super::Shared;
use super::body::JsonBody;
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, directories};

pub async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Directory>> {
    directories::create(&app, &caller, &body).await.map(Json)
}

pub async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Directory>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    directories::list(&app, &caller, filter, asked).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Directory>> {
    directories::get(&app, &caller, path.id("directory_id")?).await.map(Json)
}

pub async fn delete(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    directories::delete(&app, &caller, path.id("directory_id")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `None` when only kinds are wanted that docmill does not have (`index`).
fn filter(query: &mut Query) -> Option<DirectoryFilter> {
    const KINDS: [&str; 3] = ["ephemeral", "index", "user"];
    let mut wanted = query.many_of("types", &KINDS);
    wanted.extend(query.one_of("type", &KINDS));
    let kinds: Vec<_> = wanted.iter().filter_map(|text| DirectoryKind::from_text(text)).collect();
    let nothing = kinds.is_empty() && !wanted.is_empty();
    let include_deleted = query.flag("include_deleted");
    (!nothing).then(|| DirectoryFilter { name: query.text("name"), kinds, include_deleted })
}
