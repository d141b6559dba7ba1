use clap::{Args, Command, CommandFactory};
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
        clap_complete::generate(self.shell, &mut for_people(), "docmill", &mut script);
        data(&script)?;
        Ok(Exit::Done)
    }
}

/// The command line without its hidden commands, which the generator would offer.
fn for_people() -> Command {
    let all = super::Cli::command();
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect::<Vec<_>>();
    Command::new("docmill").version(env!("CARGO_PKG_VERSION")).args(all.get_arguments().cloned()).subcommands(shown)
}
