use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Common;
use super::chosen::choose;
use crate::local::{Format, Order, Patience, formats_of, watch};
use crate::logs;
use crate::refusal::{Exit, Refusal, Refused};

/// Seconds that a file may be asked to be still.
const SETTLE_MAX: f64 = 3_600.0;

/// Watches folders and runs a configuration over every file that comes, once it is written whole
///
/// A file is read when its size and time have not changed for a while. Each is done once, also after a restart; one
/// that failed is not tried again until it changes (`docmill batch` with the same -o tries it again).
///
/// Exit codes: 0 ended by ctrl-c or with all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted in a run.
#[derive(Debug, Args)]
pub struct Watch {
    /// Folders; they are read with everything below them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Preset (cfg-PARSE_AGENTIC), file with parameters, or id or name of a saved configuration
    #[arg(long, value_name = "CONFIG")]
    config: String,
    /// Output folder
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// What to write for each parsed file; md, text and json by default
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    format: Vec<Format>,
    /// Seconds without a change after which a file counts as written
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    settle: f64,
    /// End when every file that is there is done
    #[arg(long)]
    once: bool,
    /// Size of chunks in estimated tokens, for --format chunks
    #[arg(long, value_name = "N")]
    chunk_tokens: Option<u32>,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Watch {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        if !(0.0..=SETTLE_MAX).contains(&self.settle) {
            return Err(Refusal::usage(format!("--settle must be from 0 to {SETTLE_MAX} seconds")));
        }
        let config = common.config_of_run(self.workers, self.chunk_tokens)?;
        logs::start_beside_progress(&config.log)?;
        let chosen = choose(&self.config, &config).await?;
        let order = Order {
            formats: formats_of(&chosen.options, &self.format)?,
            paths: self.paths,
            inputs: None,
            out: self.out,
            options: chosen.options,
            configuration: chosen.id,
            voice: common.voice(),
            config,
            retry_failed: false,
        };
        watch(order, Patience { settle: Duration::from_secs_f64(self.settle), once: self.once }).await
    }
}
