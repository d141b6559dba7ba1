//! Saved webhook configurations, who is told of what, and the log of deliveries.

use docmill_model::{Code, Failure};
use docmill_store::{Deliveries, DeliveryFinish, DeliveryOutcome, Outcome};
use serde_json::{Value, json};

use crate::server::{OTHER_KEY, Server, UUID, batch_body, field};

const CONFIGS: &str = "/api/v1/beta/webhook-configs";
const PAGED: &str = "/api/v2/webhook-configs";
const DELIVERIES: &str = "/api/v2/webhook-deliveries";

async fn saved(server: &Server, body: Value) -> String {
    server.post(CONFIGS, body).await["id"].as_str().unwrap().to_owned()
}

/// Delivers everything that is due: kinds of events and where they went, sorted.
async fn told(server: &Server) -> Vec<String> {
    let mut told = Vec::new();
    for delivery in server.store.delivery_claim(100, 100, 1_000).await.unwrap() {
        told.push(format!("{} {}", delivery.endpoint.target(), delivery.event.kind));
        let (outcome, status) = (DeliveryOutcome::Delivered, Some(200));
        let finish =
            DeliveryFinish { delivery: delivery.id, attempt: delivery.attempt, outcome, status, elapsed_ms: 7 };
        server.store.delivery_finish(vec![finish]).await.unwrap();
    }
    told.sort();
    told
}

#[tokio::test]
async fn a_configuration_is_kept_without_showing_its_secret() {
    let server = Server::start().await;
    let body = json!({
        "webhook_url": "https://example.com/hook",
        "webhook_headers": {"X-Team": "a"},
        "webhook_signing_secret": "hush",
    });
    let made = server.post(CONFIGS, body).await;
    let path = format!("{CONFIGS}/{}", made["id"].as_str().unwrap());
    assert!(made["id"].as_str().unwrap().starts_with("whc-"));
    assert_eq!((&made["tenant_type"], &made["has_secret"]), (&json!("project"), &json!(true)));
    assert_eq!((&made["webhook_events"], &made["webhook_output_format"]), (&Value::Null, &json!("string")));
    assert_eq!(server.get(&path).await, made);
    assert!(!made.to_string().contains("hush"));

    let change = json!({"webhook_events": ["batch.error"], "webhook_output_format": "json"});
    let changed = server.send("PUT", &path, Some(change)).await.expect(200);
    assert_eq!((&changed["webhook_events"], &changed["has_secret"]), (&json!(["batch.error"]), &json!(true)));
    assert_eq!(changed["webhook_headers"], made["webhook_headers"]);
    let all = server.send("PUT", &path, Some(json!({"webhook_events": null}))).await.expect(200);
    assert_eq!((&all["webhook_events"], &all["webhook_output_format"]), (&Value::Null, &json!("json")));

    let second = saved(&server, json!({"webhook_url": "https://example.com/b"})).await;
    let listed = server.get(CONFIGS).await;
    assert_eq!((listed[0]["id"].as_str(), listed.as_array().unwrap().len()), (Some(second.as_str()), 2));
    let first = server.get(&format!("{PAGED}?page_size=1&include_total=true")).await;
    assert_eq!((field(&first, "id"), &first["total_size"]), (vec![second.clone()], &json!(2)));
    let token = first["next_page_token"].as_str().unwrap();
    let rest = server.get(&format!("{PAGED}?page_size=1&page_token={token}")).await;
    assert_eq!((&rest["items"][0]["id"], &rest["total_size"]), (&made["id"], &Value::Null));
    assert_eq!(rest["next_page_token"], Value::Null);

    for (method, body) in [("GET", None), ("PUT", Some(json!({}))), ("DELETE", None)] {
        server.send_as(OTHER_KEY, method, &path, body).await.refused(404, "NOT_FOUND", "no webhook configuration");
    }
    assert_eq!(server.send("DELETE", &path, None).await.status, 204);
    server.send("GET", &path, None).await.refused(404, "NOT_FOUND", "no webhook configuration");
}

#[tokio::test]
async fn what_cannot_be_told_is_refused() {
    let server = Server::start().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({"webhook_url": "https://example.com/"});
        body[name] = value;
        body
    };
    for (body, code, words) in [
        (json!({}), "INVALID_REQUEST", "body.webhook_url: missing"),
        (with("webhook_url", json!("example.com")), "INVALID_REQUEST", "webhook_url: string_pattern_mismatch"),
        (with("webhook_url", json!("https://")), "ADDRESS_FORBIDDEN", "cannot be read"),
        (with("webhook_url", json!("https://10.1.2.3/")), "ADDRESS_FORBIDDEN", "private address"),
        (with("webhook_url", json!("http://0x7f.1/")), "ADDRESS_FORBIDDEN", "loopback address"),
        (with("webhook_url", json!("https://example.com:25/")), "ADDRESS_FORBIDDEN", "port 25"),
        (with("webhook_url", json!("https://u:p@example.com/")), "ADDRESS_FORBIDDEN", "user name"),
        (with("webhook_events", json!([])), "INVALID_REQUEST", "webhook_events: value_error"),
        (with("webhook_events", json!(["batch.done"])), "INVALID_REQUEST", "webhook_events.0: literal_error"),
        (with("webhook_headers", json!({"Host": "a"})), "INVALID_REQUEST", "webhook_headers.Host: value_error"),
        (with("webhook_output_format", json!("xml")), "INVALID_REQUEST", "webhook_output_format: literal_error"),
        (with("colour", json!(1)), "INVALID_REQUEST", "body.colour: extra_forbidden"),
    ] {
        server.send("POST", CONFIGS, Some(body.clone())).await.refused(422, code, words);
        if body.get("webhook_url").is_some() {
            let id = saved(&server, with("webhook_output_format", json!("json"))).await;
            server.send("PUT", &format!("{CONFIGS}/{id}"), Some(body)).await.refused(422, code, words);
        }
    }
}

#[tokio::test]
async fn a_batch_tells_its_own_listeners_and_its_jobs_those_of_the_configuration() {
    let server = Server::start().await;
    let hook =
        saved(&server, json!({"webhook_url": "https://saved.example/", "webhook_events": ["batch.success"]})).await;
    let configuration = json!({"name": "told", "parameters": {
        "product_type": "parse_v2", "tier": "agentic", "version": "latest",
        "webhook_configurations": [{"webhook_url": "https://jobs.example/"}],
    }});
    let configuration = server.post("/api/v1/beta/configurations", configuration).await;
    let directory = server.directory_of(&["a.txt"]).await;
    let mut body = batch_body(&directory, configuration["id"].as_str().unwrap());
    body["webhook_configuration_ids"] = json!([hook]);
    body["webhook_configurations"] = json!([{"webhook_url": "https://inline.example:8443/"}]);
    let batch = server.post("/api/v2/batches", body).await["id"].as_str().unwrap().to_owned();
    assert_eq!(told(&server).await, ["inline.example:8443 batch.pending", "jobs.example:443 parse.pending"]);
    let job = server.claim(1).await.remove(0);
    assert_eq!(told(&server).await, ["inline.example:8443 batch.running", "jobs.example:443 parse.running"]);
    server.fail(&job, Failure::from(Code::FileDamaged)).await;
    let ends = ["inline.example:8443 batch.success", "jobs.example:443 parse.error", "saved.example:443 batch.success"];
    assert_eq!(told(&server).await, ends);

    let of = async |query: String| field(&server.get(&format!("{DELIVERIES}?{query}")).await, "event_type").len();
    assert_eq!(of(format!("batch_id={batch}")).await, 7);
    assert_eq!(of(format!("job_id={}", job.id)).await, 3);
    assert_eq!(of(format!("webhook_configuration_id={hook}")).await, 1);
    assert_eq!(of(format!("batch_id={batch}&state=DEAD")).await, 0);
    let foreign = server.send_as(OTHER_KEY, "GET", DELIVERIES, None).await.expect(200);
    assert_eq!(foreign["items"], json!([]));
}

#[tokio::test]
async fn parse_and_extract_jobs_tell_their_listeners() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let files = server.get(&format!("/api/v1/beta/directories/{directory}/files")).await;
    let file = &field(&files, "id")[0];
    let hooks = json!([{"webhook_url": "https://x.example/"}]);
    let parse = json!({"file_id": file, "tier": "agentic", "version": "latest", "webhook_configurations": hooks});
    server.post("/api/v2/parse", parse).await;
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let configuration = json!({"data_schema": schema});
    let extract = json!({"file_input": file, "configuration": configuration, "webhook_configurations": hooks});
    server.post("/api/v2/extract", extract).await;
    let url = json!({"source_url": "https://docs.example/a.pdf", "tier": "fast", "version": "latest",
        "webhook_configurations": hooks});
    let fetched = server.post("/api/v2/parse", url).await;
    assert_eq!(fetched["name"], json!("a.pdf"));
    let x = |kind: &str| format!("x.example:443 {kind}");
    assert_eq!(told(&server).await, [x("extract.pending"), x("parse.pending"), x("parse.pending")]);
    let jobs = server.claim(3).await;
    assert_eq!(told(&server).await, [x("parse.running"), x("parse.running")], "extraction has no such event");
    for job in &jobs {
        server.finish(job, Outcome::Completed(Default::default())).await;
    }
    assert_eq!(told(&server).await, [x("extract.success"), x("parse.success"), x("parse.success")]);
}

#[tokio::test]
async fn a_test_is_delivered_logged_and_replayed() {
    let server = Server::start().await;
    let hook = saved(&server, json!({"webhook_url": "https://example.com/", "webhook_events": ["batch.error"]})).await;
    let test = format!("{PAGED}/{hook}/test");
    let made = server.send("POST", &test, None).await.expect(200);
    assert_eq!((&made["event_type"], &made["state"]), (&json!("unmapped_event"), &json!("PENDING")));
    let path = format!("{DELIVERIES}/{}", made["id"].as_str().unwrap());
    let replay = format!("{path}/replay");
    server.send("POST", &replay, None).await.refused(409, "CONFLICT", "still on its way");
    assert_eq!(told(&server).await, ["example.com:443 unmapped_event"]);
    let read = server.get(&path).await;
    assert_eq!(
        (&read["state"], &read["attempts"], &read["next_attempt_at"]),
        (&json!("DELIVERED"), &json!(1), &Value::Null)
    );
    assert_eq!(read["log"][0]["response_status"], json!(200));
    assert_eq!((&read["log"][0]["elapsed_ms"], &read["target"]), (&json!(7), &json!("example.com:443")));
    let again = server.send("POST", &replay, None).await.expect(200);
    assert_eq!(again["event_id"], made["event_id"]);
    assert_ne!(again["id"], made["id"]);
    server.send("POST", &test, Some(json!({"event_type": "batch.success"}))).await.expect(200);
    assert_eq!(told(&server).await, ["example.com:443 batch.success", "example.com:443 unmapped_event"]);

    let wrong = server.send("POST", &test, Some(json!({"event_type": "sheets.success"}))).await;
    wrong.refused(422, "INVALID_REQUEST", "body.event_type: literal_error");
    for (method, path) in [("GET", path.clone()), ("POST", replay), ("POST", test)] {
        server.send_as(OTHER_KEY, method, &path, None).await.refused(404, "NOT_FOUND", "There is no webhook");
    }
    for (path, words) in [
        (format!("{DELIVERIES}/bat-{UUID}"), "path.delivery_id"),
        (format!("{DELIVERIES}?state=LOST"), "query.state: literal_error"),
        (format!("{DELIVERIES}?job_id=bat-{UUID}"), "query.job_id: value_error"),
    ] {
        server.send("GET", &path, None).await.refused(422, "INVALID_REQUEST", words);
    }
}
