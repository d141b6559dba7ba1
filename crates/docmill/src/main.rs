//! The `docmill` program: every command in a file of its own under `commands/`.

mod buckets;
mod client;
mod commands;
mod config;
mod diff;
mod local;
mod logs;
mod refusal;
mod remote;
mod secret;
mod stores;
mod telemetry;
mod terminal;
mod workers;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    match cli.run() {
        Ok(exit) => exit,
        Err(refusal) => {
            terminal::tell(&refusal.to_string());
            refusal.exit.into()
        }
    }
}
