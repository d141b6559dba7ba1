use docmill_model::{DirectoryId, ProjectId, Timestamp};
use serde_json::{Map, Value};

use super::Once;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    User,
    /// Expires at `expires_at` and is cleaned up.
    Ephemeral,
}

impl DirectoryKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Ephemeral => "ephemeral",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        [Self::User, Self::Ephemeral].into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone)]
pub struct NewDirectory {
    pub project: ProjectId,
    pub name: String,
    pub kind: DirectoryKind,
    pub description: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub system_metadata: Option<Map<String, Value>>,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
}

#[derive(Debug, Clone)]
pub struct Directory {
    pub id: DirectoryId,
    pub project: ProjectId,
    pub name: String,
    pub kind: DirectoryKind,
    pub description: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub system_metadata: Option<Map<String, Value>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

/// What is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct DirectoryChange {
    pub name: Option<String>,
    /// An empty one takes the description away.
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct DirectoryFilter {
    pub name: Option<String>,
    /// Empty = every kind.
    pub kinds: Vec<DirectoryKind>,
    pub include_deleted: bool,
}
