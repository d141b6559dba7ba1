//! Opens what the settings name: the database and the blobs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use docmill_store::blobs::Blobs;
use docmill_store::{PostgresSettings, Role, SqlStore, SteadyClock};

use crate::config::Config;
use crate::refusal::{Refusal, Refused};

/// Name of the built-in database in a data folder.
pub const DATABASE: &str = "docmill.sqlite";
/// Name of the folder of blobs in a data folder.
const BLOBS: &str = "blobs";
const FILE: &str = "file://";

/// The database; it is made when there is none yet.
pub async fn open(config: &Config, role: Role) -> Refused<SqlStore> {
    if config.store.is_shared() {
        return Ok(SqlStore::postgres(&postgres(config)?, None).await?);
    }
    let data = data_folder(config)?;
    Ok(SqlStore::sqlite(&data.join(DATABASE), Arc::new(SteadyClock::default()), role).await?)
}

/// The database, only when there is one.
pub async fn open_existing(config: &Config, role: Role) -> Refused<Option<SqlStore>> {
    if config.store.is_shared() || config.data_folder()?.join(DATABASE).is_file() {
        return open(config, role).await.map(Some);
    }
    Ok(None)
}

/// The settings of a PostgreSQL database. Refuses an address of anything else.
pub fn postgres(config: &Config) -> Refused<PostgresSettings> {
    let store = &config.store;
    if !["postgres://", "postgresql://"].iter().any(|scheme| store.database.starts_with(scheme)) {
        // Not shown: an address may hold a password.
        return Err(Refusal::usage("the address of the database must begin with postgres://")
            .hint("Leave --database out for the built-in one."));
    }
    Ok(PostgresSettings { url: store.database.clone(), connections_max: store.connections_max, migrate: store.migrate })
}

pub fn blobs(config: &Config) -> Refused<Blobs> {
    let place = config.store.blobs.as_str();
    if place.is_empty() {
        return Ok(Blobs::local(&data_folder(config)?.join(BLOBS))?);
    }
    if let Some(folder) = place.strip_prefix(FILE) {
        return match Path::new(folder).is_absolute() {
            true => Ok(Blobs::local(Path::new(folder))?),
            false => Err(Refusal::usage(format!("`{place}` is no folder: write file:///FOLDER with three slashes"))),
        };
    }
    Blobs::remote(place).map_err(|why| {
        Refusal::usage(format!("the blobs cannot be kept at `{place}`: {why}"))
            .hint("Give s3://BUCKET/PREFIX, gs://..., az://... or file:///FOLDER.")
    })
}

/// The data folder, made when it is not there.
pub fn data_folder(config: &Config) -> Refused<PathBuf> {
    let data = config.data_folder()?;
    std::fs::create_dir_all(&data)
        .map_err(|error| Refusal::io(format!("make the data folder `{}`", data.display()), &error))?;
    Ok(data)
}
