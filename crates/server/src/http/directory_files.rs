//! `/api/v1/beta/directories/{directory_id}/files`

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, patch, post};
use docmill_model::{Code, DirectoryId};
use docmill_store::DirectoryFileFilter;
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::directories::DirectoryFile;
use docmill_wire::directory_files as shapes;
use docmill_wire::references::Reference;
use docmill_wire::render::Page;
use docmill_wire::{forms, schema};

use super::Shared;
use super::body::JsonBody;
use super::files::{EXPAND, links};
use super::multipart;
use super::operations::{Answer, Body, NAME, Operation, PAGE_SIZE, PAGE_TOKEN, json, one};
use super::path::Segments;
use super::query::Query;
use crate::app::directory_files::{self as files, Described, Wanted};
use crate::app::links::Base;
use crate::app::{App, AppResult, Caller, directories};

const COLLECTION: &str = "/api/v1/beta/directories/{directory_id}/files";
const UPLOAD: &str = "/api/v1/beta/directories/{directory_id}/files/upload";
const METADATA: Rule = Rule::Map { of: &Rule::Plain, max: 1_000 };
const ONE: &str = "/api/v1/beta/directories/{directory_id}/files/{directory_file_id}";

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", UPLOAD, "upload_directory_file", json::<DirectoryFile>(), || post(upload))
        .sdk("beta.directories.files.upload")
        .about("Upload a file into a directory")
        .form(Body::Form {
            texts: &[
                ("display_name", NAME, "Name that people see; the file's own by default"),
                ("unique_id", NAME, "Key of the file in its directory; the display name by default"),
                ("external_file_id", NAME, "The caller's own id of the file"),
                ("metadata", METADATA, "JSON object of plain values"),
            ],
            needed: &[],
            file: "upload_file",
        })
        .refuses(&[
            Code::DuplicateUniqueId,
            Code::DirectoryExpired,
            Code::InvalidRequest,
            Code::UploadIncomplete,
            Code::DiskFull,
        ]),
    Operation::new("get", COLLECTION, "list_directory_files", json::<Page<DirectoryFile>>(), || get(list))
        .sdk("beta.directories.files.list")
        .about("List the files of a directory")
        .query(&[
            one("display_name", TEXT, "Only files of this name"),
            one("display_name_contains", TEXT, "Only files whose name contains this"),
            one("unique_id", TEXT, "Only the file with this key"),
            one("file_id", forms::FILE, "Only entries of this stored file"),
            one("include_deleted", Rule::Bool, "Deleted ones too"),
            one("updated_at_on_or_after", Rule::Instant, "Inclusive"),
            one("updated_at_on_or_before", Rule::Instant, "Inclusive"),
            EXPAND,
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_directory_file", json::<DirectoryFile>(), || get(read))
        .sdk("beta.directories.files.get")
        .about("Read the entry of a file")
        .query(&[EXPAND]),
    Operation::new("post", COLLECTION, "add_directory_file", json::<DirectoryFile>(), || post(add))
        .sdk("beta.directories.files.add")
        .about("Add a stored file to a directory")
        .body(|| schema::of(&shapes::ADD), r#"{"file_id": "fil-01890a5d-ac96-774b-bcce-b302099a8057"}"#)
        .refuses(&[Code::DuplicateUniqueId, Code::DirectoryExpired]),
    Operation::new("patch", ONE, "update_directory_file", json::<DirectoryFile>(), || patch(update))
        .sdk("beta.directories.files.update")
        .about("Rename or move a file, or replace its metadata; what is left out stays as it is")
        .body(|| schema::of(&shapes::UPDATE), r#"{"display_name": "2026/invoice 7.pdf"}"#)
        .refuses(&[Code::DuplicateUniqueId, Code::DirectoryExpired]),
    Operation::new("delete", ONE, "delete_directory_file", Answer::Nothing, || delete(remove))
        .sdk("beta.directories.files.delete")
        .about("Delete a file from its directory"),
];

async fn upload(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    request: Request,
) -> AppResult<Json<DirectoryFile>> {
    let directory = match open(&app, &caller, &path).await {
        Ok(directory) => directory,
        Err(refused) => {
            multipart::discard(request).await;
            return Err(refused);
        }
    };
    let form = multipart::read(&app, request, "upload_file").await?;
    let described = Described::read(&app, &form.file_name, &form.texts)?;
    files::upload(&app, &caller, directory, described, &form.file).await.map(Json)
}

/// Looked at before the body is read: nobody should send 500 MiB to learn that the directory is gone.
async fn open(app: &App, caller: &Caller, path: &Segments) -> AppResult<DirectoryId> {
    let directory = path.id("directory_id")?;
    directories::open(app, caller, directory).await?;
    Ok(directory)
}

async fn list(
    State(app): Shared,
    caller: Caller,
    base: Base,
    path: Segments,
    mut query: Query,
) -> AppResult<Json<Page<DirectoryFile>>> {
    let directory = path.id("directory_id")?;
    let wanted = Wanted { file: query.parsed("file_id", Reference::file), filter: filter(&mut query) };
    let asked = query.page(&app.limits);
    let links = links(&app, &base, &query).await?;
    query.finish()?;
    files::list(&app, &caller, directory, wanted, asked, links.as_ref()).await.map(Json)
}

async fn read(
    State(app): Shared,
    caller: Caller,
    base: Base,
    path: Segments,
    query: Query,
) -> AppResult<Json<DirectoryFile>> {
    let (directory, file) = (path.id("directory_id")?, path.id("directory_file_id")?);
    let links = links(&app, &base, &query).await?;
    files::get(&app, &caller, directory, file, links.as_ref()).await.map(Json)
}

async fn add(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<DirectoryFile>> {
    files::add(&app, &caller, path.id("directory_id")?, &body).await.map(Json)
}

async fn update(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<DirectoryFile>> {
    let (directory, file) = (path.id("directory_id")?, path.id("directory_file_id")?);
    files::update(&app, &caller, directory, file, &body).await.map(Json)
}

async fn remove(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    let (directory, file) = (path.id("directory_id")?, path.id("directory_file_id")?);
    files::delete(&app, &caller, directory, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn filter(query: &mut Query) -> DirectoryFileFilter {
    DirectoryFileFilter {
        display_name: query.text("display_name"),
        display_name_contains: query.text("display_name_contains"),
        unique_id: query.text("unique_id"),
        file: None,
        include_deleted: query.flag("include_deleted"),
        updated_from: query.instant("updated_at_on_or_after"),
        updated_to: query.instant("updated_at_on_or_before"),
    }
}
