//! A batch as one download.

use std::collections::BTreeMap;
use std::io::Read;

use docmill_model::document::{Page, PageOutcome};
use docmill_model::limits::Limits;
use docmill_model::results::{Asset, Extraction, JobResult};
use docmill_model::{Code, Failure};
use docmill_store::{ClaimedJob, Outcome, outputs_prefix};
use serde_json::{Value, json};

use crate::server::{KEY, OTHER_KEY, Server, batch_body};

/// Writes what a runner writes: `pages` pages and a picture.
async fn complete(server: &Server, job: &ClaimedJob, pages: u32) {
    let prefix = outputs_prefix(job.id, job.attempt);
    let mut lines = String::new();
    let mut page_offsets = vec![0];
    for number in 1..=pages {
        let (text, markdown) = (format!("text {number}"), format!("# page {number}"));
        let page = PageOutcome::Read(Box::new(Page { number, text, markdown, ..Page::default() }));
        lines += &serde_json::to_string(&page).unwrap();
        lines.push('\n');
        page_offsets.push(lines.len() as u64);
    }
    server.blobs.put(&format!("{prefix}/pages.jsonl"), lines.into()).await.unwrap();
    server.blobs.put(&format!("{prefix}/assets/image_1.png"), "png".into()).await.unwrap();
    let assets = vec![Asset { name: "image_1.png".to_owned(), bytes: 3 }];
    server.finish(job, Outcome::Completed(JobResult { pages, page_offsets, assets, ..JobResult::default() })).await;
}

async fn download(server: &Server, batch: &str, query: &str) -> (String, Vec<u8>) {
    let path = format!("/api/v2/batches/{batch}/export{query}");
    let response = server.request(KEY, "GET", &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.bytes().await.unwrap().to_vec())
}

fn unzip(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_batch_is_a_zip_of_the_files_that_the_command_line_writes() {
    let server = Server::start().await;
    let directory = server.directory_of(&["2024/a.txt", "../b.txt", "c.txt"]).await;
    let batch = server.batch(&directory).await;
    let jobs = server.claim(2).await;
    complete(&server, &jobs[0], 2).await;
    server.fail(&jobs[1], Failure::new(Code::FileDamaged, "It ends early.")).await;
    let (kind, bytes) = download(&server, &batch, "").await;
    assert_eq!(kind, "application/zip");
    let files = unzip(bytes);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected =
        ["2024/a.txt.images/image_1.png", "2024/a.txt.json", "2024/a.txt.md", "2024/a.txt.txt", "manifest.jsonl"];
    assert_eq!(names, expected);
    assert_eq!(files["2024/a.txt.md"], "# page 1\n\n# page 2\n");
    assert_eq!(files["2024/a.txt.images/image_1.png"], "png");
    let json: Value = serde_json::from_str(&files["2024/a.txt.json"]).unwrap();
    assert_eq!(json["items"]["pages"].as_array().unwrap().len(), 2);
    let manifest = lines(&files["manifest.jsonl"]);
    let told: Vec<_> = manifest.iter().map(|line| (&line["path"], &line["status"], &line["code"])).collect();
    assert_eq!(told[0], (&json!("2024/a.txt"), &json!("COMPLETED"), &Value::Null));
    assert_eq!(told[1], (&json!("b.txt"), &json!("FAILED"), &json!("FILE_DAMAGED")), "no way out of the folder");
    assert_eq!(told[2], (&json!("c.txt"), &json!("PENDING"), &Value::Null), "what is open is named");
    assert_eq!(manifest[0]["outputs"].as_array().unwrap().len(), 4);
    assert_eq!((&manifest[0]["pages"], manifest[0]["sha256"].as_str().unwrap().len()), (&json!(2), 64));
}

#[tokio::test]
async fn a_batch_is_a_line_of_json_a_file() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt"]).await;
    let batch = server.batch(&directory).await;
    let jobs = server.claim(2).await;
    complete(&server, &jobs[0], 2).await;
    server.fail(&jobs[1], Failure::new(Code::FileDamaged, "It ends early.")).await;
    let (kind, bytes) = download(&server, &batch, "?format=jsonl").await;
    assert_eq!(kind, "application/jsonl");
    let told = lines(std::str::from_utf8(&bytes).unwrap());
    assert_eq!((told[0]["display_name"].as_str(), told[0]["status"].as_str()), (Some("a.txt"), Some("COMPLETED")));
    let pages = told[0]["pages"].as_array().unwrap();
    assert_eq!((pages.len(), &pages[1]["text"], &pages[1]["markdown"]), (2, &json!("text 2"), &json!("# page 2")));
    assert_eq!(told[1]["error_message"], json!("FILE_DAMAGED: It ends early."));
    assert!(told[1].get("pages").is_none());
}

#[tokio::test]
async fn an_extraction_is_exported_with_its_values() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let parameters = json!({
        "product_type": "extract_v2",
        "data_schema": {"type": "object", "properties": {"total": {"type": "string"}}},
    });
    let saved = server.post("/api/v1/beta/configurations", json!({"name": "x", "parameters": parameters})).await;
    let mut body = batch_body(&directory, saved["id"].as_str().unwrap());
    body["config"]["job"]["type"] = json!("extract_v2");
    let batch = server.post("/api/v2/batches", body).await["id"].as_str().unwrap().to_owned();
    let job = server.claim(1).await.remove(0);
    let extraction = Extraction { data: json!({"total": "12"}), ..Extraction::default() };
    let key = format!("{}/extract.json", outputs_prefix(job.id, job.attempt));
    server.blobs.put(&key, serde_json::to_vec(&extraction).unwrap().into()).await.unwrap();
    server.finish(&job, Outcome::Completed(JobResult { pages: 1, ..JobResult::default() })).await;
    let files = unzip(download(&server, &batch, "?format=zip").await.1);
    let json: Value = serde_json::from_str(&files["a.txt.extract.json"]).unwrap();
    assert_eq!(json["extract_result"], json!({"total": "12"}));
    let (_, bytes) = download(&server, &batch, "?format=jsonl").await;
    assert_eq!(lines(std::str::from_utf8(&bytes).unwrap())[0]["extract_result"], json!({"total": "12"}));
}

#[tokio::test]
async fn bad_exports_are_refused_and_a_broken_one_is_not_complete() {
    let server = Server::start_with(Limits { streams_max: 1, ..Limits::default() }).await;
    let directory = server.directory_of(&["a.txt"]).await;
    let batch = server.batch(&directory).await;
    let path = format!("/api/v2/batches/{batch}/export");
    server.send("GET", &format!("{path}?format=tar"), None).await.refused(422, "INVALID_REQUEST", "query.format");
    server.send_as(OTHER_KEY, "GET", &path, None).await.refused(404, "NOT_FOUND", "There is no batch");
    let job = server.claim(1).await.remove(0);
    complete(&server, &job, 1).await;
    server.blobs.delete_prefix(&outputs_prefix(job.id, job.attempt)).await.unwrap();
    let response = server.request(KEY, "GET", &path).send().await.unwrap();
    assert!(response.bytes().await.is_err(), "pages that are gone end the download in the middle");
}
