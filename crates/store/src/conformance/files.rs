use docmill_model::{Code, DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use serde_json::json;

use super::{Ground, all, refusal};
use crate::records::{Content, DirectoryFileFilter, DirectoryKind, FileCreated, PageRequest};

pub async fn a_stored_file_reads_back(ground: &Ground<'_>) {
    let mut new = ground.new_file("a.pdf");
    new.external_file_id = Some("mine".to_owned());
    let FileCreated::New(made) = ground.store.file_create(new.clone()).await.unwrap() else { panic!("new") };
    let read = ground.store.file_get(ground.project, made.id).await.unwrap().unwrap();
    assert_eq!((read.name, read.external_file_id, read.purpose), (new.name, new.external_file_id, new.purpose));
    assert_eq!((read.content, read.created_at), (new.content.clone(), ground.now()));
    assert!(ground.store.file_get(ProjectId::generate(), made.id).await.unwrap().is_none());
    assert!(ground.store.file_get(ground.project, FileId::generate()).await.unwrap().is_none());

    let Content::Blob(blob) = new.content else { panic!("a blob") };
    assert_eq!(ground.store.blob_find(&blob.sha256).await.unwrap(), Some(blob));
    assert_eq!(ground.store.blob_find("unknown").await.unwrap(), None);

    let mut local = ground.new_file("b.pdf");
    local.content =
        Content::Path { path: "/in/b.pdf".to_owned(), bytes: 3, modified_ms: -5, sha256: "hash".to_owned() };
    let FileCreated::New(made) = ground.store.file_create(local.clone()).await.unwrap() else { panic!("new") };
    let read = ground.store.file_get(ground.project, made.id).await.unwrap().unwrap();
    assert_eq!(read.content, local.content);
    assert_eq!(ground.store.blob_find("hash").await.unwrap(), None, "a file of the disk is no blob");
}

pub async fn the_same_upload_again_answers_the_entry_that_is_there(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let mut new = ground.new_entry(directory, "a");
    new.metadata = json!({"n": 1.5, "tags": ["x"]}).as_object().unwrap().clone();
    let FileCreated::New(first) = ground.store.directory_file_create(new.clone()).await.unwrap() else { panic!("new") };
    let FileCreated::Same(again) = ground.store.directory_file_create(new.clone()).await.unwrap() else {
        panic!("same")
    };
    assert_eq!((again.id, again.file, again.metadata), (first.id, first.file, new.metadata.clone()));

    let mut other = ground.new_entry(directory, "b");
    other.unique_id = "a".to_owned();
    let refused = ground.store.directory_file_create(other.clone()).await;
    assert_eq!(refusal(refused), Code::DuplicateUniqueId);
    other.directory = ground.directory().await;
    let elsewhere = ground.store.directory_file_create(other).await.unwrap();
    assert!(matches!(elsewhere, FileCreated::New(_)), "another directory has ids of its own");
}

pub async fn unicode_forms_and_long_names_are_kept_as_given(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let long = "é".repeat(3_000);
    let names = ["caf\u{e9}", "cafe\u{301}", "a/b\\c", "tab\there\u{1}", "%_'\"", &long];
    for name in names {
        let entry = ground.entry(directory, name).await;
        assert_eq!((entry.display_name.as_str(), entry.unique_id.as_str()), (name, name));
    }
    for name in names {
        let by_id = DirectoryFileFilter { unique_id: Some(name.to_owned()), ..Default::default() };
        let by_part = DirectoryFileFilter { display_name_contains: Some(name.to_owned()), ..Default::default() };
        for filter in [by_id, by_part] {
            let listed = ground.store.directory_file_list(ground.project, directory, &filter, all()).await.unwrap();
            let found: Vec<_> = listed.items.iter().map(|entry| entry.display_name.as_str()).collect();
            assert_eq!(found, [name]);
        }
    }
}

pub async fn a_directory_that_cannot_take_files_refuses_them(ground: &Ground<'_>) {
    let expired = ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now().plus_ms(100))).await;
    ground.entry(expired, "in time").await;
    ground.clock.advance(100);
    let deleted = ground.directory().await;
    ground.store.directory_delete(ground.project, deleted).await.unwrap();
    for (directory, expected) in
        [(DirectoryId::generate(), Code::NotFound), (deleted, Code::NotFound), (expired, Code::DirectoryExpired)]
    {
        let refused = ground.store.directory_file_create(ground.new_entry(directory, "late")).await;
        assert_eq!(refusal(refused), expected);
    }
    let mut foreign = ground.new_entry(ground.directory().await, "a");
    foreign.file.project = ProjectId::generate();
    assert_eq!(refusal(ground.store.directory_file_create(foreign).await), Code::NotFound);
}

pub async fn a_deleted_entry_is_not_found_and_frees_its_unique_id(ground: &Ground<'_>) {
    let (directory, other) = (ground.directory().await, ground.directory().await);
    let entry = ground.entry(directory, "a").await;
    let (project, id) = (ground.project, entry.id);
    assert!(ground.store.directory_file_get(project, directory, id).await.unwrap().is_some());
    assert!(ground.store.directory_file_get(project, other, id).await.unwrap().is_none());
    assert!(!ground.store.directory_file_delete(project, other, id).await.unwrap());
    assert!(!ground.store.directory_file_delete(ProjectId::generate(), directory, id).await.unwrap());
    assert!(!ground.store.directory_file_delete(project, directory, DirectoryFileId::generate()).await.unwrap());

    assert!(ground.store.directory_file_delete(project, directory, id).await.unwrap());
    assert!(!ground.store.directory_file_delete(project, directory, id).await.unwrap(), "deleted before");
    assert!(ground.store.directory_file_get(project, directory, id).await.unwrap().is_none());
    assert!(ground.store.directory_file_find(project, id).await.unwrap().is_none());
    assert!(ground.store.file_get(project, entry.file).await.unwrap().is_none());
    let again = ground.entry(directory, "a").await;
    assert_ne!(again.id, id);
}

pub async fn lists_are_filtered_and_paged(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let mut made = Vec::new();
    for name in ["a.pdf", "b.pdf", "c.txt", "A.PDF", "d.pdf"] {
        made.push(ground.entry(directory, name).await);
        ground.clock.advance(10);
    }
    ground.store.directory_file_delete(ground.project, directory, made[1].id).await.unwrap();
    let at = |number: usize| Some(Timestamp(made[number].updated_at.0));
    let with = |change: &dyn Fn(&mut DirectoryFileFilter)| {
        let mut filter = DirectoryFileFilter::default();
        change(&mut filter);
        filter
    };
    let cases: [(DirectoryFileFilter, &[usize]); 7] = [
        (with(&|_| {}), &[0, 2, 3, 4]),
        (with(&|filter| filter.include_deleted = true), &[0, 1, 2, 3, 4]),
        (with(&|filter| filter.display_name = Some("a.pdf".into())), &[0]),
        (with(&|filter| filter.display_name_contains = Some(".pdf".into())), &[0, 4]),
        (with(&|filter| filter.file = Some(made[2].file)), &[2]),
        (with(&|filter| (filter.updated_from, filter.updated_to) = (at(2), at(3))), &[2, 3]),
        (with(&|filter| filter.display_name_contains = Some("%".into())), &[]),
    ];
    for (filter, expected) in cases {
        for limit in [1, 2, 1_000] {
            let mut seen = Vec::new();
            let mut page = PageRequest { after: None, limit };
            loop {
                let listed = ground.store.directory_file_list(ground.project, directory, &filter, page).await.unwrap();
                assert!(listed.next.is_none() || listed.items.len() == limit as usize, "a page is full before the end");
                seen.extend(listed.items.iter().map(|entry| made.iter().position(|m| m.id == entry.id).unwrap()));
                let Some(next) = listed.next else { break };
                page.after = Some(next);
            }
            assert_eq!(seen, expected, "{filter:?} by {limit}");
        }
    }
}
