use docmill_model::{ConfigurationId, ProductType, ProjectId, Timestamp};
use serde_json::Value;

/// Parameters as the wire has them, already checked, with their product.
#[derive(Debug, Clone)]
pub struct NewParameters {
    pub product: ProductType,
    pub parameters: Value,
}

#[derive(Debug, Clone)]
pub struct NewConfiguration {
    pub project: ProjectId,
    pub name: String,
    pub parameters: NewParameters,
}

#[derive(Debug, Clone)]
pub struct Configuration {
    pub id: ConfigurationId,
    pub project: ProjectId,
    pub name: String,
    pub product: ProductType,
    pub parameters: Value,
    /// When these parameters were saved; the wire's `version`. Later ones of a configuration are greater.
    pub version: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct ConfigurationFilter {
    /// Empty = every product.
    pub products: Vec<ProductType>,
    pub name: Option<String>,
    /// Every version of each, not only what it is now.
    pub all_versions: bool,
}
