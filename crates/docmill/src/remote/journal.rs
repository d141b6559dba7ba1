//! What a run has begun at the server and not brought home yet.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::local::outputs::write_whole;
use crate::refusal::{Refusal, Refused};

const FOLDER: &str = ".docmill";

/// What makes two runs the same: results of another server or configuration are not taken for this one's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub server: String,
    pub configuration: String,
    /// When the configuration was changed last.
    pub changed: Option<String>,
}

/// A directory at the server with its files by name; their batch is found by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub directory: String,
    /// Name to SHA-256.
    pub files: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    identity: Identity,
    begun: Vec<Begun>,
}

/// The journal of an output folder, which one run has alone.
pub struct Journal {
    path: PathBuf,
    kept: Kept,
    /// Whether the folder's manifest is of a run with the same identity.
    pub continues: bool,
    _lock: File,
}

impl Journal {
    pub fn open(out: &Path, identity: Identity) -> Refused<Self> {
        let folder = out.join(FOLDER);
        let refuse = |error| Refusal::io(format!("use the folder `{}`", folder.display()), &error);
        fs::create_dir_all(&folder).map_err(refuse)?;
        let lock = File::create(folder.join("server.lock")).map_err(refuse)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Refusal::failed(format!("`{}` is in use by another run", out.display()))
                    .hint("Wait for the other run to end, or give another output folder with -o."));
            }
            Err(TryLockError::Error(error)) => return Err(refuse(error)),
        }
        let path = folder.join("server.json");
        let before: Option<Kept> = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let before = before.filter(|kept| kept.identity == identity);
        let continues = before.is_some();
        let journal =
            Self { path, kept: before.unwrap_or(Kept { identity, begun: Vec::new() }), continues, _lock: lock };
        journal.save()?;
        Ok(journal)
    }

    pub fn begun(&self) -> &[Begun] {
        &self.kept.begun
    }

    pub fn begin(&mut self, begun: Begun) -> Refused<()> {
        self.kept.begun.push(begun);
        self.save()
    }

    /// Everything of this directory is at home, or it is gone.
    pub fn end(&mut self, directory: &str) -> Refused<()> {
        self.kept.begun.retain(|begun| begun.directory != directory);
        self.save()
    }

    fn save(&self) -> Refused<()> {
        write_whole(&self.path, |to| Ok(serde_json::to_writer(to, &self.kept)?))
            .map_err(|error| Refusal::io(format!("write `{}`", self.path.display()), &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(configuration: &str) -> Identity {
        Identity { server: "http://a".into(), configuration: configuration.into(), changed: None }
    }

    #[test]
    fn what_was_begun_is_found_again_by_the_same_run_only() {
        let out = tempfile::tempdir().unwrap();
        let begun = Begun { directory: "dir-1".into(), files: BTreeMap::from([("a".into(), "00".into())]) };
        let mut journal = Journal::open(out.path(), identity("c")).unwrap();
        assert!(!journal.continues);
        journal.begin(begun.clone()).unwrap();
        assert!(Journal::open(out.path(), identity("c")).is_err(), "one run at a time");
        drop(journal);
        let mut journal = Journal::open(out.path(), identity("c")).unwrap();
        assert_eq!((journal.continues, journal.begun()), (true, &[begun][..]));
        journal.end("dir-1").unwrap();
        assert_eq!(journal.begun(), []);
        drop(journal);
        assert!(!Journal::open(out.path(), identity("d")).unwrap().continues);
    }
}
