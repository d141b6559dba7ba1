mod actions;
mod run;

use clap::Args;

use super::Common;
use crate::refusal::{Exit, Refusal, Refused};

/// Runs a configuration over files and folders, without a server
///
/// Results go to the output folder: `2024/a.pdf` becomes `2024/a.pdf.md`, `.txt`, `.json` (or `.extract.json`), and
/// `manifest.jsonl` has a line for each file. A run that was stopped goes on when the same command is given again;
/// files that are done and have not changed are not read again, failed ones are tried again.
///
/// With a subcommand: batches of a server. A folder that is called as one of them is written `./ls`.
///
/// Exit codes: 0 all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BatchCommand {
    #[command(flatten)]
    run: Option<run::Run>,
    #[command(subcommand)]
    action: Option<actions::Action>,
}

impl BatchCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        match (self.action, self.run) {
            (Some(action), _) => action.run(common).await,
            (None, Some(run)) => run.run(common).await,
            (None, None) => {
                Err(Refusal::usage("no files were given").hint("`docmill batch --help` says what to give."))
            }
        }
    }
}
