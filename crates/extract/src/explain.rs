//! Why a field has its value: its best candidates, what they scored, and the label that won or lost.

use docmill_model::Failure;
use docmill_model::document::Page;
use docmill_model::options::ExtractOptions;
use docmill_model::results::Citation;
use docmill_model::schema::check;
use serde::Serialize;
use serde_json::Value;

use crate::cite::of_spans;
use crate::confidence::{Evidence, Way};
use crate::fields::Field;
use crate::fill::{Found, search};
use crate::forms::source;
use crate::places::Candidate;
use crate::view::View;

/// Candidates that are told of.
const CANDIDATES_TOLD: usize = 5;
/// Labels that are told of.
const LABELS_TOLD: usize = 20;

/// What was looked for and found for one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The field's path with dots, indexes of rows left out: `items.price`.
    pub path: String,
    /// Labels that were looked for, surest first.
    pub labels: Vec<String>,
    /// What the lexicon knows it as.
    pub concepts: Vec<String>,
    /// Best first.
    pub candidates: Vec<Explained>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    pub value: Value,
    /// 0 to 1: label, type and place together.
    pub score: f32,
    /// 0 to 1; of a candidate that was not chosen, what it would have had.
    pub confidence: f32,
    pub chosen: bool,
    /// The label as the page prints it, where there is one.
    pub label: Option<String>,
    /// One sentence: how it was found, and why it lost.
    pub why: String,
    pub citations: Vec<Citation>,
}

/// Explains one field of the document's object; `path` is its names with dots between. `None` where the schema has
/// no such field, or where it stands in the rows of an array, which are read by their columns.
pub fn explain(pages: &[Page], options: &ExtractOptions, path: &str) -> Result<Option<Explanation>, Failure> {
    let schema = check(&options.data_schema)?;
    let view = View::of(pages);
    let found = search(&view, &schema.root);
    let at = found.fields.iter().position(|field| field.path.join(".") == path);
    Ok(at.map(|at| explained(&view, &found, at)))
}

fn explained(view: &View, found: &Found, at: usize) -> Explanation {
    let field = &found.fields[at];
    let chosen = found.choices[at].as_ref();
    let candidates = found.candidates[at].iter().enumerate().take(CANDIDATES_TOLD).map(|(number, candidate)| {
        let own = chosen.is_some_and(|choice| choice.candidate == number);
        let margin = chosen.filter(|_| own).map_or(0.0, |choice| choice.margin);
        told(view, found, field, candidate, (own, margin))
    });
    Explanation {
        path: field.path.join("."),
        labels: field.labels.iter().take(LABELS_TOLD).map(|label| label.words.join(" ")).collect(),
        concepts: field.concepts.iter().map(|name| (*name).to_owned()).collect(),
        candidates: candidates.collect(),
    }
}

fn told(view: &View, found: &Found, field: &Field, candidate: &Candidate, (chosen, margin): (bool, f32)) -> Explained {
    let mut values: Vec<Value> = candidate.items.iter().map(|(value, _)| value.clone()).collect();
    let value = if field.many { Value::Array(values) } else { values.drain(..).next().unwrap_or_default() };
    let spans: Vec<_> = candidate.items.iter().flat_map(|(_, spans)| spans.clone()).collect();
    let sources =
        candidate.form.and_then(|place| source(view, place)).map_or_else(|| of_spans(view, &spans), |s| vec![s]);
    let label = candidate.label.as_ref().map(|span| view.phrases[span.phrase].text[span.start..span.end].to_owned());
    let evidence = Evidence { margin, ..Evidence::of(field, candidate) };
    let lost = match () {
        () if chosen => String::new(),
        () if candidate.score < crate::assign::FLOOR => "; too unsure to be given".to_owned(),
        () => match found.holder(candidate) {
            Some(other) => format!("; its text serves `{}`", other.path.join(".")),
            None => "; another value scored more".to_owned(),
        },
    };
    Explained {
        value,
        score: candidate.score,
        confidence: evidence.probability(),
        chosen,
        why: format!(
            "{}{}{lost}",
            way(candidate.way, label.as_deref()),
            if candidate.confirmed { ", confirmed" } else { "" }
        ),
        label,
        citations: sources.into_iter().map(|source| source.citation).collect(),
    }
}

fn way(way: Way, label: Option<&str>) -> String {
    let label = label.map_or_else(|| "a label".to_owned(), |label| format!("`{label}`"));
    match way {
        Way::Same => format!("stands after {label}"),
        Way::Colon => format!("stands after the colon of {label}"),
        Way::Right => format!("stands right of {label}"),
        Way::Below => format!("stands below {label}"),
        Way::LineEnd => format!("stands at the end of the line of {label}"),
        Way::List => format!("the list after {label}"),
        Way::Party => "a part of an address block".to_owned(),
        Way::Form => "a field of the form".to_owned(),
        Way::Evident => "known by its form alone".to_owned(),
        Way::Table => "a cell under its header".to_owned(),
        Way::Pattern => "a row that is made like its neighbours".to_owned(),
    }
}
