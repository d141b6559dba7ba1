use docmill_model::{KeyId, ProjectId, Timestamp};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Project {
    pub id: ProjectId,
    pub organization_id: Uuid,
    pub name: String,
    pub is_default: bool,
    pub shares: Shares,
    pub created_at: Timestamp,
}

/// How much of the workers a project gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Jobs for each one of a project of weight 1 while both wait; above 0.
    pub weight: f64,
    /// Jobs that may run at a time; `None` = what the claim's caps say, 0 = any number.
    pub jobs_max: Option<u32>,
    /// Jobs that may be started in a minute; as above.
    pub jobs_per_minute: Option<u32>,
}

impl Default for Shares {
    fn default() -> Self {
        Self { weight: 1.0, jobs_max: None, jobs_per_minute: None }
    }
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

/// What links are signed with. Both are accepted, so that a rotation breaks no link before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeys {
    pub current: SigningKey,
    pub predecessor: Option<SigningKey>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    pub secret: String,
    pub created_at: Timestamp,
}

impl std::fmt::Debug for SigningKey {
    /// Without the secret: this must never stand in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("created_at", &self.created_at).finish_non_exhaustive()
    }
}
