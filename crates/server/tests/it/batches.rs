use docmill_model::limits::Limits;
use docmill_model::results::JobResult;
use docmill_model::{Code, Failure};
use docmill_store::Outcome;
use serde_json::{Value, json};

use crate::server::{ENGINE, OTHER_KEY, Server, UUID, batch_body, field};

const BATCHES: &str = "/api/v2/batches";

fn completed() -> Outcome {
    Outcome::Completed(JobResult::default())
}

#[tokio::test]
async fn a_batch_goes_its_way() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt", "c.txt"]).await;
    let made = server.post(BATCHES, batch_body(&directory, "cfg-PARSE_AGENTIC")).await;
    assert_eq!(made["status"], json!("PENDING"));
    assert_eq!(made["config"], json!({"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_AGENTIC"}}));
    assert_eq!((&made["source_directory_id"], &made["results"]), (&json!(directory), &Value::Null));
    let path = format!("{BATCHES}/{}", made["id"].as_str().unwrap());
    assert_eq!(server.get(&path).await, made);

    let jobs = server.claim(3).await;
    assert_eq!(server.get(&path).await["status"], json!("RUNNING"));
    server.finish(&jobs[0], completed()).await;
    server.fail(&jobs[1], Failure::new(Code::FileDamaged, "The PDF ends early.")).await;
    let running = server.get(&format!("{path}?expand=results")).await;
    assert_eq!(running["counts"]["running"], json!(1));
    server.finish(&jobs[2], completed()).await;

    for query in ["?expand=results", "?expand[]=results", "?expand=unknown,results"] {
        let batch = server.get(&format!("{path}{query}")).await;
        assert_eq!(batch["status"], json!("COMPLETED"));
        assert_eq!((&batch["counts"]["completed"], &batch["counts"]["failed"]), (&json!(2), &json!(1)));
        let results = batch["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        let failed: Vec<_> = results.iter().filter(|result| !result["error_message"].is_null()).collect();
        assert_eq!(failed[0]["error_message"], json!("FILE_DAMAGED: The PDF ends early."));
        assert_eq!(failed[0]["job_reference"], json!({"type": "parse_v2", "id": jobs[1].id.to_string()}));
        assert_eq!(failed.len(), 1);
    }
}

#[tokio::test]
async fn a_batch_is_cancelled_in_every_state() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let cancel = async |batch: &str| server.send("POST", &format!("{BATCHES}/{batch}/cancel"), None).await;

    let pending = server.batch(&directory).await;
    assert_eq!(cancel(&pending).await.expect(200)["status"], json!("CANCELLED"));
    cancel(&pending).await.refused(409, "CONFLICT", "CANCELLED");

    let running = server.batch(&directory).await;
    let jobs = server.claim(1).await;
    assert_eq!(cancel(&running).await.expect(200)["status"], json!("RUNNING"));
    cancel(&running).await.expect(200);
    server.finish(&jobs[0], Outcome::Cancelled).await;
    let batch = server.get(&format!("{BATCHES}/{running}?expand=results")).await;
    assert_eq!((&batch["status"], &batch["counts"]["cancelled"]), (&json!("CANCELLED"), &json!(1)));
    cancel(&running).await.refused(409, "CONFLICT", "CANCELLED");

    let done = server.batch(&directory).await;
    let jobs = server.claim(1).await;
    server.finish(&jobs[0], completed()).await;
    cancel(&done).await.refused(409, "CONFLICT", "COMPLETED");
    server.send_as(OTHER_KEY, "POST", &format!("{BATCHES}/{done}/cancel"), None).await.refused(
        404,
        "NOT_FOUND",
        "There is no batch",
    );
}

#[tokio::test]
async fn a_file_deleted_while_its_batch_waits_ends_its_item_only() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt"]).await;
    let batch = server.batch(&directory).await;
    let files = format!("/api/v1/beta/directories/{directory}/files");
    let listed = server.get(&files).await;
    let file = field(&listed, "id").remove(0);
    assert_eq!(server.send("DELETE", &format!("{files}/{file}"), None).await.status, 204);
    let jobs = server.claim(9).await;
    assert_eq!(jobs.len(), 1);
    server.finish(&jobs[0], completed()).await;
    let batch = server.get(&format!("{BATCHES}/{batch}?expand=results")).await;
    assert_eq!(batch["status"], json!("COMPLETED"));
    let results = batch["results"].as_array().unwrap();
    let deleted = results.iter().find(|result| result["source_directory_file_id"] == json!(file)).unwrap();
    assert!(deleted["error_message"].as_str().unwrap().starts_with("SOURCE_DELETED: "), "{deleted}");
    assert_eq!(results.iter().filter(|result| result["error_message"].is_null()).count(), 1);
}

#[tokio::test]
async fn a_batch_keeps_the_configuration_that_it_was_made_with() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let configuration = |tier: &str| json!({"name": "mine", "parameters": {"product_type": "parse_v2", "tier": tier, "version": "latest"}});
    let saved = server.post("/api/v1/beta/configurations", configuration("fast")).await;
    let id = saved["id"].as_str().unwrap();
    server.post(BATCHES, batch_body(&directory, id)).await;
    server.post("/api/v1/beta/configurations", configuration("agentic_plus")).await;
    server.send("DELETE", &format!("/api/v1/beta/configurations/{id}"), None).await;
    assert_eq!(server.claim(1).await[0].options.parse().tier.as_str(), "fast");
}

#[tokio::test]
async fn bad_batches_are_refused() {
    let server = Server::start_with(Limits { batch_files_max: 3, ..Limits::default() }).await;
    let empty = server.directory().await;
    let full = server.directory_of(&["a", "b", "c"]).await;
    let over = server.directory_of(&["a", "b", "c", "d"]).await;
    let deleted = server.directory_of(&["a"]).await;
    server.send("DELETE", &format!("/api/v1/beta/directories/{deleted}"), None).await;
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let parameters = json!({"product_type": "extract_v2", "data_schema": schema});
    let saved = json!({"name": "e", "parameters": parameters});
    let extract = server.post("/api/v1/beta/configurations", saved).await["id"].as_str().unwrap().to_owned();
    let preset = "cfg-PARSE_AGENTIC";
    let with = |name: &str, value: Value| {
        let mut body = batch_body(&full, preset);
        body[name] = value;
        body
    };
    let unknown_directory = batch_body(&format!("dir-{UUID}"), preset);
    for (body, status, code, words) in [
        (batch_body(&empty, preset), 422, "EMPTY_DIRECTORY", "files"),
        (batch_body(&over, preset), 422, "TOO_MANY_FILES", "3"),
        (batch_body(&deleted, preset), 404, "NOT_FOUND", "directory"),
        (unknown_directory.clone(), 404, "NOT_FOUND", "directory"),
        (batch_body(&full, &format!("cfg-{UUID}")), 404, "NOT_FOUND", "There is no configuration"),
        (batch_body(&full, &extract), 422, "CONFIGURATION_MISMATCH", "for extract_v2, not for parse_v2"),
        (batch_body(&full, "cfg-NOTHING"), 422, "INVALID_REQUEST", "body.config.job.configuration_id: value_error"),
        (batch_body(&format!("dfl-{UUID}"), preset), 422, "INVALID_REQUEST", "body.source_directory_id: value_error"),
        (json!({}), 422, "INVALID_REQUEST", "body.config: missing"),
        (with("colour", json!(1)), 422, "INVALID_REQUEST", "body.colour: extra_forbidden"),
        (
            with("webhook_configuration_ids", json!(["whc-1"])),
            422,
            "INVALID_REQUEST",
            "body.webhook_configuration_ids.0: value_error",
        ),
        (
            with("webhook_configuration_ids", json!([format!("whc-{UUID}")])),
            404,
            "NOT_FOUND",
            "There is no webhook configuration",
        ),
        (
            with("webhook_configurations", json!([{"webhook_url": "http://10.0.0.1/"}])),
            422,
            "ADDRESS_FORBIDDEN",
            "10.0.0.1 is a private address",
        ),
        (
            with("webhook_configurations", json!([{"webhook_url": "ftp://example.com"}])),
            422,
            "INVALID_REQUEST",
            "body.webhook_configurations.0.webhook_url: string_pattern_mismatch",
        ),
        (
            with("webhook_configurations", json!([{}])),
            422,
            "INVALID_REQUEST",
            "body.webhook_configurations.0.webhook_url: missing",
        ),
    ] {
        server.send("POST", BATCHES, Some(body)).await.refused(status, code, words);
    }
    let foreign = server.send_as(OTHER_KEY, "POST", BATCHES, Some(batch_body(&full, preset))).await;
    foreign.refused(404, "NOT_FOUND", "directory");
    server.post(BATCHES, with("webhook_configurations", json!([]))).await;

    for (method, path, status, words) in [
        ("GET", format!("/bat-{UUID}"), 404, "There is no batch"),
        ("GET", "/bat-x".to_owned(), 422, "path.batch_id"),
        ("GET", format!("/pjb-{UUID}"), 422, "path.batch_id"),
        ("POST", format!("/bat-{UUID}/cancel"), 404, "There is no batch"),
        ("GET", "?status=DONE".to_owned(), 422, "query.status: literal_error"),
        ("GET", "?status=completed".to_owned(), 422, "query.status: literal_error"),
        ("GET", "?source_directory_id=x".to_owned(), 422, "query.source_directory_id"),
        ("GET", "?created_at_on_or_after=yesterday".to_owned(), 422, "query.created_at_on_or_after"),
    ] {
        let code = if status == 404 { "NOT_FOUND" } else { "INVALID_REQUEST" };
        server.send(method, &format!("{BATCHES}{path}"), None).await.refused(status, code, words);
    }
}

#[tokio::test]
async fn batches_are_listed_by_every_filter() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let other = server.directory_of(&["b.txt"]).await;
    let first = server.batch(&directory).await;
    let between = server.get(&format!("{BATCHES}/{first}")).await["created_at"].as_str().unwrap().to_owned();
    server.clock.pass_ms(1_000);
    let second = server.batch(&other).await;
    server.send("POST", &format!("{BATCHES}/{second}/cancel"), None).await.expect(200);
    for (query, expected) in [
        (String::new(), vec![&second, &first]),
        ("?status=PENDING".to_owned(), vec![&first]),
        ("?status=CANCELLED".to_owned(), vec![&second]),
        ("?status=THROTTLED".to_owned(), vec![]),
        (format!("?source_directory_id={directory}"), vec![&first]),
        (format!("?source_directory_id={directory}&status=CANCELLED"), vec![]),
        (format!("?created_at_on_or_before={between}"), vec![&first]),
        (format!("?created_at_on_or_after={between}"), vec![&second, &first]),
        ("?status=&source_directory_id=".to_owned(), vec![&second, &first]),
    ] {
        let listed = server.get(&format!("{BATCHES}{query}")).await;
        assert_eq!(field(&listed, "id").iter().collect::<Vec<_>>(), expected, "{query}");
        assert!(listed["items"].as_array().unwrap().iter().all(|batch| batch["results"].is_null()));
    }
    let listed = server.send_as(OTHER_KEY, "GET", BATCHES, None).await.expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn a_batch_says_what_runs_why_it_waits_and_what_failed() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt", "c.txt", "d.txt"]).await;
    let first = format!("{BATCHES}/{}", server.batch(&directory).await);
    let told = server.get(&first).await;
    assert!(told["waiting_reason"].as_str().unwrap().starts_with("NO_WORKER: "), "{told}");
    assert_eq!((&told["eta_seconds"], &told["error_summary"]), (&Value::Null, &json!([])));

    let jobs = server.claim(4).await;
    let second = format!("{BATCHES}/{}", server.batch(&directory).await);
    assert_eq!(
        server.get(&second).await["waiting_reason"],
        json!("QUEUED: 4 other jobs run; this batch gets its share next.")
    );
    server.clock.pass_ms(2_000);
    server.fail(&jobs[0], Failure::new(Code::ReaderTimeout, "Reading page 1 took longer than the limit.")).await;
    server.finish(&jobs[1], completed()).await;
    let told = server.get(&first).await;
    assert_eq!((&told["counts"]["running"], &told["counts"]["pending"]), (&json!(2), &json!(0)));
    assert_eq!((&told["eta_seconds"], &told["waiting_reason"]), (&json!(2), &Value::Null));
    let summary = json!([{
        "code": "READER_TIMEOUT",
        "count": 1,
        "example": {
            "display_name": jobs[0].source.name(),
            "error_message": "READER_TIMEOUT: Reading page 1 took longer than the limit.",
        },
        "advice": Code::ReaderTimeout.advice(),
    }]);
    assert_eq!(told["error_summary"], summary);
    // The list says the same.
    let listed = server.get(BATCHES).await;
    assert_eq!(listed["items"].as_array().unwrap().iter().find(|batch| batch["id"] == told["id"]), Some(&told));
}

#[tokio::test]
async fn failed_files_are_retried() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt"]).await;
    let batch = format!("{BATCHES}/{}", server.batch(&directory).await);
    let retry = async |body: Option<Value>| server.send("POST", &format!("{batch}/retry"), body).await;
    retry(None).await.refused(409, "CONFLICT", "PENDING");
    let jobs = server.claim(2).await;
    server.finish(&jobs[0], completed()).await;
    server.fail(&jobs[1], Code::ReaderTimeout.into()).await;

    retry(Some(json!({"codes": ["FILE_DAMAGED"]}))).await.refused(409, "CONFLICT", "no such failed file");
    retry(Some(json!({"codes": ["NO_CODE"]}))).await.refused(422, "INVALID_REQUEST", "body.codes.0");
    retry(Some(json!({"timeouts": {"base_in_seconds": 0}}))).await.refused(422, "INVALID_REQUEST", "base_in_seconds");
    retry(Some(json!({"configuration_id": format!("cfg-{UUID}")}))).await.refused(404, "NOT_FOUND", "configuration");
    let path = format!("{batch}/retry");
    server.send_as(OTHER_KEY, "POST", &path, None).await.refused(404, "NOT_FOUND", "There is no batch");

    let body = json!({
        "codes": ["READER_TIMEOUT"],
        "configuration_id": "cfg-PARSE_FAST",
        "timeouts": {"extra_time_per_page_in_seconds": 200},
    });
    let retried = retry(Some(body)).await.expect(200);
    assert_eq!((&retried["status"], &retried["generation"]), (&json!("RUNNING"), &json!(1)));
    retry(None).await.refused(409, "CONFLICT", "RUNNING");
    let again = server.claim(9).await;
    assert_eq!(again.len(), 1);
    let options = again[0].options.parse();
    assert_eq!((options.tier.as_str(), options.page_timeout_s), ("fast", Some(200)));
    server.finish(&again[0], completed()).await;
    let done = server.get(&format!("{batch}?expand=results")).await;
    assert_eq!((&done["status"], &done["counts"]["completed"]), (&json!("COMPLETED"), &json!(2)));
    let results = done["results"].as_array().unwrap();
    let last = results.iter().find(|result| result["job_reference"]["id"] == json!(again[0].id.to_string())).unwrap();
    assert_eq!(last["retried_from"], json!({"type": "parse_v2", "id": jobs[1].id.to_string()}));
    retry(None).await.refused(409, "CONFLICT", "no such failed file");
}

#[tokio::test]
async fn an_unchanged_file_is_not_read_again() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt"]).await;
    server.batch(&directory).await;
    let read = JobResult { engine: ENGINE.to_owned(), pages: 1, ..JobResult::default() };
    for job in server.claim(2).await {
        server.finish(&job, Outcome::Completed(read.clone())).await;
    }
    let again = server.post(BATCHES, batch_body(&directory, "cfg-PARSE_AGENTIC")).await;
    assert_eq!((&again["status"], &again["counts"]["reused"]), (&json!("COMPLETED"), &json!(2)));
    let other = server.post(BATCHES, batch_body(&directory, "cfg-PARSE_FAST")).await;
    assert_eq!((&other["status"], &other["counts"]["reused"]), (&json!("PENDING"), &json!(0)));

    // A single job takes the result over too, and says whose it is.
    let listed = server.get(&format!("/api/v1/beta/directories/{directory}/files")).await;
    let parse = json!({"file_id": field(&listed, "id")[0], "configuration_id": "cfg-PARSE_AGENTIC"});
    let job = server.post("/api/v2/parse", parse.clone()).await;
    assert_eq!(job["status"], json!("COMPLETED"));
    let job = server.get(&format!("/api/v2/parse/{}?expand=job_metadata", job["id"].as_str().unwrap())).await;
    assert!(job["job_metadata"]["reused_from"].as_str().unwrap().starts_with("pjb-"), "{job}");
    let mut fresh = parse;
    fresh["disable_cache"] = json!(true);
    assert_eq!(server.post("/api/v2/parse", fresh).await["status"], json!("PENDING"));
}
