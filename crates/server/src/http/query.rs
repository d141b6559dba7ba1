//! Query strings: every wrong parameter is reported at once, as FastAPI does.

use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use docmill_model::Timestamp;
use docmill_model::limits::Limits;
use docmill_wire::FieldError;
use docmill_wire::query::Query as Reader;

use super::operations::{self, Parameter};
use crate::app::AppResult;
use crate::app::paging::Asked;

/// A query that is being read: ask for what the call knows, then `finish`. Parameters that no call knows are ignored.
pub struct Query {
    described: &'static [Parameter],
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { described: described(parts), pairs: pairs(parts), errors: Vec::new() })
    }
}

/// The parameters that the table of operations lists for this request.
fn described(parts: &Parts) -> &'static [Parameter] {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = parts.method.as_str();
    operations::all()
        .find(|(_, operation)| operation.path == path && operation.method.eq_ignore_ascii_case(method))
        .map_or(&[], |(_, operation)| operation.query)
}

/// Every `key=value`, decoded, in order. Decoding cannot fail: what is no UTF-8 becomes replacement characters,
/// which no field accepts.
pub fn pairs(parts: &Parts) -> Vec<(String, String)> {
    axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(pairs)| pairs).unwrap_or_default()
}

impl Query {
    /// What came, for a parameter of the table. A handler that reads another one is not described truly.
    fn reader(&self, name: &str) -> Reader<'_> {
        debug_assert!(
            self.described.iter().any(|parameter| parameter.name == name),
            "`{name}` is not in the table of operations"
        );
        Reader(&self.pairs)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.reader(name).one(name).map(str::to_owned)
    }

    pub fn texts(&self, name: &str) -> Vec<String> {
        self.reader(name).many(name).into_iter().map(str::to_owned).collect()
    }

    pub fn flag(&mut self, name: &str) -> bool {
        let read = self.reader(name).flag(name);
        self.kept(read).unwrap_or_default()
    }

    pub fn instant(&mut self, name: &str) -> Option<Timestamp> {
        // The `+` of an offset that was not percent-encoded arrives as a space.
        self.parsed(name, |text| text.replace(' ', "+").parse::<Timestamp>())
    }

    pub fn id<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.parsed(name, str::parse)
    }

    /// A value of its own form.
    pub fn parsed<T, E: Display>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let read = self.reader(name).parsed(name, read);
        self.kept(read).flatten()
    }

    /// Every value of a list, each of its own form.
    pub fn many_parsed<T, E: Display>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, E>) -> Vec<T> {
        let mut found = Vec::new();
        for text in self.texts(name) {
            match read(&text) {
                Ok(value) => found.push(value),
                Err(error) => self.errors.push(FieldError::query(name, format!("Value error, {error}"), &text)),
            }
        }
        found
    }

    /// A text that must be given.
    pub fn required(&mut self, name: &str) -> String {
        let found = self.text(name);
        if found.is_none() {
            let mut error = FieldError::query(name, "Field required", "");
            error.kind = "missing";
            self.errors.push(error);
        }
        found.unwrap_or_default()
    }

    /// One of `names`.
    pub fn one_of(&mut self, name: &str, names: &[&str]) -> Option<String> {
        let read = self.reader(name).one_of(name, names).map(|found| found.map(str::to_owned));
        self.kept(read).flatten()
    }

    /// Any of `names`.
    pub fn many_of(&mut self, name: &str, names: &[&str]) -> Vec<String> {
        let read = self.reader(name).many_of(name, names);
        let read = read.map(|found| found.into_iter().map(str::to_owned).collect());
        self.kept(read).unwrap_or_default()
    }

    /// What a list call asks for: the page, and the filters that its token belongs to.
    pub fn page(&mut self, limits: &Limits) -> Asked {
        let read = self.reader("page_size").page_size(limits.page_size_default, limits.page_size_max);
        let limit = self.kept(read).unwrap_or(limits.page_size_default);
        Asked { limit, token: self.text("page_token"), filters: self.filters() }
    }

    /// The parameters that say what is listed, in one order whatever theirs was.
    fn filters(&self) -> Vec<(String, String)> {
        const OTHERS: [&str; 6] =
            ["page_size", "page_token", "expand", "include_total", "project_id", "organization_id"];
        let filter =
            |(key, value): &&(String, String)| !value.is_empty() && !OTHERS.contains(&key.trim_end_matches("[]"));
        let mut filters: Vec<_> = self.pairs.iter().filter(filter).cloned().collect();
        filters.sort_unstable();
        filters
    }

    pub fn finish(self) -> AppResult<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors.into()) }
    }

    fn kept<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.errors.push(error)).ok()
    }
}
