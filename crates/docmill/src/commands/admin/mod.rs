//! What an operator does by hand on the data folder of this machine's server.

mod backup;
mod copies;
mod drain;
mod queue;
mod restore;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Common;
use crate::refusal::{Exit, Refusal, Refused};

/// Care for the data folder of this machine's server: stuck jobs, priorities, an orderly stop, backup and restore
#[derive(Debug, Args)]
pub struct AdminCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List open jobs that somebody should look at: silent workers, long runs, long waits, repeated tries
    Stuck {
        /// How long a job may run or wait before it is listed
        #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
        older: u32,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Put jobs that wait or run back into the queue, due at once; what their workers still make of them is refused
    Requeue {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Let an open batch go before all of a lower priority, or stand back; all begin with 0
    Priority {
        #[arg(value_name = "BATCH")]
        id: String,
        #[arg(value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-100..=100))]
        priority: i32,
    },
    /// Stop the server in order (as SIGTERM does) and wait until it has ended
    Drain {
        /// Longest wait for its end
        #[arg(long, value_name = "SECONDS", default_value_t = 600)]
        wait: u32,
    },
    /// Copy database and files into a folder, also while the server runs; a folder with an older backup is brought up
    /// to date
    Backup {
        #[arg(value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Make the data folder (--data, which must not exist or be empty) of a backup
    Restore {
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
    },
}

impl AdminCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        let data = config.data_folder()?;
        let copies = matches!(self.action, Action::Drain { .. } | Action::Backup { .. } | Action::Restore { .. });
        if copies && config.store.is_shared() {
            return Err(Refusal::usage("this command is for the built-in database").hint(
                "Stop processes with SIGTERM, and copy a PostgreSQL database with its own tools: docs/OPERATING.md.",
            ));
        }
        match self.action {
            Action::Stuck { older, limit } => queue::stuck(&config, older, limit, common.json).await?,
            Action::Requeue { ids } => queue::requeue(&config, &ids, common.json).await?,
            Action::Priority { id, priority } => queue::prioritise(&config, &id, priority, common.json).await?,
            Action::Drain { wait } => drain::run(&data, Duration::from_secs(wait.into())).await?,
            Action::Backup { to } => backup::run(&config, &data, &to, common.json).await?,
            Action::Restore { from } => restore::run(&from, &data, common.json).await?,
        }
        Ok(Exit::Done)
    }
}
