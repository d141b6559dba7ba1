//! The bytes of a document, read as a stream as often as a child needs them: no document is ever whole in the
//! worker's memory.

use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use docmill_model::{Code, Failure};
use docmill_store::blobs::Blobs;
use docmill_store::{Content, StoreResult};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::reader::protocol::CHUNK_BYTES;
use crate::work::stop::End;

/// Where a document is, and what it must be.
pub(crate) struct Source {
    name: String,
    content: Content,
    blobs: Blobs,
}

impl Source {
    pub fn new(name: &str, content: &Content, blobs: &Blobs) -> Self {
        Self { name: name.to_owned(), content: content.clone(), blobs: blobs.clone() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn bytes(&self) -> u64 {
        self.content.bytes()
    }

    /// The document from its start. A file of the caller's own disk must still be as it was when the job was made.
    pub async fn open(&self) -> Result<Pieces, End> {
        let from = match &self.content {
            Content::Blob(blob) => {
                let (_, stream) = self.blobs.stream(&blob.key).await?.ok_or(Code::SourceDeleted)?;
                From::Blob(stream)
            }
            Content::Path { path, modified_ms, bytes, .. } => {
                From::Path(open_unchanged(Path::new(path), *bytes, *modified_ms).await?)
            }
        };
        Ok(Pieces { from, hash: Sha256::new(), left: self.bytes(), expected: self.content.sha256().to_owned() })
    }
}

async fn open_unchanged(path: &Path, bytes: u64, modified_ms: i64) -> Result<File, Failure> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure::from(Code::SourceDeleted),
        _ => Failure::new(Code::SourceChanged, "The file cannot be read any more."),
    };
    let file = File::open(path).await.map_err(unreadable)?;
    let found = file.metadata().await.map_err(unreadable)?;
    let since = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let same = found.is_file() && found.len() == bytes && i64::try_from(since.as_millis()) == Ok(modified_ms);
    if same { Ok(file) } else { Err(Code::SourceChanged.into()) }
}

enum From {
    Blob(BoxStream<'static, StoreResult<Bytes>>),
    Path(File),
}

/// A document on its way to a child, counted and hashed: what was read is what the job is about.
pub(crate) struct Pieces {
    from: From,
    hash: Sha256,
    left: u64,
    expected: String,
}

impl Pieces {
    /// The next piece, at most `CHUNK_BYTES`; `None` at the end. Fails with `SOURCE_CHANGED` when there was less,
    /// more or something else than there must be.
    pub async fn next(&mut self) -> Result<Option<Bytes>, End> {
        let piece = match &mut self.from {
            From::Blob(stream) => stream.next().await.transpose()?.unwrap_or_default(),
            From::Path(file) => read_piece(file).await.map_err(|_| Failure::from(Code::SourceChanged))?,
        };
        if piece.is_empty() {
            return self.end();
        }
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(Code::SourceChanged)?;
        self.hash.update(&piece);
        Ok(Some(piece))
    }

    fn end(&self) -> Result<Option<Bytes>, End> {
        let hash = self.hash.clone().finalize();
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.left == 0 && hex == self.expected { Ok(None) } else { Err(Code::SourceChanged.into()) }
    }
}

async fn read_piece(file: &mut File) -> io::Result<Bytes> {
    let mut piece = Vec::with_capacity(CHUNK_BYTES);
    file.take(CHUNK_BYTES as u64).read_to_end(&mut piece).await?;
    Ok(piece.into())
}
