use docmill_model::{Code, DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{Ground, all, refusal};
use crate::records::{
    Content, DirectoryFileChange, DirectoryFileFilter, DirectoryKind, FileCreated, FileFilter, FileOrder, NewEntry,
    PageRequest,
};

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

pub async fn an_entry_of_a_stored_file_can_be_added(ground: &Ground<'_>) {
    let store = ground.store;
    let (directory, other) = (ground.directory().await, ground.directory().await);
    let FileCreated::New(file) = store.file_create(ground.new_file("a.pdf")).await.unwrap() else { panic!("new") };
    let new = |directory, file, unique_id: &str| NewEntry {
        project: ground.project,
        directory,
        file,
        display_name: "shown".to_owned(),
        unique_id: unique_id.to_owned(),
        metadata: Map::new(),
        once: None,
    };
    let added = store.directory_file_add(new(directory, file.id, "u")).await.unwrap();
    assert_eq!((added.file, added.content.clone(), added.display_name.as_str()), (file.id, file.content, "shown"));
    let again = store.directory_file_add(new(directory, file.id, "u")).await.unwrap();
    assert_eq!(again.id, added.id, "a client that sends it again");
    let second = store.directory_file_add(new(other, file.id, "u")).await.unwrap();

    let uploaded = ground.entry(directory, "b").await;
    let taken = store.directory_file_add(new(directory, uploaded.file, "u")).await;
    assert_eq!(refusal(taken), Code::DuplicateUniqueId);
    let gone = ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now())).await;
    for (new, expected) in [
        (new(directory, FileId::generate(), "x"), Code::NotFound),
        (new(DirectoryId::generate(), file.id, "x"), Code::NotFound),
        (new(gone, file.id, "x"), Code::DirectoryExpired),
        (NewEntry { project: ProjectId::generate(), ..new(directory, file.id, "x") }, Code::NotFound),
    ] {
        assert_eq!(refusal(store.directory_file_add(new).await), expected);
    }

    assert!(store.directory_file_delete(ground.project, directory, added.id).await.unwrap());
    assert!(store.directory_delete(ground.project, other).await.unwrap());
    assert!(store.directory_file_find(ground.project, second.id).await.unwrap().is_none());
    assert!(store.file_get(ground.project, file.id).await.unwrap().is_some(), "it was stored for itself");
}

pub async fn an_uploaded_file_goes_with_its_last_entry(ground: &Ground<'_>) {
    let store = ground.store;
    let ephemeral =
        |hours: i64| ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now().plus_ms(hours * 3_600_000)));
    let (first, second, lasting) = (ephemeral(1).await, ephemeral(2).await, ground.directory().await);
    let entry = ground.entry(first, "a").await;
    let expires = async || store.file_get(ground.project, entry.file).await.unwrap().unwrap().expires_at;
    let add = async |directory| {
        let (display_name, unique_id) = ("a".to_owned(), "a".to_owned());
        let (project, file, metadata) = (ground.project, entry.file, Map::new());
        let new = NewEntry { project, directory, file, display_name, unique_id, metadata, once: None };
        store.directory_file_add(new).await.unwrap()
    };
    assert_eq!(expires().await, Some(ground.now().plus_ms(3_600_000)));
    add(second).await;
    assert_eq!(expires().await, Some(ground.now().plus_ms(7_200_000)), "the last directory counts");
    let kept = add(lasting).await;
    assert_eq!(expires().await, None);
    store.directory_delete(ground.project, first).await.unwrap();
    store.directory_delete(ground.project, second).await.unwrap();
    assert_eq!(expires().await, None, "an entry is left");
    store.directory_file_delete(ground.project, lasting, kept.id).await.unwrap();
    assert!(store.file_get(ground.project, entry.file).await.unwrap().is_none());
}

pub async fn an_entry_is_changed_and_moved(ground: &Ground<'_>) {
    let store = ground.store;
    let (directory, other) = (ground.directory().await, ground.directory().await);
    let entry = ground.entry(directory, "a").await;
    ground.entry(directory, "taken").await;
    ground.entry(other, "a").await;
    let expired = ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now())).await;
    let update = async |from, change| store.directory_file_update(ground.project, from, entry.id, change).await;
    let metadata = json!({"k": 1}).as_object().unwrap().clone();
    ground.clock.advance(10);

    let renamed = DirectoryFileChange { display_name: Some("new name".to_owned()), ..Default::default() };
    let read = update(directory, renamed).await.unwrap().unwrap();
    assert_eq!((read.display_name.as_str(), read.unique_id.as_str()), ("new name", "a"));
    assert_eq!((read.updated_at, read.created_at), (ground.now(), entry.created_at));
    let changed = DirectoryFileChange { metadata: Some(metadata.clone()), ..Default::default() };
    assert_eq!(update(directory, changed).await.unwrap().unwrap().metadata, metadata);

    let named = |unique_id: &str, directory| DirectoryFileChange {
        unique_id: Some(unique_id.to_owned()),
        directory,
        ..Default::default()
    };
    for (change, expected) in [
        (named("taken", None), Code::DuplicateUniqueId),
        (named("a", Some(other)), Code::DuplicateUniqueId),
        (named("a", Some(expired)), Code::DirectoryExpired),
        (named("a", Some(DirectoryId::generate())), Code::NotFound),
    ] {
        assert_eq!(refusal(update(directory, change).await), expected);
    }
    assert!(update(other, named("b", None)).await.unwrap().is_none(), "it is not in that directory");
    let own = update(directory, named("a", Some(directory))).await.unwrap().unwrap();
    assert_eq!((own.id, own.directory), (entry.id, directory), "its own unique_id is not taken");

    let moved = update(directory, named("b", Some(other))).await.unwrap().unwrap();
    assert_eq!((moved.id, moved.directory, moved.unique_id.as_str()), (entry.id, other, "b"));
    assert!(store.directory_file_get(ground.project, directory, entry.id).await.unwrap().is_none());
    let read = store.directory_file_get(ground.project, other, entry.id).await.unwrap().unwrap();
    assert_eq!((read.display_name.as_str(), read.metadata), ("new name", metadata));
    let foreign = store.directory_file_update(ProjectId::generate(), other, entry.id, named("c", None)).await.unwrap();
    assert!(foreign.is_none());
    store.directory_file_delete(ground.project, other, entry.id).await.unwrap();
    assert!(update(other, named("c", None)).await.unwrap().is_none(), "deleted");
}

pub async fn a_deleted_file_takes_its_entries_and_waiting_jobs_along(ground: &Ground<'_>) {
    let batch = ground.batch(2).await;
    let items = ground.store.batch_results(ground.project, batch.id).await.unwrap().unwrap();
    let entry = ground.store.directory_file_find(ground.project, items[0].directory_file).await.unwrap().unwrap();
    assert!(!ground.store.file_delete(ProjectId::generate(), entry.file).await.unwrap());
    assert!(ground.store.file_delete(ground.project, entry.file).await.unwrap());
    assert!(!ground.store.file_delete(ground.project, entry.file).await.unwrap(), "deleted before");
    assert!(ground.store.file_get(ground.project, entry.file).await.unwrap().is_none());
    assert!(ground.store.directory_file_find(ground.project, entry.id).await.unwrap().is_none());
    assert_eq!(ground.batch_now(batch.id).await.counts.failed, 1, "its job ended");
    assert_eq!(ground.claim(5).await.len(), 1, "the other one waits");
}

pub async fn a_job_by_file_id_ends_when_the_last_entry_goes(ground: &Ground<'_>) {
    let store = ground.store;
    for whole_directory in [false, true] {
        let directory = ground.directory().await;
        let entry = ground.entry(directory, "a").await;
        let file = store.file_get(ground.project, entry.file).await.unwrap().unwrap();
        let job = store.job_create(ground.new_job(&file)).await.unwrap();
        if whole_directory {
            store.directory_delete(ground.project, directory).await.unwrap();
        } else {
            store.directory_file_delete(ground.project, directory, entry.id).await.unwrap();
        }
        let failure = ground.job_now(job.id).await.failure.unwrap();
        assert_eq!(failure.code, Code::SourceDeleted, "{whole_directory}");
    }
}

pub async fn jobs_of_a_file_that_stays_go_on_when_an_entry_goes(ground: &Ground<'_>) {
    let FileCreated::New(file) = ground.store.file_create(ground.new_file("a")).await.unwrap() else { panic!("new") };
    ground.store.job_create(ground.new_job(&file)).await.unwrap();
    let directory = ground.directory().await;
    let (display_name, unique_id) = ("a".to_owned(), "a".to_owned());
    let (project, metadata) = (ground.project, Map::new());
    let new = NewEntry { project, directory, file: file.id, display_name, unique_id, metadata, once: None };
    let entry = ground.store.directory_file_add(new).await.unwrap();
    let batch = ground.store.batch_create(ground.new_batch(directory)).await.unwrap();
    ground.store.directory_file_delete(ground.project, directory, entry.id).await.unwrap();
    assert_eq!(ground.batch_now(batch.id).await.counts.failed, 1);
    assert_eq!(ground.claim(5).await.len(), 1, "the job outside the batch");
}

pub async fn stored_files_are_filtered_ordered_and_paged(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let mut made = Vec::new();
    let mut entries = Vec::new();
    for (name, external) in [("b", None), ("\u{e9}", Some("x")), ("a", Some("x")), ("b", None), ("B", None)] {
        let mut new = ground.new_entry(directory, &format!("{name}{}", made.len()));
        new.file.name = name.to_owned();
        new.file.external_file_id = external.map(str::to_owned);
        let FileCreated::New(entry) = ground.store.directory_file_create(new).await.unwrap() else { panic!("new") };
        made.push(entry.file);
        entries.push(entry.id);
        ground.clock.advance(if made.len() == 2 { 0 } else { 10 });
    }
    let FileCreated::New(gone) = ground.store.file_create(ground.new_file("gone")).await.unwrap() else {
        panic!("new")
    };
    ground.store.file_delete(ground.project, gone.id).await.unwrap();
    let none = FileFilter::default;
    let ids = |ids: Vec<Uuid>| FileFilter { ids: Some(ids), ..none() };
    let cases: [(FileFilter, FileOrder, &[usize]); 8] = [
        (none(), FileOrder::NewestFirst, &[4, 3, 2, 1, 0]),
        (none(), FileOrder::Id, &[0, 1, 2, 3, 4]),
        (none(), FileOrder::Name, &[4, 2, 0, 3, 1]),
        (FileFilter { name: Some("b".to_owned()), ..none() }, FileOrder::Name, &[0, 3]),
        (FileFilter { external_file_id: Some("x".to_owned()), ..none() }, FileOrder::NewestFirst, &[2, 1]),
        (ids(vec![made[3].uuid(), entries[1].uuid(), gone.id.uuid()]), FileOrder::Id, &[1, 3]),
        (ids(vec![made[1].uuid(), entries[1].uuid()]), FileOrder::Id, &[1]),
        (ids(Vec::new()), FileOrder::Id, &[]),
    ];
    for (filter, order, expected) in cases {
        for limit in [1, 2, 1_000] {
            let mut seen = Vec::new();
            let mut page = PageRequest { after: None, limit };
            loop {
                let listed = ground.store.file_list(ground.project, &filter, order, page).await.unwrap();
                assert!(listed.next.is_none() || listed.items.len() == limit as usize, "a page is full before the end");
                seen.extend(listed.items.iter().map(|file| made.iter().position(|id| *id == file.id).unwrap()));
                let Some(next) = listed.next else { break };
                page.after = Some(next);
            }
            assert_eq!(seen, expected, "{filter:?} {order:?} by {limit}");
        }
    }
    let foreign = ground.store.file_list(ProjectId::generate(), &none(), FileOrder::Id, all()).await.unwrap();
    assert!(foreign.items.is_empty());
}
