//! Bytes without a row: what a process leaves that dies between a put and its row, or in the middle of a put.

use docmill_model::Timestamp;

use crate::blobs::Blobs;
use crate::error::StoreResult;
use crate::traits::Upkeep;

/// Objects that one question to the store is about.
const KEYS: usize = 500;

/// Deletes uploaded objects that no row knows and uploads that never ended, if they were written before `before`:
/// newer ones may be about to get their row. A day is plenty. Answers how many were deleted.
pub async fn sweep_orphans(blobs: &Blobs, store: &dyn Upkeep, before: Timestamp) -> StoreResult<u32> {
    let old: Vec<String> = blobs
        .list("files")
        .await?
        .into_iter()
        .filter(|entry| entry.modified_ms < before.0)
        .map(|entry| entry.key)
        .collect();
    let mut count = 0;
    for part in old.chunks(KEYS) {
        for key in store.blob_unknown(part).await? {
            blobs.delete(&key).await?;
            count += 1;
        }
    }
    Ok(count + blobs.delete_unfinished(before).await?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::records::{BlobRef, Content, FileCreated, NewFile};
    use crate::traits::{Files, Keys};
    use crate::{Role, SqlStore};

    #[tokio::test]
    async fn bytes_without_a_row_go_and_all_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(&folder.path().join("blobs")).unwrap();
        let store =
            SqlStore::sqlite(&folder.path().join("store.db"), Arc::new(SystemClock), Role::Owner).await.unwrap();
        let [known, orphan] = [Blobs::new_file_key("aa"), Blobs::new_file_key("aa")];
        for key in [&known, &orphan, "outputs/j/1/pages.jsonl"] {
            blobs.put(key, Bytes::from_static(b"x")).await.unwrap();
        }
        let content = Content::Blob(BlobRef { key: known.clone(), sha256: "aa".to_owned(), bytes: 1 });
        let project = store.project_default().await.unwrap().id;
        let (name, purpose) = ("a".to_owned(), "user_data".to_owned());
        let made = store
            .file_create(NewFile { project, name, external_file_id: None, purpose, content, once: None })
            .await
            .unwrap();
        assert!(matches!(made, FileCreated::New(_)));
        // What a process leaves that was killed in a put: the staged file of the storage.
        let staged = blobs.local_path(&orphan).unwrap().with_file_name("aa-dead#1");
        std::fs::write(&staged, b"half").unwrap();

        let now = SystemClock.now();
        assert_eq!(sweep_orphans(&blobs, &store, now.plus_ms(-60_000)).await.unwrap(), 0, "too young");
        assert_eq!(sweep_orphans(&blobs, &store, now.plus_ms(60_000)).await.unwrap(), 2);
        assert!(blobs.get(&orphan).await.unwrap().is_none() && !staged.exists());
        for key in [&known, "outputs/j/1/pages.jsonl"] {
            assert!(blobs.get(key).await.unwrap().is_some(), "{key}");
        }
    }
}
