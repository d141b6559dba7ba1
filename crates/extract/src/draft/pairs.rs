//! Labels with one value: in a line, in cells side by side, one above the other, and the fields of forms.

use docmill_model::document::{FieldKind, FormField};
use serde_json::json;

use super::Drafted;
use super::looks::{Looks, named, snake};
use crate::concepts::is_known_label;
use crate::labels::PROSE_WORDS;
use crate::places::colon;
use crate::recognise::Habits;
use crate::recognise::words::after_separators;
use crate::view::{Phrase, View};

/// Longer labels are sentences.
const LABEL_WORDS_MAX: usize = 5;
/// Longer values are passages.
const VALUE_CHARS_MAX: usize = 80;

/// The fields of the document's own forms, filled in or not.
pub fn of_forms(view: &View) -> Vec<Drafted> {
    let fields = view.pages.iter().flat_map(|page| &page.fields);
    fields.filter(|field| field.kind != FieldKind::Signature).filter_map(of_form_field).collect()
}

fn of_form_field(field: &FormField) -> Option<Drafted> {
    let own = field.name.rsplit('.').next().unwrap_or_default();
    let printed = field.label.as_deref().filter(|label| is_label(label)).unwrap_or(own);
    let (name, looks) = match field.kind {
        FieldKind::Checkbox => (snake(printed)?, Looks::Boolean),
        _ => named(printed, Looks::Text, false)?,
    };
    let schema = match field.kind {
        FieldKind::MultiSelect => json!({ "type": "array", "items": { "type": "string" },
            "description": format!("Called \"{printed}\" in the document") }),
        _ => looks.schema(printed),
    };
    Some(Drafted { name, schema, blank: true })
}

/// What stands by a label, in the order of the pages.
pub fn of_labels(view: &View, habits: Habits) -> Vec<Drafted> {
    let pairs = (0..view.phrases.len()).filter_map(|at| pair(view, at));
    let drafted = pairs.filter(|(_, value)| !value.is_empty() && value.chars().count() <= VALUE_CHARS_MAX);
    drafted
        .filter_map(|(printed, value)| {
            let (name, looks) = named(printed, Looks::of(std::iter::once(value), habits), false)?;
            Some(Drafted { name, schema: looks.schema(printed), blank: false })
        })
        .collect()
}

/// The label that a phrase is or begins with, and the value that stands by it.
fn pair<'v>(view: &'v View, at: usize) -> Option<(&'v str, &'v str)> {
    let phrase = &view.phrases[at];
    let (printed, rest) = match colon(&phrase.text) {
        Some(at) => (phrase.text[..at].trim(), phrase.text[at + 1..].trim()),
        None if phrase.is_label => (phrase.text.trim(), ""),
        None => beginning(phrase)?,
    };
    if !is_label(printed) {
        return None;
    }
    if !rest.is_empty() {
        // A second colon is another label's.
        return colon(rest).is_none().then_some((printed, rest));
    }
    let value = |next: Option<usize>| next.filter(|next| !view.is_label(*next)).map(|next| &view.phrases[next]);
    if let Some(right) = value(phrase.right) {
        return Some((printed, right.text.trim()));
    }
    // Of several labels in a row each has its value below; one over a column has several.
    let below = value(phrase.below)?;
    let column = below.below.is_some_and(|next| !view.is_label(next)) && phrase.cell.is_some();
    (!column).then_some((printed, below.text.trim()))
}

/// `Invoice no. 2024-17`: a known label with a code or an amount behind it.
fn beginning(phrase: &Phrase) -> Option<(&str, &str)> {
    if phrase.starts.len() >= PROSE_WORDS {
        return None;
    }
    let longest = (1..phrase.tokens.len().min(LABEL_WORDS_MAX + 1)).rev();
    let end = longest.map(|count| &phrase.tokens[..count]).find(|tokens| is_known_label(tokens))?.last()?.end;
    let (printed, rest) = phrase.text.split_at(end);
    let value = rest[after_separators(rest)..].trim();
    value.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase() || "$€£".contains(c)).then_some(())?;
    value.contains(|c: char| c.is_ascii_digit()).then_some((printed.trim(), value))
}

fn is_label(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (1..=LABEL_WORDS_MAX).contains(&words) && letters >= 2 && letters > 2 * digits && !text.contains('"')
}
