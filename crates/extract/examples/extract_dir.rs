//! Extracts from every document of a folder:
//! `extract_dir DOCUMENTS SCHEMA.json OUT.jsonl [ID...] [--timing] [--text] [--evidence] [--labels] [--explain=PATH]
//! [--ocr] [--keep]`.
//!
//! `SCHEMA.json` is `{id: JSON Schema}`; an id is a file name without its ending, in the folder or below it. Writes a
//! line `{id, fields, confidence}` for each id, with `--evidence` also what the confidence was made from, with
//! `--labels` the label that each value was found by and the concepts of its field. Parse and
//! extraction run in this one process. With `--ocr` pictures are read by tesseract, whose answers are kept in
//! `OUT.jsonl.ocr/` for the next run. With `--keep` the pages are kept in `OUT.jsonl.pages/`, and the next run reads them
//! instead of the documents.

#[path = "../../parse/examples/outside/mod.rs"]
mod outside;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use docmill_extract::{Evidence, explain, extract_with_evidence};
use docmill_model::document::{Page, PageOutcome};
use docmill_model::options::{ExtractOptions, ParseOptions, Tier};
use docmill_model::results::{Explanation, FieldSource, PathStep};
use docmill_parse::{Source, parse_all};
use outside::Outside;
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (options, names): (Vec<String>, Vec<String>) = args.into_iter().partition(|arg| arg.starts_with("--"));
    let [documents, schemas, out, only @ ..] = names.as_slice() else {
        return Err("usage: extract_dir DOCUMENTS SCHEMA.json OUT.jsonl [ID...] [--timing] [--text] [--evidence] [--labels] [--explain=PATH] [--ocr] [--keep]".into());
    };
    let schemas: Map<String, Value> = serde_json::from_slice(&std::fs::read(schemas)?)?;
    let files = files_by_stem(Path::new(documents))?;
    let kept = options.iter().any(|option| option == "--ocr").then(|| PathBuf::from(format!("{out}.ocr")));
    kept.as_deref().map(std::fs::create_dir_all).transpose()?;
    let mut outside = Outside(kept);
    let pages_kept = options.iter().any(|option| option == "--keep").then(|| PathBuf::from(format!("{out}.pages")));
    pages_kept.as_deref().map(std::fs::create_dir_all).transpose()?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(out)?);
    let (mut pages, mut parsing, mut extracting) = (0, Duration::ZERO, Duration::ZERO);
    for (id, schema) in schemas.iter().filter(|(id, _)| only.is_empty() || only.contains(id)) {
        let Some(file) = files.get(id.as_str()) else { continue };
        let begun = Instant::now();
        let read = match kept_or_read(pages_kept.as_deref(), id, file, &mut outside) {
            Ok(read) => read,
            Err(message) => {
                eprintln!("{id}: {message}");
                continue;
            }
        };
        parsing += begun.elapsed();
        if options.iter().any(|option| option == "--text") {
            read.iter()
                .for_each(|page| println!("--- {id}, page {}\n{}\n---\n{}", page.number, page.text, page.markdown));
        }
        let begun = Instant::now();
        let asked = ExtractOptions { data_schema: schema.clone(), ..ExtractOptions::default() };
        let (found, evidence) = extract_with_evidence(&read, &asked).map_err(|failure| failure.message)?;
        extracting += begun.elapsed();
        pages += read.len();
        if let Some(path) = options.iter().find_map(|option| option.strip_prefix("--explain=")) {
            let told = explain(&read, &asked, path).map_err(|failure| failure.message)?;
            println!("{}", serde_json::to_string_pretty(&told)?);
        }
        let confidence: Map<String, Value> =
            found.fields.iter().map(|field| (path_of(field), json!(field.confidence()))).collect();
        let mut line = json!({ "id": id, "fields": found.data, "confidence": confidence });
        if options.iter().any(|option| option == "--evidence") {
            line["evidence"] = features(&found.fields, &evidence);
        }
        if options.iter().any(|option| option == "--labels") {
            line["labels"] = labels(&read, &asked, &found.fields)?;
        }
        writeln!(out, "{line}")?;
    }
    if options.iter().any(|option| option == "--timing") {
        let speed = |time: Duration| pages as f64 / time.as_secs_f64().max(1e-9);
        println!("{pages} pages; parse {:.0} pages/s, extract {:.0} pages/s", speed(parsing), speed(extracting));
    }
    Ok(())
}

fn features(fields: &[FieldSource], evidence: &[Evidence]) -> Value {
    let of = |(field, evidence): (&FieldSource, &Evidence)| (path_of(field), json!(evidence.features()));
    fields.iter().zip(evidence).map(of).collect::<Map<_, _>>().into()
}

/// For each value the label beside it, as the page prints it, and the concepts that its field is; nothing where it was
/// found without a label. Values of one column have the label of the first.
fn labels(pages: &[Page], asked: &ExtractOptions, fields: &[FieldSource]) -> Result<Value, String> {
    let mut told: HashMap<String, Value> = HashMap::new();
    let mut labels = Map::new();
    for path in fields.iter().map(path_of) {
        let column: Vec<&str> = path.split('.').filter(|step| step.parse::<usize>().is_err()).collect();
        let known = told.get(&column.join(".")).cloned();
        let value = match known {
            Some(value) => value,
            None => {
                let explained = explain(pages, asked, &path).map_err(|failure| failure.message)?;
                let chosen = |e: &Explanation| e.candidates.iter().find(|c| c.chosen).and_then(|c| c.label.clone());
                explained.map_or(Value::Null, |e| json!({ "label": chosen(&e), "concepts": e.concepts }))
            }
        };
        told.insert(column.join("."), value.clone());
        if value["label"].is_string() {
            labels.insert(path, value);
        }
    }
    Ok(labels.into())
}

fn path_of(field: &FieldSource) -> String {
    let step = |step: &PathStep| match step {
        PathStep::Name(name) => name.clone(),
        PathStep::Index(index) => index.to_string(),
    };
    field.path.iter().map(step).collect::<Vec<_>>().join(".")
}

fn files_by_stem(folder: &Path) -> std::io::Result<HashMap<String, PathBuf>> {
    let mut files = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_by_stem(&path)?);
        } else if let Some(stem) = path.file_stem() {
            files.insert(stem.to_string_lossy().into_owned(), path);
        }
    }
    Ok(files)
}

fn kept_or_read(kept: Option<&Path>, id: &str, file: &Path, outside: &mut Outside) -> Result<Vec<Page>, String> {
    let Some(kept) = kept.map(|folder| folder.join(format!("{id}.json"))) else { return pages_of(file, outside) };
    if let Ok(bytes) = std::fs::read(&kept) {
        return serde_json::from_slice(&bytes).map_err(|error| error.to_string());
    }
    let pages = pages_of(file, outside)?;
    let bytes = serde_json::to_vec(&pages).map_err(|error| error.to_string())?;
    std::fs::write(kept, bytes).map_err(|error| error.to_string())?;
    Ok(pages)
}

fn pages_of(file: &Path, outside: &mut Outside) -> Result<Vec<Page>, String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = Source { name, bytes: Arc::new(std::fs::read(file).map_err(|error| error.to_string())?) };
    let options = ParseOptions { tier: Tier::CostEffective, ..ParseOptions::default() };
    let (_, outcomes) = parse_all(source, &options, outside).map_err(|failure| failure.message)?;
    let read = outcomes.into_iter().filter_map(|outcome| match outcome {
        PageOutcome::Read(page) => Some(*page),
        PageOutcome::Failed { .. } => None,
    });
    Ok(read.collect())
}
