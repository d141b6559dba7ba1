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
    answer.refused(409, "DUPLICATE_UNIQUE_ID", "with this unique_id");
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

#[tokio::test]
async fn a_stored_file_is_added_to_directories() {
    let server = Server::start().await;
    let (first, second) = (server.directory().await, server.directory().await);
    let uploaded = server.upload(&first, "2024/a.pdf", b"x", &[("external_file_id", "erp-7")]).await.expect(200);
    let add = async |directory: &str, body: Value| {
        server.send("POST", &format!("{DIRECTORIES}/{directory}/files"), Some(body)).await
    };
    let added = add(&second, json!({"file_id": uploaded["file_id"]})).await.expect(200);
    assert_eq!((&added["file_id"], &added["directory_id"]), (&uploaded["file_id"], &json!(second)));
    assert_eq!((&added["display_name"], &added["unique_id"]), (&json!("a.pdf"), &json!("erp-7")));
    assert_eq!((&added["metadata"], &added["download_url"]), (&json!({}), &Value::Null));
    let again = add(&second, json!({"file_id": uploaded["id"]})).await.expect(200);
    assert_eq!(again["id"], added["id"], "by its entry, and the same again");
    let body = json!({
        "file_id": uploaded["file_id"], "display_name": "b", "unique_id": "b", "metadata": {"k": ["x"], "n": null}
    });
    let named = add(&second, body).await.expect(200);
    assert_eq!((&named["display_name"], &named["metadata"]), (&json!("b"), &json!({"k": ["x"], "n": null})));
    let list = format!("{DIRECTORIES}/{second}/files");
    for id in [&uploaded["file_id"], &uploaded["id"], &added["id"]] {
        let listed = server.get(&format!("{list}?file_id={}", id.as_str().unwrap())).await;
        assert_eq!(field(&listed, "unique_id"), ["erp-7", "b"], "{id}");
    }
    // The bytes stay as long as one entry does.
    server.send("DELETE", &format!("{DIRECTORIES}/{first}"), None).await;
    let expanded = server.get(&format!("{list}?expand=download_url&page_size=1")).await;
    let link = expanded["items"][0]["download_url"]["url"].as_str().unwrap();
    assert_eq!(answer(reqwest::Client::new().get(link)).await.expect(200), json!("x"));
}

#[tokio::test]
async fn bad_additions_are_refused() {
    let server = Server::start().await;
    let directory = server.directory().await;
    let taken = server.upload(&directory, "a", b"x", &[]).await.expect(200);
    let other = server.upload(&directory, "b", b"y", &[]).await.expect(200);
    let (file, other) = (taken["file_id"].clone(), other["file_id"].clone());
    let long = "x".repeat(3_001);
    let big = "x".repeat(17_000);
    for (body, status, code, words) in [
        (json!({}), 422, "INVALID_REQUEST", "body.file_id: missing"),
        (json!({"file_id": "x"}), 422, "INVALID_REQUEST", "body.file_id: value_error"),
        (json!({"file_id": format!("pjb-{UUID}")}), 422, "INVALID_REQUEST", "body.file_id: value_error"),
        (json!({"file_id": file, "colour": 1}), 422, "INVALID_REQUEST", "body.colour: extra_forbidden"),
        (json!({"file_id": file, "display_name": ""}), 422, "INVALID_REQUEST", "body.display_name: string_too_short"),
        (json!({"file_id": file, "unique_id": long}), 422, "INVALID_REQUEST", "body.unique_id: string_too_long"),
        (json!({"file_id": file, "display_name": "a\nb"}), 422, "INVALID_REQUEST", "body.display_name: value_error"),
        (json!({"file_id": file, "metadata": []}), 422, "INVALID_REQUEST", "body.metadata: dict_type"),
        (json!({"file_id": file, "metadata": {"k": {}}}), 422, "INVALID_REQUEST", "body.metadata.k"),
        (json!({"file_id": file, "metadata": {"k": big}}), 422, "INVALID_REQUEST", "bytes of metadata"),
        (json!({"file_id": format!("fil-{UUID}")}), 404, "NOT_FOUND", "There is no file fil-"),
        (json!({"file_id": other, "unique_id": "a"}), 409, "DUPLICATE_UNIQUE_ID", "with this unique_id"),
    ] {
        server.send("POST", &format!("{DIRECTORIES}/{directory}/files"), Some(body)).await.refused(status, code, words);
    }
    let unknown = format!("{DIRECTORIES}/dir-{UUID}/files");
    let refused = server.send("POST", &unknown, Some(json!({"file_id": file}))).await;
    refused.refused(404, "NOT_FOUND", "There is no directory");
    let path = format!("{DIRECTORIES}/{directory}/files");
    let refused = server.send_as(crate::server::OTHER_KEY, "POST", &path, Some(json!({"file_id": file}))).await;
    refused.refused(404, "NOT_FOUND", "There is no directory");
}

#[tokio::test]
async fn a_directory_file_is_renamed_and_moved() {
    let server = Server::start().await;
    let (first, second) = (server.directory().await, server.directory().await);
    let entry = server.upload(&first, "a", b"x", &[("metadata", r#"{"k": 1, "l": 2}"#)]).await.expect(200);
    server.upload(&first, "b", b"y", &[]).await.expect(200);
    server.upload(&second, "a", b"z", &[]).await.expect(200);
    let id = entry["id"].as_str().unwrap();
    let patch = async |directory: &str, body: Value| {
        server.send("PATCH", &format!("{DIRECTORIES}/{directory}/files/{id}"), Some(body)).await
    };
    server.clock.pass_ms(5);
    let renamed =
        patch(&first, json!({"display_name": "2024/n", "unique_id": null, "metadata": null})).await.expect(200);
    assert_eq!((&renamed["display_name"], &renamed["unique_id"]), (&json!("2024/n"), &json!("a")));
    assert_eq!(renamed["metadata"], json!({"k": 1, "l": 2}), "null is not given");
    assert_ne!(renamed["updated_at"], entry["updated_at"]);
    let changed = patch(&first, json!({"metadata": {"m": true}})).await.expect(200);
    assert_eq!(changed["metadata"], json!({"m": true}), "all of it is replaced");
    assert_eq!(patch(&first, json!({"unique_id": "a"})).await.expect(200)["unique_id"], json!("a"), "its own");

    let expired = server.post(DIRECTORIES, json!({"name": "e", "type": "ephemeral"})).await["id"].clone();
    server.clock.pass_ms(48 * 3_600_000);
    let long = "x".repeat(3_001);
    for (body, status, code, words) in [
        (json!({"unique_id": "b"}), 409, "DUPLICATE_UNIQUE_ID", "with this unique_id"),
        (json!({"target_directory_id": second}), 409, "DUPLICATE_UNIQUE_ID", "with this unique_id"),
        (json!({"target_directory_id": expired}), 409, "DIRECTORY_EXPIRED", "expired at"),
        (json!({"target_directory_id": format!("dir-{UUID}")}), 404, "NOT_FOUND", "There is no directory"),
        (json!({"target_directory_id": "x"}), 422, "INVALID_REQUEST", "body.target_directory_id: value_error"),
        (json!({"unique_id": ""}), 422, "INVALID_REQUEST", "body.unique_id: string_too_short"),
        (json!({"unique_id": long}), 422, "INVALID_REQUEST", "body.unique_id: string_too_long"),
        (json!({"display_name": "a\tb"}), 422, "INVALID_REQUEST", "body.display_name: value_error"),
        (json!({"metadata": {"k": [1]}}), 422, "INVALID_REQUEST", "body.metadata.k"),
        (json!({"file_id": "x"}), 422, "INVALID_REQUEST", "body.file_id: extra_forbidden"),
    ] {
        patch(&first, body).await.refused(status, code, words);
    }
    patch(&second, json!({"unique_id": "c"})).await.refused(404, "NOT_FOUND", "There is no directory file");
    let moved = patch(&first, json!({"target_directory_id": second, "unique_id": "c"})).await.expect(200);
    assert_eq!(
        (&moved["id"], &moved["directory_id"], &moved["unique_id"]),
        (&entry["id"], &json!(second), &json!("c"))
    );
    patch(&first, json!({"unique_id": "d"})).await.refused(404, "NOT_FOUND", "There is no directory file");
    assert_eq!(field(&server.get(&format!("{DIRECTORIES}/{second}/files")).await, "unique_id"), ["c", "a"]);
}

#[tokio::test]
async fn links_are_shown_when_they_are_asked_for() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a", "b"]).await;
    let list = format!("{DIRECTORIES}/{directory}/files");
    let plain = server.get(&list).await;
    assert!(plain["items"].as_array().unwrap().iter().all(|item| item["download_url"].is_null()));
    let first = format!("{list}/{}", plain["items"][0]["id"].as_str().unwrap());
    let one = server.get(&format!("{first}?expand=download_url")).await;
    let link = one["download_url"]["url"].as_str().unwrap();
    assert_eq!(answer(reqwest::Client::new().get(link)).await.expect(200), json!("a"));
    server.send("DELETE", &first, None).await;
    let all = server.get(&format!("{list}?include_deleted=true&expand=download_url")).await;
    let links: Vec<_> = all["items"].as_array().unwrap().iter().map(|item| item["download_url"].is_null()).collect();
    assert_eq!(links, [true, false], "a deleted file has none");
    assert_ne!(all["items"][0]["deleted_at"], Value::Null);
}
