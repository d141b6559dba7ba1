use std::path::PathBuf;

use clap::{Args, Subcommand};
use docmill_store::{Configuration, ConfigurationFilter, Configurations, NewConfiguration, NewParameters, PageRequest};
use docmill_wire::configurations::{self, Parameters, SaveConfiguration, UpdateConfiguration, presets};
use serde_json::json;

use super::Common;
use super::chosen::{find, read_file, refuse};
use super::visit::Visit;
use crate::config::Config;
use crate::refusal::{Exit, Refusal, Refused};
use crate::terminal::data_line;

/// Saved configurations of the data folder, also beside a running server
#[derive(Debug, Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List presets and saved configurations
    Ls,
    /// Show one with its parameters
    Get {
        /// Id or name
        configuration: String,
    },
    /// Save a new one, or new parameters under the name of an old one
    Create {
        name: String,
        /// JSON or TOML file with the parameters, product_type among them
        #[arg(value_name = "FILE")]
        parameters: PathBuf,
    },
    /// Change the name or the parameters of one
    Update {
        /// Id or name
        configuration: String,
        #[arg(long)]
        name: Option<String>,
        /// JSON or TOML file with the parameters, product_type among them
        #[arg(long, value_name = "FILE")]
        parameters: Option<PathBuf>,
    },
    /// Delete one; batches that use it go on with the parameters they began with
    Delete {
        /// Id or name
        configuration: String,
    },
}

impl ConfigCommand {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        let visit = Visit::open(&config).await?;
        match self.action {
            Action::Ls => list(&visit, common.json).await?,
            Action::Get { configuration } => show(&get(&visit, &configuration).await?, common.json)?,
            Action::Create { name, parameters } => {
                let body = json!({"name": name, "parameters": read_file(&parameters)?});
                let save = SaveConfiguration::read(&body, &config.limits).map_err(|errors| refuse(&errors))?;
                let new =
                    NewConfiguration { project: visit.project, name: save.name, parameters: checked(save.parameters)? };
                show(&visit.store.configuration_save(new).await?, common.json)?;
            }
            Action::Update { configuration, name, parameters } => {
                let before = get(&visit, &configuration).await?;
                show(&update(&visit, &config, &before, name, parameters).await?, common.json)?;
            }
            Action::Delete { configuration } => {
                let found = get(&visit, &configuration).await?;
                visit.store.configuration_delete(visit.project, found.id).await?;
                data_line(&if common.json {
                    json!({"id": found.id}).to_string()
                } else {
                    format!("deleted {}", found.id)
                })?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn update(
    visit: &Visit,
    config: &Config,
    before: &Configuration,
    name: Option<String>,
    parameters: Option<PathBuf>,
) -> Refused<Configuration> {
    let mut body = json!({});
    if let Some(name) = name {
        body["name"] = json!(name);
    }
    if let Some(path) = parameters {
        body["parameters"] = read_file(&path)?;
    }
    let update = UpdateConfiguration::read(&body, &config.limits).map_err(|errors| refuse(&errors))?;
    let parameters = update.parameters.map(checked).transpose()?;
    let updated = visit.store.configuration_update(visit.project, before.id, update.name, parameters).await?;
    updated.ok_or_else(|| unknown(&before.id.to_string()))
}

async fn get(visit: &Visit, given: &str) -> Refused<Configuration> {
    find(visit, given).await?.ok_or_else(|| unknown(given))
}

fn unknown(given: &str) -> Refusal {
    Refusal::failed(format!("there is no saved configuration `{given}`")).hint("`docmill config ls` lists them.")
}

fn checked(parameters: Parameters) -> Refused<NewParameters> {
    if parameters.product.runs().is_some()
        && let Some(schema) = parameters.value.get("data_schema")
    {
        docmill_model::schema::check(schema).map_err(|failure| Refusal::usage(failure.message))?;
    }
    Ok(NewParameters { product: parameters.product, parameters: parameters.value })
}

async fn list(visit: &Visit, json: bool) -> Refused<()> {
    let mut all = presets();
    let mut after = None;
    loop {
        let page = PageRequest { after, limit: 1_000 };
        let listed = visit.store.configuration_list(visit.project, &ConfigurationFilter::default(), page).await?;
        all.extend(listed.items.iter().map(rendered));
        after = listed.next;
        if after.is_none() {
            break;
        }
    }
    for each in all {
        data_line(&if json { encode(&each) } else { format!("{}\t{}\t{}", each.id, each.product_type, each.name) })?;
    }
    Ok(())
}

fn show(configuration: &Configuration, json: bool) -> Refused<()> {
    let rendered = rendered(configuration);
    if json {
        return data_line(&encode(&rendered));
    }
    let parameters = serde_json::to_string_pretty(&rendered.parameters).unwrap_or_default();
    data_line(&format!("{}\t{}\t{}\n{parameters}", rendered.id, rendered.product_type, rendered.name))
}

fn encode(configuration: &configurations::Configuration) -> String {
    serde_json::to_string(configuration).unwrap_or_default()
}

fn rendered(of: &Configuration) -> configurations::Configuration {
    configurations::Configuration {
        id: of.id,
        name: of.name.clone(),
        product_type: of.product,
        version: of.version,
        parameters: of.parameters.clone(),
        created_at: Some(of.created_at),
        updated_at: Some(of.updated_at),
    }
}
