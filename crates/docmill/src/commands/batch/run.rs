use std::path::PathBuf;

use clap::Args;

use crate::commands::Common;
use crate::commands::chosen::choose;
use crate::local::{self, Format, Order, formats_of};
use crate::logs;
use crate::refusal::{Exit, Refused};

#[derive(Debug, Args)]
pub struct Run {
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

impl Run {
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
