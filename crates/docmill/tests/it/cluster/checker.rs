//! Recounts everything from the rows and the bytes, and trusts no count that docmill keeps: nothing that was acknowledged is
//! lost, nothing is accepted twice, no lease is orphaned, and whatever is referred to is there. `compat/checker.py` asks the
//! same of a bucket.

use std::collections::BTreeMap;

use sqlx::Row;

use super::Cluster;

/// Every batch, also those of which no client ever heard.
const BATCHES: &str = "SELECT batch.id, status, total, completed, failed, cancelled, without_job,
    (SELECT COUNT(*) FROM batch_item WHERE batch_id = batch.id) AS items,
    (SELECT COUNT(DISTINCT job_id) FROM batch_item WHERE batch_id = batch.id) AS jobs,
    (SELECT COUNT(*) FROM batch_item JOIN job ON job.id = batch_item.job_id
     WHERE batch_item.batch_id = batch.id AND job.status = 'COMPLETED') AS done
    FROM batch";
/// Where the accepted attempt of each job wrote; a job that uses a result again points at another's.
const OUTPUTS: &str = "SELECT COALESCE(reused_from, id) || '-' || COALESCE(reused_attempt, attempt)
    FROM job WHERE status = 'COMPLETED'";
/// What must have no row at the end, and what a row would be.
const NOTHING: [(&str, &str); 4] = [
    ("SELECT id FROM job WHERE status IN ('PENDING', 'RUNNING')", "open jobs"),
    ("SELECT id FROM job WHERE worker IS NOT NULL OR lease_until IS NOT NULL", "orphaned leases"),
    ("SELECT lane.id FROM lane JOIN batch ON batch.id = lane.id", "lanes of batches that ended"),
    (
        "SELECT id FROM job WHERE batch_id IS NOT NULL
         AND id NOT IN (SELECT job_id FROM batch_item WHERE job_id IS NOT NULL)",
        "jobs of no item",
    ),
];

impl Cluster {
    pub async fn check(&self) {
        self.check_batches().await;
        for (sql, what) in NOTHING {
            assert_eq!(self.texts(sql).await, Vec::<String>::new(), "{what}");
        }
        for outputs in self.texts(OUTPUTS).await {
            let pages = self.home.path("blobs/outputs").join(&outputs).join("pages.jsonl");
            assert!(pages.is_file(), "no pages in {outputs}");
        }
        for key in self.texts("SELECT blob_key FROM file WHERE deleted_at IS NULL").await {
            assert!(self.home.path("blobs").join(&key).is_file(), "no bytes of {key}");
        }
    }

    async fn check_batches(&self) {
        let mut acknowledged: BTreeMap<_, _> = self.journal.iter().cloned().collect();
        assert_eq!(acknowledged.len(), self.journal.len(), "no batch was acknowledged twice");
        for row in self.query(BATCHES).await {
            let id: String = row.get("id");
            let count = |name: &str| row.get::<i64, _>(name);
            assert_eq!(row.get::<String, _>("status"), "COMPLETED", "{id}");
            for name in ["completed", "items", "jobs", "done"] {
                assert_eq!(count(name), count("total"), "{name} of {id}");
            }
            assert_eq!(count("failed") + count("cancelled") + count("without_job"), 0, "{id}");
            if let Some(files) = acknowledged.remove(&id) {
                assert_eq!(count("total"), i64::try_from(files).unwrap(), "{id}");
            }
        }
        assert!(acknowledged.is_empty(), "acknowledged, and lost: {acknowledged:?}");
    }

    /// The first column of every row.
    async fn texts(&self, sql: &'static str) -> Vec<String> {
        self.query(sql).await.iter().map(|row| row.get(0)).collect()
    }
}
