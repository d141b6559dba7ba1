//! Bytes: uploaded files under `files/`, what jobs write under `outputs/<job>-<attempt>/`.
//!
//! A thin wrapper over `object_store`; its types stop here. A put is durable when it returns (`with_fsync`), so the
//! row that refers to it may commit after it.

use std::error::Error;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::{Bytes, BytesMut};
use docmill_model::{Code, Timestamp};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload};
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use crate::bucket::{self, BucketAddress};
use crate::error::{StoreError, StoreResult};

/// Bytes that a writer collects before they go out. Object storages refuse smaller parts than 5 MiB.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// Where bytes are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    /// Root of a local folder, `None` for remote storage.
    root: Option<PathBuf>,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEntry {
    pub key: String,
    pub bytes: u64,
    /// When it was written, milliseconds since 1970, by the storage's own clock.
    pub modified_ms: i64,
    /// Changes with the content, where the storage gives such a mark.
    pub version: Option<String>,
}

impl From<ObjectMeta> for BlobEntry {
    fn from(about: ObjectMeta) -> Self {
        Self {
            key: about.location.to_string(),
            bytes: about.size,
            modified_ms: about.last_modified.timestamp_millis(),
            version: about.e_tag,
        }
    }
}

impl Blobs {
    /// A folder of this machine; it is made when it is not there.
    pub fn local(root: &Path) -> StoreResult<Self> {
        std::fs::create_dir_all(root).map_err(|error| unavailable(Box::new(error)))?;
        let root = root.canonicalize().map_err(|error| unavailable(Box::new(error)))?;
        let objects = LocalFileSystem::new_with_prefix(&root).map_err(blob_error)?;
        // The row that refers to an object commits after the put: the object must survive a power loss first.
        let objects = objects.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { objects: Arc::new(objects), root: Some(root) })
    }

    /// A bucket of an object storage that speaks S3; keys are those of the bucket, whatever the address has below it.
    /// Credentials, region and server come from the usual AWS_ variables of the environment.
    pub fn bucket(address: &BucketAddress) -> StoreResult<Self> {
        Ok(Self { objects: Arc::new(bucket::open(address).map_err(blob_error)?), root: None })
    }

    /// A place in an object storage: `s3://bucket/prefix`, `gs://...` or `az://...`, with credentials from the usual
    /// variables of the environment. Every key is below the prefix.
    ///
    /// # Errors
    /// Why this is no such place, to follow its name in a sentence.
    pub fn remote(place: &str) -> Result<Self, String> {
        Ok(Self { objects: bucket::open_place(place)?, root: None })
    }

    /// A new key for uploaded content. Random at its end, so that an old key with the same content can be deleted
    /// while these bytes are put.
    pub fn new_file_key(sha256: &str) -> String {
        let shard = sha256.get(..2).unwrap_or("00");
        format!("files/{shard}/{sha256}-{}", Uuid::new_v4().simple())
    }

    /// Writes an object whole; an object that is there is replaced at once or not at all.
    pub async fn put(&self, key: &str, bytes: Bytes) -> StoreResult<()> {
        self.objects.put(&location(key)?, PutPayload::from_bytes(bytes)).await.map_err(blob_error)?;
        Ok(())
    }

    /// Copies a file of the local disk into an object.
    pub async fn put_file(&self, key: &str, path: &Path) -> StoreResult<()> {
        let mut file = tokio::fs::File::open(path).await.map_err(io_error)?;
        let mut writer = self.writer(key).await?;
        loop {
            writer.waiting.reserve(PART_BYTES - writer.waiting.len());
            let read = file.read_buf(&mut writer.waiting).await.map_err(io_error)?;
            if read == 0 {
                return writer.finish().await;
            }
            writer.flush_full().await?;
        }
    }

    /// Starts an object that is written bit by bit. Nothing is visible under the key before `finish`.
    pub async fn writer(&self, key: &str) -> StoreResult<BlobWriter> {
        Ok(BlobWriter { blobs: self.clone(), key: location(key)?, upload: None, waiting: BytesMut::new() })
    }

    pub async fn get(&self, key: &str) -> StoreResult<Option<Bytes>> {
        let Ok(location) = location(key) else { return Ok(None) };
        match self.objects.get(&location).await {
            Ok(found) => present(found.bytes().await),
            Err(error) => present(Err(error)),
        }
    }

    /// The part of an object in `range`, cut at the object's end.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> StoreResult<Option<Bytes>> {
        let Ok(location) = location(key) else { return Ok(None) };
        let Some(head) = present(self.objects.head(&location).await)? else { return Ok(None) };
        let range = range.start..range.end.min(head.size);
        if range.is_empty() {
            return Ok(Some(Bytes::new()));
        }
        present(self.objects.get_range(&location, range).await)
    }

    /// What a listing would say of an object; `None` when it is not there.
    pub async fn entry(&self, key: &str) -> StoreResult<Option<BlobEntry>> {
        let Ok(location) = location(key) else { return Ok(None) };
        Ok(present(self.objects.head(&location).await)?.map(BlobEntry::from))
    }

    /// Bytes of an object; `None` when it is not there.
    pub async fn size(&self, key: &str) -> StoreResult<Option<u64>> {
        Ok(self.entry(key).await?.map(|entry| entry.bytes))
    }

    /// The bytes of an object in `range`, which lies within it, without holding them in memory.
    pub async fn stream_range(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> StoreResult<Option<BoxStream<'static, StoreResult<Bytes>>>> {
        let Ok(location) = location(key) else { return Ok(None) };
        // An empty range is an error to object_store; only the whole of an empty object has one.
        let wanted = (!range.is_empty()).then_some(GetRange::Bounded(range));
        let options = GetOptions { range: wanted, ..GetOptions::default() };
        let Some(found) = present(self.objects.get_opts(&location, options).await)? else { return Ok(None) };
        Ok(Some(found.into_stream().map_err(blob_error).boxed()))
    }

    /// Size and bytes of an object, without holding it in memory.
    pub async fn stream(&self, key: &str) -> StoreResult<Option<(u64, BoxStream<'static, StoreResult<Bytes>>)>> {
        let Ok(location) = location(key) else { return Ok(None) };
        let Some(found) = present(self.objects.get(&location).await)? else { return Ok(None) };
        let bytes = found.meta.size;
        Ok(Some((bytes, found.into_stream().map_err(blob_error).boxed())))
    }

    /// Deletes an object; one that is not there is fine.
    pub async fn delete(&self, key: &str) -> StoreResult<()> {
        present(self.objects.delete(&location(key)?).await).map(|_| ())
    }

    /// Deletes every object below `prefix`, which is a whole path segment.
    pub async fn delete_prefix(&self, prefix: &str) -> StoreResult<()> {
        for entry in self.list(prefix).await? {
            self.delete(&entry.key).await?;
        }
        Ok(())
    }

    /// Every object below `prefix`, or every one there is without one. Objects that are still being written are not listed.
    pub async fn list(&self, prefix: &str) -> StoreResult<Vec<BlobEntry>> {
        let prefix = (!prefix.is_empty()).then(|| location(prefix)).transpose()?;
        self.objects.list(prefix.as_ref()).map_ok(BlobEntry::from).try_collect().await.map_err(blob_error)
    }

    /// Deletes what puts left that never ended because their process died, if it was last written before `before`.
    /// Only a local folder keeps such files; remote storages have a rule for unfinished uploads. Answers how many.
    pub async fn delete_unfinished(&self, before: Timestamp) -> StoreResult<u32> {
        let Some(root) = self.root.clone() else { return Ok(0) };
        let work = tokio::task::spawn_blocking(move || delete_staged(&root, before));
        work.await.map_err(|error| unavailable(Box::new(error)))?.map_err(io_error)
    }

    /// Where an object lies on the local disk, so that it can be opened in place; `None` for remote storage and
    /// for keys that cannot be.
    pub fn local_path(&self, key: &str) -> Option<PathBuf> {
        location(key).ok()?;
        Some(self.root.as_ref()?.join(key))
    }
}

/// An object being written. Dropped before `finish`, it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    blobs: Blobs,
    key: Key,
    upload: Option<Box<dyn MultipartUpload>>,
    waiting: BytesMut,
}

impl BlobWriter {
    pub async fn write(&mut self, mut bytes: &[u8]) -> StoreResult<()> {
        while !bytes.is_empty() {
            let taken = bytes.len().min(PART_BYTES - self.waiting.len());
            self.waiting.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            self.flush_full().await?;
        }
        Ok(())
    }

    /// Makes the object visible under its key, durably.
    pub async fn finish(mut self) -> StoreResult<()> {
        let rest = self.waiting.split().freeze();
        let Some(mut upload) = self.upload.take() else {
            self.blobs.objects.put(&self.key, PutPayload::from_bytes(rest)).await.map_err(blob_error)?;
            return Ok(());
        };
        if !rest.is_empty() {
            upload.put_part(PutPayload::from_bytes(rest)).await.map_err(blob_error)?;
        }
        upload.complete().await.map_err(blob_error)?;
        Ok(())
    }

    /// Gives up. A drop does the same for a local folder; remote storage only hears of it here.
    pub async fn abort(mut self) -> StoreResult<()> {
        match self.upload.take() {
            Some(mut upload) => upload.abort().await.map_err(blob_error),
            None => Ok(()),
        }
    }

    async fn flush_full(&mut self) -> StoreResult<()> {
        if self.waiting.len() < PART_BYTES {
            return Ok(());
        }
        let part = PutPayload::from_bytes(self.waiting.split().freeze());
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.blobs.objects.put_multipart(&self.key).await.map_err(blob_error)?),
        };
        upload.put_part(part).await.map_err(blob_error)
    }
}

/// `LocalFileSystem` writes to `<name>#<number>` and renames at the end; no object can have such a name.
fn delete_staged(folder: &Path, before: Timestamp) -> io::Result<u32> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let deleted = if path.is_dir() { delete_staged(&path, before) } else { delete_if_staged(&path, before) };
        match deleted {
            Ok(deleted) => count += deleted,
            // A put that ended or a sweep beside this one took it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

fn delete_if_staged(path: &Path, before: Timestamp) -> io::Result<u32> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let number = name.rsplit_once('#').map_or("", |(_, number)| number);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(0);
    }
    let written = path.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    if i64::try_from(written.as_millis()).is_ok_and(|at| at < before.0) {
        std::fs::remove_file(path)?;
        return Ok(1);
    }
    Ok(0)
}

fn location(key: &str) -> StoreResult<Key> {
    match Key::parse(key) {
        Ok(location) if !key.is_empty() => Ok(location),
        _ => Err(StoreError::Corrupt(format!("`{key}` is no blob key"))),
    }
}

/// Missing is an answer, not an error.
fn present<T>(answer: object_store::Result<T>) -> StoreResult<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(blob_error(error)),
    }
}

fn blob_error(error: object_store::Error) -> StoreError {
    unavailable(Box::new(error))
}

fn io_error(error: io::Error) -> StoreError {
    unavailable(Box::new(error))
}

fn unavailable(source: Box<dyn Error + Send + Sync>) -> StoreError {
    let code = if is_disk_full(source.as_ref()) { Code::DiskFull } else { Code::BlobsUnavailable };
    StoreError::Unavailable { what: "the file storage", code, source }
}

/// Whether a full disk or a used-up quota is anywhere in the chain of causes.
fn is_disk_full(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>()
            && matches!(io.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(&folder.path().join("blobs")).unwrap();
        (folder, blobs)
    }

    fn files_in(root: &Path) -> usize {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
    }

    #[tokio::test]
    async fn what_is_no_key_has_no_path_and_an_aborted_writer_leaves_no_file() {
        let (folder, blobs) = folder();
        assert!(blobs.local_path("../x").is_none());
        let mut writer = blobs.writer("files/aa/k").await.unwrap();
        writer.write(&vec![7_u8; PART_BYTES * 2 + 5]).await.unwrap();
        writer.abort().await.unwrap();
        assert_eq!(files_in(folder.path()), 0);
    }

    #[tokio::test]
    async fn a_file_is_copied_and_lies_where_local_path_says() {
        let (folder, blobs) = folder();
        let source = folder.path().join("source");
        for content in [vec![], b"x".to_vec(), vec![3_u8; PART_BYTES + 1]] {
            std::fs::write(&source, &content).unwrap();
            let key = Blobs::new_file_key("abcd");
            assert!(key.starts_with("files/ab/abcd-"));
            blobs.put_file(&key, &source).await.unwrap();
            assert_eq!(std::fs::read(blobs.local_path(&key).unwrap()).unwrap(), content);
        }
    }

    #[tokio::test]
    async fn a_full_disk_has_its_own_code() {
        for (error, expected) in [
            (io::Error::from(io::ErrorKind::StorageFull), Code::DiskFull),
            (io::Error::from(io::ErrorKind::QuotaExceeded), Code::DiskFull),
            (io::Error::from(io::ErrorKind::PermissionDenied), Code::BlobsUnavailable),
        ] {
            let wrapped = object_store::Error::Generic { store: "test", source: Box::new(error) };
            assert_eq!(blob_error(wrapped).failure().code, expected);
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), b"").unwrap();
        let refused = Blobs::local(&folder.path().join("file/below")).unwrap_err();
        assert_eq!(refused.failure().code, Code::BlobsUnavailable);
    }
}
