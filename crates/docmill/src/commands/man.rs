use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::refusal::{Exit, Refusal, Refused};

/// Writes a man page for every command into a folder
///
/// docmill man ~/.local/share/man/man1, then: man docmill-batch
#[derive(Debug, Args)]
pub struct Man {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub fn run(self) -> Refused<Exit> {
        let folder = &self.folder;
        let refuse = |error| Refusal::io(format!("write man pages to `{}`", folder.display()), &error);
        std::fs::create_dir_all(folder).map_err(refuse)?;
        clap_mangen::generate_to(super::Cli::command(), folder).map_err(refuse)?;
        Ok(Exit::Done)
    }
}
