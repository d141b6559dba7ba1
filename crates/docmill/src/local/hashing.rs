//! What each input holds, before anything is planned: size, time and SHA-256.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::UNIX_EPOCH;

use docmill_model::{Code, Failure};
use docmill_store::Content;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::inputs::Input;
use crate::secret::hex;

/// An input with its content, or the reason why it cannot be read at all.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    pub content: Result<Content, Failure>,
}

impl Source {
    pub fn sha256(&self) -> Option<&str> {
        self.content.as_ref().ok().map(Content::sha256)
    }
}

/// Hashes all inputs on `threads` threads, in the order given. `None` when it was stopped on the way.
pub fn hash_all(inputs: &[Input], bytes_max: u64, threads: usize, stop: &CancellationToken) -> Option<Vec<Source>> {
    let next = AtomicUsize::new(0);
    let mut sources: Vec<(usize, Source)> = std::thread::scope(|scope| {
        let work = || {
            let mut own = Vec::new();
            while !stop.is_cancelled() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(input) = inputs.get(index) else { break };
                own.push((index, Source { name: input.name.clone(), content: content(input, bytes_max) }));
            }
            own
        };
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    });
    sources.sort_by_key(|(index, _)| *index);
    (sources.len() == inputs.len()).then(|| sources.into_iter().map(|(_, source)| source).collect())
}

/// A file of more bytes than one may have.
pub fn too_large(bytes: u64, bytes_max: u64) -> Failure {
    let sentence = format!("The file has {bytes} bytes, more than the limit of {bytes_max} bytes.");
    Failure::new(Code::PayloadTooLarge, sentence)
}

fn content(input: &Input, bytes_max: u64) -> Result<Content, Failure> {
    match &input.withheld {
        Some(failure) => Err(failure.clone()),
        None => content_at(&input.path, bytes_max),
    }
}

fn content_at(path: &Path, bytes_max: u64) -> Result<Content, Failure> {
    let unreadable = |error: io::Error| Failure::new(Code::NotUsable, format!("The file cannot be read: {error}."));
    // The store keeps paths as text.
    let text = path.to_str().ok_or_else(|| Failure::new(Code::NotUsable, "The file's path is not valid UTF-8."))?;
    let before = fs::metadata(path).map_err(unreadable)?;
    if before.len() > bytes_max {
        return Err(too_large(before.len(), bytes_max));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece).map_err(unreadable)? {
            0 => break,
            read => hasher.update(&piece[..read]),
        }
    }
    Ok(Content::Path {
        path: text.to_owned(),
        bytes: before.len(),
        modified_ms: modified_ms(&before).map_err(unreadable)?,
        sha256: hex(&hasher.finalize()),
    })
}

/// Milliseconds since 1970; negative before it.
fn modified_ms(about: &fs::Metadata) -> io::Result<i64> {
    let modified = about.modified()?;
    let ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Ok(match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(error) => -ms(error.duration()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(root: &Path, count: usize) -> Vec<Input> {
        let input = |index: usize| {
            let path = root.join(format!("{index}.txt"));
            fs::write(&path, index.to_string()).unwrap();
            Input::new(format!("{index}.txt"), path)
        };
        (0..count).map(input).collect()
    }

    #[test]
    fn contents_come_in_the_order_of_the_inputs() {
        let root = tempfile::tempdir().unwrap();
        let sources = hash_all(&inputs(root.path(), 50), 10, 4, &CancellationToken::new()).unwrap();
        for (index, source) in sources.iter().enumerate() {
            assert_eq!(source.name, format!("{index}.txt"));
            assert_eq!(source.sha256(), Some(crate::secret::hash(&index.to_string()).as_str()));
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why_and_harms_no_other() {
        let root = tempfile::tempdir().unwrap();
        let mut inputs = inputs(root.path(), 11);
        inputs[0].path = root.path().join("gone");
        let sources = hash_all(&inputs, 1, 2, &CancellationToken::new()).unwrap();
        let code = |index: usize| sources[index].content.as_ref().err().map(|failure| failure.code);
        assert_eq!([code(0), code(1), code(10)], [Some(Code::NotUsable), None, Some(Code::PayloadTooLarge)]);
    }

    #[test]
    fn a_stop_ends_it() {
        let root = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(hash_all(&inputs(root.path(), 3), 10, 2, &stop).is_none());
    }
}
