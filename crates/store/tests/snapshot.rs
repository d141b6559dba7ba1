//! A copy of a SQLite store in use.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::sync::Arc;

use docmill_store::conformance::{Ground, ManualClock};
use docmill_store::{Admin, Role, SqlStore};
use tempfile::TempDir;

async fn open() -> (TempDir, Arc<ManualClock>, SqlStore) {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(ManualClock::default()));
    let store = SqlStore::sqlite(&folder.path().join("store.db"), clock.clone(), Role::Owner).await.unwrap();
    (folder, clock, store)
}

#[tokio::test]
async fn a_snapshot_is_the_store_at_its_moment() {
    let (folder, clock, store) = open().await;
    let ground = Ground::new(&store, &clock).await;
    ground.batch(2).await;
    let path = folder.path().join("snapshot.db");
    store.snapshot_into(&path).await.unwrap();
    assert!(store.snapshot_into(&path).await.is_err(), "a file that is there is not written over");
    ground.batch(1).await;
    let copy = SqlStore::sqlite(&path, clock.clone(), Role::Visitor).await.unwrap();
    assert_eq!((copy.batch_ids().await.unwrap().len(), copy.integrity().await.unwrap()), (1, None));
    let kept: Vec<_> = copy.kept_objects().await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|object| object.key.starts_with("files/")), "{kept:?}");
    copy.close().await.unwrap();
    assert!(!folder.path().join("snapshot.db-wal").exists());
    assert_eq!(SqlStore::owner(&folder.path().join("store.db")).unwrap(), Some(std::process::id()));
    assert_eq!(SqlStore::owner(&path).unwrap(), None);
}
