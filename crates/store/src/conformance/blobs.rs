//! What every place of bytes must do: a folder, and a bucket whose storage checks signatures.

use bytes::Bytes;
use futures_util::TryStreamExt;

use crate::blobs::Blobs;

/// More than two parts of an upload in parts, and not a whole number of them.
const LONG: usize = 16 * 1024 * 1024 + 5;

pub async fn what_is_put_is_read_whole_in_parts_and_as_a_stream(blobs: &Blobs) {
    const KEY: &str = "outputs/j/1/pages.jsonl";
    blobs.put(KEY, Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(blobs.get(KEY).await.unwrap().unwrap(), "0123456789");
    for (range, expected) in [(2..4, "23"), (8..99, "89"), (10..12, ""), (99..100, "")] {
        let part = blobs.get_range(KEY, range.clone()).await.unwrap().unwrap();
        assert_eq!(part, expected, "{range:?}");
    }
    for (range, expected) in [(0..10, "0123456789"), (3..5, "34"), (9..10, "9")] {
        let stream = blobs.stream_range(KEY, range.clone()).await.unwrap().unwrap();
        let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
        assert_eq!(parts.concat(), expected.as_bytes(), "{range:?}");
    }
    assert_eq!(blobs.size(KEY).await.unwrap(), Some(10));
    let (bytes, stream) = blobs.stream(KEY).await.unwrap().unwrap();
    let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
    assert_eq!((bytes, parts.concat().as_slice()), (10, b"0123456789".as_slice()));
    blobs.put(KEY, Bytes::from_static(b"new")).await.unwrap();
    assert_eq!(blobs.get(KEY).await.unwrap().unwrap(), "new", "what was there is replaced");
}

pub async fn nothing_is_something_that_can_be_put(blobs: &Blobs) {
    blobs.put("outputs/j/1/empty", Bytes::new()).await.unwrap();
    assert_eq!(blobs.size("outputs/j/1/empty").await.unwrap(), Some(0));
    let stream = blobs.stream_range("outputs/j/1/empty", 0..0).await.unwrap().unwrap();
    assert_eq!(stream.try_collect::<Vec<Bytes>>().await.unwrap().concat(), b"");
}

pub async fn what_is_missing_or_no_key_is_none(blobs: &Blobs) {
    for key in ["files/aa/b", "", "../x", "a//b"] {
        assert!(blobs.get(key).await.unwrap().is_none(), "{key}");
        assert!(blobs.get_range(key, 0..1).await.unwrap().is_none(), "{key}");
        assert!(blobs.stream(key).await.unwrap().is_none(), "{key}");
        assert!(blobs.stream_range(key, 0..1).await.unwrap().is_none(), "{key}");
        assert!(blobs.size(key).await.unwrap().is_none(), "{key}");
    }
    blobs.delete("files/aa/b").await.unwrap();
    blobs.delete_prefix("outputs/none").await.unwrap();
    assert!(blobs.put("../x", Bytes::new()).await.is_err());
}

pub async fn a_writer_shows_nothing_before_its_end_and_leaves_nothing_without_one(blobs: &Blobs) {
    let long = vec![7_u8; LONG];
    for content in [&b""[..], b"short", &long] {
        let mut writer = blobs.writer("files/aa/k").await.unwrap();
        writer.write(content).await.unwrap();
        assert!(blobs.get("files/aa/k").await.unwrap().is_none());
        writer.finish().await.unwrap();
        assert_eq!(blobs.get("files/aa/k").await.unwrap().unwrap(), content);
        blobs.delete("files/aa/k").await.unwrap();
    }
    let mut writer = blobs.writer("files/aa/k").await.unwrap();
    writer.write(&long).await.unwrap();
    writer.abort().await.unwrap();
    assert_eq!(blobs.list("files").await.unwrap(), []);
}

pub async fn a_file_is_copied(blobs: &Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    for content in [vec![], b"x".to_vec(), vec![3_u8; LONG]] {
        std::fs::write(&source, &content).unwrap();
        let key = Blobs::new_file_key("abcd");
        blobs.put_file(&key, &source).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap().unwrap(), content);
    }
}

/// Also where a bucket gives its list in parts.
pub async fn a_prefix_ends_at_a_whole_segment(blobs: &Blobs) {
    for key in ["outputs/j/1/a", "outputs/j/1/assets/b", "outputs/j/10/a"] {
        blobs.put(key, Bytes::from_static(b"x")).await.unwrap();
    }
    for number in 0..1_010 {
        blobs.put(&format!("outputs/many/{number}"), Bytes::from_static(b"x")).await.unwrap();
    }
    assert_eq!(blobs.list("outputs/many").await.unwrap().len(), 1_010);
    blobs.delete_prefix("outputs/j/1").await.unwrap();
    blobs.delete_prefix("outputs/many").await.unwrap();
    let left: Vec<String> = blobs.list("outputs").await.unwrap().into_iter().map(|entry| entry.key).collect();
    assert_eq!(left, ["outputs/j/10/a"]);
}

/// Names of files come from callers, and go into keys of pictures.
pub async fn a_key_may_have_any_letters(blobs: &Blobs) {
    for name in ["Rechnung März.pdf", "a+b &c=d?e#f.png", "数据/表.csv", "100%.txt"] {
        let key = format!("outputs/j/1/{name}");
        blobs.put(&key, Bytes::from(name.to_owned())).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap().unwrap(), name, "{name}");
        assert_eq!(blobs.size(&key).await.unwrap(), Some(name.len() as u64), "{name}");
        blobs.delete(&key).await.unwrap();
        assert!(blobs.get(&key).await.unwrap().is_none(), "{name}");
    }
}

/// A test for each of the above; `$open` makes an empty place, and says where it is to be let go of.
#[macro_export]
macro_rules! blobs_suite {
    ($open:path) => {
        $crate::blobs_suite!(@ $open:
            what_is_put_is_read_whole_in_parts_and_as_a_stream
            nothing_is_something_that_can_be_put
            what_is_missing_or_no_key_is_none
            a_writer_shows_nothing_before_its_end_and_leaves_nothing_without_one
            a_file_is_copied
            a_prefix_ends_at_a_whole_segment
            a_key_may_have_any_letters);
    };
    (@ $open:path: $($test:ident)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                if let Some((blobs, _kept)) = $open(stringify!($test)) {
                    $crate::conformance::blobs::$test(&blobs).await;
                }
            }
        )*
    };
}
