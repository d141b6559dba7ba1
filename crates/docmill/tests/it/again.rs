//! A crash between the commit of a create and its answer, on the real server.

use std::process::Command;

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
