use docmill_model::{KeyId, ProjectId, Timestamp};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Project {
    pub id: ProjectId,
    pub organization_id: Uuid,
    pub name: String,
    pub is_default: bool,
    pub created_at: Timestamp,
}

/// The secret itself is never stored, only its SHA-256 in lower-case hex.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub project: ProjectId,
    pub name: String,
    pub secret_hash: String,
    /// The first characters of the secret, so that a person can tell keys apart.
    pub hint: String,
}

#[derive(Debug, Clone)]
pub struct Key {
    pub id: KeyId,
    pub project: ProjectId,
    pub name: String,
    pub hint: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}
