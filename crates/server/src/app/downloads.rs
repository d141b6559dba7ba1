//! What signed links give: bytes with their name, type and tag.

use std::ops::Range;

use bytes::Bytes;
use docmill_model::{Code, FileId, JobId, ProjectId};
use docmill_store::{Content, StoreResult};
use docmill_wire::result_files::Form;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};

use super::caller::hex;
use super::links::Target;
use super::{App, AppError, AppResult, files, results};

/// Something that can be downloaded.
#[derive(Debug)]
pub struct Download {
    /// What it is to be saved as: a base name.
    pub name: String,
    pub content_type: String,
    /// Changes when the bytes change; without quotes.
    pub tag: String,
    pub bytes: u64,
    key: String,
}

/// What `target` is now. `NOT_FOUND` when it was deleted or its result is not kept any more.
pub async fn find(app: &App, target: &Target) -> AppResult<Download> {
    match target {
        Target::File { project, file } => stored_file(app, *project, *file).await,
        Target::Asset { project, job, name } => asset(app, *project, *job, name).await,
        Target::Form { job, form, .. } => Err(no_output(*job, form.name())),
    }
}

async fn stored_file(app: &App, project: ProjectId, id: FileId) -> AppResult<Download> {
    let found = app.store.file_get(project, id).await?;
    let file = found.ok_or_else(|| AppError::new(Code::NotFound, format!("The file {id} was deleted.")))?;
    let Content::Blob(blob) = file.content else {
        let message = "This file is read where it lies on the disk and cannot be downloaded.";
        return Err(AppError::new(Code::NotUsable, message));
    };
    let name = files::base_name(&file.name).to_owned();
    Ok(Download { content_type: content_type(&name), name, tag: blob.sha256, bytes: blob.bytes, key: blob.key })
}

async fn asset(app: &App, project: ProjectId, id: JobId, name: &str) -> AppResult<Download> {
    let gone = || no_output(id, name);
    let job = app.store.job_get(project, id).await?.ok_or_else(gone)?;
    let key = format!("{}/{name}", job.outputs.ok_or_else(gone)?);
    let bytes = app.blobs.size(&key).await?.ok_or_else(gone)?;
    let name = files::base_name(name).to_owned();
    // An attempt's outputs never change, so where they are says what they are.
    let tag = hex(&Sha256::digest(key.as_bytes()));
    Ok(Download { content_type: content_type(&name), name, tag, bytes, key })
}

/// The file of a form of the job's result with its name, rendered as it is read: its length is not known before its
/// end, so it has no ranges.
pub async fn form(
    app: &App,
    project: ProjectId,
    id: JobId,
    form: Form,
) -> AppResult<(String, BoxStream<'static, StoreResult<Bytes>>)> {
    let gone = || no_output(id, form.name());
    let job = app.store.job_get(project, id).await?.ok_or_else(gone)?;
    let base = files::base_name(job.source.name());
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let name = format!("{stem}.{}.{}", form.name(), form.file_extension());
    Ok((name, results::file(app, &job, form).ok_or_else(gone)?.boxed()))
}

fn no_output(id: JobId, name: &str) -> AppError {
    AppError::new(Code::NotFound, format!("The job {id} has no output `{name}`, or not any more."))
}

/// The bytes in `range`, which lies within the download.
pub async fn read(
    app: &App,
    download: &Download,
    range: Range<u64>,
) -> AppResult<BoxStream<'static, StoreResult<Bytes>>> {
    let found = app.blobs.stream_range(&download.key, range).await?;
    found.ok_or_else(|| AppError::new(Code::NotFound, "The bytes of this link are gone."))
}

/// By name; texts are UTF-8, as docmill writes them.
fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    if guess.type_() == mime_guess::mime::TEXT { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_from_names() {
        for (name, expected) in [
            ("a.pdf", "application/pdf"),
            ("page-1.PNG", "image/png"),
            ("a.md", "text/markdown; charset=utf-8"),
            ("a.json", "application/json"),
            ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }
}
