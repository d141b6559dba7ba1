use std::path::{Path, PathBuf};

use clap::Args;
use docmill_wire::client::{Configuration, requests};
use docmill_wire::configurations::job_options;

use super::actions::unknown_configuration;
use crate::buckets::Places;
use crate::client::{self, Client, client_at, read};
use crate::commands::Common;
use crate::commands::chosen::{choose, read_file, refuse};
use crate::local::outputs::Outputs;
use crate::local::unpack::unpacked;
use crate::local::{self, Format, Order, formats_of, interrupted, report};
use crate::logs;
use crate::refusal::{Exit, Refusal, Refused};
use crate::remote::{self, Identity};
use crate::secret;

#[derive(Debug, Args)]
pub struct Run {
    /// Files, folders and s3://bucket/folder; folders are read with everything below them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Preset (cfg-PARSE_AGENTIC), file with parameters, or id or name of a saved configuration
    #[arg(long, value_name = "CONFIG")]
    config: String,
    /// Work on this server instead of here: files are uploaded, results come back
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// API key of that server; LLAMA_CLOUD_API_KEY by default
    #[arg(long, value_name = "KEY", requires = "server")]
    key: Option<String>,
    /// Archives (zip, tar, tar.gz) are directories: every file in one is an input of its own
    #[arg(long)]
    unpack: bool,
    /// Output folder, or s3://bucket/folder
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Folder for the run's own files when results go to a bucket; below the data folder by default
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// What to write for each parsed file; md, text and json by default
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    format: Vec<Format>,
    /// Size of chunks in estimated tokens, for --format chunks
    #[arg(long, value_name = "N")]
    chunk_tokens: Option<u32>,
    /// Files read at the same time; one for each processor by default
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

impl Run {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        if let Some(server) = &self.server {
            let client = client_at(server, self.key.clone())?;
            return self.run_at(client, common).await;
        }
        let config = common.config_of_run(self.workers, self.chunk_tokens)?;
        logs::start_beside_progress(&config.log)?;
        let chosen = choose(&self.config, &config).await?;
        let formats = formats_of(&chosen.options, &self.format)?;
        let (stop, voice) = (interrupted()?, common.voice());
        let places = Places::of(self.paths, self.out, self.work, || config.data_folder())?;
        let mut inputs = places.inputs(&config.limits, voice.quiet, &stop).await?;
        if self.unpack {
            inputs = unpacked(inputs, &places.folder, &config, voice.quiet).await?;
        }
        let order = Order {
            formats,
            inputs: Some(inputs),
            paths: Vec::new(),
            out: places.folder.clone(),
            options: chosen.options,
            configuration: chosen.id,
            voice,
            config,
            retry_failed: true,
        };
        let mut ended = local::execute(&order, &stop).await?;
        places.deliver(&mut ended, voice.quiet).await?;
        report(&ended, voice)
    }

    async fn run_at(self, client: Client, common: &Common) -> Refused<Exit> {
        let config = common.config_of_run(self.workers, self.chunk_tokens)?;
        if self.format.contains(&Format::Chunks) {
            return Err(Refusal::usage("chunks are not made from the results of a server")
                .hint("Leave --server out, or give --format md,text,json."));
        }
        let known = known_configuration(&client, &self.config).await?;
        let options = job_options(known.product_type, &known.parameters).map_err(|errors| refuse(&errors))?;
        let identity =
            Identity { server: client.base().to_owned(), configuration: known.id, changed: known.updated_at };
        let (stop, voice) = (interrupted()?, common.voice());
        let places = Places::of(self.paths, self.out, self.work, || config.data_folder())?;
        let mut inputs = places.inputs(&config.limits, voice.quiet, &stop).await?;
        if self.unpack {
            inputs = unpacked(inputs, &places.folder, &config, voice.quiet).await?;
        }
        let order = remote::Order {
            client,
            inputs,
            identity,
            product: known.product_type,
            outputs: Outputs {
                out: places.folder.clone(),
                formats: formats_of(&options, &self.format)?,
                options,
                chunk_tokens: config.chunks.target_tokens,
            },
            voice,
            config,
        };
        let mut ended = remote::execute(order, &stop).await?;
        places.deliver(&mut ended, voice.quiet).await?;
        report(&ended, voice)
    }
}

/// The configuration as the server knows it. Parameters of a file are saved there under a name made of them, so the
/// same file is the same configuration.
async fn known_configuration(client: &Client, given: &str) -> Refused<Configuration> {
    let path = Path::new(given);
    if path.is_file() {
        let parameters = read_file(path)?;
        let name = format!("docmill batch {}", &secret::hash(&parameters.to_string())[..12]);
        let body = requests::save_configuration(&name, &parameters);
        return read(&client.post(requests::CONFIGURATIONS, Some(&body)).await?);
    }
    let found = client::configuration(client, given).await?.ok_or_else(|| unknown_configuration(given))?;
    read(&found)
}
