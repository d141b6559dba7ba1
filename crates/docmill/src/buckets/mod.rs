//! Buckets as sources and as places for results: `docmill batch s3://in -o s3://out`.
//!
//! A run works on files of this machine. What lies in a bucket is fetched into `OUT/.docmill/sources` before it, results
//! are written to a folder here and sent to their bucket after it, the manifest last. So a run that was stopped goes on
//! as any other one: nothing is fetched, read or sent twice.

mod fetch;
mod send;

use std::path::{Path, PathBuf};

use docmill_model::limits::Limits;
use docmill_store::{BucketAddress, StoreError};
use tokio_util::sync::CancellationToken;

use crate::local::inputs::{self, Input};
use crate::local::summary::Report;
use crate::refusal::{Refusal, Refused};
use crate::secret;

/// Objects that are fetched or sent at the same time.
const AT_ONCE: usize = 8;
/// Characters of a storage's own words that are shown.
const WORDS_MAX: usize = 300;

/// Where a run takes its files from and where its results go.
#[derive(Debug)]
pub struct Places {
    /// Files and folders of this machine.
    named: Vec<PathBuf>,
    sources: Vec<BucketAddress>,
    /// The output folder; with a target the run's own.
    pub folder: PathBuf,
    target: Option<BucketAddress>,
}

impl Places {
    /// When results go to a bucket, `work` is the folder of the run, by default one below the `data` folder.
    pub fn of(
        paths: Vec<PathBuf>,
        out: PathBuf,
        work: Option<PathBuf>,
        data: impl FnOnce() -> Refused<PathBuf>,
    ) -> Refused<Self> {
        let (mut named, mut sources) = (Vec::new(), Vec::new());
        for path in paths {
            match address(&path)? {
                // The same place named twice is one: two fetches would write one file.
                Some(address) if sources.contains(&address) => {}
                Some(address) => sources.push(address),
                None => named.push(path),
            }
        }
        let target = address(&out)?;
        let folder = match (&target, work) {
            (None, None) => out,
            (None, Some(_)) => {
                return Err(Refusal::usage("--work is for runs whose results go to a bucket")
                    .hint("Leave it out: a run keeps its own files in the output folder."));
            }
            (Some(_), Some(work)) => work,
            // One for each target: the same command finds it again.
            (Some(target), None) => data()?.join("buckets").join(&secret::hash(&target.to_string())[..16]),
        };
        Ok(Self { named, sources, folder, target })
    }

    /// All files, those of buckets fetched. One that its bucket does not give fails by itself.
    pub async fn inputs(&self, limits: &Limits, quiet: bool, stop: &CancellationToken) -> Refused<Vec<Input>> {
        let mut found = inputs::find(&self.named, Some(&self.folder))?;
        if !self.sources.is_empty() {
            let sources = self.folder.join(".docmill/sources");
            found.extend(fetch::all(&self.sources, &sources, limits.upload_bytes_max, quiet, stop).await?);
        }
        let found = inputs::ordered(found)?;
        inputs::refuse_none(&found)?;
        Ok(found)
    }

    /// Sends results to their bucket, if they belong in one. What an interrupt left unfinished stays here.
    pub async fn deliver(&self, report: &mut Report, quiet: bool) -> Refused<()> {
        let Some(target) = self.target.as_ref().filter(|_| !report.interrupted) else { return Ok(()) };
        send::all(target, &self.folder, quiet).await?;
        report.out = PathBuf::from(target.to_string());
        Ok(())
    }
}

/// The bucket that a path of the command line means, if it means one.
fn address(path: &Path) -> Refused<Option<BucketAddress>> {
    let text = path.to_str().unwrap_or_default();
    let Some((scheme, _)) = text.split_once("://") else { return Ok(None) };
    let wrong = |why: String| Refusal::usage(format!("`{text}` cannot be used: {why}"));
    if scheme != "s3" {
        return Err(wrong("only folders and s3:// addresses are known".to_owned()).hint(
            "Storages that speak S3 are reached by s3:// and AWS_ENDPOINT_URL; for a server of docmill use --server.",
        ));
    }
    text.parse().map(Some).map_err(|why| wrong(why).hint("Write it as s3://bucket/folder."))
}

/// What a storage said, in its own words.
fn words(error: &StoreError) -> String {
    let text = match error {
        StoreError::Unavailable { source, .. } => source.to_string(),
        other => other.to_string(),
    };
    // An answer in XML may follow, which says the same again.
    let said = text.split(['<', '\n']).next().unwrap_or_default();
    let short: String = said.chars().take(WORDS_MAX).collect();
    short.trim_end_matches([' ', ':', '.']).to_owned()
}

fn out_of_reach(address: &BucketAddress, error: &StoreError) -> Refusal {
    Refusal::failed(format!("`{address}` cannot be reached: {}", words(error))).hint(
        "Credentials are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the place from AWS_REGION, \
         another server than Amazon's from AWS_ENDPOINT_URL.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(paths: &[&str], out: &str, work: Option<&str>) -> Result<Places, String> {
        let paths = paths.iter().map(PathBuf::from).collect();
        let data = || Ok(PathBuf::from("data"));
        Places::of(paths, out.into(), work.map(PathBuf::from), data).map_err(|refusal| refusal.sentence)
    }

    #[test]
    fn buckets_are_told_from_folders() {
        let found = places(&["in", "s3://b/x", "./s3/y", "s3://b/x/"], "out", None).unwrap();
        assert_eq!((found.named.len(), found.sources.len(), found.target), (2, 1, None));
        assert_eq!(found.folder, Path::new("out"));
        let found = places(&["in"], "s3://b", Some("w")).unwrap();
        assert_eq!((found.folder.as_path(), found.target.is_some()), (Path::new("w"), true));
        let one = places(&["in"], "s3://b/1", None).unwrap().folder;
        assert_ne!(one, places(&["in"], "s3://b/2", None).unwrap().folder, "each target has its own");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let table = [
            (places(&["gs://b/x"], "out", None), "only folders and s3:// addresses"),
            (places(&["in"], "https://b/x", None), "only folders and s3:// addresses"),
            (places(&["s3://"], "out", None), "the name of the bucket is missing"),
            (places(&["in"], "out", Some("w")), "--work is for runs"),
        ];
        for (found, expected) in table {
            let sentence = found.unwrap_err();
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
}
