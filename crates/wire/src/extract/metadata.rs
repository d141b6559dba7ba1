//! `extract_metadata`: where values came from, in the shape of the values (contract 4.3).

use std::collections::HashMap;

use docmill_model::JobId;
use docmill_model::document::BBox;
use docmill_model::options::{ExtractOptions, ExtractTarget};
use docmill_model::results::{Citation, Extraction, FieldSource, PathStep};
use serde_json::{Map, Value, json};

/// What the job was asked to tell about its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub citations: bool,
    /// One box a citation, whatever lines its words stand on.
    pub loose: bool,
    pub confidence: bool,
    pub target: ExtractTarget,
}

impl From<&ExtractOptions> for Asked {
    fn from(options: &ExtractOptions) -> Self {
        Self {
            citations: options.cite_sources,
            loose: options.loose_citations,
            confidence: options.confidence_scores,
            target: options.target,
        }
    }
}

/// `field_metadata` in its three layers, the one of the job's target filled. `parse_job` is the parse job that was
/// extracted from, if it was one.
pub fn metadata(extraction: &Extraction, asked: Asked, parse_job: Option<JobId>, parse_tier: &str) -> Value {
    let sources: Sources = extraction.fields.iter().map(|field| (key(&field.path), field)).collect();
    let fields = mirror(&extraction.data, &mut Vec::new(), &sources, asked);
    let (mut document, mut pages, mut rows) = (Value::Null, Value::Null, Value::Null);
    match asked.target {
        ExtractTarget::PerDoc => document = fields,
        ExtractTarget::PerPage => pages = fields,
        ExtractTarget::PerTableRow => rows = fields,
    }
    json!({
        "field_metadata": {"document_metadata": document, "page_metadata": pages, "row_metadata": rows},
        "parse_job_id": parse_job.map(|id| id.to_string()),
        "parse_tier": parse_tier,
        "warnings": extraction.warnings,
    })
}

type Sources<'a> = HashMap<String, &'a FieldSource>;

/// A path as one text that no other path has.
fn key(path: &[PathStep]) -> String {
    serde_json::to_string(path).unwrap_or_default()
}

/// Objects and lists keep their form, every leaf becomes its entry. Values that were not found have an empty one.
fn mirror(data: &Value, path: &mut Vec<PathStep>, sources: &Sources<'_>, asked: Asked) -> Value {
    match data {
        Value::Object(map) => {
            let inner = map.iter().map(|(name, value)| {
                let inner = at(PathStep::Name(name.clone()), path, |path| mirror(value, path, sources, asked));
                (name.clone(), inner)
            });
            Value::Object(inner.collect())
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, value)| at(PathStep::Index(index), path, |path| mirror(value, path, sources, asked)))
            .collect(),
        _ => sources.get(&key(path)).map_or_else(|| not_found(asked), |source| leaf(source, asked)),
    }
}

fn at<T>(step: PathStep, path: &mut Vec<PathStep>, run: impl FnOnce(&mut Vec<PathStep>) -> T) -> T {
    path.push(step);
    let result = run(path);
    path.pop();
    result
}

/// The client's helper knows a leaf by its keys, so there is one even where nothing was found.
fn not_found(asked: Asked) -> Value {
    if asked.citations { json!({"citation": []}) } else { json!({}) }
}

fn leaf(source: &FieldSource, asked: Asked) -> Value {
    let mut entry = Map::new();
    if asked.citations {
        entry.insert("citation".to_owned(), source.citations.iter().map(|own| citation(own, asked.loose)).collect());
    }
    if asked.confidence {
        entry.insert("confidence".to_owned(), score(source.confidence()));
        entry.insert("extraction_confidence".to_owned(), score(source.extraction_confidence));
        entry.insert("parsing_confidence".to_owned(), score(source.parsing_confidence));
    }
    Value::Object(entry)
}

pub(super) fn citation(citation: &Citation, loose: bool) -> Value {
    let number = crate::render::points;
    let around = loose.then(|| BBox::around(citation.boxes.iter().copied()));
    let boxes = around.as_ref().map_or(citation.boxes.as_slice(), Option::as_slice);
    let boxes = boxes
        .iter()
        .map(|BBox { x, y, w, h }| json!({"x": number(*x), "y": number(*y), "w": number(*w), "h": number(*h)}));
    json!({
        "page": citation.page,
        "matching_text": citation.text,
        "bounding_boxes": boxes.collect::<Value>(),
        "page_dimensions":
            citation.page_size.map(|(width, height)| json!({"width": number(width), "height": number(height)})),
    })
}

fn score(value: f32) -> Value {
    crate::render::score(value)
}
