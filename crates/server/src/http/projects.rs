//! `/api/v1/projects` (a bare array) and `/api/v2/projects` (a page)

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use docmill_wire::check::TEXT;
use docmill_wire::projects::Project;
use docmill_wire::render::Page;

use super::Shared;
use super::operations::{Operation, PAGE_SIZE, PAGE_TOKEN, json, one};
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, projects};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("get", "/api/v1/projects", "list_projects_v1", json::<Vec<Project>>(), || get(list_v1))
        .sdk("projects.list")
        .about("The projects of the key, as a bare list")
        .query(&[one("project_name", TEXT, "Only the project of this name")]),
    Operation::new("get", "/api/v1/projects/{project_id}", "get_project_v1", json::<Project>(), || get(read))
        .sdk("projects.get")
        .about("Read a project"),
    Operation::new("get", "/api/v2/projects", "list_projects", json::<Page<Project>>(), || get(list_v2))
        .sdk("v2_projects.list")
        .about("The projects of the key, as a page")
        .query(&[one("name", TEXT, "Only the project of this name"), PAGE_SIZE, PAGE_TOKEN]),
    Operation::new("get", "/api/v2/projects/{project_id}", "get_project", json::<Project>(), || get(read))
        .sdk("v2_projects.get")
        .about("Read a project"),
];

async fn list_v1(caller: Caller, query: Query) -> Json<Vec<Project>> {
    Json(projects::list(&caller, query.text("project_name").as_deref()))
}

async fn list_v2(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Project>>> {
    let name = query.text("name");
    let asked = query.page(&app.limits);
    query.finish()?;
    projects::page(&caller, name.as_deref(), &asked).map(Json)
}

async fn read(caller: Caller, path: Segments) -> AppResult<Json<Project>> {
    projects::get(&caller, path.id("project_id")?).map(Json)
}
