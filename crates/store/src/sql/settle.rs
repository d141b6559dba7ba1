//! The one step in which every change of jobs ends: counters of their batches, the batches' own ends, and who is told
//! of all that.

use std::collections::BTreeMap;

use crate::database::row::push_list;
use crate::database::{Connection, QueryBuilder, Row, query};
use docmill_model::{BatchStatus, Code, Failure, JobStatus, Timestamp};

use super::lanes;
use super::outbox::Outbox;
use super::reuse;
use crate::error::StoreResult;

/// Rows of one statement.
const ROWS: usize = 100;

/// Jobs that a step has ended, summed per batch. Sorted by batch, so that two steps on several batches always take
/// their rows in the same order.
#[derive(Default)]
pub(super) struct Ended {
    batches: BTreeMap<String, Sums>,
    /// What the step has changed, for those who are told.
    pub(super) outbox: Outbox,
}

#[derive(Default)]
struct Sums {
    completed: i64,
    failed: i64,
    cancelled: i64,
}

impl Ended {
    pub(super) fn note(&mut self, batch: Option<String>, status: JobStatus) {
        let Some(batch) = batch else { return };
        let sums = self.batches.entry(batch).or_default();
        match status {
            JobStatus::Completed => sums.completed += 1,
            JobStatus::Failed => sums.failed += 1,
            JobStatus::Cancelled => sums.cancelled += 1,
            JobStatus::Pending | JobStatus::Running => {}
        }
    }

    /// Settles this batch also when no job of it ended.
    pub(super) fn include(&mut self, batch: String) {
        self.batches.entry(batch).or_default();
    }

    /// Adds the sums to the batches' counters; a batch without an open job becomes COMPLETED, or CANCELLED when that
    /// was asked for. Says whether somebody is told of something: then the caller announces it after its commit.
    pub(super) async fn settle(mut self, tx: &mut Connection<'_>, now: Timestamp) -> StoreResult<bool> {
        let batches: Vec<_> = self.batches.into_iter().collect();
        for part in batches.chunks(ROWS) {
            for over in count(tx, part, now).await? {
                if let Some(row) = end(tx, &over, now).await? {
                    self.outbox.batch(&row, row.named("status", BatchStatus::from_text)?)?;
                }
            }
        }
        self.outbox.write(tx, now).await
    }
}

/// Adds the sums to the counters, all in one statement, and answers which of the batches have no open job left.
async fn count(tx: &mut Connection<'_>, batches: &[(String, Sums)], now: Timestamp) -> StoreResult<Vec<String>> {
    if batches.len() > 1 && tx.is_shared() {
        // One UPDATE of several rows takes them in any order; two of those could wait for each other.
        let mut lock = QueryBuilder::new("SELECT id FROM batch WHERE id IN ");
        push_list(&mut lock, batches.iter().map(|(id, _)| id.clone()));
        lock.push(" ORDER BY id").push(tx.locked());
        lock.build().fetch_all(tx).await?;
    }
    let mut update = QueryBuilder::new("WITH sums (id, completed, failed, cancelled) AS (");
    update.push_values(batches, |mut row, (id, sums)| {
        row.push_bind(id).push_bind(sums.completed).push_bind(sums.failed).push_bind(sums.cancelled);
    });
    update.push(
        ") UPDATE batch SET completed = batch.completed + sums.completed, failed = batch.failed + sums.failed,
             cancelled = batch.cancelled + sums.cancelled, updated_at = ",
    );
    update.push_bind(now.0).push(
        " FROM sums WHERE batch.id = sums.id
         RETURNING batch.id, batch.completed + batch.failed + batch.cancelled + batch.without_job = batch.total AS is_over",
    );
    let mut over = Vec::new();
    for row in update.build().fetch_all(tx).await? {
        if row.flag("is_over")? {
            over.push(row.text("id")?);
        }
    }
    over.sort();
    Ok(over)
}

/// Ends an open batch all of whose items are done.
async fn end(tx: &mut Connection<'_>, batch: &str, now: Timestamp) -> StoreResult<Option<Row>> {
    let done = query(
        "UPDATE batch SET status = CASE cancel_requested WHEN 1 THEN 'CANCELLED' ELSE 'COMPLETED' END,
             finished_at = $2, throttled_since = NULL
         WHERE id = $1 AND status IN ('PENDING', 'RUNNING') AND completed + failed + cancelled + without_job = total
         RETURNING id, project_id, directory_id, generation, webhooks, status",
    )
    .bind(batch)
    .bind(now.0)
    .fetch_optional(&mut *tx)
    .await?;
    if done.is_some() {
        lanes::end(tx, batch).await?;
    }
    Ok(done)
}

/// Which waiting jobs a step is about, by bare ids.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    Job(&'a str),
    Batch(&'a str),
    /// Jobs that read this stored file.
    File(&'a str),
    /// Jobs that read a file through this directory entry.
    Entry(&'a str),
    /// Extractions that read the pages of this parse job.
    ParseJob(&'a str),
    /// Jobs that read a file through an entry of this directory.
    Directory(&'a str),
    /// Jobs that read a deleted file which was in this directory.
    GoneWith(&'a str),
}

/// Said beside the exact state, because SQLite takes a partial index only when the query has its very condition.
const OPEN: &str = "status IN ('PENDING', 'RUNNING') AND ";

impl Waiting<'_> {
    fn push(self, query: &mut QueryBuilder) {
        if !matches!(self, Self::Job(_) | Self::Batch(_)) {
            query.push(OPEN);
        }
        self.push_which(query);
    }

    /// Whatever their state.
    pub(super) fn push_which(self, query: &mut QueryBuilder) {
        match self {
            Self::Job(id) => query.push("id = ").push_bind(id.to_owned()),
            Self::Batch(id) => query.push("batch_id = ").push_bind(id.to_owned()),
            Self::File(id) => query.push("file_id = ").push_bind(id.to_owned()),
            Self::Entry(id) => query.push("directory_file_id = ").push_bind(id.to_owned()),
            Self::ParseJob(id) => query.push("parse_job_id = ").push_bind(id.to_owned()),
            Self::Directory(id) => query
                .push(
                    "directory_file_id IN (SELECT id FROM directory_file WHERE deleted_at IS NULL AND directory_id = ",
                )
                .push_bind(id.to_owned())
                .push(")"),
            Self::GoneWith(id) => query
                .push(
                    "file_id IN (SELECT file.id FROM directory_file AS entry JOIN file ON file.id = entry.file_id
                         WHERE file.deleted_at IS NOT NULL AND entry.directory_id = ",
                )
                .push_bind(id.to_owned())
                .push(")"),
        };
    }
}

/// Ends jobs that no worker has.
pub(super) async fn end_waiting(
    tx: &mut Connection<'_>,
    which: Waiting<'_>,
    status: JobStatus,
    failure: &Failure,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    let mut update = QueryBuilder::new("UPDATE job SET status = ");
    update.push_bind(status.as_str());
    update.push(", failure_code = ").push_bind(failure.code.as_str());
    update.push(", failure_message = ").push_bind(failure.message.clone());
    // A job that never ran has no outputs to sweep.
    update.push(", outputs_swept = CASE attempt WHEN 0 THEN 2 ELSE 0 END, updated_at = ").push_bind(now.0);
    update.push(", finished_at = ").push_bind(now.0);
    update.push(" WHERE status = 'PENDING' AND ");
    which.push(&mut update);
    update.push(" RETURNING id, project_id, product, batch_id, webhooks");
    for row in update.build().fetch_all(tx).await? {
        ended.note(row.text_opt("batch_id")?, status);
        ended.outbox.job(&row, status, false)?;
    }
    Ok(())
}

/// Asks the workers of running jobs to stop.
pub(super) async fn ask_to_stop(tx: &mut Connection<'_>, which: Waiting<'_>, now: Timestamp) -> StoreResult<()> {
    flag_running(tx, which, "cancel_requested", now).await
}

/// The source is gone: waiting jobs end, running ones may finish but are not tried again, and results of ended ones
/// are not used again.
pub(super) async fn source_deleted(
    tx: &mut Connection<'_>,
    which: Waiting<'_>,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    end_waiting(tx, which, JobStatus::Failed, &Failure::from(Code::SourceDeleted), now, ended).await?;
    reuse::forget(tx, which).await?;
    flag_running(tx, which, "source_deleted", now).await
}

async fn flag_running(
    tx: &mut Connection<'_>,
    which: Waiting<'_>,
    flag: &'static str,
    now: Timestamp,
) -> StoreResult<()> {
    let mut update = QueryBuilder::new(format!("UPDATE job SET {flag} = 1, updated_at = "));
    update.push_bind(now.0).push(" WHERE status = 'RUNNING' AND ");
    which.push(&mut update);
    update.build().execute(tx).await?;
    Ok(())
}

/// The batch itself broke: it becomes FAILED, what waits is cancelled, what runs is asked to stop.
pub(super) async fn fail_batch(
    tx: &mut Connection<'_>,
    batch: &str,
    failure: &Failure,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    let failed = query(
        "UPDATE batch SET status = 'FAILED', failure_code = $2, failure_message = $3, finished_at = $4
         WHERE id = $1 AND status IN ('PENDING', 'RUNNING') RETURNING id, project_id, directory_id, generation, webhooks",
    )
    .bind(batch)
    .bind(failure.code.as_str())
    .bind(&failure.message)
    .bind(now.0)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = failed {
        ended.outbox.batch(&row, BatchStatus::Failed)?;
    }
    let stopped = Failure::new(Code::Cancelled, "The job was cancelled because its batch failed.");
    end_waiting(tx, Waiting::Batch(batch), JobStatus::Cancelled, &stopped, now, ended).await?;
    ask_to_stop(tx, Waiting::Batch(batch), now).await?;
    ended.include(batch.to_owned());
    lanes::end(tx, batch).await
}
