//! The places of bytes: one suite on a folder, and on a bucket of a real S3 server that checks signatures.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

/// Such an address, `s3://bucket/prefix`; key, region and server are in the usual variables. `make test` starts one.
const BUCKET: &str = "TESTS_BUCKET";
/// Set where everything that tests need is there: then nothing may be left out.
const ALL_TOOLS: &str = "TESTS_NEED_ALL_TOOLS";

mod in_a_folder {
    use docmill_store::blobs::Blobs;

    fn open(_name: &str) -> Option<(Blobs, tempfile::TempDir)> {
        let folder = tempfile::tempdir().unwrap();
        Some((Blobs::local(folder.path()).unwrap(), folder))
    }

    docmill_store::blobs_suite!(open);
}

mod in_a_bucket {
    use docmill_store::blobs::Blobs;

    /// A prefix of its own for each test.
    fn open(name: &str) -> Option<(Blobs, ())> {
        let Ok(bucket) = std::env::var(super::BUCKET) else {
            assert!(std::env::var_os(super::ALL_TOOLS).is_none(), "{} is not set", super::BUCKET);
            eprintln!("SKIPPED: {name} on S3, {} is not set (make test sets it)", super::BUCKET);
            return None;
        };
        Some((Blobs::remote(&format!("{bucket}/{name}")).unwrap(), ()))
    }

    docmill_store::blobs_suite!(open);
}
