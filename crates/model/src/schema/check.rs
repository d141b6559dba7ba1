//! From raw JSON to the typed tree, with a JSON pointer in every refusal.

use serde_json::{Map, Value};

use super::{
    HINT_CHARS_MAX, Hints, Kind, LEVELS_MAX, Limits, Node, PROPERTIES_MAX, Property, RAW_CHARS_MAX, SYNONYMS_MAX,
    Schema, TEXT_CHARS_MAX,
};
use crate::failure::{Code, Failure};

/// Checks a data schema and inlines its `$ref`s. Refuses with `SCHEMA_INVALID` and a sentence that says where.
pub fn check(raw: &Value) -> Result<Schema, Failure> {
    if !raw.is_object() {
        return Err(refuse("#", "the schema must be a JSON object"));
    }
    let chars = raw.to_string().chars().count();
    if chars > RAW_CHARS_MAX {
        return Err(refuse("#", &format!("the schema has {chars} characters, more than the limit of {RAW_CHARS_MAX}")));
    }
    if !["type", "properties", "items", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"]
        .iter()
        .any(|keyword| raw.get(keyword).is_some())
    {
        return Err(refuse("#", "the root has no type; it must have type object, and `properties`"));
    }
    let mut checker = Checker { raw, properties: 0, text_chars: 0, references: Vec::new() };
    let root = checker.node(raw, "#", 1)?;
    if !matches!(root.kind, Kind::Object(_)) {
        return Err(refuse("#", &format!("the root must have type object, not {}", root.kind.type_name())));
    }
    Ok(Schema { root: Node { nullable: false, ..root } })
}

fn refuse(pointer: &str, what: &str) -> Failure {
    Failure::new(Code::SchemaInvalid, format!("The data schema is not valid at {pointer}: {what}."))
}

fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

struct Checker<'a> {
    raw: &'a Value,
    /// So far, over the whole inlined tree.
    properties: usize,
    text_chars: usize,
    /// `$ref`s that are being inlined, outermost first.
    references: Vec<String>,
}

/// A node with references and alternatives taken away: what is left has one type.
struct Plain<'a> {
    map: &'a Map<String, Value>,
    pointer: String,
    title: Option<&'a str>,
    description: Option<&'a str>,
    nullable: bool,
}

impl<'a> Checker<'a> {
    fn node(&mut self, raw: &'a Value, pointer: &str, level: usize) -> Result<Node, Failure> {
        let depth = self.references.len();
        let node = self.plain(raw, pointer).and_then(|plain| self.typed(plain, level));
        self.references.truncate(depth);
        node
    }

    /// Follows `$ref`, `anyOf`/`oneOf` and a single `allOf` to the node that they mean. Titles and descriptions
    /// beside a reference win over those behind it, as Pydantic writes them. A loop, not a recursion: a chain of
    /// references may be thousands long.
    fn plain(&mut self, raw: &'a Value, pointer: &str) -> Result<Plain<'a>, Failure> {
        let (mut raw, mut pointer) = (raw, pointer.to_owned());
        let (mut title, mut description, mut nullable) = (None, None, false);
        loop {
            let map = match raw {
                Value::Object(map) => map,
                Value::Bool(true) => empty_map(),
                _ => return Err(refuse(&pointer, "a schema must be a JSON object")),
            };
            title = title.or(hint(map, "title"));
            description = description.or_else(|| map.get("description").and_then(Value::as_str));
            nullable |= map.get("nullable") == Some(&Value::Bool(true));
            (raw, pointer) = if let Some(reference) = map.get("$ref") {
                self.follow(reference, &pointer)?
            } else if let Some((keyword, alternatives)) = alternatives(map) {
                let (index, chosen, null) = choose(alternatives, &format!("{pointer}/{keyword}"))?;
                nullable |= null;
                (chosen, format!("{pointer}/{keyword}/{index}"))
            } else {
                return Ok(Plain { map, pointer, title, description, nullable });
            };
        }
    }

    fn follow(&mut self, reference: &Value, pointer: &str) -> Result<(&'a Value, String), Failure> {
        let reference = reference.as_str().ok_or_else(|| refuse(pointer, "`$ref` must be a string"))?;
        let shown = excerpt(reference);
        if self.references.iter().any(|seen| seen == reference) {
            return Err(refuse(
                pointer,
                &format!("`$ref` {shown} refers to itself, and recursive schemas are not taken"),
            ));
        }
        let path = reference.strip_prefix('#').ok_or_else(|| {
            refuse(pointer, &format!("`$ref` {shown} lies outside of the schema, and only local ones are followed"))
        })?;
        let target =
            self.raw.pointer(path).ok_or_else(|| refuse(pointer, &format!("`$ref` {shown} refers to nothing")))?;
        self.references.push(reference.to_owned());
        Ok((target, reference.to_owned()))
    }

    fn typed(&mut self, plain: Plain<'a>, level: usize) -> Result<Node, Failure> {
        let Plain { map, pointer, title, description, mut nullable } = plain;
        self.count_text(description.unwrap_or_default(), &pointer)?;
        let (name, null) = type_name(map, &pointer)?;
        nullable |= null;
        let kind = match name {
            "object" => Kind::Object(self.object(map, &pointer, level)?),
            "array" => Kind::Array(Box::new(self.items(map, &pointer, level)?)),
            "string" => Kind::Text,
            "number" => Kind::Number,
            "integer" => Kind::Integer,
            "boolean" => Kind::Boolean,
            "null" => Kind::Null,
            other => return Err(refuse(&pointer, &format!("`{}` is no type of JSON Schema", excerpt(other)))),
        };
        let mut node = Node {
            title: title.map(str::to_owned),
            description: description.map(str::to_owned),
            nullable,
            kind,
            choices: None,
            format: hint(map, "format").map(str::to_owned),
            pattern: hint(map, "pattern").map(str::to_owned),
            limits: limits(map),
            hints: hints(map),
        };
        if node.is_leaf() {
            self.choices(&mut node, map, &pointer)?;
        }
        Ok(node)
    }

    fn object(&mut self, map: &'a Map<String, Value>, pointer: &str, level: usize) -> Result<Vec<Property>, Failure> {
        if level > LEVELS_MAX {
            return Err(refuse(pointer, &format!("it is nested deeper than the limit of {LEVELS_MAX} levels")));
        }
        let properties = match map.get("properties") {
            None => empty_map(),
            Some(Value::Object(properties)) => properties,
            Some(_) => return Err(refuse(pointer, "`properties` must be a JSON object")),
        };
        let required = required(map, properties, pointer)?;
        self.properties += properties.len();
        if self.properties > PROPERTIES_MAX {
            return Err(refuse(pointer, &format!("there are more properties than the limit of {PROPERTIES_MAX}")));
        }
        let mut typed = Vec::with_capacity(properties.len());
        for (name, raw) in properties {
            self.count_text(name, pointer)?;
            let below = format!("{pointer}/properties/{}", excerpt(name).replace('~', "~0").replace('/', "~1"));
            let node = self.node(raw, &below, level + 1)?;
            typed.push(Property { name: name.clone(), required: required.contains(&name.as_str()), node });
        }
        Ok(typed)
    }

    fn items(&mut self, map: &'a Map<String, Value>, pointer: &str, level: usize) -> Result<Node, Failure> {
        const ANY: &Value = &Value::Bool(true);
        if level > LEVELS_MAX + 1 {
            return Err(refuse(pointer, &format!("it is nested deeper than the limit of {LEVELS_MAX} levels")));
        }
        // The items of an array stand on the array's own level, which `object` counted for its property; an array
        // in an array is a level of its own, so that chains of them end.
        let raw = map.get("items").unwrap_or(ANY);
        let below = format!("{pointer}/items");
        let depth = self.references.len();
        let plain = self.plain(raw, &below)?;
        let nested = type_name(plain.map, &plain.pointer)?.0 == "array";
        let node = self.typed(plain, level + usize::from(nested));
        self.references.truncate(depth);
        node
    }

    fn choices(&mut self, node: &mut Node, map: &'a Map<String, Value>, pointer: &str) -> Result<(), Failure> {
        let values = match (map.get("enum"), map.get("const")) {
            (Some(Value::Array(values)), _) => values.clone(),
            (Some(_), _) => return Err(refuse(pointer, "`enum` must be an array")),
            (None, Some(value)) => vec![value.clone()],
            (None, None) => return Ok(()),
        };
        for value in &values {
            match value {
                Value::String(text) => self.count_text(text, pointer)?,
                Value::Array(_) | Value::Object(_) => {
                    return Err(refuse(pointer, "`enum` may hold only strings, numbers, booleans and null"));
                }
                other => self.count_text(&other.to_string(), pointer)?,
            }
        }
        node.nullable |= values.contains(&Value::Null);
        let fitting: Vec<Value> = values.into_iter().filter(|value| !value.is_null() && node.accepts(value)).collect();
        if fitting.is_empty() && node.kind != Kind::Null {
            let kind = node.kind.type_name();
            return Err(refuse(pointer, &format!("`enum` holds no value of type {kind}")));
        }
        node.choices = (!fitting.is_empty()).then_some(fitting);
        Ok(())
    }

    fn count_text(&mut self, text: &str, pointer: &str) -> Result<(), Failure> {
        self.text_chars += text.chars().count();
        if self.text_chars > TEXT_CHARS_MAX {
            let what =
                format!("names, descriptions and enum values have more than {TEXT_CHARS_MAX} characters together");
            return Err(refuse(pointer, &what));
        }
        Ok(())
    }
}

fn empty_map() -> &'static Map<String, Value> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    &EMPTY
}

fn hint<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    map.get(key).and_then(Value::as_str).filter(|text| text.chars().count() <= HINT_CHARS_MAX)
}

/// Limits that are no numbers are passed over, as validators that are strict refuse the whole schema.
fn limits(map: &Map<String, Value>) -> Limits {
    let number = |key: &str| map.get(key).and_then(Value::as_f64);
    // A whole number may be written `3.0`.
    let count = |key: &str| number(key).filter(|count| *count >= 0.0).map(|count| count as u64);
    Limits {
        minimum: number("minimum"),
        maximum: number("maximum"),
        exclusive_minimum: number("exclusiveMinimum"),
        exclusive_maximum: number("exclusiveMaximum"),
        multiple_of: number("multipleOf").filter(|step| *step > 0.0),
        min_length: count("minLength"),
        max_length: count("maxLength"),
        min_items: count("minItems"),
        max_items: count("maxItems"),
        unique_items: map.get("uniqueItems") == Some(&Value::Bool(true)),
    }
}

/// Those of our own keywords that can be used; others are passed over like all that is unknown.
fn hints(map: &Map<String, Value>) -> Hints {
    let synonyms = match map.get("x-synonyms") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(name)) => vec![name.as_str()],
        _ => Vec::new(),
    };
    let fits = |name: &&str| name.chars().count() <= HINT_CHARS_MAX;
    Hints {
        synonyms: synonyms.into_iter().filter(fits).take(SYNONYMS_MAX).map(str::to_owned).collect(),
        regex: hint(map, "x-regex").map(str::to_owned),
        page: map.get("x-page").and_then(Value::as_i64),
    }
}

/// `anyOf` or `oneOf`, or an `allOf` of one, which older Pydantic writes around a `$ref`.
fn alternatives(map: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    ["anyOf", "oneOf", "allOf"].into_iter().find_map(|keyword| Some((keyword, map.get(keyword)?)))
}

/// The first alternative that is not null, with its index, and whether null is one. Of several types the first is
/// promised: a value of it is valid for all of them.
fn choose<'a>(alternatives: &'a Value, pointer: &str) -> Result<(usize, &'a Value, bool), Failure> {
    let list = alternatives.as_array().ok_or_else(|| refuse(pointer, "it must be an array"))?;
    if pointer.ends_with("/allOf") && list.len() > 1 {
        return Err(refuse(pointer, "`allOf` of several schemas is not taken; write their properties in one"));
    }
    let is_null = |schema: &Value| schema.get("type").and_then(Value::as_str) == Some("null");
    let null = list.iter().any(is_null);
    let first = list.iter().enumerate().find(|(_, schema)| !is_null(schema)).or_else(|| list.iter().enumerate().next());
    let (index, chosen) = first.ok_or_else(|| refuse(pointer, "it names no alternative"))?;
    Ok((index, chosen, null))
}

/// The type and whether null stands beside it. Without `type` the other keywords say it; `{}` is text, which is
/// what a document is made of.
fn type_name<'a>(map: &'a Map<String, Value>, pointer: &str) -> Result<(&'a str, bool), Failure> {
    match map.get("type") {
        Some(Value::String(name)) => Ok((name, false)),
        Some(Value::Array(names)) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            let names = names.ok_or_else(|| refuse(pointer, "`type` must hold names of types"))?;
            let first = names.iter().find(|name| **name != "null").or(names.first());
            let first = first.ok_or_else(|| refuse(pointer, "`type` names no type"))?;
            Ok((first, names.contains(&"null")))
        }
        Some(_) => Err(refuse(pointer, "`type` must be the name of a type")),
        None if map.contains_key("properties") => Ok(("object", false)),
        None if map.contains_key("items") => Ok(("array", false)),
        None => Ok((type_of_choices(map), false)),
    }
}

fn type_of_choices(map: &Map<String, Value>) -> &'static str {
    let first = match map.get("enum") {
        Some(Value::Array(values)) => values.iter().find(|value| !value.is_null()),
        _ => map.get("const"),
    };
    match first {
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        _ => "string",
    }
}

fn required<'a>(
    map: &'a Map<String, Value>,
    properties: &Map<String, Value>,
    pointer: &str,
) -> Result<Vec<&'a str>, Failure> {
    let Some(raw) = map.get("required") else { return Ok(Vec::new()) };
    let names: Option<Vec<&str>> =
        raw.as_array().map(|names| names.iter().map(Value::as_str).collect()).unwrap_or(None);
    let names = names.ok_or_else(|| refuse(pointer, "`required` must be an array of names"))?;
    // JSON Schema allows a name without a property, and schemas in use have them; no result could follow it.
    Ok(names.into_iter().filter(|name| properties.contains_key(*name)).collect())
}
