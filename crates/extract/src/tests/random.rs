//! Random schemas over random pages: whatever comes out has the schema's types and says nothing that is not there.

use docmill_model::document::Page;
use docmill_model::schema::{Kind, Node, check};
use serde_json::{Map, Value, json};

use super::{page, with_table};
use crate::extract;
use docmill_model::options::{ExtractOptions, ExtractTarget};

/// A small generator of numbers (xorshift), so that every run tries the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const NAMES: &[&str] = &[
    "invoice_number",
    "date",
    "dueDate",
    "total",
    "tax",
    "email",
    "phone",
    "iban",
    "customer",
    "name",
    "address",
    "currency",
    "quantity",
    "price",
    "description",
    "paid",
    "website",
    "notes",
    "vat_id",
    "reference",
    "x",
];
const WORDS: &[&str] = &[
    "Invoice",
    "No:",
    "Date:",
    "due",
    "Total",
    "EUR",
    "€",
    "$",
    "12.50",
    "1.234,56",
    "4711",
    "2024-05-06",
    "31/12/2024",
    "a@b.com",
    "www.x.com",
    "+49 123 456 789",
    "DE89370400440532013000",
    "yes",
    "☒",
    "Name:",
    "Ann",
    "Lee",
    "Address:",
    "#",
    ":",
    "-",
    "21%",
    "Qty",
    "Price",
    "Description",
    "é:",
    "—",
    "ß",
    "日本",
    "(3.50)",
    "1,",
    "",
];

fn leaf(dice: &mut Dice) -> Value {
    let mut leaf = match dice.below(12) {
        0 => json!({ "type": "number" }),
        1 => json!({ "type": "integer" }),
        7 => json!({ "type": "number", "minimum": 13, "multipleOf": 0.5 }),
        8 => json!({ "type": "integer", "exclusiveMaximum": 4711 }),
        9 => json!({ "type": "string", "maxLength": 6, "minLength": 2 }),
        10 => json!({ "type": "string", "pattern": "^[A-Z]" }),
        11 => json!({ "type": "string", "format": "date-time" }),
        2 => json!({ "type": "boolean" }),
        3 => json!({ "enum": ["yes", "EUR", "Ann"] }),
        4 => json!({ "type": "string", "format": "date" }),
        _ => json!({ "type": "string" }),
    };
    if dice.below(3) == 0 {
        leaf = json!({ "anyOf": [leaf, { "type": "null" }] });
    }
    leaf
}

fn node(dice: &mut Dice, levels: usize) -> Value {
    match dice.below(if levels == 0 { 1 } else { 5 }) {
        1 => object(dice, levels - 1),
        2 => json!({ "type": "array", "items": object(dice, levels - 1), "maxItems": 2 }),
        3 => json!({ "type": "array", "items": leaf(dice), "minItems": dice.below(3), "uniqueItems": true }),
        _ => leaf(dice),
    }
}

fn object(dice: &mut Dice, levels: usize) -> Value {
    let mut properties = Map::new();
    for _ in 0..=dice.below(6) {
        let name = dice.pick(NAMES).to_owned();
        properties.insert(name, node(dice, levels));
    }
    let required: Vec<String> = properties.keys().filter(|name| name.len() % 2 == 0).cloned().collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn random_page(dice: &mut Dice) -> Page {
    let lines: Vec<String> = (0..dice.below(15))
        .map(|_| (0..dice.below(9)).map(|_| dice.pick(WORDS)).collect::<Vec<_>>().join(" "))
        .collect();
    let page = page(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let rows: Vec<Vec<&str>> = (0..dice.below(5)).map(|_| (0..4).map(|_| dice.pick(WORDS)).collect()).collect();
    with_table(page, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Types, choices and nulls; a required property may be missing (the result says so in a warning).
fn check_types(node: &Node, value: &Value, at: &str) {
    match (&node.kind, value) {
        (_, Value::Null) => assert!(node.nullable || node.kind == Kind::Null, "null at {at}"),
        (Kind::Object(properties), Value::Object(map)) => {
            for (name, value) in map {
                let property = properties.iter().find(|property| property.name == *name);
                check_types(&property.expect("a property of the schema").node, value, &format!("{at}.{name}"));
            }
        }
        (Kind::Array(item), Value::Array(values)) => {
            values.iter().for_each(|value| check_types(item, value, &format!("{at}[]")));
        }
        _ => assert!(node.accepts(value), "{value} at {at} is no {}", node.kind.type_name()),
    }
}

/// Whether a validator that is not ours takes a value, formats and all.
fn is_valid(schema: &Value, value: &Value) -> Result<(), String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("schema.json", schema.clone()).map_err(|error| error.to_string())?;
    let compiled = compiler.compile("schema.json", &mut schemas).map_err(|error| error.to_string())?;
    schemas.validate(value, compiled).map_err(|error| format!("{error:#}"))
}

/// The schema without `required` for those properties that the warnings name.
fn relaxed(schema: &Value, warnings: &[String]) -> Value {
    let mut schema = schema.clone();
    let lists = warnings.iter().filter_map(|warning| warning.split_once("there: ").or(warning.split_once("limits: ")));
    for named in lists.flat_map(|(_, list)| list.trim_end_matches('.').split(", ")) {
        let path = named.split(' ').next().unwrap_or_default().trim_start_matches("[].");
        unrequire(&mut schema, &path.split('.').collect::<Vec<_>>());
    }
    schema
}

fn unrequire(schema: &mut Value, steps: &[&str]) {
    let [step, rest @ ..] = steps else { return };
    let name = step.trim_end_matches("[]");
    if rest.is_empty() {
        schema["required"].as_array_mut().expect("objects have it").retain(|own| own != name);
        return;
    }
    let below = &mut schema["properties"][name];
    unrequire(if step.ends_with("[]") { &mut below["items"] } else { below }, rest);
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(values) => values.iter().map(leaves).sum(),
        Value::Object(map) => map.values().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn every_result_has_the_types_of_its_schema_and_a_source_for_each_value() {
    let mut values = 0;
    for seed in 1..=1_500_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let data_schema = object(&mut dice, 3);
        let pages: Vec<Page> = (1..=2).map(|number| Page { number, ..random_page(&mut dice) }).collect();
        let schema = check(&data_schema).expect("the generator makes valid schemas");
        let target = [ExtractTarget::PerDoc, ExtractTarget::PerPage, ExtractTarget::PerTableRow][dice.below(3)];
        let asked = data_schema.clone();
        let read =
            extract(&pages, &ExtractOptions { data_schema, target, ..ExtractOptions::default() }).expect("valid");
        match target {
            ExtractTarget::PerDoc => check_types(&schema.root, &read.data, "root"),
            _ => read.data.as_array().expect("an array").iter().for_each(|one| check_types(&schema.root, one, "root")),
        }
        let asked = relaxed(&asked, &read.warnings);
        for one in if target == ExtractTarget::PerDoc {
            vec![&read.data]
        } else {
            read.data.as_array().expect("an array").iter().collect()
        } {
            if let Err(error) = is_valid(&asked, one) {
                panic!("seed {seed}: {error}\n{one}\n{asked}\n{:?}", read.warnings);
            }
        }
        assert_eq!(leaves(&read.data), read.fields.len(), "seed {seed}: every value has its source");
        for field in &read.fields {
            assert!(field.citations.iter().any(|citation| !citation.text.is_empty()), "seed {seed}: {field:?}");
            assert!((0.0..=1.0).contains(&field.confidence()), "seed {seed}: {field:?}");
        }
        values += read.fields.len();
    }
    assert!(values > 500, "the pages hold values: {values}");
}
