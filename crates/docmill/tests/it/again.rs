//! The same thing asked for twice, on the real server: a create whose answer was lost in a crash, and a directory that
//! did not change.

use std::process::Command;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::program::{Home, Running, client, signal};

const KEY: &str = "llx-a-key-that-only-tests-have";

fn serve(home: &Home) -> Command {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    command.env("DOCMILL_BOOTSTRAP_KEY", KEY).env("DOCMILL_LOG__LEVEL", "error");
    command
}

struct Server {
    running: Running,
    base: String,
}

impl Server {
    fn start(home: &Home) -> Self {
        let mut running = Running::start(serve(home));
        let base = running.line("listening on ");
        Self { running, base }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    async fn count(&self, list: &str) -> usize {
        self.json(self.request(Method::GET, list)).await["items"].as_array().unwrap().len()
    }

    /// Sends a create for the first time and kills the server at the first byte of its answer, which nobody gets: the
    /// commit is done, the client knows nothing.
    async fn die_answering(self, path: &str, kind: &str, body: &[u8]) {
        let mut stream = TcpStream::connect(self.base.trim_start_matches("http://")).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Type: {kind}\r\n\
             x-stainless-retry-count: 0\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
        stream.read_u8().await.unwrap();
        let Self { mut running, .. } = self;
        signal(&running.child, Signal::KILL);
        running.code();
    }
}

fn form(boundary: &str, part: &str, more: &str) -> Vec<u8> {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"b.txt\"\r\n\r\nbytes\r\n{more}--{boundary}--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_server_killed_before_its_answer_has_done_the_create_once() {
    let home = Home::new();
    let server = Server::start(&home);
    let made = server.request(Method::POST, "/api/v1/beta/directories").json(&json!({"name": "again"}));
    let directory = server.json(made).await["id"].as_str().unwrap().to_owned();
    let files = format!("/api/v1/beta/directories/{directory}/files");
    let batch = json!({
        "source_directory_id": directory,
        "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_FAST"}},
    });
    let parse = |boundary: &str| {
        let configuration = "{\"tier\":\"fast\",\"version\":\"latest\"}";
        let more = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"configuration\"\r\n\r\n{configuration}\r\n"
        );
        form(boundary, "file", &more)
    };
    // The boundary of a form differs from send to send, as the clients' does.
    let json_body = batch.to_string().into_bytes();
    let creates = [
        (format!("{files}/upload"), files.as_str(), 1, form("one", "upload_file", ""), form("two", "upload_file", "")),
        ("/api/v2/batches".to_owned(), "/api/v2/batches", 1, json_body.clone(), json_body),
        // One of them is the batch's.
        ("/api/v2/parse/upload".to_owned(), "/api/v2/parse", 2, parse("one"), parse("two")),
    ];
    let mut server = server;
    for (path, list, expected, first, second) in creates {
        let kind = |boundary| match path.ends_with("upload") {
            true => format!("multipart/form-data; boundary={boundary}"),
            false => "application/json".to_owned(),
        };
        server.die_answering(&path, &kind("one"), &first).await;
        server = Server::start(&home);
        let again = server.request(Method::POST, &path).header("x-stainless-retry-count", "1");
        let made = server.json(again.header("content-type", kind("two")).body(second)).await;
        assert!(made["id"].is_string(), "{path}: {made}");
        assert_eq!(server.count(list).await, expected, "{path}");
    }
}

async fn counter(server: &Server, name: &str) -> u64 {
    let text = server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name} in {text}"));
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn a_directory_that_did_not_change_is_not_read_again() {
    let home = Home::new();
    let server = Server::start(&home);
    let made = server.request(Method::POST, "/api/v1/beta/directories").json(&json!({"name": "same"}));
    let directory = server.json(made).await["id"].as_str().unwrap().to_owned();
    let upload = async |name: &str| {
        let part = Part::text(format!("The text of {name}.\n")).file_name(name.to_owned());
        let path = format!("/api/v1/beta/directories/{directory}/files/upload");
        server.json(server.request(Method::POST, &path).multipart(Form::new().part("upload_file", part))).await;
    };
    for number in 0..20 {
        upload(&format!("{number}.txt")).await;
    }
    let run = async || {
        let body = json!({
            "source_directory_id": directory,
            "config": {"job": {"type": "parse_v2", "configuration_id": "cfg-PARSE_COST_EFFECTIVE"}},
        });
        let batch = server.json(server.request(Method::POST, "/api/v2/batches").json(&body)).await;
        let path = format!("/api/v2/batches/{}", batch["id"].as_str().unwrap());
        // The stream ends with the batch, so reading it to its end is waiting for it.
        server.request(Method::GET, &format!("{path}/events")).send().await.unwrap().text().await.unwrap();
        server.json(server.request(Method::GET, &format!("{path}?expand=results"))).await
    };
    let first = run().await;
    assert_eq!((&first["status"], &first["counts"]["reused"]), (&json!("COMPLETED"), &json!(0)));
    let pages = counter(&server, "docmill_pages_read_total ").await;
    let readers = counter(&server, "docmill_readers_started_total ").await;
    assert_eq!(pages, 20);
    let second = run().await;
    assert_eq!((&second["status"], &second["counts"]["reused"]), (&json!("COMPLETED"), &json!(20)));
    assert_eq!(counter(&server, "docmill_pages_read_total ").await, pages, "nothing was read");
    assert_eq!(counter(&server, "docmill_readers_started_total ").await, readers, "no reader was started");
    let job = second["results"][7]["job_reference"]["id"].as_str().unwrap();
    let text = server.json(server.request(Method::GET, &format!("/api/v2/parse/{job}?expand=text_full"))).await;
    assert_eq!(text["text_full"].as_str().unwrap().trim(), "The text of 7.txt.");
    upload("new.txt").await;
    let third = run().await;
    assert_eq!((&third["counts"]["completed"], &third["counts"]["reused"]), (&json!(21), &json!(20)));
    assert_eq!(counter(&server, "docmill_pages_read_total ").await, pages + 1, "only the new one");
}
