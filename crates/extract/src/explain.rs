//! Why a field has its value: its best candidates, what they scored, and the label that won or lost.

use docmill_model::Failure;
use docmill_model::document::Page;
use docmill_model::options::{ExtractOptions, ExtractTarget};
use docmill_model::results::{Explained, Explanation};
use docmill_model::schema::{Node, check};
use serde_json::Value;

use crate::cite::of_spans;
use crate::concepts::as_written;
use crate::confidence::{Evidence, Way};
use crate::fields::{Field, Use, of_object};
use crate::fill::{Found, arrays, rows_of_root, search};
use crate::forms::source;
use crate::grid::{Array, CellValue, Row};
use crate::places::Candidate;
use crate::view::View;

/// Candidates that are told of.
const CANDIDATES_TOLD: usize = 5;
/// Labels that are told of.
const LABELS_TOLD: usize = 20;

/// Explains one field of the object that is filled; `path` is its names with dots between, after the index of the page
/// (from 0) where the result has an object a page, and with the number of the row (from 0) where it stands in rows:
/// `items.0.amount` (or `items[0].amount`), or `0.amount` where the result has an object a row. `None` where there is no
/// such field or row.
pub fn explain(pages: &[Page], options: &ExtractOptions, path: &str) -> Result<Option<Explanation>, Failure> {
    let dotted = path.replace('[', ".").replace(']', "");
    let path = dotted.trim_start_matches('.');
    let schema = check(&options.data_schema)?;
    let cells = options.spreadsheet.as_ref().map(|names| crate::sheets::cells(pages, names)).transpose()?;
    let pages = cells.as_deref().unwrap_or(pages);
    let (pages, names) = match options.target {
        ExtractTarget::PerDoc => (pages, path),
        ExtractTarget::PerPage => {
            let named = path.split_once('.').and_then(|(index, names)| Some((index.parse::<usize>().ok()?, names)));
            match named.and_then(|(index, names)| Some((pages.get(index..=index)?, names))) {
                Some(page) => page,
                None => return Ok(None),
            }
        }
        ExtractTarget::PerTableRow => {
            let view = View::of(pages);
            return Ok(in_row(&schema.root, &rows_of_root(&view, &schema.root), path, path));
        }
    };
    let view = View::of(pages);
    let found = search(&view, &schema.root);
    let at = found.fields.iter().position(|field| field.path.join(".") == names);
    if let Some(at) = at {
        return Ok(Some(Explanation { path: path.to_owned(), ..explained(&view, &found, at) }));
    }
    let in_array = |array: &Array| {
        let rest = names.strip_prefix(&array.path.join("."))?.strip_prefix('.')?;
        in_row(array.item, found.rows.get(&array.path)?, path, rest)
    };
    Ok(arrays(&schema.root).iter().find_map(in_array))
}

/// Explains a leaf of a row; `names` is the row's number and the leaf's path in the item.
fn in_row(item: &Node, rows: &[Row], path: &str, names: &str) -> Option<Explanation> {
    let (index, leaf) = names.split_once('.')?;
    let row = rows.get(index.parse::<usize>().ok()?)?;
    let field = of_object(item, Use::Row).into_iter().find(|field| field.path.join(".") == leaf)?;
    let cells = row.iter().filter(|cell| cell.path == field.path).map(told_of_cell);
    Some(Explanation { path: path.to_owned(), candidates: cells.collect(), ..known(&field) })
}

fn told_of_cell(cell: &CellValue) -> Explained {
    let evidence = cell.evidence.read_with(cell.source.parsing);
    let header = cell.column.as_ref().map(|told| told.header.clone()).filter(|header| !header.is_empty());
    let place = match (&cell.column, &header) {
        (Some(_), Some(header)) => format!("a cell under the header `{header}`"),
        (Some(_), None) => "a cell of a column without a header".to_owned(),
        (None, _) if evidence.way == Way::Pattern => way(Way::Pattern, None),
        (None, _) => "stands beside another value of its row".to_owned(),
    };
    let rivals = cell.column.iter().flat_map(|told| &told.rivals).take(CANDIDATES_TOLD);
    let rivals: String =
        rivals.map(|(header, score)| format!("; the column `{header}` fits with {score:.2}")).collect();
    Explained {
        value: cell.value.clone(),
        score: cell.column.as_ref().map_or(evidence.score, |told| told.score),
        confidence: evidence.beside(cell.source.parsing) * cell.source.parsing,
        chosen: true,
        label: header,
        why: format!("{place}{}{rivals}", support(&evidence)),
        citations: vec![cell.source.citation.clone()],
    }
}

/// What is known of a field before anything is read.
fn known(field: &Field) -> Explanation {
    Explanation {
        path: field.path.join("."),
        labels: field.labels.iter().take(LABELS_TOLD).map(|label| as_written(&label.words)).collect(),
        concepts: field.concepts.iter().map(|name| (*name).to_owned()).collect(),
        candidates: Vec::new(),
    }
}

fn explained(view: &View, found: &Found, at: usize) -> Explanation {
    let field = &found.fields[at];
    let chosen = found.choices[at].as_ref();
    let candidates = found.candidates[at].iter().enumerate().take(CANDIDATES_TOLD).map(|(number, candidate)| {
        let own = chosen.is_some_and(|choice| choice.candidate == number);
        let margin = chosen.filter(|_| own).map_or(0.0, |choice| choice.margin);
        told(view, found, field, candidate, (own, margin))
    });
    Explanation { candidates: candidates.collect(), ..known(field) }
}

fn told(view: &View, found: &Found, field: &Field, candidate: &Candidate, (chosen, margin): (bool, f32)) -> Explained {
    let mut values: Vec<Value> = candidate.items.iter().map(|(value, _)| value.clone()).collect();
    let value = if field.many { Value::Array(values) } else { values.drain(..).next().unwrap_or_default() };
    let spans: Vec<_> = candidate.items.iter().flat_map(|(_, spans)| spans.clone()).collect();
    let sources =
        candidate.form.and_then(|place| source(view, place)).map_or_else(|| of_spans(view, &spans), |s| vec![s]);
    let label = candidate.label.as_ref().map(|span| view.phrases[span.phrase].text[span.start..span.end].to_owned());
    let parsing = sources.iter().map(|source| source.parsing).fold(1.0, f32::min);
    let evidence = Evidence { margin, ..Evidence::of(field, candidate) }.read_with(parsing);
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
        confidence: evidence.beside(parsing) * parsing,
        chosen,
        why: format!("{}{}{lost}", way(candidate.way, label.as_deref()), support(&evidence)),
        label,
        citations: sources.into_iter().map(|source| source.citation).collect(),
    }
}

/// What speaks for a value beside its label and place.
fn support(evidence: &Evidence) -> String {
    let said = [
        (evidence.adds_up, ", adds up with other amounts"),
        (evidence.role_label, ", a label says whose it is"),
        (evidence.checked, ", its check digits are right"),
    ];
    said.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect()
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
