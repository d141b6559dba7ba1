use std::collections::HashMap;

use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::options::JobOptions;
use docmill_model::{
    BatchId, BatchStatus, Code, ConfigurationId, DirectoryFileId, DirectoryId, Failure, JobId, JobStatus, Product,
    ProjectId, Timestamp,
};

use super::entries::usable_directory;
use super::facts::facts;
use super::outbox::Outbox;
use super::settle::{Ended, Waiting, ask_to_stop, end_waiting, fail_batch};
use super::{SqlStore, batch_create, batch_retry, once};
use crate::database::row::{Order, listed, push_page, push_time_range};
use crate::error::{StoreError, StoreResult};
use crate::records::{
    Batch, BatchCounts, BatchFacts, BatchFilter, BatchItem, BatchRetry, Listed, NewBatch, PageRequest,
};
use crate::traits::Batches;

#[async_trait]
impl Batches for SqlStore {
    async fn batch_create(&self, new: NewBatch) -> StoreResult<Batch> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            if let Some(id) = once::made(&mut tx, new.once.as_ref(), now).await? {
                let row = query("SELECT * FROM batch WHERE id = $1").bind(id).fetch_one(&mut tx).await?;
                return batch(&row);
            }
            usable_directory(&mut tx, new.project, new.directory, now).await?;
            let once = new.once.clone();
            let batch = batch_create::create(&mut tx, new, now).await?;
            once::record(&mut tx, once.as_ref(), batch.id.uuid(), now).await?;
            tx.commit().await?;
            self.announce();
            Ok(batch)
        })
        .await
    }

    async fn batch_get(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Batch>> {
        let mut find = select_shown(self.now());
        find.push("id = ").push_bind(id.uuid().to_string());
        find.push(" AND project_id = ").push_bind(project.uuid().to_string());
        let row = find.build().fetch_optional(&mut self.reader().await?).await?;
        row.as_ref().map(shown).transpose()
    }

    async fn batch_list(
        &self,
        project: ProjectId,
        filter: &BatchFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Batch>> {
        let mut list = select_shown(self.now());
        list.push("project_id = ").push_bind(project.uuid().to_string());
        if let Some(status) = filter.status {
            list.push(" AND shown = ").push_bind(status.as_str());
        }
        if let Some(directory) = filter.directory {
            list.push(" AND directory_id = ").push_bind(directory.uuid().to_string());
        }
        push_time_range(&mut list, "created_at", filter.created_from, filter.created_to);
        push_page(&mut list, "id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, shown)
    }

    async fn batch_facts(&self, ids: &[BatchId]) -> StoreResult<HashMap<BatchId, BatchFacts>> {
        facts(&mut self.reader().await?, ids).await
    }

    async fn batch_results(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Vec<BatchItem>>> {
        if self.batch_get(project, id).await?.is_none() {
            return Ok(None);
        }
        let rows = query(
            "SELECT item.directory_file_id, item.display_name, item.unique_id, item.job_id, job.product, job.status, job.finished_at,
                 job.retried_from,
                 CASE WHEN job.id IS NULL THEN item.failure_code
                      WHEN job.status IN ('FAILED', 'CANCELLED') THEN job.failure_code END AS failure_code,
                 CASE WHEN job.id IS NULL THEN item.failure_message ELSE job.failure_message END AS failure_message
             FROM batch_item AS item LEFT JOIN job ON job.id = item.job_id
             WHERE item.batch_id = $1 ORDER BY item.position",
        )
        .bind(id.uuid().to_string())
        .fetch_all(&mut self.reader().await?)
        .await?;
        rows.iter().map(item).collect::<StoreResult<Vec<_>>>().map(Some)
    }

    async fn batch_cancel(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Batch>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let key = id.uuid().to_string();
            let known = query("SELECT * FROM batch WHERE id = $1 AND project_id = $2")
                .bind(&key)
                .bind(project.uuid().to_string())
                .fetch_optional(&mut tx)
                .await?;
            let Some(row) = known else { return Ok(None) };
            let status = batch(&row)?.status;
            if status.is_terminal() {
                return Err(StoreError::refused(Code::Conflict, format!("The batch {id} is {status} already.")));
            }
            query("UPDATE batch SET cancel_requested = 1 WHERE id = $1").bind(&key).execute(&mut tx).await?;
            let mut ended = Ended::default();
            let failure = Failure::from(Code::Cancelled);
            end_waiting(&mut tx, Waiting::Batch(&key), JobStatus::Cancelled, &failure, now, &mut ended).await?;
            ask_to_stop(&mut tx, Waiting::Batch(&key), now).await?;
            ended.include(key.clone());
            ended.settle(&mut tx, now).await?;
            let row = query("SELECT * FROM batch WHERE id = $1").bind(&key).fetch_one(&mut tx).await?;
            tx.commit().await?;
            self.announce();
            batch(&row).map(Some)
        })
        .await
    }

    async fn batch_retry(&self, retry: BatchRetry) -> StoreResult<Option<Batch>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let key = retry.batch.uuid().to_string();
            let known = query("SELECT * FROM batch WHERE id = $1 AND project_id = $2")
                .bind(&key)
                .bind(retry.project.uuid().to_string())
                .fetch_optional(&mut tx)
                .await?;
            let Some(row) = known else { return Ok(None) };
            if once::made(&mut tx, retry.once.as_ref(), now).await?.is_some() {
                return batch(&row).map(Some);
            }
            batch_retry::retry(&mut tx, &row, &retry, now).await?;
            once::record(&mut tx, retry.once.as_ref(), retry.batch.uuid(), now).await?;
            let row = query("SELECT * FROM batch WHERE id = $1").bind(&key).fetch_one(&mut tx).await?;
            tx.commit().await?;
            self.announce();
            batch(&row).map(Some)
        })
        .await
    }

    async fn batch_recount(&self, id: BatchId) -> StoreResult<BatchStatus> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let key = id.uuid().to_string();
            let row = query("SELECT * FROM batch WHERE id = $1").bind(&key).fetch_optional(&mut tx).await?;
            let Some(row) = row else { return Err(StoreError::Refused(Code::NotFound.into())) };
            let mut ended = Ended::default();
            if !batch(&row)?.status.is_terminal()
                && let Some(failure) = broken(&mut tx, &row, &key).await?
            {
                fail_batch(&mut tx, &key, &failure, now, &mut ended).await?;
            }
            ended.settle(&mut tx, now).await?;
            recount(&mut tx, &key).await?;
            let mut settled = Ended::default();
            settled.include(key.clone());
            settled.settle(&mut tx, now).await?;
            let row = query("SELECT status FROM batch WHERE id = $1").bind(&key).fetch_one(&mut tx).await?;
            let status = row.named("status", BatchStatus::from_text)?;
            tx.commit().await?;
            self.announce();
            Ok(status)
        })
        .await
    }
}

/// How long a cap must have held a batch back before it is said, milliseconds.
const THROTTLED_AFTER_MS: i64 = 2_000;

/// Batches as callers see them, with `shown` as their status: THROTTLED is no state that a row is in, but what a cap
/// makes of an open one. Up to and with the WHERE.
fn select_shown(now: Timestamp) -> QueryBuilder {
    let mut select = QueryBuilder::new(
        "SELECT * FROM (SELECT batch.*, CASE WHEN status IN ('PENDING', 'RUNNING') AND throttled_since <= ",
    );
    select.push_bind(now.plus_ms(-THROTTLED_AFTER_MS).0);
    select.push(" THEN 'THROTTLED' ELSE status END AS shown FROM batch) AS batch WHERE ");
    select
}

fn shown(row: &Row) -> StoreResult<Batch> {
    Ok(Batch { status: row.named("shown", BatchStatus::from_text)?, ..batch(row)? })
}

/// Why a batch cannot be carried on, if it cannot.
async fn broken(tx: &mut Connection<'_>, row: &Row, id: &str) -> StoreResult<Option<Failure>> {
    if row.json::<JobOptions>("options").is_err() {
        return Ok(Some(Code::BatchSnapshotUnreadable.into()));
    }
    let there = query(
        "SELECT COUNT(*) AS items, COUNT(item.job_id) AS with_job, COUNT(job.id) AS jobs
         FROM batch_item AS item LEFT JOIN job ON job.id = item.job_id AND job.batch_id = item.batch_id
         WHERE item.batch_id = $1",
    )
    .bind(id)
    .fetch_one(tx)
    .await?;
    let (items, total) = (there.int("items")?, row.int("total")?);
    if items != total {
        let message = format!("The batch was made of {total} files, but {items} of them are recorded.");
        return Ok(Some(Failure::new(Code::BatchSnapshotUnreadable, message)));
    }
    if there.int("with_job")? != there.int("jobs")? {
        return Ok(Some(Failure::new(Code::BatchSnapshotUnreadable, "Jobs of the batch are not recorded.")));
    }
    Ok(None)
}

/// Sets the counters to what the rows say: each item counts by its newest job. Never more than `total`, which a lost item could otherwise pass.
async fn recount(tx: &mut Connection<'_>, id: &str) -> StoreResult<()> {
    query(
        "UPDATE batch SET
             completed = (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = batch_item.job_id
                          WHERE batch_item.batch_id = $1 AND job.status = 'COMPLETED'),
             failed = (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = batch_item.job_id
                       WHERE batch_item.batch_id = $1 AND job.status = 'FAILED'),
             cancelled = (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = batch_item.job_id
                          WHERE batch_item.batch_id = $1 AND job.status = 'CANCELLED'),
             reused = (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = batch_item.job_id
                       WHERE batch_item.batch_id = $1 AND job.status = 'COMPLETED' AND job.reused_from IS NOT NULL),
             without_job = (SELECT COUNT(*) FROM batch_item WHERE batch_id = $1 AND job_id IS NULL)
         WHERE id = $1",
    )
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

fn batch(row: &Row) -> StoreResult<Batch> {
    Ok(Batch {
        id: BatchId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        directory: DirectoryId::from_uuid(row.uuid("directory_id")?),
        product: row.product()?,
        configuration: row.named("configuration", |text| text.parse::<ConfigurationId>().ok())?,
        status: row.named("status", BatchStatus::from_text)?,
        counts: BatchCounts {
            total: row.count("total")?,
            completed: row.count("completed")?,
            failed: row.count("failed")?,
            cancelled: row.count("cancelled")?,
            without_job: row.count("without_job")?,
            reused: row.count("reused")?,
        },
        generation: row.count("generation")?,
        pace: row.time_opt("pace_from")?.zip(Some(row.count("pace_done")?)),
        failure: row.failure()?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        started_at: row.time_opt("started_at")?,
        finished_at: row.time_opt("finished_at")?,
    })
}

fn item(row: &Row) -> StoreResult<BatchItem> {
    let (job, retried_from) = match row.uuid_opt("job_id")? {
        Some(id) => {
            let product = row.named("product", Product::from_text)?;
            let before = row.uuid_opt("retried_from")?.map(|id| JobId::from_uuid(product, id));
            (Some((JobId::from_uuid(product, id), row.named("status", JobStatus::from_text)?)), before)
        }
        None => (None, None),
    };
    Ok(BatchItem {
        directory_file: DirectoryFileId::from_uuid(row.uuid("directory_file_id")?),
        display_name: row.text("display_name")?,
        unique_id: row.text("unique_id")?,
        job,
        retried_from,
        ended_at: row.time_opt("finished_at")?,
        failure: row.failure()?,
    })
}

/// Marks a batch as begun, at the first claim of one of its jobs, and begins to measure its pace.
pub(super) async fn begin_batch(
    tx: &mut Connection<'_>,
    id: &str,
    now: Timestamp,
    outbox: &mut Outbox,
) -> StoreResult<()> {
    let begun = query(
        "UPDATE batch SET status = 'RUNNING', started_at = COALESCE(started_at, $2), updated_at = $2
         WHERE id = $1 AND status = 'PENDING' RETURNING id, project_id, directory_id, generation, webhooks",
    )
    .bind(id)
    .bind(now.0)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = begun {
        outbox.batch(&row, BatchStatus::Running)?;
    }
    query(
        "UPDATE batch SET updated_at = $2, pace_from = $2, pace_done = completed + failed + cancelled
         WHERE id = $1 AND status = 'RUNNING' AND pace_from IS NULL",
    )
    .bind(id)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(())
}
