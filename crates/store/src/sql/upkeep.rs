use std::collections::HashSet;

use crate::database::{QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{JobId, JobStatus};

use super::SqlStore;
use super::directories::delete_directory;
use super::files::blob;
use super::settle::Ended;
use crate::database::row::push_list;
use crate::error::StoreResult;
use crate::records::{BlobRef, OutputsToSweep};
use crate::traits::Upkeep;

/// Rows that one duty handles in one transaction, so that it never keeps callers waiting for long.
const ROWS: i64 = 200;
/// A worker that lost its lease may write until its next heartbeat; outputs of ended jobs are left alone that long.
const STRAGGLERS_MS: i64 = 60_000;

#[async_trait]
impl Upkeep for SqlStore {
    async fn directory_expire(&self) -> StoreResult<u32> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let rows = query(
                "SELECT id FROM directory WHERE kind = 'ephemeral' AND deleted_at IS NULL AND expires_at <= $1
                 AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.directory_id = directory.id
                                 AND batch.status IN ('PENDING', 'RUNNING'))
             ORDER BY expires_at LIMIT $2",
            )
            .bind(now.0)
            .bind(ROWS)
            .fetch_all(&mut tx)
            .await?;
            let mut ended = Ended::default();
            for row in &rows {
                delete_directory(&mut tx, &row.text("id")?, now, &mut ended).await?;
            }
            ended.settle(&mut tx, now).await?;
            tx.commit().await?;
            if !rows.is_empty() {
                self.announce();
            }
            Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn blob_sweep(&self, grace_ms: i64) -> StoreResult<Vec<BlobRef>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            query(
                "UPDATE blob SET doomed_at = $1 WHERE doomed_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM file WHERE file.blob_key = blob.key AND file.deleted_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM job WHERE job.blob_key = blob.key
                                 AND job.status IN ('PENDING', 'RUNNING'))",
            )
            .bind(now.0)
            .execute(&mut tx)
            .await?;
            let rows = query("SELECT key, sha256, bytes FROM blob WHERE doomed_at <= $1 ORDER BY doomed_at LIMIT $2")
                .bind(now.plus_ms(-grace_ms).0)
                .bind(ROWS)
                .fetch_all(&mut tx)
                .await?;
            tx.commit().await?;
            rows.iter().map(blob).collect()
        })
        .await
    }

    async fn blob_swept(&self, key: &str) -> StoreResult<()> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            query("DELETE FROM blob WHERE key = $1 AND doomed_at IS NOT NULL").bind(key).execute(&mut tx).await?;
            tx.commit().await
        })
        .await
    }

    async fn blob_unknown(&self, keys: &[String]) -> StoreResult<Vec<String>> {
        let mut find = QueryBuilder::new("SELECT key FROM blob WHERE key IN ");
        push_list(&mut find, keys.iter().cloned());
        let rows = find.build().persistent(false).fetch_all(&mut self.reader().await?).await?;
        let known = rows.iter().map(|row| row.text("key")).collect::<StoreResult<HashSet<_>>>()?;
        Ok(keys.iter().filter(|key| !known.contains(*key)).cloned().collect())
    }

    async fn outputs_sweep(&self, kept_ms: i64, limit: u32) -> StoreResult<Vec<OutputsToSweep>> {
        let now = self.now();
        // Three indexed parts: what retention ends, attempts that were not accepted, and deleted jobs. A parse job whose
        // pages an extraction still waits for is kept, and outputs that a younger job shares.
        let rows = query(
            "SELECT id, product, status, attempt, 1 AS expired FROM job
             WHERE finished_at IS NOT NULL AND outputs_swept < 2 AND finished_at <= $1
                 AND NOT EXISTS (SELECT 1 FROM job AS reader WHERE reader.parse_job_id = job.id
                                 AND reader.status IN ('PENDING', 'RUNNING'))
                 AND NOT EXISTS (SELECT 1 FROM job AS sharer WHERE sharer.reused_from = job.id
                                 AND sharer.outputs_swept < 2)
             UNION ALL
             SELECT id, product, status, attempt, 0 AS expired FROM job
             WHERE finished_at IS NOT NULL AND outputs_swept = 0 AND finished_at <= $2 AND finished_at > $1
                 AND deleted_at IS NULL
             UNION ALL
             SELECT id, product, status, attempt, 1 AS expired FROM job
             WHERE deleted_at IS NOT NULL AND outputs_swept < 2 AND finished_at <= $2 AND finished_at > $1
                 AND NOT EXISTS (SELECT 1 FROM job AS reader WHERE reader.parse_job_id = job.id
                                 AND reader.status IN ('PENDING', 'RUNNING'))
                 AND NOT EXISTS (SELECT 1 FROM job AS sharer WHERE sharer.reused_from = job.id
                                 AND sharer.outputs_swept < 2)
             LIMIT $3",
        )
        .bind(now.plus_ms(-kept_ms).0)
        .bind(now.plus_ms(-STRAGGLERS_MS).0)
        .bind(i64::from(limit))
        .fetch_all(&mut self.reader().await?)
        .await?;
        rows.iter().map(outputs_to_sweep).collect()
    }

    async fn outputs_swept(&self, job: JobId, everything: bool) -> StoreResult<()> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let statement = match everything {
                true => "UPDATE job SET outputs_swept = 2, result = NULL WHERE id = $1 AND finished_at IS NOT NULL",
                false => {
                    "UPDATE job SET outputs_swept = 1 WHERE id = $1 AND finished_at IS NOT NULL AND outputs_swept = 0"
                }
            };
            query(statement).bind(job.uuid().to_string()).execute(&mut tx).await?;
            tx.commit().await
        })
        .await
    }
}

fn outputs_to_sweep(row: &Row) -> StoreResult<OutputsToSweep> {
    let accepted = row.named("status", JobStatus::from_text)? == JobStatus::Completed && !row.flag("expired")?;
    Ok(OutputsToSweep {
        job: JobId::from_uuid(row.product()?, row.uuid("id")?),
        attempts: row.count("attempt")?,
        keep_attempt: if accepted { Some(row.count("attempt")?) } else { None },
    })
}
