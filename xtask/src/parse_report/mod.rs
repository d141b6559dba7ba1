//! How well documents are read: `cargo xtask parse-report` scores a folder of predicted Markdown against a folder of
//! truth with the measures of opendataloader-bench, prints them by kind of document, keeps them as a record to compare
//! later runs with, and shows the worst documents on a page.

mod diff;
mod distance;
mod manifest;
mod page;
mod page_image;
mod pipes;
mod run;
mod score;
mod tags;
mod text;
mod tree_distance;
mod trees;

use std::fs;
use std::path::{Path, PathBuf};

use run::{Document, Run};

pub const USAGE: &str = "usage: cargo xtask parse-report --pred DIR --truth DIR [--pages DIR] [--manifest FILE.jsonl] \
                         [--previous RUN.json] [--out DIR] [--save RUN.json]

  --pred, --truth  folders with a NAME.md for each document; one that is missing in --pred counts as empty
  --manifest       a JSON object a line: the document (truth, file, name or stem) and its kind
  --pages          folder with a NAME.pdf for each document, whose first page is shown
  --previous       the record of an earlier run, to show what changed since
  --save           keeps this run's record
  --out            writes index.html";

/// Where the two texts of every document are.
struct Folders {
    truth: PathBuf,
    pred: PathBuf,
}

impl Folders {
    fn truth(&self, name: &str) -> Result<String, String> {
        let path = self.truth.join(format!("{name}.md"));
        fs::read_to_string(&path).map_err(|error| at(&path, &error))
    }

    /// None when there is no prediction; a broken character in it is not worth failing for.
    fn prediction(&self, name: &str) -> Option<String> {
        let bytes = fs::read(self.pred.join(format!("{name}.md"))).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The names of the documents: those of the truth.
    fn names(&self) -> Result<Vec<String>, String> {
        let entries = fs::read_dir(&self.truth).map_err(|error| at(&self.truth, &error))?;
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".md").map(str::to_owned))
            .collect();
        names.sort();
        if names.is_empty() {
            return Err(format!("no .md files in {}", self.truth.display()));
        }
        Ok(names)
    }
}

#[derive(Default)]
struct Options {
    pred: Option<PathBuf>,
    truth: Option<PathBuf>,
    pages: Option<PathBuf>,
    manifest: Option<PathBuf>,
    previous: Option<PathBuf>,
    out: Option<PathBuf>,
    save: Option<PathBuf>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        for pair in arguments.chunks(2) {
            let option = match pair[0].as_str() {
                "--pred" => &mut options.pred,
                "--truth" => &mut options.truth,
                "--pages" => &mut options.pages,
                "--manifest" => &mut options.manifest,
                "--previous" => &mut options.previous,
                "--out" => &mut options.out,
                "--save" => &mut options.save,
                other => return Err(format!("{other} is unknown\n{USAGE}")),
            };
            *option = Some(PathBuf::from(pair.get(1).ok_or_else(|| format!("{} wants a value\n{USAGE}", pair[0]))?));
        }
        Ok(options)
    }
}

pub fn report(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let (Some(pred), Some(truth)) = (options.pred, options.truth) else { return Err(USAGE.into()) };
    // A folder that is not there would score as one without predictions.
    if !pred.is_dir() {
        return Err(format!("{} is not a folder", pred.display()));
    }
    let folders = Folders { truth, pred };
    // Before the work: what was given wrong should be told at once.
    let previous = options.previous.as_deref().map(Run::load).transpose()?;
    let run = measure(&folders, options.manifest.as_deref())?;
    print!("{}", run.table(previous.as_ref()));
    if let Some(path) = options.save {
        write(&path, &run.to_json())?;
    }
    if let Some(out) = options.out {
        let html = page::render(&run, previous.as_ref(), &folders, options.pages.as_deref())?;
        write(&out.join("index.html"), &html)?;
        println!("written: {}", out.join("index.html").display());
    }
    Ok(())
}

fn measure(folders: &Folders, manifest: Option<&Path>) -> Result<Run, String> {
    let kinds = manifest.map(manifest::kinds).transpose()?.unwrap_or_default();
    let mut run = Run::default();
    for name in folders.names()? {
        let prediction = folders.prediction(&name);
        let document = Document {
            kind: kinds.get(&name).cloned().unwrap_or_else(|| "all".into()),
            missing: prediction.is_none(),
            scores: score::score(&folders.truth(&name)?, &prediction.unwrap_or_default()),
        };
        run.documents.insert(name, document);
    }
    Ok(run)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    fs::write(path, text).map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}
