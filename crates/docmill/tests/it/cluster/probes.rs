//! What a worker without an API says of itself.

use reqwest::StatusCode;
use rustix::process::Signal;

use super::Cluster;
use crate::program::{Ran, client, signal, until_async};

async fn asked(url: &str) -> (StatusCode, String) {
    let answer = client().get(url).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_worker_says_how_it_is() {
    let mut cluster = Cluster::start().await;
    let probes = cluster.start_worker("first");
    let directory = cluster.directory("small", 2, 1).await;
    cluster.create_batch(&directory, 2).await.unwrap();
    cluster.until_done().await;
    for (path, words) in [("healthz", "ok"), ("readyz", "ready")] {
        let (status, said) = asked(&format!("{probes}/{path}")).await;
        assert_eq!((status, said), (StatusCode::OK, format!("{{\"status\":\"{words}\"}}")));
    }
    let (status, said) = asked(&format!("{probes}/api/v2/batches")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(said.contains("Ask a server"), "{said}");
    let (_, metrics) = asked(&format!("{probes}/metrics")).await;
    for line in ["docmill_documents_done_total 2", "docmill_queue_jobs{state=\"pending\"} 0"] {
        assert!(metrics.lines().any(|printed| printed == line), "{line} is missing in {metrics}");
    }
}

#[tokio::test]
async fn a_worker_is_not_ready_without_its_database_nor_when_it_stops() {
    let mut cluster = Cluster::start().await;
    let probes = cluster.start_worker("first");
    let ready = format!("{probes}/readyz");
    let server = cluster.server.take().unwrap();
    server.kill();
    drop(server);
    let (status, said) = asked(&ready).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
    assert!(said.contains("STORE_UNAVAILABLE"), "{said}");
    cluster.start_database().await;
    until_async("readiness", async || (asked(&ready).await.0 == StatusCode::OK).then_some(())).await;

    // Long enough that it is asked while its last document is read.
    let directory = cluster.directory("long", 1, 100_000).await;
    cluster.create_batch(&directory, 1).await.unwrap();
    cluster.until_running().await;
    signal(&cluster.workers["first"].child, Signal::TERM);
    until_async("the end of readiness", async || {
        let (status, said) = asked(&ready).await;
        (status == StatusCode::SERVICE_UNAVAILABLE && said.contains("SERVER_STOPPING")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn doctor_says_whether_database_and_blobs_are_reached() {
    let mut cluster = Cluster::start().await;
    let doctor = |cluster: &Cluster| Ran::of(cluster.command(&["doctor"]).output().unwrap());
    let told = doctor(&cluster).ended(0).stdout;
    assert!(told.contains("ok      database: it answers, and has this version's tables"), "{told}");
    assert!(told.contains("ok      blobs: an object was written, read and deleted at file://"), "{told}");
    cluster.server.take();
    std::fs::remove_dir_all(cluster.home.path("blobs")).unwrap();
    std::fs::write(cluster.home.path("blobs"), "no folder").unwrap();
    let told = doctor(&cluster).ended(1).stdout;
    assert!(told.contains("bad     database: the database is not available"), "{told}");
    assert!(told.contains("bad     blobs: "), "{told}");
}
