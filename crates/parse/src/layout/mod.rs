//! From words and lines to blocks: columns, reading order, headings, lists, tables, page furniture.
//!
//! A reader (the PDF interpreter, OCR) makes a `PageRecord`; `stats::DocumentStats` gathers what the whole document
//! says; `assemble` makes the page. Units are points, origin top left; thresholds are shares of the text size
//! ("em"), never points, except for the thickness of rules.

mod aligned;
mod assemble;
mod bands;
pub mod bidi;
mod blocks;
mod breaks;
mod cells;
mod code;
mod columns;
pub mod continued;
mod cut;
mod doubt;
mod emit;
mod figures;
mod footnotes;
mod formula;
mod furniture;
mod gates;
mod grid;
mod gutters;
mod headers;
mod headings;
mod joins;
mod lattice;
mod lines;
mod lists;
pub mod margin_numbers;
mod moves;
mod numbers;
mod order;
mod quotes;
mod regions;
mod rules;
mod signs;
pub mod stats;
mod tagged;
pub mod tree;
mod underlines;

pub use assemble::assemble;
pub use cut::spatial_text;
pub use doubt::Doubt;
pub use figures::{pieces_joined, place as place_figures, position as figure_position};
pub use lines::ascending;
#[cfg(feature = "stages")]
pub use lines::segments;
pub use lists::{is_box, is_marker};
pub use moves::{each_box, move_words};
pub use stats::DocumentStats;
pub use underlines::underline;

use docmill_model::document::{BBox, FormField};
use docmill_model::options::{ParseOptions, SpatialText, TableSearch};

/// What a caller may ask of the layout.
#[derive(Debug, Clone, Copy, Default)]
pub struct Switches {
    pub spatial: SpatialText,
    pub tables: TableSearch,
}

impl From<&ParseOptions> for Switches {
    fn from(options: &ParseOptions) -> Self {
        Self { spatial: options.spatial, tables: options.table_search }
    }
}

/// A word as it stands on the upright page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Token {
    pub text: String,
    pub bbox: BBox,
    pub baseline: f32,
    /// Size of the font, points.
    pub size: f32,
    /// Set apart from the running text: bold, in another ink, or underlined.
    pub bold: bool,
    /// In a font whose letters are all equally wide.
    pub mono: bool,
    /// Place in the drawing order; words drawn one after another have consecutive numbers.
    pub seq: u32,
    /// 0 to 1 from OCR.
    pub confidence: Option<f32>,
    /// The marked content that it belongs to, as the page's tree names it; see `tree`.
    pub mark: u32,
}

impl Token {
    pub fn chars(&self) -> usize {
        if self.text.is_ascii() { self.text.len() } else { self.text.chars().count() }
    }
}

/// A straight thin line: `at` is its y when horizontal, else its x; `from..to` is where it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    pub horizontal: bool,
    pub at: f32,
    pub from: f32,
    pub to: f32,
}

/// Shapes, neither rules nor letters, that are drawn close to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapeGroup {
    pub bbox: BBox,
    /// How many of them are curved or slanted: drawings have those, and pages of boxes and tables do not.
    pub slanted: u32,
}

/// Where a link leads, and the areas on the page that are it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub url: String,
    pub boxes: Vec<BBox>,
}

/// What a reader of the document remarked, and the areas on the page that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub author: Option<String>,
    pub content: String,
    pub boxes: Vec<BBox>,
}

/// Words that do not run with the rest of the page, in drawing order.
#[derive(Debug, Clone, Default)]
pub struct Aside {
    /// Not by quarter turns: stamps and watermarks.
    pub diagonal: bool,
    pub tokens: Vec<Token>,
}

impl Aside {
    /// Words that stand close after each other, as indices into the tokens.
    pub fn runs(&self) -> Vec<Vec<usize>> {
        let tokens = &self.tokens;
        let mut runs: Vec<Vec<usize>> = Vec::new();
        for index in 0..tokens.len() {
            let near = index > 0 && {
                let reach = 1.5 * tokens[index].size;
                let (a, b) = (tokens[index - 1].bbox, tokens[index].bbox);
                let apart = |low: f32, high: f32| (high - low).max(0.0);
                apart(a.right(), b.x).max(apart(b.right(), a.x)) <= reach
                    && apart(a.bottom(), b.y).max(apart(b.bottom(), a.y)) <= reach
            };
            match runs.last_mut() {
                Some(run) if near => run.push(index),
                _ => runs.push(vec![index]),
            }
        }
        runs
    }
}

/// What a reader knows of one page before the document as a whole has been looked at.
#[derive(Debug, Clone, Default)]
pub struct PageRecord {
    pub width: f32,
    pub height: f32,
    /// Clockwise degrees by which the page was turned to be upright.
    pub rotation: u16,
    /// Its text runs down, from the right to the left: it was turned so that its lines lie, and is to be put upright again.
    pub down: bool,
    /// Upright words in drawing order.
    pub tokens: Vec<Token>,
    /// Words that run in other directions, one group a direction.
    pub asides: Vec<Aside>,
    pub rules: Vec<Rule>,
    pub pictures: Vec<BBox>,
    pub shapes: Vec<ShapeGroup>,
    /// Links that lead out of the document.
    pub links: Vec<Target>,
    /// Fields of the form that the page is.
    pub fields: Vec<FormField>,
    /// Remarks that readers left.
    pub comments: Vec<Comment>,
    /// The page's part of the document's structure tree.
    pub tree: Option<tree::Tree>,
    /// Figures that the document describes in words.
    pub described: Vec<(BBox, String)>,
}
