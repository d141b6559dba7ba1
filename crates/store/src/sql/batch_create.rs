//! A directory and a configuration become a batch: items and jobs, in one transaction.

use crate::database::{Connection, QueryBuilder, Row, query};
use docmill_model::texts::may_be_empty;
use docmill_model::{BatchId, BatchStatus, Code, DirectoryFileId, FileId, JobId, Product, Timestamp};

use super::lanes;
use super::outbox::{Outbox, insert_listeners};
use super::reuse::{Hit, Keys};
use crate::database::row::{configuration_text, to_int, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{Batch, BatchCounts, Content, JobSource, NewBatch};

/// Rows of one INSERT: few statements, and far below SQLite's limit of bound values.
const ROWS: usize = 250;

/// One file as the batch takes it.
struct Member {
    directory_file: DirectoryFileId,
    display_name: String,
    unique_id: String,
    file: FileId,
    source: JobSource,
    /// `None` for a file of no bytes that is no text.
    job: Option<JobId>,
    reuse_key: Option<String>,
    hit: Option<Hit>,
}

/// Makes the batch. The directory was checked; files that come later are not part of it.
pub(super) async fn create(tx: &mut Connection<'_>, new: NewBatch, now: Timestamp) -> StoreResult<Batch> {
    let product = new.options.product();
    let mut members = members(tx, &new, product).await?;
    let keys = Keys::new(new.project, &new.options, new.reuse.as_ref())?;
    let reused = to_count(find_known(tx, &keys, &mut members, now).await?)?;
    let without_job = members.iter().filter(|member| member.job.is_none()).count();
    let total = to_count(members.len())?;
    let without_job = to_count(without_job)?;
    let done = without_job + reused == total;
    let batch = Batch {
        id: BatchId::generate(),
        project: new.project,
        directory: new.directory,
        product,
        configuration: new.configuration,
        status: if done { BatchStatus::Completed } else { BatchStatus::Pending },
        counts: BatchCounts { total, without_job, completed: reused, reused, ..BatchCounts::default() },
        generation: 0,
        pace: None,
        failure: None,
        created_at: now,
        updated_at: now,
        started_at: None,
        finished_at: done.then_some(now),
    };
    let mut outbox = Outbox::default();
    let webhooks = insert_listeners(tx, new.project, &new.listeners).await?;
    let parameters = new.parameters.as_ref().map(to_json).transpose()?;
    insert_batch(tx, &batch, &to_json(&new.options)?, webhooks.as_deref(), parameters).await?;
    if let Some(set) = &webhooks {
        outbox.batch_made(set, &batch);
    }
    let webhooks = insert_listeners(tx, new.project, &new.job_listeners).await?;
    for part in members.chunks(ROWS) {
        insert_jobs(tx, &batch, part, webhooks.as_deref()).await?;
    }
    if let Some(set) = &webhooks {
        for (member, job) in members.iter().filter_map(|member| Some((member, member.job?))) {
            outbox.job_made(set, new.project, job, Some(batch.id), member.hit.is_some());
        }
    }
    outbox.write(tx, now).await?;
    for (number, part) in members.chunks(ROWS).enumerate() {
        insert_items(tx, &batch, number * ROWS, part).await?;
    }
    if !done {
        lanes::begin(tx, &batch.id.uuid().to_string(), &batch.project.uuid().to_string()).await?;
    }
    Ok(batch)
}

/// Gives every member with a job its key, and those whose result is known that result. Answers how many are known.
async fn find_known(
    tx: &mut Connection<'_>,
    keys: &Keys,
    members: &mut [Member],
    now: Timestamp,
) -> StoreResult<usize> {
    for member in members.iter_mut().filter(|member| member.job.is_some()) {
        member.reuse_key = keys.key(&member.source)?;
    }
    let hits = keys.hits(tx, members.iter().filter_map(|member| member.reuse_key.clone()).collect(), now).await?;
    for member in members.iter_mut() {
        member.hit = member.reuse_key.as_ref().and_then(|key| hits.get(key)).cloned();
    }
    Ok(members.iter().filter(|member| member.hit.is_some()).count())
}

async fn members(tx: &mut Connection<'_>, new: &NewBatch, product: Product) -> StoreResult<Vec<Member>> {
    let rows = query(
        "SELECT entry.id, entry.display_name, entry.unique_id, entry.file_id, file.name, file.sha256, file.bytes,
             file.blob_key, file.path, file.modified_ms
         FROM directory_file AS entry JOIN file ON file.id = entry.file_id
         WHERE entry.directory_id = $1 AND entry.deleted_at IS NULL ORDER BY entry.id LIMIT $2",
    )
    .bind(new.directory.uuid().to_string())
    .bind(i64::from(new.files_max) + 1)
    .fetch_all(tx)
    .await?;
    if rows.is_empty() {
        return Err(StoreError::Refused(Code::EmptyDirectory.into()));
    }
    if rows.len() > new.files_max as usize {
        let message = format!("The directory has more than {} files, the most that a batch may have.", new.files_max);
        return Err(StoreError::refused(Code::TooManyFiles, message));
    }
    rows.iter().map(|row| member(row, product)).collect()
}

fn member(row: &Row, product: Product) -> StoreResult<Member> {
    let directory_file = DirectoryFileId::from_uuid(row.uuid("id")?);
    let file = FileId::from_uuid(row.uuid("file_id")?);
    let content = row.content()?;
    let name = row.text("name")?;
    let job = (content.bytes() > 0 || may_be_empty(&name)).then(|| JobId::generate(product));
    Ok(Member {
        directory_file,
        display_name: row.text("display_name")?,
        unique_id: row.text("unique_id")?,
        file,
        source: JobSource::File { file, directory_file: Some(directory_file), name, content },
        job,
        reuse_key: None,
        hit: None,
    })
}

async fn insert_batch(
    tx: &mut Connection<'_>,
    batch: &Batch,
    options: &str,
    webhooks: Option<&str>,
    parameters: Option<String>,
) -> StoreResult<()> {
    query(
        "INSERT INTO batch (id, project_id, directory_id, product, configuration, options, status, total, completed,
             failed, cancelled, without_job, cancel_requested, created_at, updated_at, finished_at, reused, webhooks,
             parameters)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $12, 0, 0, $9, 0, $10, $10, $11, $12, $13, $14)",
    )
    .bind(batch.id.uuid().to_string())
    .bind(batch.project.uuid().to_string())
    .bind(batch.directory.uuid().to_string())
    .bind(batch.product.as_str())
    .bind(configuration_text(batch.configuration))
    .bind(options)
    .bind(batch.status.as_str())
    .bind(i64::from(batch.counts.total))
    .bind(i64::from(batch.counts.without_job))
    .bind(batch.created_at.0)
    .bind(batch.finished_at.map(|at| at.0))
    .bind(i64::from(batch.counts.reused))
    .bind(webhooks)
    .bind(parameters)
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_jobs(
    tx: &mut Connection<'_>,
    batch: &Batch,
    members: &[Member],
    webhooks: Option<&str>,
) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(members.len());
    for member in members {
        if let Some(job) = member.job {
            rows.push((job, member, to_json(&member.source)?));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let batch_id = batch.id.uuid().to_string();
    let project = batch.project.uuid().to_string();
    let mut insert = QueryBuilder::new(
        "INSERT INTO job (id, project_id, product, batch_id, lane, status, configuration, source, file_id,
             directory_file_id, blob_key, user_metadata, attempt, strikes, expiries, pages_done, cancel_requested,
             source_deleted, outputs_swept, run_at, created_at, updated_at, reuse_key, result, reused_from,
             reused_attempt, started_at, finished_at, webhooks) ",
    );
    insert.push_values(rows, |mut row, (job, member, source)| {
        row.push_bind(job.uuid().to_string()).push_bind(project.clone()).push_bind(batch.product.as_str());
        row.push_bind(batch_id.clone()).push_bind(batch_id.clone());
        let hit = member.hit.as_ref();
        row.push_bind(hit.map_or("PENDING", |_| "COMPLETED"));
        row.push_bind(configuration_text(batch.configuration)).push_bind(source);
        row.push_bind(member.file.uuid().to_string()).push_bind(member.directory_file.uuid().to_string());
        row.push_bind(blob_key(&member.source).map(str::to_owned));
        row.push("'{}', 0, 0, 0, 0, 0, 0").push_bind(i64::from(hit.is_some()));
        row.push_bind(batch.created_at.0).push_bind(batch.created_at.0).push_bind(batch.created_at.0);
        row.push_bind(member.reuse_key.clone().filter(|_| hit.is_none()));
        row.push_bind(hit.map(|hit| hit.result.clone())).push_bind(hit.map(|hit| hit.job.clone()));
        row.push_bind(hit.map(|hit| hit.attempt));
        let ended = hit.map(|_| batch.created_at.0);
        row.push_bind(ended).push_bind(ended).push_bind(webhooks.map(str::to_owned));
    });
    insert.build().execute(tx).await?;
    Ok(())
}

async fn insert_items(tx: &mut Connection<'_>, batch: &Batch, first: usize, members: &[Member]) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(members.len());
    for (offset, member) in members.iter().enumerate() {
        rows.push((to_int((first + offset) as u64)?, member));
    }
    let batch_id = batch.id.uuid().to_string();
    let mut insert = QueryBuilder::new(
        "INSERT INTO batch_item (batch_id, position, directory_file_id, display_name, unique_id, job_id, failure_code,
             failure_message) ",
    );
    insert.push_values(rows, |mut row, (position, member)| {
        let failure = member.job.is_none().then_some(Code::EmptyFile);
        row.push_bind(batch_id.clone()).push_bind(position);
        row.push_bind(member.directory_file.uuid().to_string());
        row.push_bind(member.display_name.clone()).push_bind(member.unique_id.clone());
        row.push_bind(member.job.map(|job| job.uuid().to_string()));
        row.push_bind(failure.map(Code::as_str)).push_bind(failure.map(Code::sentence));
    });
    insert.build().execute(tx).await?;
    Ok(())
}

/// The blob that a job reads, which must stay until the job has ended.
pub(super) fn blob_key(source: &JobSource) -> Option<&str> {
    match source {
        JobSource::File { content: Content::Blob(blob), .. } => Some(&blob.key),
        JobSource::File { .. } | JobSource::Url { .. } | JobSource::ParseJob { .. } => None,
    }
}

fn to_count(count: usize) -> StoreResult<u32> {
    u32::try_from(count).map_err(|_| StoreError::Corrupt(format!("{count} files are too many to count")))
}
