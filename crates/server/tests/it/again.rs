//! Creates that a client sends again, as both SDKs do when an answer does not come: the same fields, and a count.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use docmill_model::limits::Limits;
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{KEY, Server, answer, batch_body, client};

const COUNT: &str = "x-stainless-retry-count";
const DIRECTORIES: &str = "/api/v1/beta/directories";

/// A proxy that passes every request on. Of the first it swallows the answer, of the second it drops the connection as
/// soon as the request is through; the others are served.
async fn lossy_proxy(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (upstream, seen) = (server.address.clone(), Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(pass(client, upstream.clone(), number));
        }
    });
    address
}

async fn pass(mut client: TcpStream, upstream: String, number: usize) {
    let request = read_request(&mut client).await;
    let mut server = TcpStream::connect(upstream).await.unwrap();
    server.write_all(&request).await.unwrap();
    let client = (number != 1).then_some(client);
    let mut said = Vec::new();
    // The request asks for a close, so the end of the answer is the end of the connection.
    server.read_to_end(&mut said).await.unwrap();
    if let Some(mut client) = client.filter(|_| number > 1) {
        client.write_all(&said).await.unwrap();
    }
}

/// Head and body of one request.
async fn read_request(client: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if bytes.len() >= end + length.trim().parse::<usize>().unwrap() {
                return bytes;
            }
        }
        assert!(client.read_buf(&mut bytes).await.unwrap() > 0, "the client sends whole requests");
    }
}

/// Sends a create until it is answered, counting as the SDKs do. Answers the body and how many sends it took.
async fn insist(build: impl Fn() -> RequestBuilder) -> (Value, u32) {
    for before in 0..6_u32 {
        let request = build().bearer_auth(KEY).header("connection", "close").header(COUNT, before.to_string());
        if let Ok(response) = request.send().await {
            assert_eq!(response.status(), 200);
            return (response.json().await.unwrap(), before + 1);
        }
    }
    panic!("no answer came")
}

fn form(part: &'static str, name: &str, texts: &[(&'static str, &str)]) -> Form {
    let mut form = Form::new().part(part, Part::bytes(name.as_bytes().to_vec()).file_name(name.to_owned()));
    for (name, text) in texts {
        form = form.text(*name, (*text).to_owned());
    }
    form
}

async fn count(server: &Server, list: &str) -> usize {
    server.get(list).await["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn every_create_whose_answers_are_lost_is_done_once() {
    let server = Server::start().await;
    let client = client();
    let directory = server.directory_of(&["a.txt"]).await;
    let files = format!("{DIRECTORIES}/{directory}/files");
    let file = server.get(&files).await["items"][0]["id"].as_str().unwrap().to_owned();
    let parse = json!({"tier": "fast", "version": "latest"});
    let json_creates = [
        (DIRECTORIES, DIRECTORIES, json!({"name": "again"})),
        ("/api/v1/beta/webhook-configs", "/api/v2/webhook-configs", json!({"webhook_url": "https://example.com/"})),
        ("/api/v2/batches", "/api/v2/batches", batch_body(&directory, "cfg-PARSE_AGENTIC")),
        ("/api/v2/parse", "/api/v2/parse", json!({"file_id": file, "tier": "fast", "version": "latest"})),
        (
            "/api/v2/extract",
            "/api/v2/extract",
            json!({"file_input": file, "configuration": {"data_schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}),
        ),
    ];
    for (path, list, body) in json_creates {
        let before = count(&server, list).await;
        let proxy = lossy_proxy(&server).await;
        let (made, sends) = insist(|| client.post(format!("http://{proxy}{path}")).json(&body)).await;
        assert_eq!(sends, 3, "{path}: two answers were lost");
        let id = made["id"].as_str().unwrap();
        // A batch makes jobs of its own, so the lists of jobs are looked at by id too.
        let listed = server.get(list).await;
        let same = listed["items"].as_array().unwrap().iter().filter(|item| item["id"] == json!(id)).count();
        assert_eq!((count(&server, list).await, same), (before + 1, 1), "{path}");
    }
    let (upload, parse) = (format!("{files}/upload"), parse.to_string());
    for (path, list, part, texts) in [
        (upload.as_str(), files.as_str(), "upload_file", ("unique_id", "x")),
        ("/api/v2/parse/upload", "/api/v2/parse", "file", ("configuration", parse.as_str())),
    ] {
        let before = count(&server, list).await;
        let proxy = lossy_proxy(&server).await;
        let send = || client.post(format!("http://{proxy}{path}")).multipart(form(part, "again.txt", &[texts]));
        let (_, sends) = insist(send).await;
        assert_eq!((sends, count(&server, list).await), (3, before + 1), "{path}");
    }
}

#[tokio::test]
async fn repeats_in_flight_together_make_one() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let body = batch_body(&directory, "cfg-PARSE_AGENTIC");
    for round in 0..10 {
        let configuration = ["cfg-PARSE_AGENTIC", "cfg-PARSE_FAST"][round % 2];
        let body = batch_body(&directory, configuration);
        let send =
            |before: u32| answer(server.request(KEY, "POST", "/api/v2/batches").header(COUNT, before).json(&body));
        let (one, two, three) = tokio::join!(send(1), send(2), send(3));
        let ids: Vec<Value> = [one, two, three].into_iter().map(|made| made.expect(200)["id"].clone()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(count(&server, "/api/v2/batches").await, 2);
    // Sent for the first time, it is another one that is meant.
    server.post("/api/v2/batches", body).await;
    assert_eq!(count(&server, "/api/v2/batches").await, 3);
}

#[tokio::test]
async fn a_slow_first_send_answers_what_its_repeat_made() {
    let server = Server::start().await;
    let body = json!({"name": "slow"}).to_string();
    let head = format!(
        "POST {DIRECTORIES} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n{COUNT}: 0\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut first = TcpStream::connect(&server.address).await.unwrap();
    first.write_all(head.as_bytes()).await.unwrap();
    // The server says 100 when it begins to read the body: by then it has noted when the request came.
    let mut said = [0; 25];
    first.read_exact(&mut said).await.unwrap();
    assert!(said.starts_with(b"HTTP/1.1 100 "), "{said:?}");
    server.clock.pass_ms(500);
    let repeat = server.request(KEY, "POST", DIRECTORIES).header(COUNT, 1).json(&json!({"name": "slow"}));
    let made = answer(repeat).await.expect(200);
    first.write_all(body.as_bytes()).await.unwrap();
    let mut late = String::new();
    first.read_to_string(&mut late).await.unwrap();
    assert!(late.starts_with("HTTP/1.1 200 ") && late.contains(made["id"].as_str().unwrap()), "{late}");
    assert_eq!(count(&server, DIRECTORIES).await, 1);
}

#[tokio::test]
async fn an_idempotency_key_is_for_one_request() {
    let server = Server::start_with(Limits { idempotency_key_chars_max: 8, ..Limits::default() }).await;
    let send = async |key: &str, body: Value| {
        answer(server.request(KEY, "POST", DIRECTORIES).header("Idempotency-Key", key).json(&body)).await
    };
    let one = send("k1", json!({"name": "one"})).await.expect(200);
    assert_eq!(send("k1", json!({"name": "one"})).await.expect(200)["id"], one["id"]);
    send("k1", json!({"name": "other"})).await.refused(422, "IDEMPOTENCY_KEY_REUSED", "used before");
    send("", json!({"name": "x"})).await.refused(422, "INVALID_REQUEST", "1 to 8");
    send("123456789", json!({"name": "x"})).await.refused(422, "INVALID_REQUEST", "1 to 8");
    // What was refused is not remembered: the same key may carry the corrected request.
    send("k2", json!({"nmae": "typo"})).await.refused(422, "INVALID_REQUEST", "name");
    send("k2", json!({"name": "two"})).await.expect(200);
    server.clock.pass_ms(600_000);
    assert_ne!(send("k1", json!({"name": "one"})).await.expect(200)["id"], one["id"]);
    assert_eq!(count(&server, DIRECTORIES).await, 3);
}
