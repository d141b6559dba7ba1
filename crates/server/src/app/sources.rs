//! What a job reads: the stored file, directory entry or parse job that an id names.

use docmill_model::{Code, DirectoryFileId, FileId, JobId, JobStatus, Product};
use docmill_store::{File, JobSource};
use docmill_wire::references::Reference;

use super::{App, AppError, AppResult, Caller};

/// Finds what `reference` names in the caller's project. `NOT_FOUND` when there is no such thing or it was deleted;
/// a parse job must have completed and still have its pages (contract 4.1), else `NOT_USABLE`.
pub async fn find(app: &App, caller: &Caller, reference: Reference) -> AppResult<JobSource> {
    let parse_job = |uuid| JobId::from_uuid(Product::Parse, uuid);
    let found = match reference {
        Reference::File(id) => file(app, caller, id).await?,
        Reference::DirectoryFile(id) => directory_file(app, caller, id).await?,
        Reference::ParseJob(id) => pages(app, caller, id).await?,
        Reference::Bare(uuid) => {
            // The three kinds share one id space, so the first that is found is the only one there is.
            let mut found = file(app, caller, FileId::from_uuid(uuid)).await?;
            if found.is_none() {
                found = directory_file(app, caller, DirectoryFileId::from_uuid(uuid)).await?;
            }
            if found.is_none() {
                found = pages(app, caller, parse_job(uuid)).await?;
            }
            found
        }
    };
    found.ok_or_else(|| match reference {
        Reference::File(id) => AppError::not_found("file", id),
        Reference::DirectoryFile(id) => AppError::not_found("file", id),
        Reference::ParseJob(id) => AppError::not_found("parse job", id),
        Reference::Bare(uuid) => AppError::not_found("file", uuid),
    })
}

async fn file(app: &App, caller: &Caller, id: FileId) -> AppResult<Option<JobSource>> {
    let found = app.store.file_get(caller.project(), id).await?;
    Ok(found.filter(|file| file.deleted_at.is_none()).map(|file| of_file(file, None)))
}

async fn directory_file(app: &App, caller: &Caller, id: DirectoryFileId) -> AppResult<Option<JobSource>> {
    let Some(entry) = app.store.directory_file_find(caller.project(), id).await? else { return Ok(None) };
    let found = app.store.file_get(caller.project(), entry.file).await?;
    Ok(found.map(|file| of_file(file, Some(id))))
}

/// A job's source of a stored file.
pub fn of_file(file: File, directory_file: Option<DirectoryFileId>) -> JobSource {
    JobSource::File { file: file.id, directory_file, name: file.name, content: file.content }
}

/// A document on the web. What can be said about its address is said now; what shows only when its name is looked up
/// fails the job.
pub fn of_url(app: &App, url: String, proxy: Option<String>) -> AppResult<JobSource> {
    let address = app.guard.check_url(&url)?;
    if let Some(proxy) = &proxy {
        app.guard.check_proxy(proxy)?;
    }
    Ok(JobSource::Url { name: docmill_model::network::file_name(&address), url, proxy })
}

async fn pages(app: &App, caller: &Caller, id: JobId) -> AppResult<Option<JobSource>> {
    let Some(job) = app.store.job_get(caller.project(), id).await? else { return Ok(None) };
    if job.status != JobStatus::Completed {
        let message = format!("The parse job {id} is {}; extraction needs a COMPLETED one.", job.status);
        return Err(AppError::new(Code::NotUsable, message));
    }
    let name = job.source.name().to_owned();
    let outputs = job.outputs.ok_or_else(|| {
        AppError::new(Code::NotUsable, format!("The result of the parse job {id} is not kept any more."))
    })?;
    Ok(Some(JobSource::ParseJob { job: id.uuid(), outputs, name }))
}
