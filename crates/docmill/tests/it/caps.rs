//! What a caller sees of a batch that caps and rates hold back.

use reqwest::Method;
use serde_json::Value;

use crate::program::Home;
use crate::server::{Server, answer, serve, text};

#[tokio::test]
async fn a_batch_that_a_rate_holds_back_says_so_and_can_be_cancelled() {
    let home = Home::new();
    let mut command = serve(&home);
    command.env("DOCMILL_RUN__BATCH_JOBS_PER_MINUTE", "1");
    let server = Server::start(command);
    let directory = server.directory().await;
    for name in ["a.txt", "b.txt", "c.txt"] {
        server.upload(&directory, name, format!("This is {name}.\n").into_bytes()).send().await.unwrap();
    }
    let (_, made) = answer(server.batch(&directory)).await;
    let batch = text(&made["id"]);
    let held = server.batch_when(&batch, "the hold", |batch| batch["status"] == "THROTTLED").await;
    assert!(text(&held["waiting_reason"]).starts_with("CAPPED"), "{held}");
    assert_eq!(held["counts"]["completed"], 1, "a minute's worth is done: {held}");
    let ids =
        |list: Value| -> Vec<String> { list["items"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect() };
    for (status, expected) in [("THROTTLED", vec![batch.clone()]), ("RUNNING", vec![])] {
        assert_eq!(ids(server.get(&format!("/api/v2/batches?status={status}")).await), expected, "{status}");
    }
    let (status, cancelled) = answer(server.request(Method::POST, &format!("/api/v2/batches/{batch}/cancel"))).await;
    assert!(status.is_success(), "{cancelled}");
    let ended = server.batch_when(&batch, "the end", |batch| batch["status"] == "CANCELLED").await;
    assert_eq!((&ended["counts"]["completed"], &ended["counts"]["cancelled"]), (&1.into(), &2.into()), "{ended}");
    server.stop();
}
