//! Batches (contract 2.1).

use docmill_model::{BatchId, Failure};
use docmill_store::{Batch, BatchCounts, BatchFilter, BatchItem, BatchRetry, ErrorGroup, NewBatch};
use docmill_wire::batches::{self as wire, BatchConfig, BatchResult, Counts, CreateBatch, RetryBatch};
use docmill_wire::render::Page;
use docmill_wire::webhooks::Asked;
use serde_json::Value;

use super::paging;
use super::standing::{self, Told};
use super::{App, AppError, AppResult, Caller, configurations, webhooks};

/// The configuration is resolved now: what a batch does is a snapshot, whatever happens to the configuration later.
pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<wire::Batch> {
    let asked = CreateBatch::read(body)?;
    let parameters = configurations::parameters(app, caller, asked.configuration_id, asked.product).await?;
    let options = configurations::resolve(app, caller, asked.product, &parameters).await?;
    // Those of the batch hear of the batch; of its jobs, those of the configuration.
    let job_listeners = webhooks::listeners(app, Asked::read(&parameters))?;
    let made = app.store.batch_create(NewBatch {
        project: caller.project(),
        directory: asked.source_directory_id,
        configuration: asked.configuration_id,
        options,
        parameters: Some(parameters),
        files_max: app.limits.batch_files_max,
        reuse: app.reuse(),
        once: caller.once(app, body),
        listeners: webhooks::listeners(app, asked.webhooks)?,
        job_listeners,
    });
    let batch = made.await?;
    app.made(batch.id.uuid());
    one(app, batch, None).await
}

pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &BatchFilter,
    asked: paging::Asked,
) -> AppResult<Page<wire::Batch>> {
    let page = paging::begin(caller, "batches", &asked)?;
    let listed = app.store.batch_list(caller.project(), filter, page).await?;
    let mut told = Told::of(app, &listed.items).await?;
    Ok(paging::end(caller, "batches", &asked, listed, |batch| shown(batch, None, &mut told)))
}

pub async fn get(app: &App, caller: &Caller, id: BatchId, with_results: bool) -> AppResult<wire::Batch> {
    let unknown = || AppError::not_found("batch", id);
    let batch = app.store.batch_get(caller.project(), id).await?.ok_or_else(unknown)?;
    if !with_results {
        return one(app, batch, None).await;
    }
    let items = app.store.batch_results(caller.project(), id).await?.ok_or_else(unknown)?;
    one(app, batch, Some(items)).await
}

pub async fn cancel(app: &App, caller: &Caller, id: BatchId) -> AppResult<wire::Batch> {
    let cancelled = app.store.batch_cancel(caller.project(), id).await?;
    one(app, cancelled.ok_or_else(|| AppError::not_found("batch", id))?, None).await
}

/// An empty `body` is everything that failed, as it was.
pub async fn retry(app: &App, caller: &Caller, id: BatchId, body: &Value) -> AppResult<wire::Batch> {
    let asked = RetryBatch::read(body)?;
    let unknown = || AppError::not_found("batch", id);
    let configuration = match asked.configuration_id {
        Some(configuration) => {
            let product = app.store.batch_get(caller.project(), id).await?.ok_or_else(unknown)?.product;
            let (options, parameters) = configurations::options(app, caller, configuration, product).await?;
            Some((configuration, options, parameters))
        }
        None => None,
    };
    let retried = app.store.batch_retry(BatchRetry {
        project: caller.project(),
        batch: id,
        codes: asked.codes,
        cancelled: asked.include_cancelled,
        configuration,
        base_timeout_s: asked.base_timeout_s,
        page_timeout_s: asked.page_timeout_s,
        once: caller.once(app, body),
    });
    let batch = retried.await?.ok_or_else(unknown)?;
    one(app, batch, None).await
}

async fn one(app: &App, batch: Batch, items: Option<Vec<BatchItem>>) -> AppResult<wire::Batch> {
    let mut told = Told::of(app, std::slice::from_ref(&batch)).await?;
    Ok(shown(batch, items, &mut told))
}

fn shown(batch: Batch, items: Option<Vec<BatchItem>>, told: &mut Told) -> wire::Batch {
    let facts = told.facts.remove(&batch.id).unwrap_or_default();
    let counts = counts(batch.counts, facts.running);
    wire::Batch {
        id: batch.id,
        project_id: batch.project,
        source_directory_id: batch.directory,
        config: BatchConfig::new(batch.product, batch.configuration),
        status: batch.status,
        results: items.map(|items| items.into_iter().map(result).collect()),
        counts,
        progress: counts.progress(),
        eta_seconds: standing::eta_seconds(&batch, told.now),
        waiting_reason: told.waiting(&batch, &facts).map(|waiting| waiting.to_string()),
        error_summary: facts.errors.into_iter().map(error_summary).collect(),
        generation: batch.generation,
        error_message: batch.failure.map(|failure| failure.to_string()),
        created_at: batch.created_at,
        updated_at: batch.updated_at,
        started_at: batch.started_at,
        finished_at: batch.finished_at,
    }
}

fn error_summary(group: ErrorGroup) -> wire::ErrorSummary {
    let ErrorGroup { code, count, file, message } = group;
    let example = wire::ErrorExample { display_name: file, error_message: Failure { code, message }.to_string() };
    wire::ErrorSummary { code, count, example, advice: code.advice() }
}

fn counts(counts: BatchCounts, running: u32) -> Counts {
    Counts {
        total: counts.total,
        pending: counts.open().saturating_sub(running),
        running,
        completed: counts.completed,
        failed: counts.failed,
        cancelled: counts.cancelled,
        without_job: counts.without_job,
        reused: counts.reused,
    }
}

pub fn result(item: BatchItem) -> BatchResult {
    BatchResult {
        source_directory_file_id: item.directory_file,
        job_reference: item.job.map(|(job, _)| job.into()),
        error_message: item.failure.map(|failure| failure.to_string()),
        retried_from: item.retried_from.map(Into::into),
    }
}
