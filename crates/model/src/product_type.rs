//! What a saved configuration is for.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::options::Product;

/// What a saved configuration is for. Configurations of products that docmill does not run are kept for the clients
/// that saved them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductType {
    Runs(Product),
    Classify,
    Split,
    Spreadsheet,
    Unknown,
}

impl ProductType {
    pub const ALL: [Self; 6] = [
        Self::Runs(Product::Parse),
        Self::Runs(Product::Extract),
        Self::Classify,
        Self::Split,
        Self::Spreadsheet,
        Self::Unknown,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Runs(product) => product.as_str(),
            Self::Classify => "classify_v2",
            Self::Split => "split_v1",
            Self::Spreadsheet => "spreadsheet_v1",
            Self::Unknown => "unknown",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.as_str() == text)
    }

    /// The product that runs it.
    pub const fn runs(self) -> Option<Product> {
        match self {
            Self::Runs(product) => Some(product),
            _ => None,
        }
    }
}

impl From<Product> for ProductType {
    fn from(product: Product) -> Self {
        Self::Runs(product)
    }
}

impl fmt::Display for ProductType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProductType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl JsonSchema for ProductType {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("ProductType")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.map(Self::as_str)})
    }
}
