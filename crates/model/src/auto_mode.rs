//! Rules by which single pages are read in another way (contract 3.4, `auto_mode_configuration`).

use serde::{Deserialize, Serialize};

use crate::options::{CropBox, ParseOptions, SpatialText, Tier};

/// The first rule of a document whose triggers fire on a page has the page read again, its own way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoRule {
    /// One trigger is enough; else all of them have to fire. Without triggers the rule never fires.
    pub any: bool,
    pub triggers: Vec<Trigger>,
    pub reading: Reading,
}

/// What fires a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The file's name matches one of these, with `*` and `?`.
    NameGlob(Vec<String>),
    /// The file's name or the page's text matches; the second text has the flags.
    NameRegex(String, String),
    TextRegex(String, String),
    /// The page's text holds this.
    Text(String),
    /// Whether the page has a table, a picture, or failed.
    Table(bool),
    Image(bool),
    Failed(bool),
    /// Whether one picture covers at least this share of the page.
    FullPageImage(bool, f64),
    /// The layout found such an element, and is at least so sure of it.
    Element(String, f64),
    /// Of this there are at least, or at most, so many.
    AtLeast(Counted, f64),
    AtMost(Counted, f64),
}

/// What is counted on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    Chars,
    Words,
    Lines,
    Images,
    Tables,
    Links,
    LayoutElements,
    Numbers,
    PercentNumbers,
}

impl Counted {
    /// With the names that the wire gives them, but for the characters.
    pub const NAMED: [(&str, Self); 8] = [
        ("words", Self::Words),
        ("lines", Self::Lines),
        ("images", Self::Images),
        ("tables", Self::Tables),
        ("links", Self::Links),
        ("layout_elements", Self::LayoutElements),
        ("numbers", Self::Numbers),
        ("percent_numbers", Self::PercentNumbers),
    ];
}

/// What is different when the page is read again; `None` = as it was asked for the document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub tier: Option<Tier>,
    pub ocr_language: Option<String>,
    pub loose_tables: Option<bool>,
    pub crop: Option<CropBox>,
    pub ignore_hidden_text: Option<bool>,
    pub ignore_diagonal_text: Option<bool>,
    pub spatial: Option<SpatialText>,
}

impl Reading {
    pub fn of(&self, options: &ParseOptions) -> ParseOptions {
        let mut own = options.clone();
        own.tier = self.tier.unwrap_or(own.tier);
        own.crop = self.crop.or(own.crop);
        own.spatial = self.spatial.unwrap_or(own.spatial);
        own.table_search.loose = self.loose_tables.unwrap_or(own.table_search.loose);
        own.ignore_hidden_text = self.ignore_hidden_text.unwrap_or(own.ignore_hidden_text);
        own.ignore_diagonal_text = self.ignore_diagonal_text.unwrap_or(own.ignore_diagonal_text);
        if let Some(language) = &self.ocr_language {
            own.ocr_languages = vec![language.clone()];
        }
        own
    }
}
