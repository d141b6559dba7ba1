//! Links of a page.

use serde::{Deserialize, Serialize};

use super::{BBox, WordRange};

/// Words of a page that lead somewhere outside the document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PageLink {
    /// The words as they stand in their block, without markdown signs.
    pub text: String,
    pub url: String,
    /// The link in markdown.
    pub md: String,
    /// The words, in reading order; they belong to one block.
    pub words: WordRange,
    /// Where they stand, one box a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BBox>,
}
