//! Backup of a data folder whose server may run.
//!
//! First the database as it is at one moment, then every object that this copy refers to. An object that is gone by then
//! was deleted after the moment: a later copy of the database does not refer to it any more, so the next round, which has
//! little left to copy, finds everything.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use docmill_store::{Clock, SystemClock};
use docmill_store::{KeptObject, Role, SqlStore};
use serde_json::json;

use super::copies::{ABOUT, About, BLOBS, Copied, copy, part_of, sync_folders};
use super::queue::existing;
use crate::config::Config;
use crate::local::blocking;
use crate::refusal::{Refusal, Refused};
use crate::stores::DATABASE;
use crate::terminal::data_line;

/// Rounds before it is given up: only a server that deletes results all the time needs more than two.
const ROUNDS: u32 = 10;

pub async fn run(config: &Config, data: &Path, to: &Path, json: bool) -> Refused<()> {
    let visit = existing(config).await?;
    fs::create_dir_all(to).map_err(|error| Refusal::io(format!("make `{}`", to.display()), &error))?;
    let snapshot = part_of(&to.join(DATABASE));
    for round in 1..=ROUNDS {
        remove_database(&snapshot)?;
        visit.store.snapshot_into(&snapshot).await?;
        let made_at = SystemClock.now().to_string();
        let kept = kept_in(&snapshot).await?;
        let (from, blobs) = (data.join(BLOBS), to.join(BLOBS));
        let (kept, counts) = blocking(move || copy_all(&from, &blobs, kept)).await??;
        if counts.missing > 0 {
            tracing::debug!(round, missing = counts.missing, "objects were deleted meanwhile");
            continue;
        }
        let about = About {
            docmill: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            objects: kept.len() as u64,
            bytes: counts.bytes,
        };
        let (target, told) = (to.to_owned(), about.clone());
        blocking(move || finish(&target, &told, &kept)).await??;
        return data_line(&if json {
            json!({"folder": to, "objects": about.objects, "bytes": about.bytes, "copied": counts.new}).to_string()
        } else {
            let About { objects, bytes, .. } = about;
            format!("{objects} objects, {bytes} bytes, {} of them copied now: {}", counts.new, to.display())
        });
    }
    Err(Refusal::failed(format!("after {ROUNDS} rounds objects are still missing"))
        .hint("The data folder has lost files, or its server deletes faster than they can be copied."))
}

/// What the copied database refers to. Opened as a visitor: it is nobody's store yet.
async fn kept_in(snapshot: &Path) -> Refused<Vec<KeptObject>> {
    let store = SqlStore::sqlite(snapshot, Arc::new(SystemClock), Role::Visitor).await?;
    let kept = store.kept_objects().await?;
    store.close().await?;
    Ok(kept)
}

#[derive(Debug, Default)]
struct Counts {
    new: u64,
    missing: u64,
    bytes: u64,
}

fn copy_all(from: &Path, to: &Path, kept: Vec<KeptObject>) -> Refused<(Vec<KeptObject>, Counts)> {
    let mut counts = Counts::default();
    for object in &kept {
        let copied = copy(from, to, object).map_err(|error| Refusal::io(format!("copy `{}`", object.key), &error))?;
        match copied {
            Copied::New(bytes) => {
                counts.new += 1;
                counts.bytes += bytes;
            }
            Copied::Present(bytes) => counts.bytes += bytes,
            Copied::Missing => counts.missing += 1,
        }
    }
    Ok((kept, counts))
}

/// Puts the database in its place, in one step, and then takes away what only the backup before it needed.
fn finish(to: &Path, about: &About, kept: &[KeptObject]) -> Refused<()> {
    let refuse = |error: std::io::Error| Refusal::io(format!("write in `{}`", to.display()), &error);
    if to.join(BLOBS).is_dir() {
        sync_folders(&to.join(BLOBS)).map_err(refuse)?;
    }
    let database = to.join(DATABASE);
    fs::rename(part_of(&database), &database).map_err(refuse)?;
    let text = serde_json::to_string_pretty(about).map_err(|error| Refusal::failed(error.to_string()))?;
    let part = part_of(&to.join(ABOUT));
    fs::write(&part, text).and_then(|()| fs::File::open(&part)?.sync_all()).map_err(refuse)?;
    fs::rename(&part, to.join(ABOUT)).map_err(refuse)?;
    let keys: HashSet<PathBuf> = kept.iter().map(|object| to.join(BLOBS).join(&object.key)).collect();
    for entry in walkdir::WalkDir::new(to.join(BLOBS)).into_iter().flatten() {
        if entry.file_type().is_file() && !keys.contains(entry.path()) {
            fs::remove_file(entry.path()).map_err(refuse)?;
        }
    }
    fs::File::open(to).and_then(|folder| folder.sync_all()).map_err(refuse)
}

/// A database with what SQLite keeps beside it; none is fine.
fn remove_database(path: &Path) -> Refused<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Refusal::io(format!("remove `{}`", path.display()), &error));
            }
            _ => {}
        }
    }
    Ok(())
}
