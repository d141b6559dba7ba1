//! Files from one folder into another: whole or not there, durable, and never twice.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use docmill_store::KeptObject;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Names in a backup's folder, beside the database. `ABOUT` is written last: a folder without it is no backup.
pub const BLOBS: &str = "blobs";
pub const ABOUT: &str = "backup.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Version of docmill that made it.
    pub docmill: String,
    pub made_at: String,
    /// Objects that its database refers to, and bytes of all of them.
    pub objects: u64,
    pub bytes: u64,
}

/// How one object fared.
#[derive(Debug, PartialEq, Eq)]
pub enum Copied {
    New(u64),
    Present(u64),
    /// Not in the source, or not what it must be.
    Missing,
}

/// Copies an object into `to`, unless it is there with its size. Keys are never used for other bytes, so size is enough
/// for what is there; what is copied is checked by its hash as well.
pub fn copy(from: &Path, to: &Path, object: &KeptObject) -> io::Result<Copied> {
    let (source, target) = (from.join(&object.key), to.join(&object.key));
    let is_right = |bytes: u64| object.bytes.is_none_or(|expected| expected == bytes);
    if let Ok(about) = target.metadata()
        && is_right(about.len())
    {
        return Ok(Copied::Present(about.len()));
    }
    let file = match File::open(&source) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Copied::Missing),
        opened => opened?,
    };
    let part = part_of(&target);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let (bytes, sha256) = write(file, &part)?;
    if !is_right(bytes) || object.sha256.as_ref().is_some_and(|expected| *expected != sha256) {
        fs::remove_file(&part)?;
        return Ok(Copied::Missing);
    }
    fs::rename(&part, &target)?;
    Ok(Copied::New(bytes))
}

/// Bytes and hash of what was written.
fn write(mut from: File, to: &Path) -> io::Result<(u64, String)> {
    let mut file = File::create(to)?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        file.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    file.sync_all()?;
    Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// The name under which a file is written before it is whole.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Makes names in `folder` and below it durable.
pub fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let entry = entry.map_err(io::Error::from)?;
        if entry.file_type().is_dir() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}
