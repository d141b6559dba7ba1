//! Fields of forms.

use serde::{Deserialize, Serialize};

use super::BBox;

/// A field of a form that is filled in on the page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FormField {
    /// The document's own name of it; names of parents stand before it, with dots between.
    pub name: String,
    /// What is printed beside it, else what the document calls it for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub kind: FieldKind,
    #[serde(default)]
    pub value: FieldValue,
    /// Where it stands; the buttons of one choice have a box each.
    pub boxes: Vec<BBox>,
}

/// Where a field stands among the blocks of its page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldPlace {
    /// The text of the heading that it stands below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<FieldCell>,
}

/// A cell of a table below a header, in which a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCell {
    /// The page's block that is the table.
    pub block: u32,
    pub row: u32,
    pub column: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    #[default]
    Text,
    Checkbox,
    SingleSelect,
    MultiSelect,
    Signature,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    #[default]
    Empty,
    Text(String),
    Checked(bool),
    /// What was chosen, as people read it.
    Chosen(Vec<String>),
}
