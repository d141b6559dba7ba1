//! Product configurations and the built-in presets, which are read-only (contract section 5).

use docmill_model::ids::Preset;
use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::{Code, ConfigurationId, Product, schema};
use docmill_store::{Configuration, ConfigurationFilter, NewConfiguration, NewParameters, PageRequest};
use docmill_wire::configurations::{self as wire, Parameters, SaveConfiguration, UpdateConfiguration};
use docmill_wire::render::Page;
use docmill_wire::{extract, parse};
use serde_json::Value;
use uuid::Uuid;

use super::paging::{self, Asked};
use super::{App, AppError, AppResult, Caller, webhooks};

pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<wire::Configuration> {
    let asked = SaveConfiguration::read(body, &app.limits)?;
    let parameters = checked(app, caller, asked.parameters).await?;
    let saved =
        app.store.configuration_save(NewConfiguration { project: caller.project(), name: asked.name, parameters });
    Ok(shown(saved.await?))
}

pub async fn get(app: &App, caller: &Caller, id: ConfigurationId) -> AppResult<wire::Configuration> {
    if let ConfigurationId::Preset(preset) = id {
        return Ok(wire::preset(preset));
    }
    let found = app.store.configuration_get(caller.project(), id).await?;
    found.map(shown).ok_or_else(|| AppError::not_found("configuration", id))
}

pub async fn update(app: &App, caller: &Caller, id: ConfigurationId, body: &Value) -> AppResult<wire::Configuration> {
    writable(id)?;
    let asked = UpdateConfiguration::read(body, &app.limits)?;
    let parameters = match asked.parameters {
        Some(parameters) => Some(checked(app, caller, parameters).await?),
        None => None,
    };
    let updated = app.store.configuration_update(caller.project(), id, asked.name, parameters).await?;
    updated.map(shown).ok_or_else(|| AppError::not_found("configuration", id))
}

pub async fn delete(app: &App, caller: &Caller, id: ConfigurationId) -> AppResult<()> {
    writable(id)?;
    if app.store.configuration_delete(caller.project(), id).await? {
        Ok(())
    } else {
        Err(AppError::not_found("configuration", id))
    }
}

/// A preset is listed first, and only
/// when its name was asked for.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: ConfigurationFilter,
    asked: Asked,
) -> AppResult<Page<wire::Configuration>> {
    let page = paging::begin(caller, "configurations", &asked)?;
    let preset = named_preset(&filter).filter(|_| page.after.is_none());
    let rest = PageRequest { limit: page.limit - u32::from(preset.is_some()), ..page };
    if rest.limit == 0 {
        // The preset fills the page; the saved ones begin on the next, after an id that none comes before.
        let listed = docmill_store::Listed { items: preset.into_iter().collect(), next: Some(Uuid::max()) };
        return Ok(paging::end(caller, "configurations", &asked, listed, wire::preset));
    }
    let listed = app.store.configuration_list(caller.project(), &filter, rest).await?;
    let mut page = paging::end(caller, "configurations", &asked, listed, shown);
    page.items.splice(0..0, preset.map(wire::preset));
    Ok(page)
}

fn named_preset(filter: &ConfigurationFilter) -> Option<Preset> {
    let wanted = filter.products.is_empty() || filter.products.contains(&Product::Parse.into());
    let name = filter.name.as_deref().filter(|_| wanted)?;
    Preset::ALL.into_iter().find(|preset| preset.name() == name)
}

fn writable(id: ConfigurationId) -> AppResult<()> {
    match id {
        ConfigurationId::Preset(_) => {
            Err(AppError::new(Code::Forbidden, format!("{id} is a built-in preset and cannot be changed.")))
        }
        ConfigurationId::Saved(_) => Ok(()),
    }
}

/// Parameters that may be saved: their schema holds, and the parse configuration that they name exists.
async fn checked(app: &App, caller: &Caller, given: Parameters) -> AppResult<NewParameters> {
    webhooks::known(app, caller, given.webhooks).await?;
    if let Some(product) = given.product.runs() {
        resolve(app, caller, product, &given.value).await?;
    }
    Ok(NewParameters { product: given.product, parameters: given.value })
}

/// What a job of the configuration `id` does now, and the parameters that say so. `NOT_FOUND` when there is none, `CONFIGURATION_MISMATCH` when it is
/// another product's.
pub async fn options(
    app: &App,
    caller: &Caller,
    id: ConfigurationId,
    product: Product,
) -> AppResult<(JobOptions, Value)> {
    let parameters = parameters(app, caller, id, product).await?;
    let options = resolve(app, caller, product, &parameters).await?;
    Ok((options, parameters))
}

/// The parameters of a configuration of this product.
pub async fn parameters(app: &App, caller: &Caller, id: ConfigurationId, product: Product) -> AppResult<Value> {
    let found = get(app, caller, id).await?;
    if found.product_type == product.into() {
        return Ok(found.parameters);
    }
    let message = format!("The configuration {id} is for {}, not for {product}.", found.product_type);
    Err(AppError::new(Code::ConfigurationMismatch, message))
}

/// Turns complete parameters into options.
pub async fn resolve(app: &App, caller: &Caller, product: Product, parameters: &Value) -> AppResult<JobOptions> {
    let options = match wire::job_options(product, parameters)? {
        JobOptions::Extract(options) => options,
        parse => return Ok(parse),
    };
    schema::check(&options.data_schema)?;
    let Some(id) = extract::parse_configuration(parameters) else { return Ok(JobOptions::Extract(options)) };
    let saved = parse_options(app, caller, id).await?;
    Ok(JobOptions::Extract(extract::with_parse(options, saved)))
}

async fn parse_options(app: &App, caller: &Caller, id: ConfigurationId) -> AppResult<ParseOptions> {
    let saved = parameters(app, caller, id, Product::Parse).await?;
    Ok(parse::options(&saved)?)
}

fn shown(configuration: Configuration) -> wire::Configuration {
    wire::Configuration {
        id: configuration.id,
        name: configuration.name,
        product_type: configuration.product,
        version: configuration.version,
        parameters: configuration.parameters,
        created_at: Some(configuration.created_at),
        updated_at: Some(configuration.updated_at),
    }
}
