//! `/api/v1/beta/directories/{directory_id}/files`

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use docmill_model::DirectoryId;
use docmill_store::DirectoryFileFilter;
use docmill_wire::directories::DirectoryFile;
use docmill_wire::render::Page;

use super::Shared;
use super::multipart;
use super::path::Segments;
use super::query::Query;
use crate::app::files::Described;
use crate::app::{App, AppResult, Caller, directories, files};

pub async fn upload(
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

pub async fn list(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    mut query: Query,
) -> AppResult<Json<Page<DirectoryFile>>> {
    let directory = path.id("directory_id")?;
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    files::list(&app, &caller, directory, &filter, asked).await.map(Json)
}

pub async fn get(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<DirectoryFile>> {
    let (directory, file) = (path.id("directory_id")?, path.id("directory_file_id")?);
    files::get(&app, &caller, directory, file).await.map(Json)
}

pub async fn delete(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    let (directory, file) = (path.id("directory_id")?, path.id("directory_file_id")?);
    files::delete(&app, &caller, directory, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn filter(query: &mut Query) -> DirectoryFileFilter {
    DirectoryFileFilter {
        display_name: query.text("display_name"),
        display_name_contains: query.text("display_name_contains"),
        unique_id: query.text("unique_id"),
        file: query.id("file_id"),
        include_deleted: query.flag("include_deleted"),
        updated_from: query.instant("updated_at_on_or_after"),
        updated_to: query.instant("updated_at_on_or_before"),
    }
}
