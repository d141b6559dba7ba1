//! Pages and a JSON Schema to values with their sources. Pure: no model, no network, nothing invented.
//!
//! The way of a value: the schema's leaves become fields with labels and a type (`fields`, `concepts`, `synonyms`); the
//! pages become phrases that know their neighbours (`view`) and lines (`lines`); labels are found (`labels`), and by them
//! values of the wanted type (`places`, `recognise`), beside them parties (`parties`) and fields of forms (`forms`);
//! amounts are checked by their sum (`sums`); each text serves one field (`assign`); arrays of objects are read from rows
//! (`grid`); and all of it is put where the schema has its place, with citations (`fill`, `cite`) and a confidence
//! (`confidence`). `explain` says why; `draft` goes the other way, from a document to a schema.

mod assign;
mod cite;
mod concepts;
mod confidence;
mod draft;
mod explain;
mod fields;
mod fill;
mod forms;
mod grid;
mod labels;
mod limits;
mod lines;
mod parties;
mod places;
mod recognise;
mod sheets;
mod sums;
mod synonyms;
mod tokens;
mod view;

use std::sync::atomic::{AtomicBool, Ordering};

use docmill_model::Failure;
use docmill_model::document::Page;
use docmill_model::options::{ExtractOptions, ExtractTarget};
use docmill_model::results::{Extraction, FieldSource, PathStep};
use docmill_model::schema::{Schema, check};
use serde_json::Value;

pub use confidence::{Evidence, FEATURES};
pub use draft::draft;
pub use explain::explain;
use fill::{Filled, Named};
use view::View;

/// Warnings that name their page.
const NAMED_MAX: usize = 20;

/// Fills the schema from the pages. What is not found is null (or left out where the schema forbids null); every
/// value that is given has a citation. Fails only when the schema itself is not usable (`SCHEMA_INVALID`).
pub fn extract(pages: &[Page], options: &ExtractOptions) -> Result<Extraction, Failure> {
    extract_with_evidence(pages, options).map(|(extraction, _)| extraction)
}

/// The same, given up soon after `stop` is set: it is looked at between fields, headers and rows. `None` = given up.
pub fn extract_until(
    pages: &[Page],
    options: &ExtractOptions,
    stop: &AtomicBool,
) -> Result<Option<Extraction>, Failure> {
    let (extraction, _) = run(pages, options, stop)?;
    Ok((!stop.load(Ordering::Relaxed)).then_some(extraction))
}

/// The same, and for each of its fields what speaks for the value: what the confidence was made from.
pub fn extract_with_evidence(pages: &[Page], options: &ExtractOptions) -> Result<(Extraction, Vec<Evidence>), Failure> {
    run(pages, options, &AtomicBool::new(false))
}

fn run(pages: &[Page], options: &ExtractOptions, stop: &AtomicBool) -> Result<(Extraction, Vec<Evidence>), Failure> {
    let schema = check(&options.data_schema)?;
    let cells = options.spreadsheet.as_ref().map(|names| sheets::cells(pages, names)).transpose()?;
    let pages = cells.as_deref().unwrap_or(pages);
    let (mut extraction, evidence) = match options.target {
        ExtractTarget::PerDoc => one(fill::object(&View::of(pages).with_stop(stop), &schema.root)),
        ExtractTarget::PerPage => per_page(pages, &schema, stop),
        ExtractTarget::PerTableRow => {
            let (mut extraction, evidence) = one(fill::table_rows(&View::of(pages).with_stop(stop), &schema.root));
            if extraction.data.as_array().is_some_and(Vec::is_empty) {
                extraction.warnings.push("No table of the document fits the schema.".to_owned());
            }
            (extraction, evidence)
        }
    };
    if pages.iter().all(|page| page.words.is_empty()) {
        // A parse on the fast tier keeps no words, and a scan without OCR has none.
        let message = "The pages have no words to read values from; parse with tier cost_effective or higher.";
        extraction.warnings.push(message.to_owned());
    }
    extraction.warnings.extend(unfollowed(&schema, options));
    Ok((extraction, evidence))
}

fn one(filled: Filled) -> (Extraction, Vec<Evidence>) {
    let mut warnings: Vec<String> =
        filled.without_table.iter().map(|path| format!("No table of the document fits `{path}`.")).collect();
    warnings.extend(left_out(&filled.missing, &filled.refused));
    (Extraction { data: filled.data, fields: filled.fields, warnings }, filled.evidence)
}

/// One warning for all properties that are left out, and one for all values that the schema refuses.
fn left_out(missing: &Named, refused: &Named) -> impl Iterator<Item = String> {
    let missing = missing.list().map(|list| {
        format!("Left out, because nothing that the schema takes was found and null is not allowed there: {list}.")
    });
    let refused =
        refused.list().map(|list| format!("Not given, because what was found breaks the schema's own limits: {list}."));
    missing.into_iter().chain(refused)
}

/// One object a page, in the order of the pages.
fn per_page(pages: &[Page], schema: &Schema, stop: &AtomicBool) -> (Extraction, Vec<Evidence>) {
    let (mut data, mut fields, mut warnings, mut all) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut missing, mut refused) = (Named::default(), Named::default());
    for (index, page) in pages.iter().enumerate().take_while(|_| !stop.load(Ordering::Relaxed)) {
        let mut filled = fill::object(&View::of(std::slice::from_ref(page)).with_stop(stop), &schema.root);
        missing.extend(std::mem::take(&mut filled.missing));
        refused.extend(std::mem::take(&mut filled.refused));
        let (filled, evidence) = one(filled);
        all.extend(evidence);
        data.push(filled.data);
        fields.extend(filled.fields.into_iter().map(|field: FieldSource| FieldSource {
            path: std::iter::once(PathStep::Index(index)).chain(field.path).collect(),
            ..field
        }));
        let said = filled.warnings.into_iter().map(|warning| format!("Page {}: {warning}", page.number));
        warnings.extend(said.take(NAMED_MAX.saturating_sub(warnings.len())));
    }
    warnings.extend(left_out(&missing, &refused));
    (Extraction { data: Value::Array(data), fields, warnings }, all)
}

/// What was asked for and not done.
fn unfollowed(schema: &Schema, options: &ExtractOptions) -> Vec<String> {
    let mut warnings = Vec::new();
    if schema.properties().is_empty() {
        warnings.push("The schema has no properties, so there is nothing to look for.".to_owned());
    }
    if options.system_prompt.as_ref().is_some_and(|prompt| !prompt.trim().is_empty()) {
        warnings.push("`system_prompt` is not used: this extraction ran without a language model.".to_owned());
    }
    warnings.extend(options.not_followed.iter().map(|path| format!("`{path}` is not followed by this release.")));
    warnings
}

#[cfg(test)]
mod tests;
