//! docmill's API: `http/` unpacks requests and packs answers, `app/` holds the rules.
//!
//! A handler has no rule of its own, and `app/` knows no status code (`http/errors.rs` alone does) and no JSON name
//! (the `wire` crate alone does).

mod app;
mod http;

pub use app::{App, Insight, ServerSettings, Site, Traced, Vitals};
pub use http::{markdown, openapi, router, serve, serve_vitals};
