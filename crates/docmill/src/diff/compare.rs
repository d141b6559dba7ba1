//! Two manifests side by side, and the outputs of every file that both have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use docmill_wire::client::{Extraction, page_texts};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::local::Format;
use crate::local::manifest::{self, Line};
use crate::local::outputs::EXTRACTION;
use crate::refusal::{Refusal, Refused};

#[derive(Debug, Default, PartialEq)]
pub struct Comparison {
    /// Files of both runs with equal results.
    pub same: usize,
    /// By path.
    pub changed: BTreeMap<String, Vec<Change>>,
    pub only_a: Vec<String>,
    pub only_b: Vec<String>,
}

impl Comparison {
    pub fn is_same(&self) -> bool {
        self.changed.is_empty() && self.only_a.is_empty() && self.only_b.is_empty()
    }
}

/// One thing that differs between the two results of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The file itself: the runs read different bytes.
    Content,
    /// `COMPLETED`, or the code of the failure.
    Status(String, String),
    /// Pages with other text, of so many that either run has.
    Pages { changed: Vec<u32>, of: usize },
    /// An output without pages, by its ending.
    Output(&'static str),
    /// A leaf of the extracted data: `lines.0.amount`. `None` where a run does not have it.
    Field(String, Option<Value>, Option<Value>),
}

/// Compares the runs in two output folders.
pub fn compare(a: &Path, b: &Path) -> Refused<Comparison> {
    let (mut lines_a, mut lines_b) = (lines(a)?, lines(b)?);
    let names: BTreeSet<String> = lines_a.keys().chain(lines_b.keys()).cloned().collect();
    let mut found = Comparison::default();
    for name in names {
        match (lines_a.remove(&name), lines_b.remove(&name)) {
            (Some(line_a), Some(line_b)) => {
                let changes = changes((a, &line_a), (b, &line_b))?;
                if changes.is_empty() {
                    found.same += 1;
                } else {
                    found.changed.insert(name, changes);
                }
            }
            (Some(_), None) => found.only_a.push(name),
            _ => found.only_b.push(name),
        }
    }
    Ok(found)
}

fn lines(run: &Path) -> Refused<BTreeMap<String, Line>> {
    let path = run.join(manifest::NAME);
    if !path.is_file() {
        return Err(Refusal::usage(format!("`{}` is no output folder: it has no {}", run.display(), manifest::NAME))
            .hint("Name two folders that were given as -o."));
    }
    Ok(manifest::read_by_path(run).into_iter().collect())
}

fn changes((a, line_a): (&Path, &Line), (b, line_b): (&Path, &Line)) -> Refused<Vec<Change>> {
    let mut changes = Vec::new();
    if line_a.sha256 != line_b.sha256 {
        changes.push(Change::Content);
    }
    let status = |line: &Line| line.code.clone().unwrap_or_else(|| line.status.clone());
    if status(line_a) != status(line_b) {
        changes.push(Change::Status(status(line_a), status(line_b)));
    }
    // Outputs that only one run was asked for say nothing about the other.
    let both = |ending: &str| {
        let file = format!("{}.{ending}", line_a.path);
        let wanted = line_a.outputs.contains(&file) && line_b.outputs.contains(&file);
        wanted.then(|| (a.join(&file), b.join(&file)))
    };
    if let Some((a, b)) = both(EXTRACTION) {
        changes.extend(fields(&read::<Extraction>(&a)?.extract_result, &read::<Extraction>(&b)?.extract_result));
    }
    if let Some((a, b)) = both(Format::Json.extension()) {
        changes.extend(pages(&page_texts(&read(&a)?), &page_texts(&read(&b)?)));
    } else if let Some(format) =
        [Format::Md, Format::Text].into_iter().find(|format| both(format.extension()).is_some())
        && let Some((a, b)) = both(format.extension())
        && bytes(&a)? != bytes(&b)?
    {
        changes.push(Change::Output(format.extension()));
    }
    Ok(changes)
}

fn pages(a: &BTreeMap<u32, String>, b: &BTreeMap<u32, String>) -> Option<Change> {
    let numbers: BTreeSet<u32> = a.keys().chain(b.keys()).copied().collect();
    let changed: Vec<u32> = numbers.iter().copied().filter(|number| a.get(number) != b.get(number)).collect();
    (!changed.is_empty()).then_some(Change::Pages { changed, of: numbers.len() })
}

fn fields(a: &Value, b: &Value) -> Vec<Change> {
    let (mut leaves_a, mut leaves_b) = (BTreeMap::new(), BTreeMap::new());
    leaves(a, String::new(), &mut leaves_a);
    leaves(b, String::new(), &mut leaves_b);
    let paths: BTreeSet<String> = leaves_a.keys().chain(leaves_b.keys()).cloned().collect();
    let change = |path: String| {
        let (a, b) = (leaves_a.remove(&path), leaves_b.remove(&path));
        (a != b).then_some(Change::Field(path, a, b))
    };
    paths.into_iter().filter_map(change).collect()
}

/// Every value that has nothing below it, by its dotted path.
fn leaves(value: &Value, path: String, found: &mut BTreeMap<String, Value>) {
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| leaves(value, below(name), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, value)| leaves(value, below(&index.to_string()), found));
        }
        leaf => drop(found.insert(path, leaf.clone())),
    }
}

fn bytes(path: &Path) -> Refused<Vec<u8>> {
    fs::read(path).map_err(|error| Refusal::io(format!("read `{}`", path.display()), &error))
}

fn read<T: DeserializeOwned>(path: &Path) -> Refused<T> {
    serde_json::from_slice(&bytes(path)?)
        .map_err(|error| Refusal::failed(format!("`{}` is no output of docmill: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_compared_leaf_by_leaf() {
        let a = json!({"total": 12, "lines": [{"name": "x"}], "gone": null});
        let b = json!({"total": 13, "lines": [{"name": "x"}, {"name": "y"}]});
        let field = |path: &str, a: Option<Value>, b: Option<Value>| Change::Field(path.into(), a, b);
        assert_eq!(
            fields(&a, &b),
            [
                field("gone", Some(Value::Null), None),
                field("lines.1.name", None, Some(json!("y"))),
                field("total", Some(json!(12)), Some(json!(13))),
            ]
        );
        assert_eq!(fields(&a, &a), []);
    }

    #[test]
    fn a_page_that_one_run_does_not_have_is_changed() {
        let texts = |pages: &[(u32, &str)]| pages.iter().map(|(page, text)| (*page, (*text).to_owned())).collect();
        let (a, b): (BTreeMap<u32, String>, _) = (texts(&[(1, "x"), (2, "y")]), texts(&[(1, "x"), (2, "z"), (3, "")]));
        assert_eq!(pages(&a, &b), Some(Change::Pages { changed: vec![2, 3], of: 3 }));
        assert_eq!(pages(&a, &a), None);
    }
}
