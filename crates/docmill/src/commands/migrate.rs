use clap::Args;
use docmill_store::{PostgresSettings, SqlStore};

use super::Common;
use crate::refusal::{Exit, Refusal, Refused};
use crate::stores;
use crate::terminal::tell;

/// Brings the schema of a PostgreSQL database up to date
///
/// Servers and workers do it themselves when they start, one of them for all, unless the setting store.migrate is
/// false. The built-in database is brought up to date whenever it is opened.
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        if !config.store.is_shared() {
            return Err(Refusal::usage("there is nothing to migrate: no PostgreSQL database is given")
                .hint("Give one with --database postgres://..."));
        }
        let settings = PostgresSettings { migrate: true, ..stores::postgres(&config)? };
        SqlStore::postgres(&settings, None).await?;
        tell("the database's schema is up to date");
        Ok(Exit::Done)
    }
}
