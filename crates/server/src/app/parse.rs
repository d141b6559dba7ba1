//! Parse jobs (contract 2.5, section 3).

use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::{JobId, Product};
use docmill_store::{File, Job, JobFilter, JobSource, Listeners, NewFile, NewJob, Once};
use docmill_wire::FieldError;
use docmill_wire::errors::body_loc;
use docmill_wire::parse::{
    self as wire, CreateParse, ParseJob, ParseRequest, ParseResult, ParseSource, UploadConfiguration, Usage,
};
use docmill_wire::render::{DeletedJob, Page};
use serde_json::Value;

use super::links::Base;
use super::paging::{self, Asked};
use super::results::Wanted;
use super::uploads::{self, Spooled};
use super::{App, AppError, AppResult, Caller, configurations, files, results, sources, webhooks};

pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<ParseJob> {
    let asked = CreateParse::read(body)?;
    let plan = plan(app, caller, &asked.request).await?;
    let source = match asked.source {
        ParseSource::File(reference) => sources::find(app, caller, reference).await?,
        ParseSource::Url { url, proxy } => sources::of_url(app, url, proxy)?,
    };
    let once = caller.once(app, body);
    start(app, caller, asked.request, plan, source, once).await
}

/// The file comes with the request; everything else is checked before its bytes are kept.
pub async fn upload(
    app: &App,
    caller: &Caller,
    configuration: Option<&Value>,
    file_name: &str,
    upload: &Spooled,
) -> AppResult<ParseJob> {
    let missing = || FieldError::new("missing", body_loc("configuration"), "Field required", &Value::Null);
    let UploadConfiguration(request) = UploadConfiguration::read(configuration.ok_or_else(missing)?)?;
    let plan = plan(app, caller, &request).await?;
    if let Some(error) = files::name_error(app, "file", file_name) {
        return Err(error.into());
    }
    let once = caller.once(app, &(configuration, file_name, &upload.sha256));
    let file = keep(app, caller, file_name, upload, once.as_ref()).await?;
    start(app, caller, request, plan, sources::of_file(file, None), once).await
}

/// The file is a step of its own: a crash between it and the job must not leave two files after the second send.
async fn keep(app: &App, caller: &Caller, file_name: &str, upload: &Spooled, once: Option<&Once>) -> AppResult<File> {
    let kept = uploads::keep(app, upload, |content| {
        app.store.file_create(NewFile {
            project: caller.project(),
            name: files::base_name(file_name).to_owned(),
            external_file_id: None,
            purpose: "parse".to_owned(),
            content,
            once: once.map(|once| once.step("file")),
        })
    });
    kept.await
}

/// What a job will do, the parameters that say so, and who is told of it.
struct Plan {
    options: ParseOptions,
    parameters: Value,
    listeners: Listeners,
}

async fn plan(app: &App, caller: &Caller, request: &ParseRequest) -> AppResult<Plan> {
    let saved = match request.configuration_id {
        Some(id) => Some(configurations::parameters(app, caller, id, Product::Parse).await?),
        None => None,
    };
    let saved = saved.as_ref();
    let listeners = webhooks::listeners(app, request.webhooks(saved))?;
    Ok(Plan { options: request.options(saved)?, parameters: request.parameters(saved), listeners })
}

async fn start(
    app: &App,
    caller: &Caller,
    request: ParseRequest,
    plan: Plan,
    source: JobSource,
    once: Option<Once>,
) -> AppResult<ParseJob> {
    let made = app.store.job_create(NewJob {
        project: caller.project(),
        options: JobOptions::Parse(plan.options),
        parameters: Some(plan.parameters),
        configuration: request.configuration_id,
        source,
        user_metadata: request.user_metadata,
        reuse: app.reuse(),
        once,
        listeners: plan.listeners,
    });
    let job = made.await?;
    app.made(job.id.uuid());
    Ok(shown(&job, false))
}

pub async fn list(app: &App, caller: &Caller, filter: &JobFilter, asked: Asked) -> AppResult<Page<ParseJob>> {
    let page = paging::begin(caller, "parse", &asked)?;
    let listed = app.store.job_list(caller.project(), Product::Parse, filter, page).await?;
    Ok(paging::end(caller, "parse", &asked, listed, |job| shown(&job, false)))
}

/// The job and the parts of its result that are wanted. Parts are null while the job
/// is not COMPLETED (contract 0.7).
pub async fn get(app: &App, caller: &Caller, base: &Base, id: JobId, wanted: Wanted) -> AppResult<ParseResult> {
    let found = app.store.job_get(caller.project(), id).await?;
    let job = found.ok_or_else(|| AppError::not_found("parse job", id))?;
    wanted.refuse_on(job.options.parse().tier)?;
    let usage = wanted.usage;
    let expanded = results::expanded(app, &job, wanted, base).await?;
    Ok(wire::result(shown(&job, usage), expanded))
}

pub async fn cancel(app: &App, caller: &Caller, id: JobId) -> AppResult<ParseJob> {
    let cancelled = app.store.job_cancel(caller.project(), id).await?;
    cancelled.map(|job| shown(&job, false)).ok_or_else(|| AppError::not_found("parse job", id))
}

/// Only a job that has ended can be deleted; its result goes with it.
pub async fn delete(app: &App, caller: &Caller, id: JobId) -> AppResult<DeletedJob> {
    match app.store.job_delete(caller.project(), id, false).await? {
        true => Ok(DeletedJob { id, project_id: caller.project() }),
        false => Err(AppError::not_found("parse job", id)),
    }
}

fn shown(job: &Job, with_usage: bool) -> ParseJob {
    ParseJob {
        id: job.id,
        project_id: job.project,
        status: job.status,
        name: Some(job.source.name().to_owned()),
        tier: Some(job.options.parse().tier.as_str().to_owned()),
        error_message: job.failure.as_ref().map(ToString::to_string),
        user_metadata: job.user_metadata.clone(),
        usage: with_usage.then(Usage::default),
        created_at: job.created_at,
        updated_at: job.updated_at,
    }
}
