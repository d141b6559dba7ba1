//! A consistent copy of the database while others use it, and what of the file storage belongs to it.

use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use docmill_model::results::JobResult;
use docmill_model::{Code, JobId, Product};

use super::SqlStore;
use crate::database::{Database, errors, query};
use crate::error::{StoreError, StoreResult};
use crate::records::outputs_prefix;

/// An object of the file storage that rows refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptObject {
    pub key: String,
    /// `None`: whatever it has.
    pub bytes: Option<u64>,
    /// Of uploaded files.
    pub sha256: Option<String>,
}

impl SqlStore {
    /// Writes all that is committed now into a new file at `path`, durably. Others read and write meanwhile. Refused with
    /// `NOT_USABLE` on PostgreSQL, which has tools of its own for that.
    pub async fn snapshot_into(&self, path: &Path) -> StoreResult<()> {
        if matches!(self.database, Database::Postgres { .. }) {
            let message = "Only the built-in database is copied this way; use pg_dump for PostgreSQL.";
            return Err(StoreError::refused(Code::NotUsable, message));
        }
        let name = path.to_str().ok_or_else(|| StoreError::Corrupt(format!("`{}` is no text", path.display())))?;
        query("VACUUM INTO $1").bind(name).execute(&mut self.reader().await?).await?;
        File::open(path).and_then(|file| file.sync_all()).map_err(errors::unavailable)
    }

    /// Every object that this store's rows promise: uploaded files, and the results of jobs that are kept.
    pub async fn kept_objects(&self) -> StoreResult<Vec<KeptObject>> {
        let mut reader = self.reader().await?;
        let blobs = query("SELECT key, sha256, bytes FROM blob WHERE doomed_at IS NULL").fetch_all(&mut reader).await?;
        let mut kept = Vec::new();
        for row in blobs {
            let (bytes, sha256) = (Some(row.size("bytes")?), Some(row.text("sha256")?));
            kept.push(KeptObject { key: row.text("key")?, bytes, sha256 });
        }
        // Outputs of a deleted job stay for those that took its result over.
        let jobs = query(
            "SELECT id, product, attempt, result FROM job
             WHERE status = 'COMPLETED' AND outputs_swept < 2 AND result IS NOT NULL AND reused_from IS NULL
                 AND (deleted_at IS NULL OR EXISTS (SELECT 1 FROM job AS sharer WHERE sharer.reused_from = job.id
                                                    AND sharer.outputs_swept < 2 AND sharer.deleted_at IS NULL))",
        );
        for row in jobs.fetch_all(&mut reader).await? {
            let product = row.product()?;
            let prefix = outputs_prefix(JobId::from_uuid(product, row.uuid("id")?), row.count("attempt")?);
            outputs(&mut kept, &prefix, product, &row.json("result")?);
        }
        Ok(kept)
    }

    /// Whether the database file is whole, as SQLite sees it; its complaint when it is not.
    pub async fn integrity(&self) -> StoreResult<Option<String>> {
        let row = query("PRAGMA integrity_check(1)").fetch_one(&mut self.reader().await?).await?;
        let said = row.text("integrity_check")?;
        Ok((said != "ok").then_some(said))
    }

    /// Ends all connections and merges the write-ahead log, so that the file alone is the store.
    pub async fn close(self) -> StoreResult<()> {
        self.database.close().await
    }

    /// The process that owns the store at `path`, when one does.
    pub fn owner(path: &Path) -> StoreResult<Option<u32>> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let mut file = match File::open(PathBuf::from(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(errors::unavailable(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(errors::unavailable(error)),
        }
        let mut process = String::new();
        file.read_to_string(&mut process).map_err(errors::unavailable)?;
        process.parse().map(Some).map_err(|_| StoreError::Corrupt("the lock names no process".to_owned()))
    }
}

fn outputs(kept: &mut Vec<KeptObject>, prefix: &str, product: Product, result: &JobResult) {
    let mut keep = |name: &str, bytes| {
        kept.push(KeptObject { key: format!("{prefix}/{name}"), bytes, sha256: None });
    };
    // An extraction from another job's pages has none of its own.
    if let Some(bytes) = result.page_offsets.last() {
        keep("pages.jsonl", Some(*bytes));
    }
    for asset in &result.assets {
        keep(&format!("assets/{}", asset.name), Some(asset.bytes));
    }
    if product == Product::Extract {
        keep("extract.json", None);
    }
}
