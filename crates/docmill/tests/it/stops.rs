//! An orderly stop: first not ready, then no new work, then what runs ends or is given back.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::admin::silent_site;
use crate::program::{Home, signal};
use crate::server::{Server, serve, text, until};

#[tokio::test]
async fn a_stop_is_announced_and_gives_back_what_does_not_end_in_time() {
    let home = Home::new();
    let (site, url) = silent_site().await;
    let start = || {
        let mut command = serve(&home);
        command.env("DOCMILL_NETWORK__ALLOWED_HOSTS", "[\"127.0.0.1\"]");
        // The door stays open until the test has looked through it; a job has no time to end.
        command.env("DOCMILL_SERVER__UNREADY_MS", "3000").env("DOCMILL_SERVER__DRAIN_MS", "100");
        Server::start(command)
    };
    let mut server = start();
    let readyz = async |server: &Server| server.request(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(readyz(&server).await.status(), StatusCode::OK);
    let job = server.post("/api/v2/parse", json!({"source_url": url, "tier": "fast", "version": "latest"})).await;
    let job = text(&job["id"]);
    let (held, _) = site.accept().await.unwrap();
    signal(&server.running.child, Signal::TERM);
    let refused = until("not ready", || async {
        Some(readyz(&server).await).filter(|answer| answer.status() == StatusCode::SERVICE_UNAVAILABLE)
    })
    .await;
    assert!(refused.text().await.unwrap().contains("SERVER_STOPPING"));
    assert_eq!(server.get(&format!("/api/v2/parse/{job}")).await["id"], json!(job), "requests are answered meanwhile");
    assert_eq!(server.running.code(), Some(0), "{}", server.running.said());
    drop(held);

    let url = format!("sqlite://{}", home.path("data/docmill.sqlite").display());
    let mut store = SqliteConnection::connect(&url).await.unwrap();
    let row =
        sqlx::query("SELECT status, attempt, strikes, expiries, worker FROM job").fetch_one(&mut store).await.unwrap();
    let numbers = ["attempt", "strikes", "expiries"].map(|column| row.get::<i64, _>(column));
    assert_eq!((row.get::<&str, _>("status"), numbers), ("PENDING", [1, 0, 0]), "given back, and nothing counted");
    store.close().await.unwrap();

    let server = start();
    let (mut held, _) = site.accept().await.unwrap();
    // An answer counts only after its question.
    held.read_exact(&mut [0; 16]).await.unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Type: text/plain\r\n\r\nwords\n";
    held.write_all(answer).await.unwrap();
    until("the result", || async {
        (server.get(&format!("/api/v2/parse/{job}")).await["status"] == "COMPLETED").then_some(())
    })
    .await;
}

/// Names of metrics with their types in what a server prints.
fn printed(metrics: &str) -> BTreeSet<String> {
    let types = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.replace(' ', " | ")).collect()
}

#[tokio::test]
async fn every_metric_is_documented_and_every_documented_one_is_there() {
    let home = Home::new();
    let server = Server::start(serve(&home));
    let directory = server.directory().await;
    server.upload(&directory, "a.txt", b"Some words.\n".to_vec()).send().await.unwrap();
    server.upload(&directory, "b.dat", vec![0, 1, 2, 3]).send().await.unwrap();
    let batch: Value = server.batch(&directory).send().await.unwrap().json().await.unwrap();
    server.ended(&text(&batch["id"])).await;
    let metrics = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let documented = include_str!("../../../../docs/OPERATING.md").lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("| `docmill_")?.split_once("` | ")?;
        Some(format!("docmill_{name} | {}", rest.split(" |").next()?))
    });
    assert_eq!(printed(&metrics), documented.collect::<BTreeSet<String>>());
    for line in [
        "docmill_jobs_ended_total{code=\"COMPLETED\"} 1",
        "docmill_jobs_ended_total{code=\"UNSUPPORTED_FILE_TYPE\"} 1",
        "docmill_queue_jobs{state=\"pending\"} 0",
        "docmill_stage_seconds_count{stage=\"page\"} 1",
        "docmill_blobs_seconds_count{step=\"read\"} 2",
        "docmill_http_requests_total{method=\"POST\",route=\"/api/v2/batches\",status=\"200\"} 1",
    ] {
        assert!(metrics.lines().any(|printed| printed == line), "{line} is missing in {metrics}");
    }
    let resident = metrics.lines().find_map(|line| line.strip_prefix("docmill_readers_resident_bytes "));
    assert!(resident.unwrap().parse::<u64>().unwrap() > 1_000_000, "a waiting reader holds memory: {resident:?}");
}
