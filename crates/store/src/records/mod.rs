//! Rows as the rest of docmill sees them.

mod batch;
mod configuration;
mod directory;
mod file;
mod job;
mod key;
mod once;
mod reuse;
mod webhook;

pub use batch::*;
pub use configuration::*;
pub use directory::*;
pub use file::*;
pub use job::*;
pub use key::*;
pub use once::*;
pub use reuse::*;
pub use webhook::*;

use uuid::Uuid;

/// A page of a list: at most `limit` rows that come after the row with the id `after` in the list's own order.
/// Ids are time-sortable, so new rows and changing states neither repeat nor skip a row.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    pub after: Option<Uuid>,
    pub limit: u32,
}

#[derive(Debug, Clone)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Uuid>,
}
