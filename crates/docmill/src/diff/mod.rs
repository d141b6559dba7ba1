//! What differs between two output folders: files, pages and fields. The same inputs under two configurations, or
//! before and after an upgrade.

mod compare;
mod told;

pub use compare::compare;
