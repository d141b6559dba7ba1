//! `/api/v1/projects` (a bare array) and `/api/v2/projects` (a page)

use axum::Json;
use docmill_wire::projects::Project;
use docmill_wire::render::Page;

use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, projects};

pub async fn list_v1(caller: Caller, query: Query) -> Json<Vec<Project>> {
    Json(projects::list(&caller, query.text("project_name").as_deref()))
}

/// One key sees one project, so there is never a second page.
pub async fn list_v2(caller: Caller, query: Query) -> Json<Page<Project>> {
    Json(Page::new(projects::list(&caller, query.text("name").as_deref()), None))
}

pub async fn get(caller: Caller, path: Segments) -> AppResult<Json<Project>> {
    projects::get(&caller, path.id("project_id")?).map(Json)
}
