//! Batches (contract 2.1).

use docmill_model::{BatchId, Code, JobStatus};
use docmill_store::{Batch, BatchCounts, BatchFilter, BatchItem, NewBatch};
use docmill_wire::batches::{self as wire, BatchConfig, BatchResult, Counts, CreateBatch};
use docmill_wire::render::Page;
use serde_json::Value;

use super::paging::{self, Asked};
use super::{App, AppError, AppResult, Caller, configurations};

/// The configuration is resolved now: what a batch does is a snapshot, whatever happens to the configuration later.
pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<wire::Batch> {
    let asked = CreateBatch::read(body)?;
    if asked.webhooks {
        return Err(AppError::Failure(Code::WebhooksNotAvailable.into()));
    }
    let options = configurations::options(app, caller, asked.configuration_id, asked.product).await?;
    let made = app.store.batch_create(NewBatch {
        project: caller.project(),
        directory: asked.source_directory_id,
        configuration: asked.configuration_id,
        options,
        files_max: app.limits.batch_files_max,
    });
    Ok(shown(made.await?, None))
}

pub async fn list(app: &App, caller: &Caller, filter: &BatchFilter, asked: Asked) -> AppResult<Page<wire::Batch>> {
    let page = paging::begin(caller, "batches", &asked)?;
    let listed = app.store.batch_list(caller.project(), filter, page).await?;
    Ok(paging::end(caller, "batches", &asked, listed, |batch| shown(batch, None)))
}

pub async fn get(app: &App, caller: &Caller, id: BatchId, with_results: bool) -> AppResult<wire::Batch> {
    let unknown = || AppError::not_found("batch", id);
    let batch = app.store.batch_get(caller.project(), id).await?.ok_or_else(unknown)?;
    if !with_results {
        return Ok(shown(batch, None));
    }
    let items = app.store.batch_results(caller.project(), id).await?.ok_or_else(unknown)?;
    Ok(shown(batch, Some(items)))
}

pub async fn cancel(app: &App, caller: &Caller, id: BatchId) -> AppResult<wire::Batch> {
    let cancelled = app.store.batch_cancel(caller.project(), id).await?;
    cancelled.map(|batch| shown(batch, None)).ok_or_else(|| AppError::not_found("batch", id))
}

fn shown(batch: Batch, items: Option<Vec<BatchItem>>) -> wire::Batch {
    let running = items.as_ref().map(|items| running(items));
    let counts = counts(batch.counts, running);
    wire::Batch {
        id: batch.id,
        project_id: batch.project,
        source_directory_id: batch.directory,
        config: BatchConfig::new(batch.product, batch.configuration),
        status: batch.status,
        results: items.map(|items| items.into_iter().map(result).collect()),
        counts,
        progress: counts.progress(),
        error_message: batch.failure.map(|failure| failure.to_string()),
        created_at: batch.created_at,
        updated_at: batch.updated_at,
        started_at: batch.started_at,
        finished_at: batch.finished_at,
    }
}

fn running(items: &[BatchItem]) -> u32 {
    let running = |item: &&BatchItem| matches!(item.job, Some((_, JobStatus::Running)));
    u32::try_from(items.iter().filter(running).count()).unwrap_or(u32::MAX)
}

/// Which open jobs run is known only where the items were read.
fn counts(counts: BatchCounts, running: Option<u32>) -> Counts {
    Counts {
        total: counts.total,
        pending: counts.open().saturating_sub(running.unwrap_or(0)),
        running,
        completed: counts.completed,
        failed: counts.failed,
        cancelled: counts.cancelled,
        without_job: counts.without_job,
    }
}

fn result(item: BatchItem) -> BatchResult {
    BatchResult {
        source_directory_file_id: item.directory_file,
        job_reference: item.job.map(|(job, _)| job.into()),
        error_message: item.failure.map(|failure| failure.to_string()),
    }
}
