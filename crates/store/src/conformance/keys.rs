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

pub async fn signing_keys_rotate_and_keep_their_predecessor(ground: &Ground<'_>) {
    const AGE_MS: i64 = 1_000;
    let keys = async || ground.store.signing_keys(AGE_MS).await.unwrap();
    let first = keys().await;
    assert!(first.predecessor.is_none() && first.current.secret.len() >= 64);
    ground.clock.advance(AGE_MS);
    assert_eq!(keys().await, first, "not too old yet");
    ground.clock.advance(1);
    let second = keys().await;
    assert_ne!(second.current.secret, first.current.secret);
    assert_eq!(second.predecessor.as_ref(), Some(&first.current));
    assert_eq!(keys().await, second);
    ground.clock.advance(AGE_MS + 1);
    let third = keys().await;
    assert_eq!(third.predecessor.as_ref(), Some(&second.current), "the first is forgotten");
    assert_eq!(keys().await, third);
    assert!(!format!("{third:?}").contains(&third.current.secret), "secrets are not printed");
}

pub async fn projects_have_names_of_their_own(ground: &Ground<'_>) {
    let first = ground.store.project_default().await.unwrap();
    ground.clock.advance(5);
    let made = ground.store.project_create("second").await.unwrap();
    assert_eq!((made.name.as_str(), made.is_default, made.created_at), ("second", false, ground.now()));
    assert_eq!(made.organization_id, first.organization_id);
    for taken in ["second", first.name.as_str()] {
        assert_eq!(refusal(ground.store.project_create(taken).await), Code::Conflict);
    }
    let listed: Vec<_> = ground.store.project_list().await.unwrap().iter().map(|project| project.id).collect();
    assert_eq!(listed, [first.id, made.id]);
    assert_eq!(ground.store.project_get(made.id).await.unwrap().unwrap().name, "second");
}
