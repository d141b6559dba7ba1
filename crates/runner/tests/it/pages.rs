//! Good documents, and documents with pages that kill, stall or fail.

use docmill_model::options::{PageSelection, ParseOptions};

use crate::world::{World, settings};

/// What a document comes to with the reader that does as it is told.
async fn check(document: &str, expected: &[&str]) {
    let world = World::new().await;
    let job = world.job(document).await;
    let mut settings = settings("obeys");
    settings.limits.page_ms = 700;
    settings.limits.reader_memory_bytes_max = 96 * 1024 * 1024;
    let runner = world.start(settings);
    assert_eq!(world.told(job).await, expected, "{document}");
    world.drain(&runner).await;
}

#[tokio::test]
async fn every_page_of_a_good_document_comes_out() {
    check("text a\ntext b\ntext c", &["1 a", "2 b", "3 c"]).await;
}

#[tokio::test]
async fn a_page_that_kills_its_reader_costs_only_itself() {
    let failed = "3 FAILED READER_DIED: Reading page 3 made the reader stop.";
    check("text a\ntext b\ndie\ntext d\ntext e", &["1 a", "2 b", failed, "4 d", "5 e"]).await;
}

#[tokio::test]
async fn a_page_that_stalls_costs_only_itself() {
    let failed = "1 FAILED READER_TIMEOUT: Reading page 1 took longer than the limit.";
    check("stall\ntext b", &[failed, "2 b"]).await;
}

#[tokio::test]
async fn a_page_that_takes_all_memory_costs_only_itself() {
    let failed = "2 FAILED READER_MEMORY: Reading page 2 needed more than 96 MiB of memory.";
    check("text a\neat", &["1 a", failed]).await;
}

#[tokio::test]
async fn a_page_that_cannot_be_read_keeps_its_reader() {
    let world = World::new().await;
    let job = world.job("fail\ntext b").await;
    let runner = world.start(settings("obeys"));
    assert_eq!(world.told(job).await, ["1 FAILED FILE_DAMAGED: The page is damaged.", "2 b"]);
    let result = world.get(job).await.result.expect("a result");
    assert_eq!((result.pages, result.pages_failed), (2, 1));
    assert_eq!(runner.counters().readers_started.get(), 1);
    world.drain(&runner).await;
}

#[tokio::test]
async fn more_bad_pages_than_restarts_fail_the_document_after_its_strikes() {
    let world = World::new().await;
    let job = world.job("die\ndie\ndie\ntext d").await;
    let mut settings = settings("obeys");
    settings.limits.page_restarts_max = 2;
    let runner = world.start(settings);
    assert_eq!(world.told(job).await, ["FAILED READER_DIED: Reading page 3 made the reader stop."]);
    let job = world.get(job).await;
    assert_eq!((job.attempt, runner.counters().readers_died.get()), (3, 9), "attempts, dead readers");
    assert_eq!(world.outputs().await, Vec::<String>::new());
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_document_that_kills_its_reader_before_it_is_open_fails_after_its_strikes() {
    let world = World::new().await;
    let job = world.job("!die").await;
    let runner = world.start(settings("obeys"));
    assert_eq!(world.told(job).await, ["FAILED READER_DIED: Reading the document made the reader stop."]);
    assert_eq!(world.get(job).await.attempt, 3);
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_refused_document_fails_at_once_and_keeps_its_reader() {
    let world = World::new().await;
    let job = world.job("!refuse").await;
    let runner = world.start(settings("obeys"));
    let expected = "FAILED PDF_IS_PROTECTED: The document is protected with a password.";
    assert_eq!(world.told(job).await, [expected]);
    let next = world.job("text a").await;
    assert_eq!(world.told(next).await, ["1 a"]);
    assert_eq!((world.get(job).await.attempt, runner.counters().readers_started.get()), (1, 1));
    world.drain(&runner).await;
}

#[tokio::test]
async fn the_callers_own_ratio_is_obeyed() {
    let world = World::new().await;
    let options = |ratio| ParseOptions { page_failure_ratio: Some(ratio), ..ParseOptions::default() };
    let strict = world.job_with("text a\nfail", options(0.4)).await;
    let lenient = world.job_with("text a\nfail", options(0.5)).await;
    let runner = world.start(settings("obeys"));
    let told = world.told(strict).await;
    assert!(told[0].starts_with("FAILED TOO_MANY_PAGES_FAILED: 1 of 2 pages failed"), "{told:?}");
    assert_eq!(world.told(lenient).await.len(), 2);
    world.drain(&runner).await;
}

#[tokio::test]
async fn pictures_are_kept_beside_the_pages() {
    let world = World::new().await;
    let job = world.job("asset page_1.png\ntext b").await;
    let runner = world.start(settings("obeys"));
    let job = world.ended(job).await;
    let assets = job.result.expect("a result").assets;
    assert_eq!(assets.iter().map(|asset| (asset.name.as_str(), asset.bytes)).collect::<Vec<_>>(), [("page_1.png", 7)]);
    let key = format!("{}/assets/page_1.png", job.outputs.expect("outputs"));
    assert_eq!(world.blobs.get(&key).await.expect("blobs").as_deref(), Some(&b"picture"[..]));
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_reader_that_reads_more_pages_than_were_asked_for_is_not_believed() {
    let world = World::new().await;
    let pages = PageSelection { ranges: Some(vec![(2, 2)]), first: None };
    let job = world.job_with("text a\ntext b", ParseOptions { pages, ..ParseOptions::default() }).await;
    let runner = world.start(settings("obeys"));
    assert_eq!(world.told(job).await, ["FAILED READER_DIED: Reading the document made the reader stop."]);
    world.drain(&runner).await;
}

/// The pictures of a lost page are lost with it: the next child may give their names to its own. What an earlier child
/// has sent is not sent twice, though the next one does not know.
#[tokio::test]
async fn pictures_outlive_the_child_that_sent_them_unless_their_page_is_lost() {
    let world = World::new().await;
    let job = world.job("asset image_0.png\nasset_die image_1.png\nasset image_1.png\nasset image_0.png").await;
    let runner = world.start(settings("obeys"));
    world.told(job).await;
    let result = world.get(job).await.result.expect("a result");
    let assets: Vec<(&str, u64)> = result.assets.iter().map(|asset| (asset.name.as_str(), asset.bytes)).collect();
    assert_eq!((assets, result.pages_failed), (vec![("image_0.png", 7), ("image_1.png", 7)], 1));
    world.drain(&runner).await;
}

#[tokio::test]
async fn two_pictures_of_one_name_are_not_believed() {
    let world = World::new().await;
    let job = world.job("asset image_0.png\nother_asset image_0.png").await;
    let runner = world.start(settings("obeys"));
    world.told(job).await;
    assert_eq!(world.get(job).await.result.expect("a result").pages_failed, 1);
    world.drain(&runner).await;
}
