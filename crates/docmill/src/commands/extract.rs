use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::chosen::{of_parameters, read_file};
use super::parse::one_to_stdout;
use super::{Common, fields_table};
use crate::local::{self, Look, Order};
use crate::logs;
use crate::refusal::{Exit, Refusal, Refused};

/// Fills a JSON Schema from documents: one file to stdout, or files and folders into an output folder
///
/// The answer has `extract_result`, which follows the schema, and `extract_metadata` with the source and the
/// confidence of every value. What is not found is null.
///
/// Exit codes: 0 all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
#[derive(Debug, Args)]
pub struct Extract {
    /// Files and folders; without -o one file
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// JSON Schema of the data: a JSON or TOML file
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,
    /// Output folder; a rerun does only what is missing, failed or changed
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// cost_effective, agentic or agentic_plus
    #[arg(long, default_value = "agentic", value_name = "TIER")]
    tier: String,
    /// Pages to read, such as 1,3,5-8; all by default
    #[arg(long, value_name = "PAGES")]
    pages: Option<String>,
    /// A table of field, value, confidence and page on stdout instead of JSON
    #[arg(long, conflicts_with = "out")]
    table: bool,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Extract {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config_with_workers(self.workers)?;
        logs::start_beside_progress(&config.log)?;
        let chosen = of_parameters(&self.parameters()?)?;
        let mut order = Order {
            formats: Vec::new(),
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
            None => one_to_stdout(order, self.table.then_some(fields_table::of as Look)).await,
        }
    }

    fn parameters(&self) -> Refused<Value> {
        let schema = read_file(&self.schema)?;
        docmill_model::schema::check(&schema)
            .map_err(|failure| Refusal::usage(format!("{}: {}", self.schema.display(), failure.message)))?;
        let mut parameters = json!({
            "product_type": "extract_v2",
            "data_schema": schema,
            "tier": self.tier,
            "cite_sources": true,
            "confidence_scores": true,
        });
        if let Some(pages) = &self.pages {
            parameters["target_pages"] = json!(pages);
        }
        Ok(parameters)
    }
}
