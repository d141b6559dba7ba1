//! A look into the data folder's store, also beside a running server.

use std::path::Path;
use std::sync::Arc;

use docmill_model::ProjectId;
use docmill_store::sqlite::{Role, SqliteStore};
use docmill_store::{Keys, SystemClock};

use crate::refusal::{Refusal, Refused};

/// Name of the database in a data folder.
pub const DATABASE: &str = "docmill.sqlite";

pub struct Visit {
    pub store: SqliteStore,
    pub project: ProjectId,
}

impl Visit {
    /// Opens the store of this data folder, and makes it when there is none yet.
    pub async fn open(data: &Path) -> Refused<Self> {
        std::fs::create_dir_all(data)
            .map_err(|error| Refusal::io(format!("make the data folder `{}`", data.display()), &error))?;
        let store = SqliteStore::open(&data.join(DATABASE), Arc::new(SystemClock), Role::Visitor).await?;
        let project = store.project_default().await?.id;
        Ok(Self { store, project })
    }

    /// Opens the store only when there is one.
    pub async fn open_existing(data: &Path) -> Refused<Option<Self>> {
        if data.join(DATABASE).is_file() { Self::open(data).await.map(Some) } else { Ok(None) }
    }
}
