//! Shapes of request bodies as tables, and one walk over a body that finds everything that is wrong with it.
//!
//! Messages and error types are pydantic's, because clients show them to people who know LlamaCloud's. `null` is the
//! same as not given (contract 1.4). Values are never converted: a number in quotes is no number.

use std::fmt::Display;
use std::str::FromStr;

use docmill_model::Timestamp;
use serde_json::{Map, Value};

use crate::errors::{FieldError, Loc};

/// Errors that one request is told at most: a body full of wrong keys must not make an answer of the same size.
const ERRORS_MAX: usize = 100;

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    Bool,
    /// Characters, not bytes.
    Text {
        min: usize,
        max: usize,
    },
    /// A name of a file: at least a character, no control characters, which garble terminals, logs and headers.
    Name,
    /// A text of its own form; the function says what is wrong with it.
    Form(fn(&str) -> Result<(), String>),
    /// The same for a form that a pattern (ECMA 262) describes, for the API's description.
    Written {
        pattern: &'static str,
        read: fn(&str) -> Result<(), String>,
    },
    /// RFC 3339, with or without an offset.
    Instant,
    /// `http:` or `https:`.
    Url,
    OneOf(&'static [&'static str]),
    Int {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
        max: f64,
    },
    /// A number, or a text that holds one (triggers of auto mode, contract 3.4).
    NumberOrText,
    /// A text, a number, a boolean, null or a list of texts (a file's metadata).
    Plain,
    List {
        of: &'static Rule,
        max: usize,
    },
    Map {
        of: &'static Rule,
        max: usize,
    },
    /// Exactly these fields; others are refused.
    Object(&'static [Field]),
    /// An object of the fields of several tables.
    Joined(&'static [&'static [Field]]),
    /// Any object.
    AnyObject,
    /// Not looked at.
    Any,
}

/// A text of sensible size.
pub const TEXT: Rule = Rule::Text { min: 0, max: 10_000 };

#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub needed: bool,
    pub rule: Rule,
}

/// A field that must be given.
pub const fn must(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: true, rule }
}

/// A field that may be left out.
pub const fn may(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: false, rule }
}

/// For `Rule::Form`: whether a text reads as a `T`.
pub fn reads_as<T: FromStr<Err: Display>>(text: &str) -> Result<(), String> {
    text.parse::<T>().map(|_| ()).map_err(|error| error.to_string())
}

/// What is wrong with the name of a file.
pub fn name(text: &str) -> Result<(), String> {
    let garbled = text.chars().any(char::is_control);
    if garbled { Err("a name must not have control characters".to_owned()) } else { Ok(()) }
}

/// Everything that is wrong with a request body, in the order of the table.
pub fn body(rule: &Rule, value: &Value) -> Vec<FieldError> {
    at(rule, value, vec!["body".into()])
}

/// The same for a value at another place.
pub fn at(rule: &Rule, value: &Value, loc: Vec<Loc>) -> Vec<FieldError> {
    let mut walk = Walk { loc, errors: Vec::new() };
    walk.value(rule, value);
    walk.errors
}

struct Walk {
    loc: Vec<Loc>,
    errors: Vec<FieldError>,
}

impl Walk {
    fn refuse(&mut self, kind: &'static str, msg: impl Into<String>, input: &Value) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(FieldError::new(kind, self.loc.clone(), msg, input));
        }
    }

    fn inside(&mut self, step: impl Into<Loc>, run: impl FnOnce(&mut Self)) {
        self.loc.push(step.into());
        run(self);
        self.loc.pop();
    }

    fn value(&mut self, rule: &Rule, value: &Value) {
        match *rule {
            Rule::Bool if !value.is_boolean() => self.refuse("bool_type", "Input should be a valid boolean", value),
            Rule::Bool => {}
            Rule::Text { .. }
            | Rule::Name
            | Rule::Form(_)
            | Rule::Written { .. }
            | Rule::Instant
            | Rule::Url
            | Rule::OneOf(_) => self.text(rule, value),
            Rule::Int { min, max } => self.int(min, max, value),
            Rule::Number { min, max } => match value.as_f64() {
                Some(number) => self.range(min, max, number, value),
                None => self.refuse("float_type", "Input should be a valid number", value),
            },
            Rule::NumberOrText => self.number_or_text(value),
            Rule::Plain => self.plain(value),
            Rule::List { of, max } => self.list(of, max, value),
            Rule::Map { of, max } => self.map(of, max, value),
            Rule::Object(fields) => self.object(&[fields], value),
            Rule::Joined(tables) => self.object(tables, value),
            Rule::AnyObject if !value.is_object() => {
                self.refuse("dict_type", "Input should be a valid dictionary", value);
            }
            Rule::AnyObject | Rule::Any => {}
        }
    }

    fn text(&mut self, rule: &Rule, value: &Value) {
        let Some(text) = value.as_str() else {
            return match rule {
                Rule::OneOf(names) => self.refuse("literal_error", one_of(names), value),
                _ => self.refuse("string_type", "Input should be a valid string", value),
            };
        };
        match *rule {
            Rule::Text { min, max } => self.length(min, max, text, value),
            Rule::Name if text.is_empty() => self.length(1, usize::MAX, text, value),
            Rule::Name => self.form(name, text, value),
            Rule::Form(read) | Rule::Written { read, .. } => self.form(read, text, value),
            Rule::Instant => self.form(reads_as::<Timestamp>, text, value),
            Rule::Url if !(text.starts_with("http:") || text.starts_with("https:")) => {
                self.refuse("string_pattern_mismatch", "String should match pattern '^https?:'", value);
            }
            Rule::Url => self.length(0, 2_000, text, value),
            Rule::OneOf(names) if !names.contains(&text) => self.refuse("literal_error", one_of(names), value),
            _ => {}
        }
    }

    fn form(&mut self, read: fn(&str) -> Result<(), String>, text: &str, value: &Value) {
        if let Err(message) = read(text) {
            self.refuse("value_error", format!("Value error, {message}"), value);
        }
    }

    fn length(&mut self, min: usize, max: usize, text: &str, value: &Value) {
        let count = text.chars().count();
        if count < min {
            self.refuse("string_too_short", format!("String should have at least {min} {}", characters(min)), value);
        } else if count > max {
            self.refuse("string_too_long", format!("String should have at most {max} {}", characters(max)), value);
        }
    }

    fn int(&mut self, min: i64, max: i64, value: &Value) {
        if let Some(number) = value.as_i64() {
            if number < min {
                self.refuse("greater_than_equal", format!("Input should be greater than or equal to {min}"), value);
            } else if number > max {
                self.refuse("less_than_equal", format!("Input should be less than or equal to {max}"), value);
            }
        } else if value.is_u64() {
            self.refuse("less_than_equal", format!("Input should be less than or equal to {max}"), value);
        } else {
            self.refuse("int_type", "Input should be a valid integer", value);
        }
    }

    fn range(&mut self, min: f64, max: f64, number: f64, value: &Value) {
        if number < min {
            self.refuse("greater_than_equal", format!("Input should be greater than or equal to {min}"), value);
        } else if number > max {
            self.refuse("less_than_equal", format!("Input should be less than or equal to {max}"), value);
        }
    }

    fn number_or_text(&mut self, value: &Value) {
        let fits = match value {
            Value::Number(_) => true,
            Value::String(text) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
            _ => false,
        };
        if !fits {
            self.refuse("value_error", "Value error, Input should be a number or a numeric string", value);
        }
    }

    fn plain(&mut self, value: &Value) {
        let fits = match value {
            Value::Object(_) => false,
            Value::Array(list) => list.iter().all(Value::is_string),
            _ => true,
        };
        if !fits {
            let message = "Value error, Input should be a string, number, boolean, null or a list of strings";
            self.refuse("value_error", message, value);
        }
    }

    fn list(&mut self, of: &Rule, max: usize, value: &Value) {
        let Some(list) = value.as_array() else {
            return self.refuse("list_type", "Input should be a valid list", value);
        };
        if list.len() > max {
            let message = format!("List should have at most {max} items after validation, not {}", list.len());
            return self.refuse("too_long", message, value);
        }
        for (index, item) in list.iter().enumerate() {
            self.inside(index, |walk| walk.value(of, item));
        }
    }

    fn map(&mut self, of: &Rule, max: usize, value: &Value) {
        let Some(map) = value.as_object() else {
            return self.refuse("dict_type", "Input should be a valid dictionary", value);
        };
        if map.len() > max {
            let message = format!("Dictionary should have at most {max} items after validation, not {}", map.len());
            return self.refuse("too_long", message, value);
        }
        for (key, item) in map {
            self.inside(shown_key(key).as_str(), |walk| walk.value(of, item));
        }
    }

    fn object(&mut self, tables: &[&[Field]], value: &Value) {
        let Some(map) = value.as_object() else {
            let message = "Input should be a valid dictionary or object to extract fields from";
            return self.refuse("model_attributes_type", message, value);
        };
        for field in tables.iter().copied().flatten() {
            match map.get(field.name).filter(|item| !item.is_null()) {
                Some(item) => self.inside(field.name, |walk| walk.value(&field.rule, item)),
                None if field.needed => {
                    self.inside(field.name, |walk| walk.refuse("missing", "Field required", value));
                }
                None => {}
            }
        }
        self.unknown(tables, map);
    }

    fn unknown(&mut self, tables: &[&[Field]], map: &Map<String, Value>) {
        let known = |key: &str| tables.iter().copied().flatten().any(|field| field.name == key);
        for (key, item) in map.iter().filter(|(key, _)| !known(key)) {
            self.inside(shown_key(key).as_str(), |walk| {
                walk.refuse("extra_forbidden", "Extra inputs are not permitted", item);
            });
        }
    }
}

fn shown_key(key: &str) -> String {
    key.chars().take(100).collect()
}

fn characters(count: usize) -> &'static str {
    if count == 1 { "character" } else { "characters" }
}

/// `Input should be 'a', 'b' or 'c'`.
pub fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        Some((last, [])) => format!("Input should be {last}"),
        Some((last, rest)) => format!("Input should be {} or {last}", rest.join(", ")),
        None => "Input is not expected here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    static RULE: Rule = Rule::Object(&[
        must("name", Rule::Text { min: 1, max: 5 }),
        may("kind", Rule::OneOf(&["a", "b", "c"])),
        may("on", Rule::Bool),
        may("count", Rule::Int { min: 1, max: 9 }),
        may("share", Rule::Number { min: 0.0, max: 1.0 }),
        may("list", Rule::List { of: &Rule::Url, max: 2 }),
        may("map", Rule::Map { of: &Rule::Plain, max: 2 }),
        may("inner", Rule::Object(&[must("deep", Rule::NumberOrText)])),
        may("open", Rule::AnyObject),
    ]);

    /// `path type` of every error.
    fn check(given: Value, expected: &[&str]) {
        let found: Vec<String> = body(&RULE, &given)
            .iter()
            .map(|error| {
                let steps: Vec<String> = error
                    .loc
                    .iter()
                    .map(|step| match step {
                        Loc::Name(name) => name.clone(),
                        Loc::Index(index) => index.to_string(),
                    })
                    .collect();
                format!("{} {}", steps.join("."), error.kind)
            })
            .collect();
        assert_eq!(found, expected, "{given}");
    }

    #[test]
    fn every_rule_accepts_and_refuses() {
        check(json!({"name": "x", "kind": null, "inner": {"deep": "1.5"}, "open": {"any": 1}}), &[]);
        check(json!({"name": "x", "list": ["https://a"], "map": {"k": ["a"], "l": null}, "share": 1}), &[]);
        check(json!([]), &["body model_attributes_type"]);
        check(json!({"name": null}), &["body.name missing"]);
        check(json!({"name": ""}), &["body.name string_too_short"]);
        check(json!({"name": "éééééé"}), &["body.name string_too_long"]);
        check(json!({"name": 1, "kind": "d"}), &["body.name string_type", "body.kind literal_error"]);
        check(json!({"name": "x", "on": "true"}), &["body.on bool_type"]);
        check(json!({"name": "x", "count": 0}), &["body.count greater_than_equal"]);
        check(json!({"name": "x", "count": u64::MAX}), &["body.count less_than_equal"]);
        check(json!({"name": "x", "count": 1.5}), &["body.count int_type"]);
        check(json!({"name": "x", "share": 1.1}), &["body.share less_than_equal"]);
        check(
            json!({"name": "x", "list": ["ftp://a", 1]}),
            &["body.list.0 string_pattern_mismatch", "body.list.1 string_type"],
        );
        check(json!({"name": "x", "list": ["http:", "http:", "http:"]}), &["body.list too_long"]);
        check(json!({"name": "x", "map": {"k": {}}}), &["body.map.k value_error"]);
        check(
            json!({"name": "x", "inner": {"more": 1}}),
            &["body.inner.deep missing", "body.inner.more extra_forbidden"],
        );
        check(json!({"name": "x", "open": 1}), &["body.open dict_type"]);
    }

    #[test]
    fn messages_are_pydantics() {
        let errors = body(&RULE, &json!({"name": "", "kind": "d", "other": 1}));
        let messages: Vec<&str> = errors.iter().map(|error| error.msg.as_str()).collect();
        assert_eq!(
            messages,
            [
                "String should have at least 1 character",
                "Input should be 'a', 'b' or 'c'",
                "Extra inputs are not permitted",
            ]
        );
    }

    #[test]
    fn a_body_of_wrong_keys_gives_a_short_answer() {
        let wrong: Map<String, Value> = (0..10_000).map(|n| (format!("key{n}"), Value::Null)).collect();
        assert_eq!(body(&RULE, &Value::Object(wrong)).len(), ERRORS_MAX);
    }
}
