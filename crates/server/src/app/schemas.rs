//! Data schemas on their own: checked, and drafted from words (contract 2.6, 4.2).

use docmill_model::{Code, schema};
use docmill_wire::extract::{GenerateSchema, GeneratedSchema, ValidateSchema, ValidatedSchema};
use serde_json::{Map, Value, json};

use super::schema_words::{self, Field};
use super::{App, AppError, AppResult};

/// The schema as docmill follows it: references inlined, keywords that it does not follow dropped.
pub fn validate(body: &Value) -> AppResult<ValidatedSchema> {
    let ValidateSchema(given) = ValidateSchema::read(body)?;
    Ok(ValidatedSchema { data_schema: schema::check(&given)?.cleaned() })
}

/// A schema from what the prompt names (`schema_words` has the method), added to the one that was given. Fields of
/// the given schema stay as they are. Nothing is required: what a document does not say is null.
pub fn generate(app: &App, body: &Value) -> AppResult<GeneratedSchema> {
    let asked = GenerateSchema::read(body, &app.limits)?;
    if asked.with_file {
        let message = "docmill does not make schemas from a document yet; describe the fields in `prompt` instead.";
        return Err(AppError::new(Code::NotUsable, message));
    }
    let mut root = match &asked.data_schema {
        Some(given) => schema::check(given)?.cleaned(),
        None => json!({"type": "object", "properties": {}}),
    };
    let named = asked.prompt.as_deref().map(schema_words::fields).unwrap_or_default();
    if named.is_empty() && asked.data_schema.is_none() {
        let message = "The prompt names no fields; list them, for example: invoice number, invoice date, total.";
        return Err(AppError::new(Code::NotUsable, message));
    }
    add(&mut root, named);
    let checked = schema::check(&root)?;
    let title = checked.root.title.clone();
    let name = asked.name.or(title).or_else(|| asked.prompt.as_deref().map(schema_words::title));
    Ok(GeneratedSchema::new(name.unwrap_or_else(|| "Schema".to_owned()), checked.cleaned()))
}

fn add(object: &mut Value, fields: Vec<Field>) {
    let Some(map) = object.as_object_mut() else { return };
    let properties = map.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    let Some(properties) = properties.as_object_mut() else { return };
    for field in fields {
        if !properties.contains_key(&field.name) {
            properties.insert(field.name.clone(), schema_of(field));
        }
    }
}

fn schema_of(field: Field) -> Value {
    let mut own = json!({"type": field.kind.type_name()});
    if !field.inner.is_empty() {
        own = json!({"type": "object", "properties": {}});
        add(&mut own, field.inner);
    }
    let mut schema = if field.list { json!({"type": "array", "items": own}) } else { own };
    schema["description"] = Value::from(field.description);
    schema
}
