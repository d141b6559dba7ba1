//! The command line: what each command takes is beside what it does.

mod admin;
mod batch;
mod chosen;
mod completions;
mod config;
mod confine;
mod diff;
mod dir;
mod doctor;
mod explained;
mod extract;
mod extracted;
mod fields_table;
mod file;
mod job;
mod key;
mod man;
mod migrate;
mod openapi;
mod parse;
mod project;
mod reach;
mod reader;
mod serve;
mod told;
mod unpack;
mod visit;
mod watch;
mod webhook;
mod worker;

use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};

use crate::config::Config;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::Voice;

/// Turns documents into markdown, text and data: one by one, in batches, or as a server.
#[derive(Debug, Parser)]
#[command(name = "docmill", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Settings file; see config.default.toml for all settings
    #[arg(long, global = true, value_name = "FILE", env = "DOCMILL_CONFIG_FILE", hide_env = true)]
    pub config_file: Option<PathBuf>,
    /// The server's data folder, where keys and configurations are kept
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Another database than the built-in one: postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub database: Option<String>,
    /// Where bytes are kept with it: s3://BUCKET, gs://..., az://... or file:///FOLDER
    #[arg(long, global = true, value_name = "PLACE", hide_short_help = true)]
    pub blobs: Option<String>,
    /// Machine-readable output on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress and no summary; errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Batch(batch::BatchCommand),
    Parse(parse::Parse),
    Extract(extract::Extract),
    Watch(watch::Watch),
    Diff(diff::Diff),
    Serve(serve::Serve),
    Worker(worker::Worker),
    Migrate(migrate::Migrate),
    Dir(dir::DirCommand),
    File(file::FileCommand),
    Job(job::JobCommand),
    Config(config::ConfigCommand),
    Key(key::KeyCommand),
    Webhook(webhook::WebhookCommand),
    Project(project::ProjectCommand),
    Admin(admin::AdminCommand),
    Doctor(doctor::Doctor),
    Openapi(openapi::Openapi),
    Completions(completions::Completions),
    Man(man::Man),
    Reader(reader::Reader),
    Confine(confine::Confine),
    Unpack(unpack::Unpack),
}

impl Cli {
    pub fn run(self) -> Refused<ExitCode> {
        let common = self.common;
        let exit = match self.command {
            Command::Batch(command) => runtime(command.run(&common)),
            Command::Parse(command) => runtime(command.run(&common)),
            Command::Extract(command) => runtime(command.run(&common)),
            Command::Watch(command) => runtime(command.run(&common)),
            Command::Diff(command) => command.run(&common),
            Command::Serve(command) => runtime(command.run(&common)),
            Command::Worker(command) => runtime(command.run(&common)),
            Command::Migrate(command) => runtime(command.run(&common)),
            Command::Dir(command) => runtime(command.run(&common)),
            Command::File(command) => runtime(command.run(&common)),
            Command::Job(command) => runtime(command.run(&common)),
            Command::Config(command) => runtime(command.run(&common)),
            Command::Key(command) => runtime(command.run(&common)),
            Command::Webhook(command) => runtime(command.run(&common)),
            Command::Project(command) => runtime(command.run(&common)),
            Command::Admin(command) => runtime(command.run(&common)),
            Command::Doctor(command) => runtime(command.run(&common)),
            Command::Openapi(command) => return command.run().map(ExitCode::from),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
            Command::Reader(command) => return Ok(command.run()),
            Command::Confine(command) => return Ok(command.run()),
            Command::Unpack(command) => return Ok(command.run()),
        };
        exit.map(ExitCode::from)
    }
}

impl Common {
    /// The settings, with this command's own options as the highest layer.
    pub fn config(&self, flags: &[(&str, Value)]) -> Refused<Config> {
        let mut flags = flags.to_vec();
        if let Some(data) = &self.data {
            flags.push(("data", json!(data)));
        }
        flags.extend(self.database.iter().map(|database| ("store.database", json!(database))));
        flags.extend(self.blobs.iter().map(|blobs| ("store.blobs", json!(blobs))));
        Config::load(self.config_file.as_deref(), &flags)
    }

    /// The settings of a command with `--workers`.
    pub fn config_with_workers(&self, workers: Option<usize>) -> Refused<Config> {
        self.config_of_run(workers, None)
    }

    /// The settings of a command with `--workers` and `--chunk-tokens`.
    pub fn config_of_run(&self, workers: Option<usize>, chunk_tokens: Option<u32>) -> Refused<Config> {
        let mut flags: Vec<_> = workers.map(|workers| ("workers", json!(workers))).into_iter().collect();
        flags.extend(chunk_tokens.map(|tokens| ("chunks.target_tokens", json!(tokens))));
        self.config(&flags)
    }

    pub const fn voice(&self) -> Voice {
        Voice { quiet: self.quiet, json: self.json }
    }
}

fn runtime(work: impl Future<Output = Refused<Exit>>) -> Refused<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::io("start the threads of the program", &error))?;
    let ended = runtime.block_on(work);
    // A blocked write or a stuck tool must not keep the program from ending.
    runtime.shutdown_background();
    ended
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
