//! LlamaCloud's JSON, exactly: requests read and checked, answers rendered from the nouns of `model`; in `client` the
//! other direction.
//!
//! No rules of docmill's own and no I/O: the server decides, this crate knows names and shapes. A request reads as
//! `Request::read(&Value) -> Result<Request, Vec<FieldError>>` with every error at once, as FastAPI does.

pub mod batches;
pub mod check;
pub mod client;
pub mod configurations;
pub mod directories;
pub mod directory_files;
pub mod errors;
pub mod extract;
pub mod files;
pub mod form_fields;
pub mod forms;
mod given;
mod items;
pub mod outputs;
pub mod pages;
pub mod paging;
pub mod parse;
pub mod projects;
pub mod query;
pub mod references;
pub mod render;
pub mod result_files;
pub mod schema;
pub mod webhooks;

pub use errors::{ErrorBody, FieldError, Loc};
