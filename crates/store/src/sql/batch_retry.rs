//! Failed items of a batch that ended are done anew: new jobs in the same batch.

use crate::database::{Connection, QueryBuilder, Row, query};
use docmill_model::options::JobOptions;
use docmill_model::{BatchId, BatchStatus, Code, JobId, Timestamp};

use super::lanes;
use super::outbox::Outbox;
use crate::database::row::{configuration_text, push_list, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::BatchRetry;

/// Rows of one INSERT.
const ROWS: usize = 250;

/// A job that is repeated, and the one that repeats it.
struct Again<'a> {
    new: JobId,
    old: &'a Row,
    position: i64,
    configuration: Option<String>,
    /// `None`: the batch's own snapshot.
    options: Option<String>,
    /// As `options`: what these were resolved from.
    parameters: Option<String>,
}

/// Refuses with `CONFLICT` what cannot be retried: a batch that is open or broke, and one without such an item. `row`
/// is the batch's.
pub(super) async fn retry(tx: &mut Connection<'_>, row: &Row, asked: &BatchRetry, now: Timestamp) -> StoreResult<()> {
    let status = row.named("status", BatchStatus::from_text)?;
    if !status.may_be_retried() {
        let message = format!("The batch {} is {status}; only COMPLETED and CANCELLED ones are retried.", asked.batch);
        return Err(StoreError::refused(Code::Conflict, message));
    }
    let rows = failed_jobs(tx, asked).await?;
    if rows.is_empty() {
        let message = format!("The batch {} has no such failed file that is still there.", asked.batch);
        return Err(StoreError::refused(Code::Conflict, message));
    }
    let again = rows.iter().map(|old| again(row, old, asked)).collect::<StoreResult<Vec<_>>>()?;
    for part in again.chunks(ROWS) {
        insert_jobs(tx, asked.batch, part, now).await?;
        point_items(tx, asked.batch, part).await?;
    }
    let mut outbox = Outbox::default();
    reopen(tx, asked.batch, &rows, now, &mut outbox).await?;
    for job in &again {
        if let Some(set) = job.old.text_opt("webhooks")? {
            outbox.job_made(&set, asked.project, job.new, Some(asked.batch), false);
        }
    }
    outbox.write(tx, now).await?;
    Ok(())
}

/// The wanted items' jobs whose file can still be read, in the order of the snapshot.
async fn failed_jobs(tx: &mut Connection<'_>, asked: &BatchRetry) -> StoreResult<Vec<Row>> {
    let mut find = QueryBuilder::new(
        "SELECT item.position, job.* FROM batch_item AS item JOIN job ON job.id = item.job_id
             JOIN file ON file.id = job.file_id LEFT JOIN blob ON blob.key = job.blob_key
         WHERE file.deleted_at IS NULL AND blob.doomed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM directory_file AS entry WHERE entry.id = job.directory_file_id
                             AND entry.deleted_at IS NOT NULL)
             AND item.batch_id = ",
    );
    find.push_bind(asked.batch.uuid().to_string()).push(" AND (job.status = 'FAILED'");
    if !asked.codes.is_empty() {
        find.push(" AND job.failure_code IN ");
        push_list(&mut find, asked.codes.iter().map(|code| code.as_str().to_owned()));
    }
    if asked.cancelled {
        find.push(" OR job.status = 'CANCELLED'");
    }
    find.push(") ORDER BY item.position");
    find.build().fetch_all(tx).await
}

/// What the new job does: as the old one, or as another configuration says, and with other times.
fn again<'a>(batch: &Row, old: &'a Row, asked: &BatchRetry) -> StoreResult<Again<'a>> {
    let (configuration, mut options, parameters) = match &asked.configuration {
        Some((id, options, parameters)) => {
            (Some(configuration_text(*id)), Some(options.clone()), Some(to_json(parameters)?))
        }
        None => (old.text_opt("configuration")?, old.json_opt::<JobOptions>("options")?, old.text_opt("parameters")?),
    };
    if asked.base_timeout_s.is_some() || asked.page_timeout_s.is_some() {
        let mut timed = match options {
            Some(options) => options,
            None => batch.json("options")?,
        };
        let parse = timed.parse_mut();
        parse.base_timeout_s = asked.base_timeout_s.or(parse.base_timeout_s);
        parse.page_timeout_s = asked.page_timeout_s.or(parse.page_timeout_s);
        options = Some(timed);
    }
    Ok(Again {
        new: JobId::generate(old.product()?),
        old,
        position: old.int("position")?,
        configuration,
        options: options.as_ref().map(to_json).transpose()?,
        parameters,
    })
}

async fn insert_jobs(tx: &mut Connection<'_>, batch: BatchId, again: &[Again<'_>], now: Timestamp) -> StoreResult<()> {
    let mut insert = QueryBuilder::new("WITH next (id, old, configuration, options, parameters) AS (");
    insert.push_values(again, |mut row, job| {
        row.push_bind(job.new.uuid().to_string()).push_bind(job.old.text("id").unwrap_or_default());
        row.push_bind(job.configuration.clone()).push_bind(job.options.clone()).push_bind(job.parameters.clone());
    });
    insert.push(
        ") INSERT INTO job (id, project_id, product, batch_id, lane, status, configuration, options, source, file_id,
             directory_file_id, blob_key, user_metadata, attempt, strikes, expiries, pages_done, cancel_requested,
             source_deleted, outputs_swept, run_at, created_at, updated_at, retried_from, reuse_key,
             webhooks, parameters)
         SELECT next.id, project_id, product, batch_id, batch_id, 'PENDING', next.configuration, next.options, source,
             file_id, directory_file_id, blob_key, user_metadata, 0, 0, 0, 0, 0, 0, 0, ",
    );
    insert.push_bind(now.0).push(", ").push_bind(now.0).push(", ").push_bind(now.0);
    insert.push(", job.id, CASE WHEN next.options IS NULL THEN reuse_key END, webhooks, next.parameters FROM next JOIN job ON job.id = next.old WHERE job.batch_id = ");
    insert.push_bind(batch.uuid().to_string());
    let written = insert.build().persistent(false).execute(tx).await?;
    if written != again.len() as u64 {
        return Err(StoreError::Corrupt(format!("{} jobs should be repeated, {written} were", again.len())));
    }
    Ok(())
}

/// An item shows its newest job.
async fn point_items(tx: &mut Connection<'_>, batch: BatchId, again: &[Again<'_>]) -> StoreResult<()> {
    let mut update = QueryBuilder::new("WITH next (position, job_id) AS (");
    update.push_values(again, |mut row, job| {
        row.push_bind(job.position).push_bind(job.new.uuid().to_string());
    });
    update.push(
        ") UPDATE batch_item SET job_id = next.job_id FROM next
         WHERE batch_item.position = next.position AND batch_item.batch_id = ",
    );
    update.push_bind(batch.uuid().to_string());
    update.build().persistent(false).execute(tx).await?;
    Ok(())
}

async fn reopen(
    tx: &mut Connection<'_>,
    batch: BatchId,
    old: &[Row],
    now: Timestamp,
    outbox: &mut Outbox,
) -> StoreResult<()> {
    let mut failed = 0_i64;
    for row in old {
        failed += i64::from(row.text("status")? == "FAILED");
    }
    let id = batch.uuid().to_string();
    let row = query(
        "UPDATE batch SET status = 'RUNNING', generation = generation + 1, failed = failed - $2,
             cancelled = cancelled - $3, cancel_requested = 0, finished_at = NULL, pace_from = NULL, updated_at = $4
         WHERE id = $1 RETURNING id, project_id, directory_id, generation, webhooks",
    )
    .bind(&id)
    .bind(failed)
    .bind(old.len() as i64 - failed)
    .bind(now.0)
    .fetch_one(&mut *tx)
    .await?;
    outbox.batch(&row, BatchStatus::Running)?;
    lanes::begin(tx, &id, &row.text("project_id")?).await?;
    Ok(())
}
