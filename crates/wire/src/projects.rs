//! Projects (contract 2.9).

use docmill_model::{ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::render::printed;

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    #[serde(serialize_with = "printed")]
    pub organization_id: Uuid,
    pub is_default: bool,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
}
