use std::process::ExitCode;

use clap::Args;

/// Reads documents for a worker over stdin and stdout; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Reader {}

impl Reader {
    pub fn run(self) -> ExitCode {
        docmill_runner::reader::child::run()
    }
}
