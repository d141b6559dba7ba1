//! Checking a schema and making one from words (contract 2.6).

use docmill_model::Product;
use docmill_model::limits::Limits;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::check::{self, Rule, may, must};
use crate::errors::FieldError;
use crate::references::Reference;
use crate::{forms, given, schema};

/// Characters of a prompt. A page of wishes, not a document.
const PROMPT_CHARS_MAX: usize = 10_000;

const VALIDATE: Rule = Rule::Object(&[must("data_schema", Rule::AnyObject)]);

const GENERATE: Rule = Rule::Object(&[
    may("prompt", Rule::Text { min: 0, max: PROMPT_CHARS_MAX }),
    may("file_id", forms::INPUT),
    may("data_schema", Rule::AnyObject),
    may("name", Rule::Text { min: 1, max: 3_000 }),
]);

/// POST /api/v2/extract/schema/validation.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidateSchema(pub Value);

impl ValidateSchema {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let errors = check::body(&VALIDATE, body);
        if errors.is_empty() { Ok(Self(body["data_schema"].clone())) } else { Err(errors) }
    }
}

/// JSON Schema of its body.
pub fn validate_schema() -> Value {
    schema::of(&VALIDATE)
}

/// The answer to it: the schema as docmill follows it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ValidatedSchema {
    pub data_schema: Value,
}

/// POST /api/v2/extract/schema/generate.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateSchema {
    /// Not blank.
    pub prompt: Option<String>,
    /// A document to look at.
    pub sample: Option<Reference>,
    pub data_schema: Option<Value>,
    pub name: Option<String>,
}

impl GenerateSchema {
    pub fn read(body: &Value, limits: &Limits) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&GENERATE, body);
        let name = given::text(body, "name");
        let limit = limits.title_chars_max as usize;
        if name.as_ref().is_some_and(|name| name.chars().count() > limit) {
            let message = format!("Value error, a name has at most {limit} characters");
            errors.push(FieldError::body("name", message, &body["name"]));
        }
        let prompt = given::text(body, "prompt").filter(|text| !text.trim().is_empty());
        let data_schema = given::value(body, "data_schema").cloned();
        let sample = given::text(body, "file_id").and_then(|text| Reference::input(&text).ok());
        if errors.is_empty() && prompt.is_none() && data_schema.is_none() && sample.is_none() {
            errors.push(FieldError::body("", "Value error, Give a prompt, a file_id or a data_schema", body));
        }
        if errors.is_empty() { Ok(Self { prompt, sample, data_schema, name }) } else { Err(errors) }
    }
}

/// JSON Schema of its body.
pub fn generate_schema() -> Value {
    let mut schema = schema::of(&GENERATE);
    let given = |name: &str, kind: &str| json!({"required": [name], "properties": {name: {"type": kind}}});
    schema["anyOf"] = json!([given("prompt", "string"), given("file_id", "string"), given("data_schema", "object")]);
    schema
}

/// The answer to it: a body that POST /api/v1/beta/configurations takes as it is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GeneratedSchema {
    pub name: String,
    pub parameters: GeneratedParameters,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GeneratedParameters {
    pub product_type: Product,
    pub data_schema: Value,
}

impl GeneratedSchema {
    pub const fn new(name: String, data_schema: Value) -> Self {
        Self { name, parameters: GeneratedParameters { product_type: Product::Extract, data_schema } }
    }
}
