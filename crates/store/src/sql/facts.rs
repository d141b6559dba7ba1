//! What a batch object says beside its own row. Two queries for any number of batches: a list of a thousand must not
//! ask a thousand times.

use std::collections::HashMap;

use crate::database::{Connection, QueryBuilder, Row};
use docmill_model::{BatchId, Code, Failure};

use crate::database::row::push_list;
use crate::error::StoreResult;
use crate::records::{BatchFacts, ErrorGroup};

/// Ids of one statement, far below SQLite's limit of bound values.
const IDS: usize = 1_000;

pub(super) async fn facts(reader: &mut Connection<'_>, ids: &[BatchId]) -> StoreResult<HashMap<BatchId, BatchFacts>> {
    let mut facts: HashMap<BatchId, BatchFacts> = ids.iter().map(|id| (*id, BatchFacts::default())).collect();
    for part in ids.chunks(IDS) {
        for row in open_jobs(reader, part).await? {
            if let Some(facts) = facts.get_mut(&BatchId::from_uuid(row.uuid("batch_id")?)) {
                facts.running = row.count("running")?;
                facts.next_due = row.time_opt("next_due")?;
                facts.last_failure = row.text_opt("failure_code")?.as_deref().and_then(Code::from_text);
            }
        }
        for row in error_groups(reader, part).await? {
            if let Some(facts) = facts.get_mut(&BatchId::from_uuid(row.uuid("batch_id")?)) {
                facts.errors.extend(group(&row)?);
            }
        }
    }
    Ok(facts)
}

/// What runs, and when the next of those that wait is due.
async fn open_jobs(reader: &mut Connection<'_>, ids: &[BatchId]) -> StoreResult<Vec<Row>> {
    let mut find = QueryBuilder::new(
        "SELECT batch_id, SUM(CASE status WHEN 'RUNNING' THEN 1 ELSE 0 END) AS running,
             MIN(CASE status WHEN 'PENDING' THEN run_at END) AS next_due,
             MAX(CASE status WHEN 'PENDING' THEN failure_code END) AS failure_code
         FROM job WHERE status IN ('PENDING', 'RUNNING') AND batch_id IN ",
    );
    push_list(&mut find, ids.iter().map(|id| id.uuid().to_string()));
    find.push(" GROUP BY batch_id");
    find.build().persistent(false).fetch_all(reader).await
}

/// Failures by code, the most frequent first, each with the first of its files. Cancelled items did not fail.
async fn error_groups(reader: &mut Connection<'_>, ids: &[BatchId]) -> StoreResult<Vec<Row>> {
    let mut find = QueryBuilder::new(
        "WITH failed AS (
             SELECT item.batch_id, item.position, item.display_name,
                 COALESCE(job.failure_code, item.failure_code) AS failure_code,
                 COALESCE(job.failure_message, item.failure_message) AS failure_message
             FROM batch_item AS item JOIN batch ON batch.id = item.batch_id LEFT JOIN job ON job.id = item.job_id
             WHERE batch.failed + batch.without_job > 0 AND (item.job_id IS NULL OR job.status = 'FAILED')
                 AND item.batch_id IN ",
    );
    push_list(&mut find, ids.iter().map(|id| id.uuid().to_string()));
    find.push(
        "), placed AS (
             SELECT failed.*, COUNT(*) OVER (PARTITION BY batch_id, failure_code) AS failures,
                 ROW_NUMBER() OVER (PARTITION BY batch_id, failure_code ORDER BY position) AS place
             FROM failed)
         SELECT batch_id, display_name, failure_code, failure_message, failures FROM placed WHERE place = 1
         ORDER BY batch_id, failures DESC, failure_code",
    );
    find.build().persistent(false).fetch_all(reader).await
}

fn group(row: &Row) -> StoreResult<Option<ErrorGroup>> {
    let Some(Failure { code, message }) = row.failure()? else { return Ok(None) };
    Ok(Some(ErrorGroup { code, count: row.count("failures")?, file: row.text("display_name")?, message }))
}
