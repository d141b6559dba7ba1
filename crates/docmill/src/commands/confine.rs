use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

/// Limits itself and becomes a tool; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Confine {
    /// The worker's process id, bytes of memory, the program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "WORDS")]
    words: Vec<OsString>,
}

impl Confine {
    pub fn run(self) -> ExitCode {
        docmill_runner::tools::confine::run(self.words.into_iter())
    }
}
