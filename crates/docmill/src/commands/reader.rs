use std::process::ExitCode;

use clap::Args;

/// Reads documents for a worker over stdin and stdout; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Reader {
    /// Say what the kernel keeps a reader from, and end
    #[arg(long)]
    check: bool,
}

impl Reader {
    pub fn run(self) -> ExitCode {
        if self.check { docmill_runner::confine::check::run() } else { docmill_runner::reader::child::run() }
    }
}
