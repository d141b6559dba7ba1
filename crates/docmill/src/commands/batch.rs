use std::path::PathBuf;

use clap::Args;

use super::Common;
use super::chosen::choose;
use crate::local::{self, Format, Order, formats_of};
use crate::logs;
use crate::refusal::{Exit, Refused};

/// Runs a configuration over files and folders, without a server
///
/// Results go to the output folder: `2024/a.pdf` becomes `2024/a.pdf.md`, `.txt`, `.json` (or `.extract.json`), and
/// `manifest.jsonl` has a line for each file. A run that was stopped goes on when the same command is given again;
/// files that are done and have not changed are not read again, failed ones are tried again.
///
/// Exit codes: 0 all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
#[derive(Debug, Args)]
pub struct Batch {
    /// Files and folders; folders are read with everything below them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Preset (cfg-PARSE_AGENTIC), file with parameters, or id or name of a saved configuration
    #[arg(long, value_name = "CONFIG")]
    config: String,
    /// Output folder
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// What to write for each parsed file; all by default
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    format: Vec<Format>,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Batch {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config_with_workers(self.workers)?;
        logs::start_beside_progress(&config.log)?;
        let chosen = choose(&self.config, &config).await?;
        let order = Order {
            formats: formats_of(&chosen.options, &self.format)?,
            paths: self.paths,
            out: self.out,
            options: chosen.options,
            configuration: chosen.id,
            voice: common.voice(),
            config,
        };
        local::run(&order).await
    }
}
