//! Stored files (contract 2.4), and what their names may be.

use std::collections::BTreeMap;

use docmill_model::{Code, DirectoryFileId, FileId};
use docmill_store::{Content, File, FileFilter, FileOrder, NewFile};
use docmill_wire::FieldError;
use docmill_wire::check::{self, Rule};
use docmill_wire::errors::body_loc;
use docmill_wire::files::{self as wire, PURPOSES, QueryFiles};
use docmill_wire::references::Reference;
use docmill_wire::render::{Page, PresignedUrl};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::links::{Links, Target};
use super::paging::{self, Asked};
use super::uploads::{self, Spooled};
use super::{App, AppError, AppResult, Caller, projects};

/// Why a text is no name: too long, or with characters that garble terminals, logs and headers.
pub fn name_error(app: &App, part: &str, text: &str) -> Option<FieldError> {
    let chars_max = app.limits.name_chars_max as usize;
    if text.chars().count() > chars_max {
        let message = format!("String should have at most {chars_max} characters");
        return Some(FieldError::new("string_too_long", body_loc(part), message, &text.into()));
    }
    let message = check::name(text).err()?;
    Some(FieldError::body(part, format!("Value error, {message}"), &text.into()))
}

/// The part after the last slash; the whole of a name that ends in one.
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().filter(|base| !base.is_empty()).unwrap_or(name)
}

/// What an upload says about its file, checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described {
    name: String,
    purpose: String,
    external_file_id: Option<String>,
}

impl Described {
    /// `file_name` is the file part's own, `texts` the other parts.
    pub fn read(app: &App, file_name: &str, texts: &BTreeMap<String, String>) -> AppResult<Self> {
        let purpose = texts.get("purpose").filter(|text| !text.is_empty());
        let mut errors = match purpose {
            Some(purpose) => check::at(&Rule::OneOf(&PURPOSES), &Value::from(purpose.as_str()), body_loc("purpose")),
            None => vec![FieldError::new("missing", body_loc("purpose"), "Field required", &Value::Null)],
        };
        let external_file_id = texts.get("external_file_id").filter(|text| !text.is_empty());
        errors.extend(name_error(app, "file", file_name));
        errors.extend(external_file_id.and_then(|text| name_error(app, "external_file_id", text)));
        if !errors.is_empty() {
            return Err(errors.into());
        }
        Ok(Self {
            name: base_name(file_name).to_owned(),
            purpose: purpose.cloned().unwrap_or_default(),
            external_file_id: external_file_id.cloned(),
        })
    }
}

/// A file of its own: the same content sent twice makes two, as a name or an external id need not be unique.
pub async fn create(app: &App, caller: &Caller, described: &Described, upload: &Spooled) -> AppResult<wire::File> {
    let once = caller.once(app, &(described, &upload.sha256));
    let kept = uploads::keep(app, upload, |content| {
        app.store.file_create(NewFile {
            project: caller.project(),
            name: described.name.clone(),
            external_file_id: described.external_file_id.clone(),
            purpose: described.purpose.clone(),
            content,
            once: once.clone(),
        })
    });
    Ok(shown(kept.await?, None))
}

/// Which files are wanted.
#[derive(Debug, Default)]
pub struct Wanted {
    /// `None` = every file.
    pub files: Option<Vec<Reference>>,
    pub name: Option<String>,
    pub external_file_id: Option<String>,
    /// One of `docmill_wire::files::ORDERS`; the newest first when it is left out.
    pub order_by: Option<String>,
}

pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: Wanted,
    asked: Asked,
    links: Option<&Links>,
) -> AppResult<Page<wire::File>> {
    let ids: Option<Vec<Uuid>> = wanted.files.map(|files| files.into_iter().map(bare).collect());
    if let Some(ids) = ids.as_ref().filter(|ids| ids.len() > app.limits.page_size_max as usize) {
        let message = format!("{} file_ids are given; at most {} are taken.", ids.len(), app.limits.page_size_max);
        return Err(AppError::new(Code::InvalidRequest, message));
    }
    let order = match wanted.order_by.as_deref() {
        Some("name") => FileOrder::Name,
        Some("id") => FileOrder::Id,
        _ => FileOrder::NewestFirst,
    };
    let filter = FileFilter { ids, name: wanted.name, external_file_id: wanted.external_file_id };
    let page = paging::begin(caller, "files", &asked)?;
    let listed = app.store.file_list(caller.project(), &filter, order, page).await?;
    Ok(paging::end(caller, "files", &asked, listed, |file| shown(file, links)))
}

/// The deprecated form of the list. It knows no links.
pub async fn query(app: &App, caller: &Caller, body: &Value) -> AppResult<Page<wire::File>> {
    let asked = QueryFiles::read(body, &app.limits)?;
    if let Some(project) = asked.project {
        projects::get(caller, project)?;
    }
    if asked.of_data_source {
        return Ok(Page::new(Vec::new(), None));
    }
    let order = asked.order_by.clone().map(|order| ("order_by".to_owned(), order));
    let filters = [("filter".to_owned(), body.get("filter").map(Value::to_string).unwrap_or_default())];
    let page =
        Asked { limit: asked.page_size, token: asked.page_token, filters: filters.into_iter().chain(order).collect() };
    let wanted = Wanted {
        files: asked.files,
        name: asked.name,
        external_file_id: asked.external_file_id,
        order_by: asked.order_by,
    };
    list(app, caller, wanted, page, None).await
}

pub async fn get(app: &App, caller: &Caller, id: Reference, links: Option<&Links>) -> AppResult<wire::File> {
    Ok(shown(find(app, caller, id).await?, links))
}

/// Soft, with its directory entries; jobs that wait for it end with `SOURCE_DELETED`.
pub async fn delete(app: &App, caller: &Caller, id: Reference) -> AppResult<()> {
    let file = find(app, caller, id).await?;
    if app.store.file_delete(caller.project(), file.id).await? {
        Ok(())
    } else {
        Err(AppError::not_found("file", file.id))
    }
}

/// Files and directory entries share one id space.
const fn bare(reference: Reference) -> Uuid {
    match reference {
        Reference::File(id) => id.uuid(),
        Reference::DirectoryFile(id) => id.uuid(),
        Reference::ParseJob(id) => id.uuid(),
        Reference::Bare(uuid) => uuid,
    }
}

/// The live file that an id names, also by a directory entry of it (contract 1.5).
pub async fn find(app: &App, caller: &Caller, reference: Reference) -> AppResult<File> {
    let (found, id) = match reference {
        Reference::File(id) => (app.store.file_get(caller.project(), id).await?, id.to_string()),
        Reference::DirectoryFile(id) => (of_entry(app, caller, id).await?, id.to_string()),
        Reference::ParseJob(id) => (None, id.to_string()),
        Reference::Bare(uuid) => {
            let file = app.store.file_get(caller.project(), FileId::from_uuid(uuid)).await?;
            let found = match file {
                Some(file) => Some(file),
                None => of_entry(app, caller, DirectoryFileId::from_uuid(uuid)).await?,
            };
            (found, uuid.to_string())
        }
    };
    found.ok_or_else(|| AppError::not_found("file", id))
}

async fn of_entry(app: &App, caller: &Caller, id: DirectoryFileId) -> AppResult<Option<File>> {
    match app.store.directory_file_find(caller.project(), id).await? {
        Some(entry) => Ok(app.store.file_get(caller.project(), entry.file).await?),
        None => Ok(None),
    }
}

/// A link to the file's bytes that works for `lifetime_s` seconds, within the limit, or the default time.
pub async fn content(
    app: &App,
    caller: &Caller,
    reference: Reference,
    links: &Links,
    lifetime_s: Option<i64>,
) -> AppResult<PresignedUrl> {
    let file = find(app, caller, reference).await?;
    let target = Target::File { project: file.project, file: file.id };
    Ok(match lifetime_s {
        Some(seconds) => links.presigned_for(&target, seconds * 1_000),
        None => links.presigned(&target),
    })
}

/// The id of the file that `reference` names, whether it exists or not: for filters.
pub async fn named(app: &App, caller: &Caller, reference: Reference) -> AppResult<FileId> {
    if let Reference::File(id) = reference {
        return Ok(id);
    }
    let uuid = bare(reference);
    let entry = app.store.directory_file_find(caller.project(), DirectoryFileId::from_uuid(uuid)).await?;
    Ok(entry.map_or(FileId::from_uuid(uuid), |entry| entry.file))
}

/// A link to the bytes; none for a file that is read where it lies on the disk.
pub fn link(links: &Links, target: &Target, content: &Content) -> Option<PresignedUrl> {
    matches!(content, Content::Blob(_)).then(|| links.presigned(target))
}

fn shown(file: File, links: Option<&Links>) -> wire::File {
    let target = Target::File { project: file.project, file: file.id };
    wire::File {
        id: file.id,
        project_id: file.project,
        file_type: file_type(&file.name),
        name: file.name,
        external_file_id: file.external_file_id,
        purpose: file.purpose,
        last_modified_at: Some(file.created_at),
        expires_at: file.expires_at,
        download_url: links.and_then(|links| link(links, &target, &file.content)),
    }
}

/// The extension, lower-case; a name that only begins with a dot has none.
fn file_type(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_lowercase())
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

    #[test]
    fn the_file_type_is_the_extension() {
        for (name, expected) in
            [("a.PDF", Some("pdf")), ("a.tar.gz", Some("gz")), ("a", None), (".env", None), ("a.", None)]
        {
            assert_eq!(file_type(name).as_deref(), expected, "{name}");
        }
    }
}
