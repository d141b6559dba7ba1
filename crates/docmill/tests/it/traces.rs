//! Traces as a receiver of OTLP over HTTP gets them: one of this test's own, which takes what the real server sends.
#![cfg(feature = "otlp")]

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::routing::post;
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::Home;
use crate::server::{Server, serve, text};

/// Every span that came, as OTLP's JSON has them.
#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<Value>>>);

impl Received {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = self.clone();
        // What a server says of a busy second is long.
        let any = axum::extract::DefaultBodyLimit::disable();
        let take = move |Json(body): Json<Value>| async move {
            let scopes =
                body["resourceSpans"].as_array().unwrap().iter().flat_map(|of| of["scopeSpans"].as_array().unwrap());
            let spans = scopes.flat_map(|scope| scope["spans"].as_array().unwrap().clone());
            received.0.lock().unwrap().extend(spans);
            Json(json!({}))
        };
        tokio::spawn(
            axum::serve(listener, axum::Router::new().route("/v1/traces", post(take)).layer(any)).into_future(),
        );
        address
    }

    fn named(&self, name: &str) -> Vec<Value> {
        self.0.lock().unwrap().iter().filter(|span| span["name"] == name).cloned().collect()
    }
}

const CALLER: (&str, &str) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");

/// Several threads: the receiver must answer while this test waits for the end of the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_trace_leads_from_the_request_to_its_jobs_and_their_pages() {
    let received = Received::default();
    let home = Home::new();
    let mut command = serve(&home);
    command.env("DOCMILL_TELEMETRY__OTLP_ENDPOINT", received.listen().await);
    let server = Server::start(command);
    let directory = server.directory().await;
    server.upload(&directory, "a.txt", b"Some words.\n".to_vec()).send().await.unwrap();
    let request = server.batch(&directory).header("traceparent", format!("00-{}-{}-01", CALLER.0, CALLER.1));
    let batch: Value = request.send().await.unwrap().json().await.unwrap();
    let id = text(&batch["id"]);
    // The stream ends with the batch; asking again and again would bury the spans that are looked for.
    server.request(Method::GET, &format!("/api/v2/batches/{id}/events")).send().await.unwrap().text().await.unwrap();
    // What is left is sent before the server ends.
    server.stop();

    let requests = received.named("request");
    let request =
        requests.iter().find(|span| span["traceId"] == CALLER.0).expect("the request is in its caller's trace");
    assert_eq!(request["parentSpanId"], CALLER.1);
    let trace = id.split_once('-').unwrap().1.replace('-', "");
    let [queued] = received.named("queued").try_into().unwrap();
    assert_eq!((text(&queued["traceId"]), text(&queued["spanId"])), (trace.clone(), trace[16..].to_owned()));
    assert_eq!(queued["links"][0]["spanId"], request["spanId"], "the batch names the request that made it");
    assert_eq!(request["links"][0]["traceId"], json!(trace), "and the request names the batch");
    let [job] = received.named("job").try_into().unwrap();
    assert_eq!((&job["traceId"], &job["parentSpanId"]), (&json!(trace), &queued["spanId"]));
    let pages = received.named("page");
    assert!(!pages.is_empty() && pages.iter().all(|page| page["parentSpanId"] == job["spanId"]), "{pages:?}");
    assert!(pages.iter().all(|page| page["traceId"] == json!(trace)), "{pages:?}");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_costs_nothing_but_its_traces() {
    let home = Home::new();
    let mut command = serve(&home);
    command.env("DOCMILL_TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:9");
    let server = Server::start(command);
    let directory = server.directory().await;
    server.upload(&directory, "a.txt", b"Some words.\n".to_vec()).send().await.unwrap();
    let batch: Value = server.batch(&directory).send().await.unwrap().json().await.unwrap();
    assert_eq!(server.ended(&text(&batch["id"])).await["counts"]["completed"], 1);
    server.stop();
}
