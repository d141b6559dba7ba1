//! Objects on their way into the folder of a run.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use docmill_model::{Code, Failure};
use docmill_store::blobs::{BlobEntry, Blobs};
use docmill_store::{BucketAddress, StoreResult};
use futures_util::TryStreamExt;
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{AT_ONCE, out_of_reach, words};
use crate::local::hashing::too_large;
use crate::local::inputs::Input;
use crate::local::progress::Progress;
use crate::local::run::stopped_early;
use crate::refusal::{Refusal, Refused};
use crate::secret;
use crate::terminal::{count, tell};

/// An object and where it will lie.
struct Wanted {
    blobs: Blobs,
    key: String,
    bytes: u64,
    input: Input,
}

/// Fetches what is below these addresses into `folder`, unless it is there, and deletes there what nobody wants any
/// more. Hidden files do not count, as in folders.
pub async fn all(
    addresses: &[BucketAddress],
    folder: &Path,
    bytes_max: u64,
    quiet: bool,
    stop: &CancellationToken,
) -> Refused<Vec<Input>> {
    fs::create_dir_all(folder)
        .map_err(|error| Refusal::io(format!("make the folder `{}`", folder.display()), &error))?;
    let mut wanted = Vec::new();
    for address in addresses {
        wanted.extend(list(address, folder).await.map_err(|error| out_of_reach(address, &error))?);
    }
    forget_others(folder, &wanted)?;
    let (mut inputs, mut absent) = (Vec::new(), Vec::new());
    for mut one in wanted {
        if one.bytes > bytes_max {
            one.input.withheld = Some(too_large(one.bytes, bytes_max));
        }
        if one.input.withheld.is_some() || one.input.path.is_file() {
            inputs.push(one.input);
        } else {
            absent.push(one);
        }
    }
    // Empty ones may be marks of folders, which are no files.
    let told = absent.iter().filter(|one| one.bytes > 0).count();
    if !quiet && told > 0 {
        tell(&format!("fetching {}", count(told, "file")));
    }
    inputs.extend(fetch_all(absent, quiet, stop).await?);
    Ok(inputs)
}

async fn list(address: &BucketAddress, folder: &Path) -> StoreResult<Vec<Wanted>> {
    let blobs = Blobs::bucket(address)?;
    let single = if address.prefix.is_empty() { None } else { blobs.entry(&address.prefix).await? };
    let entries = match single {
        Some(entry) => vec![entry],
        None => blobs.list(&address.prefix).await?,
    };
    let wanted = entries.into_iter().filter_map(|entry| {
        let name = address.name(&entry.key).unwrap_or_else(|| base_name(&entry.key)).to_owned();
        let input = Input::new(name, place(folder, address, &entry));
        let is_hidden = input.name.split('/').any(|part| part.starts_with('.'));
        (!is_hidden).then(|| Wanted { blobs: blobs.clone(), key: entry.key, bytes: entry.bytes, input })
    });
    Ok(wanted.collect())
}

fn base_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// A name that no other object and no other version of it has: a file that is there is the one that is wanted.
fn place(folder: &Path, address: &BucketAddress, entry: &BlobEntry) -> PathBuf {
    let version = entry.version.as_deref().unwrap_or_default();
    let whole = format!("{address}\n{}\n{version}\n{}\n{}", entry.key, entry.bytes, entry.modified_ms);
    folder.join(&secret::hash(&whole)[..32])
}

/// Deletes what earlier runs fetched and this one does not use.
fn forget_others(folder: &Path, wanted: &[Wanted]) -> Refused<()> {
    let kept: HashSet<&Path> = wanted.iter().map(|one| one.input.path.as_path()).collect();
    let refuse = |error| Refusal::io(format!("tidy the folder `{}`", folder.display()), &error);
    for entry in fs::read_dir(folder).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        if !kept.contains(path.as_path()) {
            fs::remove_file(path).map_err(refuse)?;
        }
    }
    Ok(())
}

async fn fetch_all(wanted: Vec<Wanted>, quiet: bool, stop: &CancellationToken) -> Refused<Vec<Input>> {
    let mut progress = Progress::start(wanted.len(), quiet);
    let (mut running, mut inputs) = (JoinSet::new(), Vec::new());
    let (mut waiting, mut done) = (wanted.into_iter(), 0);
    loop {
        while running.len() < AT_ONCE {
            let Some(one) = waiting.next() else { break };
            running.spawn(fetch(one));
        }
        let ended = tokio::select! {
            () = stop.cancelled() => return Err(stopped_early()),
            ended = running.join_next() => ended,
        };
        let Some(ended) = ended else { break };
        let input = ended.map_err(|error| Refusal::failed(format!("a part of docmill broke: {error}")))?;
        done += 1;
        progress.show_files(done);
        inputs.extend(input);
    }
    progress.end();
    Ok(inputs)
}

/// `None` for what only marks a folder.
async fn fetch(wanted: Wanted) -> Option<Input> {
    let Wanted { blobs, key, bytes, mut input } = wanted;
    match write(&blobs, &key, &input.path).await {
        Ok(true) => {}
        // The mark of a folder ends in a slash, which the listing leaves out: nothing has its name.
        Ok(false) if bytes == 0 => return None,
        Ok(false) => input.withheld = Some(Failure::new(Code::NotUsable, "The file was deleted from its bucket.")),
        Err(why) => input.withheld = Some(Failure::new(Code::NotUsable, format!("The file cannot be fetched: {why}."))),
    }
    Some(input)
}

/// Whether there is such an object. The file is there only when it is whole.
async fn write(blobs: &Blobs, key: &str, to: &Path) -> Result<bool, String> {
    let Some((_, mut bytes)) = blobs.stream(key).await.map_err(|error| words(&error))? else { return Ok(false) };
    let unfinished = to.with_extension("part");
    let mut file = tokio::fs::File::create(&unfinished).await.map_err(|error| error.to_string())?;
    while let Some(piece) = bytes.try_next().await.map_err(|error| words(&error))? {
        file.write_all(&piece).await.map_err(|error| error.to_string())?;
    }
    file.sync_all().await.map_err(|error| error.to_string())?;
    tokio::fs::rename(&unfinished, to).await.map_err(|error| error.to_string())?;
    Ok(true)
}
