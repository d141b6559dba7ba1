//! A data folder out of a backup. The database is looked at first, every object as it is copied, and the database comes
//! last: a restore that was cut short leaves a folder without a store.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use docmill_store::{Admin, Batches, Queue, SystemClock};
use docmill_store::{KeptObject, Role, SqlStore};
use serde_json::json;

use super::copies::{ABOUT, About, BLOBS, Copied, copy, part_of, sync_folders};
use crate::local::blocking;
use crate::refusal::{Refusal, Refused};
use crate::stores::DATABASE;
use crate::terminal::data_line;

pub async fn run(from: &Path, data: &Path, json: bool) -> Refused<()> {
    let about = about(from)?;
    let is_empty = fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        return Err(
            Refusal::usage(format!("`{}` is not empty", data.display())).hint("Restore into a new folder: --data DIR.")
        );
    }
    fs::create_dir_all(data).map_err(|error| Refusal::io(format!("make `{}`", data.display()), &error))?;
    let database = data.join(DATABASE);
    let part = part_of(&database);
    fs::copy(from.join(DATABASE), &part).map_err(|error| Refusal::io("copy the database", &error))?;
    let kept = look(&part).await?;
    let (source, target) = (from.join(BLOBS), data.join(BLOBS));
    blocking(move || copy_all(&source, &target, &kept)).await??;
    fs::File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&part, &database))
        .and_then(|()| fs::File::open(data)?.sync_all())
        .map_err(|error| Refusal::io("put the database in its place", &error))?;
    let (released, batches) = wake(&database).await?;
    data_line(&if json {
        json!({"data": data, "made_at": about.made_at, "objects": about.objects, "batches": batches,
               "jobs_released": released})
        .to_string()
    } else {
        let About { made_at, objects, .. } = about;
        format!("as of {made_at}: {objects} objects, {batches} batches counted anew, {released} jobs back in the queue")
    })
}

fn about(from: &Path) -> Refused<About> {
    let text = fs::read_to_string(from.join(ABOUT))
        .map_err(|_| Refusal::usage(format!("`{}` is no whole backup: it has no {ABOUT}", from.display())))?;
    serde_json::from_str(&text).map_err(|error| Refusal::failed(format!("{ABOUT} cannot be read: {error}")))
}

/// The database must be whole before anything is believed of it.
async fn look(database: &Path) -> Refused<Vec<KeptObject>> {
    let store = SqlStore::sqlite(database, Arc::new(SystemClock), Role::Visitor).await?;
    if let Some(complaint) = store.integrity().await? {
        return Err(Refusal::failed(format!("the database of the backup is damaged: {complaint}")));
    }
    let kept = store.kept_objects().await?;
    store.close().await?;
    Ok(kept)
}

fn copy_all(from: &Path, to: &Path, kept: &[KeptObject]) -> Refused<()> {
    for object in kept {
        let copied = copy(from, to, object).map_err(|error| Refusal::io(format!("copy `{}`", object.key), &error))?;
        if copied == Copied::Missing {
            return Err(Refusal::failed(format!("the backup is damaged: `{}` is missing or altered", object.key))
                .hint("Use another backup, into another folder: this one has no store now and can be deleted."));
        }
    }
    if to.is_dir() {
        sync_folders(to).map_err(|error| Refusal::io("make the copies durable", &error))?;
    }
    Ok(())
}

/// The restored store as its owner finds it: no worker of then is alive, and every batch is counted anew.
async fn wake(database: &Path) -> Refused<(u32, usize)> {
    let store = SqlStore::sqlite(database, Arc::new(SystemClock), Role::Owner).await?;
    let released = store.job_release_all().await?;
    let batches = store.batch_ids().await?;
    for batch in &batches {
        store.batch_recount(*batch).await?;
    }
    store.close().await?;
    Ok((released, batches.len()))
}
