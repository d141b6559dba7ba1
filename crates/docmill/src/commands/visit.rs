//! A look into the store that the settings name, also beside a running server.

use docmill_model::ProjectId;
use docmill_store::{Keys, Role, SqlStore};

use crate::config::Config;
use crate::refusal::Refused;
use crate::stores;

pub struct Visit {
    pub store: SqlStore,
    pub project: ProjectId,
}

impl Visit {
    /// Opens the store, and makes it when there is none yet.
    pub async fn open(config: &Config) -> Refused<Self> {
        Self::of(stores::open(config, Role::Visitor).await?).await
    }

    /// Opens the store only when there is one.
    pub async fn open_existing(config: &Config) -> Refused<Option<Self>> {
        match stores::open_existing(config, Role::Visitor).await? {
            Some(store) => Self::of(store).await.map(Some),
            None => Ok(None),
        }
    }

    async fn of(store: SqlStore) -> Refused<Self> {
        let project = store.project_default().await?.id;
        Ok(Self { store, project })
    }
}
