//! `/api/v2/batches`

use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use docmill_model::{BatchStatus, Code};
use docmill_store::BatchFilter;
use docmill_wire::batches::{self as shapes, Batch};
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::forms;
use docmill_wire::render::Page;
use docmill_wire::schema;

use super::Shared;
use super::body::{JsonBody, JsonBodyOrNone};
use super::operations::{Answer, Body, Operation, PAGE_SIZE, PAGE_TOKEN, json, many, one};
use super::path::Segments;
use super::query::Query;
use super::{events, export};
use crate::app::{AppResult, Caller, batches};

const COLLECTION: &str = "/api/v2/batches";
const ONE: &str = "/api/v2/batches/{batch_id}";
const CANCEL: &str = "/api/v2/batches/{batch_id}/cancel";
const RETRY: &str = "/api/v2/batches/{batch_id}/retry";
const EVENTS: &str = "/api/v2/batches/{batch_id}/events";
const EXPORT: &str = "/api/v2/batches/{batch_id}/export";

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_batch", json::<Batch>(), || post(create))
        .sdk("batches.create")
        .about("Start a batch: one job for every file that the directory has now")
        .body(|| schema::of(&shapes::CREATE), CREATE_EXAMPLE)
        .refuses(&[
            Code::NotFound,
            Code::EmptyDirectory,
            Code::TooManyFiles,
            Code::DirectoryExpired,
            Code::ConfigurationMismatch,
            Code::AddressForbidden,
        ]),
    Operation::new("get", COLLECTION, "list_batches", json::<Page<Batch>>(), || get(list))
        .sdk("batches.list")
        .about("List batches, the newest first")
        .query(&[
            one(
                "status",
                Rule::OneOf(&["PENDING", "THROTTLED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]),
                "Only batches in this state",
            ),
            one("source_directory_id", forms::DIRECTORY_ID, "Only batches over this directory"),
            one("created_at_on_or_after", Rule::Instant, "Inclusive"),
            one("created_at_on_or_before", Rule::Instant, "Inclusive"),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_batch", json::<Batch>(), || get(read))
        .sdk("batches.get")
        .about("Read a batch")
        .query(&[many("expand", TEXT, "`results`: one entry for every file")]),
    Operation::new("post", CANCEL, "cancel_batch", json::<Batch>(), || post(cancel))
        .sdk("batches.cancel")
        .about("Cancel what is not done yet")
        .refuses(&[Code::Conflict]),
    Operation::new("post", RETRY, "retry_batch", json::<Batch>(), || post(retry))
        .about("Give the failed files of a batch that ended a new job each")
        .form(Body::MaybeJson(|| schema::of(&shapes::RETRY), RETRY_EXAMPLE))
        .refuses(&[Code::Conflict, Code::ConfigurationMismatch]),
    Operation::new("get", EVENTS, "watch_batch", Answer::Events, || get(events::stream))
        .about("Server-sent events: the batch when it changes, each file as it ends; 204 when nothing more will come")
        .refuses(&[Code::TooManyStreams]),
    Operation::new("get", EXPORT, "export_batch", Answer::Bytes(&["application/zip", "application/jsonl"]), || {
        get(export::export)
    })
    .about("Download a batch with all its results")
    .query(&[one("format", Rule::OneOf(&export::FORMATS), "`zip` by default; `jsonl` is a line of JSON a file")])
    .refuses(&[Code::TooManyStreams]),
];

const CREATE_EXAMPLE: &str = r#"{
    "source_directory_id": "dir-01890a5d-ac96-774b-bcce-b302099a8057",
    "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_AGENTIC"}}
}"#;

const RETRY_EXAMPLE: &str = r#"{"codes": ["READER_TIMEOUT"], "timeouts": {"extra_time_per_page_in_seconds": 300}}"#;

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Batch>> {
    batches::create(&app, &caller, &body).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Batch>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    batches::list(&app, &caller, &filter, asked).await.map(Json)
}

async fn read(State(app): Shared, caller: Caller, path: Segments, query: Query) -> AppResult<Json<Batch>> {
    let with_results = query.texts("expand").iter().any(|value| value == "results");
    batches::get(&app, &caller, path.id("batch_id")?, with_results).await.map(Json)
}

async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Batch>> {
    batches::cancel(&app, &caller, path.id("batch_id")?).await.map(Json)
}

async fn retry(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBodyOrNone(body): JsonBodyOrNone,
) -> AppResult<Json<Batch>> {
    batches::retry(&app, &caller, path.id("batch_id")?, &body).await.map(Json)
}

fn filter(query: &mut Query) -> BatchFilter {
    let states: Vec<&str> = BatchStatus::ALL.iter().map(|status| status.as_str()).collect();
    BatchFilter {
        status: query.one_of("status", &states).and_then(|text| BatchStatus::from_text(&text)),
        directory: query.id("source_directory_id"),
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    }
}
