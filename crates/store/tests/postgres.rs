//! The store on a real PostgreSQL: the suite that every backend passes, and what only several processes can show.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::sync::Arc;

use docmill_store::conformance::ManualClock;
use docmill_store::{PostgresSettings, SqlStore};
use docmill_testkit::postgres;

fn settings(url: String) -> PostgresSettings {
    PostgresSettings { url, connections_max: 4, migrate: true }
}

/// A store in a database of its own, and the database's address.
async fn open(clock: Arc<ManualClock>) -> (String, SqlStore) {
    let url = postgres::database().await;
    let store = SqlStore::postgres(&settings(url.clone()), Some(clock)).await.unwrap();
    (url, store)
}

docmill_store::conformance_suite!(open);
