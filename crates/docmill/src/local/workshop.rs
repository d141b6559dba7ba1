//! The store, the files and the workers of an output folder: `OUT/.docmill/`.

use std::path::Path;
use std::sync::Arc;

use docmill_model::ProjectId;
use docmill_model::limits::RunLimits;
use docmill_runner::Runner;
use docmill_runner::confine::Isolation;
use docmill_store::blobs::Blobs;
use docmill_store::{Admin, Clock, Keys, Queue, Role, SqlStore, SteadyClock, Store, StoreError};

use crate::config::Config;
use crate::refusal::{Refusal, Refused};
use crate::workers;

const FOLDER: &str = ".docmill";

pub struct Workshop {
    pub store: Arc<dyn Store>,
    pub blobs: Blobs,
    pub project: ProjectId,
    clock: Arc<dyn Clock>,
}

impl Workshop {
    /// Opens the folder's store, alone: a second run on the same folder is refused. Jobs that a killed run held are
    /// free again afterwards.
    pub async fn open(out: &Path) -> Refused<Self> {
        let folder = out.join(FOLDER);
        std::fs::create_dir_all(&folder)
            .map_err(|error| Refusal::io(format!("make the folder `{}`", folder.display()), &error))?;
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::default());
        let opened = SqlStore::sqlite(&folder.join("docmill.sqlite"), clock.clone(), Role::Owner).await;
        let store = opened.map_err(|error| match error {
            StoreError::Refused(failure) => {
                Refusal::failed(format!("`{}` is in use: {}", out.display(), failure.message))
                    .hint("Wait for the other run to end, or give another output folder with -o.")
            }
            other => other.into(),
        })?;
        let blobs = Blobs::local(&folder.join("blobs"))?;
        let project = store.project_default().await?.id;
        store.job_release_all().await?;
        store.job_hurry(RunLimits::default().retry_longest_ms).await?;
        let store: Arc<dyn Store> = Arc::new(store);
        Ok(Self { store, blobs, project, clock })
    }

    pub async fn start_workers(&self, config: &Config) -> Refused<Runner> {
        // A run is often one short file: what is missing of isolation is the doctor's to say, not every run's.
        if config.isolation == Isolation::Required {
            workers::demand_isolation(config).await?;
        }
        let mut settings = workers::settings(config)?;
        // Results stay until the user deletes the folder: a rerun must find what was done.
        settings.limits.results_kept_ms = i64::MAX / 4;
        Ok(workers::start(self.store.clone(), self.blobs.clone(), self.clock.clone(), settings))
    }
}
