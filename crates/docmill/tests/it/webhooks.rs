//! Webhooks from the real server to the real receiver.

use std::fs::{self, File};
use std::process::Command;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::program::{Home, Ran, Running, client, until};

const KEY: &str = "llx-a-key-that-only-tests-have";
const SECRET: &str = "only the two know it";

fn server(home: &Home) -> Running {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "warn");
    command.env("DOCMILL_NETWORK__ALLOWED_HOSTS", "[\"127.0.0.1\"]").env("DOCMILL_WEBHOOKS__FIRST_WAIT_MS", "50");
    Running::start(command)
}

fn listener(home: &Home, listen: &str, count: &str) -> Running {
    let arguments = ["webhook", "listen", "--listen", listen, "--secret", SECRET, "--count", count, "--json"];
    let command: Command = home.command(&arguments);
    Running::start_into(command, File::create(home.path("heard")).unwrap())
}

/// What the listener printed: `type status signature`, sorted.
fn heard(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.path("heard")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut heard: Vec<String> = lines
        .map(|line| {
            let part = |value: &Value| value.as_str().unwrap().to_owned();
            format!(
                "{} {} {}",
                part(&line["event"]["event_type"]),
                part(&line["event"]["data"]["status"]),
                part(&line["signature"])
            )
        })
        .collect();
    heard.sort();
    heard
}

async fn answer(request: RequestBuilder) -> Value {
    let response = request.bearer_auth(KEY).send().await.unwrap();
    let (status, body) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{status} {body}");
    serde_json::from_str(&body).unwrap()
}

/// A batch over one file, told to this address.
async fn batch(base: &str, hook: &str) -> String {
    let client = client();
    let post = |path: String| client.request(Method::POST, format!("{base}{path}"));
    let directories = "/api/v1/beta/directories".to_owned();
    let directory = answer(post(directories.clone()).json(&json!({"name": "told"}))).await;
    let directory = directory["id"].as_str().unwrap();
    let form = Form::new().part("upload_file", Part::bytes(b"One line.\n".to_vec()).file_name("a.txt"));
    answer(post(format!("{directories}/{directory}/files/upload")).multipart(form)).await;
    let body = json!({
        "source_directory_id": directory,
        "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}},
        "webhook_configurations": [{"webhook_url": hook, "webhook_signing_secret": SECRET}],
    });
    answer(post("/api/v2/batches".to_owned()).json(&body)).await["id"].as_str().unwrap().to_owned()
}

const EVENTS: [&str; 3] = [
    "batch.pending PENDING signature right",
    "batch.running RUNNING signature right",
    "batch.success COMPLETED signature right",
];

#[tokio::test]
async fn a_batch_is_told_to_the_listener() {
    let home = Home::new();
    let mut listener = listener(&home, "127.0.0.1:0", "3");
    let hook = listener.line("listening on ");
    let mut server = server(&home);
    batch(&server.line("listening on "), &hook).await;
    assert_eq!(listener.code(), Some(0), "{}", listener.said());
    assert_eq!(heard(&home), EVENTS);
}

#[tokio::test]
async fn what_a_killed_server_owes_is_told_by_the_next_one() {
    let home = Home::new();
    // Nobody listens there yet.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut first = server(&home);
    let base = first.line("listening on ");
    let id = batch(&base, &format!("http://{address}")).await;
    loop {
        let batch = answer(client().get(format!("{base}/api/v2/batches/{id}"))).await;
        if batch["status"] == "COMPLETED" {
            break;
        }
        tokio::task::yield_now().await;
    }
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let mut listener = listener(&home, &address.to_string(), "3");
    listener.line("listening on ");
    let _second = server(&home);
    until("the end of the listener", || listener.child.try_wait().unwrap());
    assert_eq!(heard(&home), EVENTS);
}

#[tokio::test]
async fn a_saved_webhook_is_listed_tested_and_its_deliveries_replayed() {
    let home = Home::new();
    let mut listener = listener(&home, "127.0.0.1:0", "2");
    let hook = listener.line("listening on ");
    let mut server = server(&home);
    let base = server.line("listening on ");
    let body = json!({"webhook_url": hook, "webhook_output_format": "json", "webhook_signing_secret": SECRET});
    let made = answer(client().post(format!("{base}/api/v1/beta/webhook-configs")).json(&body)).await;
    let id = made["id"].as_str().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        Ran::of(command.env("LLAMA_CLOUD_BASE_URL", &base).env("LLAMA_CLOUD_API_KEY", KEY).output().unwrap())
    };
    let listed = run(&["webhook", "ls"]).ended(0).stdout;
    assert!(listed.contains(id) && listed.contains(&hook) && listed.contains("yes"), "{listed}");
    let delivery = run(&["webhook", "test", id, "--event", "batch.success"]).ended(0).stdout;
    let log = ["webhook", "log", "--webhook", id, "--state", "delivered"];
    until("the delivery", || run(&log).ended(0).stdout.contains(delivery.trim()).then_some(()));
    run(&["webhook", "replay", delivery.trim()]).ended(0);
    assert_eq!(listener.code(), Some(0), "{}", listener.said());
    assert_eq!(heard(&home), ["batch.success TEST signature right"; 2]);
    run(&["webhook", "test", "whc-1"]).ended(2).says("whc-1");
    run(&["webhook", "replay", "whd-01890a5d-ac96-774b-bcce-b302099a8057"]).ended(1).says("no webhook delivery");
}
