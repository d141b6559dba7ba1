//! Where documents come from: blobs, files in place, and both gone or changed.

use std::time::UNIX_EPOCH;

use docmill_model::options::{ExtractOptions, JobOptions, ParseOptions};
use docmill_model::{JobId, JobStatus};
use docmill_store::{BlobRef, Content, JobSource};
use serde_json::json;

use crate::world::{World, settings, sha256};

const DOCUMENT: &str = "text a";

async fn path_job(world: &World, sha: String, modified_shift_ms: i64) -> JobId {
    let path = world.folder.path().join("in place.txt");
    if !path.exists() {
        std::fs::write(&path, DOCUMENT).expect("write");
    }
    let modified = path.metadata().and_then(|found| found.modified()).expect("a time");
    let modified_ms = modified.duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as i64 + modified_shift_ms;
    let path = path.to_str().expect("utf-8").to_owned();
    let content = Content::Path { path, bytes: DOCUMENT.len() as u64, modified_ms, sha256: sha };
    world.job_of(content, JobOptions::Parse(ParseOptions::default())).await
}

#[tokio::test]
async fn a_file_in_place_is_read_while_it_is_the_same() {
    let world = World::new().await;
    let changed = "FAILED SOURCE_CHANGED: The file changed after the batch began.";
    let good = path_job(&world, sha256(DOCUMENT.as_bytes()), 0).await;
    let other_time = path_job(&world, sha256(DOCUMENT.as_bytes()), -1).await;
    let other_bytes = path_job(&world, sha256(b"text b"), 0).await;
    let runner = world.start(settings("obeys"));
    for (job, expected) in [(good, "1 a"), (other_time, changed), (other_bytes, changed)] {
        assert_eq!(world.told(job).await, [expected]);
    }
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_file_that_is_gone_fails_alone() {
    let world = World::new().await;
    let gone = "FAILED SOURCE_DELETED: The file was deleted before it was read.";
    let path = path_job(&world, sha256(DOCUMENT.as_bytes()), 0).await;
    std::fs::remove_file(world.folder.path().join("in place.txt")).expect("remove");
    let BlobRef { key, sha256, bytes } = world.blob(DOCUMENT).await;
    let content = Content::Blob(BlobRef { key: key.clone(), sha256, bytes });
    let blob = world.job_of(content, JobOptions::Parse(ParseOptions::default())).await;
    world.blobs.delete(&key).await.expect("delete");
    let runner = world.start(settings("obeys"));
    for job in [path, blob] {
        assert_eq!(world.told(job).await, [gone]);
    }
    world.drain(&runner).await;
}

#[tokio::test]
async fn an_extraction_reads_a_file_or_the_pages_of_a_parse_job() {
    let world = World::new().await;
    let runner = world.start(settings("obeys"));
    let parsed = world.job("text a\nfail").await;
    let parsed = world.ended(parsed).await;
    let schema = json!({"type": "object", "properties": {"total": {"type": "string"}}});
    let options = || JobOptions::Extract(ExtractOptions { data_schema: schema.clone(), ..ExtractOptions::default() });
    let outputs = parsed.outputs.expect("outputs");
    let source = |outputs| JobSource::ParseJob { job: parsed.id.uuid(), outputs, name: "document.txt".to_owned() };
    let from_pages = world.job_from(source(outputs), options()).await;
    let from_nothing = world.job_from(source("outputs/none/1".to_owned()), options()).await;
    let from_file = world.job_of(Content::Blob(world.blob("text a\nfail").await), options()).await;
    for (job, own_pages) in [(from_pages, 0), (from_file, 3)] {
        let job = world.ended(job).await;
        assert_eq!(job.status, JobStatus::Completed, "{:?}", job.failure);
        let result = job.result.expect("a result");
        assert_eq!((result.pages, result.pages_failed, result.page_offsets.len()), (2, 1, own_pages));
        let key = format!("{}/extract.json", job.outputs.expect("outputs"));
        let stored = world.blobs.get(&key).await.expect("blobs").expect("an extraction");
        serde_json::from_slice::<docmill_model::results::Extraction>(&stored).expect("an extraction");
    }
    let told = world.told(from_nothing).await;
    assert!(told[0].starts_with("FAILED PARSE_JOB_NOT_COMPLETED"), "{told:?}");
    world.drain(&runner).await;
}
