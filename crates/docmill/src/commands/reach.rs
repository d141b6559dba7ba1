//! Whether the database and the storage that several machines share are there, for `docmill doctor`.

use docmill_store::{PostgresSettings, SqlStore};

use crate::config::Config;
use crate::refusal::{Refusal, Refused};
use crate::stores;

/// What an object is made of that is written and deleted again.
const PROBE: &[u8] = b"docmill doctor";

/// What was reached, and how; nothing is made in either.
pub async fn shared(config: &Config) -> Vec<(&'static str, Refused<String>)> {
    let mut found = Vec::new();
    if config.store.is_shared() {
        found.push(("database", database(config).await));
    }
    if !config.store.blobs.is_empty() {
        found.push(("blobs", blobs(config).await));
    }
    found
}

async fn database(config: &Config) -> Refused<String> {
    let settings = PostgresSettings { migrate: false, ..stores::postgres(config)? };
    SqlStore::postgres(&settings, None).await?;
    Ok("it answers, and has this version's tables".to_owned())
}

async fn blobs(config: &Config) -> Refused<String> {
    let place = &config.store.blobs;
    let (blobs, key) = (stores::blobs(config)?, format!("doctor/{}", uuid::Uuid::new_v4().simple()));
    blobs.put(&key, PROBE.into()).await?;
    let read = blobs.get(&key).await?;
    blobs.delete(&key).await?;
    match read {
        Some(bytes) if bytes == PROBE => Ok(format!("an object was written, read and deleted at {place}")),
        _ => Err(Refusal::failed(format!("what was written at {place} did not come back"))),
    }
}
