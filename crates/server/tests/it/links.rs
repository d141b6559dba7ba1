//! Signed links: what they give, to whom, and for how long.

use axum::extract::Request;
use docmill_model::limits::Limits;
use docmill_model::results::JobResult;
use docmill_server::Site;
use docmill_store::{Keys, Outcome};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::server::{Answer, OTHER_KEY, Server, UUID, answer};

const FILES: &str = "/api/v1/beta/files";

/// A stored file of this name and content: its id.
async fn stored(server: &Server, name: &str, bytes: &[u8]) -> String {
    let directory = server.directory().await;
    let made = server.upload(&directory, name, bytes, &[]).await.expect(200);
    made["file_id"].as_str().unwrap().to_owned()
}

async fn link(server: &Server, file: &str, query: &str) -> String {
    let made = server.get(&format!("{FILES}/{file}/content{query}")).await;
    assert_eq!(made["form_fields"], Value::Null);
    made["url"].as_str().unwrap().to_owned()
}

/// A request without a key.
async fn fetch(method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    let method: Method = method.parse().unwrap();
    let request = reqwest::Client::new().request(method, url);
    answer(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn a_link_gives_the_bytes_without_a_key_until_it_expires() {
    let server = Server::start().await;
    let file = stored(&server, "2024/caf\u{e9}.txt", b"0123456789").await;
    let before = docmill_store::Clock::now(server.clock.as_ref());
    let made = server.get(&format!("{FILES}/{file}/content")).await;
    let expires: docmill_model::Timestamp = made["expires_at"].as_str().unwrap().parse().unwrap();
    assert!((3_599_000..=3_600_000).contains(&expires.since_ms(before)), "an hour by default");
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/files/prj-", server.address)), "{url}");

    let whole = fetch("GET", url, &[]).await;
    assert_eq!((whole.status, &whole.body), (200, &json!("0123456789")));
    let name = "attachment; filename=\"caf_.txt\"; filename*=UTF-8''caf%C3%A9%2Etxt";
    for (header, expected) in [
        ("content-length", "10"),
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", name),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox"),
    ] {
        assert_eq!(whole.header(header), expected, "{header}");
    }
    let head = fetch("HEAD", url, &[]).await;
    assert_eq!((head.status, head.header("content-length"), &head.body), (200, "10", &json!("")));
    assert_eq!(head.header("etag"), whole.header("etag"));

    server.clock.pass_ms(expires.since_ms(before) - 1);
    fetch("GET", url, &[]).await.expect(200);
    server.clock.pass_ms(1);
    fetch("GET", url, &[]).await.refused(403, "LINK_EXPIRED", "The link expired at ");
}

#[tokio::test]
async fn a_caller_chooses_the_lifetime_within_the_limit() {
    let limits = Limits { link_lifetime_ms_max: 120_000, link_lifetime_ms: 60_000, ..Limits::default() };
    let server = Server::start_with(limits).await;
    let file = stored(&server, "a.txt", b"x").await;
    let url = link(&server, &file, "?expires_at_seconds=120").await;
    server.clock.pass_ms(118_900);
    fetch("GET", &url, &[]).await.expect(200);
    server.clock.pass_ms(1_100);
    fetch("GET", &url, &[]).await.refused(403, "LINK_EXPIRED", "expired");
    for given in ["0", "-1", "121", "1.5", "soon", "99999999999999999999"] {
        let answer = server.send("GET", &format!("{FILES}/{file}/content?expires_at_seconds={given}"), None).await;
        answer.refused(422, "INVALID_REQUEST", "query.expires_at_seconds: value_error Value error, a link lives for");
    }
}

#[tokio::test]
async fn ranges_and_known_tags_are_honoured() {
    let server = Server::start().await;
    let url = link(&server, &stored(&server, "a.bin", b"abcdefghij").await, "").await;
    let tag = fetch("HEAD", &url, &[]).await.header("etag").to_owned();
    let check = async |headers: &[(&str, &str)], status: u16, content_range: &str, body: &str| {
        let answer = fetch("GET", &url, headers).await;
        assert_eq!((answer.status, answer.header("content-range")), (status, content_range), "{headers:?}");
        if status != 416 {
            assert_eq!(answer.body, json!(body), "{headers:?}");
        }
    };
    check(&[("range", "bytes=2-4")], 206, "bytes 2-4/10", "cde").await;
    check(&[("range", "bytes=-2")], 206, "bytes 8-9/10", "ij").await;
    check(&[("range", "bytes=7-")], 206, "bytes 7-9/10", "hij").await;
    check(&[("range", "bytes=0-0,2-3")], 200, "", "abcdefghij").await;
    check(&[("range", "bytes=2-4"), ("if-range", &tag)], 206, "bytes 2-4/10", "cde").await;
    check(&[("range", "bytes=2-4"), ("if-range", "\"other\"")], 200, "", "abcdefghij").await;
    check(&[("if-none-match", &tag)], 304, "", "").await;
    check(&[("if-none-match", &format!("\"x\", W/{tag}"))], 304, "", "").await;
    check(&[("if-none-match", "\"x\"")], 200, "", "abcdefghij").await;
    check(&[("range", "bytes=10-")], 416, "bytes */10", "").await;
    fetch("GET", &url, &[("range", "bytes=99-")]).await.refused(416, "RANGE_NOT_SATISFIABLE", "last of 10 bytes");

    let empty = link(&server, &stored(&server, "empty", b"").await, "").await;
    let answer = fetch("GET", &empty, &[]).await;
    assert_eq!((answer.status, answer.header("content-length"), &answer.body), (200, "0", &json!("")));
}

#[tokio::test]
async fn an_altered_link_is_refused() {
    let server = Server::start().await;
    let file = stored(&server, "a.txt", b"x").await;
    let other = stored(&server, "b.txt", b"y").await;
    let url = link(&server, &file, "").await;
    let (path, query) = url.split_once('?').unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let digit = if signature.ends_with('0') { "1" } else { "0" };
    let flipped = format!("{path}?{expires}&{}{digit}", &signature[..signature.len() - 1]);
    let elsewhere = link(&server, &other, "").await;
    for altered in [
        path.to_owned(),
        format!("{path}?{signature}"),
        format!("{path}?{expires}"),
        format!("{path}?{expires}0&{signature}"),
        format!("{url}&download=1"),
        format!("{url}00"),
        format!("{path}?{expires}&signature="),
        format!("{path}?{expires}&signature=zz"),
        flipped,
        format!("{}?{query}", elsewhere.split_once('?').unwrap().0),
        url.replace(&file, &format!("fil-{UUID}")),
        url.replace(&file, "x"),
        url.replace("/files/", "/outputs/").replace("fil-", "pjb-"),
        url.replace("/prj-", "/x-"),
    ] {
        let answer = fetch("GET", &altered, &[]).await;
        if answer.status == 404 {
            answer.refused(404, "NOT_FOUND", "nothing at this path");
            assert!(altered.contains("/outputs/"), "{altered}");
        } else {
            answer.refused(403, "LINK_INVALID", "altered");
        }
    }
    fetch("PUT", &url, &[]).await.refused(405, "METHOD_NOT_ALLOWED", "does not take PUT");
}

#[tokio::test]
async fn links_are_made_and_kept_for_what_the_project_has() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let made = server.upload(&directory, "a.txt", b"x", &[]).await.expect(200);
    let (entry, file) = (made["id"].as_str().unwrap(), made["file_id"].as_str().unwrap());
    for id in [entry, file, entry.trim_start_matches("dfl-"), file.trim_start_matches("fil-")] {
        fetch("GET", &link(&server, id, "").await, &[]).await.expect(200);
    }
    for (key, id) in
        [(OTHER_KEY, file.to_owned()), (OTHER_KEY, entry.to_owned()), (crate::server::KEY, UUID.to_owned())]
    {
        let answer = server.send_as(key, "GET", &format!("{FILES}/{id}/content"), None).await;
        answer.refused(404, "NOT_FOUND", "There is no file ");
    }
    let wrong = server.send("GET", &format!("{FILES}/{directory}/content"), None).await;
    wrong.refused(422, "INVALID_REQUEST", "path.file_id: value_error");

    let url = link(&server, file, "").await;
    server.send("DELETE", &format!("/api/v1/beta/directories/{directory}/files/{entry}"), None).await;
    fetch("GET", &url, &[]).await.refused(404, "NOT_FOUND", "was deleted");
}

#[tokio::test]
async fn links_outlive_one_rotation_of_their_key() {
    let server = Server::start().await;
    let file = stored(&server, "a.txt", b"x").await;
    let week = "?expires_at_seconds=604800";
    let first = link(&server, &file, week).await;
    server.clock.pass_ms(600_000_000);
    let second = link(&server, &file, week).await;
    // Past the age of the key: the next link is signed with a new one.
    server.clock.pass_ms(4_900_000);
    let third = link(&server, &file, week).await;
    for url in [&second, &third] {
        fetch("GET", url, &[]).await.expect(200);
    }
    fetch("GET", &first, &[]).await.refused(403, "LINK_EXPIRED", "expired");
    server.clock.pass_ms(604_800_001);
    link(&server, &file, week).await;
    fetch("GET", &first, &[]).await.refused(403, "LINK_INVALID", "altered");
}

#[tokio::test]
async fn what_a_finished_job_wrote_has_links_too() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    server.batch(&directory).await;
    let job = server.claim(1).await.remove(0);
    let outputs = docmill_store::outputs_prefix(job.id, job.attempt);
    server.blobs.put(&format!("{outputs}/assets/page 1.png"), "not really".into()).await.unwrap();
    let project = server.store.project_default().await.unwrap().id;
    let path = format!("/outputs/{project}/{}/assets/page%201.png", job.id);
    let url = signed(&server, &path).await;
    fetch("GET", &url, &[]).await.refused(404, "NOT_FOUND", "has no output `assets/page 1.png`");
    server.finish(&job, Outcome::Completed(JobResult::default())).await;
    let whole = fetch("GET", &url, &[]).await;
    assert_eq!((whole.status, whole.header("content-type"), &whole.body), (200, "image/png", &json!("not really")));
    let part = fetch("GET", &url, &[("range", "bytes=0-2")]).await;
    assert_eq!((part.status, &part.body), (206, &json!("not")));

    let missing = signed(&server, &format!("/outputs/{project}/{}/assets/x.png", job.id)).await;
    fetch("GET", &missing, &[]).await.refused(404, "NOT_FOUND", "has no output");
    let climbing = signed(&server, &format!("/outputs/{project}/{}/..%2Fx.png", job.id)).await;
    fetch("GET", &climbing, &[]).await.refused(403, "LINK_INVALID", "altered");
    let swapped = url.replace("page%201", "page%202");
    fetch("GET", &swapped, &[]).await.refused(403, "LINK_INVALID", "altered");
    let foreign = signed(&server, &path.replace(&project.to_string(), &format!("prj-{UUID}"))).await;
    fetch("GET", &foreign, &[]).await.refused(404, "NOT_FOUND", "has no output");
}

/// A link made here, by what the documentation of `app/links.rs` says about it.
async fn signed(server: &Server, path: &str) -> String {
    let keys = server.store.signing_keys(i64::MAX).await.unwrap();
    let expires_s = docmill_store::Clock::now(server.clock.as_ref()).0 / 1_000 + 60;
    let text = format!("docmill link 1\nGET\n{path}\nexpires={expires_s}");
    let signature =
        Hmac::<Sha256>::new_from_slice(keys.current.secret.as_bytes()).unwrap().chain_update(text.as_bytes());
    let hex: String = signature.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("http://{}{path}?expires={expires_s}&signature={hex}", server.address)
}

/// A reverse proxy that serves `server` below `/mill`, and says so in forwarding headers. Its address.
async fn proxy(server: &Server) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (upstream, public) = (server.address.clone(), address.clone());
    let forward = move |request: Request| {
        let (upstream, public) = (upstream.clone(), public.clone());
        async move {
            let rest = request.uri().path_and_query().unwrap().as_str().strip_prefix("/mill").unwrap().to_owned();
            let (parts, body) = request.into_parts();
            let mut headers = parts.headers;
            headers.remove("host");
            let sent = reqwest::Client::new()
                .request(parts.method, format!("http://{upstream}{rest}"))
                .headers(headers)
                .header("x-forwarded-proto", "http")
                .header("x-forwarded-host", public)
                .header("x-forwarded-prefix", "/mill")
                .body(axum::body::to_bytes(body, 1_000_000).await.unwrap())
                .send()
                .await
                .unwrap();
            let (status, headers) = (sent.status(), sent.headers().clone());
            (status, headers, sent.bytes().await.unwrap())
        }
    };
    tokio::spawn(async { axum::serve(listener, axum::Router::new().fallback(forward)).await });
    address
}

#[tokio::test]
async fn links_work_through_a_proxy_with_another_host_and_a_prefix() {
    for (trusted, public_url) in [(true, false), (false, false), (false, true)] {
        let networks = if trusted { vec!["127.0.0.0/8".parse().unwrap()] } else { Vec::new() };
        let site = Site::new(if public_url { "https://docs.example/mill/" } else { "" }, networks).unwrap();
        let server = Server::start_at(tempfile::tempdir().unwrap(), Limits::default(), site).await;
        let file = stored(&server, "a.txt", b"through the proxy").await;
        let proxy = proxy(&server).await;
        let request = reqwest::Client::new().get(format!("http://{proxy}/mill{FILES}/{file}/content"));
        let made = answer(request.bearer_auth(crate::server::KEY)).await.expect(200);
        let url = made["url"].as_str().unwrap();
        let (base, reached) = match (trusted, public_url) {
            (true, _) => (format!("http://{proxy}/mill/files/"), url.to_owned()),
            (_, true) => (
                "https://docs.example/mill/files/".to_owned(),
                url.replace("https://docs.example", &format!("http://{proxy}")),
            ),
            _ => (format!("http://{}/files/", server.address), url.to_owned()),
        };
        assert!(url.starts_with(&base), "{url}");
        assert_eq!(fetch("GET", &reached, &[]).await.expect(200), json!("through the proxy"));
    }
}

#[tokio::test]
async fn a_request_without_host_gets_no_link() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::start().await;
    let file = stored(&server, "a.txt", b"x").await;
    let mut connection = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    let key = crate::server::KEY;
    let request = format!("GET {FILES}/{file}/content HTTP/1.0\r\nauthorization: Bearer {key}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    connection.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.0 422 ") && text.contains("no Host header"), "{text}");
    assert!(text.contains("\"code\":\"INVALID_REQUEST\""), "{text}");
}
