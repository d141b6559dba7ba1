//! Uploaded bytes on their way to the blob store: never buffered, hashed while they pass, limited while they run.
//!
//! Order matters for what a crash or a refusal leaves: the spool file is unlinked when it is dropped, the blob is
//! durable before a row refers to it, and a blob that no row came to refer to is deleted here or swept by upkeep.

use std::io;
use std::path::Path;

use docmill_model::{Code, Failure};
use docmill_store::blobs::Blobs;
use docmill_store::{BlobRef, Content, FileCreated, StoreError, StoreResult};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

use super::caller::hex;
use super::{App, AppError, AppResult};

/// Times that the store step is repeated because upkeep doomed the blob between finding and using it. Each repeat
/// puts the bytes under a key of its own, so a second one would need a doom of a blob that is seconds old.
const BLOB_TRIES: u32 = 3;

/// An upload that is being received.
pub struct Spooling {
    file: tokio::fs::File,
    path: TempPath,
    hash: Sha256,
    bytes: u64,
    bytes_max: u64,
}

/// A complete upload in a file of its own, which is gone when this is dropped.
#[derive(Debug)]
pub struct Spooled {
    path: TempPath,
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
}

impl Spooling {
    pub async fn begin(app: &App) -> AppResult<Self> {
        let folder = app.spool.clone();
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            tempfile::Builder::new().prefix("upload-").tempfile_in(folder)
        });
        let made = made.await.map_err(io::Error::other).and_then(|made| made).map_err(|error| spool_error(&error))?;
        let (file, path) = made.into_parts();
        Ok(Self::over(file, path, app.limits.upload_bytes_max))
    }

    fn over(file: std::fs::File, path: TempPath, bytes_max: u64) -> Self {
        Self { file: tokio::fs::File::from_std(file), path, hash: Sha256::new(), bytes: 0, bytes_max }
    }

    /// Takes the next bytes; `PAYLOAD_TOO_LARGE` as soon as the sum passes the limit, `DISK_FULL` when they do not fit.
    pub async fn write(&mut self, chunk: &[u8]) -> AppResult<()> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.bytes_max {
            let message = format!("The file is larger than {} bytes, the limit of one upload.", self.bytes_max);
            return Err(AppError::new(Code::PayloadTooLarge, message));
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(|error| spool_error(&error))
    }

    pub async fn finish(mut self) -> AppResult<Spooled> {
        self.file.flush().await.map_err(|error| spool_error(&error))?;
        Ok(Spooled { path: self.path, sha256: hex(&self.hash.finalize()), bytes: self.bytes })
    }
}

fn spool_error(error: &io::Error) -> AppError {
    tracing::error!(%error, "the spool folder failed");
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::BlobsUnavailable,
    };
    AppError::Failure(Failure::from(code))
}

/// Puts the upload where blobs live, unless its content is there already, and then runs the store `step` that makes
/// a row refer to it. When the step refuses, the blob that was put for it is deleted again; in every other case the
/// store knows of the blob, and its sweep decides.
pub async fn keep<T, Step, Answer>(app: &App, upload: &Spooled, step: Step) -> AppResult<T>
where
    Step: Fn(Content) -> Answer,
    Answer: Future<Output = StoreResult<FileCreated<T>>>,
{
    let mut found = app.store.blob_find(&upload.sha256).await?;
    for _ in 0..BLOB_TRIES {
        let put = found.is_none();
        let blob = match found.take() {
            Some(blob) => blob,
            None => put_blob(app, upload).await?,
        };
        match step(Content::Blob(blob.clone())).await {
            Ok(FileCreated::New(row)) => {
                app.meters.uploaded(upload.bytes);
                return Ok(row);
            }
            Ok(FileCreated::Same(row)) => return Ok(row),
            Ok(FileCreated::BlobGone) => {}
            Err(error) => {
                if put && matches!(error, StoreError::Refused(_)) {
                    forget(app, &blob).await;
                }
                return Err(error.into());
            }
        }
    }
    Err(Failure::from(Code::BlobsUnavailable).into())
}

async fn put_blob(app: &App, upload: &Spooled) -> AppResult<BlobRef> {
    let key = Blobs::new_file_key(&upload.sha256);
    let path: &Path = &upload.path;
    app.blobs.put_file(&key, path).await?;
    Ok(BlobRef { key, sha256: upload.sha256.clone(), bytes: upload.bytes })
}

/// Deletes a blob that no row came to know of.
async fn forget(app: &App, blob: &BlobRef) {
    if let Err(error) = app.blobs.delete(&blob.key).await {
        tracing::warn!(%error, key = blob.key, "a blob without a row was left behind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_said_as_such() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let kept = path.to_path_buf();
        let mut spooling = Spooling::over(full, path, 1024);
        spooling.write(b"some bytes").await.unwrap();
        match spooling.finish().await {
            Err(AppError::Failure(failure)) => assert_eq!(failure.code, Code::DiskFull),
            other => panic!("{other:?}"),
        }
        assert!(!kept.exists(), "nothing is left of it");
    }
}
