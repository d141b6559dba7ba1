//! Parse and extract jobs. Their results are written as a runner writes them.

use docmill_model::document::{Page, PageOutcome};
use docmill_model::results::{Asset, Extraction, JobResult};
use docmill_model::{Code, Failure};
use docmill_store::{ClaimedJob, Outcome, outputs_prefix};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::server::{Answer, KEY, OTHER_KEY, Server, UUID, answer, field};

const PARSE: &str = "/api/v2/parse";
const EXTRACT: &str = "/api/v2/extract";

async fn upload(server: &Server, parts: &[(&str, &str)]) -> Answer {
    let mut form = Form::new();
    for (name, text) in parts {
        form = match *name {
            "file" => form.part("file", Part::bytes(text.as_bytes().to_vec()).file_name("docs/a.txt")),
            name => form.text(name.to_owned(), (*text).to_owned()),
        };
    }
    answer(server.request(KEY, "POST", &format!("{PARSE}/upload")).multipart(form)).await
}

/// A file of a directory: its directory file id and its file id.
pub async fn stored(server: &Server) -> (String, String) {
    let directory = server.directory_of(&["a.txt"]).await;
    let listed = server.get(&format!("/api/v1/beta/directories/{directory}/files")).await;
    (field(&listed, "id").remove(0), field(&listed, "file_id").remove(0))
}

async fn parse(server: &Server, tier: &str) -> (String, ClaimedJob) {
    let (_, file) = stored(server).await;
    let made = server.post(PARSE, json!({"file_id": file, "tier": tier, "version": "latest"})).await;
    (made["id"].as_str().unwrap().to_owned(), server.claim(1).await.remove(0))
}

/// A parse job of this file, claimed.
async fn parse_of(server: &Server, file: &str) -> (String, ClaimedJob) {
    let made = server.post(PARSE, json!({"file_id": file, "tier": "agentic", "version": "latest"})).await;
    let claimed = server.claim(9).await.into_iter().find(|job| json!(job.id.to_string()) == made["id"]);
    (made["id"].as_str().unwrap().to_owned(), claimed.unwrap())
}

pub fn page(number: u32) -> PageOutcome {
    let (text, markdown) = (format!("text {number}"), format!("# page {number}"));
    PageOutcome::Read(Box::new(Page { number, text, markdown, ..Page::default() }))
}

/// Writes what a runner writes and ends the job.
pub async fn complete(server: &Server, job: &ClaimedJob, pages: &[PageOutcome]) {
    complete_with(server, job, pages, Vec::new()).await;
}

/// The same with pictures, whose bytes are put beforehand.
pub async fn complete_with(server: &Server, job: &ClaimedJob, pages: &[PageOutcome], assets: Vec<Asset>) {
    let mut lines = String::new();
    let mut page_offsets = vec![0];
    for page in pages {
        lines += &serde_json::to_string(page).unwrap();
        lines.push('\n');
        page_offsets.push(lines.len() as u64);
    }
    let key = format!("{}/pages.jsonl", outputs_prefix(job.id, job.attempt));
    server.blobs.put(&key, lines.into()).await.unwrap();
    let pages = u32::try_from(pages.len()).unwrap();
    server.finish(job, Outcome::Completed(JobResult { pages, page_offsets, assets, ..JobResult::default() })).await;
}

#[tokio::test]
async fn a_parse_job_is_made_from_every_form_of_a_file() {
    let server = Server::start().await;
    let (directory_file, file) = stored(&server).await;
    let bare = |id: &str| id.split_once('-').unwrap().1.to_owned();
    for id in [&directory_file, &file, &bare(&directory_file), &bare(&file)] {
        let body = json!({
            "file_id": id, "tier": "agentic", "version": "latest", "user_metadata": {"k": "v"}, "expand": ["text"],
        });
        let made = server.post(PARSE, body).await;
        assert_eq!((&made["status"], &made["tier"]), (&json!("PENDING"), &json!("agentic")));
        assert_eq!((&made["name"], &made["user_metadata"]), (&json!("a.txt"), &json!({"k": "v"})));
        assert!(made["id"].as_str().unwrap().starts_with("pjb-"));
    }
    assert_eq!(server.claim(9).await.len(), 4);
    let configuration = r#"{"tier": "fast", "version": "latest"}"#;
    for parts in [
        [("configuration", configuration), ("file", "some text")],
        [("file", "some text"), ("configuration", configuration)],
    ] {
        let made = upload(&server, &parts).await.expect(200);
        assert_eq!((&made["name"], &made["tier"]), (&json!("a.txt"), &json!("fast")));
    }
    assert_eq!(server.claim(9).await[0].source.name(), "a.txt");
}

#[tokio::test]
async fn options_come_from_the_saved_configuration_and_the_request() {
    let server = Server::start().await;
    let (_, file) = stored(&server).await;
    for (more, expected) in [
        (json!({"tier": "configured", "version": "configured"}), "agentic_plus"),
        (json!({}), "agentic_plus"),
        (json!({"tier": "fast", "version": "latest"}), "fast"),
    ] {
        let mut body = json!({"file_id": file, "configuration_id": "cfg-PARSE_AGENTIC_PLUS"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(server.post(PARSE, body).await["tier"], json!(expected));
    }
}

#[tokio::test]
async fn a_result_has_what_was_asked_for() {
    let server = Server::start().await;
    let (id, job) = parse(&server, "agentic").await;
    let path = format!("{PARSE}/{id}");
    let all = "expand=text,markdown,items&expand=metadata&expand=text_full&expand[]=markdown_full,job_metadata,usage";
    for state in ["RUNNING", "COMPLETED"] {
        if state == "COMPLETED" {
            let failed = PageOutcome::Failed { number: 2, error: "READER_DIED: It stopped.".to_owned() };
            complete(&server, &job, &[page(1), failed, page(3)]).await;
        }
        let plain = server.get(&path).await;
        assert_eq!((&plain["job"]["status"], &plain["status"]), (&json!(state), &json!(state)));
        assert_eq!((&plain["id"], &plain["text"], &plain["job"]["usage"]), (&json!(id), &Value::Null, &Value::Null));
        let full = server.get(&format!("{path}?{all}&expand=debug_logs,whatever")).await;
        assert_eq!(full["job"]["usage"], json!({"credits": null}));
        if state == "RUNNING" {
            for part in ["text", "markdown", "items", "metadata", "text_full", "markdown_full", "job_metadata"] {
                assert_eq!(full[part], Value::Null, "{part}");
            }
            continue;
        }
        assert_eq!(full["text"]["pages"][2], json!({"page_number": 3, "text": "text 3"}));
        assert_eq!(full["markdown"]["pages"][0]["markdown"], json!("# page 1"));
        assert_eq!(full["markdown"]["pages"][1]["error"], json!("READER_DIED: It stopped."));
        assert_eq!(full["items"]["pages"].as_array().unwrap().len(), 3);
        assert_eq!(full["metadata"]["pages"][0]["page_number"], json!(1));
        assert_eq!(full["text_full"], json!("text 1\n\ntext 3"));
        assert!(full["markdown_full"].as_str().unwrap().starts_with("# page 1\n\n<!-- page 2"));
        assert!(full["job_metadata"].is_object());
        assert_eq!(full["raw_parameters"], json!({"tier": "agentic", "version": "latest"}));
    }
}

#[tokio::test]
async fn a_parse_job_is_deleted_once_it_has_ended() {
    let server = Server::start().await;
    let delete = async |id: &str| server.send("DELETE", &format!("{PARSE}/{id}"), None).await;
    let (_, file) = stored(&server).await;
    let made = server.post(PARSE, json!({"file_id": file, "tier": "fast", "version": "latest"})).await;
    let pending = made["id"].as_str().unwrap();
    delete(pending).await.refused(409, "CONFLICT", "is PENDING; cancel it first");
    server.send("POST", &format!("{PARSE}/{pending}/cancel"), None).await.expect(200);

    let (completed, job) = parse(&server, "agentic").await;
    delete(&completed).await.refused(409, "CONFLICT", "is RUNNING; cancel it first");
    complete(&server, &job, &[page(1)]).await;
    let (failed, job) = parse_of(&server, &file).await;
    server.fail(&job, Code::FileDamaged.into()).await;
    let waiting = json!({"file_input": completed, "configuration": {"data_schema": {"type": "object"}}});
    let waiting = server.post(EXTRACT, waiting).await["id"].as_str().unwrap().to_owned();
    for id in [pending, &completed, &failed] {
        let other = server.send_as(OTHER_KEY, "DELETE", &format!("{PARSE}/{id}"), None).await;
        other.refused(404, "NOT_FOUND", "There is no parse job");
        let deleted = delete(id).await.expect(200);
        assert_eq!((&deleted["id"], &deleted["project_id"]), (&json!(id), &made["project_id"]));
        delete(id).await.refused(404, "NOT_FOUND", "There is no parse job");
        server.send("GET", &format!("{PARSE}/{id}"), None).await.refused(404, "NOT_FOUND", "There is no parse job");
    }
    assert_eq!(server.get(PARSE).await["items"], json!([]));
    let ended = server.get(&format!("{EXTRACT}/{waiting}")).await;
    assert_eq!(ended["status"], json!("FAILED"));
    assert!(ended["error_message"].as_str().unwrap().starts_with("SOURCE_DELETED: "));
    delete(&format!("exj-{UUID}")).await.refused(422, "INVALID_REQUEST", "path.job_id");
}

#[tokio::test]
async fn an_extract_job_is_deleted_at_any_time_by_force() {
    let server = Server::start().await;
    let (file, _) = stored(&server).await;
    let make = async || {
        let body = json!({"file_input": file, "configuration": {"data_schema": {"type": "object"}}});
        server.post(EXTRACT, body).await["id"].as_str().unwrap().to_owned()
    };
    let (running, pending) = (make().await, make().await);
    let job = server.claim(1).await.remove(0);
    for id in [&running, &pending] {
        let path = format!("{EXTRACT}/{id}");
        server.send("DELETE", &path, None).await.refused(409, "CONFLICT", "cancel it first");
        server.send("DELETE", &format!("{path}?force=no"), None).await.refused(422, "INVALID_REQUEST", "query.force");
        assert_eq!(server.send("DELETE", &format!("{path}?force=true"), None).await.expect(200)["id"], json!(id));
        server.send("GET", &path, None).await.refused(404, "NOT_FOUND", "There is no extract job");
    }
    assert_eq!(server.claim(5).await.len(), 0, "what waited is cancelled");
    server.finish(&job, Outcome::Cancelled).await;
    let ended = make().await;
    server.send("POST", &format!("{EXTRACT}/{ended}/cancel"), None).await.expect(200);
    server.send("DELETE", &format!("{EXTRACT}/{ended}"), None).await.expect(200);
    assert_eq!(server.get(EXTRACT).await["items"], json!([]));
}

#[tokio::test]
async fn the_configuration_of_a_job_is_the_one_it_was_made_with() {
    let server = Server::start().await;
    let (file, _) = stored(&server).await;
    let schema = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
    let save = async |name: &str| {
        let parameters = json!({"product_type": "extract_v2", "data_schema": schema(name), "max_pages": 2});
        server.post("/api/v1/beta/configurations", json!({"name": "x", "parameters": parameters})).await
    };
    let saved = save("before").await;
    let by_id = server.post(EXTRACT, json!({"file_input": file, "configuration_id": saved["id"]})).await;
    save("after").await;
    let inline = json!({"data_schema": schema("inline"), "advanced_citations": false});
    let inline = server.post(EXTRACT, json!({"file_input": file, "configuration": inline})).await;
    assert_eq!((&by_id["configuration"], &inline["configuration"]), (&Value::Null, &Value::Null));
    for (job, expected) in [
        (&by_id, json!({"data_schema": schema("before"), "max_pages": 2})),
        (&inline, json!({"data_schema": schema("inline"), "advanced_citations": false})),
    ] {
        let id = job["id"].as_str().unwrap();
        let found = server.get(&format!("{EXTRACT}/{id}?expand=configuration")).await;
        assert_eq!(found["configuration"], expected);
        let listed = server.get(&format!("{EXTRACT}?expand=configuration&job_ids={id}")).await;
        assert_eq!(listed["items"][0]["configuration"], expected);
    }
    assert_eq!(by_id["configuration_id"], saved["id"]);
    for (query, expected) in [
        ("document_input_type=file_id", 2),
        ("document_input_type=parse_job_id", 0),
        (&format!("document_input_type=file_id&document_input_value={file}"), 2),
        (&format!("configuration_id={}", saved["id"].as_str().unwrap()), 1),
    ] {
        let listed = server.get(&format!("{EXTRACT}?{query}")).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), expected, "{query}");
    }
    let refused = server.send("GET", &format!("{EXTRACT}?document_input_type=url"), None).await;
    refused.refused(422, "INVALID_REQUEST", "query.document_input_type");
}

#[tokio::test]
async fn a_failed_job_has_a_reason_and_no_result() {
    let server = Server::start().await;
    let (id, job) = parse(&server, "agentic").await;
    server.fail(&job, Failure::new(Code::PdfIsProtected, "The PDF wants a password.")).await;
    let found = server.get(&format!("{PARSE}/{id}?expand=markdown&expand=text")).await;
    assert_eq!(found["job"]["error_message"], json!("PDF_IS_PROTECTED: The PDF wants a password."));
    assert_eq!((&found["status"], &found["markdown"], &found["text"]), (&json!("FAILED"), &Value::Null, &Value::Null));
}

#[tokio::test]
async fn the_fast_tier_has_no_markdown() {
    let server = Server::start().await;
    let (id, job) = parse(&server, "fast").await;
    for state in ["RUNNING", "COMPLETED"] {
        if state == "COMPLETED" {
            complete(&server, &job, &[page(1)]).await;
        }
        for (expand, words) in [
            ("markdown", "Markdown expansion is not available for FAST tier jobs."),
            ("text&expand=items", "Items expansion is not available for FAST tier jobs."),
        ] {
            let refused = server.send("GET", &format!("{PARSE}/{id}?expand={expand}"), None).await;
            refused.refused(422, "TIER_LACKS_OUTPUT", words);
        }
    }
    let found = server.get(&format!("{PARSE}/{id}?expand=text,metadata")).await;
    assert_eq!(found["text"]["pages"][0]["text"], json!("text 1"));
}

#[tokio::test]
async fn a_job_is_cancelled_in_every_state() {
    let server = Server::start().await;
    let cancel = async |id: &str| server.send("POST", &format!("{PARSE}/{id}/cancel"), None).await;
    let (_, file) = stored(&server).await;
    let made = server.post(PARSE, json!({"file_id": file, "tier": "fast", "version": "latest"})).await;
    let pending = made["id"].as_str().unwrap();
    assert_eq!(cancel(pending).await.expect(200)["status"], json!("CANCELLED"));
    cancel(pending).await.refused(409, "CONFLICT", "CANCELLED");

    let (running, job) = parse(&server, "fast").await;
    assert_eq!(cancel(&running).await.expect(200)["status"], json!("RUNNING"));
    server.finish(&job, Outcome::Cancelled).await;
    cancel(&running).await.refused(409, "CONFLICT", "CANCELLED");

    let (completed, job) = parse(&server, "fast").await;
    complete(&server, &job, &[]).await;
    cancel(&completed).await.refused(409, "CONFLICT", "COMPLETED");
    let (failed, job) = parse(&server, "fast").await;
    server.fail(&job, Code::FileDamaged.into()).await;
    cancel(&failed).await.refused(409, "CONFLICT", "FAILED");
    cancel(&format!("pjb-{UUID}")).await.refused(404, "NOT_FOUND", "There is no parse job");

    for (query, expected) in [
        ("status=CANCELLED".to_owned(), vec![running.as_str(), pending]),
        (format!("job_ids={pending}&job_ids={failed}"), vec![failed.as_str(), pending]),
        (format!("job_ids={pending},{failed}&status=FAILED"), vec![failed.as_str()]),
        ("status=PENDING".to_owned(), vec![]),
    ] {
        let listed = server.get(&format!("{PARSE}?{query}")).await;
        assert_eq!(field(&listed, "id"), expected, "{query}");
    }
    let listed = server.send_as(OTHER_KEY, "GET", PARSE, None).await;
    assert_eq!(listed.body["items"], json!([]));
}

#[tokio::test]
async fn an_extraction_reads_files_and_finished_parse_jobs() {
    let server = Server::start().await;
    let (directory_file, _) = stored(&server).await;
    let (failed, job) = parse(&server, "agentic").await;
    server.fail(&job, Code::EmptyFile.into()).await;
    let (parsed, job) = parse(&server, "agentic").await;
    let schema = json!({"type": "object", "properties": {"total": {"type": "number"}}});
    let body =
        |input: &str| json!({"file_input": input, "configuration": {"data_schema": schema, "cite_sources": true}});
    server.send("POST", EXTRACT, Some(body(&parsed))).await.refused(422, "NOT_USABLE", "is RUNNING");
    server.send("POST", EXTRACT, Some(body(&failed))).await.refused(422, "NOT_USABLE", "is FAILED");
    complete(&server, &job, &[page(1)]).await;
    let other = server.send_as(OTHER_KEY, "POST", EXTRACT, Some(body(&parsed))).await;
    other.refused(404, "NOT_FOUND", "There is no parse job");
    for input in [&directory_file, &parsed] {
        let made = server.post(EXTRACT, body(input)).await;
        assert_eq!((&made["file_input"], &made["status"]), (&json!(input), &json!("PENDING")));
        assert!(made["id"].as_str().unwrap().starts_with("exj-"));
        let listed = server.get(&format!("{EXTRACT}?file_input={input}")).await;
        assert_eq!(listed["items"], json!([made]));
    }
    let jobs = server.claim(2).await;
    let extraction = Extraction { data: json!({"total": 7}), ..Extraction::default() };
    let key = format!("{}/extract.json", outputs_prefix(jobs[0].id, jobs[0].attempt));
    server.blobs.put(&key, serde_json::to_vec(&extraction).unwrap().into()).await.unwrap();
    server.finish(&jobs[0], Outcome::Completed(JobResult { pages: 2, ..JobResult::default() })).await;
    let path = format!("{EXTRACT}/{}", jobs[0].id);
    let found = server.get(&path).await;
    assert_eq!((&found["status"], &found["extract_result"]), (&json!("COMPLETED"), &json!({"total": 7})));
    assert!(found["extract_metadata"]["field_metadata"]["document_metadata"].is_object(), "citations were asked for");
    assert_eq!((&found["metadata"], &found["usage"]), (&Value::Null, &Value::Null));
    let found = server.get(&format!("{path}?expand=metadata&expand=usage,unknown")).await;
    assert_eq!(found["metadata"]["usage"]["num_pages_extracted"], json!(2));

    let other = format!("{EXTRACT}/{}/cancel", jobs[1].id);
    assert_eq!(server.send("POST", &other, None).await.expect(200)["status"], json!("RUNNING"));
    server.fail(&jobs[1], Code::Internal.into()).await;
    server.send("POST", &other, None).await.refused(409, "CONFLICT", "");
    for (query, expected) in [("status=COMPLETED", 1), ("status=THROTTLED", 0), (&format!("job_ids={}", jobs[0].id), 1)]
    {
        let listed = server.get(&format!("{EXTRACT}?{query}")).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), expected, "{query}");
    }
}

#[tokio::test]
async fn bad_jobs_are_refused() {
    let server = Server::start().await;
    let (_, file) = stored(&server).await;
    let parse = |more: Value| {
        let mut body = json!({"file_id": file, "tier": "agentic", "version": "latest"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (PARSE, body)
    };
    let extract =
        |input: &str, configuration: Value| (EXTRACT, json!({"file_input": input, "configuration": configuration}));
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let hook = json!([{"webhook_url": "http://169.254.169.254/"}]);
    let url = |url: &str, proxy: Option<&str>| json!({"source_url": url, "http_proxy": proxy, "tier": "agentic", "version": "latest"});
    let both =
        json!({"file_input": file, "configuration": {"data_schema": schema}, "configuration_id": "cfg-PARSE_FAST"});
    let mismatch = json!({"file_input": file, "configuration_id": "cfg-PARSE_FAST"});
    for ((path, body), status, code, words) in [
        (parse(json!({"file_id": format!("fil-{UUID}")})), 404, "NOT_FOUND", "There is no file fil-"),
        (parse(json!({"file_id": format!("dfl-{UUID}")})), 404, "NOT_FOUND", "There is no file dfl-"),
        (parse(json!({"file_id": UUID})), 404, "NOT_FOUND", "There is no file"),
        (parse(json!({"file_id": format!("pjb-{UUID}")})), 422, "INVALID_REQUEST", "body.file_id: value_error"),
        (parse(json!({"file_id": "a.pdf"})), 422, "INVALID_REQUEST", "body.file_id: value_error"),
        (parse(json!({"tier": "best"})), 422, "INVALID_REQUEST", "body.tier: literal_error"),
        (parse(json!({"colour": 1})), 422, "INVALID_REQUEST", "body.colour: extra_forbidden"),
        (parse(json!({"output_options": {"colour": 1}})), 422, "INVALID_REQUEST", "body.output_options.colour: extra"),
        (
            parse(json!({"webhook_configurations": hook})),
            422,
            "ADDRESS_FORBIDDEN",
            "169.254.169.254 is a metadata service",
        ),
        (parse(json!({"configuration_id": format!("cfg-{UUID}")})), 404, "NOT_FOUND", "There is no configuration"),
        ((PARSE, url("ftp://example.com/a.pdf", None)), 422, "INVALID_REQUEST", "source_url: string_pattern_mismatch"),
        ((PARSE, url("http://[::1]/a.pdf", None)), 422, "ADDRESS_FORBIDDEN", "::1 is a loopback address"),
        ((PARSE, url("http://2130706433/a.pdf", None)), 422, "ADDRESS_FORBIDDEN", "127.0.0.1 is a loopback address"),
        ((PARSE, url("https://a:b@example.com/a.pdf", None)), 422, "ADDRESS_FORBIDDEN", "user name"),
        ((PARSE, url("https://example.com:22/a.pdf", None)), 422, "ADDRESS_FORBIDDEN", "port 22"),
        ((PARSE, url("https://example.com/a.pdf", Some("http://proxy:3128"))), 422, "PROXY_FORBIDDEN", "proxy"),
        (extract(&file, json!({"data_schema": {"type": "array"}})), 422, "SCHEMA_INVALID", "object"),
        (extract(&file, json!({})), 422, "INVALID_REQUEST", "body.configuration.data_schema: missing"),
        (extract(&format!("pjb-{UUID}"), json!({"data_schema": schema})), 404, "NOT_FOUND", "There is no parse job"),
        (extract("x", json!({"data_schema": schema})), 422, "INVALID_REQUEST", "body.file_input: value_error"),
        ((EXTRACT, both), 422, "INVALID_REQUEST", "exactly one of"),
        ((EXTRACT, mismatch), 422, "CONFIGURATION_MISMATCH", "for parse_v2, not for extract_v2"),
    ] {
        server.send("POST", path, Some(body)).await.refused(status, code, words);
    }
    for (parts, code, words) in [
        (vec![("file", "x")], "INVALID_REQUEST", "body.configuration: missing"),
        (vec![("configuration", "{"), ("file", "x")], "INVALID_JSON", "json_invalid"),
        (vec![("configuration", "{}")], "INVALID_REQUEST", "body.file: missing"),
        (vec![("configuration", r#"{"tier": "fast"}"#), ("file", "x")], "INVALID_REQUEST", "body.version: missing"),
    ] {
        upload(&server, &parts).await.refused(422, code, words);
    }
    for (path, words) in [
        (format!("{PARSE}/exj-{UUID}"), "path.job_id"),
        (format!("{EXTRACT}/pjb-{UUID}"), "path.job_id"),
        (format!("{PARSE}?job_ids=exj-{UUID}"), "query.job_ids"),
        (format!("{PARSE}?status=THROTTLED"), "query.status"),
        (format!("{EXTRACT}?file_input=x"), "query.file_input"),
    ] {
        server.send("GET", &path, None).await.refused(422, "INVALID_REQUEST", words);
    }
    assert_eq!(server.claim(9).await.len(), 0, "nothing was made");
    assert_eq!(server.get(&format!("{PARSE}/versions")).await["latest"]["fast"], json!("2026-06-15"));
}
