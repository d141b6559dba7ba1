//! Links to whole forms and pictures of a finished parse.

use docmill_model::document::{BBox, Page, PageOutcome, Picture};
use docmill_model::options::ImageCategory;
use docmill_model::results::Asset;
use docmill_store::{ClaimedJob, outputs_prefix};
use serde_json::{Value, json};

use crate::jobs::{complete, complete_with, page, stored};
use crate::server::{Answer, Server, answer};

const PARSE: &str = "/api/v2/parse";
const EVERYTHING: [&str; 12] = [
    "text",
    "markdown",
    "items",
    "metadata",
    "forms",
    "text_full",
    "markdown_full",
    "xlsx",
    "output_pdf",
    "raw_words",
    "stripped_markdown",
    "concatenated_stripped_markdown",
];

async fn made(server: &Server, options: Value) -> (String, ClaimedJob) {
    let (_, file) = stored(server).await;
    let mut body = json!({"file_id": file, "tier": "agentic", "version": "latest"});
    body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    let made = server.post(PARSE, body).await;
    (format!("{PARSE}/{}", made["id"].as_str().unwrap()), server.claim(1).await.remove(0))
}

fn links_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("{name}_content_metadata")).collect::<Vec<_>>().join(",")
}

async fn fetch(url: &str) -> Answer {
    answer(reqwest::Client::new().get(url)).await
}

/// Every link, fetched without a key: the size that was promised, and the bytes.
async fn bytes(entry: &Value) -> Vec<u8> {
    let response = reqwest::get(entry["presigned_url"].as_str().unwrap()).await.unwrap();
    assert_eq!(response.status(), 200, "{entry}");
    let bytes = response.bytes().await.unwrap().to_vec();
    assert_eq!(entry["size_bytes"], json!(bytes.len()));
    bytes
}

#[tokio::test]
async fn every_form_has_a_link_to_what_expand_answers() {
    let server = Server::start().await;
    let all = json!({"output_options": {
        "additional_outputs": ["stripped_md", "concatenated_stripped_txt", "word_bbox"],
        "granular_bboxes": ["word", "line", "cell"], "tables_as_spreadsheet": {"enable": true}
    }, "processing_options": {"forms": "enrich"}});
    let (path, job) = made(&server, all).await;
    let asked = format!("{path}?expand={}", links_of(&EVERYTHING));
    assert_eq!(server.get(&asked).await["result_content_metadata"], Value::Null, "not yet");
    let failed = PageOutcome::Failed { number: 2, error: "READER_DIED: It stopped.".to_owned() };
    complete(&server, &job, &[page(1), failed, page(3)]).await;

    let entries = server.get(&asked).await["result_content_metadata"].clone();
    let full = server.get(&format!("{path}?expand=text,markdown,items,forms,metadata,text_full,markdown_full")).await;
    for name in ["text", "markdown", "items", "forms", "metadata"] {
        let file: Value = serde_json::from_slice(&bytes(&entries[name]).await).unwrap();
        assert_eq!(file, full[name], "{name}");
    }
    for name in ["text_full", "markdown_full"] {
        let file = String::from_utf8(bytes(&entries[name]).await).unwrap();
        assert_eq!(json!(file), full[name], "{name}");
    }
    for (key, form) in [("md", "markdown_full"), ("fullText", "text_full"), ("json", "items")] {
        assert_eq!(bytes(&entries[key]).await, bytes(&entries[form]).await, "{key}");
    }
    assert!(bytes(&entries["xlsx"]).await.starts_with(b"PK"));
    for name in ["raw_words", "grounded_items"] {
        let lines = String::from_utf8(bytes(&entries[name]).await).unwrap();
        assert_eq!(lines.lines().count(), 3, "{name}: a line a page");
    }
    bytes(&entries["stripped_markdown"]).await;
    assert_eq!(bytes(&entries["concatenated_stripped_markdown"]).await, b"", "pages without blocks");
    for name in ["output_pdf", "outputPDF"] {
        assert_eq!(entries[name], json!({"size_bytes": 0, "exists": false, "presigned_url": null}), "{name}");
    }
    let one = reqwest::get(entries["md"]["presigned_url"].as_str().unwrap()).await.unwrap();
    assert_eq!(one.headers()["content-type"], "text/markdown; charset=utf-8");
    assert!(one.headers()["content-disposition"].to_str().unwrap().contains("a.markdown_full.md"));
}

#[tokio::test]
async fn what_was_not_asked_for_at_create_is_not_there() {
    let server = Server::start().await;
    let (path, job) = made(&server, json!({})).await;
    complete(&server, &job, &[page(1)]).await;
    let entries =
        server.get(&format!("{path}?expand={}", links_of(&EVERYTHING))).await["result_content_metadata"].clone();
    for name in ["forms", "xlsx", "raw_words", "stripped_markdown", "concatenated_stripped_markdown"] {
        assert_eq!(
            (&entries[name]["exists"], &entries[name]["presigned_url"]),
            (&json!(false), &Value::Null),
            "{name}"
        );
    }
    assert_eq!(entries.get("grounded_items"), None);

    let (path, job) = made(&server, json!({"tier": "fast"})).await;
    complete(&server, &job, &[page(1)]).await;
    for (expand, part) in [("markdown", "Markdown"), ("markdown_full", "Markdown"), ("items", "Items")] {
        let refused = server.send("GET", &format!("{path}?expand={}", links_of(&[expand])), None).await;
        refused.refused(422, "TIER_LACKS_OUTPUT", &format!("{part} expansion is not available for FAST tier jobs."));
    }
    let found = server.get(&format!("{path}?expand=text_content_metadata")).await;
    assert_eq!(bytes(&found["result_content_metadata"]["fullText"]).await, b"text 1");
}

#[tokio::test]
async fn a_link_to_a_form_works_for_that_form_until_it_expires_or_its_job_goes() {
    let server = Server::start().await;
    let (path, job) = made(&server, json!({})).await;
    complete(&server, &job, &[page(1)]).await;
    let found = server.get(&format!("{path}?expand=text_full_content_metadata")).await;
    let url = found["result_content_metadata"]["text_full"]["presigned_url"].as_str().unwrap().to_owned();
    assert_eq!(fetch(&url).await.expect(200), json!("text 1"));
    for altered in [
        url.replace("/text_full?", "/markdown?"),
        url.replace("/text_full?", "/nothing?"),
        url.replace("expires=", "expires=1"),
        url.replace("/results/", "/outputs/"),
        url.split('?').next().unwrap().to_owned(),
    ] {
        fetch(&altered).await.refused(403, "LINK_INVALID", "");
    }
    server.send("DELETE", &path, None).await.expect(200);
    fetch(&url).await.refused(404, "NOT_FOUND", "has no output `text_full`");
    server.clock.pass_ms(8 * 86_400_000);
    fetch(&url).await.refused(403, "LINK_EXPIRED", "expired");
}

#[tokio::test]
async fn pictures_have_links_and_are_narrowed_by_name() {
    let server = Server::start().await;
    let (path, job) = made(&server, json!({"output_options": {"images_to_save": ["screenshot", "embedded"]}})).await;
    let picture = |name: &str, category| Picture {
        name: name.to_owned(),
        category,
        content_type: "image/png".to_owned(),
        bbox: Some(BBox::new(1.5, 2.0, 10.0, 10.0)),
    };
    let images =
        vec![picture("page_1.png", ImageCategory::Screenshot), picture("image_1.png", ImageCategory::Embedded)];
    let read = PageOutcome::Read(Box::new(Page { number: 1, images, ..Page::default() }));
    let prefix = outputs_prefix(job.id, job.attempt);
    server.blobs.put(&format!("{prefix}/assets/page_1.png"), b"picture"[..].into()).await.unwrap();
    complete_with(&server, &job, &[read], vec![Asset { name: "page_1.png".to_owned(), bytes: 7 }]).await;

    let images = server.get(&format!("{path}?expand=images_content_metadata")).await["images_content_metadata"].clone();
    assert_eq!(images["total_count"], json!(2));
    assert_eq!(
        (&images["images"][0]["category"], &images["images"][0]["size_bytes"]),
        (&json!("screenshot"), &json!(7))
    );
    assert_eq!(images["images"][0]["bbox"], json!({"x": 1, "y": 2, "w": 11, "h": 10}));
    let url = images["images"][0]["presigned_url"].as_str().unwrap();
    let picture = reqwest::get(url).await.unwrap();
    assert_eq!((picture.status().as_u16(), &picture.headers()["content-type"]), (200, &"image/png".parse().unwrap()));
    assert_eq!(picture.bytes().await.unwrap(), &b"picture"[..]);
    assert_eq!(images["images"][1]["presigned_url"], Value::Null, "its bytes were not kept");
    for query in ["image_filenames=image_1.png,none.png", "image_filenames=image_1.png&image_filenames=none.png"] {
        let found = server.get(&format!("{path}?expand=images_content_metadata&{query}")).await;
        let images = &found["images_content_metadata"];
        assert_eq!((&images["total_count"], &images["images"][0]["index"]), (&json!(1), &json!(1)), "{query}");
    }
}

#[tokio::test]
async fn the_documents_pdf_is_there_when_a_job_kept_it() {
    let server = Server::start().await;
    let (path, job) = made(&server, json!({"output_options": {"save_output_pdf": true}})).await;
    let prefix = outputs_prefix(job.id, job.attempt);
    server.blobs.put(&format!("{prefix}/assets/output.pdf"), b"%PDF-1.7"[..].into()).await.unwrap();
    complete_with(&server, &job, &[page(1)], vec![Asset { name: "output.pdf".to_owned(), bytes: 8 }]).await;
    let asked = format!("{path}?expand=output_pdf_content_metadata,images_content_metadata");
    let found = server.get(&asked).await;
    for name in ["output_pdf", "outputPDF"] {
        let entry = &found["result_content_metadata"][name];
        assert_eq!((&entry["size_bytes"], &entry["exists"]), (&json!(8), &json!(true)), "{name}");
        assert_eq!(bytes(entry).await, b"%PDF-1.7", "{name}");
    }
    assert_eq!(found["images_content_metadata"]["total_count"], json!(0), "it is no picture");
}
