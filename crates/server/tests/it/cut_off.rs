//! Requests that no well-behaved client sends, over bare TCP.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{KEY, Server};

/// Sends bytes, says that no more will come when it is not `complete`, and reads what the server answers until it
/// closes.
async fn send(server: &Server, bytes: &[u8], complete: bool) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    if !complete {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Waits until the server has let go of every file of the upload: the connection may close a moment before.
async fn until_nothing_is_left(server: &Server) {
    let gone = async {
        while server.files_in("spool").len() + server.files_in("blobs").len() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("something of the upload is left");
}

fn upload(directory: &str, length: usize, body: &str) -> String {
    format!(
        "POST /api/v1/beta/directories/{directory}/files/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {KEY}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

const PART: &str = "--b\r\nContent-Disposition: form-data; name=\"upload_file\"; filename=\"a.pdf\"\r\n\r\n";

#[tokio::test]
async fn a_cut_off_upload_leaves_no_trace() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let half = format!("{PART}{}", "x".repeat(500_000));
    let no_end = format!("{PART}some bytes\r\n--b");
    for (length, body) in [
        (1_000_000, half.as_str()),
        (half.len(), &half),
        (no_end.len(), &no_end),
        (500, "--b\r\nContent-Disp"),
        (12, "no form here"),
        (0, ""),
    ] {
        let complete = length == body.len();
        let answer = send(&server, upload(&directory, length, body).as_bytes(), complete).await;
        // A client that broke off in the middle may not be answered any more; one that sent all it promised is.
        let answered = answer.starts_with("HTTP/1.1 400 ") && answer.contains("UPLOAD_INCOMPLETE");
        assert!(answered || (!complete && answer.is_empty()), "{length}: {answer}");
        until_nothing_is_left(&server).await;
    }
    assert_eq!(server.get(&format!("/api/v1/beta/directories/{directory}/files")).await["items"], json!([]));
}

#[tokio::test]
async fn a_part_header_without_end_is_not_kept_in_memory() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let body = format!("--b\r\nContent-Disposition: {}", "x".repeat(5 * 1024 * 1024));
    let answer = send(&server, upload(&directory, body.len(), &body).as_bytes(), true).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("PAYLOAD_TOO_LARGE"), "{answer}");
}

#[tokio::test]
async fn a_json_body_cut_off_is_no_request() {
    let server = Server::start().await;
    let request = format!(
        "POST /api/v1/beta/directories HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Length: 100\r\n\r\n{{\"name\": \"a\""
    );
    let answer = send(&server, request.as_bytes(), false).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(server.get("/api/v1/beta/directories").await["items"], json!([]));
}

/// One answer, up to the end of its body; what came after it stays in the connection.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        bytes.push(stream.read_u8().await.unwrap());
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if length == Some(body.len()) {
            return text;
        }
    }
}

fn post(path: &str, key: &str, length: usize, more: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {length}\r\n{more}\r\n")
}

#[tokio::test]
async fn a_refusal_before_the_body_leaves_the_connection_usable() {
    let server = Server::start().await;
    let body = "x".repeat(3_000_000);
    for (path, key, status) in [
        ("/api/v2/parse", "llx-wrong", "401"),
        ("/api/v1/nothing", KEY, "404"),
        ("/api/v2/batches/no-id/cancel", KEY, "422"),
        ("/healthz", KEY, "405"),
        ("/api/v2/classify", KEY, "501"),
    ] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        for _ in 0..2 {
            stream.write_all(post(path, key, body.len(), "").as_bytes()).await.unwrap();
            stream.write_all(body.as_bytes()).await.unwrap();
            let answer = answer(&mut stream).await;
            assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{path}: {answer}");
            assert!(!answer.contains("connection: close"), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_refusal_says_when_the_connection_ends() {
    let server = Server::start().await;
    let request = post("/api/v2/parse", "llx-wrong", 3, "Expect: 100-continue\r\n");
    let answer = send(&server, request.as_bytes(), true).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 401 ") && answer.contains("connection: close"), "{answer}");
}
