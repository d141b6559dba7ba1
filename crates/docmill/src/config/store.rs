use serde::{Deserialize, Serialize};

/// Where rows and bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// Empty = an SQLite file in the data folder.
    pub database: String,
    /// Empty = a folder in the data folder.
    pub blobs: String,
    /// Connections of this process to a PostgreSQL database.
    pub connections_max: u32,
    /// Bring the PostgreSQL schema up to date at the start.
    pub migrate: bool,
}

impl StoreSettings {
    /// Several processes may work on it.
    pub fn is_shared(&self) -> bool {
        !self.database.is_empty()
    }
}
