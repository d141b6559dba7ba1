//! How many documents one child reads, and for whom.

use crate::world::{World, settings};

/// Reads `documents` one after another and says how many children that took.
async fn children(documents_max: u32, documents: u32) -> u64 {
    let world = World::new().await;
    let mut settings = settings("obeys");
    settings.slots = 1;
    settings.limits.reader_documents_max = documents_max;
    let runner = world.start(settings);
    for _ in 0..documents {
        let job = world.job("text a").await;
        assert_eq!(world.told(job).await, ["1 a"]);
    }
    world.drain(&runner).await;
    runner.counters().readers_started.get()
}

#[tokio::test]
async fn a_child_reads_many_documents_and_is_replaced_in_time() {
    for (documents_max, documents, expected) in [(200, 4, 1), (2, 4, 2), (1, 3, 3)] {
        assert_eq!(
            children(documents_max, documents).await,
            expected,
            "{documents} documents, {documents_max} a child"
        );
    }
}
