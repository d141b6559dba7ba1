use docmill_model::ids::Preset;
use docmill_model::{Code, ConfigurationId, Product, ProductType, ProjectId};
use serde_json::{Value, json};

use super::{Ground, all, refusal};
use crate::records::{Configuration, ConfigurationFilter, NewConfiguration, NewParameters, PageRequest};

async fn save(ground: &Ground<'_>, name: &str, product: impl Into<ProductType>, parameters: Value) -> Configuration {
    let parameters = NewParameters { product: product.into(), parameters };
    let new = NewConfiguration { project: ground.project, name: name.to_owned(), parameters };
    ground.store.configuration_save(new).await.unwrap()
}

pub async fn saving_again_replaces_the_parameters(ground: &Ground<'_>) {
    let first = save(ground, "invoices", Product::Parse, json!({"z": 1, "a": 2})).await;
    ground.clock.advance(10);
    let again = save(ground, "invoices", Product::Parse, json!({"tier": "fast"})).await;
    let other = save(ground, "invoices", Product::Extract, json!({})).await;
    assert_eq!(again.id, first.id);
    assert_ne!(other.id, first.id, "each product has names of its own");
    let read = ground.store.configuration_get(ground.project, first.id).await.unwrap().unwrap();
    assert_eq!((&read.parameters, read.product), (&json!({"tier": "fast"}), Product::Parse.into()));
    assert_eq!((read.created_at, read.version, read.updated_at), (first.created_at, ground.now(), ground.now()));
    assert_eq!(first.parameters.to_string(), r#"{"z":1,"a":2}"#, "keys keep their order");
}

pub async fn an_update_changes_what_is_given(ground: &Ground<'_>) {
    let store = ground.store;
    let made = save(ground, "one", Product::Parse, json!({"v": 1})).await;
    save(ground, "two", Product::Parse, json!({})).await;
    ground.clock.advance(10);
    let named = store.configuration_update(ground.project, made.id, Some("three".into()), None).await.unwrap().unwrap();
    assert_eq!((named.name.as_str(), named.parameters, named.version), ("three", json!({"v": 1}), made.version));

    let parameters = Some(NewParameters { product: Product::Parse.into(), parameters: json!({"v": 2}) });
    let changed = store.configuration_update(ground.project, made.id, None, parameters).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.parameters), ("three", json!({"v": 2})));
    assert_eq!((changed.version, changed.updated_at), (ground.now(), ground.now()));

    let taken = store.configuration_update(ground.project, made.id, Some("two".into()), None).await;
    assert_eq!(refusal(taken), Code::Conflict);
    let unknown = [ConfigurationId::generate(), ConfigurationId::Preset(Preset::ParseAgentic)];
    for id in unknown {
        assert!(store.configuration_update(ground.project, id, Some("x".into()), None).await.unwrap().is_none());
    }
    assert!(store.configuration_update(ProjectId::generate(), made.id, None, None).await.unwrap().is_none());
}

pub async fn lists_are_filtered_and_paged(ground: &Ground<'_>) {
    let mut made = Vec::new();
    for (name, product) in
        [("a", Product::Parse), ("b", Product::Extract), ("b", Product::Parse), ("c", Product::Parse)]
    {
        made.push(save(ground, name, product, json!({})).await.id);
    }
    let cases: [(&[Product], Option<&str>, &[usize]); 5] = [
        (&[], None, &[3, 2, 1, 0]),
        (&[Product::Parse], None, &[3, 2, 0]),
        (&[Product::Parse, Product::Extract], Some("b"), &[2, 1]),
        (&[Product::Extract], Some("b"), &[1]),
        (&[], Some("B"), &[]),
    ];
    for (products, name, expected) in cases {
        let filter = ConfigurationFilter {
            products: products.iter().map(|product| (*product).into()).collect(),
            name: name.map(str::to_owned),
            all_versions: false,
        };
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: 2 };
        loop {
            let listed = ground.store.configuration_list(ground.project, &filter, page).await.unwrap();
            seen.extend(listed.items.iter().map(|found| made.iter().position(|id| *id == found.id).unwrap()));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert_eq!(seen, expected, "{filter:?}");
    }
    let none = ConfigurationFilter::default();
    assert!(ground.store.configuration_list(ProjectId::generate(), &none, all()).await.unwrap().items.is_empty());
}

pub async fn a_deleted_one_is_gone(ground: &Ground<'_>) {
    let made = save(ground, "a", Product::Parse, json!({})).await.id;
    assert!(!ground.store.configuration_delete(ProjectId::generate(), made).await.unwrap());
    assert!(
        !ground.store.configuration_delete(ground.project, ConfigurationId::Preset(Preset::ParseFast)).await.unwrap()
    );
    assert!(ground.store.configuration_delete(ground.project, made).await.unwrap());
    assert!(!ground.store.configuration_delete(ground.project, made).await.unwrap());
    assert!(ground.store.configuration_get(ground.project, made).await.unwrap().is_none());
    save(ground, "a", Product::Parse, json!({})).await;
}

pub async fn every_version_is_kept(ground: &Ground<'_>) {
    let mut saved = Vec::new();
    for number in 0..3 {
        // No time passes between them: they are versions of their own all the same.
        saved.push(save(ground, "a", Product::Parse, json!({"v": number})).await);
        saved.push(save(ground, "b", ProductType::Unknown, json!({"v": number})).await);
    }
    let again = save(ground, "a", Product::Parse, json!({"v": 2})).await;
    assert_eq!((again.id, again.version), (saved[4].id, saved[4].version), "the same again is no version");
    ground.clock.advance(10);
    let renamed = Some("renamed".to_owned());
    ground.store.configuration_update(ground.project, saved[0].id, renamed, None).await.unwrap().unwrap();
    let parameters = Some(NewParameters { product: Product::Parse.into(), parameters: json!({"v": 3}) });
    ground.store.configuration_update(ground.project, saved[0].id, None, parameters).await.unwrap().unwrap();

    let list = async |filter: ConfigurationFilter, limit: u32| {
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit };
        loop {
            let listed = ground.store.configuration_list(ground.project, &filter, page).await.unwrap();
            assert!(listed.next.is_none() || listed.items.len() == limit as usize, "a page is full before the end");
            seen.extend(listed.items.iter().map(|each| (each.name.clone(), each.parameters["v"].as_i64().unwrap())));
            let Some(next) = listed.next else { return seen };
            page.after = Some(next);
        }
    };
    let versions = |name: Option<&str>, products: Vec<ProductType>, all_versions: bool| ConfigurationFilter {
        products,
        name: name.map(str::to_owned),
        all_versions,
    };
    let shown = |pairs: &[(&str, i64)]| pairs.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect::<Vec<_>>();
    for limit in [1, 2, 1_000] {
        let every = list(versions(None, Vec::new(), true), limit).await;
        let expected = [("renamed", 3), ("b", 2), ("renamed", 2), ("b", 1), ("renamed", 1), ("b", 0), ("renamed", 0)];
        assert_eq!(every, shown(&expected), "{limit}");
        let now = list(versions(None, Vec::new(), false), limit).await;
        assert_eq!(now, shown(&[("b", 2), ("renamed", 3)]), "{limit}");
        let unknown = list(versions(None, vec![ProductType::Unknown], true), limit).await;
        assert_eq!(unknown, shown(&[("b", 2), ("b", 1), ("b", 0)]), "{limit}");
        assert_eq!(list(versions(Some("a"), Vec::new(), true), limit).await, [], "nothing has the old name");
    }
    ground.store.configuration_delete(ground.project, saved[0].id).await.unwrap();
    assert_eq!(list(versions(Some("renamed"), Vec::new(), true), 10).await, [], "versions go along");
}
