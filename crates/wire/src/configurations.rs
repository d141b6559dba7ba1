//! Product configurations and the built-in presets (contract 2.7, section 5).

use docmill_model::ids::Preset;
use docmill_model::limits::Limits;
use docmill_model::options::{JobOptions, Tier};
use docmill_model::{ConfigurationId, Product, ProductType, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::check::{self, Rule, may, must};
use crate::directories::text_too_long;
use crate::errors::{FieldError, Loc};
use crate::render::{printed, printed_if};
use crate::{extract, given, parse, schema, webhooks};

/// Body of POST /api/v1/beta/configurations; its `parameters` are one of `parameter_rules`.
pub static SAVE: Rule =
    Rule::Object(&[must("name", Rule::Text { min: 1, max: usize::MAX }), must("parameters", Rule::AnyObject)]);
/// Body of PUT /api/v1/beta/configurations/{id}.
pub static UPDATE: Rule =
    Rule::Object(&[may("name", Rule::Text { min: 1, max: usize::MAX }), may("parameters", Rule::AnyObject)]);

/// JSON Schema of `SAVE` or `UPDATE`: `parameters` are those of one of the products; of those that docmill
/// does not run, anything.
pub fn schema(rule: &Rule) -> Value {
    let of_product = |rule: &Rule, product: Product| {
        let mut schema = schema::of(rule);
        schema["properties"]["product_type"] = json!({"type": "string", "const": product.as_str()});
        let needed = schema["required"].as_array().into_iter().flatten().cloned();
        schema["required"] = std::iter::once(json!("product_type")).chain(needed).collect();
        schema
    };
    let kept = ProductType::ALL.into_iter().filter(|product| product.runs().is_none());
    let kept: Vec<&str> = kept.map(ProductType::as_str).collect();
    let mut schema = schema::of(rule);
    let mut ways = vec![
        of_product(&parse::SAVED, Product::Parse),
        of_product(&extract::SAVED, Product::Extract),
        json!({"type": "object", "properties": {"product_type": {"type": "string", "enum": kept}}, "required": ["product_type"]}),
    ];
    if !schema["required"].as_array().is_some_and(|names| names.contains(&json!("parameters"))) {
        ways.push(json!({"type": "null"}));
    }
    schema["properties"]["parameters"] = json!({"oneOf": ways});
    schema
}

/// Parameters of a configuration. Those of a product that docmill runs are checked: they resolve to options. Others are
/// any object, kept as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub product: ProductType,
    /// As given, with `product_type`.
    pub value: Value,
    /// Who is told of each job of this configuration.
    pub webhooks: webhooks::Asked,
}

impl Parameters {
    fn read(parameters: &Value) -> Result<Self, Vec<FieldError>> {
        let base: [Loc; 2] = ["body".into(), "parameters".into()];
        let text = given::text(parameters, "product_type");
        let Some(product) = text.as_deref().and_then(ProductType::from_text) else {
            let (kind, message) = match given::value(parameters, "product_type") {
                None => ("missing", "Field required".to_owned()),
                Some(_) => ("literal_error", check::one_of(&ProductType::ALL.map(ProductType::as_str))),
            };
            let loc = base.into_iter().chain(["product_type".into()]).collect();
            let input = parameters.get("product_type").unwrap_or(parameters);
            return Err(vec![FieldError::new(kind, loc, message, input)]);
        };
        let errors = match product.runs() {
            Some(Product::Parse) => parse::check(parameters, &base),
            Some(Product::Extract) => extract::check(parameters, &base),
            None => Vec::new(),
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let webhooks = product.runs().map(|_| webhooks::Asked::read(parameters)).unwrap_or_default();
        Ok(Self { product, value: parameters.clone(), webhooks })
    }
}

/// POST /api/v1/beta/configurations.
#[derive(Debug, Clone, PartialEq)]
pub struct SaveConfiguration {
    pub name: String,
    pub parameters: Parameters,
}

impl SaveConfiguration {
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let (name, parameters) = read(&SAVE, body, limits)?;
        match (name, parameters) {
            (Some(name), Some(parameters)) => Ok(Self { name, parameters }),
            _ => Err(vec![FieldError::body("", "Field required", body)]),
        }
    }
}

/// PUT /api/v1/beta/configurations/{id}: what is left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateConfiguration {
    pub name: Option<String>,
    pub parameters: Option<Parameters>,
}

impl UpdateConfiguration {
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let (name, parameters) = read(&UPDATE, body, limits)?;
        Ok(Self { name, parameters })
    }
}

type Read = (Option<String>, Option<Parameters>);

fn read(rule: &Rule, body: &Value, limits: &Limits) -> Result<Read, Vec<FieldError>> {
    let mut errors = check::body(rule, body);
    errors.extend(text_too_long(body, "name", limits.title_chars_max));
    let parameters = match given::value(body, "parameters").filter(|value| value.is_object()).map(Parameters::read) {
        Some(Ok(parameters)) => Some(parameters),
        Some(Err(wrong)) => {
            errors.extend(wrong);
            None
        }
        None => None,
    };
    if errors.is_empty() { Ok((given::text(body, "name"), parameters)) } else { Err(errors) }
}

/// What a job of this configuration does. Strict; saved parameters were checked, so an error here means that they
/// come from another release. For an extraction with `parse_config_id`, see `extract::parse_configuration`.
pub fn job_options(product: Product, parameters: &Value) -> Result<JobOptions, Vec<FieldError>> {
    match product {
        Product::Parse => parse::options(parameters).map(JobOptions::Parse),
        Product::Extract => extract::options(parameters).map(JobOptions::Extract),
    }
}

/// The parameters that a job was made with, as the job shows them: without the tag of saved ones, and without webhooks,
/// which have secrets.
pub fn shown_parameters(parameters: &Value) -> Value {
    let mut shown = parameters.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|name, _| name != "product_type" && !name.starts_with("webhook_configuration"));
    }
    shown
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Configuration {
    pub id: ConfigurationId,
    pub name: String,
    pub product_type: ProductType,
    /// When these parameters were saved.
    #[serde(serialize_with = "printed")]
    pub version: Timestamp,
    pub parameters: Value,
    /// Null for presets.
    #[serde(serialize_with = "printed_if")]
    pub created_at: Option<Timestamp>,
    #[serde(serialize_with = "printed_if")]
    pub updated_at: Option<Timestamp>,
}

/// 2026-11-01T00:00:00Z: changes when the parameters of a preset change.
const PRESETS_VERSION: Timestamp = Timestamp(1_793_491_200_000);

/// The parameters that a built-in preset stands for.
pub fn preset_parameters(preset: Preset) -> Value {
    let tier = match preset {
        Preset::ParseFast => Tier::Fast,
        Preset::ParseCostEffective => Tier::CostEffective,
        Preset::ParseAgentic => Tier::Agentic,
        Preset::ParseAgenticPlus => Tier::AgenticPlus,
    };
    json!({"product_type": Product::Parse.as_str(), "tier": tier.as_str(), "version": "latest"})
}

/// A built-in preset as a configuration. It can be read, not changed.
pub fn preset(preset: Preset) -> Configuration {
    Configuration {
        id: ConfigurationId::Preset(preset),
        name: preset.name().to_owned(),
        product_type: Product::Parse.into(),
        version: PRESETS_VERSION,
        parameters: preset_parameters(preset),
        created_at: None,
        updated_at: None,
    }
}

/// Every built-in preset, the fastest first.
pub fn presets() -> Vec<Configuration> {
    Preset::ALL.into_iter().map(preset).collect()
}
