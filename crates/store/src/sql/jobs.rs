use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{BatchId, Code, Failure, JobId, JobStatus, Product, ProjectId, Timestamp};
use uuid::Uuid;

use super::batch_create::blob_key;
use super::files::blob_stays;
use super::lanes;
use super::outbox::{Outbox, insert_listeners};
use super::reuse::{Hit, Keys};
use super::settle::{Ended, Waiting, ask_to_stop, end_waiting, source_deleted};
use super::{SqlStore, once};
use crate::database::row::{Order, configuration_text, listed, push_list, push_page, push_time_range, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{InputKind, Job, JobFilter, JobSource, Listed, NewJob, PageRequest, outputs_prefix};
use crate::traits::Jobs;

const JOB: &str = "SELECT job.id, job.project_id, job.product, job.batch_id, job.status, job.configuration,
         COALESCE(job.options, batch.options) AS options,
         COALESCE(job.parameters, batch.parameters) AS parameters, job.source, job.user_metadata, job.failure_code,
         job.failure_message, job.result, job.attempt, job.strikes, job.pages_done, job.created_at, job.updated_at,
         job.started_at, job.finished_at, job.reused_from, job.reused_attempt
     FROM job LEFT JOIN batch ON batch.id = job.batch_id WHERE job.deleted_at IS NULL AND ";

#[async_trait]
impl Jobs for SqlStore {
    async fn job_create(&self, new: NewJob) -> StoreResult<Job> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let product = new.options.product();
            if let Some(made) = once::made(&mut tx, new.once.as_ref(), now).await? {
                let id = made.parse().map_err(|_| StoreError::Corrupt(format!("`{made}` is no id")))?;
                if let Some(row) = one_job(&mut tx, new.project, JobId::from_uuid(product, id)).await? {
                    return job(&row);
                }
            }
            refuse_deleted_source(&mut tx, &new.source).await?;
            let id = JobId::generate(product);
            let webhooks = insert_listeners(&mut tx, new.project, &new.listeners).await?;
            let keys = Keys::new(new.project, &new.options, new.reuse.as_ref())?;
            let key = keys.key(&new.source)?;
            let hit = keys.hits(&mut tx, key.clone().into_iter().collect(), now).await?.into_values().next();
            let known = hit.is_some();
            insert_job(&mut tx, id, &new, Reading { key, hit }, now.0, webhooks.as_deref()).await?;
            if let Some(set) = &webhooks {
                let mut outbox = Outbox::default();
                outbox.job_made(set, new.project, id, None, known);
                outbox.write(&mut tx, now).await?;
            }
            once::record(&mut tx, new.once.as_ref(), id.uuid(), now).await?;
            let row = one_job(&mut tx, new.project, id).await?;
            tx.commit().await?;
            self.announce();
            row.as_ref().map(job).transpose()?.ok_or_else(|| StoreError::Corrupt("the new job is not there".to_owned()))
        })
        .await
    }

    async fn job_get(&self, project: ProjectId, id: JobId) -> StoreResult<Option<Job>> {
        let mut reader = self.reader().await?;
        let row = one_job(&mut reader, project, id).await?;
        row.as_ref().map(job).transpose()
    }

    async fn job_list(
        &self,
        project: ProjectId,
        product: Product,
        filter: &JobFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Job>> {
        let mut list = QueryBuilder::new(JOB);
        list.push("job.project_id = ").push_bind(project.uuid().to_string());
        list.push(" AND job.product = ").push_bind(product.as_str());
        if let Some(status) = filter.status {
            list.push(" AND job.status = ").push_bind(status.as_str());
        }
        if !filter.ids.is_empty() {
            list.push(" AND job.id IN ");
            push_list(&mut list, filter.ids.iter().map(|id| id.uuid().to_string()));
        }
        if let Some(configuration) = filter.configuration {
            list.push(" AND job.configuration = ").push_bind(configuration_text(configuration));
        }
        if let Some(input) = filter.input {
            for (word, column) in [(" AND (", "file_id"), (" OR ", "directory_file_id"), (" OR ", "parse_job_id")] {
                list.push(format!("{word}job.{column} = ")).push_bind(input.to_string());
            }
            list.push(")");
        }
        list.push(match filter.input_kind {
            Some(InputKind::File) => " AND job.parse_job_id IS NULL",
            Some(InputKind::ParseJob) => " AND job.parse_job_id IS NOT NULL",
            None => "",
        });
        push_time_range(&mut list, "job.created_at", filter.created_from, filter.created_to);
        push_page(&mut list, "job.id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, job)
    }

    async fn job_cancel(&self, project: ProjectId, id: JobId) -> StoreResult<Option<Job>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let Some(row) = one_job(&mut tx, project, id).await? else { return Ok(None) };
            let status = row.named("status", JobStatus::from_text)?;
            if status.is_terminal() {
                return Err(StoreError::refused(Code::Conflict, format!("The job {id} is {status} already.")));
            }
            let mut ended = Ended::default();
            stop(&mut tx, id, now, &mut ended).await?;
            ended.settle(&mut tx, now).await?;
            let row = one_job(&mut tx, project, id).await?;
            tx.commit().await?;
            self.announce();
            row.as_ref().map(job).transpose()
        })
        .await
    }

    async fn job_delete(&self, project: ProjectId, id: JobId, force: bool) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let Some(row) = one_job(&mut tx, project, id).await? else { return Ok(false) };
            let status = row.named("status", JobStatus::from_text)?;
            let mut ended = Ended::default();
            if !status.is_terminal() {
                if !force {
                    return Err(StoreError::refused(
                        Code::Conflict,
                        format!("The job {id} is {status}; cancel it first."),
                    ));
                }
                stop(&mut tx, id, now, &mut ended).await?;
            }
            let key = id.uuid().to_string();
            source_deleted(&mut tx, Waiting::ParseJob(&key), now, &mut ended).await?;
            query("UPDATE job SET deleted_at = $2, updated_at = $2, reusable = 0 WHERE id = $1")
                .bind(&key)
                .bind(now.0)
                .execute(&mut tx)
                .await?;
            ended.settle(&mut tx, now).await?;
            tx.commit().await?;
            self.announce();
            Ok(true)
        })
        .await
    }
}

/// A waiting job ends CANCELLED, the worker of a running one is asked to stop.
async fn stop(tx: &mut Connection<'_>, id: JobId, now: Timestamp, ended: &mut Ended) -> StoreResult<()> {
    let key = id.uuid().to_string();
    let failure = Failure::from(Code::Cancelled);
    end_waiting(tx, Waiting::Job(&key), JobStatus::Cancelled, &failure, now, ended).await?;
    ask_to_stop(tx, Waiting::Job(&key), now).await
}

async fn one_job(connection: &mut Connection<'_>, project: ProjectId, id: JobId) -> StoreResult<Option<Row>> {
    let mut find = QueryBuilder::new(JOB);
    find.push("job.id = ").push_bind(id.uuid().to_string());
    find.push(" AND job.product = ").push_bind(id.product.as_str());
    find.push(" AND job.project_id = ").push_bind(project.uuid().to_string());
    find.build().fetch_optional(connection).await
}

/// Between the caller's look-up and this step the file or parse job may have been deleted; a job of it could never be
/// read.
async fn refuse_deleted_source(tx: &mut Connection<'_>, source: &JobSource) -> StoreResult<()> {
    let (find, id) = match source {
        JobSource::File { file, .. } => ("SELECT 1 FROM file WHERE id = $1 AND deleted_at IS NOT NULL", file.uuid()),
        JobSource::ParseJob { job, .. } => ("SELECT 1 FROM job WHERE id = $1 AND deleted_at IS NOT NULL", *job),
        JobSource::Url { .. } => return Ok(()),
    };
    let deleted = query(find).bind(id.to_string()).fetch_optional(&mut *tx).await?;
    let stays = match blob_key(source) {
        Some(key) => blob_stays(tx, key).await?,
        None => true,
    };
    if deleted.is_some() || !stays {
        return Err(StoreError::Refused(Code::SourceDeleted.into()));
    }
    Ok(())
}

/// What a new job may share, and what it takes over: with a hit it has ended already.
struct Reading {
    key: Option<String>,
    hit: Option<Hit>,
}

async fn insert_job(
    tx: &mut Connection<'_>,
    id: JobId,
    new: &NewJob,
    reading: Reading,
    now: i64,
    webhooks: Option<&str>,
) -> StoreResult<()> {
    let Reading { key, hit } = reading;
    let project = new.project.uuid().to_string();
    lanes::begin(tx, &project, &project).await?;
    let (file, directory_file, parse_job) = match &new.source {
        JobSource::File { file, directory_file, .. } => (Some(file.uuid()), directory_file.map(|id| id.uuid()), None),
        JobSource::Url { .. } => (None, None, None),
        JobSource::ParseJob { job, .. } => (None, None, Some(*job)),
    };
    let text = |id: Option<Uuid>| id.map(|id| id.to_string());
    query(
        "INSERT INTO job (id, project_id, product, lane, status, configuration, options, source, file_id,
             directory_file_id, parse_job_id, blob_key, user_metadata, attempt, strikes, expiries, pages_done,
             cancel_requested, source_deleted, outputs_swept, run_at, created_at, updated_at, reuse_key, result,
             reused_from, reused_attempt, started_at, finished_at, webhooks, parameters)
         VALUES ($1, $2, $3, $2, $13, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0, 0, $14, $12, $12, $12, $15, $16,
             $17, $18, $19, $19, $20, $21)",
    )
    .bind(id.uuid().to_string())
    .bind(&project)
    .bind(id.product.as_str())
    .bind(new.configuration.map(configuration_text))
    .bind(to_json(&new.options)?)
    .bind(to_json(&new.source)?)
    .bind(text(file))
    .bind(text(directory_file))
    .bind(text(parse_job))
    .bind(blob_key(&new.source))
    .bind(to_json(&new.user_metadata)?)
    .bind(now)
    .bind(hit.as_ref().map_or(JobStatus::Pending, |_| JobStatus::Completed).as_str())
    .bind(i64::from(hit.is_some()))
    .bind(key.filter(|_| hit.is_none()))
    .bind(hit.as_ref().map(|hit| hit.result.clone()))
    .bind(hit.as_ref().map(|hit| hit.job.clone()))
    .bind(hit.as_ref().map(|hit| hit.attempt))
    .bind(hit.is_some().then_some(now))
    .bind(webhooks)
    .bind(new.parameters.as_ref().map(to_json).transpose()?)
    .execute(tx)
    .await?;
    Ok(())
}

fn job(row: &Row) -> StoreResult<Job> {
    let id = JobId::from_uuid(row.product()?, row.uuid("id")?);
    let status = row.named("status", JobStatus::from_text)?;
    let attempt = row.count("attempt")?;
    let result = row.json_opt("result")?;
    let reused_from = row.uuid_opt("reused_from")?.map(|uuid| JobId::from_uuid(id.product, uuid));
    let outputs = match reused_from {
        Some(other) => outputs_prefix(other, row.count("reused_attempt")?),
        None => outputs_prefix(id, attempt),
    };
    Ok(Job {
        id,
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        batch: row.uuid_opt("batch_id")?.map(BatchId::from_uuid),
        status,
        options: row.json("options")?,
        parameters: row.json_opt("parameters")?,
        configuration: row.configuration_opt()?,
        source: row.json("source")?,
        user_metadata: row.json("user_metadata")?,
        // A job that waits for its next try keeps the failure of its last one in the row, for people who look there.
        failure: if status.is_terminal() { row.failure()? } else { None },
        reused_from,
        outputs: result.is_some().then_some(outputs),
        result,
        attempt,
        strikes: row.count("strikes")?,
        pages_done: row.count("pages_done")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        started_at: row.time_opt("started_at")?,
        finished_at: row.time_opt("finished_at")?,
    })
}
