use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

/// Restricts itself and becomes a tool of a worker; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Confine {
    /// What the tool may do, as JSON; the program; its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROFILE PROGRAM ARGUMENT")]
    arguments: Vec<OsString>,
}

impl Confine {
    pub fn run(self) -> ExitCode {
        docmill_runner::confine::launch::run(self.arguments)
    }
}
