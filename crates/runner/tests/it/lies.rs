//! What a reader says is checked: a reader that lies is ended like one that died, and the page with it.

use crate::world::{World, settings};

async fn check(order: &str) {
    let world = World::new().await;
    let job = world.job(&format!("text a\n{order}\ntext c")).await;
    let runner = world.start(settings("obeys"));
    let failed = "2 FAILED READER_DIED: Reading page 2 made the reader stop.";
    assert_eq!(world.told(job).await, ["1 a", failed, "3 c"], "{order}");
    assert_eq!(runner.counters().readers_started.get(), 2);
    let pages_only = |key: &String| key.ends_with("/pages.jsonl");
    assert!(world.outputs().await.iter().all(pages_only), "nothing was written for {order}");
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_page_of_another_number() {
    check("lie 3").await;
    check("lie 1").await;
    check("lie 99").await;
}

#[tokio::test]
async fn pictures_that_leave_their_place() {
    check("asset ../../../../etc/passwd").await;
    check("asset .hidden").await;
}

#[tokio::test]
async fn text_between_frames() {
    check("print").await;
}
