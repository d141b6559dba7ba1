//! Parse jobs (contract 2.5 and section 3): requests, options and answers.

mod answer;
mod auto_mode;
mod languages;
mod options;
mod parameters;
mod rules;
mod shapes;
pub mod versions;

pub use answer::{Expanded, ParseJob, ParseResult, Usage, job_metadata, result};
pub(crate) use options::pages;
pub(crate) use parameters::TIMEOUTS;
pub use parameters::{CREATE, SAVED, UPLOAD};

use std::collections::BTreeMap;

use docmill_model::ConfigurationId;
use docmill_model::options::{PageSelection, ParseOptions};
use serde_json::{Map, Value, json};

use crate::check;
use crate::errors::{FieldError, Loc};
use crate::given;
use crate::references::Reference;
use crate::schema;
use crate::webhooks;

/// Characters of a key of `user_metadata`, and bytes of all its keys and values (contract 3.3).
const METADATA_KEY_CHARS_MAX: usize = 24;
const METADATA_BYTES_MAX: usize = 512;

/// JSON Schema of the body of POST /api/v2/parse: `CREATE`, with exactly one source, and with tier and version
/// unless a configuration says them.
pub fn create_schema() -> Value {
    let mut schema = schema::of(&CREATE);
    let given = |name: &str| json!({"required": [name], "properties": {name: {"type": "string"}}});
    schema["allOf"] = json!([
        {"oneOf": [given("file_id"), given("source_url")]},
        {"anyOf": [
            given("configuration_id"),
            {
                "required": ["tier", "version"],
                "properties": {"tier": {"type": "string", "not": {"const": "configured"}}, "version": {"type": "string"}},
            },
        ]},
    ]);
    schema
}

/// What both ways of creating a parse job have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseRequest {
    /// A saved configuration or preset that the options given here add to.
    pub configuration_id: Option<ConfigurationId>,
    pub user_metadata: BTreeMap<String, String>,
    webhooks: webhooks::Asked,
    /// The options as given, without the fields of the job itself.
    parameters: Value,
}

impl ParseRequest {
    /// The engine's options. `saved` are the parameters of `configuration_id`, which the caller loads; options of the
    /// request win over them, `configured` stands for theirs. Fails when both together break a rule.
    pub fn options(&self, saved: Option<&Value>) -> Result<ParseOptions, Vec<FieldError>> {
        options(&self.parameters(saved))
    }

    /// The complete parameters that `options` reads; the job echoes them as `raw_parameters`.
    pub fn parameters(&self, saved: Option<&Value>) -> Value {
        saved.map_or_else(|| self.parameters.clone(), |saved| merged(saved, &self.parameters))
    }

    /// Who is told of the job: those that the request names, else those of the saved configuration, for each of the two
    /// fields.
    pub fn webhooks(&self, saved: Option<&Value>) -> webhooks::Asked {
        let mut asked = self.webhooks.clone();
        if let Some(saved) = saved.map(webhooks::Asked::read) {
            if asked.saved.is_empty() {
                asked.saved = saved.saved;
            }
            if asked.inline.is_empty() {
                asked.inline = saved.inline;
            }
        }
        asked
    }

    fn of(body: &Value, mut errors: Vec<FieldError>) -> Result<Self, Vec<FieldError>> {
        let configuration_id = given::text(body, "configuration_id").and_then(|text| text.parse().ok());
        let user_metadata = user_metadata(body, &mut errors);
        errors.extend(webhooks::inline_errors(body, &["body".into()]));
        if body.is_object() && given::value(body, "configuration_id").is_none() {
            errors.extend(rules::check(body, &["body".into()]));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let fields = body.as_object().into_iter().flatten();
        let options = fields.filter(|(name, _)| !parameters::NOT_OPTIONS.contains(&name.as_str()));
        let parameters = options.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>();
        let webhooks = webhooks::Asked::read(body);
        Ok(Self { configuration_id, user_metadata, webhooks, parameters: Value::Object(parameters) })
    }
}

/// POST /api/v2/parse.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateParse {
    pub source: ParseSource,
    pub request: ParseRequest,
}

/// Where the document comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseSource {
    File(Reference),
    /// Fetched when the job runs, through `proxy` if one is given.
    Url {
        url: String,
        proxy: Option<String>,
    },
}

impl CreateParse {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&parameters::CREATE, body);
        let file = given::text(body, "file_id");
        let url = given::text(body, "source_url");
        if body.is_object() && (given::value(body, "file_id").is_some() == given::value(body, "source_url").is_some()) {
            errors.push(FieldError::body("", "Value error, Give exactly one of file_id and source_url", body));
        }
        let source = match (file.map(|text| Reference::file(&text)), url) {
            (Some(Ok(reference)), _) => Some(ParseSource::File(reference)),
            (_, Some(url)) => Some(ParseSource::Url { url, proxy: given::text(body, "http_proxy") }),
            _ => None,
        };
        let request = ParseRequest::of(body, errors)?;
        match source {
            Some(source) => Ok(Self { source, request }),
            None => Err(vec![FieldError::body("file_id", "Value error, this is not the id of a file", body)]),
        }
    }
}

/// The `configuration` part of POST /api/v2/parse/upload; the file comes in a part of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct UploadConfiguration(pub ParseRequest);

impl UploadConfiguration {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        ParseRequest::of(body, check::body(&parameters::UPLOAD, body)).map(Self)
    }
}

/// The engine's options for complete parameters: those of a request, or of a `parse_v2` configuration.
pub fn options(parameters: &Value) -> Result<ParseOptions, Vec<FieldError>> {
    let errors = check(parameters, &["body".into()]);
    if errors.is_empty() { Ok(options::resolve(parameters)) } else { Err(errors) }
}

/// Everything wrong with complete parameters that stand at `base`.
pub(crate) fn check(parameters: &Value, base: &[Loc]) -> Vec<FieldError> {
    let mut errors = check::at(&parameters::SAVED, parameters, base.to_vec());
    errors.extend(webhooks::inline_errors(parameters, base));
    if errors.is_empty() { rules::check(parameters, base) } else { errors }
}

/// For tables of fields: whether a text names pages.
pub(crate) fn target_pages(text: &str) -> Result<(), String> {
    PageSelection::parse_ranges(text).map(|_| ())
}

fn user_metadata(body: &Value, errors: &mut Vec<FieldError>) -> BTreeMap<String, String> {
    let given = given::object(body, "user_metadata").unwrap_or_default();
    let mut bytes = 0;
    let mut metadata = BTreeMap::new();
    for (key, value) in given {
        let text = value.as_str().unwrap_or_default().to_owned();
        bytes += key.len() + text.len();
        if key.chars().count() > METADATA_KEY_CHARS_MAX {
            let message = format!("Value error, keys have at most {METADATA_KEY_CHARS_MAX} characters");
            errors.push(FieldError::body("user_metadata", message, &Value::from(key.as_str())));
        }
        metadata.insert(key, text);
    }
    if bytes > METADATA_BYTES_MAX {
        let message = format!("Value error, {bytes} bytes of keys and values; at most {METADATA_BYTES_MAX} are kept");
        errors.push(FieldError::body("user_metadata", message, &Value::Null));
    }
    metadata
}

/// `over` laid over `base`, field by field. Null changes nothing; `configured` as tier or version is the base's.
fn merged(base: &Value, over: &Value) -> Value {
    let (Value::Object(base), Value::Object(over)) = (base, over) else {
        return if over.is_null() { base.clone() } else { over.clone() };
    };
    let mut result = base.clone();
    for (name, value) in over {
        let configured = matches!(name.as_str(), "tier" | "version") && value.as_str() == Some("configured");
        if !configured {
            let inner = merged(base.get(name).unwrap_or(&Value::Null), value);
            result.insert(name.clone(), inner);
        }
    }
    Value::Object(result)
}
