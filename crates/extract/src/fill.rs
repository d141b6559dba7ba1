//! Puts values and sources where the schema has their places.

use std::collections::HashMap;

use docmill_model::results::{Citation, FieldSource, PathStep};
use docmill_model::schema::{Kind, Node};
use serde_json::{Map, Value};

use crate::assign::assign;
use crate::cite::{Source, of_spans};
use crate::fields::{Use, of_object};
use crate::places::{Candidate, candidates};
use crate::recognise::Habits;
use crate::sums::confirm;
use crate::tables::{CellValue, Row, rows};
use crate::view::View;

/// Rows of one array: a result must stay readable, and a document of cells only must not grow without end.
const ROWS_MAX: usize = 50_000;

/// An object with its sources and what had to be left out.
#[derive(Debug, Default)]
pub struct Filled {
    pub data: Value,
    pub fields: Vec<FieldSource>,
    /// Paths of required properties that nothing was found for and that may not be null.
    pub missing: Vec<String>,
    /// Paths of arrays that no table fits.
    pub without_table: Vec<String>,
}

/// A leaf's value: elements of an array, or one.
struct Leaf {
    items: Vec<(Value, Vec<Source>)>,
    confidence: f32,
}

/// Fills one object from all pages of the view.
pub fn object(view: &View, node: &Node) -> Filled {
    let habits = Habits::of(view.phrases.iter().map(|phrase| phrase.text.as_str()));
    let fields = of_object(node, Use::Page);
    let mut found: Vec<Vec<Candidate>> = fields.iter().map(|field| candidates(view, field, habits)).collect();
    confirm(view, &fields, &mut found, habits);
    let mut leaves = HashMap::new();
    for ((field, found), choice) in fields.iter().zip(&found).zip(assign(&found)) {
        let Some(choice) = choice else { continue };
        let items = &found[choice.candidate].items;
        let items = items.iter().map(|(value, spans)| (value.clone(), of_spans(view, spans))).collect();
        leaves.insert(field.path.clone(), Leaf { items, confidence: choice.confidence });
    }
    let mut filler = Filler { view: Some(view), habits, leaves, filled: Filled::default() };
    let data = filler.object(node, &mut Vec::new(), &mut Vec::new());
    Filled { data: Value::Object(data), ..filler.filled }
}

/// Fills one object for each row of the tables that fit best.
pub fn table_rows(view: &View, node: &Node) -> Filled {
    let habits = Habits::of(view.phrases.iter().map(|phrase| phrase.text.as_str()));
    let mut filler = Filler { view: None, habits, leaves: HashMap::new(), filled: Filled::default() };
    let rows = rows(view, node, habits);
    let data = filler.rows(node, rows, &mut Vec::new());
    Filled { data: Value::Array(data), ..filler.filled }
}

struct Filler<'a> {
    /// Where arrays find their tables; rows have none of their own.
    view: Option<&'a View<'a>>,
    habits: Habits,
    leaves: HashMap<Vec<String>, Leaf>,
    filled: Filled,
}

impl Filler<'_> {
    /// `names` is the path in the object, as fields know it; `path` is the path from the root of the result.
    fn object(&mut self, node: &Node, names: &mut Vec<String>, path: &mut Vec<PathStep>) -> Map<String, Value> {
        let mut map = Map::new();
        for property in node.properties() {
            names.push(property.name.clone());
            path.push(PathStep::Name(property.name.clone()));
            match self.value(&property.node, names, path) {
                Some(value) => {
                    map.insert(property.name.clone(), value);
                }
                None if property.node.nullable || property.node.kind == Kind::Null => {
                    map.insert(property.name.clone(), Value::Null);
                }
                None if property.required => self.filled.missing.push(written(path)),
                None => {}
            }
            names.pop();
            path.pop();
        }
        map
    }

    /// `None` = nothing was found.
    fn value(&mut self, node: &Node, names: &mut Vec<String>, path: &mut Vec<PathStep>) -> Option<Value> {
        match &node.kind {
            Kind::Null => None,
            Kind::Object(_) => {
                let map = self.object(node, names, path);
                let empty = node.nullable && map.values().all(is_empty);
                (!empty).then_some(Value::Object(map))
            }
            Kind::Array(item) if item.is_leaf() => {
                let leaf = self.leaves.remove(names);
                let items = leaf.map(|leaf| self.items(item, leaf, path)).unwrap_or_default();
                array(items, node)
            }
            Kind::Array(item) => {
                let rows = match (self.view, &item.kind) {
                    (Some(view), Kind::Object(_)) => rows(view, item, self.habits),
                    _ => Vec::new(),
                };
                if rows.is_empty() && self.view.is_some() {
                    self.filled.without_table.push(written(path));
                }
                let items = self.rows(item, rows, path);
                array(items, node)
            }
            _ => {
                let leaf = self.leaves.remove(names)?;
                let (value, sources) = leaf.items.into_iter().next().filter(|(value, _)| node.accepts(value))?;
                self.source(path, sources, leaf.confidence);
                Some(value)
            }
        }
    }

    fn items(&mut self, item: &Node, leaf: Leaf, path: &mut Vec<PathStep>) -> Vec<Value> {
        let mut values = Vec::new();
        for (value, sources) in leaf.items.into_iter().filter(|(value, _)| item.accepts(value)) {
            path.push(PathStep::Index(values.len()));
            self.source(path, sources, leaf.confidence);
            path.pop();
            values.push(value);
        }
        values
    }

    /// One object a row; the row's cells are the leaves of the item.
    fn rows(&mut self, item: &Node, rows: Vec<Row>, path: &mut Vec<PathStep>) -> Vec<Value> {
        let view = self.view.take();
        let outer = std::mem::take(&mut self.leaves);
        let mut values = Vec::new();
        for row in rows.into_iter().take(ROWS_MAX) {
            self.leaves = row.into_iter().map(leaf_of_cell).collect();
            path.push(PathStep::Index(values.len()));
            let object = self.object(item, &mut Vec::new(), path);
            path.pop();
            values.push(Value::Object(object));
        }
        self.view = view;
        self.leaves = outer;
        values
    }

    fn source(&mut self, path: &[PathStep], sources: Vec<Source>, confidence: f32) {
        let parsing = sources.iter().map(|source| source.parsing).fold(1.0, f32::min);
        let citations: Vec<Citation> = sources.into_iter().map(|source| source.citation).collect();
        self.filled.fields.push(FieldSource {
            path: path.to_vec(),
            citations,
            extraction_confidence: confidence,
            parsing_confidence: parsing,
        });
    }
}

fn leaf_of_cell(cell: CellValue) -> (Vec<String>, Leaf) {
    let items = match cell.value {
        Value::Array(values) => values.into_iter().map(|value| (value, vec![cell.source.clone()])).collect(),
        value => vec![(value, vec![cell.source])],
    };
    (cell.path, Leaf { items, confidence: cell.confidence })
}

/// Null for an empty array where the schema allows it.
fn array(items: Vec<Value>, node: &Node) -> Option<Value> {
    (!items.is_empty() || !node.nullable).then_some(Value::Array(items))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        _ => false,
    }
}

fn written(path: &[PathStep]) -> String {
    let step = |step: &PathStep| match step {
        PathStep::Name(name) => name.clone(),
        PathStep::Index(index) => index.to_string(),
    };
    path.iter().map(step).collect::<Vec<_>>().join(".")
}
