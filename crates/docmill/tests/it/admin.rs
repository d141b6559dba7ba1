//! `docmill admin` on real data folders, with and without a server on them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::program::{Home, Ran};
use crate::server::{KEY, Server, serve, text};

/// `docmill admin ... --json` in this home.
fn admin(home: &Home, data: &str, arguments: &[&str]) -> Ran {
    home.run(&[&["admin", "--data", data, "--json"], arguments].concat())
}

fn serve_on(home: &Home, data: &str) -> std::process::Command {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error").env("DOCMILL_SERVER__UNREADY_MS", "0");
    command
}

/// The way of docs/OPERATING.md: data, a backup while a batch runs, a second one on top of it, and a server on what was
/// restored, which ends the batch.
#[tokio::test]
async fn a_backup_made_while_a_batch_runs_is_restored_and_goes_on() {
    let home = Home::new();
    let server = Server::start(serve(&home));
    let directory = server.directory().await;
    let mut journal = Journal::new(&home);
    for number in 0..120 {
        let content =
            format!("This is file number {number}.\n\n{}", "One more line that has to be read.\n".repeat(800));
        journal.upload(&server, &directory, &format!("{number}.txt"), &content).await.unwrap();
    }
    let batch = journal.batch(&server, &directory).await.unwrap();
    server.batch_when(&batch, "a part", |batch| batch["counts"]["completed"].as_u64() > Some(5)).await;
    let first = admin(&home, "data", &["backup", "backup"]).ended(0);
    let first: Value = serde_json::from_str(&first.stdout).unwrap();
    server.batch_when(&batch, "more", |batch| batch["counts"]["completed"].as_u64() > Some(40)).await;
    // Results that go while the folder still has them: the backup is brought up to date and loses them too.
    let done = server.get("/api/v2/parse?status=COMPLETED&page_size=1").await;
    let gone = text(&done["items"][0]["id"]);
    let deleted = server.request(Method::DELETE, &format!("/api/v2/parse/{gone}")).send().await.unwrap();
    assert!(deleted.status().is_success(), "{}", deleted.text().await.unwrap());
    let second = admin(&home, "data", &["backup", "backup"]).ended(0);
    let second: Value = serde_json::from_str(&second.stdout).unwrap();
    let number = |told: &Value, name: &str| told[name].as_u64().unwrap();
    assert!(number(&first, "objects") > 120, "files, and results of some: {first}");
    assert!(number(&second, "copied") < number(&second, "objects"), "what was there is not copied again: {second}");
    server.kill();

    let restored = admin(&home, "restored", &["restore", "backup"]).ended(0);
    let restored: Value = serde_json::from_str(&restored.stdout).unwrap();
    assert_eq!((&restored["batches"], &restored["objects"]), (&json!(1), &second["objects"]));
    journal.recount(&home.path("restored"), false).await;
    let server = Server::start(serve_on(&home, "restored"));
    let ended = server.ended(&batch).await;
    assert_eq!(ended["counts"]["total"], 120);
    server.stop();
    journal.recount(&home.path("restored"), true).await;
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_not_restored() {
    let home = Home::new();
    let server = Server::start(serve(&home));
    let directory = server.directory().await;
    let mut journal = Journal::new(&home);
    journal.upload(&server, &directory, "a.txt", "Some words.\n").await.unwrap();
    server.stop();
    admin(&home, "data", &["backup", "backup"]).ended(0);
    admin(&home, "data", &["restore", "backup"]).ended(2).says("error: `data` is not empty");
    admin(&home, "new", &["restore", "nothing"]).ended(2).says("is no whole backup");
    admin(&home, "nothing", &["backup", "other"]).ended(1).says("`nothing` holds no store");

    let blob = walk(&home.path("backup/blobs")).into_iter().next().unwrap();
    std::fs::write(&blob, "Other words\n").unwrap();
    admin(&home, "new", &["restore", "backup"]).ended(1).says("error: the backup is damaged: `files/");
    assert!(!home.path("new/docmill.sqlite").exists(), "a store that cannot be whole is not made");
    // The next backup does not look into a file whose size is right; one that is gone comes back.
    std::fs::remove_file(&blob).unwrap();
    admin(&home, "data", &["backup", "backup"]).ended(0);
    admin(&home, "newer", &["restore", "backup"]).ended(0);
    journal.recount(&home.path("newer"), true).await;
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// A web server that takes requests and never answers: a job that fetches from it runs until something stops it.
pub async fn silent_site() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/never.txt", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn a_job_that_hangs_is_listed_and_put_back_at_no_cost() {
    let home = Home::new();
    let (site, url) = silent_site().await;
    let mut command = serve(&home);
    command.env("DOCMILL_NETWORK__ALLOWED_HOSTS", "[\"127.0.0.1\"]").env("DOCMILL_RUN__LEASE_MS", "3000");
    let server = Server::start(command);
    let job = server.post("/api/v2/parse", json!({"source_url": url, "tier": "fast", "version": "latest"})).await;
    let job = text(&job["id"]);
    let _first = site.accept().await.unwrap();
    let listed = |older: &str| admin(&home, "data", &["stuck", "--older", older]).ended(0).stdout;
    assert_eq!(listed("3600"), "", "a job that only just began is not stuck");
    let stuck: Value = serde_json::from_str(&listed("0")).unwrap();
    assert_eq!((&stuck["id"], &stuck["why"], &stuck["attempts"]), (&json!(job), &json!("runs long"), &json!(1)));

    admin(&home, "data", &["requeue", &job]).ended(0);
    // The worker hears of it at its next heartbeat, lets go of the first attempt, and begins the second one.
    let _second = site.accept().await.unwrap();
    let stuck: Value = serde_json::from_str(&listed("3600")).unwrap();
    let told = ["why", "attempts", "strikes", "expiries"].map(|name| stuck[name].clone());
    assert_eq!(told, [json!("tried before"), json!(2), json!(0), json!(0)]);
    admin(&home, "data", &["requeue", "pjb-00000000-0000-4000-8000-000000000000"]).ended(1).says("there is no job");
    admin(&home, "data", &["requeue", "nonsense"]).ended(2).says("is not a job id");
    server.request(Method::POST, &format!("/api/v2/parse/{job}/cancel")).send().await.unwrap();
    crate::server::until("the end of the job", || async {
        let job = server.get(&format!("/api/v2/parse/{job}")).await;
        (job["status"] == "CANCELLED").then_some(())
    })
    .await;
    let refused = admin(&home, "data", &["requeue", &job]);
    refused.ended(1).says("only a job that waits or runs can be put back");
}

#[tokio::test]
async fn a_drain_waits_for_the_end_of_the_server() {
    let home = Home::new();
    let mut server = Server::start(serve(&home));
    admin(&home, "data", &["drain"]).ended(0).says("was asked to stop");
    assert_eq!(server.running.code(), Some(0));
    admin(&home, "data", &["drain"]).ended(0).says("no server runs on this data folder");
}
