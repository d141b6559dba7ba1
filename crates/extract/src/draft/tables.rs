//! Tables whose first row is a header: arrays of objects, with a property a column.

use std::collections::HashSet;

use docmill_model::document::{Block, BlockKind, Table};
use serde_json::{Map, Value, json};

use super::Drafted;
use super::looks::{Looks, named, snake};
use crate::concepts::{is_known_label, of_words};
use crate::recognise::Habits;
use crate::synonyms::Shape;
use crate::tokens::{label, tokens};
use crate::view::View;

/// Rows of a table that tell its types.
const ROWS_SEEN: usize = 200;
/// A heading above a table that names its rows has at most so many words.
const HEADING_WORDS_MAX: usize = 4;
/// What rows are called that have a quantity or a price.
const GOODS: &[&str] = &["quantity", "unit_price", "line_total", "item_number"];
/// What rows are called that have these.
const BOOKINGS: &[&str] = &["booking_date", "value_date", "debit", "credit", "balance"];

/// An array for each kind of table; tables with the same columns are one.
pub fn of_tables(view: &View, habits: Habits) -> Vec<Drafted> {
    let mut drafted: Vec<Drafted> = Vec::new();
    for page in view.pages {
        for (at, block) in page.blocks.iter().enumerate() {
            let BlockKind::Table(table) = &block.kind else { continue };
            let Some(properties) = columns(table, habits) else { continue };
            let known =
                drafted.iter().any(|other| other.schema["items"]["properties"] == Value::Object(properties.clone()));
            if known {
                continue;
            }
            let heading = at.checked_sub(1).and_then(|before| heading(&page.blocks[before]));
            let base = name_of(&properties, heading.as_deref());
            let is_free = |name: &String| !drafted.iter().any(|other| other.name == *name);
            let numbered = (2..).map(|number| format!("{base}_{number}"));
            let Some(name) = std::iter::once(base.clone()).chain(numbered).find(is_free) else { continue };
            let items = json!({ "type": "object", "properties": properties });
            drafted.push(Drafted { name, schema: json!({ "type": "array", "items": items }), blank: false });
        }
    }
    drafted
}

/// The columns as properties; `None` for what is no table of rows: label and value side by side, a single row.
fn columns(table: &Table, habits: Habits) -> Option<Map<String, Value>> {
    let rows = table.grid();
    let (header, body) = rows.split_first()?;
    let body = &body[..body.len().min(ROWS_SEEN)];
    let is_header = |text: &String| !text.is_empty() && text.chars().filter(char::is_ascii_digit).count() < 3;
    let named_columns = header.iter().filter(|text| is_header(text)).count();
    let known = header.iter().filter(|text| is_known_label(&tokens(text))).count();
    let marked = table.cells.iter().any(|cell| cell.row == 0 && cell.header);
    if body.is_empty() || named_columns < 2 || 2 * named_columns < header.len() {
        return None;
    }
    if header.len() == 2 && known < 2 && !(marked && body.len() > 2) {
        return None;
    }
    let mut properties = Map::new();
    for (column, printed) in header.iter().enumerate().filter(|(_, text)| is_header(text)) {
        let values = body.iter().map(|row| row[column].as_str()).filter(|text| !text.trim().is_empty());
        if values.clone().next().is_none() {
            continue;
        }
        let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "");
        if let Some((name, looks)) = named(&printed, Looks::of(values, habits), true) {
            properties.entry(name).or_insert_with(|| looks.schema(&printed));
        }
    }
    (properties.len() >= 2).then_some(properties)
}

/// A short text above a table.
fn heading(block: &Block) -> Option<String> {
    let (BlockKind::Heading { value: text, .. } | BlockKind::Text { value: text }) = &block.kind else { return None };
    let short = (1..=HEADING_WORDS_MAX).contains(&text.split_whitespace().count()) && !text.contains([':', '.', '\n']);
    short.then(|| text.to_owned())
}

/// What rows with these columns are called: by what they are, else by the heading above them.
fn name_of(properties: &Map<String, Value>, heading: Option<&str>) -> String {
    let names: HashSet<&str> = properties.keys().map(String::as_str).collect();
    let has = |known: &[&str], count: usize| known.iter().filter(|name| names.contains(*name)).count() >= count;
    let of_heading = heading.map(|text| {
        let rows = of_words(&label(text)).find(|known| known.concept.shape == Shape::Rows);
        rows.and_then(|known| known.concept.labels.first()).map(|name| name.replace(' ', "_")).or_else(|| snake(text))
    });
    match of_heading.flatten() {
        _ if has(GOODS, 2) => "line_items".to_owned(),
        _ if has(BOOKINGS, 2) => "transactions".to_owned(),
        Some(name) => name,
        None => "rows".to_owned(),
    }
}
