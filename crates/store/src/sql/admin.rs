use async_trait::async_trait;
use docmill_model::{BatchId, Code, JobId, JobStatus, Timestamp};

use super::finish::{LEASED, give_back, leased};
use super::{SqlStore, lanes};
use crate::admin::{Admin, Stuck, StuckJob};
use crate::database::{Isolation, QueryBuilder, Row, again, query};
use crate::error::{StoreError, StoreResult};
use crate::records::JobSource;

#[async_trait]
impl Admin for SqlStore {
    async fn job_stuck(&self, older_ms: i64, limit: u32) -> StoreResult<Vec<StuckJob>> {
        let now = self.now();
        let since = now.plus_ms(-older_ms);
        let rows = query(
            "SELECT id, product, batch_id, source, status, attempt, strikes, expiries, worker, lease_until,
                 CASE status WHEN 'RUNNING' THEN COALESCE(started_at, created_at) ELSE run_at END AS since,
                 failure_code, failure_message
             FROM job WHERE (status = 'RUNNING' AND (lease_until <= $1 OR started_at <= $2 OR attempt > 1))
                 OR (status = 'PENDING' AND (run_at <= $2 OR attempt > 0))
             ORDER BY since, id LIMIT $3",
        )
        .bind(now.0)
        .bind(since.0)
        .bind(i64::from(limit))
        .fetch_all(&mut self.reader().await?)
        .await?;
        rows.iter().map(|row| stuck(row, now, since)).collect()
    }

    async fn job_requeue(&self, job: JobId) -> StoreResult<Option<()>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let id = job.uuid().to_string();
            let find = "SELECT status FROM job WHERE id = $1 AND deleted_at IS NULL";
            let Some(row) = query(find).bind(&id).fetch_optional(&mut tx).await? else { return Ok(None) };
            match row.named("status", JobStatus::from_text)? {
                JobStatus::Pending => {
                    let hurry = "UPDATE job SET run_at = $2, updated_at = $2 WHERE id = $1 AND run_at > $2";
                    query(hurry).bind(&id).bind(now.0).execute(&mut tx).await?;
                }
                JobStatus::Running => {
                    let mut lease = QueryBuilder::new(LEASED);
                    lease.push(" AND id = ").push_bind(id.as_str()).push(tx.locked());
                    let Some(row) = lease.build().fetch_optional(&mut tx).await? else {
                        return Err(StoreError::refused(Code::Conflict, "The job ended meanwhile."));
                    };
                    give_back(&mut tx, vec![leased(&row)?.back(None, None, now)], now).await?;
                }
                status => {
                    let sentence = format!("The job is {status}; only a job that waits or runs can be put back.");
                    return Err(StoreError::refused(Code::Conflict, sentence));
                }
            }
            tx.commit().await?;
            self.announce();
            Ok(Some(()))
        })
        .await
    }

    async fn batch_prioritise(&self, batch: BatchId, priority: i32) -> StoreResult<Option<()>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let id = batch.uuid().to_string();
            let find = "SELECT status FROM batch WHERE id = $1";
            let Some(row) = query(find).bind(&id).fetch_optional(&mut tx).await? else { return Ok(None) };
            if !lanes::prioritise(&mut tx, &id, priority).await? {
                let status = row.text("status")?;
                let sentence = format!("The batch is {status}; only one that waits or runs has a priority.");
                return Err(StoreError::refused(Code::Conflict, sentence));
            }
            tx.commit().await?;
            self.announce();
            Ok(Some(()))
        })
        .await
    }

    async fn job_hurry(&self, longest_ms: i64) -> StoreResult<u32> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let done = query("UPDATE job SET run_at = $1, updated_at = $1 WHERE status = 'PENDING' AND run_at > $2")
                .bind(now.0)
                .bind(now.plus_ms(longest_ms).0)
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            if done > 0 {
                self.announce();
            }
            Ok(u32::try_from(done).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn batch_ids(&self) -> StoreResult<Vec<BatchId>> {
        let rows = query("SELECT id FROM batch ORDER BY id").fetch_all(&mut self.reader().await?).await?;
        rows.iter().map(|row| Ok(BatchId::from_uuid(row.uuid("id")?))).collect()
    }
}

fn stuck(row: &Row, now: Timestamp, long_ago: Timestamp) -> StoreResult<StuckJob> {
    let status = row.named("status", JobStatus::from_text)?;
    let since = row.time("since")?;
    let why = match status {
        JobStatus::Running if row.time_opt("lease_until")?.is_some_and(|until| until <= now) => Stuck::LeaseOver,
        JobStatus::Running if since <= long_ago => Stuck::RunsLong,
        JobStatus::Pending if since <= long_ago => Stuck::WaitsLong,
        _ => Stuck::Repeated,
    };
    let source: JobSource = row.json("source")?;
    Ok(StuckJob {
        id: JobId::from_uuid(row.product()?, row.uuid("id")?),
        batch: row.uuid_opt("batch_id")?.map(BatchId::from_uuid),
        name: source.name().to_owned(),
        status,
        why,
        attempt: row.count("attempt")?,
        strikes: row.count("strikes")?,
        expiries: row.count("expiries")?,
        worker: row.text_opt("worker")?,
        since,
        failure: row.failure()?,
    })
}
