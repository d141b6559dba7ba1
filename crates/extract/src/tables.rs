//! Arrays of objects from tables: columns by their headers and by what stands in them, one object a row.

use docmill_model::document::{Cell, Page, Table};
use docmill_model::schema::Node;
use serde_json::Value;

use crate::cite::{Source, of_cell};
use crate::fields::{Field, Use, of_object};
use crate::recognise::{Habits, Want};
use crate::tokens::{is_filler, label, tokens};
use crate::view::View;

/// A header may stand under other rows: a form and its table of items are often one grid.
const HEADER_ROW_LAST: u32 = 12;
/// Rows that a header may have.
const HEADER_DEPTH: u32 = 2;
/// Rows that are looked at to learn what a column holds.
const PROFILE_ROWS: usize = 20;
/// A column whose header and content fit less than this is not the property's.
const COLUMN_FLOOR: f32 = 0.45;
/// Tables this near to the best one hold rows of the same array.
const SAME_ARRAY: f32 = 0.8;

/// A value of a row: the leaf's path in the item, the value, its source and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct CellValue {
    pub path: Vec<String>,
    pub value: Value,
    pub source: Source,
    pub confidence: f32,
}

pub type Row = Vec<CellValue>;

/// A table seen as the rows of an array.
struct Fit<'a> {
    page: &'a Page,
    table: &'a Table,
    /// First row below the header.
    body: u32,
    /// For each field the column with its score.
    columns: Vec<Option<(u32, f32)>>,
    score: f32,
}

/// The rows of the tables that fit an array's item best. Empty when none does.
pub fn rows(view: &View, item: &Node, habits: Habits) -> Vec<Row> {
    let fields = of_object(item, Use::Row);
    let tables: Vec<(&Page, &Table)> = view.tables().map(|(page, _, table)| (&view.pages[page], table)).collect();
    let mut fits: Vec<Option<Fit>> = tables.iter().map(|(page, table)| fit(page, table, &fields, habits)).collect();
    let best = fits.iter().flatten().map(|fit| fit.score).fold(0.0, f32::max);
    for at in 0..fits.len() {
        fits[at] = match fits[at].take() {
            Some(fit) => Some(fit).filter(|fit| fit.score >= SAME_ARRAY * best),
            None => at.checked_sub(1).and_then(|before| continued(fits[before].as_ref()?, tables[at])),
        };
    }
    fits.iter().flatten().flat_map(|fit| rows_of(fit, &fields, habits)).collect()
}

/// A table without a header of its own on a following page goes on with the columns of the one before.
fn continued<'a>(before: &Fit<'a>, (page, table): (&'a Page, &'a Table)) -> Option<Fit<'a>> {
    let follows = page.number == before.page.number + 1 && table.column_count == before.table.column_count;
    let columns = before.columns.clone();
    follows.then_some(Fit { page, table, body: 0, columns, score: before.score })
}

fn fit<'a>(page: &'a Page, table: &'a Table, fields: &[Field], habits: Habits) -> Option<Fit<'a>> {
    let bodies =
        (1..=table.row_count.min(HEADER_ROW_LAST)).flat_map(|body| (1..=HEADER_DEPTH).map(move |depth| (body, depth)));
    let fits = bodies.map(|(body, depth)| {
        let columns = columns(table, fields, body, depth, habits);
        let score = columns.iter().flatten().map(|(_, score)| score).sum();
        Fit { page, table, body, columns, score }
    });
    let best = fits.fold(None, |best: Option<Fit>, next| match best {
        Some(best) if best.score >= next.score => Some(best),
        _ => Some(next),
    })?;
    let matched = best.columns.iter().flatten().count();
    // Numbers alone are a summary: where the item has words, its rows have words.
    let is_word = |field: &Field| matches!(field.want, Want::Text | Want::Id | Want::Date(_) | Want::Choice(_));
    let worded = !fields.iter().any(is_word)
        || fields.iter().zip(&best.columns).any(|(field, column)| column.is_some() && is_word(field));
    (worded && (matched >= 2 || matched == 1 && fields.len() == 1)).then_some(best)
}

/// Gives each field its column, best pairs first.
fn columns(table: &Table, fields: &[Field], body: u32, depth: u32, habits: Habits) -> Vec<Option<(u32, f32)>> {
    let mut pairs = Vec::new();
    for column in 0..table.column_count {
        let header = header(table, column, body, depth);
        if header.is_empty() {
            continue;
        }
        let cells = body_cells(table, column, body);
        for (at, field) in fields.iter().enumerate() {
            let score = header_score(field, &header) * content_score(field, &cells, habits);
            if score >= COLUMN_FLOOR {
                pairs.push((score, at, column));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut chosen = vec![None; fields.len()];
    for (score, field, column) in pairs {
        if chosen[field].is_none() && !chosen.iter().flatten().any(|(taken, _)| *taken == column) {
            chosen[field] = Some((column, score));
        }
    }
    chosen
}

/// The comparable words of the nearest header cells above the body.
fn header(table: &Table, column: u32, body: u32, depth: u32) -> Vec<String> {
    let covers = |cell: &&Cell| {
        cell.row < body
            && cell.row.saturating_add(depth) >= body
            && cell.column <= column
            && column < cell.column.saturating_add(cell.column_span.max(1))
            && cell.column_span <= 2
    };
    table.cells.iter().filter(covers).flat_map(|cell| label(&cell.text)).collect()
}

fn body_cells(table: &Table, column: u32, body: u32) -> Vec<&str> {
    let own = table.cells.iter().filter(|cell| cell.column == column && cell.row >= body);
    own.map(|cell| cell.text.trim()).filter(|text| !text.is_empty()).take(PROFILE_ROWS).collect()
}

fn header_score(field: &Field, header: &[String]) -> f32 {
    let scores = field.labels.iter().filter(|label| !label.weak).map(|label| {
        let all = label.words.iter().all(|word| header.contains(word));
        let coverage = label.words.len() as f32 / header.len() as f32;
        if all { label.weight * (0.5 + 0.5 * coverage.min(1.0)) } else { 0.0 }
    });
    scores.fold(0.0, f32::max)
}

/// The share of cells that hold the wanted type.
fn content_score(field: &Field, cells: &[&str], habits: Habits) -> f32 {
    if cells.is_empty() {
        return 0.5;
    }
    let good = cells.iter().filter(|text| !field.want.find(text, habits).is_empty()).count();
    0.25 + 0.75 * good as f32 / cells.len() as f32
}

fn rows_of(fit: &Fit, fields: &[Field], habits: Habits) -> Vec<Row> {
    let mut grid: Vec<Vec<&Cell>> = vec![Vec::new(); fit.table.row_count as usize];
    for cell in &fit.table.cells {
        if let Some(row) = grid.get_mut(cell.row as usize) {
            row.push(cell);
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    let mapped = fit.columns.iter().flatten().count();
    for cells in grid.iter().skip(fit.body as usize).filter(|cells| !is_sum(cells)) {
        let row = row(fit, cells, fields, habits);
        let text_only = row.len() == 1 && mapped >= 3 && is_text(fields, &row[0]);
        match rows.last_mut() {
            Some(last) if text_only => goes_on(last, row),
            _ if row.len() >= 2 || mapped <= 2 && !row.is_empty() => rows.push(row),
            _ => {}
        }
    }
    rows
}

fn is_text(fields: &[Field], value: &CellValue) -> bool {
    fields.iter().any(|field| field.path == value.path && matches!(field.want, Want::Text))
}

/// A row with nothing but text is the next line of the row before.
fn goes_on(last: &mut Row, row: Row) {
    for more in row {
        let own = last.iter_mut().find(|value| value.path == more.path);
        if let Some(CellValue { value: Value::String(text), source, .. }) = own
            && let Value::String(added) = more.value
        {
            text.push('\n');
            text.push_str(&added);
            source.citation.text.push('\n');
            source.citation.text.push_str(&more.source.citation.text);
            source.citation.boxes.extend(more.source.citation.boxes);
        }
    }
}

fn row(fit: &Fit, cells: &[&Cell], fields: &[Field], habits: Habits) -> Row {
    let mut row = Row::new();
    for (field, column) in fields.iter().zip(&fit.columns) {
        let Some((column, score)) = column else { continue };
        let Some(cell) = cells.iter().find(|cell| cell.column == *column && !cell.text.trim().is_empty()) else {
            continue;
        };
        let found = field.want.find(cell.text.trim(), habits);
        if found.is_empty() {
            continue;
        }
        let fit_of_type = found[0].fit;
        let value = if field.many { found.into_iter().map(|f| f.value).collect() } else { found[0].value.clone() };
        let confidence = (score * fit_of_type.max(0.7)).clamp(0.0, 1.0);
        row.push(CellValue { path: field.path.clone(), value, source: of_cell(fit.page, cell), confidence });
    }
    row
}

/// Sums in any language of the labels: the row says so in its first words.
const SUMS: &[&str] = &[
    "total",
    "subtotal",
    "sum",
    "summe",
    "gesamt",
    "gesamtbetrag",
    "gesamtsumme",
    "zwischensumme",
    "rechnungsbetrag",
    "netto",
    "brutto",
    "mwst",
    "ust",
    "vat",
    "tax",
    "tva",
    "iva",
    "btw",
    "totaal",
    "subtotaal",
    "somme",
    "sou",
    "balance",
    "grand",
    "amount",
    "importe",
    "nettobetrag",
    "bruttobetrag",
    "shipping",
    "versandkosten",
    "discount",
    "endbetrag",
];

fn is_sum(cells: &[&Cell]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.text.trim().is_empty());
    let Some(first) = filled.next() else { return true };
    let words = tokens(&first.text);
    let speaking: Vec<_> = words.iter().filter(|token| !is_filler(&token.norm)).collect();
    speaking.len() <= 4
        && speaking.first().is_some_and(|token| SUMS.contains(&token.norm.as_str()))
        && filled.count() <= 4
}
