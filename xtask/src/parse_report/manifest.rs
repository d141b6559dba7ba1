//! The kinds of the documents, from a list with a JSON object a line.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::at;

/// The fields that may name a document, by its truth or by itself.
const NAMES: [&str; 4] = ["truth", "file", "name", "stem"];

/// Kind by name of the document.
pub fn kinds(path: &Path) -> Result<HashMap<String, String>, String> {
    let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
    let mut kinds = HashMap::new();
    let mut shorter_names = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let entry: Value =
            serde_json::from_str(line).map_err(|error| at(path, &format!("line {}: {error}", number + 1)))?;
        let Some(kind) = entry["kind"].as_str() else { continue };
        for (name, shorter) in names(&entry) {
            kinds.insert(name, kind.to_owned());
            shorter_names.push((shorter, kind.to_owned()));
        }
    }
    // What a document is called in full goes before what another one may be called.
    for (name, kind) in shorter_names {
        kinds.entry(name).or_insert(kind);
    }
    Ok(kinds)
}

/// `pdfs/a.pdf` names `a.pdf` and `a`: truths are called after their document with and without its ending.
fn names(entry: &Value) -> impl Iterator<Item = (String, String)> {
    NAMES.iter().filter_map(|field| entry[*field].as_str()).filter_map(|name| {
        let path = Path::new(name);
        Some((path.file_name()?.to_str()?.to_owned(), path.file_stem()?.to_str()?.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_document_is_named_by_its_files() {
        for (line, expected) in [
            (r#"{"file": "pdfs/a.b.pdf"}"#, &[("a.b.pdf", "a.b")][..]),
            (r#"{"truth": "truth/a.docx.md", "stem": "x"}"#, &[("a.docx.md", "a.docx"), ("x", "x")]),
            (r#"{"page": 1}"#, &[]),
        ] {
            let entry = serde_json::from_str(line).unwrap();
            let names: Vec<_> = super::names(&entry).collect();
            let names: Vec<_> = names.iter().map(|(name, shorter)| (name.as_str(), shorter.as_str())).collect();
            assert_eq!(names, expected, "{line}");
        }
    }
}
