//! Which configuration a command line means, and what it makes jobs do.

use std::fs;
use std::path::Path;

use docmill_model::ids::Preset;
use docmill_model::options::JobOptions;
use docmill_model::{ConfigurationId, Product, ProjectId};
use docmill_store::{Configuration, ConfigurationFilter, Configurations, PageRequest};
use docmill_wire::configurations::{job_options, preset_parameters};
use docmill_wire::{FieldError, Loc, extract};
use figment::Figment;
use figment::providers::{Format, Toml};
use serde_json::Value;

use super::visit::Visit;
use crate::config::Config;
use crate::refusal::{Refusal, Refused};

/// A configuration, resolved.
#[derive(Debug)]
pub struct Chosen {
    pub id: ConfigurationId,
    pub options: JobOptions,
}

/// `given` is a preset (`cfg-PARSE_AGENTIC`), a TOML or JSON file with parameters, or the id or name of a
/// configuration that is saved in the data folder.
pub async fn choose(given: &str, config: &Config) -> Refused<Chosen> {
    if let Ok(ConfigurationId::Preset(preset)) = given.parse() {
        let parameters = preset_parameters(preset);
        return Ok(Chosen { id: ConfigurationId::Preset(preset), options: resolve(Product::Parse, &parameters)? });
    }
    let path = Path::new(given);
    if path.is_file() {
        let parameters = read_file(path)?;
        return with_parse(of_parameters(&parameters)?, &parameters, config).await;
    }
    match saved(given, config).await? {
        Some(saved) => {
            let chosen = Chosen { id: saved.id, options: resolve(runs(&saved)?, &saved.parameters)? };
            with_parse(chosen, &saved.parameters, config).await
        }
        None => Err(Refusal::usage(format!("there is no configuration `{given}`")).hint(format!(
            "Give a preset ({}), a TOML or JSON file, or the id or name of a saved one (`docmill config ls`).",
            Preset::ALL.map(|preset| format!("cfg-{}", preset.name())).join(", ")
        ))),
    }
}

/// The product of a saved configuration; those of others are only kept.
fn runs(saved: &Configuration) -> Refused<Product> {
    let refuse = || {
        Refusal::usage(format!("the configuration `{}` is for {}, which docmill does not run", saved.id, saved.product))
    };
    saved.product.runs().ok_or_else(refuse)
}

/// A configuration that is saved in the data folder.
async fn saved(given: &str, config: &Config) -> Refused<Option<Configuration>> {
    match Visit::open_existing(config).await? {
        Some(visit) => find(&visit, given).await,
        None => Ok(None),
    }
}

/// An extraction may name a parse configuration for its first step (`parse_config_id`).
async fn with_parse(chosen: Chosen, parameters: &Value, config: &Config) -> Refused<Chosen> {
    let (JobOptions::Extract(options), Some(id)) = (&chosen.options, extract::parse_configuration(parameters)) else {
        return Ok(chosen);
    };
    let parse = match id {
        ConfigurationId::Preset(preset) => Some(resolve(Product::Parse, &preset_parameters(preset))?),
        ConfigurationId::Saved(_) => match saved(&id.to_string(), config).await? {
            Some(saved) => Some(resolve(runs(&saved)?, &saved.parameters)?),
            None => None,
        },
    };
    let Some(JobOptions::Parse(parse)) = parse else {
        return Err(Refusal::usage(format!("parse_config_id: there is no parse configuration `{id}`")));
    };
    let options = extract::with_parse(options.clone(), parse);
    Ok(Chosen { options: JobOptions::Extract(options), ..chosen })
}

/// The configuration that these parameters make; it has no name and is not saved.
pub fn of_parameters(parameters: &Value) -> Refused<Chosen> {
    let named = parameters.get("product_type").and_then(Value::as_str);
    let Some(product) = named.and_then(Product::from_text) else {
        return Err(Refusal::usage("the parameters have no usable product_type")
            .hint("Write product_type = \"parse_v2\" or \"extract_v2\"."));
    };
    Ok(Chosen { id: ConfigurationId::generate(), options: resolve(product, parameters)? })
}

fn resolve(product: Product, parameters: &Value) -> Refused<JobOptions> {
    job_options(product, parameters).map_err(|errors| refuse(&errors))
}

/// All that is wrong with parameters, a clause each.
pub fn refuse(errors: &[FieldError]) -> Refusal {
    let clauses: Vec<String> = errors.iter().map(|error| format!("{}: {}", place(&error.loc), error.msg)).collect();
    Refusal::usage(format!("the parameters are not valid: {}", clauses.join("; ")))
        .hint("docs/API.md describes every parameter.")
}

fn place(loc: &[Loc]) -> String {
    let steps = loc.iter().filter(|step| !matches!(step, Loc::Name(name) if name == "body"));
    let steps: Vec<String> = steps
        .map(|step| match step {
            Loc::Name(name) => name.clone(),
            Loc::Index(index) => index.to_string(),
        })
        .collect();
    if steps.is_empty() { "parameters".to_owned() } else { steps.join(".") }
}

/// Reads an object from a `.toml` file or, by any other name, from JSON.
pub fn read_file(path: &Path) -> Refused<Value> {
    let refuse = |why: String| Refusal::usage(format!("cannot read `{}`: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let value: Value = if path.extension().is_some_and(|extension| extension == "toml") {
        Figment::from(Toml::string(&text)).extract().map_err(|error| refuse(error.to_string()))?
    } else {
        serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?
    };
    if value.is_object() { Ok(value) } else { Err(refuse("it holds no object, { ... }".to_owned())) }
}

/// A saved configuration by its id, else the newest by its name.
pub async fn find(visit: &Visit, given: &str) -> Refused<Option<Configuration>> {
    if let Ok(id) = given.parse::<ConfigurationId>() {
        return Ok(visit.store.configuration_get(visit.project, id).await?);
    }
    newest_named(visit, visit.project, given).await
}

async fn newest_named(visit: &Visit, project: ProjectId, name: &str) -> Refused<Option<Configuration>> {
    let filter = ConfigurationFilter { name: Some(name.to_owned()), ..Default::default() };
    let listed = visit.store.configuration_list(project, &filter, PageRequest { after: None, limit: 2 }).await?;
    if listed.items.len() > 1 {
        return Err(
            Refusal::usage(format!("`{name}` is the name of several configurations")).hint("Give the id instead.")
        );
    }
    Ok(listed.items.into_iter().next())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_say_their_product_and_every_error() {
        let good = of_parameters(&json!({"product_type": "parse_v2", "tier": "fast", "version": "latest"})).unwrap();
        assert_eq!(good.options.product(), Product::Parse);
        let table = [
            (json!({"tier": "fast"}), "the parameters have no usable product_type"),
            (json!({"product_type": "parse_v2"}), "tier: "),
            (json!({"product_type": "parse_v2", "tier": "fast", "version": "latest", "tyre": 1}), "tyre: "),
        ];
        for (parameters, expected) in table {
            let refusal = of_parameters(&parameters).unwrap_err();
            assert!(refusal.sentence.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn files_are_toml_or_json_objects() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            read_file(&path).map_err(|refusal| refusal.sentence)
        };
        assert_eq!(check("a.toml", "tier = \"fast\"\n"), Ok(json!({"tier": "fast"})));
        assert_eq!(check("a.json", "{\"tier\": \"fast\"}"), Ok(json!({"tier": "fast"})));
        assert!(check("b.json", "[1]").unwrap_err().contains("it holds no object"));
        assert!(check("b.toml", "tier = ").unwrap_err().contains("cannot read"));
    }
}
