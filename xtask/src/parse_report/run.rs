//! The scores of all documents: as a record in a file, and as a table by kind of document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::at;
use super::score::{MEASURES, Scores};

#[derive(Debug, PartialEq)]
pub struct Document {
    pub kind: String,
    /// There was no prediction, so an empty one was scored.
    pub missing: bool,
    pub scores: Scores,
}

#[derive(Debug, Default, PartialEq)]
pub struct Run {
    /// By name.
    pub documents: BTreeMap<String, Document>,
}

/// Documents of a kind, or all of them.
pub struct Group {
    pub name: String,
    pub count: usize,
    pub scores: Scores,
    /// Since the previous run, over the documents that both have.
    pub change: Scores,
}

impl Run {
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
        let record: Value = serde_json::from_str(&text).map_err(|error| at(path, &error))?;
        let documents = record["documents"].as_object().ok_or_else(|| at(path, &"holds no `documents`"))?;
        let read = |(name, entry): (&String, &Value)| {
            let document = Document {
                kind: entry["kind"].as_str().unwrap_or_default().to_owned(),
                missing: entry["missing"] == true,
                scores: Scores::new(MEASURES.map(|measure| entry[measure].as_f64())),
            };
            (name.clone(), document)
        };
        Ok(Self { documents: documents.iter().map(read).collect() })
    }

    /// One document a line, so that two records differ in the lines of the documents that changed.
    pub fn to_json(&self) -> String {
        let line = |(name, document): (&String, &Document)| {
            let mut entry = Map::from_iter([("kind".to_owned(), Value::from(document.kind.as_str()))]);
            if document.missing {
                entry.insert("missing".to_owned(), Value::from(true));
            }
            for (measure, score) in MEASURES.iter().zip(document.scores.values()) {
                entry.insert((*measure).to_owned(), Value::from(score.map(rounded)));
            }
            format!("  {}: {}", Value::from(name.as_str()), Value::from(entry))
        };
        let lines: Vec<String> = self.documents.iter().map(line).collect();
        format!("{{\"documents\": {{\n{}\n}}}}\n", lines.join(",\n"))
    }

    pub fn missing(&self) -> usize {
        self.documents.values().filter(|document| document.missing).count()
    }

    /// The kinds, the worst first.
    pub fn kinds(&self, previous: Option<&Run>) -> Vec<Group> {
        let kinds: BTreeSet<&str> = self.documents.values().map(|document| document.kind.as_str()).collect();
        let mut groups: Vec<Group> =
            kinds.into_iter().map(|kind| self.group(kind, previous, |document| document.kind == kind)).collect();
        groups.sort_by(|a, b| worst_first(&a.scores, &b.scores));
        groups
    }

    pub fn total(&self, previous: Option<&Run>) -> Group {
        self.group("total", previous, |_| true)
    }

    fn group(&self, name: &str, previous: Option<&Run>, belongs: impl Fn(&Document) -> bool) -> Group {
        let members: Vec<(&String, &Document)> =
            self.documents.iter().filter(|(_, document)| belongs(document)).collect();
        let changes: Vec<Scores> =
            members.iter().filter_map(|(name, document)| document.change(previous?.documents.get(*name)?)).collect();
        Group {
            name: name.to_owned(),
            count: members.len(),
            scores: Scores::mean(members.iter().map(|(_, document)| &document.scores)),
            change: Scores::mean(changes.iter()),
        }
    }

    /// The documents with the lowest scores, the lowest first.
    pub fn worst(&self, count: usize) -> Vec<(&String, &Document)> {
        let mut documents: Vec<_> =
            self.documents.iter().filter(|(_, document)| document.scores.overall().is_some()).collect();
        documents.sort_by(|(_, a), (_, b)| worst_first(&a.scores, &b.scores));
        documents.truncate(count);
        documents
    }

    /// The table by kind as it is printed.
    pub fn table(&self, previous: Option<&Run>) -> String {
        let mut groups = self.kinds(previous);
        groups.push(self.total(previous));
        let width = groups.iter().map(|group| group.name.chars().count()).max().unwrap_or(0);
        let mut out = format!("{:width$}  documents  overall      NID     TEDS      MHS", "kind");
        out.push_str(if previous.is_some() { "   change\n" } else { "\n" });
        for group in &groups {
            // Writing to a String cannot fail.
            let _ = write!(out, "{:width$}  {:9}", group.name, group.count);
            for score in group.scores.values() {
                let _ = write!(out, "  {:>7}", shown(score));
            }
            if previous.is_some() {
                let _ = write!(out, "  {:>7}", shown_change(group.change.overall()));
            }
            out.push('\n');
        }
        if self.missing() > 0 {
            let _ = writeln!(out, "without a prediction, counted as empty: {}", self.missing());
        }
        out
    }
}

impl Document {
    /// None when no measure stands in both.
    pub fn change(&self, previous: &Document) -> Option<Scores> {
        let (now, before) = (self.scores.values(), previous.scores.values());
        let change: [Option<f64>; 4] = std::array::from_fn(|measure| Some(now[measure]? - before[measure]?));
        change.iter().any(Option::is_some).then(|| Scores::new(change))
    }
}

/// What has no score comes last: nothing is known to be bad about it.
fn worst_first(a: &Scores, b: &Scores) -> std::cmp::Ordering {
    let key = |scores: &Scores| scores.overall().unwrap_or(f64::INFINITY);
    key(a).total_cmp(&key(b))
}

/// Six decimals: more would change with the order of additions.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

pub fn shown(score: Option<f64>) -> String {
    score.map_or_else(|| "-".into(), |score| format!("{score:.4}"))
}

pub fn shown_change(change: Option<f64>) -> String {
    match change {
        None => "-".into(),
        Some(change) if change.abs() < 0.000_05 => "0".into(),
        Some(change) => format!("{change:+.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(documents: &[(&str, &str, f64, Option<f64>)]) -> Run {
        let document = |(name, kind, nid, teds): &(&str, &str, f64, Option<f64>)| {
            let overall = teds.map_or(*nid, |teds| f64::midpoint(*nid, teds));
            let scores = Scores::new([Some(overall), Some(*nid), *teds, None]);
            ((*name).to_owned(), Document { kind: (*kind).to_owned(), missing: *nid == 0.0, scores })
        };
        Run { documents: documents.iter().map(document).collect() }
    }

    #[test]
    fn the_table_shows_the_worst_kind_first_and_what_changed() {
        let now = run(&[("a", "letter", 1.0, None), ("b", "form", 0.5, Some(0.25)), ("c", "form", 0.0, None)]);
        let before = run(&[("a", "letter", 0.5, None), ("b", "form", 0.5, Some(0.75)), ("gone", "form", 1.0, None)]);
        assert_eq!(
            now.table(Some(&before)),
            "kind    documents  overall      NID     TEDS      MHS   change\n\
             form            2   0.1875   0.2500   0.2500        -  -0.2500\n\
             letter          1   1.0000   1.0000        -        -  +0.5000\n\
             total           3   0.4583   0.5000   0.2500        -  +0.1250\n\
             without a prediction, counted as empty: 1\n"
        );
        assert_eq!(now.worst(2).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let run = run(&[("b", "form", 0.5, Some(0.25)), ("a \"x\"", "letter", 0.0, None)]);
        let text = run.to_json();
        assert_eq!(text.lines().count(), 4, "{text}");
        let file = std::env::temp_dir().join(format!("docmill-parse-report-{}.json", std::process::id()));
        fs::write(&file, text).unwrap();
        let read = Run::load(&file);
        fs::remove_file(&file).unwrap();
        assert_eq!(read.unwrap(), run);
    }
}
