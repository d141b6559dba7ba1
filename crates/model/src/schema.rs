//! The law of data schemas (contract 4.2): which JSON Schemas are taken, and the typed tree they become.
//!
//! Patterns, limits and `date-time` are kept, and left out of the cleaned form: a value that breaks them is not given.
//! Other formats and defaults are hints at most.

mod check;

pub use check::check;

use serde_json::{Map, Value, json};

/// Objects inside objects, the root counted. An array adds a level only where it stands directly in an array.
pub const LEVELS_MAX: usize = 7;
/// Properties of the whole tree after `$ref`s are inlined.
pub const PROPERTIES_MAX: usize = 5_000;
/// Characters of names, descriptions and enum values of the whole tree after `$ref`s are inlined.
pub const TEXT_CHARS_MAX: usize = 120_000;
/// Characters of the schema as compact JSON.
pub const RAW_CHARS_MAX: usize = 150_000;
/// Synonyms of one property; what follows is left out.
const SYNONYMS_MAX: usize = 30;
/// Longer titles, formats and patterns are no labels or hints; they are left out, so that inlining stays bounded.
const HINT_CHARS_MAX: usize = 200;

/// A schema that keeps the law.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Always an object.
    pub root: Node,
}

/// A place in the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub title: Option<String>,
    pub description: Option<String>,
    /// Whether null is a value here.
    pub nullable: bool,
    pub kind: Kind,
    /// The allowed values of a scalar, null not among them; `None` = any.
    pub choices: Option<Vec<Value>>,
    /// `date`, `email`, `uri`, ...: a hint for reading, not promised of the result.
    pub format: Option<String>,
    /// A regular expression that values match somewhere.
    pub pattern: Option<String>,
    pub limits: Limits,
    pub hints: Hints,
}

/// What a schema allows of the values of a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub exclusive_minimum: Option<f64>,
    pub exclusive_maximum: Option<f64>,
    pub multiple_of: Option<f64>,
    /// Characters.
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique_items: bool,
}

/// What a schema says about where its values stand: keywords of our own, which others pass over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// `x-synonyms`: what documents call it.
    pub synonyms: Vec<String>,
    /// `x-regex`: what a value looks like, in the text around it; a group of it is the value.
    pub regex: Option<String>,
    /// `x-page`: the page that it stands on, from 1; negative numbers count from the end.
    pub page: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Properties in the schema's order.
    Object(Vec<Property>),
    Array(Box<Node>),
    Text,
    Number,
    Integer,
    Boolean,
    /// Null is the only value.
    Null,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub name: String,
    pub required: bool,
    pub node: Node,
}

impl Schema {
    /// The schema in the supported subset: `$ref`s inlined, one type a node, null by `anyOf`, nothing else kept.
    pub fn cleaned(&self) -> Value {
        self.root.cleaned()
    }

    /// The root's properties.
    pub fn properties(&self) -> &[Property] {
        self.root.properties()
    }
}

impl Kind {
    /// The name of the type in JSON Schema.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Object(_) => "object",
            Self::Array(_) => "array",
            Self::Text => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Null => "null",
        }
    }
}

impl Node {
    /// The properties of an object; none for any other kind.
    pub fn properties(&self) -> &[Property] {
        match &self.kind {
            Kind::Object(properties) => properties,
            _ => &[],
        }
    }

    /// Whether the value stands here alone: neither object nor array.
    pub const fn is_leaf(&self) -> bool {
        !matches!(self.kind, Kind::Object(_) | Kind::Array(_))
    }

    /// Whether `value` may stand here: types, choices, null and required properties, all the way down.
    pub fn accepts(&self, value: &Value) -> bool {
        if value.is_null() {
            return self.nullable || self.kind == Kind::Null;
        }
        if self.choices.as_ref().is_some_and(|choices| !choices.contains(value)) {
            return false;
        }
        match (&self.kind, value) {
            (Kind::Object(properties), Value::Object(map)) => {
                properties.iter().all(|property| match map.get(&property.name) {
                    Some(value) => property.node.accepts(value),
                    None => !property.required,
                })
            }
            (Kind::Array(item), Value::Array(values)) => values.iter().all(|value| item.accepts(value)),
            (Kind::Text, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) | (Kind::Number, Value::Number(_)) => true,
            (Kind::Integer, Value::Number(number)) => is_whole(number),
            _ => false,
        }
    }

    fn cleaned(&self) -> Value {
        let mut map = Map::new();
        if let Some(title) = &self.title {
            map.insert("title".into(), json!(title));
        }
        if let Some(description) = &self.description {
            map.insert("description".into(), json!(description));
        }
        let own = self.cleaned_kind();
        if self.nullable && self.kind != Kind::Null {
            map.insert("anyOf".into(), json!([own, { "type": "null" }]));
        } else {
            map.extend(own);
        }
        Value::Object(map)
    }

    fn cleaned_kind(&self) -> Map<String, Value> {
        let mut map = Map::from_iter([("type".to_owned(), json!(self.kind.type_name()))]);
        match &self.kind {
            Kind::Object(properties) => {
                let cleaned = |property: &Property| (property.name.clone(), property.node.cleaned());
                let required: Vec<&str> =
                    properties.iter().filter(|property| property.required).map(|p| p.name.as_str()).collect();
                map.insert("properties".into(), Value::Object(properties.iter().map(cleaned).collect()));
                if !required.is_empty() {
                    map.insert("required".into(), json!(required));
                }
            }
            Kind::Array(item) => {
                map.insert("items".into(), item.cleaned());
            }
            _ => {}
        }
        if let Some(choices) = &self.choices {
            map.insert("enum".into(), json!(choices));
        }
        map
    }
}

/// JSON Schema counts 2.0 as an integer.
fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
}

#[cfg(test)]
mod tests;
