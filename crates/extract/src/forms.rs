//! Values of a form's own fields, by the names and labels that the document gives them.

use docmill_model::document::{FieldValue, FormField};
use docmill_model::results::Citation;
use serde_json::Value;

use crate::cite::Source;
use crate::concepts::Role;
use crate::confidence::Way;
use crate::fields::Field;
use crate::places::Candidate;
use crate::recognise::{Habits, Want};
use crate::tokens::label;
use crate::view::View;

/// Names and labels that share fewer of their words are another field's.
const SHARE_MIN: f32 = 0.6;

/// A field of a page's form: indexes of the page and of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormPlace {
    pub page: usize,
    pub field: usize,
}

/// The values of form fields that are called like the field.
pub fn candidates(view: &View, field: &Field, habits: Habits) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (number, page) in view.pages.iter().enumerate() {
        for (at, form) in page.fields.iter().enumerate() {
            let likeness = likeness(field, form);
            if likeness >= SHARE_MIN
                && !is_the_fillers(field, form)
                && let Some(values) = values(field, form, habits)
            {
                let items = values.into_iter().map(|value| (value, Vec::new())).collect();
                let form = Some(FormPlace { page: number, field: at });
                let score = (likeness * 1.05).min(1.0);
                found.push(Candidate { form, way: Way::Form, ..Candidate::new(items, score) });
            }
        }
    }
    found
}

/// A form is filled in by those whom it is for: what it plainly calls `Name` is not the name of the firm that it is from.
fn is_the_fillers(field: &Field, form: &FormField) -> bool {
    if field.role != Some(Role::Issuer) || field.part.is_none() {
        return false;
    }
    let own = field.path.last().map(|name| label(name)).unwrap_or_default();
    let around = field.path.iter().rev().skip(1).flat_map(|name| label(name));
    let mut bearer = around.chain(field.section.iter().flat_map(|label| label.words.iter().cloned()));
    let names: Vec<String> =
        [Some(form.name.as_str()), form.label.as_deref()].into_iter().flatten().flat_map(label).collect();
    !bearer.any(|word| names.contains(&word) && !own.contains(&word))
}

/// How much of the field's label the form field's name or printed label says, and the other way round.
fn likeness(field: &Field, form: &FormField) -> f32 {
    let own = form.name.rsplit('.').next().unwrap_or_default();
    let own = own.split('[').next().unwrap_or_default();
    let names = [Some(form.name.as_str()), Some(own), form.label.as_deref()];
    let names: Vec<Vec<String>> = names.into_iter().flatten().map(label).filter(|words| !words.is_empty()).collect();
    let mut best = 0.0_f32;
    for known in field.labels.iter().filter(|label| !label.weak) {
        for name in &names {
            let common = known.words.iter().filter(|word| name.contains(word)).count() as f32;
            let share = common / known.words.len().max(name.len()) as f32;
            let foreign = name.iter().any(|word| field.against.contains(word) && !known.words.contains(word));
            best = best.max(known.weight * share * if foreign { 0.5 } else { 1.0 });
        }
    }
    best
}

fn values(field: &Field, form: &FormField, habits: Habits) -> Option<Vec<Value>> {
    let texts = match &form.value {
        FieldValue::Empty => return None,
        FieldValue::Checked(state) => {
            return matches!(field.want, Want::Boolean).then(|| vec![Value::Bool(*state)]);
        }
        FieldValue::Text(text) => vec![text.as_str()],
        FieldValue::Chosen(chosen) => chosen.iter().map(String::as_str).collect(),
    };
    let read = |text: &str| {
        let found = field.want.find(text.trim(), habits).into_iter().next()?;
        // A code of any form may stand in a field that asks for it.
        let whole = matches!(field.want, Want::Id) && !text.trim().is_empty();
        Some(if whole { Value::String(text.trim().to_owned()) } else { found.value })
    };
    let values: Vec<Value> = texts.into_iter().filter_map(read).collect();
    (!values.is_empty()).then_some(values)
}

/// The source of a form field's value: its own boxes.
pub fn source(view: &View, place: FormPlace) -> Option<Source> {
    let page = view.pages.get(place.page)?;
    let form = page.fields.get(place.field)?;
    let text = match &form.value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Chosen(chosen) => chosen.join(", "),
        FieldValue::Checked(_) | FieldValue::Empty => form.label.clone().unwrap_or_else(|| form.name.clone()),
    };
    let page_size = page.width.zip(page.height);
    let citation = Citation { page: page.number, text, boxes: form.boxes.clone(), page_size };
    Some(Source { citation, parsing: 1.0 })
}
