use docmill_model::{ConfigurationId, Product, ProjectId, Timestamp};
use serde_json::Value;

/// Parameters as the wire has them, already checked, with their product.
#[derive(Debug, Clone)]
pub struct NewParameters {
    pub product: Product,
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
    pub product: Product,
    pub parameters: Value,
    /// When these parameters were saved; the wire's `version`.
    pub version: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct ConfigurationFilter {
    /// Empty = every product.
    pub products: Vec<Product>,
    pub name: Option<String>,
}
