use docmill_model::{Code, ProjectId};

use super::{Ground, refusal};
use crate::records::NewKey;

pub async fn the_default_project_stays(ground: &Ground<'_>) {
    let first = ground.store.project_default().await.unwrap();
    let again = ground.store.project_get(first.id).await.unwrap().unwrap();
    assert!(again.is_default);
    assert_eq!((again.id, again.organization_id, again.created_at), (first.id, first.organization_id, ground.now()));
    assert!(ground.store.project_get(ProjectId::generate()).await.unwrap().is_none());
}

pub async fn a_key_is_found_until_it_is_revoked(ground: &Ground<'_>) {
    let new = |name: &str, secret_hash: &str| NewKey {
        project: ground.project,
        name: name.to_owned(),
        secret_hash: secret_hash.to_owned(),
        hint: "dm-abc".to_owned(),
    };
    let first = ground.store.key_create(new("one", "h1")).await.unwrap();
    ground.store.key_create(new("two", "h2")).await.unwrap();
    assert_eq!(refusal(ground.store.key_create(new("three", "h1")).await), Code::Conflict);

    let found = ground.store.key_find("h1").await.unwrap().unwrap();
    assert_eq!((found.id, found.project, found.hint.as_str()), (first.id, ground.project, "dm-abc"));
    assert!(ground.store.key_find("h3").await.unwrap().is_none());

    ground.clock.advance(5);
    assert!(ground.store.key_revoke(first.id).await.unwrap());
    assert!(!ground.store.key_revoke(first.id).await.unwrap(), "revoked before");
    assert!(ground.store.key_find("h1").await.unwrap().is_none());
    let listed = ground.store.key_list().await.unwrap();
    let seen: Vec<_> = listed.iter().map(|key| (key.name.as_str(), key.revoked_at)).collect();
    assert_eq!(seen, [("one", Some(ground.now())), ("two", None)]);
}
