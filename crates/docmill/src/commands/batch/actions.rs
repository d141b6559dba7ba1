//! Batches of a server.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use docmill_model::Product;
use docmill_wire::client::{Batch, Configuration, Counts, requests};
use serde_json::Value;

use crate::client::{self, Client, ServerArgs, read};
use crate::commands::{Common, told};
use crate::local::interrupted;
use crate::local::progress::Progress;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::{count, data_line, tell};

/// How often a batch is looked at while it is watched.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Start a batch over a directory of a server and print its id
    Create(Create),
    /// List batches, newest first
    Ls(Ls),
    /// Show one: its state, its counts and what failed
    Show(Show),
    /// Follow one to its end; the exit codes are those of a run
    Watch(One),
    /// Try failed files of a batch again
    Retry(Retry),
    /// Stop one; files that are done keep their results
    Cancel(One),
    /// Save the results of one as a zip or as JSON lines
    Export(Export),
}

#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    server: ServerArgs,
    /// Id of the directory
    directory: String,
    /// Preset (cfg-PARSE_AGENTIC), or id or name of a configuration of the server
    #[arg(long, value_name = "CONFIG")]
    config: String,
}

#[derive(Debug, Args)]
pub struct Ls {
    #[command(flatten)]
    server: ServerArgs,
    /// Only those in this state: PENDING, THROTTLED, RUNNING, COMPLETED, FAILED or CANCELLED
    #[arg(long, value_name = "STATE")]
    status: Option<String>,
    /// Only those over this directory
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub struct One {
    #[command(flatten)]
    server: ServerArgs,
    id: String,
}

#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    server: ServerArgs,
    id: String,
    /// Also a line for each file
    #[arg(long)]
    results: bool,
}

#[derive(Debug, Args)]
pub struct Retry {
    #[command(flatten)]
    server: ServerArgs,
    id: String,
    /// Only files that failed with these codes
    #[arg(long = "code", value_delimiter = ',', value_name = "CODE")]
    codes: Vec<String>,
    /// Cancelled files too
    #[arg(long)]
    cancelled: bool,
    /// Another configuration for them: preset, id or name
    #[arg(long, value_name = "CONFIG")]
    config: Option<String>,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    server: ServerArgs,
    id: String,
    /// File to write; stdout by default
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The output layout of a run with its manifest, or one line of JSON a file
    #[arg(long, value_enum, default_value_t = ExportFormat::Zip, value_name = "FORMAT")]
    format: ExportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    Zip,
    Jsonl,
}

impl Action {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        let client = self.server().client(&config)?;
        let json = common.json;
        match self {
            Self::Create(Create { directory, config, .. }) => {
                let (product, configuration) = configuration(&client, &config).await?;
                let body = requests::create_batch(&directory, product, &configuration);
                told::made(&client.post(requests::BATCHES, Some(&body)).await?, json)?;
            }
            Self::Ls(ls) => list(&client, ls, json).await?,
            Self::Show(Show { id, results, .. }) => show(&client, &id, results, json).await?,
            Self::Watch(One { id, .. }) => return watch(&client, &id, common).await,
            Self::Retry(Retry { id, codes, cancelled, config, .. }) => {
                let configuration = match config {
                    Some(config) => Some(configuration(&client, &config).await?.1),
                    None => None,
                };
                let body = requests::retry_batch(&codes, cancelled, configuration.as_deref());
                told::made(&client.post(&requests::batch_action(&id, "retry"), Some(&body)).await?, json)?;
            }
            Self::Cancel(One { id, .. }) => {
                client.post(&requests::batch_action(&id, "cancel"), None).await?;
                told::done("cancelled", &id, json)?;
            }
            Self::Export(Export { id, out, format, .. }) => export(&client, &id, format, out.as_deref()).await?,
        }
        Ok(Exit::Done)
    }

    const fn server(&self) -> &ServerArgs {
        match self {
            Self::Create(Create { server, .. })
            | Self::Ls(Ls { server, .. })
            | Self::Show(Show { server, .. })
            | Self::Watch(One { server, .. })
            | Self::Retry(Retry { server, .. })
            | Self::Cancel(One { server, .. })
            | Self::Export(Export { server, .. }) => server,
        }
    }
}

/// The product and the id of a configuration that the server knows.
async fn configuration(client: &Client, given: &str) -> Refused<(Product, String)> {
    let found = client::configuration(client, given).await?.ok_or_else(|| unknown_configuration(given))?;
    let found: Configuration = read(&found)?;
    Ok((found.product_type, found.id))
}

pub fn unknown_configuration(given: &str) -> Refusal {
    Refusal::usage(format!("the server has no configuration `{given}`"))
        .hint("Give a preset such as cfg-PARSE_AGENTIC, or the id or name of a saved one.")
}

async fn list(client: &Client, ls: Ls, json: bool) -> Refused<()> {
    let mut query: Vec<_> = ls.status.map(|status| ("status", status.to_uppercase())).into_iter().collect();
    query.extend(ls.directory.map(|directory| ("source_directory_id", directory)));
    let items = client.list(requests::BATCHES, &query, ls.limit).await?;
    told::list(
        &items,
        json,
        &["ID", "STATUS", "DONE", "FAILED", "FILES", "TYPE", "CREATED", "CONFIGURATION"],
        |batch: Batch| {
            let counts = batch.counts.unwrap_or_default();
            vec![
                batch.id,
                batch.status,
                counts.completed.to_string(),
                counts.lost().to_string(),
                counts.total.to_string(),
                batch.config.job.product.to_string(),
                told::instant(batch.created_at),
                batch.config.job.configuration_id,
            ]
        },
    )
}

async fn get(client: &Client, id: &str, results: bool) -> Refused<Value> {
    let query: Vec<_> = results.then(|| ("expand", "results".to_owned())).into_iter().collect();
    Ok(client.get(&requests::batch(id), &query).await?)
}

async fn show(client: &Client, id: &str, results: bool, json: bool) -> Refused<()> {
    let answer = get(client, id, results).await?;
    if json {
        return data_line(&answer.to_string());
    }
    let batch: Batch = read(&answer)?;
    describe(&batch).iter().try_for_each(|line| data_line(line))?;
    for result in batch.results.iter().flatten() {
        let job = result.job_reference.as_ref().map_or("-", |job| job.id.as_str());
        let error = result.error_message.as_deref().unwrap_or_default();
        data_line(format!("  {}  {job}  {error}", result.source_directory_file_id).trim_end())?;
    }
    Ok(())
}

/// A batch for people, a line a fact.
fn describe(batch: &Batch) -> Vec<String> {
    let job = &batch.config.job;
    let mut lines = vec![
        format!("{}  {}", batch.id, batch.status),
        format!("  directory {}, {} with {}", batch.source_directory_id, job.product, job.configuration_id),
    ];
    lines.extend(batch.counts.map(|counts| format!("  {}", told_counts(counts))));
    lines.extend(batch.eta_seconds.map(|seconds| format!("  about {seconds} s left")));
    lines.extend(batch.waiting_reason.as_ref().map(|reason| format!("  waiting: {reason}")));
    lines.extend(batch.error_message.as_ref().map(|message| format!("  failed: {message}")));
    for group in &batch.error_summary {
        let example = group.example.as_ref().map_or_else(String::new, |example| {
            format!(", such as {}: {}", example.display_name, example.error_message)
        });
        let advice = group.advice.as_deref().unwrap_or_default();
        lines.push(format!("  {} {}{example} {advice}", group.count, group.code).trim_end().to_owned());
    }
    lines
}

fn told_counts(counts: Counts) -> String {
    let mut text = format!("{} of {} done", counts.completed, count(counts.total as usize, "file"));
    let others = [
        ("failed", counts.failed),
        ("cancelled", counts.cancelled),
        ("without a job", counts.without_job),
        ("running", counts.running.unwrap_or(0)),
        ("waiting", counts.pending),
    ];
    for (word, number) in others.into_iter().filter(|(_, number)| *number > 0) {
        text += &format!(", {number} {word}");
    }
    text
}

/// Looks at the batch until it has ended. An interrupt ends the watching, not the batch.
async fn watch(client: &Client, id: &str, common: &Common) -> Refused<Exit> {
    let stop = interrupted()?;
    let mut progress: Option<Progress> = None;
    let mut last = Value::Null;
    loop {
        let answer = get(client, id, false).await?;
        let batch: Batch = read(&answer)?;
        let counts = batch.counts.unwrap_or_default();
        let shown = progress.get_or_insert_with(|| Progress::start(counts.total as usize, common.quiet || common.json));
        shown.show_files(counts.ended() as usize);
        if common.json && answer != last {
            data_line(&answer.to_string())?;
        }
        last = answer;
        if batch.is_terminal() {
            progress.map(Progress::end);
            if !common.quiet && !common.json {
                describe(&batch).iter().try_for_each(|line| data_line(line))?;
            }
            return Ok(exit(&batch.status, counts));
        }
        tokio::select! {
            () = stop.cancelled() => {
                progress.map(Progress::end);
                if !common.quiet {
                    tell("the batch goes on; `docmill batch watch` follows it again");
                }
                return Ok(Exit::Interrupted);
            }
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// As a run: 0 all done, 1 none, 3 some.
fn exit(status: &str, counts: Counts) -> Exit {
    match (status, counts.completed) {
        ("COMPLETED", completed) if completed == counts.total => Exit::Done,
        (_, 0) | ("FAILED", _) => Exit::Failed,
        _ => Exit::SomeFailed,
    }
}

async fn export(client: &Client, id: &str, format: ExportFormat, out: Option<&Path>) -> Refused<()> {
    let name = match format {
        ExportFormat::Zip => "zip",
        ExportFormat::Jsonl => "jsonl",
    };
    let (path, query) = (requests::batch_action(id, "export"), [("format", name.to_owned())]);
    let Some(out) = out else {
        client.save(&path, &query, &mut io::stdout()).await?;
        return Ok(());
    };
    let whole = told::Whole::begin(out)?;
    client.save(&path, &query, &mut whole.file()).await?;
    whole.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_that_of_a_run() {
        let counts = |completed, failed| Counts { total: 3, completed, failed, ..Default::default() };
        for (status, counts, expected) in [
            ("COMPLETED", counts(3, 0), Exit::Done),
            ("COMPLETED", counts(2, 1), Exit::SomeFailed),
            ("COMPLETED", counts(0, 3), Exit::Failed),
            ("CANCELLED", counts(1, 0), Exit::SomeFailed),
            ("FAILED", counts(2, 0), Exit::Failed),
        ] {
            assert_eq!(exit(status, counts), expected, "{status} {counts:?}");
        }
    }

    #[test]
    fn counts_name_what_there_is() {
        let counts = Counts { total: 9, completed: 4, failed: 1, running: Some(2), pending: 2, ..Default::default() };
        assert_eq!(told_counts(counts), "4 of 9 files done, 1 failed, 2 running, 2 waiting");
    }
}
