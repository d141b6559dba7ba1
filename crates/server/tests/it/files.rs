use docmill_model::limits::Limits;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::server::{Answer, KEY, OTHER_KEY, Server, UUID, answer, field};

const FILES: &str = "/api/v1/beta/files";
const DIRECTORIES: &str = "/api/v1/beta/directories";

async fn create(server: &Server, name: &str, bytes: &[u8], texts: &[(&str, &str)]) -> Answer {
    let form = texts.iter().fold(Form::new(), |form, (part, text)| form.text((*part).to_owned(), (*text).to_owned()));
    let form = form.part("file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
    answer(server.request(KEY, "POST", FILES).multipart(form)).await
}

async fn stored(server: &Server, name: &str) -> String {
    let made = create(server, name, name.as_bytes(), &[("purpose", "parse")]).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_stored_read_listed_and_deleted() {
    let server = Server::start().await;
    let texts = [("purpose", "extract"), ("external_file_id", "erp-7")];
    let made = create(&server, "2024/Report.PDF", b"%PDF-1.4", &texts).await.expect(201);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("fil-") && made["project_id"].as_str().unwrap().starts_with("prj-"));
    let said = (&made["name"], &made["external_file_id"], &made["file_type"], &made["purpose"]);
    assert_eq!(said, (&json!("Report.PDF"), &json!("erp-7"), &json!("pdf"), &json!("extract")));
    assert_eq!((&made["expires_at"], &made["download_url"]), (&Value::Null, &Value::Null));
    assert!(made["last_modified_at"].as_str().unwrap().parse::<docmill_model::Timestamp>().is_ok());

    let path = format!("{FILES}/{id}");
    assert_eq!(server.get(&path).await, made);
    assert_eq!(server.get(&format!("{FILES}/{}", id.trim_start_matches("fil-"))).await, made);
    let expanded = server.get(&format!("{path}?expand=download_url&expand=unknown")).await;
    let link = expanded["download_url"]["url"].as_str().unwrap();
    assert_eq!(answer(reqwest::Client::new().get(link)).await.expect(200), json!("%PDF-1.4"));
    assert_eq!(server.get(FILES).await, json!({"items": [made], "next_page_token": null, "total_size": null}));
    assert_eq!(server.files_in("spool").len(), 0);

    assert_eq!(server.send_as(OTHER_KEY, "GET", FILES, None).await.expect(200)["items"], json!([]));
    for (method, expected) in [("GET", "There is no file fil-"), ("DELETE", "There is no file fil-")] {
        server.send_as(OTHER_KEY, method, &path, None).await.refused(404, "NOT_FOUND", expected);
    }
    let deleted = server.send("DELETE", &path, None).await;
    assert_eq!((deleted.status, deleted.body), (204, json!("")));
    for method in ["GET", "DELETE"] {
        server.send(method, &path, None).await.refused(404, "NOT_FOUND", "There is no file fil-");
    }
    assert_eq!(server.get(FILES).await["items"], json!([]));
}

#[tokio::test]
async fn files_of_directories_are_files_too() {
    let server = Server::start().await;
    let body = json!({"name": "a", "type": "ephemeral"});
    let directory = server.post(DIRECTORIES, body).await;
    let id = directory["id"].as_str().unwrap();
    let entry = server.upload(id, "a.txt", b"x", &[]).await.expect(200);
    let listed = server.get(FILES).await;
    assert_eq!(listed["items"][0]["id"], entry["file_id"]);
    assert_eq!(listed["items"][0]["expires_at"], directory["expires_at"], "it goes with its directory");
    let by_entry = server.get(&format!("{FILES}/{}", entry["id"].as_str().unwrap())).await;
    assert_eq!(by_entry, listed["items"][0], "an entry's id is as good");

    // Deleting the file takes the entry, and ends what waits for it.
    let batch = server.batch(id).await;
    assert_eq!(server.send("DELETE", &format!("{FILES}/{}", entry["id"].as_str().unwrap()), None).await.status, 204);
    assert_eq!(server.get(&format!("{DIRECTORIES}/{id}/files")).await["items"], json!([]));
    let batch = server.get(&format!("/api/v2/batches/{batch}?expand=results")).await;
    assert_eq!(batch["status"], json!("COMPLETED"));
    assert!(batch["results"][0]["error_message"].as_str().unwrap().starts_with("SOURCE_DELETED: "));
}

#[tokio::test]
async fn files_are_filtered_ordered_and_paged() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for name in ["b.txt", "a.txt", "c.txt", "a.txt"] {
        ids.push(stored(&server, name).await);
        server.clock.pass_ms(10);
    }
    let external = create(&server, "z.txt", b"z", &[("purpose", "parse"), ("external_file_id", "x/1")]).await;
    ids.push(external.expect(201)["id"].as_str().unwrap().to_owned());
    for (query, expected) in [
        (String::new(), vec![4, 3, 2, 1, 0]),
        ("order_by=created_at".to_owned(), vec![4, 3, 2, 1, 0]),
        ("order_by=id".to_owned(), vec![0, 1, 2, 3, 4]),
        ("order_by=name".to_owned(), vec![1, 3, 0, 2, 4]),
        ("file_name=a.txt&order_by=id".to_owned(), vec![1, 3]),
        ("file_name=a".to_owned(), vec![]),
        ("external_file_id=x%2F1".to_owned(), vec![4]),
        (format!("file_ids={}&file_ids={}&order_by=id", ids[3], ids[0]), vec![0, 3]),
        (format!("file_ids={},fil-{UUID}", ids[2]), vec![2]),
        ("file_ids=".to_owned(), vec![4, 3, 2, 1, 0]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|number: usize| ids[number].clone()).collect();
        for size in [1, 2, 1_000] {
            let mut seen = Vec::new();
            let mut path = format!("{FILES}?{query}&page_size={size}");
            loop {
                let page = server.get(&path).await;
                seen.extend(field(&page, "id"));
                let Some(token) = page["next_page_token"].as_str() else { break };
                path = format!("{FILES}?{query}&page_size={size}&page_token={token}");
            }
            assert_eq!(seen, expected, "{query} by {size}");
        }
    }
    let first = server.get(&format!("{FILES}?order_by=name&page_size=1")).await;
    let token = first["next_page_token"].as_str().unwrap();
    let other = server.send("GET", &format!("{FILES}?order_by=id&page_token={token}"), None).await;
    other.refused(422, "INVALID_REQUEST", "query.page_token: value_error");
}

#[tokio::test]
async fn rows_that_appear_while_files_are_paged_move_nothing() {
    let server = Server::start().await;
    for number in 0..6 {
        stored(&server, &format!("n{number}.txt")).await;
        server.clock.pass_ms(1);
    }
    for order in ["name", "id", "created_at"] {
        let before = field(&server.get(&format!("{FILES}?order_by={order}")).await, "id");
        let mut seen = Vec::new();
        let mut path = format!("{FILES}?order_by={order}&page_size=2");
        loop {
            let page = server.get(&path).await;
            seen.extend(field(&page, "id"));
            server.clock.pass_ms(1);
            stored(&server, &format!("{order}-{}.txt", seen.len())).await;
            let Some(token) = page["next_page_token"].as_str() else { break };
            path = format!("{FILES}?order_by={order}&page_size=2&page_token={token}");
            assert!(seen.len() < 100, "paging ends");
        }
        let known: Vec<_> = seen.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(known, before, "{order}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{order}: nothing twice");
        if order == "id" {
            break;
        }
    }
}

#[tokio::test]
async fn the_deprecated_query_lists_too_and_clamps() {
    let server = Server::start_with(Limits { page_size_max: 3, page_size_default: 2, ..Limits::default() }).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(stored(&server, name).await);
    }
    let query = async |body: Value| server.post(&format!("{FILES}/query"), body).await;
    for (body, expected) in [
        (json!({}), 2),
        (json!({"page_size": 0}), 1),
        (json!({"page_size": -5}), 1),
        (json!({"page_size": 99_999_999_999_i64}), 3),
        (json!({"filter": {"file_name": "b"}}), 1),
        (json!({"filter": {"file_ids": [ids[0]], "only_manually_uploaded": true}}), 1),
        (json!({"filter": {"file_ids": []}}), 0),
        (json!({"filter": {"external_file_id": "x"}}), 0),
        (json!({"filter": {"data_source_id": UUID}}), 0),
        (json!({"filter": null, "order_by": null, "page_token": null}), 2),
    ] {
        assert_eq!(query(body.clone()).await["items"].as_array().unwrap().len(), expected, "{body}");
    }
    let first = query(json!({"order_by": "name", "page_size": 3})).await;
    assert_eq!(field(&first, "name"), ["a", "b", "c"]);
    let rest = query(json!({"order_by": "name", "page_size": 3, "page_token": first["next_page_token"]})).await;
    assert_eq!((field(&rest, "name"), &rest["next_page_token"]), (vec!["d".to_owned()], &Value::Null));
    for (body, status, words) in [
        (json!({"order_by": "size"}), 422, "body.order_by: literal_error"),
        (json!({"page_size": "2"}), 422, "body.page_size: int_type"),
        (json!({"filter": {"colour": 1}}), 422, "body.filter.colour: extra_forbidden"),
        (json!({"filter": {"file_ids": ["x"]}}), 422, "body.filter.file_ids.0: value_error"),
        (json!({"page_token": "zz"}), 422, "query.page_token: value_error"),
    ] {
        let refused = server.send("POST", &format!("{FILES}/query"), Some(body)).await;
        refused.refused(status, "INVALID_REQUEST", words);
    }
    let body = json!({"filter": {"project_id": UUID}});
    let refused = server.send("POST", &format!("{FILES}/query"), Some(body)).await;
    refused.refused(404, "NOT_FOUND", "does not belong to a project");
}

#[tokio::test]
async fn bad_requests_are_refused_and_leave_nothing() {
    let limits = Limits { upload_bytes_max: 1_000, page_size_max: 60, ..Limits::default() };
    let server = Server::start_with(limits).await;
    let long = "x".repeat(3_001);
    let large = vec![b'x'; 1_001];
    let purpose = ("purpose", "parse");
    let check = async |name: &str, bytes: &[u8], texts: &[(&str, &str)], status: u16, code: &str, words: &str| {
        create(&server, name, bytes, texts).await.refused(status, code, words);
    };
    check("a", b"x", &[], 422, "INVALID_REQUEST", "body.purpose: missing Field required").await;
    check("a", b"x", &[("purpose", "")], 422, "INVALID_REQUEST", "body.purpose: missing").await;
    check("a", b"x", &[("purpose", "fun")], 422, "INVALID_REQUEST", "body.purpose: literal_error").await;
    check(&long, b"x", &[purpose], 422, "INVALID_REQUEST", "body.file: string_too_long").await;
    check("a\u{85}b", b"x", &[purpose], 422, "INVALID_REQUEST", "body.file: value_error").await;
    let external = ("external_file_id", "a\nb");
    check("a", b"x", &[purpose, external], 422, "INVALID_REQUEST", "body.external_file_id: value_error").await;
    check("a", &large, &[purpose], 413, "PAYLOAD_TOO_LARGE", "1000 bytes").await;
    let form = Form::new().text("purpose", "parse");
    let refused = answer(server.request(KEY, "POST", FILES).multipart(form)).await;
    refused.refused(422, "INVALID_REQUEST", "body.file: missing Field required");
    answer(server.request(KEY, "POST", FILES).json(&json!({}))).await.refused(422, "INVALID_REQUEST", "multipart");
    assert_eq!(server.files_in("spool").len() + server.files_in("blobs").len(), 0);

    let many = vec![UUID; 61].join(",");
    for (path, status, code, words) in [
        (format!("{FILES}?order_by=size"), 422, "INVALID_REQUEST", "query.order_by: literal_error"),
        (format!("{FILES}?order_by=-name"), 422, "INVALID_REQUEST", "query.order_by: literal_error"),
        (format!("{FILES}?file_ids=x"), 422, "INVALID_REQUEST", "query.file_ids: value_error"),
        (format!("{FILES}?file_ids={many}"), 422, "INVALID_REQUEST", "61 file_ids are given; at most 60"),
        (format!("{FILES}?page_size=0"), 422, "INVALID_REQUEST", "query.page_size: greater_than_equal"),
        (format!("{FILES}?page_size=61"), 422, "INVALID_REQUEST", "query.page_size: less_than_equal"),
        (format!("{FILES}?page_token=x"), 422, "INVALID_REQUEST", "query.page_token: value_error"),
        (format!("{FILES}/bat-{UUID}"), 422, "INVALID_REQUEST", "path.file_id: value_error"),
        (format!("{FILES}/dfl-{UUID}"), 404, "NOT_FOUND", "There is no file dfl-"),
        (format!("{FILES}/{UUID}"), 404, "NOT_FOUND", "There is no file"),
    ] {
        server.send("GET", &path, None).await.refused(status, code, words);
    }
}

#[tokio::test]
async fn a_create_that_is_sent_again_makes_one_file() {
    let server = Server::start().await;
    let send = async |count: &str, bytes: &'static [u8]| {
        let form = Form::new().text("purpose", "parse").part("file", Part::bytes(bytes).file_name("a.txt"));
        let request = server.request(KEY, "POST", FILES).header("x-stainless-retry-count", count);
        answer(request.multipart(form)).await.expect(201)["id"].clone()
    };
    let first = send("0", b"one").await;
    assert_eq!(send("1", b"one").await, first);
    assert_ne!(send("1", b"two").await, first);
    assert_ne!(send("0", b"one").await, first, "the same again on purpose");
}
