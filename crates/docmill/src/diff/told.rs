//! A comparison for people and for programs.

use serde_json::{Value, json};

use super::compare::{Change, Comparison};
use crate::terminal::count;

impl Comparison {
    /// A line for each thing that differs, and a last one that counts.
    pub fn text(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, changes) in &self.changed {
            lines.extend(changes.iter().map(|change| format!("{path}: {}", text(change))));
        }
        lines.extend(self.only_a.iter().map(|path| format!("{path}: only in the first run")));
        lines.extend(self.only_b.iter().map(|path| format!("{path}: only in the second run")));
        let only = self.only_a.len() + self.only_b.len();
        lines.push(format!(
            "{} the same, {} changed, {only} in one run only",
            count(self.same, "file"),
            self.changed.len()
        ));
        lines
    }

    /// An object a file that differs, and a summary.
    pub fn json(&self) -> Vec<Value> {
        let changed = self.changed.iter().map(|(path, changes)| {
            json!({"type": "file", "path": path, "changes": changes.iter().map(object).collect::<Vec<_>>()})
        });
        let only = |run: &'static str, paths: &[String]| {
            let object = |path: &String| json!({"type": "file", "path": path, "only_in": run});
            paths.iter().map(object).collect::<Vec<_>>()
        };
        let summary = json!({
            "type": "summary",
            "same": self.same,
            "changed": self.changed.len(),
            "only_in_a": self.only_a.len(),
            "only_in_b": self.only_b.len(),
        });
        changed.chain(only("a", &self.only_a)).chain(only("b", &self.only_b)).chain([summary]).collect()
    }
}

fn text(change: &Change) -> String {
    let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    match change {
        Change::Content => "the file itself differs".to_owned(),
        Change::Status(a, b) => format!("{a} -> {b}"),
        Change::Pages { changed, of } => {
            let numbers: Vec<String> = changed.iter().map(ToString::to_string).collect();
            format!("{} of {of} changed: {}", count(changed.len(), "page"), numbers.join(", "))
        }
        Change::Output(ending) => format!("its .{ending} differs"),
        Change::Field(path, a, b) => format!("{path}: {} -> {}", value(a), value(b)),
    }
}

fn object(change: &Change) -> Value {
    match change {
        Change::Content => json!({"what": "content"}),
        Change::Status(a, b) => json!({"what": "status", "a": a, "b": b}),
        Change::Pages { changed, of } => json!({"what": "pages", "pages": changed, "of": of}),
        Change::Output(ending) => json!({"what": "output", "output": ending}),
        Change::Field(path, a, b) => json!({"what": "field", "field": path, "a": a, "b": b}),
    }
}
