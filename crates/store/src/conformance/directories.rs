use docmill_model::ProjectId;
use serde_json::json;

use super::{Ground, all};
use crate::records::{DirectoryChange, DirectoryFilter, DirectoryKind, NewDirectory, PageRequest};

pub async fn a_directory_reads_back(ground: &Ground<'_>) {
    let metadata = json!({"b": 1, "a": [null, "ü"]}).as_object().unwrap().clone();
    let expires_at = Some(ground.now().plus_ms(1_000));
    let new = NewDirectory {
        project: ground.project,
        name: "Ünïcode 📁".to_owned(),
        kind: DirectoryKind::Ephemeral,
        description: Some("scans".to_owned()),
        expires_at,
        system_metadata: Some(metadata.clone()),
        once: None,
    };
    let made = ground.store.directory_create(new).await.unwrap();
    ground.clock.advance(10);
    let read = ground.store.directory_get(ground.project, made.id).await.unwrap().unwrap();
    assert_eq!((read.name.as_str(), read.kind), ("Ünïcode 📁", DirectoryKind::Ephemeral));
    assert_eq!((read.description.as_deref(), read.expires_at), (Some("scans"), expires_at));
    assert_eq!((read.system_metadata, read.created_at, read.deleted_at), (Some(metadata), made.created_at, None));
    assert!(ground.store.directory_get(ProjectId::generate(), made.id).await.unwrap().is_none());
}

pub async fn a_deleted_directory_says_so(ground: &Ground<'_>) {
    let id = ground.directory().await;
    let entry = ground.entry(id, "a").await;
    assert!(!ground.store.directory_delete(ProjectId::generate(), id).await.unwrap());
    ground.clock.advance(10);
    assert!(ground.store.directory_delete(ground.project, id).await.unwrap());
    assert!(!ground.store.directory_delete(ground.project, id).await.unwrap(), "deleted before");
    let read = ground.store.directory_get(ground.project, id).await.unwrap().unwrap();
    assert_eq!(read.deleted_at, Some(ground.now()));
    assert!(ground.store.directory_file_find(ground.project, entry.id).await.unwrap().is_none());
    assert!(ground.store.file_get(ground.project, entry.file).await.unwrap().is_none());
}

pub async fn lists_are_filtered_and_paged(ground: &Ground<'_>) {
    let mut made = Vec::new();
    for number in 0..7 {
        let kind = if number % 3 == 0 { DirectoryKind::Ephemeral } else { DirectoryKind::User };
        made.push(ground.directory_until(kind, None).await);
    }
    ground.store.directory_delete(ground.project, made[1]).await.unwrap();
    let filter = |kinds: &[DirectoryKind], name: Option<&str>, include_deleted| DirectoryFilter {
        name: name.map(str::to_owned),
        kinds: kinds.to_vec(),
        include_deleted,
    };
    use DirectoryKind::{Ephemeral, User};
    let cases = [
        (filter(&[], None, false), vec![6, 5, 4, 3, 2, 0]),
        (filter(&[], None, true), vec![6, 5, 4, 3, 2, 1, 0]),
        (filter(&[Ephemeral], None, false), vec![6, 3, 0]),
        (filter(&[User], Some("inbox"), false), vec![5, 4, 2]),
        (filter(&[User, Ephemeral], Some("other"), true), vec![]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<_> = expected.into_iter().map(|number: usize| made[number]).collect();
        for limit in [1, 2, 3, 1_000] {
            let mut seen = Vec::new();
            let mut page = PageRequest { after: None, limit };
            loop {
                let listed = ground.store.directory_list(ground.project, &filter, page).await.unwrap();
                assert!(listed.next.is_none() || listed.items.len() == limit as usize, "a page is full before the end");
                seen.extend(listed.items.iter().map(|directory| directory.id));
                let Some(next) = listed.next else { break };
                page.after = Some(next);
            }
            assert_eq!(seen, expected, "{filter:?} by {limit}");
        }
    }
    let other = ground.store.directory_list(ProjectId::generate(), &DirectoryFilter::default(), all()).await.unwrap();
    assert!(other.items.is_empty());
}

pub async fn an_update_changes_what_is_given(ground: &Ground<'_>) {
    let id = ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now())).await;
    ground.clock.advance(10);
    let update = async |name: Option<&str>, description: Option<&str>| {
        let change = DirectoryChange { name: name.map(str::to_owned), description: description.map(str::to_owned) };
        let updated = ground.store.directory_update(ground.project, id, change).await.unwrap().unwrap();
        assert_eq!(updated.updated_at, ground.now());
        (updated.name, updated.description)
    };
    assert_eq!(update(Some("new"), None).await, ("new".to_owned(), None), "expired ones are renamed too");
    assert_eq!(update(None, Some("text")).await, ("new".to_owned(), Some("text".to_owned())));
    assert_eq!(update(None, None).await, ("new".to_owned(), Some("text".to_owned())));
    assert_eq!(update(None, Some("")).await, ("new".to_owned(), None));
    let change = DirectoryChange::default;
    assert!(ground.store.directory_update(ProjectId::generate(), id, change()).await.unwrap().is_none());
    ground.store.directory_delete(ground.project, id).await.unwrap();
    assert!(ground.store.directory_update(ground.project, id, change()).await.unwrap().is_none(), "deleted");
}
