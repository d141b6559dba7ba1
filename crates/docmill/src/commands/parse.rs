use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Common;
use super::chosen::of_parameters;
use crate::local::{self, Format, Look, Order, formats_of};
use crate::logs;
use crate::refusal::{Exit, Refusal, Refused};

/// Reads documents: one file to stdout as markdown, or files and folders into an output folder
///
/// Exit codes: 0 all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
#[derive(Debug, Args)]
pub struct Parse {
    /// Files and folders; without -o one file
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Output folder; a rerun does only what is missing, failed or changed
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to write; md, text and json with -o, else md
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    format: Vec<Format>,
    /// fast, cost_effective, agentic or agentic_plus; see `docmill doctor` for what each does here
    #[arg(long, default_value = "agentic", value_name = "TIER")]
    tier: String,
    /// Pages to read, such as 1,3,5-8; all by default
    #[arg(long, value_name = "PAGES")]
    pages: Option<String>,
    /// Size of chunks in estimated tokens, for --format chunks
    #[arg(long, value_name = "N")]
    chunk_tokens: Option<u32>,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Parse {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config_of_run(self.workers, self.chunk_tokens)?;
        logs::start_beside_progress(&config.log)?;
        let mut parameters = json!({"product_type": "parse_v2", "tier": self.tier, "version": "latest"});
        if let Some(pages) = &self.pages {
            parameters["page_ranges"] = json!({"target_pages": pages});
        }
        let chosen = of_parameters(&parameters)?;
        let mut asked = self.format;
        if self.out.is_none() && asked.is_empty() {
            asked.push(match (common.json, self.tier.as_str()) {
                (true, _) => Format::Json,
                (false, "fast") => Format::Text,
                _ => Format::Md,
            });
        }
        let mut order = Order {
            formats: formats_of(&chosen.options, &asked)?,
            paths: self.paths,
            out: PathBuf::new(),
            options: chosen.options,
            configuration: chosen.id,
            voice: common.voice(),
            config,
            inputs: None,
            retry_failed: true,
        };
        match self.out {
            Some(out) => {
                order.out = out;
                local::run(&order).await
            }
            None if asked.len() > 1 => {
                Err(Refusal::usage("only one format fits on stdout").hint("Give an output folder with -o."))
            }
            None => one_to_stdout(order, Look::AsIs).await,
        }
    }
}

/// Runs an order that must be about one file.
pub async fn one_to_stdout(order: Order, look: Look) -> Refused<Exit> {
    match order.paths.as_slice() {
        [path] if !path.is_dir() => local::run_one(order, look).await,
        _ => Err(Refusal::usage("only one file's result fits on stdout").hint("Give an output folder with -o.")),
    }
}
