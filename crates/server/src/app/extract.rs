//! Extract jobs (contract 2.6, section 4).

use docmill_model::options::{ExtractOptions, JobOptions};
use docmill_model::{Code, JobId, JobStatus, Product};
use docmill_store::{Job, JobFilter, JobSource, NewJob};
use docmill_wire::configurations::shown_parameters;
use docmill_wire::extract::{
    self as wire, CreateExtract, ExplainedField, ExtractConfiguration, ExtractJob, ExtractUsage, JobMetadata,
};
use docmill_wire::render::{DeletedJob, Page};
use serde_json::Value;

use super::paging::{self, Asked};
use super::{App, AppError, AppResult, Caller, configurations, insight, results, sources, webhooks};

/// How fields are named.
const NAMED: &str = "or no such row; name it with dots between, such as seller.name or items.0.price, after the page's index for per_page";

/// Parts of an extract job that are answered on demand only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expand {
    pub configuration: bool,
    pub extract_metadata: bool,
    pub metadata: bool,
    pub usage: bool,
}

impl Expand {
    /// Unknown names are ignored.
    pub fn read(expand: &[String]) -> Self {
        let has = |name: &str| expand.iter().any(|value| value == name);
        Self {
            configuration: has("configuration"),
            extract_metadata: has("extract_metadata"),
            metadata: has("metadata"),
            usage: has("usage"),
        }
    }
}

pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<ExtractJob> {
    let asked = CreateExtract::read(body)?;
    let listeners = webhooks::listeners(app, asked.webhooks)?;
    let (configuration, (options, parameters)) = match asked.configuration {
        ExtractConfiguration::Saved(id) => {
            (Some(id), configurations::options(app, caller, id, Product::Extract).await?)
        }
        ExtractConfiguration::Inline(given) => {
            (None, (configurations::resolve(app, caller, Product::Extract, &given).await?, given))
        }
    };
    let source = sources::find(app, caller, asked.input).await?;
    let made = app.store.job_create(NewJob {
        project: caller.project(),
        options: with_tier_of(app, caller, &source, options).await?,
        parameters: Some(parameters),
        configuration,
        source,
        user_metadata: Default::default(),
        reuse: app.reuse(),
        once: caller.once(app, body),
        listeners,
    });
    let job = made.await?;
    app.made(job.id.uuid());
    shown(app, job, Expand::default()).await
}

/// Pages of a parse job were read on that job's tier, whatever the extraction would have chosen.
async fn with_tier_of(app: &App, caller: &Caller, source: &JobSource, options: JobOptions) -> AppResult<JobOptions> {
    let (JobOptions::Extract(mut options), Some(id)) = (options.clone(), parse_job(source)) else { return Ok(options) };
    if let Some(job) = app.store.job_get(caller.project(), id).await? {
        options.parse.tier = job.options.parse().tier;
    }
    Ok(JobOptions::Extract(options))
}

/// `filter` is `None` when no job can match.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: Option<JobFilter>,
    asked: Asked,
    expand: Expand,
) -> AppResult<Page<ExtractJob>> {
    let page = paging::begin(caller, "extract", &asked)?;
    let Some(filter) = filter else { return Ok(Page::new(Vec::new(), None)) };
    let listed = app.store.job_list(caller.project(), Product::Extract, &filter, page).await?;
    let mut page = paging::end(caller, "extract", &asked, listed, |job| job);
    let mut items = Vec::with_capacity(page.items.len());
    for job in page.items.drain(..) {
        items.push(shown(app, job, expand).await?);
    }
    Ok(Page::new(items, page.next_page_token))
}

pub async fn get(app: &App, caller: &Caller, id: JobId, expand: Expand) -> AppResult<ExtractJob> {
    let found = app.store.job_get(caller.project(), id).await?;
    shown(app, found.ok_or_else(|| AppError::not_found("extract job", id))?, expand).await
}

/// Why the field at `path` has its value. It is looked for again, so the answer is about the engine that runs now.
pub async fn explain(app: &App, caller: &Caller, id: JobId, path: String) -> AppResult<ExplainedField> {
    let found = app.store.job_get(caller.project(), id).await?;
    let job = found.ok_or_else(|| AppError::not_found("extract job", id))?;
    let (JobStatus::Completed, Some(options)) = (job.status, extract_options(&job).cloned()) else {
        let message = format!("The extract job {id} is {}; only a COMPLETED one can be explained.", job.status);
        return Err(AppError::new(Code::NotUsable, message));
    };
    let outputs = match job.source {
        JobSource::ParseJob { outputs, .. } => Some(outputs),
        JobSource::File { .. } | JobSource::Url { .. } => job.outputs,
    };
    let outputs = outputs.unwrap_or_default();
    let (engine, asked) = (app.insight, path.clone());
    let told = insight::ask(app, &outputs, move |mut pages| {
        options.parse.pages.keep(&mut pages, |page| page.number);
        (engine.explain)(&pages, &options, &asked)
    });
    let none = || AppError::new(Code::NotFound, format!("The schema of {id} has no field `{path}`, {NAMED}."));
    told.await?.map(ExplainedField::from).ok_or_else(none)
}

pub async fn cancel(app: &App, caller: &Caller, id: JobId) -> AppResult<ExtractJob> {
    let cancelled = app.store.job_cancel(caller.project(), id).await?;
    shown(app, cancelled.ok_or_else(|| AppError::not_found("extract job", id))?, Expand::default()).await
}

/// `force` cancels a job that has not ended.
pub async fn delete(app: &App, caller: &Caller, id: JobId, force: bool) -> AppResult<DeletedJob> {
    match app.store.job_delete(caller.project(), id, force).await? {
        true => Ok(DeletedJob { id, project_id: caller.project() }),
        false => Err(AppError::not_found("extract job", id)),
    }
}

async fn shown(app: &App, job: Job, expand: Expand) -> AppResult<ExtractJob> {
    let extraction = results::extraction(app, &job).await?;
    let options = extract_options(&job);
    let asked_for_sources = options.is_some_and(|options| options.cite_sources || options.confidence_scores);
    let with_sources = expand.extract_metadata || asked_for_sources;
    let sources = extraction.as_ref().zip(options).filter(|_| with_sources);
    let pages = job.result.as_ref().map(|result| result.pages).filter(|_| expand.metadata);
    Ok(ExtractJob {
        id: job.id,
        project_id: job.project,
        file_input: file_input(&job.source),
        status: job.status,
        configuration_id: job.configuration,
        configuration: job.parameters.as_ref().filter(|_| expand.configuration).map(shown_parameters),
        error_message: job.failure.as_ref().map(ToString::to_string),
        extract_metadata: sources.map(|(extraction, options)| {
            wire::metadata(extraction, options.into(), parse_job(&job.source), options.parse.tier.as_str())
        }),
        extract_result: extraction.map(|extraction| extraction.data),
        metadata: pages.map(|pages| JobMetadata::of_pages(pages, job.reused_from)),
        usage: expand.usage.then(ExtractUsage::default),
        created_at: job.created_at,
        updated_at: job.updated_at,
    })
}

const fn extract_options(job: &Job) -> Option<&ExtractOptions> {
    match &job.options {
        JobOptions::Extract(options) => Some(options),
        JobOptions::Parse(_) => None,
    }
}

/// The id of what the job reads, as the caller would name it.
fn file_input(source: &JobSource) -> String {
    match source {
        JobSource::File { directory_file: Some(id), .. } => id.to_string(),
        JobSource::File { file, .. } => file.to_string(),
        JobSource::Url { url, .. } => url.clone(),
        JobSource::ParseJob { job, .. } => JobId::from_uuid(Product::Parse, *job).to_string(),
    }
}

const fn parse_job(source: &JobSource) -> Option<JobId> {
    match source {
        JobSource::ParseJob { job, .. } => Some(JobId::from_uuid(Product::Parse, *job)),
        JobSource::File { .. } | JobSource::Url { .. } => None,
    }
}
