use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::refusal::{Exit, Refused};
use crate::terminal::data;

/// Prints what a shell needs to complete docmill's commands
///
/// bash: docmill completions bash > ~/.local/share/bash-completion/completions/docmill
#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Refused<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), "docmill", &mut script);
        data(&script)?;
        Ok(Exit::Done)
    }
}
