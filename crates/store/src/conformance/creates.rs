use docmill_model::Code;
use uuid::Uuid;

use super::webhooks::endpoint;
use super::{Ground, all, refusal};
use crate::records::*;

const KEPT_MS: i64 = 600_000;

fn once(ground: &Ground<'_>, id: &str, again: bool) -> Option<Once> {
    let (id, body) = (id.to_owned(), "body".to_owned());
    Some(Once { id, body, again, arrived: ground.now(), kept_ms: KEPT_MS })
}

fn id_of<T>(created: FileCreated<T>, id: impl Fn(T) -> Uuid) -> Uuid {
    match created {
        FileCreated::New(row) | FileCreated::Same(row) => id(row),
        FileCreated::BlobGone => panic!("the blob is there"),
    }
}

/// Does the create `kind` and answers the bare id of what it made.
async fn create(ground: &Ground<'_>, kind: &str, once: Option<Once>) -> Uuid {
    let store = ground.store;
    match kind {
        "directory" => {
            let new = NewDirectory { once, ..ground.new_directory(DirectoryKind::User, None) };
            store.directory_create(new).await.unwrap().id.uuid()
        }
        "file" => {
            let new = NewFile { once, ..ground.new_file("a") };
            id_of(store.file_create(new).await.unwrap(), |file| file.id.uuid())
        }
        "directory file" => {
            let directory = ground.directory().await;
            let new = NewDirectoryFile { once, ..ground.new_entry(directory, "a") };
            id_of(store.directory_file_create(new).await.unwrap(), |entry| entry.id.uuid())
        }
        "batch" => {
            let directory = ground.directory().await;
            ground.entry(directory, "a").await;
            let new = NewBatch { once, ..ground.new_batch(directory) };
            store.batch_create(new).await.unwrap().id.uuid()
        }
        "webhook" => {
            let new = NewWebhook { project: ground.project, endpoint: endpoint("a"), once };
            store.webhook_create(new).await.unwrap().id.uuid()
        }
        _ => {
            let file = id_of(store.file_create(ground.new_file("b")).await.unwrap(), |file| file.id.uuid());
            let file = store.file_get(ground.project, docmill_model::FileId::from_uuid(file)).await.unwrap().unwrap();
            let new = NewJob { once, ..ground.new_job(&file) };
            store.job_create(new).await.unwrap().id.uuid()
        }
    }
}

const KINDS: [&str; 6] = ["directory", "file", "directory file", "batch", "webhook", "job"];

pub async fn a_create_sent_again_answers_what_was_made(ground: &Ground<'_>) {
    for kind in KINDS {
        let first = create(ground, kind, once(ground, kind, false)).await;
        for _ in 0..2 {
            assert_eq!(create(ground, kind, once(ground, kind, true)).await, first, "{kind}");
        }
        ground.clock.advance(KEPT_MS - 1);
        assert_eq!(create(ground, kind, once(ground, kind, true)).await, first, "{kind}: it is kept");
        ground.clock.advance(1);
        assert_ne!(create(ground, kind, once(ground, kind, true)).await, first, "{kind}: not for ever");
    }
}

pub async fn two_equal_creates_may_both_be_meant(ground: &Ground<'_>) {
    for kind in KINDS {
        let first = create(ground, kind, once(ground, kind, false)).await;
        let second = create(ground, kind, once(ground, kind, false)).await;
        assert_ne!(first, second, "{kind}");
        assert_eq!(create(ground, kind, once(ground, kind, true)).await, second, "{kind}: the newest is repeated");
        assert_ne!(create(ground, kind, None).await, create(ground, kind, None).await, "{kind}");
    }
}

pub async fn a_first_send_that_its_repeat_overtook_makes_nothing(ground: &Ground<'_>) {
    for kind in KINDS {
        let slow = once(ground, kind, false);
        ground.clock.advance(1);
        let made = create(ground, kind, once(ground, kind, true)).await;
        assert_eq!(create(ground, kind, slow).await, made, "{kind}");
        assert_ne!(create(ground, kind, once(ground, kind, false)).await, made, "{kind}: a later one is meant");
    }
}

pub async fn one_key_for_two_requests_is_refused(ground: &Ground<'_>) {
    let directory = |body: &str| {
        let once = once(ground, "key", true).map(|once| Once { body: body.to_owned(), ..once });
        NewDirectory { once, ..ground.new_directory(DirectoryKind::User, None) }
    };
    ground.store.directory_create(directory("one")).await.unwrap();
    ground.store.directory_create(directory("one")).await.unwrap();
    assert_eq!(refusal(ground.store.directory_create(directory("other")).await), Code::IdempotencyKeyReused);
    let listed = ground.store.directory_list(ground.project, &DirectoryFilter::default(), all()).await.unwrap();
    assert_eq!(listed.items.len(), 1);
}

pub async fn what_was_deleted_since_is_made_anew(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let new = || NewDirectoryFile { once: once(ground, "e", true), ..ground.new_entry(directory, "a") };
    let FileCreated::New(first) = ground.store.directory_file_create(new()).await.unwrap() else { panic!("new") };
    ground.store.directory_file_delete(ground.project, directory, first.id).await.unwrap();
    let FileCreated::New(second) = ground.store.directory_file_create(new()).await.unwrap() else { panic!("new") };
    assert_ne!(first.id, second.id);
}
