//! `/api/v2/extract`

use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use docmill_model::{BatchStatus, Code, JobId, JobStatus, Product};
use docmill_store::{InputKind, JobFilter};
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::extract::{self as shapes, ExplainedField, ExtractJob, GeneratedSchema, ValidatedSchema};
use docmill_wire::forms;
use docmill_wire::references::Reference;
use docmill_wire::render::{DeletedJob, Page};
use uuid::Uuid;

use super::Shared;
use super::body::JsonBody;
use super::operations::{Operation, PAGE_SIZE, PAGE_TOKEN, json, many, needed, one};
use super::path::Segments;
use super::query::Query;
use crate::app::extract::{self, Expand};
use crate::app::{AppResult, Caller, schemas};

const COLLECTION: &str = "/api/v2/extract";
const ONE: &str = "/api/v2/extract/{job_id}";
const EXPLAIN: &str = "/api/v2/extract/{job_id}/explain";
const CANCEL: &str = "/api/v2/extract/{job_id}/cancel";
const VALIDATION: &str = "/api/v2/extract/schema/validation";
const GENERATE: &str = "/api/v2/extract/schema/generate";
const STATES: &[&str] = &["PENDING", "THROTTLED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];
const INPUTS: &[&str] = &["file_id", "parse_job_id"];
const EXPAND: &str = "`configuration`, `extract_metadata`, `metadata`, `usage`; unknown ones are ignored";

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_extract", json::<ExtractJob>(), || post(create))
        .sdk("extract.create")
        .about("Extract data from a file or from a finished parse")
        .body(shapes::create_schema, CREATE_EXAMPLE)
        .refuses(&[
            Code::NotFound,
            Code::ConfigurationMismatch,
            Code::SchemaInvalid,
            Code::NotUsable,
            Code::AddressForbidden,
        ]),
    Operation::new("get", COLLECTION, "list_extracts", json::<Page<ExtractJob>>(), || get(list))
        .sdk("extract.list")
        .about("List extract jobs, the newest first")
        .query(&[
            one("configuration_id", forms::CONFIGURATION_ID, "Only jobs of this configuration"),
            one("status", Rule::OneOf(STATES), "Only jobs in this state"),
            one("file_input", forms::INPUT, "Only jobs over this input"),
            one("document_input_type", Rule::OneOf(INPUTS), "Only jobs over files, or over parse jobs"),
            one("document_input_value", forms::INPUT, "The older name of `file_input`"),
            many("job_ids", forms::EXTRACT_JOB_ID, "Only these jobs"),
            one("created_at_on_or_after", Rule::Instant, "Inclusive"),
            one("created_at_on_or_before", Rule::Instant, "Inclusive"),
            many("expand", TEXT, EXPAND),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", ONE, "get_extract", json::<ExtractJob>(), || get(read))
        .sdk("extract.get")
        .about("Read an extract job with its result")
        .query(&[many("expand", TEXT, EXPAND)]),
    Operation::new("get", EXPLAIN, "explain_extract", json::<ExplainedField>(), || get(explain))
        .about("Why a field has its value: its best candidates, their scores, and the label that won or lost")
        .query(&[needed("path", TEXT, "The field: names of properties with dots between, such as `seller.name`")])
        .refuses(&[Code::NotUsable]),
    Operation::new("post", CANCEL, "cancel_extract", json::<ExtractJob>(), || post(cancel))
        .sdk("extract.cancel")
        .about("Cancel an extract job")
        .refuses(&[Code::Conflict]),
    Operation::new("delete", ONE, "delete_extract", json::<DeletedJob>(), || axum::routing::delete(delete))
        .sdk("extract.delete")
        .about("Delete an extract job and its result")
        .query(&[one("force", Rule::Bool, "Cancel the job first when it has not ended")])
        .refuses(&[Code::Conflict]),
    Operation::new("post", VALIDATION, "validate_schema", json::<ValidatedSchema>(), || post(validate_schema))
        .sdk("extract.validate_schema")
        .about("Check a data schema and read it as it is followed")
        .body(shapes::validate_schema, VALIDATION_EXAMPLE)
        .refuses(&[Code::SchemaInvalid]),
    Operation::new("post", GENERATE, "generate_schema", json::<GeneratedSchema>(), || post(generate_schema))
        .sdk("extract.generate_schema")
        .about("Draft a data schema from the names in a prompt, from a sample document, or from both")
        .body(shapes::generate_schema, r#"{"prompt": "invoice number, invoice date, total", "name": "Invoices"}"#)
        .refuses(&[Code::SchemaInvalid, Code::NotUsable, Code::NotFound]),
];

const CREATE_EXAMPLE: &str = r#"{
    "file_input": "dfl-01890a5d-ac96-774b-bcce-b302099a8057",
    "configuration": {"data_schema": {"type": "object", "properties": {"total": {"type": "number"}}}}
}"#;

const VALIDATION_EXAMPLE: &str = r#"{"data_schema": {"type": "object", "properties": {"total": {"type": "number"}}}}"#;

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<ExtractJob>> {
    extract::create(&app, &caller, &body).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<ExtractJob>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    let expand = Expand::read(&query.texts("expand"));
    query.finish()?;
    extract::list(&app, &caller, filter, asked, expand).await.map(Json)
}

async fn read(State(app): Shared, caller: Caller, path: Segments, query: Query) -> AppResult<Json<ExtractJob>> {
    let expand = Expand::read(&query.texts("expand"));
    extract::get(&app, &caller, path.job_id(Product::Extract)?, expand).await.map(Json)
}

async fn explain(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    mut query: Query,
) -> AppResult<Json<ExplainedField>> {
    let field = query.required("path");
    query.finish()?;
    extract::explain(&app, &caller, path.job_id(Product::Extract)?, field).await.map(Json)
}

async fn cancel(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<ExtractJob>> {
    extract::cancel(&app, &caller, path.job_id(Product::Extract)?).await.map(Json)
}

async fn delete(State(app): Shared, caller: Caller, path: Segments, mut query: Query) -> AppResult<Json<DeletedJob>> {
    let force = query.flag("force");
    query.finish()?;
    extract::delete(&app, &caller, path.job_id(Product::Extract)?, force).await.map(Json)
}

async fn validate_schema(_: Caller, JsonBody(body): JsonBody) -> AppResult<Json<ValidatedSchema>> {
    schemas::validate(&body).map(Json)
}

async fn generate_schema(
    State(app): Shared,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> AppResult<Json<GeneratedSchema>> {
    schemas::generate(&app, &caller, &body).await.map(Json)
}

/// `None` for THROTTLED: the filter takes it (contract 2.6), but no job is ever in that state.
fn filter(query: &mut Query) -> Option<JobFilter> {
    let states: Vec<&str> = BatchStatus::ALL.iter().map(|status| status.as_str()).collect();
    let status = query.one_of("status", &states);
    let read = status.as_deref().map(JobStatus::from_text);
    let named = query.parsed("file_input", input);
    let older = query.parsed("document_input_value", input);
    let kind = query.one_of("document_input_type", INPUTS);
    let filter = JobFilter {
        status: read.flatten(),
        ids: query.many_parsed("job_ids", |text| JobId::parse(Product::Extract, text)),
        configuration: query.id("configuration_id"),
        input: named.or(older),
        input_kind: kind.map(|kind| if kind == "file_id" { InputKind::File } else { InputKind::ParseJob }),
        created_from: query.instant("created_at_on_or_after"),
        created_to: query.instant("created_at_on_or_before"),
    };
    (read != Some(None)).then_some(filter)
}

fn input(text: &str) -> Result<Uuid, String> {
    Reference::input(text).map(|reference| match reference {
        Reference::File(id) => id.uuid(),
        Reference::DirectoryFile(id) => id.uuid(),
        Reference::ParseJob(id) => id.uuid(),
        Reference::Bare(uuid) => uuid,
    })
}
