//! Results on their way into a bucket.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use docmill_store::BucketAddress;
use docmill_store::blobs::Blobs;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{AT_ONCE, out_of_reach, words};
use crate::local::manifest;
use crate::refusal::{Refusal, Refused};
use crate::secret;
use crate::terminal::{count, tell};

/// A file as it was sent; with neither size nor time, as it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    file: String,
    bytes: Option<u64>,
    modified_ms: Option<u64>,
}

/// Sends every output that the manifest names and that is not there yet, deletes what an earlier run sent and this one
/// does not have, and sends the manifest.
pub async fn all(target: &BucketAddress, folder: &Path, quiet: bool) -> Refused<()> {
    let blobs = Blobs::bucket(target).map_err(|error| out_of_reach(target, &error))?;
    let mut journal = Journal::open(folder, target)?;
    let names: Vec<String> = manifest::read_lines(folder).into_iter().flat_map(|line| line.outputs).collect();
    let mut wanted = Vec::new();
    for name in &names {
        let file = look(folder, name).map_err(|error| Refusal::io(format!("read `{name}`"), &error))?;
        if journal.sent.get(name) != Some(&file) {
            wanted.push(file);
        }
    }
    let refuse = |(name, why): (String, String)| {
        Refusal::failed(format!("cannot send `{name}` to `{target}`: {why}")).hint(format!(
            "Nothing is lost: results are in `{}`, and the same command sends the rest.",
            folder.display()
        ))
    };
    if !quiet && !wanted.is_empty() {
        tell(&format!("sending {} to {target}", count(wanted.len(), "file")));
    }
    let (mut running, mut waiting) = (JoinSet::new(), wanted.into_iter());
    loop {
        while running.len() < AT_ONCE {
            let Some(file) = waiting.next() else { break };
            running.spawn(send(blobs.clone(), target.key(&file.file), folder.join(&file.file), file));
        }
        let Some(ended) = running.join_next().await else { break };
        let ended = ended.map_err(|error| Refusal::failed(format!("a part of docmill broke: {error}")))?;
        journal.add(ended.map_err(refuse)?)?;
    }
    for gone in journal.others(&names) {
        let deleted = blobs.delete(&target.key(&gone)).await;
        deleted.map_err(|error| refuse((gone.clone(), words(&error))))?;
        journal.add(Sent { file: gone, bytes: None, modified_ms: None })?;
    }
    let sent = blobs.put_file(&target.key(manifest::NAME), &folder.join(manifest::NAME)).await;
    sent.map_err(|error| refuse((manifest::NAME.to_owned(), words(&error))))
}

async fn send(blobs: Blobs, key: String, path: PathBuf, file: Sent) -> Result<Sent, (String, String)> {
    match blobs.put_file(&key, &path).await {
        Ok(()) => Ok(file),
        Err(error) => Err((file.file, words(&error))),
    }
}

fn look(folder: &Path, name: &str) -> io::Result<Sent> {
    let about = fs::metadata(folder.join(name))?;
    let modified = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let modified_ms = u64::try_from(modified.as_millis()).unwrap_or(u64::MAX);
    Ok(Sent { file: name.to_owned(), bytes: Some(about.len()), modified_ms: Some(modified_ms) })
}

/// What was sent to a bucket, a line each as soon as it is there.
struct Journal {
    file: File,
    path: PathBuf,
    sent: HashMap<String, Sent>,
}

impl Journal {
    fn open(folder: &Path, target: &BucketAddress) -> Refused<Self> {
        let name = format!("sent-{}.jsonl", &secret::hash(&target.to_string())[..16]);
        let path = folder.join(".docmill").join(name);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Refusal::io(format!("read `{}`", path.display()), &error));
            }
            text => text.unwrap_or_default(),
        };
        // A line that was cut off by a kill is passed over: its file is sent again.
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let sent = lines.map(|line: Sent| (line.file.clone(), line)).collect();
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let file = file.map_err(|error| Refusal::io(format!("write `{}`", path.display()), &error))?;
        Ok(Self { file, path, sent })
    }

    fn add(&mut self, sent: Sent) -> Refused<()> {
        let written = serde_json::to_string(&sent).map_err(io::Error::from);
        // The line before may have been cut off.
        let written = written.and_then(|line| self.file.write_all(format!("\n{line}").as_bytes()));
        written.map_err(|error| Refusal::io(format!("write `{}`", self.path.display()), &error))?;
        self.sent.insert(sent.file.clone(), sent);
        Ok(())
    }

    /// Files that are in the bucket and not among these.
    fn others(&self, names: &[String]) -> Vec<String> {
        let names: HashSet<&String> = names.iter().collect();
        let there = self.sent.values().filter(|sent| sent.bytes.is_some()).map(|sent| &sent.file);
        there.filter(|file| !names.contains(*file)).cloned().collect()
    }
}
