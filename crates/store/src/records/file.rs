use docmill_model::{DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Once;

/// Stored bytes. `key` is their place in `Blobs`; equal content may live under several keys over time, so that an
/// old key can be deleted while the same bytes are put anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    pub key: String,
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
}

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Content {
    Blob(BlobRef),
    /// A file of the caller's own disk that is read in place (command line without a server). It must still have
    /// this size and time when it is read, else the job fails with `SOURCE_CHANGED`.
    Path {
        path: String,
        bytes: u64,
        modified_ms: i64,
        sha256: String,
    },
}

impl Content {
    pub const fn bytes(&self) -> u64 {
        match self {
            Self::Blob(blob) => blob.bytes,
            Self::Path { bytes, .. } => *bytes,
        }
    }

    pub fn sha256(&self) -> &str {
        match self {
            Self::Blob(blob) => &blob.sha256,
            Self::Path { sha256, .. } => sha256,
        }
    }
}

#[derive(Debug, Clone)]
pub struct NewFile {
    pub project: ProjectId,
    /// As the caller named it; used to tell the format when the content does not.
    pub name: String,
    pub external_file_id: Option<String>,
    /// `user_data`, `parse`, `extract`, ... as the wire has it.
    pub purpose: String,
    pub content: Content,
    /// How this create is recognised when it is sent again (a directory file has a mark of its own).
    pub once: Option<Once>,
}

#[derive(Debug, Clone)]
pub struct File {
    pub id: FileId,
    pub project: ProjectId,
    pub name: String,
    pub external_file_id: Option<String>,
    pub purpose: String,
    pub content: Content,
    pub created_at: Timestamp,
    /// When the last ephemeral directory that it was uploaded into expires; `None` = it stays.
    pub expires_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Default)]
pub struct FileFilter {
    /// Ids of files or of directory entries of them; `None` = every file.
    pub ids: Option<Vec<Uuid>>,
    pub name: Option<String>,
    pub external_file_id: Option<String>,
}

/// How files are listed. Neither a name nor an instant of a file ever changes, so pages neither repeat nor skip one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileOrder {
    /// By the bytes of the name.
    Name,
    Id,
    #[default]
    NewestFirst,
}

/// An entry of a file that is stored already.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub project: ProjectId,
    pub directory: DirectoryId,
    pub file: FileId,
    pub display_name: String,
    pub unique_id: String,
    pub metadata: Map<String, Value>,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
}

/// What is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct DirectoryFileChange {
    pub display_name: Option<String>,
    pub unique_id: Option<String>,
    /// Replaces all of it.
    pub metadata: Option<Map<String, Value>>,
    /// Where the entry goes.
    pub directory: Option<DirectoryId>,
}

#[derive(Debug, Clone)]
pub struct NewDirectoryFile {
    pub directory: DirectoryId,
    pub file: NewFile,
    pub display_name: String,
    pub unique_id: String,
    pub metadata: Map<String, Value>,
    /// How this create is recognised when it is sent again.
    pub once: Option<Once>,
}

#[derive(Debug, Clone)]
pub struct DirectoryFile {
    pub id: DirectoryFileId,
    pub project: ProjectId,
    pub directory: DirectoryId,
    pub file: FileId,
    pub display_name: String,
    pub unique_id: String,
    pub metadata: Map<String, Value>,
    pub content: Content,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

/// The answer of a step that refers to a blob.
#[derive(Debug, Clone)]
pub enum FileCreated<T> {
    New(T),
    /// It was there already, with the same content.
    Same(T),
    /// The blob was doomed between finding and using it: put the bytes again under a new key.
    BlobGone,
}

#[derive(Debug, Clone, Default)]
pub struct DirectoryFileFilter {
    pub display_name: Option<String>,
    pub display_name_contains: Option<String>,
    pub unique_id: Option<String>,
    pub file: Option<FileId>,
    pub include_deleted: bool,
    pub updated_from: Option<Timestamp>,
    pub updated_to: Option<Timestamp>,
}
