//! Directories (contract 2.2).

use docmill_model::{Code, DirectoryId};
use docmill_store::{Directory, DirectoryChange, DirectoryFilter, DirectoryKind, NewDirectory};
use docmill_wire::FieldError;
use docmill_wire::directories::{self as wire, CreateDirectory, UpdateDirectory};
use docmill_wire::render::Page;
use serde_json::{Value, json};

use super::paging::{self, Asked};
use super::{App, AppError, AppResult, Caller};

/// A `user` directory stays; an `ephemeral` one gets a time of its own when the caller gives none, because newer
/// clients cannot give one (contract 1.11).
pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<wire::Directory> {
    let asked = CreateDirectory::read(body, &app.limits)?;
    let now = app.clock.now();
    if let Some(expires_at) = asked.expires_at.filter(|instant| *instant <= now) {
        let message = format!("Value error, {expires_at} is in the past");
        return Err(FieldError::body("expires_at", message, &json!(expires_at.to_string())).into());
    }
    let (kind, expires_at) = if asked.ephemeral {
        let default = now.plus_ms(app.limits.ephemeral_lifetime_ms);
        (DirectoryKind::Ephemeral, asked.expires_at.or(Some(default)))
    } else {
        (DirectoryKind::User, asked.expires_at)
    };
    let made = app.store.directory_create(NewDirectory {
        project: caller.project(),
        name: asked.name,
        kind,
        description: asked.description,
        expires_at,
        system_metadata: asked.system_metadata,
        once: caller.once(app, body),
    });
    Ok(shown(made.await?))
}

pub async fn list(
    app: &App,
    caller: &Caller,
    filter: Option<DirectoryFilter>,
    asked: Asked,
) -> AppResult<Page<wire::Directory>> {
    let page = paging::begin(caller, "directories", &asked)?;
    let Some(filter) = &filter else { return Ok(Page::new(Vec::new(), None)) };
    let listed = app.store.directory_list(caller.project(), filter, page).await?;
    Ok(paging::end(caller, "directories", &asked, listed, shown))
}

pub async fn get(app: &App, caller: &Caller, id: DirectoryId) -> AppResult<wire::Directory> {
    live(app, caller, id).await.map(shown)
}

/// The directory unless it was deleted; deleted ones are seen in a list with `include_deleted` only.
async fn live(app: &App, caller: &Caller, id: DirectoryId) -> AppResult<Directory> {
    let found = app.store.directory_get(caller.project(), id).await?;
    let live = found.filter(|directory| directory.deleted_at.is_none());
    live.ok_or_else(|| AppError::not_found("directory", id))
}

pub async fn update(app: &App, caller: &Caller, id: DirectoryId, body: &Value) -> AppResult<wire::Directory> {
    let UpdateDirectory { name, description } = UpdateDirectory::read(body, &app.limits)?;
    let updated = app.store.directory_update(caller.project(), id, DirectoryChange { name, description }).await?;
    updated.map(shown).ok_or_else(|| AppError::not_found("directory", id))
}

pub async fn delete(app: &App, caller: &Caller, id: DirectoryId) -> AppResult<()> {
    if app.store.directory_delete(caller.project(), id).await? {
        Ok(())
    } else {
        Err(AppError::not_found("directory", id))
    }
}

/// Whether files may be put into the directory now.
pub async fn open(app: &App, caller: &Caller, id: DirectoryId) -> AppResult<()> {
    match live(app, caller, id).await?.expires_at {
        Some(expired_at) if expired_at <= app.clock.now() => {
            Err(AppError::new(Code::DirectoryExpired, format!("The directory {id} expired at {expired_at}.")))
        }
        _ => Ok(()),
    }
}

fn shown(directory: Directory) -> wire::Directory {
    wire::Directory {
        id: directory.id,
        name: directory.name,
        project_id: directory.project,
        kind: directory.kind.as_str(),
        description: directory.description,
        expires_at: directory.expires_at,
        system_metadata: directory.system_metadata,
        connector_subscription_id: None,
        created_at: directory.created_at,
        updated_at: directory.updated_at,
        deleted_at: directory.deleted_at,
    }
}
