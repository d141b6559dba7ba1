//! What an operation is: its place, its words, what it takes and answers, and its handler. Every resource has a table
//! of them beside its handlers; the router and the OpenAPI document are both made from these tables, so they cannot
//! part.

use std::sync::Arc;

use axum::routing::MethodRouter;
use docmill_model::Code;
use docmill_wire::check::Rule;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::{
    batches, configurations, description, directories, directory_files, extract, files, health, metrics, parse,
    projects, webhooks,
};
use crate::app::App;

/// Every operation of the API, a table a resource.
pub const TABLES: &[(&str, &[Operation])] = &[
    ("directories", directories::OPERATIONS),
    ("directory files", directory_files::OPERATIONS),
    ("files", files::OPERATIONS),
    ("configurations", configurations::OPERATIONS),
    ("batches", batches::OPERATIONS),
    ("parse", parse::OPERATIONS),
    ("extract", extract::OPERATIONS),
    ("webhooks", webhooks::OPERATIONS),
    ("projects", projects::OPERATIONS),
    ("operations", health::OPERATIONS),
    ("operations", metrics::OPERATIONS),
    ("operations", description::OPERATIONS),
];

type Route = fn() -> MethodRouter<Arc<App>>;

#[derive(Clone, Copy)]
pub struct Operation {
    /// `get`, `post`, `put`, `patch` or `delete`.
    pub method: &'static str,
    /// As axum and OpenAPI both write it: `/api/v2/batches/{batch_id}`.
    pub path: &'static str,
    pub id: &'static str,
    /// One sentence without its full stop.
    pub summary: &'static str,
    /// The method of LlamaCloud's SDKs; `None` is docmill's own operation.
    pub sdk: Option<&'static str>,
    /// Whether a key is wanted, and with it the scoping parameters.
    pub key: bool,
    pub query: &'static [Parameter],
    pub body: Body,
    pub answer: Answer,
    /// Codes that are this operation's own; those of every operation are added by the document.
    pub refusals: &'static [Code],
    pub route: Route,
}

/// A query parameter.
#[derive(Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub rule: Rule,
    /// May come several times or joined by commas.
    pub many: bool,
    /// Must be given, and not empty.
    pub needed: bool,
    pub about: &'static str,
}

#[derive(Clone, Copy)]
pub enum Body {
    None,
    /// JSON: its schema and an example.
    Json(fn() -> Value, &'static str),
    /// The same, and it may be left out.
    MaybeJson(fn() -> Value, &'static str),
    /// multipart/form-data: text parts (an object comes as JSON) with what they are, and the part with the file.
    Form {
        texts: &'static [(&'static str, Rule, &'static str)],
        needed: &'static [&'static str],
        file: &'static str,
    },
}

#[derive(Clone, Copy)]
pub enum Answer {
    /// 200 with JSON.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// 201 with JSON.
    Made(fn(&mut SchemaGenerator) -> Schema),
    /// 204.
    Nothing,
    /// 200 with bytes of one of these content types.
    Bytes(&'static [&'static str]),
    /// 200 with server-sent events, or 204 when there will be none.
    Events,
}

/// 200 with this type of `wire`.
pub const fn json<T: JsonSchema>() -> Answer {
    Answer::Json(SchemaGenerator::subschema_for::<T>)
}

/// 201 with this type of `wire`.
pub const fn made<T: JsonSchema>() -> Answer {
    Answer::Made(SchemaGenerator::subschema_for::<T>)
}

/// A query parameter that is given once.
pub const fn one(name: &'static str, rule: Rule, about: &'static str) -> Parameter {
    Parameter { name, rule, many: false, needed: false, about }
}

/// A query parameter that must be given.
pub const fn needed(name: &'static str, rule: Rule, about: &'static str) -> Parameter {
    Parameter { name, rule, many: false, needed: true, about }
}

/// A query parameter that may be given several times.
pub const fn many(name: &'static str, rule: Rule, about: &'static str) -> Parameter {
    Parameter { name, rule, many: true, needed: false, about }
}

/// A name or key of a file; 3,000 characters unless the operator says otherwise.
pub const NAME: Rule = Rule::Text { min: 0, max: 3_000 };

/// How large a page is wanted, and which (contract 1.6).
pub const PAGE_SIZE: Parameter = one("page_size", Rule::Int { min: 1, max: 1_000 }, "Entries of a page; 50 by default");
pub const PAGE_TOKEN: Parameter =
    one("page_token", Rule::Any, "`next_page_token` of the page before, with the same filters");

impl Operation {
    pub const fn new(method: &'static str, path: &'static str, id: &'static str, answer: Answer, route: Route) -> Self {
        Self {
            method,
            path,
            id,
            summary: "",
            sdk: None,
            key: true,
            query: &[],
            body: Body::None,
            answer,
            refusals: &[],
            route,
        }
    }

    /// One of LlamaCloud's, under this name in the SDKs.
    pub const fn sdk(self, name: &'static str) -> Self {
        Self { sdk: Some(name), ..self }
    }

    pub const fn about(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    pub const fn without_key(self) -> Self {
        Self { key: false, ..self }
    }

    pub const fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    pub const fn body(self, schema: fn() -> Value, example: &'static str) -> Self {
        Self { body: Body::Json(schema, example), ..self }
    }

    pub const fn form(self, body: Body) -> Self {
        Self { body, ..self }
    }

    pub const fn refuses(self, refusals: &'static [Code]) -> Self {
        Self { refusals, ..self }
    }

    /// The names in the path's braces.
    pub fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// Every operation with the tag of its table.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Operation)> {
    TABLES.iter().flat_map(|(tag, table)| table.iter().map(move |operation| (*tag, operation)))
}
