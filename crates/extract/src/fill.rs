//! Puts values and sources where the schema has their places.

use std::collections::HashMap;

use docmill_model::results::{Citation, FieldSource, PathStep};
use docmill_model::schema::{Kind, Node};
use serde_json::{Map, Value};

use crate::assign::{Choice, assign};
use crate::cite::{Source, of_spans};
use crate::confidence::Evidence;
use crate::fields::{Field, Use, of_object};
use crate::forms::source;
use crate::grid::{Array, CellValue, Row, line_sum, rows};
use crate::limits::{self, Limits};
use crate::parties::parties;
use crate::places::{Candidate, Span, candidates};
use crate::recognise::Habits;
use crate::sums::{confirm, confirm_lines};
use crate::view::View;

/// Rows of one array: a result must stay readable, and a document of cells only must not grow without end.
const ROWS_MAX: usize = 50_000;

/// An object with its sources and what had to be left out.
#[derive(Debug, Default)]
pub struct Filled {
    pub data: Value,
    pub fields: Vec<FieldSource>,
    /// What speaks for each of `fields`.
    pub evidence: Vec<Evidence>,
    /// Properties that are left out: nothing was found, and null is not allowed there.
    pub missing: Named,
    /// Properties whose values the schema's limits refuse, each with the keyword.
    pub refused: Named,
    /// Paths of arrays that no table fits.
    pub without_table: Vec<String>,
}

/// Paths of the schema, each with how often it is meant: the rows of an array are one path, `items[].amount`.
#[derive(Debug, Default)]
pub struct Named {
    paths: Vec<(String, usize)>,
    known: HashMap<String, usize>,
}

impl Named {
    fn add(&mut self, path: &[PathStep], note: &str) {
        self.add_times(written(path) + note, 1);
    }

    fn add_times(&mut self, path: String, times: usize) {
        match self.known.get(&path) {
            Some(at) => self.paths[*at].1 += times,
            None => {
                self.known.insert(path.clone(), self.paths.len());
                self.paths.push((path, times));
            }
        }
    }

    /// Adds those of another page.
    pub fn extend(&mut self, other: Self) {
        other.paths.into_iter().for_each(|(path, times)| self.add_times(path, times));
    }

    /// `total (required), items[].amount (3 times)`; `None` without any.
    pub fn list(&self) -> Option<String> {
        let one = |(path, times): &(String, usize)| match times {
            1 => path.clone(),
            times => format!("{path} ({times} times)"),
        };
        (!self.paths.is_empty()).then(|| self.paths.iter().map(one).collect::<Vec<_>>().join(", "))
    }
}

/// A leaf's value: elements of an array, or one.
struct Leaf {
    items: Vec<(Value, Vec<Source>)>,
    evidence: Evidence,
}

/// What was found for the leaves of an object, and what was chosen.
pub struct Found {
    pub fields: Vec<Field>,
    /// For each field, best first.
    pub candidates: Vec<Vec<Candidate>>,
    pub choices: Vec<Option<Choice>>,
    /// The rows of each array of objects, by its path.
    pub rows: HashMap<Vec<String>, Vec<Row>>,
}

impl Found {
    /// The field that was given a text of this candidate.
    pub fn holder(&self, candidate: &Candidate) -> Option<&Field> {
        let spans =
            |candidate: &Candidate| candidate.items.iter().flat_map(|(_, spans)| spans.clone()).collect::<Vec<_>>();
        let own = spans(candidate);
        let meets =
            |span: &Span| own.iter().any(|o| o.phrase == span.phrase && o.start < span.end && span.start < o.end);
        let chosen = |at: usize| self.choices[at].as_ref().map(|choice| &self.candidates[at][choice.candidate]);
        let at = (0..self.fields.len()).find(|at| chosen(*at).is_some_and(|other| spans(other).iter().any(meets)));
        at.map(|at| &self.fields[at])
    }
}

/// Looks for the leaves of an object on all pages of the view.
pub fn search(view: &View, node: &Node) -> Found {
    let habits = habits(view);
    let fields = of_object(node, Use::Page);
    let mut found: Vec<Vec<Candidate>> = fields.iter().map(|field| candidates(view, field, habits)).collect();
    add_parties(view, &fields, &mut found, habits);
    let rows = rows_of(view, node, habits);
    let sums: Vec<f64> = arrays(node).iter().filter_map(|array| line_sum(array.item, rows.get(&array.path)?)).collect();
    confirm(view, &fields, &mut found, habits);
    confirm_lines(&fields, &mut found, &sums);
    let kin: Vec<Option<usize>> = fields.iter().map(|field| kin(&fields, field)).collect();
    let choices = assign(&found, &kin);
    Found { fields, candidates: found, choices, rows }
}

/// The first field that asks for the same part of the same party: `issuer` and `seller.name` are one thing.
fn kin(fields: &[Field], field: &Field) -> Option<usize> {
    field.part?;
    let same = |other: &Field| other.part == field.part && other.role == field.role;
    field.role.and_then(|_| fields.iter().position(same))
}

fn habits(view: &View) -> Habits {
    Habits::of(view.phrases.iter().map(|phrase| phrase.text.as_str()))
}

/// Fills one object from all pages of the view.
pub fn object(view: &View, node: &Node) -> Filled {
    let found = search(view, node);
    let mut leaves = HashMap::new();
    for ((field, candidates), choice) in found.fields.iter().zip(&found.candidates).zip(&found.choices) {
        let Some(choice) = choice else { continue };
        let candidate = &candidates[choice.candidate];
        let of_form = candidate.form.and_then(|place| source(view, place));
        let sources = |spans: &[Span]| of_form.clone().map_or_else(|| of_spans(view, spans), |source| vec![source]);
        let items = candidate.items.iter().map(|(value, spans)| (value.clone(), sources(spans))).collect();
        let evidence = Evidence { margin: choice.margin, ..Evidence::of(field, candidate) };
        leaves.insert(field.path.clone(), Leaf { items, evidence });
    }
    let mut filler =
        Filler { is_row: false, rows: found.rows, leaves, limits: Limits::default(), filled: Filled::default() };
    let data = filler.object(node, &mut Vec::new(), &mut Vec::new());
    Filled { data: Value::Object(data), ..filler.filled }
}

/// Adds what the parties of the document say, where a field asks for a part of one.
fn add_parties(view: &View, fields: &[Field], found: &mut [Vec<Candidate>], habits: Habits) {
    if !fields.iter().any(|field| field.part.is_some() && field.role.is_some()) {
        return;
    }
    let parties = parties(view, habits);
    for (field, found) in fields.iter().zip(found) {
        found.extend(crate::parties::candidates(&parties, field));
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
    }
}

/// Fills one object for each row of the tables that fit best.
pub fn table_rows(view: &View, node: &Node) -> Filled {
    let mut filler = Filler {
        is_row: true,
        rows: HashMap::new(),
        leaves: HashMap::new(),
        limits: Limits::default(),
        filled: Filled::default(),
    };
    let rows = rows_of_root(view, node);
    let data = filler.rows(node, rows, &mut Vec::new());
    Filled { data: Value::Array(data), ..filler.filled }
}

/// The rows that objects of the root itself are made from.
pub fn rows_of_root(view: &View, node: &Node) -> Vec<Row> {
    rows(view, &[Array { path: Vec::new(), item: node, description: None }], habits(view)).pop().unwrap_or_default()
}

/// The rows of all arrays of objects below `node`, by their paths.
fn rows_of(view: &View, node: &Node, habits: Habits) -> HashMap<Vec<String>, Vec<Row>> {
    let arrays = arrays(node);
    if arrays.is_empty() {
        return HashMap::new();
    }
    let found = rows(view, &arrays, habits);
    arrays.into_iter().map(|array| array.path).zip(found).collect()
}

/// All arrays of objects below `node`.
pub fn arrays(node: &Node) -> Vec<Array<'_>> {
    let mut arrays = Vec::new();
    arrays_of(node, &mut Vec::new(), &mut arrays);
    arrays
}

fn arrays_of<'a>(node: &'a Node, path: &mut Vec<String>, arrays: &mut Vec<Array<'a>>) {
    for property in node.properties() {
        path.push(property.name.clone());
        match &property.node.kind {
            Kind::Object(_) => arrays_of(&property.node, path, arrays),
            Kind::Array(item) if matches!(item.kind, Kind::Object(_)) => {
                arrays.push(Array { path: path.clone(), item, description: property.node.description.as_deref() });
            }
            _ => {}
        }
        path.pop();
    }
}

struct Filler {
    /// Rows have no arrays of rows of their own.
    is_row: bool,
    /// What was found for each array of objects.
    rows: HashMap<Vec<String>, Vec<Row>>,
    leaves: HashMap<Vec<String>, Leaf>,
    limits: Limits,
    filled: Filled,
}

impl Filler {
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
                None if property.required => self.filled.missing.add(path, " (required)"),
                None => self.filled.missing.add(path, ""),
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
                let items = leaf.map(|leaf| self.items(node, item, leaf, path)).unwrap_or_default();
                list(items, node)
            }
            Kind::Array(item) => {
                let rows = if self.is_row { Vec::new() } else { self.rows.remove(names).unwrap_or_default() };
                if rows.is_empty() && !self.is_row {
                    self.filled.without_table.push(written(path));
                }
                let (kept, keyword) = limits::items(node, rows.len());
                self.refuse(path, keyword);
                let items = self.rows(item, rows.into_iter().take(kept).collect(), path);
                list(items, node)
            }
            _ => {
                let leaf = self.leaves.remove(names)?;
                let (value, sources) = leaf.items.into_iter().next().filter(|(value, _)| node.accepts(value))?;
                let keyword = self.limits.broken(node, &value);
                self.refuse(path, keyword);
                if keyword.is_some() {
                    return None;
                }
                self.source(path, sources, leaf.evidence);
                Some(value)
            }
        }
    }

    fn refuse(&mut self, path: &[PathStep], keyword: Option<&'static str>) {
        if let Some(keyword) = keyword {
            self.filled.refused.add(path, &format!(" ({keyword})"));
        }
    }

    fn items(&mut self, node: &Node, item: &Node, leaf: Leaf, path: &mut Vec<PathStep>) -> Vec<Value> {
        let mut fitting: Vec<(Value, Vec<Source>)> = Vec::new();
        for (value, sources) in leaf.items.into_iter().filter(|(value, _)| item.accepts(value)) {
            let again = node.limits.unique_items && fitting.iter().any(|(known, _)| *known == value);
            let keyword = if again { Some("uniqueItems") } else { self.limits.broken(item, &value) };
            self.refuse(path, keyword);
            fitting.extend(keyword.is_none().then_some((value, sources)));
        }
        let (kept, keyword) = limits::items(node, fitting.len());
        self.refuse(path, keyword);
        let mut values = Vec::new();
        for (value, sources) in fitting.into_iter().take(kept) {
            path.push(PathStep::Index(values.len()));
            self.source(path, sources, leaf.evidence);
            path.pop();
            values.push(value);
        }
        values
    }

    /// One object a row; the row's cells are the leaves of the item.
    fn rows(&mut self, item: &Node, rows: Vec<Row>, path: &mut Vec<PathStep>) -> Vec<Value> {
        let is_row = std::mem::replace(&mut self.is_row, true);
        let outer = std::mem::take(&mut self.leaves);
        let mut values = Vec::new();
        for row in rows.into_iter().take(ROWS_MAX) {
            self.leaves = row.into_iter().map(leaf_of_cell).collect();
            path.push(PathStep::Index(values.len()));
            let object = self.object(item, &mut Vec::new(), path);
            path.pop();
            values.push(Value::Object(object));
        }
        self.is_row = is_row;
        self.leaves = outer;
        values
    }

    fn source(&mut self, path: &[PathStep], sources: Vec<Source>, evidence: Evidence) {
        let parsing = sources.iter().map(|source| source.parsing).fold(1.0, f32::min);
        let evidence = evidence.read_with(parsing);
        let citations: Vec<Citation> = sources.into_iter().map(|source| source.citation).collect();
        self.filled.fields.push(FieldSource {
            path: path.to_vec(),
            citations,
            extraction_confidence: evidence.beside(parsing),
            parsing_confidence: parsing,
        });
        self.filled.evidence.push(evidence);
    }
}

fn leaf_of_cell(cell: CellValue) -> (Vec<String>, Leaf) {
    let items = match cell.value {
        Value::Array(values) => values.into_iter().map(|value| (value, vec![cell.source.clone()])).collect(),
        value => vec![(value, vec![cell.source])],
    };
    (cell.path, Leaf { items, evidence: cell.evidence })
}

/// Null for an empty array where the schema allows it; nothing where it must have items.
fn list(items: Vec<Value>, node: &Node) -> Option<Value> {
    let bare = items.is_empty() && (node.nullable || node.limits.min_items.is_some_and(|least| least > 0));
    (!bare).then_some(Value::Array(items))
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
    let mut text = String::new();
    for step in path {
        match step {
            PathStep::Name(name) if text.is_empty() => text.push_str(name),
            PathStep::Name(name) => text.extend([".", name]),
            PathStep::Index(_) => text.push_str("[]"),
        }
    }
    text
}
