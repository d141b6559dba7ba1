use docmill_model::limits::Limits;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::server::{KEY, Server, UUID, answer, batch_body, field};

const DIRECTORIES: &str = "/api/v1/beta/directories";

#[tokio::test]
async fn a_file_is_uploaded_read_listed_and_deleted() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let texts = [("display_name", "2024/a.pdf"), ("metadata", r#"{"kind": "invoice", "pages": 2, "tags": ["x"]}"#)];
    let made = server.upload(&directory, "a.pdf", b"%PDF-1.4", &texts).await.expect(200);
    assert!(made["id"].as_str().unwrap().starts_with("dfl-"));
    assert!(made["file_id"].as_str().unwrap().starts_with("fil-"));
    assert_eq!(made["directory_id"], json!(directory));
    assert_eq!((&made["display_name"], &made["unique_id"]), (&json!("2024/a.pdf"), &json!("a.pdf")));
    assert_eq!(made["metadata"], json!({"kind": "invoice", "pages": 2, "tags": ["x"]}));

    let path = format!("{DIRECTORIES}/{directory}/files/{}", made["id"].as_str().unwrap());
    assert_eq!(server.get(&path).await, made);
    let list = format!("{DIRECTORIES}/{directory}/files");
    for (query, expected) in [
        ("", 1),
        ("?display_name=2024/a.pdf", 1),
        ("?display_name=a.pdf", 0),
        ("?display_name_contains=24%2Fa", 1),
        ("?unique_id=a.pdf", 1),
        (&format!("?file_id={}", made["file_id"].as_str().unwrap()), 1),
        (&format!("?file_id=fil-{UUID}"), 0),
        ("?updated_at_on_or_after=2020-01-01T00:00:00%2B00:00", 1),
        ("?updated_at_on_or_after=2020-01-01T00:00:00+00:00", 1),
        ("?updated_at_on_or_before=2020-01-01T00:00:00Z", 0),
    ] {
        let listed = server.get(&format!("{list}{query}")).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), expected, "{query}");
    }
    assert_eq!(server.files_in("spool").len(), 0);

    assert_eq!(server.send("DELETE", &path, None).await.status, 204);
    for method in ["GET", "DELETE"] {
        server.send(method, &path, None).await.refused(404, "NOT_FOUND", "There is no directory file dfl-");
    }
    assert_eq!(server.get(&list).await["items"], json!([]));
}

#[tokio::test]
async fn names_stay_as_they_came() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let long = "x".repeat(3_000);
    // "é" in its composed and in its decomposed form are two names, as they are on Linux file systems.
    for name in ["b \u{e9}.pdf", "b e\u{301}.pdf", "2024/q1/a.pdf", "\u{65e5}\u{672c}.pdf", &long] {
        let made = server.upload(&directory, name, name.as_bytes(), &[]).await.expect(200);
        assert_eq!((&made["display_name"], &made["unique_id"]), (&json!(name), &json!(name)));
    }
    let made = server.upload(&directory, "a.pdf", b"x", &[("external_file_id", "erp-7")]).await.expect(200);
    assert_eq!(made["unique_id"], json!("erp-7"));
    let made = server.upload(&directory, "", b"no name", &[]).await.expect(200);
    assert_eq!(made["display_name"], json!("upload"));
}

#[tokio::test]
async fn a_duplicate_is_the_same_entry_only_with_the_same_content() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let first = server.upload(&directory, "a.pdf", b"one", &[]).await.expect(200);
    assert_eq!(server.upload(&directory, "a.pdf", b"one", &[]).await.expect(200), first, "a client's retry");
    let answer = server.upload(&directory, "a.pdf", b"two", &[]).await;
    answer.refused(409, "DUPLICATE_UNIQUE_ID", "other content");
    server.upload(&directory, "a.pdf", b"two", &[("unique_id", "a-2")]).await.expect(200);
    let listed = server.get(&format!("{DIRECTORIES}/{directory}/files")).await;
    assert_eq!(field(&listed, "unique_id"), ["a.pdf", "a-2"]);
    assert_eq!(server.files_in("blobs").len(), 2, "equal content is kept once, refused content not at all");
}

#[tokio::test]
async fn an_empty_file_is_taken_and_its_item_says_so() {
    let server = Server::start().await;
    let directory = server.directory().await;
    server.upload(&directory, "empty.pdf", b"", &[]).await.expect(200);
    let batch = server.batch(&directory).await;
    let batch = server.get(&format!("/api/v2/batches/{batch}?expand=results")).await;
    assert_eq!(batch["status"], json!("COMPLETED"));
    assert_eq!(batch["results"][0]["job_reference"], Value::Null);
    assert!(batch["results"][0]["error_message"].as_str().unwrap().starts_with("EMPTY_FILE: "));
}

#[tokio::test]
async fn bad_uploads_are_refused_and_leave_nothing() {
    let server = Server::start_with(Limits { upload_bytes_max: 100_000, ..Limits::default() }).await;
    let directory = server.directory().await;
    let long = "x".repeat(3_001);
    let large = vec![b'x'; 100_001];
    let check = async |name: &str, bytes: &[u8], texts: &[(&str, &str)], status: u16, code: &str, words: &str| {
        server.upload(&directory, name, bytes, texts).await.refused(status, code, words);
    };
    check(&long, b"x", &[], 422, "INVALID_REQUEST", "body.upload_file: string_too_long").await;
    check("a\u{7f}b", b"x", &[], 422, "INVALID_REQUEST", "control characters").await;
    check("a\tb", b"x", &[], 422, "INVALID_REQUEST", "body.upload_file: value_error").await;
    check("a\u{85}b", b"x", &[], 422, "INVALID_REQUEST", "body.upload_file: value_error").await;
    check("a", b"x", &[("display_name", "a\nb")], 422, "INVALID_REQUEST", "body.display_name: value_error").await;
    check("a", b"x", &[("display_name", &long)], 422, "INVALID_REQUEST", "body.display_name: string_too_long").await;
    check("a", b"x", &[("unique_id", "a\u{0}")], 422, "INVALID_REQUEST", "body.unique_id: value_error").await;
    check("a", b"x", &[("metadata", "[1]")], 422, "INVALID_REQUEST", "body.metadata: dict_type").await;
    check("a", b"x", &[("metadata", "{")], 422, "INVALID_REQUEST", "body.metadata: value_error").await;
    check("a", &large, &[], 413, "PAYLOAD_TOO_LARGE", "100000 bytes").await;

    let path = format!("{DIRECTORIES}/{directory}/files/upload");
    let form = Form::new().part("file", Part::bytes(b"x".to_vec()).file_name("a"));
    let refused = answer(server.request(KEY, "POST", &path).multipart(form)).await;
    refused.refused(422, "INVALID_REQUEST", "body.upload_file: missing Field required");
    let refused = answer(server.request(KEY, "POST", &path).json(&json!({}))).await;
    refused.refused(422, "INVALID_REQUEST", "multipart/form-data");
    let text = "x".repeat(3 * 1024 * 1024);
    let form = Form::new().text("display_name", text).part("upload_file", Part::bytes(b"x".to_vec()).file_name("a"));
    let refused = answer(server.request(KEY, "POST", &path).multipart(form)).await;
    refused.refused(413, "PAYLOAD_TOO_LARGE", "text parts");

    let unknown = format!("dir-{UUID}");
    server.upload(&unknown, "a", b"x", &[]).await.refused(404, "NOT_FOUND", "There is no directory");
    server.upload("bat-1", "a", b"x", &[]).await.refused(422, "INVALID_REQUEST", "path.directory_id");

    assert_eq!(server.files_in("spool").len() + server.files_in("blobs").len(), 0);
    assert_eq!(server.get(&format!("{DIRECTORIES}/{directory}/files")).await["items"], json!([]));
}

#[tokio::test]
async fn an_expired_directory_takes_no_file_and_no_batch() {
    let server = Server::start().await;
    let body = json!({"name": "a", "type": "ephemeral"});
    let made = server.post(DIRECTORIES, body).await;
    let directory = made["id"].as_str().unwrap();
    server.upload(directory, "a.txt", b"x", &[]).await.expect(200);
    server.clock.pass_ms(48 * 3_600_000);
    server.upload(directory, "b.txt", b"y", &[]).await.refused(409, "DIRECTORY_EXPIRED", "expired at");
    let refused = server.send("POST", "/api/v2/batches", Some(batch_body(directory, "cfg-PARSE_AGENTIC"))).await;
    refused.refused(409, "DIRECTORY_EXPIRED", "expired");
}

#[tokio::test]
async fn a_spool_out_of_reach_is_no_ones_fault_but_ours() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spool"), b"a file where the folder should be").unwrap();
    let server = Server::start_in(folder, Limits::default()).await;
    let directory = server.directory().await;
    let refused = server.upload(&directory, "a.txt", b"x", &[]).await;
    refused.refused(503, "BLOBS_UNAVAILABLE", "not available");
    assert_eq!((refused.header("retry-after"), refused.header("retry-after-ms")), ("2", "2000"));
    assert_eq!(server.files_in("blobs").len(), 0);
}
