use std::process::ExitCode;

use clap::Args;

/// Reads documents for a worker over stdin and stdout; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Reader {}

impl Reader {
    #[expect(clippy::unused_self, reason = "every command is run the same way")]
    pub fn run(self) -> ExitCode {
        docmill_runner::reader::child::run()
    }
}
