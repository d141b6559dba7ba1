//! Files of a directory (contract 2.3).

use std::collections::BTreeMap;

use docmill_model::{DirectoryFileId, DirectoryId};
use docmill_store::{DirectoryFile, DirectoryFileChange, DirectoryFileFilter, NewDirectoryFile, NewEntry, NewFile};
use docmill_wire::directories::{self as wire, upload_metadata};
use docmill_wire::directory_files::{AddDirectoryFile, UpdateDirectoryFile};
use docmill_wire::references::Reference;
use docmill_wire::render::Page;
use serde::Serialize;
use serde_json::{Map, Value};

use super::files::{self, base_name, name_error};
use super::links::{Links, Target};
use super::paging::{self, Asked};
use super::uploads::{self, Spooled};
use super::{App, AppError, AppResult, Caller, directories};

/// What an upload says about its file, checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described {
    /// Base name: what the format is told from.
    pub name: String,
    pub display_name: String,
    pub unique_id: String,
    pub external_file_id: Option<String>,
    pub metadata: Map<String, Value>,
}

impl Described {
    /// `file_name` is the file part's own, `texts` the other parts. Defaults come from the file (contract 2.3): the
    /// unique id from `external_file_id`, else from the name. Slashes stay in names, so that a tree of folders can be
    /// told apart; normal forms of Unicode stay as they came.
    pub fn read(app: &App, file_name: &str, texts: &BTreeMap<String, String>) -> AppResult<Self> {
        let given = |name: &str| texts.get(name).filter(|text| !text.is_empty()).cloned();
        let mut errors = Vec::new();
        let mut checked = |part: &str, text: Option<String>| {
            errors.extend(text.as_deref().and_then(|text| name_error(app, part, text)));
            text
        };
        let file_name = checked("upload_file", Some(file_name.to_owned())).unwrap_or_default();
        let display_name = checked("display_name", given("display_name"));
        let unique_id = checked("unique_id", given("unique_id"));
        let external_file_id = checked("external_file_id", given("external_file_id"));
        let metadata = texts.get("metadata").map_or_else(|| Ok(Map::new()), |text| upload_metadata(text, &app.limits));
        let metadata = metadata.unwrap_or_else(|more| {
            errors.extend(more);
            Map::new()
        });
        if !errors.is_empty() {
            return Err(errors.into());
        }
        Ok(Self {
            name: base_name(&file_name).to_owned(),
            display_name: display_name.unwrap_or_else(|| file_name.clone()),
            unique_id: unique_id.or_else(|| external_file_id.clone()).unwrap_or(file_name),
            external_file_id,
            metadata,
        })
    }
}

pub async fn upload(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    described: Described,
    upload: &Spooled,
) -> AppResult<wire::DirectoryFile> {
    // Boundaries of a form are random, so what counts is what it says.
    let once = caller.once(app, &(&described, &upload.sha256));
    let kept = uploads::keep(app, upload, |content| {
        app.store.directory_file_create(NewDirectoryFile {
            directory,
            file: NewFile {
                project: caller.project(),
                name: described.name.clone(),
                external_file_id: described.external_file_id.clone(),
                purpose: "user_data".to_owned(),
                content,
                once: None,
            },
            display_name: described.display_name.clone(),
            unique_id: described.unique_id.clone(),
            metadata: described.metadata.clone(),
            once: once.clone(),
        })
    });
    Ok(shown(kept.await?, None))
}

/// Which entries are wanted.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Entries of this file; an entry's own id stands for its file.
    pub file: Option<Reference>,
    pub filter: DirectoryFileFilter,
}

pub async fn list(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    wanted: Wanted,
    asked: Asked,
    links: Option<&Links>,
) -> AppResult<Page<wire::DirectoryFile>> {
    directories::get(app, caller, directory).await?;
    let file = match wanted.file {
        Some(reference) => Some(files::named(app, caller, reference).await?),
        None => None,
    };
    let filter = DirectoryFileFilter { file, ..wanted.filter };
    let list = format!("files of {directory}");
    let page = paging::begin(caller, &list, &asked)?;
    let listed = app.store.directory_file_list(caller.project(), directory, &filter, page).await?;
    Ok(paging::end(caller, &list, &asked, listed, |file| shown(file, links)))
}

pub async fn get(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    id: DirectoryFileId,
    links: Option<&Links>,
) -> AppResult<wire::DirectoryFile> {
    let found = app.store.directory_file_get(caller.project(), directory, id).await?;
    let live = found.filter(|file| file.deleted_at.is_none());
    live.map(|file| shown(file, links)).ok_or_else(|| AppError::not_found("directory file", id))
}

/// An entry of a file that is stored already. Names come from the file unless they are given.
pub async fn add(app: &App, caller: &Caller, directory: DirectoryId, body: &Value) -> AppResult<wire::DirectoryFile> {
    let asked = AddDirectoryFile::read(body, &app.limits)?;
    check_names(app, asked.display_name.as_deref(), asked.unique_id.as_deref())?;
    directories::open(app, caller, directory).await?;
    let file = files::find(app, caller, asked.file).await?;
    let added = app.store.directory_file_add(NewEntry {
        project: caller.project(),
        directory,
        file: file.id,
        display_name: asked.display_name.unwrap_or_else(|| file.name.clone()),
        unique_id: asked.unique_id.or(file.external_file_id).unwrap_or(file.name),
        metadata: asked.metadata,
        once: caller.once(app, body),
    });
    Ok(shown(added.await?, None))
}

pub async fn update(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    id: DirectoryFileId,
    body: &Value,
) -> AppResult<wire::DirectoryFile> {
    let asked = UpdateDirectoryFile::read(body, &app.limits)?;
    check_names(app, asked.display_name.as_deref(), asked.unique_id.as_deref())?;
    let change = DirectoryFileChange {
        display_name: asked.display_name,
        unique_id: asked.unique_id,
        metadata: asked.metadata,
        directory: asked.target_directory,
    };
    let updated = app.store.directory_file_update(caller.project(), directory, id, change).await?;
    updated.map(|file| shown(file, None)).ok_or_else(|| AppError::not_found("directory file", id))
}

fn check_names(app: &App, display_name: Option<&str>, unique_id: Option<&str>) -> AppResult<()> {
    let names = [("display_name", display_name), ("unique_id", unique_id)];
    let wrong = |(field, name): (&str, Option<&str>)| name.and_then(|name| name_error(app, field, name));
    let errors: Vec<_> = names.into_iter().filter_map(wrong).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

pub async fn delete(app: &App, caller: &Caller, directory: DirectoryId, id: DirectoryFileId) -> AppResult<()> {
    if app.store.directory_file_delete(caller.project(), directory, id).await? {
        Ok(())
    } else {
        Err(AppError::not_found("directory file", id))
    }
}

fn shown(file: DirectoryFile, links: Option<&Links>) -> wire::DirectoryFile {
    let target = Target::File { project: file.project, file: file.file };
    let links = links.filter(|_| file.deleted_at.is_none());
    wire::DirectoryFile {
        id: file.id,
        directory_id: file.directory,
        project_id: file.project,
        file_id: file.file,
        display_name: file.display_name,
        unique_id: file.unique_id,
        metadata: file.metadata,
        download_url: links.and_then(|links| files::link(links, &target, &file.content)),
        created_at: file.created_at,
        updated_at: file.updated_at,
        deleted_at: file.deleted_at,
    }
}
