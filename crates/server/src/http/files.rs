//! `/api/v1/beta/files`

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use docmill_model::Code;
use docmill_model::limits::Limits;
use docmill_wire::check::{Rule, TEXT};
use docmill_wire::files::{self as shapes, File, ORDERS};
use docmill_wire::references::Reference;
use docmill_wire::render::{Page, PresignedUrl};
use docmill_wire::{FieldError, forms, schema};

use super::Shared;
use super::body::JsonBody;
use super::multipart;
use super::operations::{Answer, Body, NAME, Operation, PAGE_SIZE, PAGE_TOKEN, Parameter, json, made, many, one};
use super::path::Segments;
use super::query::Query;
use crate::app::files::{Described, Wanted};
use crate::app::links::{Base, Links};
use crate::app::{App, AppResult, Caller, files};

const COLLECTION: &str = "/api/v1/beta/files";
const PURPOSE: Rule = Rule::OneOf(&shapes::PURPOSES);
const QUERY: &str = "/api/v1/beta/files/query";
const ONE: &str = "/api/v1/beta/files/{file_id}";
const CONTENT: &str = "/api/v1/beta/files/{file_id}/content";

/// Parts of a file that are made only when they are asked for.
pub const EXPAND: Parameter = many("expand", TEXT, "`download_url`; other names are ignored");

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_file", made::<File>(), || post(create))
        .sdk("files.create")
        .about("Store a file")
        .form(Body::Form {
            texts: &[
                ("purpose", PURPOSE, "`user_data`, `parse`, `extract`, `classify`, `split`, `sheet` or `agent_app`"),
                ("external_file_id", NAME, "The caller's own id of the file"),
            ],
            needed: &["purpose"],
            file: "file",
        })
        .refuses(&[Code::InvalidRequest, Code::UploadIncomplete, Code::DiskFull]),
    Operation::new("get", COLLECTION, "list_files", json::<Page<File>>(), || get(list))
        .sdk("files.list")
        .about("List stored files, those of directories among them")
        .query(&[
            many("file_ids", forms::FILE, "Only these files"),
            one("file_name", TEXT, "Only files of this name"),
            one("external_file_id", TEXT, "Only files with this id of the caller"),
            one("order_by", Rule::OneOf(&ORDERS), "Names and ids ascending, the newest first by default"),
            EXPAND,
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("post", QUERY, "query_files", json::<Page<File>>(), || post(query))
        .sdk("files.query")
        .about("List stored files; deprecated, use `list_files`")
        .body(|| schema::of(&shapes::QUERY), r#"{"filter": {"file_name": "report.pdf"}}"#),
    Operation::new("get", ONE, "get_file", json::<File>(), || get(read))
        .sdk("files.retrieve")
        .about("Read a stored file")
        .query(&[EXPAND]),
    Operation::new("delete", ONE, "delete_file", Answer::Nothing, || delete(remove))
        .sdk("files.delete")
        .about("Delete a file with its directory entries; its bytes go later"),
    Operation::new("get", CONTENT, "get_file_content", json::<PresignedUrl>(), || get(content))
        .sdk("files.content")
        .about("Make a link to the bytes of a file, which works without a key until it expires")
        .query(&[one(
            "expires_at_seconds",
            Rule::Int { min: 1, max: 604_800 },
            "Seconds that the link works; an hour by default",
        )]),
];

async fn create(State(app): Shared, caller: Caller, request: Request) -> AppResult<(StatusCode, Json<File>)> {
    let form = multipart::read(&app, request, "file").await?;
    let described = Described::read(&app, &form.file_name, &form.texts)?;
    let made = files::create(&app, &caller, &described, &form.file).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn read(State(app): Shared, caller: Caller, base: Base, path: Segments, query: Query) -> AppResult<Json<File>> {
    let file = file_id(&path)?;
    let links = links(&app, &base, &query).await?;
    files::get(&app, &caller, file, links.as_ref()).await.map(Json)
}

async fn list(State(app): Shared, caller: Caller, base: Base, mut query: Query) -> AppResult<Json<Page<File>>> {
    let files = query.many_parsed("file_ids", Reference::file);
    let wanted = Wanted {
        files: (!files.is_empty()).then_some(files),
        name: query.text("file_name"),
        external_file_id: query.text("external_file_id"),
        order_by: query.one_of("order_by", &ORDERS),
    };
    let asked = query.page(&app.limits);
    let links = links(&app, &base, &query).await?;
    query.finish()?;
    files::list(&app, &caller, wanted, asked, links.as_ref()).await.map(Json)
}

async fn query(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<Page<File>>> {
    files::query(&app, &caller, &body).await.map(Json)
}

async fn remove(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    files::delete(&app, &caller, file_id(&path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn content(
    State(app): Shared,
    caller: Caller,
    base: Base,
    path: Segments,
    mut query: Query,
) -> AppResult<Json<PresignedUrl>> {
    let file = file_id(&path)?;
    let lifetime_s = query.parsed("expires_at_seconds", |text| lifetime_s(text, &app.limits));
    query.finish()?;
    let links = Links::open(&app, &base).await?;
    files::content(&app, &caller, file, &links, lifetime_s).await.map(Json)
}

/// For `expand=download_url`; other names are ignored.
pub async fn links(app: &App, base: &Base, query: &Query) -> AppResult<Option<Links>> {
    if query.texts("expand").iter().any(|name| name == "download_url") {
        return Links::open(app, base).await.map(Some);
    }
    Ok(None)
}

/// A file, or an entry of it in a directory.
fn file_id(path: &Segments) -> AppResult<Reference> {
    let given = path.text("file_id");
    Reference::file(given)
        .map_err(|message| FieldError::path("file_id", format!("Value error, {message}"), given).into())
}

fn lifetime_s(text: &str, limits: &Limits) -> Result<i64, String> {
    let max = limits.link_lifetime_ms_max / 1_000;
    let seconds = text.parse::<i64>().ok().filter(|seconds| (1..=max).contains(seconds));
    seconds.ok_or_else(|| format!("a link lives for a whole number of seconds from 1 to {max}"))
}
