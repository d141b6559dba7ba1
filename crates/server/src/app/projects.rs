//! The caller's project: the only one there is for a key.

use docmill_model::ProjectId;
use docmill_store::Project;
use docmill_wire::render::Page;
use docmill_wire::{FieldError, projects as wire};
use uuid::Uuid;

use super::paging::{self, Asked};
use super::{AppError, AppResult, Caller};

/// Checks the scoping parameters that nearly every call takes (contract 1.1). Absent or empty: the key's own project.
pub fn check_scope(caller: &Caller, query: &[(String, String)]) -> AppResult<()> {
    for (name, given) in query.iter().filter(|(_, given)| !given.is_empty()) {
        match name.as_str() {
            "project_id" => check_project(caller, given)?,
            "organization_id" => check_organization(caller, given)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_project(caller: &Caller, given: &str) -> AppResult<()> {
    let id: ProjectId =
        given.parse().map_err(|error| FieldError::query("project_id", format!("Value error, {error}"), given))?;
    get(caller, id).map(|_| ())
}

/// Organizations are bare UUIDs (contract 1.5).
fn check_organization(caller: &Caller, given: &str) -> AppResult<()> {
    let id = Uuid::parse_str(given).map_err(|_| {
        FieldError::query("organization_id", "Value error, an organization id is a UUID without prefix", given)
    })?;
    if id == caller.project.organization_id {
        return Ok(());
    }
    Err(AppError::not_found("organization", id))
}

/// The project with this id, as far as the key can see: a key sees its own project only.
pub fn get(caller: &Caller, id: ProjectId) -> AppResult<wire::Project> {
    if id == caller.project() {
        return Ok(shown(&caller.project));
    }
    Err(AppError::new(docmill_model::Code::NotFound, format!("The API key does not belong to a project {id}.")))
}

/// Every project that the key can see: its own, unless `name` is another's.
pub fn list(caller: &Caller, name: Option<&str>) -> Vec<wire::Project> {
    let named = name.is_none_or(|name| name == caller.project.name);
    if named { vec![shown(&caller.project)] } else { Vec::new() }
}

/// The same as a page. One key sees one project, so there is never a second page.
pub fn page(caller: &Caller, name: Option<&str>, asked: &Asked) -> AppResult<Page<wire::Project>> {
    let after = paging::begin(caller, "projects", asked)?.after;
    Ok(Page::new(if after.is_none() { list(caller, name) } else { Vec::new() }, None))
}

fn shown(project: &Project) -> wire::Project {
    wire::Project {
        id: project.id,
        name: project.name.clone(),
        organization_id: project.organization_id,
        is_default: project.is_default,
        created_at: project.created_at,
        updated_at: project.created_at,
    }
}
