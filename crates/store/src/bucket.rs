//! Buckets of object storages that speak S3.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

const SCHEME: &str = "s3://";
/// A storage that is busy is asked again so often, and so long in all.
const RETRIES_MAX: usize = 5;
const RETRY_TIME: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);
/// One answer with all its bytes.
const ANSWER: Duration = Duration::from_secs(300);

/// A place in a bucket: `s3://bucket/folder/below`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BucketAddress {
    bucket: String,
    /// Without slashes at its ends; empty for the whole bucket.
    pub prefix: String,
}

impl BucketAddress {
    /// The key of what is called `name` below this place.
    pub fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }

    /// What `key` is called below this place.
    pub fn name<'a>(&self, key: &'a str) -> Option<&'a str> {
        if self.prefix.is_empty() { Some(key) } else { key.strip_prefix(&self.prefix)?.strip_prefix('/') }
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

impl FromStr for BucketAddress {
    type Err = String;

    /// # Errors
    /// Why the text is no address of a bucket, to follow its name in a sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix(SCHEME).ok_or_else(|| format!("it must begin with {SCHEME}"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if bucket.is_empty() || !bucket.chars().all(usual) {
            return Err("the name of the bucket is missing, or has other characters than letters, digits, . - _".into());
        }
        let prefix = prefix.trim_end_matches('/');
        Key::parse(prefix).map_err(|_| "a part between two slashes is empty, `.` or `..`".to_owned())?;
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

/// An object storage with all its keys below the place's prefix.
///
/// # Errors
/// Why there is none, to follow the place's name in a sentence.
pub fn open_place(place: &str) -> Result<Arc<dyn ObjectStore>, String> {
    let (scheme, rest) = place.split_once("://").ok_or("it has no scheme")?;
    let address = BucketAddress::from_str(&format!("{SCHEME}{rest}"))?;
    let built = match scheme {
        "s3" => open(&address).map(below(&address)),
        "gs" => {
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(&address.bucket);
            builder.with_client_options(client()).with_retry(retry()).build().map(below(&address))
        }
        "az" => {
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(&address.bucket);
            builder.with_client_options(client()).with_retry(retry()).build().map(below(&address))
        }
        _ => return Err(format!("`{scheme}` is no storage that is known")),
    };
    built.map_err(|error| error.to_string())
}

fn below<T: ObjectStore>(address: &BucketAddress) -> impl FnOnce(T) -> Arc<dyn ObjectStore> {
    let prefix = address.prefix.clone();
    move |storage| match prefix.is_empty() {
        true => Arc::new(storage),
        false => Arc::new(PrefixStore::new(storage, Key::from(prefix))),
    }
}

fn client() -> ClientOptions {
    // Refused only when a provider was chosen before, which is then the one that is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ClientOptions::new().with_connect_timeout(CONNECT).with_timeout(ANSWER)
}

fn retry() -> RetryConfig {
    RetryConfig { max_retries: RETRIES_MAX, retry_timeout: RETRY_TIME, ..RetryConfig::default() }
}

/// The bucket as the environment describes it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the identity of the
/// machine), AWS_REGION, and AWS_ENDPOINT_URL for another server than Amazon's.
pub fn open(address: &BucketAddress) -> object_store::Result<AmazonS3> {
    let builder = AmazonS3Builder::from_env();
    let endpoints = [AmazonS3ConfigKey::Endpoint, AmazonS3ConfigKey::S3Endpoint];
    // Whoever writes http:// in the address of their storage means it.
    let is_plain = endpoints.iter().filter_map(|key| builder.get_config_value(key)).any(|at| at.starts_with("http:"));
    let client = client().with_allow_http(is_plain);
    builder.with_bucket_name(&address.bucket).with_client_options(client).with_retry(retry()).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        let table = [
            ("s3://in", Ok("s3://in/")),
            ("s3://in/", Ok("s3://in/")),
            ("s3://in/2024/a b.pdf", Ok("s3://in/2024/a b.pdf")),
            ("s3://in/2024/", Ok("s3://in/2024")),
            ("in/2024", Err("it must begin with")),
            ("s3:///x", Err("the name of the bucket is missing")),
            ("s3://a b/x", Err("the name of the bucket is missing")),
            ("s3://in/a//b", Err("a part between two slashes")),
            ("s3://in/../b", Err("a part between two slashes")),
        ];
        for (text, expected) in table {
            match (text.parse::<BucketAddress>(), expected) {
                (Ok(address), Ok(shown)) => assert_eq!(address.to_string(), shown),
                (Err(why), Err(part)) => assert!(why.contains(part), "{text}: {why}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn names_are_what_stands_below_the_address() {
        let check = |address: &str, key: &str, expected: Option<&str>| {
            assert_eq!(address.parse::<BucketAddress>().unwrap().name(key), expected, "{address} {key}");
        };
        check("s3://in", "a/b.pdf", Some("a/b.pdf"));
        check("s3://in/a", "a/b.pdf", Some("b.pdf"));
        check("s3://in/a", "ab/c", None);
        assert_eq!("s3://in/a".parse::<BucketAddress>().unwrap().key("b"), "a/b");
        assert_eq!("s3://in".parse::<BucketAddress>().unwrap().key("b"), "b");
    }
}
