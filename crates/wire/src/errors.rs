//! Error bodies in FastAPI's form (contract 1.8).

use docmill_model::Code;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Characters of a refused text that are shown back: an error never grows with the request.
const INPUT_CHARS_SHOWN: usize = 200;

/// A step from the request to the wrong place: `body`, `query` or `path`, then property names and indexes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Loc {
    Name(String),
    Index(usize),
}

impl From<&str> for Loc {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Loc {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// One thing that is wrong with a request. `kind` is pydantic's error type (`missing`, `extra_forbidden`,
/// `value_error`, ...); `input` is what came, shortened: objects and lists are shown empty.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldError {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub loc: Vec<Loc>,
    pub msg: String,
    /// Boxed to keep results that hold an error small.
    pub input: Box<Value>,
}

impl FieldError {
    pub fn new(kind: &'static str, loc: Vec<Loc>, msg: impl Into<String>, input: &Value) -> Self {
        Self { kind, loc, msg: msg.into(), input: Box::new(shown(input)) }
    }

    /// A wrong value somewhere in the body; `path` is dotted (`config.job.type`).
    pub fn body(path: &str, msg: impl Into<String>, input: &Value) -> Self {
        Self::new("value_error", body_loc(path), msg, input)
    }

    /// A wrong query parameter.
    pub fn query(name: &str, msg: impl Into<String>, input: &str) -> Self {
        Self::new("value_error", vec!["query".into(), name.into()], msg, &Value::from(input))
    }

    /// A wrong part of the path, such as an id with another kind's prefix.
    pub fn path(name: &str, msg: impl Into<String>, input: &str) -> Self {
        Self::new("value_error", vec!["path".into(), name.into()], msg, &Value::from(input))
    }
}

/// `["body", ...]` for a dotted path; the empty path is the body itself.
pub fn body_loc(path: &str) -> Vec<Loc> {
    std::iter::once("body").chain(path.split('.').filter(|step| !step.is_empty())).map(Loc::from).collect()
}

fn shown(input: &Value) -> Value {
    match input {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::String(text) if text.chars().count() > INPUT_CHARS_SHOWN => {
            Value::from(text.chars().take(INPUT_CHARS_SHOWN).collect::<String>())
        }
        other => other.clone(),
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ErrorBody {
    pub detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Detail {
    Text(String),
    Fields(Vec<FieldError>),
}

/// LlamaCloud's error body and, beside `detail`, docmill's stable code: clients keep fields they do not know.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CodedError {
    #[serde(flatten)]
    pub body: ErrorBody,
    pub code: Code,
}

impl ErrorBody {
    pub fn text(text: impl Into<String>) -> Self {
        Self { detail: Detail::Text(text.into()) }
    }
}

impl From<Vec<FieldError>> for ErrorBody {
    fn from(errors: Vec<FieldError>) -> Self {
        Self { detail: Detail::Fields(errors) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_detail() {
        let check = |body: ErrorBody, expected: Value| assert_eq!(serde_json::to_value(body).unwrap(), expected);
        check(ErrorBody::text("no"), json!({"detail": "no"}));
        let mut error = FieldError::body("config.job", "Field required", &json!({"a": [1, 2]}));
        error.kind = "missing";
        error.loc.push(Loc::Index(2));
        check(
            vec![error].into(),
            json!({"detail": [
                {"type": "missing", "loc": ["body", "config", "job", 2], "msg": "Field required", "input": {}}
            ]}),
        );
    }

    #[test]
    fn a_long_input_is_shown_shortened() {
        let long = "é".repeat(10_000);
        let FieldError { input, .. } = FieldError::query("name", "too long", &long);
        assert_eq!(input.as_str().map(|text| text.chars().count()), Some(INPUT_CHARS_SHOWN));
    }
}
