//! Data schemas on their own: checked, and drafted from words, from a sample document, or from both (contract 2.6, 4.2).

use std::path::Path;
use std::time::Duration;

use docmill_model::ids::Preset;
use docmill_model::{Code, JobStatus, Product, schema};
use docmill_store::{Job, JobSource, Listeners, NewJob};
use docmill_wire::configurations::{job_options, preset_parameters};
use docmill_wire::extract::{GenerateSchema, GeneratedSchema, ValidateSchema, ValidatedSchema};
use docmill_wire::references::Reference;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::schema_words::{self, Field};
use super::{App, AppError, AppResult, Caller, insight, sources};

/// How often the store is asked whether a sample has been read.
const POLL: Duration = Duration::from_millis(100);
/// Samples are read as extractions read their documents unless they say otherwise: then the result is used again.
const SAMPLE_PRESET: Preset = Preset::ParseCostEffective;

/// The schema as docmill follows it: references inlined, keywords that it does not follow dropped.
pub fn validate(body: &Value) -> AppResult<ValidatedSchema> {
    let ValidateSchema(given) = ValidateSchema::read(body)?;
    Ok(ValidatedSchema { data_schema: schema::check(&given)?.cleaned() })
}

/// A schema from what the prompt names (`schema_words` has the method) and from what a sample document shows, added to
/// the one that was given. A prompt that names fields chooses among those of the sample. Fields of the given schema
/// stay as they are. Nothing is required: what a document does not say is null.
pub async fn generate(app: &App, caller: &Caller, body: &Value) -> AppResult<GeneratedSchema> {
    let asked = GenerateSchema::read(body, &app.limits)?;
    let mut root = match &asked.data_schema {
        Some(given) => schema::check(given)?.cleaned(),
        None => nothing(),
    };
    let named = asked.prompt.as_deref().map(schema_words::fields).unwrap_or_default();
    if named.is_empty() && asked.data_schema.is_none() && asked.sample.is_none() {
        let message = "The prompt names no fields; list them, for example: invoice number, invoice date, total.";
        return Err(AppError::new(Code::NotUsable, message));
    }
    let mut drafted = nothing();
    for field in named {
        insert(&mut drafted, field.name.clone(), schema_of(field));
    }
    let mut file_name = None;
    if let Some(reference) = asked.sample {
        let sample = sample(app, caller, reference).await?;
        drafted = fitted(app, sample.outputs, drafted).await?;
        file_name = Path::new(&sample.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    }
    if let Some(properties) = drafted["properties"].as_object_mut() {
        std::mem::take(properties).into_iter().for_each(|(name, schema)| insert(&mut root, name, schema));
    }
    let checked = schema::check(&root)?;
    let title = checked.root.title.clone();
    let name = asked.name.or(title).or_else(|| asked.prompt.as_deref().map(schema_words::title)).or(file_name);
    Ok(GeneratedSchema::new(name.unwrap_or_else(|| "Schema".to_owned()), checked.cleaned()))
}

fn nothing() -> Value {
    json!({"type": "object", "properties": {}})
}

/// The schema that the pages of a sample show; of the fields that are `wanted`, when there are any, with the types and
/// columns that the sample shows.
async fn fitted(app: &App, outputs: String, wanted: Value) -> AppResult<Value> {
    let engine = app.insight;
    let drafted = insight::ask(app, &outputs, move |pages| {
        let named = wanted["properties"].as_object().is_some_and(|properties| !properties.is_empty());
        (engine.draft)(&pages, named.then_some(&wanted))
    });
    let drafted = drafted.await?;
    if drafted["properties"].as_object().is_none_or(Map::is_empty) {
        let message = "docmill finds neither labels nor tables in the sample; describe the fields in `prompt` instead.";
        return Err(AppError::new(Code::NotUsable, message));
    }
    Ok(drafted)
}

/// A document that was read.
struct Sample {
    name: String,
    outputs: String,
}

/// The finished parse job that is named, or the one that reads the file now: an ordinary one, which is listed as such.
async fn sample(app: &App, caller: &Caller, reference: Reference) -> AppResult<Sample> {
    let source = match sources::find(app, caller, reference).await? {
        JobSource::ParseJob { outputs, name, .. } => return Ok(Sample { name, outputs }),
        source => source,
    };
    let parameters = preset_parameters(SAMPLE_PRESET);
    let mut job = app
        .store
        .job_create(NewJob {
            project: caller.project(),
            options: job_options(Product::Parse, &parameters)?,
            parameters: Some(parameters),
            configuration: None,
            source,
            user_metadata: Default::default(),
            reuse: app.reuse(),
            once: None,
            listeners: Listeners::default(),
        })
        .await?;
    let end = Instant::now() + Duration::from_millis(app.limits.sample_wait_ms);
    while !job.status.is_terminal() {
        if Instant::now() >= end || app.closing.is_cancelled() {
            let message =
                format!("The sample is still being read as {}; give that id as `file_id` once it is done.", job.id);
            return Err(AppError::new(Code::NotUsable, message));
        }
        tokio::time::sleep(POLL).await;
        let found = app.store.job_get(caller.project(), job.id).await?;
        job = found.ok_or_else(|| AppError::not_found("parse job", job.id))?;
    }
    let name = job.source.name().to_owned();
    match job {
        Job { status: JobStatus::Completed, outputs: Some(outputs), .. } => Ok(Sample { name, outputs }),
        Job { failure: Some(failure), .. } => Err(failure.into()),
        Job { id, status, .. } => Err(AppError::new(Code::NotUsable, format!("The parse job {id} is {status}."))),
    }
}

/// Adds a property; one of this name that is there already stays.
fn insert(object: &mut Value, name: String, schema: Value) {
    let Some(map) = object.as_object_mut() else { return };
    let properties = map.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    if let Some(properties) = properties.as_object_mut() {
        properties.entry(name).or_insert(schema);
    }
}

fn schema_of(field: Field) -> Value {
    let mut own = json!({"type": field.kind.type_name()});
    if !field.inner.is_empty() {
        own = nothing();
        field.inner.into_iter().for_each(|inner| insert(&mut own, inner.name.clone(), schema_of(inner)));
    }
    let mut schema = if field.list { json!({"type": "array", "items": own}) } else { own };
    schema["description"] = Value::from(field.description);
    schema
}
