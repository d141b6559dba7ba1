//! From what speaks for a value to the probability that it is right. The weights are fitted by
//! `cargo xtask extract-fit` on documents whose values are known, and stand in `weights.json`.

use std::sync::LazyLock;

use serde_json::Value;

use crate::fields::Field;
use crate::places::{Candidate, Span};
use crate::recognise::Want;

/// How a value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// In the label's own phrase, after it.
    #[default]
    Same,
    /// After the label's colon.
    Colon,
    /// Right of the label.
    Right,
    Below,
    /// At the end of the label's line.
    LineEnd,
    /// The items of a list after the label.
    List,
    /// A part of a party's block.
    Party,
    /// A field of a form.
    Form,
    /// By its form alone, without a label.
    Evident,
    /// A cell under a header.
    Table,
    /// A row that is made like its neighbours.
    Pattern,
}

/// What speaks for a value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// Label, type and place together, 0 to 1; for a cell its column's.
    pub score: f32,
    /// How far the next best value is behind, 0 to 1.
    pub margin: f32,
    /// How much the text looks like the type, 0 to 1.
    pub fit: f32,
    pub way: Way,
    pub kind: ValueKind,
    /// An amount that adds up with others, or is the product of others.
    pub adds_up: bool,
    /// A label says whose it is: `Bill to` over a party's address.
    pub role_label: bool,
    /// Its check digits are right.
    pub checked: bool,
    /// Rows found with it, as a share of ten.
    pub rows: f32,
    /// How unsure OCR was of its words, 0 to 1; 0 for a text layer.
    pub blurred: f32,
    /// Its words were read from a picture.
    pub scanned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueKind {
    #[default]
    Text,
    Person,
    Address,
    Date,
    Money,
    Number,
    Id,
    /// Mail, web, phone, bank and tax codes.
    Code,
    Choice,
}

impl ValueKind {
    pub const fn of(want: &Want) -> Self {
        match want {
            Want::Text => Self::Text,
            Want::Person => Self::Person,
            Want::Address => Self::Address,
            Want::Date(_) | Want::Time => Self::Date,
            Want::Number { money: true, .. } | Want::NumberText | Want::MoneyText => Self::Money,
            Want::Number { .. } => Self::Number,
            Want::Id | Want::IdNumber | Want::Numbered(_) | Want::PostCode | Want::Pattern(_) | Want::Regex(_) => {
                Self::Id
            }
            Want::Email | Want::Url | Want::Phone | Want::Iban | Want::Bic | Want::VatId | Want::Currency => Self::Code,
            Want::Boolean | Want::Choice(_) => Self::Choice,
        }
    }
}

/// Names of the features, in the order of `Evidence::features`.
pub const FEATURES: &[&str] = &[
    "score",
    "score_squared",
    "margin",
    "fit",
    "adds_up",
    "role_label",
    "checked",
    "rows",
    "blurred",
    "scanned",
    "way_same",
    "way_colon",
    "way_right",
    "way_below",
    "way_line_end",
    "way_list",
    "way_party",
    "way_form",
    "way_evident",
    "way_table",
    "way_pattern",
    "kind_text",
    "kind_person",
    "kind_address",
    "kind_date",
    "kind_money",
    "kind_number",
    "kind_id",
    "kind_code",
    "kind_choice",
];
const WAYS_AT: usize = 10;
const KINDS_AT: usize = 21;

impl Evidence {
    pub fn features(&self) -> Vec<f32> {
        let mut features = vec![0.0; FEATURES.len()];
        let score = self.score.clamp(0.0, 1.0);
        let flag = |flag: bool| f32::from(u8::from(flag));
        let plain = [
            score,
            score * score,
            self.margin,
            self.fit,
            flag(self.adds_up),
            flag(self.role_label),
            flag(self.checked),
            self.rows,
            self.blurred,
            flag(self.scanned),
        ];
        features[..plain.len()].copy_from_slice(&plain);
        features[WAYS_AT + self.way as usize] = 1.0;
        features[KINDS_AT + self.kind as usize] = 1.0;
        features
    }

    /// What speaks for a candidate, but for the others of its field.
    pub fn of(field: &Field, candidate: &Candidate) -> Self {
        let right = |(value, _): &(Value, Vec<Span>)| field.want.checks(value) == Some(true);
        Self {
            score: candidate.score,
            margin: 0.0,
            fit: candidate.fit,
            way: candidate.way,
            kind: ValueKind::of(&field.want),
            adds_up: candidate.adds_up,
            role_label: candidate.role_label,
            checked: !candidate.items.is_empty() && candidate.items.iter().all(right),
            ..Self::default()
        }
    }

    /// The same for words that OCR was so sure of, 0 to 1; 1 = a text layer.
    pub fn read_with(self, parsing: f32) -> Self {
        Self { blurred: 1.0 - parsing.clamp(0.0, 1.0), scanned: parsing < 1.0, ..self }
    }

    /// The confidence of the extraction alone: with that of the words it makes the probability, which is never more than
    /// the words are sure.
    pub fn beside(&self, parsing: f32) -> f32 {
        if parsing > 0.0 { (self.probability() / parsing).min(1.0) } else { 1.0 }
    }

    /// How likely the value is right, 0 to 1.
    pub fn probability(&self) -> f32 {
        static WEIGHTS: LazyLock<(f32, Vec<f32>)> = LazyLock::new(weights);
        let (bias, weights) = &*WEIGHTS;
        let sum: f32 = self.features().iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
        1.0 / (1.0 + (-(bias + sum)).exp())
    }
}

/// A feature that the file does not name weighs nothing.
fn weights() -> (f32, Vec<f32>) {
    let file: Value = serde_json::from_str(include_str!("weights.json")).unwrap_or_default();
    let weight = |name: &str| file["weights"][name].as_f64().unwrap_or_default() as f32;
    (weight("bias"), FEATURES.iter().map(|name| weight(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_a_weight_for_every_feature() {
        let file: Value = serde_json::from_str(include_str!("weights.json")).expect("json");
        let weights = file["weights"].as_object().expect("an object");
        let mut named: Vec<&str> = weights.keys().map(String::as_str).filter(|name| *name != "bias").collect();
        let mut expected = FEATURES.to_vec();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
    }

    #[test]
    fn more_evidence_is_more_likely_right() {
        let weak = Evidence { score: 0.5, margin: 0.1, fit: 0.7, way: Way::Below, ..Evidence::default() };
        let strong = Evidence { score: 0.95, margin: 1.0, fit: 1.0, way: Way::Colon, ..Evidence::default() };
        assert!(weak.probability() < strong.probability());
        assert!(weak.probability() > 0.0 && strong.probability() < 1.0);
    }
}
