use std::path::{Path, PathBuf};

use clap::Args;
use docmill_model::document::PageOutcome;
use docmill_model::options::JobOptions;
use docmill_wire::extract::ExplainedField;
use docmill_wire::outputs::ManifestLine;
use serde_json::{Value, json};

use super::chosen::{of_parameters, read_file};
use super::extracted::{self, TableFormat};
use super::parse::one_to_stdout;
use super::{Common, explained, fields_table};
use crate::local::{self, Look, Order, interrupted};
use crate::logs;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::data;

/// What a schema looks like, for those whose file is none.
const LOOKS: &str = r#"A schema is JSON such as {"type": "object", "properties": {"total": {"type": "number"}}}."#;

/// Fills a JSON Schema from documents: one file to stdout, or files and folders into an output folder
///
/// The answer has `extract_result`, which follows the schema, and `extract_metadata` with the source and the
/// confidence of every value. What is not found is null.
///
/// Exit codes: 0 all done, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
#[derive(Debug, Args)]
pub struct Extract {
    /// Files and folders; without -o one file, or several with one --format
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
    /// A table of field, value, confidence and page on stdout instead of JSON; of several files what was found in each
    #[arg(long)]
    table: bool,
    /// All files as one table, a row a file: extract.jsonl, .csv or .xlsx in the output folder, or one on stdout
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    format: Vec<TableFormat>,
    /// Why a field has its value: the best candidates of one file, such as total, seller.name or items[0].price
    #[arg(long, value_name = "FIELD", conflicts_with_all = ["out", "table", "format"])]
    explain: Option<String>,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Extract {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config_with_workers(self.workers)?;
        logs::start_beside_progress(&config.log)?;
        let parameters = self.parameters()?;
        let chosen = of_parameters(&parameters)?;
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
        let data_schema = &parameters["data_schema"];
        match (self.out, self.format.as_slice()) {
            (Some(out), formats) => {
                order.out = out;
                let report = local::execute(&order, &interrupted()?).await?;
                if !formats.is_empty() {
                    extracted::write(&order.out, &extracted::rows(&order.out, &report.lines, data_schema)?, formats)?;
                }
                if self.table {
                    order.voice.json = false;
                    data(fields_table::of_files(&extracted::answers(&order.out, &report.lines)?).as_bytes())?;
                }
                local::report(&report, order.voice)
            }
            (None, [_, ..]) if self.table => Err(Refusal::usage("--table and --format do not both fit on stdout")
                .hint("Give an output folder with -o; the table is printed all the same.")),
            (None, []) if self.table && !matches!(order.paths.as_slice(), [path] if !path.is_dir()) => {
                to_stdout(order, |out, lines| Ok(fields_table::of_files(&extracted::answers(out, lines)?).into_bytes()))
                    .await
            }
            (None, []) => {
                let look = match self.explain {
                    Some(field) => explanation(&order.options, field, common.json),
                    None if self.table => Look::Of(fields_table::of),
                    None => Look::AsIs,
                };
                one_to_stdout(order, look).await
            }
            (None, [format @ (TableFormat::Jsonl | TableFormat::Csv)]) => {
                to_stdout(order, |out, lines| extracted::bytes(&extracted::rows(out, lines, data_schema)?, *format))
                    .await
            }
            (None, _) => Err(Refusal::usage("only one format of jsonl and csv fits on stdout")
                .hint("Give an output folder with -o.")),
        }
    }

    fn parameters(&self) -> Refused<Value> {
        let schema = read_file(&self.schema).map_err(|refusal| refusal.hint(LOOKS))?;
        docmill_model::schema::check(&schema)
            .map_err(|failure| Refusal::usage(format!("{}: {}", self.schema.display(), failure.message)).hint(LOOKS))?;
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

/// Runs the order in a temporary folder and prints what is made of its files.
async fn to_stdout(mut order: Order, made: impl FnOnce(&Path, &[ManifestLine]) -> Refused<Vec<u8>>) -> Refused<Exit> {
    let folder = tempfile::tempdir().map_err(|error| Refusal::io("make a temporary folder", &error))?;
    folder.path().clone_into(&mut order.out);
    order.voice.json = false;
    let report = local::execute(&order, &interrupted()?).await?;
    data(&made(&order.out, &report.lines)?)?;
    Ok(report.exit())
}

/// Explains one field on the pages that were read.
fn explanation(options: &JobOptions, field: String, json: bool) -> Look {
    let JobOptions::Extract(options) = options.clone() else { return Look::AsIs };
    Look::OfPages(Box::new(move |pages| {
        let read = pages.into_iter().filter_map(|page| match page {
            PageOutcome::Read(page) => Some(*page),
            PageOutcome::Failed { .. } => None,
        });
        let told = docmill_extract::explain(&read.collect::<Vec<_>>(), &options, &field);
        let told = told.map_err(|failure| Refusal::usage(failure.message))?.map(ExplainedField::from);
        let none = || {
            Refusal::usage(format!("the schema has no field `{field}`, or no such row was found"))
                .hint("Name it with dots between, such as seller.name or items.0.price, as --table does.")
        };
        let told = told.ok_or_else(none)?;
        Ok(if json { format!("{}\n", json!(told)) } else { explained::of(&told) })
    }))
}
