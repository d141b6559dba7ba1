//! A folder of documents whose values are known: extracted, and compared with the truth.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use super::{lines, of_repository, text};

/// Says which values are right, by the rules of the benchmark.
const HITS: &str = "bench/extract/hits.py";

/// What runs outside of this program.
pub struct Tools {
    /// The built example `extract_dir`; built when it is not given.
    pub extractor: Option<PathBuf>,
    pub python: String,
    /// Pictures are read by tesseract.
    pub ocr: bool,
}

/// What was extracted from the documents of the folder, and which of the values are right: a line of JSON each.
pub fn judge(folder: &Path, tools: &Tools) -> Result<(Vec<Value>, Vec<Value>), String> {
    let truth = folder.join("truth.jsonl");
    let documents = Some(folder.join("pdfs")).filter(|pdfs| pdfs.is_dir()).unwrap_or_else(|| folder.to_owned());
    let ids = lines(&truth)?.iter().map(|line| text(&line["id"])).collect();
    let work = scratch(folder)?;
    let (schemas, predictions) = (work.join("schemas.json"), work.join("pred.jsonl"));
    let schemas_of_ids = schemas_of(&folder.join("schema.json"), &ids)?;
    std::fs::write(&schemas, schemas_of_ids.to_string()).map_err(|error| format!("{}: {error}", schemas.display()))?;
    let mut extract = match &tools.extractor {
        Some(program) => Command::new(program),
        None => built(),
    };
    extract.args([&documents, &schemas, &predictions]).arg("--evidence").args(tools.ocr.then_some("--ocr"));
    run("the extractor", &mut extract)?;
    let mut hits = Command::new(&tools.python);
    hits.arg(of_repository(HITS)).arg("--truth").arg(&truth).arg("--pred").arg(&predictions);
    let said = run(HITS, &mut hits)?;
    let hits: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
    let extracted = lines(&predictions)?;
    println!("{}: {} of {} documents read", folder.display(), extracted.len(), ids.len());
    Ok((extracted, hits.map_err(|error| format!("{HITS}: {error}"))?))
}

/// `{id: schema}` for the ids of the truth; a file that is a schema itself is the schema of all.
fn schemas_of(path: &Path, ids: &BTreeSet<String>) -> Result<Value, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| told(&error))?;
    let given: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|error| told(&error))?;
    let one = given.get("type") == Some(&json!("object"));
    let of = |id: &String| if one { Some(json!(given)) } else { given.get(id).cloned() };
    let found: Map<String, Value> = ids.iter().filter_map(|id| Some((id.clone(), of(id)?))).collect();
    if found.is_empty() { Err(told(&"it has no schema for any id of the truth")) } else { Ok(found.into()) }
}

/// Where the answers for this folder are kept, so that one can look at them.
fn scratch(folder: &Path) -> Result<PathBuf, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| of_repository("target"), PathBuf::from);
    let name = folder.file_name().unwrap_or_default();
    let work = target.join("extract-fit").join(name);
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    Ok(work)
}

/// `cargo run` of the example.
fn built() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--package", "docmill-extract", "--example", "extract_dir", "--"]);
    cargo
}

/// What the program printed.
fn run(name: &str, command: &mut Command) -> Result<String, String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| format!("{name} does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{name} printed something that is no text"))
}
