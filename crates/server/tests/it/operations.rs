//! Keys, unknown paths, bodies as such, and what operators look at.

use docmill_model::limits::Limits;
use serde_json::json;

use crate::server::{KEY, Server, UUID, answer, client};

#[tokio::test]
async fn a_key_is_wanted() {
    let server = Server::start().await;
    for key in ["llx-unknown", " ", "llx-\u{e9}"] {
        let refused = server.send_as(key, "GET", "/api/v2/batches", None).await;
        refused.refused(401, "UNAUTHORIZED", "API key");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    let url = format!("http://{}/api/v2/batches", server.address);
    for scheme in [None, Some(KEY.to_owned()), Some(format!("Basic {KEY}"))] {
        let request = client().get(&url);
        let request = scheme.into_iter().fold(request, |request, value| request.header("authorization", value));
        answer(request).await.refused(401, "UNAUTHORIZED", "API key");
    }
    answer(client().get(&url).header("authorization", format!("bearer {KEY}"))).await.expect(200);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_served_say_so() {
    let server = Server::start().await;
    for (method, path, status, code, words) in [
        ("GET", "/api/v2/nothing", 404, "NOT_FOUND", "nothing at this path"),
        ("GET", "/", 404, "NOT_FOUND", "nothing at this path"),
        ("GET", "/api/v1/pipelinesx", 404, "NOT_FOUND", "nothing at this path"),
        ("GET", "/api/v1/pipelines", 501, "NOT_IMPLEMENTED", "/api/v1/pipelines"),
        ("POST", "/api/v2/classify/x/cancel", 501, "NOT_IMPLEMENTED", "/api/v2/classify"),
        ("GET", "/api/v1/parsing/job/x/read/jobLogs.json", 501, "NOT_IMPLEMENTED", "/api/v1/parsing"),
        ("DELETE", "/api/v2/batches", 405, "METHOD_NOT_ALLOWED", "does not take DELETE"),
        ("PUT", "/healthz", 405, "METHOD_NOT_ALLOWED", "does not take PUT"),
    ] {
        server.send(method, path, None).await.refused(status, code, words);
    }
}

/// Every family of contract 2.10, with a call of each.
#[tokio::test]
async fn what_is_out_of_scope_is_named() {
    let server = Server::start().await;
    for (method, path, what) in [
        ("POST", "/api/v2/classify", "classification"),
        ("DELETE", "/api/v2/classify/x", "classification"),
        ("POST", "/api/v1/split/jobs", "splitting of documents"),
        ("GET", "/api/v1/split/jobs/x", "splitting of documents"),
        ("POST", "/api/v1/beta/split/jobs", "splitting of documents"),
        ("POST", "/api/v1/beta/sheets/jobs", "sheets"),
        ("GET", "/api/v1/beta/sheets/jobs/x/regions/y/result/table", "sheets"),
        ("POST", "/api/alpha/verify", "verification of documents"),
        ("GET", "/api/alpha/verify/x/details", "verification of documents"),
        ("POST", "/api/v1/beta/batch-processing", "use /api/v2/batches"),
        ("GET", "/api/v1/beta/batch-processing/items/x/processing-results", "use /api/v2/batches"),
        ("POST", "/api/v1/classifier/jobs", "classification"),
        ("GET", "/api/v1/classifier/jobs/x/results", "classification"),
        ("POST", "/api/v1/indexes", "indexes"),
        ("POST", "/api/v1/indexes/x/sync/cancel", "indexes"),
        ("POST", "/api/v1/retrieval/retrieve", "retrieval"),
        ("POST", "/api/v1/retrieval/files/grep", "retrieval"),
        ("POST", "/api/v1/chat", "chat"),
        ("POST", "/api/v1/chat/x/messages/stream", "chat"),
        ("POST", "/api/v1/beta/agent-data", "agent data"),
        ("PUT", "/api/v1/beta/agent-data/x", "agent data"),
        ("POST", "/api/v1/beta/agent-data/:search", "agent data"),
        ("GET", "/api/v1/beta/attachments", "attachments"),
        ("GET", "/api/v1/beta/attachments/a.png", "attachments"),
        ("GET", "/api/v1/beta/extraction-agents", "extraction agents"),
        ("GET", "/api/v2/pipelines", "pipelines"),
        ("PUT", "/api/v1/pipelines", "pipelines"),
        ("GET", "/api/v1/pipelines/x/files/status-counts", "pipelines"),
        ("GET", "/api/v1/files/x/page_screenshots/0", "page images"),
        ("GET", "/api/v1/files/x/page-figures/0/a.png", "page images"),
        ("POST", "/api/v1/retrievers/x/retrieve", "retrievers"),
        ("GET", "/api/v1/beta/retrievers", "retrievers"),
        ("PUT", "/api/v1/data-sinks/x", "data sinks"),
        ("GET", "/api/v1/beta/data-sinks", "data sinks"),
        ("POST", "/api/v1/data-sources", "data sources"),
        ("POST", "/api/v1/parsing/upload", "use /api/v2/parse"),
        ("GET", "/api/v1/parsing/supported_file_extensions", "use /api/v2/parse"),
        ("POST", "/api/v1/parsing/screenshot", "use /api/v2/parse"),
        ("GET", "/api/v1/beta/parse-configurations", "use /api/v1/beta/configurations"),
    ] {
        let refused = server.send(method, path, None).await;
        refused.refused(501, "NOT_IMPLEMENTED", &format!("docmill does not serve {method} {path}: "));
        refused.refused(501, "NOT_IMPLEMENTED", what);
    }
}

#[tokio::test]
async fn bodies_are_json_within_their_limit() {
    let server = Server::start_with(Limits { body_bytes_max: 1_000, ..Limits::default() }).await;
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(1_000));
    let deep = "[".repeat(900);
    for path in [
        "/api/v1/beta/directories",
        "/api/v1/beta/configurations",
        "/api/v2/batches",
        "/api/v2/parse",
        "/api/v2/extract",
    ] {
        for (body, status, code, words) in [
            ("", 422, "INVALID_JSON", "body: json_invalid JSON decode error"),
            ("{", 422, "INVALID_JSON", "body: json_invalid"),
            ("{\"name\": \"a\",}", 422, "INVALID_JSON", "body: json_invalid"),
            ("\u{0}", 422, "INVALID_JSON", "body: json_invalid"),
            (&deep, 422, "INVALID_JSON", "recursion limit"),
            ("null", 422, "INVALID_REQUEST", "body"),
            ("[1]", 422, "INVALID_REQUEST", "body: model_attributes_type"),
            (&long, 413, "PAYLOAD_TOO_LARGE", "larger than 1000 bytes"),
        ] {
            let request = server.request(KEY, "POST", path).body(body.to_owned());
            answer(request).await.refused(status, code, words);
        }
    }
}

#[tokio::test]
async fn a_project_is_what_the_key_belongs_to() {
    let server = Server::start().await;
    let listed = server.get("/api/v1/projects").await;
    let project = &listed[0];
    let id = project["id"].as_str().unwrap();
    assert_eq!((listed.as_array().unwrap().len(), &project["is_default"]), (1, &json!(true)));
    assert_eq!(server.get("/api/v2/projects").await["items"], json!([project]));
    assert_eq!(server.get("/api/v2/projects?name=none").await["items"], json!([]));
    let named = format!("name={}&page_size=1", project["name"].as_str().unwrap());
    assert_eq!(server.get(&format!("/api/v2/projects?{named}")).await["next_page_token"], json!(null));
    for (name, expected) in [(project["name"].as_str().unwrap(), 1), ("other", 0)] {
        let found = server.get(&format!("/api/v1/projects?project_name={name}")).await;
        assert_eq!(found.as_array().unwrap().len(), expected, "another project of the server is nobody's here");
    }
    for (query, words) in [("page_size=0", "query.page_size"), ("page_token=x", "query.page_token")] {
        let refused = server.send("GET", &format!("/api/v2/projects?{query}"), None).await;
        refused.refused(422, "INVALID_REQUEST", words);
    }
    let organization = project["organization_id"].as_str().unwrap();
    for version in ["v1", "v2"] {
        let path = format!("/api/{version}/projects/{id}?organization_id={organization}");
        assert_eq!(server.get(&path).await, *project);
        let unknown = server.send("GET", &format!("/api/{version}/projects/prj-{UUID}"), None).await;
        unknown.refused(404, "NOT_FOUND", "does not belong to a project");
    }
    let bare = id.strip_prefix("prj-").unwrap();
    server.get(&format!("/api/v2/batches?project_id={bare}")).await;
}

#[tokio::test]
async fn operators_see_health_readiness_and_figures() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await, json!({"status": "ok"}));
    assert_eq!(server.get("/readyz").await, json!({"status": "ready"}));
    let directory = server.directory_of(&["a.txt", "bb.txt"]).await;
    server.batch(&directory).await;
    server.claim(1).await;
    server.clock.pass_ms(2_500);
    server.send("GET", &format!("/api/v2/batches/bat-{UUID}"), None).await;
    let metrics = server.get("/metrics").await;
    let metrics = metrics.as_str().unwrap();
    for line in [
        "docmill_http_requests_total{method=\"GET\",route=\"/api/v2/batches/{batch_id}\",status=\"404\"} 1",
        "docmill_http_requests_total{method=\"POST\",route=\"/api/v2/batches\",status=\"200\"} 1",
        "docmill_upload_bytes_total 11",
        "docmill_queue_jobs{state=\"pending\"} 1",
        "docmill_queue_jobs{state=\"running\"} 1",
        "docmill_queue_oldest_due_milliseconds 2500",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = Server::start().await;
    let given = |id: &str| server.request(KEY, "GET", "/api/v2/nothing").header("x-request-id", id.to_owned());
    assert_eq!(answer(given("job-7.a")).await.header("x-request-id"), "job-7.a");
    for id in ["", "a b", &"x".repeat(65), "a;b"] {
        let made = answer(given(id)).await.header("x-request-id").to_owned();
        assert_eq!((made.len(), made == id), (36, false), "{id}");
    }
}
