//! Quantity times price is the amount, and the amounts make a sum that is printed: what adds up is surer.

use docmill_model::schema::Node;
use serde_json::Value;

use crate::fields::{Field, Use, of_object};
use crate::recognise::Want;

use super::{CellValue, Row, Search};

/// Half a cent, and what rounding of prices costs, as a share.
const TOLERANCE: f64 = 0.006;
const ROUNDING: f64 = 0.002;
/// Texts that are searched for a printed sum.
const PHRASES_MAX: usize = 5_000;

impl Search<'_> {
    /// Marks the values of rows that arithmetic proves, and says how many rows there are.
    pub(super) fn confirm(&self, rows: &mut [Row]) {
        let path = |concept: &str, other: &str| amounts(&self.fields, concept, other);
        let quantity = path("quantity", "");
        let price = path("unit price", "line total");
        let total = path("line total", "unit price");
        let summed = total.as_ref().is_some_and(|total| self.is_printed(rows, total));
        let share = (rows.len() as f32 / 10.0).min(1.0);
        for row in rows {
            row.iter_mut().for_each(|value| value.evidence.rows = share);
            if summed && let Some(value) = get_mut(row, &total) {
                value.evidence.adds_up = true;
            }
            let factors = (number(row, &quantity), number(row, &price), number(row, &total));
            let (Some(quantity_value), Some(price_value), Some(total_value)) = factors else { continue };
            if price == total
                || (quantity_value * price_value - total_value).abs() > TOLERANCE + ROUNDING * total_value.abs()
            {
                continue;
            }
            for path in [&quantity, &price, &total] {
                if let Some(value) = get_mut(row, path) {
                    value.evidence.adds_up = true;
                }
            }
        }
    }

    /// Whether the document prints the sum of a column.
    fn is_printed(&self, rows: &[Row], path: &[String]) -> bool {
        let values: Vec<f64> = rows.iter().filter_map(|row| number(row, &Some(path.to_vec()))).collect();
        let sum: f64 = values.iter().sum();
        let want = Want::Number { integer: false, money: true, percent: false };
        values.len() >= 2
            && self.view.phrases.iter().take(PHRASES_MAX).any(|phrase| {
                let found = want.find(&phrase.text, self.habits);
                found.iter().any(|found| found.value.as_f64().is_some_and(|value| (value - sum).abs() < TOLERANCE))
            })
    }
}

/// The sum of the lines' totals, where there are two or more.
pub fn line_sum(item: &Node, rows: &[Row]) -> Option<f64> {
    let path = amounts(&of_object(item, Use::Row), "line total", "unit price");
    let values: Vec<f64> = rows.iter().filter_map(|row| number(row, &path)).collect();
    (values.len() >= 2).then(|| values.iter().sum())
}

/// The path of the field that is the one concept, and rather not the other too.
fn amounts(fields: &[Field], concept: &str, other: &str) -> Option<Vec<String>> {
    let fits = fields.iter().filter(|field| matches!(field.want, Want::Number { .. }) && field.is(concept));
    fits.min_by_key(|field| field.is(other)).map(|field| field.path.clone())
}

fn number(row: &Row, path: &Option<Vec<String>>) -> Option<f64> {
    let path = path.as_ref()?;
    row.iter().find(|value| value.path == *path).map(|value| &value.value).and_then(Value::as_f64)
}

fn get_mut<'a>(row: &'a mut Row, path: &Option<Vec<String>>) -> Option<&'a mut CellValue> {
    let path = path.as_ref()?;
    row.iter_mut().find(|value| value.path == *path)
}
