//! A schema from a document: its labels, the fields of its forms, its parties and its tables, with the types that their
//! values have. What the schema would not find again in the same document is left out.

mod looks;
mod pairs;
mod tables;

use std::collections::HashSet;

use docmill_model::Failure;
use docmill_model::document::Page;
use docmill_model::options::ExtractOptions;
use docmill_model::schema::check;
use serde_json::{Map, Value, json};

use crate::concepts::Role;
use crate::fields::{Part, Use, of_object};
use crate::parties::{Party, parties};
use crate::recognise::Habits;
use crate::tokens::label;
use crate::view::View;

/// Properties of one draft: more are a list of everything rather than a schema.
const PROPERTIES_MAX: usize = 60;

/// A property with what a person reads of it.
#[derive(Debug, Clone, PartialEq)]
struct Drafted {
    name: String,
    schema: Value,
    /// A form asks for it, filled in or not.
    blank: bool,
}

/// A schema that this document fits. With `wanted`, a schema whose names somebody wrote down, it has those properties
/// and no others, with the types and columns that the document shows. Fails where `wanted` is no usable schema.
pub fn draft(pages: &[Page], wanted: Option<&Value>) -> Result<Value, Failure> {
    let seen = kept(pages, seen(pages))?;
    let Some(wanted) = wanted else { return Ok(object(seen)) };
    let mut root = wanted.clone();
    let properties = root.get_mut("properties").and_then(Value::as_object_mut);
    for (name, own) in properties.into_iter().flatten() {
        if let Some(same) = seen.iter().find(|drafted| means_the_same(name, own, drafted)) {
            *own = joined(own, &same.schema);
        }
    }
    check(&root)?;
    Ok(root)
}

fn seen(pages: &[Page]) -> Vec<Drafted> {
    let view = View::of(pages);
    let habits = Habits::of(view.phrases.iter().map(|phrase| phrase.text.as_str()));
    let mut seen = pairs::of_forms(&view);
    seen.extend(pairs::of_labels(&view, habits));
    seen.extend(of_parties(&parties(&view, habits)));
    seen.extend(tables::of_tables(&view, habits));
    let mut names = HashSet::new();
    seen.retain(|drafted| names.insert(drafted.name.clone()));
    seen.truncate(PROPERTIES_MAX);
    seen
}

/// Those that the extraction finds again.
fn kept(pages: &[Page], seen: Vec<Drafted>) -> Result<Vec<Drafted>, Failure> {
    let options = ExtractOptions { data_schema: object(seen.clone()), ..ExtractOptions::default() };
    let found = crate::extract(pages, &options)?.data;
    let is_there = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        other => !other.is_null(),
    };
    Ok(seen.into_iter().filter(|drafted| drafted.blank || found.get(&drafted.name).is_some_and(is_there)).collect())
}

fn object(properties: Vec<Drafted>) -> Value {
    let properties: Map<String, Value> = properties.into_iter().map(|drafted| (drafted.name, drafted.schema)).collect();
    json!({ "type": "object", "properties": properties })
}

/// Whether a name that somebody wrote down is what the document has: the same words, or the same concept.
fn means_the_same(name: &str, own: &Value, drafted: &Drafted) -> bool {
    if label(name) == label(&drafted.name) {
        return true;
    }
    let is_rows = |schema: &Value| schema["type"] == "array" && schema["items"]["type"] == "object";
    if is_rows(own) || is_rows(&drafted.schema) {
        let rows =
            |name: &str| crate::concepts::headings(name, None).into_iter().map(|label| label.words).collect::<Vec<_>>();
        let (a, b) = (rows(name), rows(&drafted.name));
        return is_rows(&drafted.schema) && a.iter().any(|words| b.contains(words));
    }
    let concept = |name: &str, schema: &Value| {
        let root = check(&json!({ "type": "object", "properties": { name: schema } })).ok()?.root;
        of_object(&root, Use::Page).first().and_then(|field| field.concepts.first().copied())
    };
    // The type of a name that stands alone is a guess; the document knows better.
    let untyped = json!({ "type": drafted.schema["type"] });
    concept(name, &untyped).is_some_and(|own| concept(&drafted.name, &drafted.schema) == Some(own))
}

/// What the document shows, with the properties that somebody named for the inside.
fn joined(own: &Value, shown: &Value) -> Value {
    let inner = own["items"]["properties"].as_object();
    let (Some(inner), Some(columns)) = (inner, shown["items"]["properties"].as_object()) else { return shown.clone() };
    let mut joined = own.clone();
    for (name, own) in inner {
        let mut columns =
            columns.iter().map(|(name, schema)| Drafted { name: name.clone(), schema: schema.clone(), blank: false });
        if let Some(column) = columns.find(|column| means_the_same(name, own, column)) {
            joined["items"]["properties"][name] = column.schema;
        }
    }
    joined
}

/// An object for each party that the document says.
fn of_parties(parties: &[Party]) -> Vec<Drafted> {
    const PARTS: &[(Part, &str)] = &[
        (Part::Name, "name"),
        (Part::Street, "street"),
        (Part::PostCode, "postcode"),
        (Part::City, "city"),
        (Part::State, "state"),
        (Part::Country, "country"),
        (Part::Phone, "phone"),
        (Part::Email, "email"),
    ];
    let mut drafted = Vec::new();
    for (role, name, about) in [
        (Role::Issuer, "seller", "Who the document is from"),
        (Role::Customer, "customer", "Whom the document is for"),
        (Role::ShipTo, "ship_to", "Where the goods go"),
    ] {
        let Some(party) = parties.iter().find(|party| party.role() == Some(role)) else { continue };
        let own = PARTS.iter().filter(|(part, _)| party.says(*part));
        let properties: Map<String, Value> =
            own.map(|(_, name)| ((*name).to_owned(), json!({ "type": "string" }))).collect();
        let schema = json!({ "type": "object", "description": about, "properties": properties });
        drafted.push(Drafted { name: name.to_owned(), schema, blank: false });
    }
    drafted
}
