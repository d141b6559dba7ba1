//! `/api/v2/parse`

use axum::Json;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use docmill_model::{Code, JobId, JobStatus, Product};
use docmill_store::JobFilter;
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::forms;
use docmill_wire::parse::{self as shapes, ParseJob, ParseResult, versions};
use docmill_wire::render::{DeletedJob, Page};
use serde_json::Value;

use super::Shared;
use super::body::{self, JsonBody};
use super::multipart;
use super::operations::{Body, Operation, PAGE_SIZE, PAGE_TOKEN, json, many, one};
use super::path::Segments;
use super::query::Query;
use crate::app::links::Base;
use crate::app::results::Wanted;
use crate::app::{AppResult, Caller, parse};

const COLLECTION: &str = "/api/v2/parse";
const UPLOAD: &str = "/api/v2/parse/upload";
const VERSIONS: &str = "/api/v2/parse/versions";
const ONE: &str = "/api/v2/parse/{job_id}";
const CANCEL: &str = "/api/v2/parse/{job_id}/cancel";
const STATES: &[&str] = &["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_parse", json::<ParseJob>(), || post(create))
        .sdk("parsing.create")
        .about("Parse a stored file, or the document at `source_url`")
        .body(shapes::create_schema, CREATE_EXAMPLE)
        .refuses(&[Code::NotFound, Code::ConfigurationMismatch, Code::AddressForbidden, Code::ProxyForbidden]),
    Operation::new("post", UPLOAD, "upload_parse", json::<ParseJob>(), || post(upload))
        .sdk("parsing.create")
        .about("Upload a file and parse it")
        .form(Body::Form {
            texts: &[(
                "configuration",
                shapes::UPLOAD,
                "JSON object of the same parameters as `create_parse`, without a source",
            )],
            needed: &["configuration"],
            file: "file",
        })
        .refuses(&[
            Code::NotFound,
            Code::InvalidJson,
            Code::InvalidRequest,
            Code::ConfigurationMismatch,
            Code::AddressForbidden,
            Code::UploadIncomplete,
            Code::DiskFull,
        ]),
    Operation::new("get", VERSIONS, "list_parse_versions", json::<Value>(), || get(list_versions))
        .sdk("parsing.list_versions")
        .about("Versions that each tier takes, the newest first")
        .without_key(),
    Operation::new("get", COLLECTION, "list_parses", json::<Page<ParseJob>>(), || get(list))
        .sdk("parsing.list")
        .about("List parse jobs, the newest first")
        .query(&[
            one("status", Rule::OneOf(STATES), "Only jobs in this state"),
            many("job_ids", forms::PARSE_JOB_ID, "Only these jobs"),
            one("created_at_on_or_after", Rule::Instant, "Inclusive"),
            one("created_at_on_or_before", Rule::Instant, "Inclusive"),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_parse", json::<ParseResult>(), || get(read))
        .sdk("parsing.get")
        .about("Read a parse job and the parts of its result that `expand` names")
        .query(&[
            many("expand", TEXT, "Parts of the result; unknown ones are ignored"),
            many("image_filenames", TEXT, "Only these pictures in `images_content_metadata`"),
        ])
        .refuses(&[Code::TierLacksOutput]),
    Operation::new("post", CANCEL, "cancel_parse", json::<ParseJob>(), || post(cancel))
        .sdk("parsing.cancel")
        .about("Cancel a parse job")
        .refuses(&[Code::Conflict]),
    Operation::new("delete", ONE, "delete_parse", json::<DeletedJob>(), || axum::routing::delete(delete))
        .sdk("parsing.delete")
        .about("Delete a parse job that has ended, and its result")
        .refuses(&[Code::Conflict]),
];

const CREATE_EXAMPLE: &str = r#"{
    "file_id": "fil-01890a5d-ac96-774b-bcce-b302099a8057",
    "tier": "agentic",
    "version": "latest"
}"#;

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<ParseJob>> {
    parse::create(&app, &caller, &body).await.map(Json)
}

async fn upload(State(app): Shared, caller: Caller, request: Request) -> AppResult<Json<ParseJob>> {
    let form = multipart::read(&app, request, "file").await?;
    let configuration = form.texts.get("configuration").map(|text| body::parse(text.as_bytes())).transpose()?;
    parse::upload(&app, &caller, configuration.as_ref(), &form.file_name, &form.file).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<ParseJob>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    parse::list(&app, &caller, &filter, asked).await.map(Json)
}

async fn read(
    State(app): Shared,
    caller: Caller,
    base: Base,
    path: Segments,
    query: Query,
) -> AppResult<Json<ParseResult>> {
    let wanted = Wanted::read(&query.texts("expand"), query.texts("image_filenames"));
    parse::get(&app, &caller, &base, path.job_id(Product::Parse)?, wanted).await.map(Json)
}

async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<ParseJob>> {
    parse::cancel(&app, &caller, path.job_id(Product::Parse)?).await.map(Json)
}

async fn delete(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<DeletedJob>> {
    parse::delete(&app, &caller, path.job_id(Product::Parse)?).await.map(Json)
}

/// The same for everybody, so it needs no key (contract 2.5).
async fn list_versions() -> Json<Value> {
    Json(versions::answer())
}

fn filter(query: &mut Query) -> JobFilter {
    let states: Vec<&str> = JobStatus::ALL.iter().map(|status| status.as_str()).collect();
    JobFilter {
        status: query.one_of("status", &states).and_then(|text| JobStatus::from_text(&text)),
        ids: query.many_parsed("job_ids", |text| JobId::parse(Product::Parse, text)),
        configuration: None,
        input: None,
        input_kind: None,
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    }
}
