//! What one attempt writes: `pages.jsonl`, `assets/<name>` and `extract.json` under a prefix of its own, so that a
//! lost attempt never touches an accepted one's results.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use docmill_model::document::PageOutcome;
use docmill_model::results::Asset;
use docmill_model::{Code, Failure};
use docmill_store::blobs::{BlobWriter, Blobs};
use docmill_store::{ClaimedJob, outputs_prefix};

use crate::work::stop::End;

/// Name of the pages under the prefix, one `PageOutcome` a line, ascending.
pub(crate) const PAGES: &str = "pages.jsonl";
pub(crate) const EXTRACT: &str = "extract.json";

/// The pages and pictures of an attempt while it runs. Dropped without `finish`, it leaves no pages.
pub(crate) struct Outputs {
    blobs: Blobs,
    prefix: String,
    pages: BlobWriter,
    /// Where the next line begins, and where each line before began.
    end: u64,
    starts: Vec<u64>,
    assets: Vec<Asset>,
    /// Hashes of the pictures' bytes by their names.
    names: HashMap<String, u64>,
    asset_bytes: u64,
    /// Pictures of the pages that are over.
    settled: usize,
}

/// What was written.
pub(crate) struct Written {
    pub page_offsets: Vec<u64>,
    pub assets: Vec<Asset>,
}

impl Outputs {
    pub async fn begin(blobs: &Blobs, claimed: &ClaimedJob) -> Result<Self, End> {
        let prefix = outputs_prefix(claimed.id, claimed.attempt);
        let pages = blobs.writer(&format!("{prefix}/{PAGES}")).await?;
        Ok(Self {
            blobs: blobs.clone(),
            prefix,
            pages,
            end: 0,
            starts: Vec::new(),
            assets: Vec::new(),
            names: HashMap::new(),
            asset_bytes: 0,
            settled: 0,
        })
    }

    pub async fn page(&mut self, page: &PageOutcome) -> Result<(), End> {
        let mut line = serde_json::to_vec(page).map_err(|_| Failure::from(Code::Internal))?;
        line.push(b'\n');
        self.pages.write(&line).await?;
        self.starts.push(self.end);
        self.end += line.len() as u64;
        self.settled = self.assets.len();
        Ok(())
    }

    /// Whether the picture of this name has these bytes; `None` when there is none.
    pub fn has_asset(&self, name: &str, bytes: &[u8]) -> Option<bool> {
        self.names.get(name).map(|own| *own == hash(bytes))
    }

    /// Forgets the pictures of the page that was lost: the child after it may use their names for its own.
    pub fn forget_unsettled(&mut self) {
        for asset in self.assets.drain(self.settled..) {
            self.names.remove(&asset.name);
            self.asset_bytes -= asset.bytes;
        }
    }

    /// How many pictures there are, and their bytes.
    pub fn assets_so_far(&self) -> (usize, u64) {
        (self.assets.len(), self.asset_bytes)
    }

    pub async fn asset(&mut self, name: String, bytes: Vec<u8>) -> Result<(), End> {
        let (length, hash) = (bytes.len() as u64, hash(&bytes));
        self.blobs.put(&format!("{}/assets/{name}", self.prefix), bytes.into()).await?;
        self.asset_bytes += length;
        self.names.insert(name.clone(), hash);
        self.assets.push(Asset { name, bytes: length });
        Ok(())
    }

    /// Makes the pages durable.
    pub async fn finish(mut self) -> Result<Written, End> {
        self.pages.finish().await?;
        self.starts.push(self.end);
        Ok(Written { page_offsets: self.starts, assets: self.assets })
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
