//! Files of a directory (contract 2.3).

use std::collections::BTreeMap;

use docmill_model::{DirectoryFileId, DirectoryId};
use docmill_store::{DirectoryFile, DirectoryFileFilter, NewDirectoryFile, NewFile};
use docmill_wire::FieldError;
use docmill_wire::directories::{self as wire, upload_metadata};
use docmill_wire::render::Page;
use serde::Serialize;
use serde_json::{Map, Value};

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

/// Why a text is no name: too long, or with characters that garble terminals, logs and headers.
pub fn name_error(app: &App, part: &str, text: &str) -> Option<FieldError> {
    let chars_max = app.limits.name_chars_max as usize;
    if text.chars().count() > chars_max {
        let message = format!("String should have at most {chars_max} characters");
        return Some(FieldError::new("string_too_long", docmill_wire::errors::body_loc(part), message, &text.into()));
    }
    let message = "Value error, a name must not have control characters";
    text.chars().any(char::is_control).then(|| FieldError::body(part, message, &text.into()))
}

/// The part after the last slash; the whole of a name that ends in one.
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().filter(|base| !base.is_empty()).unwrap_or(name)
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
    Ok(shown(kept.await?))
}

pub async fn list(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    filter: &DirectoryFileFilter,
    asked: Asked,
) -> AppResult<Page<wire::DirectoryFile>> {
    directories::get(app, caller, directory).await?;
    let list = format!("files of {directory}");
    let page = paging::begin(caller, &list, &asked)?;
    let listed = app.store.directory_file_list(caller.project(), directory, filter, page).await?;
    Ok(paging::end(caller, &list, &asked, listed, shown))
}

pub async fn get(
    app: &App,
    caller: &Caller,
    directory: DirectoryId,
    id: DirectoryFileId,
) -> AppResult<wire::DirectoryFile> {
    let found = app.store.directory_file_get(caller.project(), directory, id).await?;
    let live = found.filter(|file| file.deleted_at.is_none());
    live.map(shown).ok_or_else(|| AppError::not_found("directory file", id))
}

pub async fn delete(app: &App, caller: &Caller, directory: DirectoryId, id: DirectoryFileId) -> AppResult<()> {
    if app.store.directory_file_delete(caller.project(), directory, id).await? {
        Ok(())
    } else {
        Err(AppError::not_found("directory file", id))
    }
}

fn shown(file: DirectoryFile) -> wire::DirectoryFile {
    wire::DirectoryFile {
        id: file.id,
        directory_id: file.directory,
        project_id: file.project,
        file_id: file.file,
        display_name: file.display_name,
        unique_id: file.unique_id,
        metadata: file.metadata,
        download_url: None,
        created_at: file.created_at,
        updated_at: file.updated_at,
        deleted_at: file.deleted_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_name_is_what_follows_the_last_slash() {
        for (name, expected) in [("a.pdf", "a.pdf"), ("2024/q1/a.pdf", "a.pdf"), ("a/", "a/"), ("/a", "a"), ("", "")] {
            assert_eq!(base_name(name), expected, "{name}");
        }
    }
}
