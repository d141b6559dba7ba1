//! `cargo xtask extract-fit`: fits the weights of the extraction's confidence on documents whose values are known.

mod folder;
mod regression;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use folder::Tools;
use regression::{Sample, fit, probability};
use serde_json::{Map, Value, json};

const USAGE: &str = "usage: cargo xtask extract-fit FOLDER... [--check] [--out WEIGHTS.json] [--ocr]
                           [--extractor PROGRAM] [--python PROGRAM]
       cargo xtask extract-fit --pred PRED.jsonl --hits HITS.jsonl [--pred ... --hits ...] [--check]

FOLDER has truth.jsonl ({\"id\", \"fields\"} a line), schema.json (one JSON Schema, or {id: JSON Schema}), and the documents,
ID.pdf or of any other format, in pdfs/ or in the folder itself. They are extracted, compared with the truth, and the weights
are fitted on that and written to crates/extract/src/weights.json. With --check nothing is written: the reliability table
of the weights that are there is printed. --extractor is a built example extract_dir, else it is built. The second way takes
what extract_dir --evidence and bench/extract/hits.py wrote before.";
const WEIGHTS: &str = "crates/extract/src/weights.json";
/// The features in the order of the evidence, as the engine's source names them.
const SOURCE: &str = "crates/extract/src/confidence.rs";

/// Features that can only speak for a value.
const SUPPORT: &[&str] = &["score", "score_squared", "margin", "fit", "adds_up", "role_label", "checked", "rows"];

#[derive(Default)]
struct Asked {
    folders: Vec<PathBuf>,
    predictions: Vec<PathBuf>,
    hits: Vec<PathBuf>,
    check: bool,
    ocr: bool,
    out: Option<PathBuf>,
    extractor: Option<PathBuf>,
    python: Option<String>,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let (mut asked, mut rest) = (Self::default(), arguments.iter());
        while let Some(argument) = rest.next() {
            let mut value =
                || rest.next().map(PathBuf::from).ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--pred" => asked.predictions.push(value()?),
                "--hits" => asked.hits.push(value()?),
                "--out" => asked.out = Some(value()?),
                "--extractor" => asked.extractor = Some(value()?),
                "--python" => asked.python = value()?.into_os_string().into_string().ok(),
                "--check" => asked.check = true,
                "--ocr" => asked.ocr = true,
                unknown if unknown.starts_with("--") => return Err(format!("there is no option {unknown}\n{USAGE}")),
                folder => asked.folders.push(folder.into()),
            }
        }
        if asked.predictions.len() != asked.hits.len() || asked.folders.len() + asked.hits.len() == 0 {
            return Err(USAGE.into());
        }
        Ok(asked)
    }
}

pub fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let python = asked.python.unwrap_or_else(|| "python3".to_owned());
    let tools = Tools { extractor: asked.extractor, python, ocr: asked.ocr };
    let mut samples = Vec::new();
    let mut add = |predictions: Vec<Value>, hits: &[Value]| -> Result<(), String> {
        let predictions = predictions.into_iter().map(|line| (text(&line["id"]), line)).collect();
        samples.extend(samples_of(&predictions, hits)?);
        Ok(())
    };
    for folder in &asked.folders {
        let (predictions, hits) = folder::judge(folder, &tools)?;
        add(predictions, &hits)?;
    }
    for (prediction, hits) in asked.predictions.iter().zip(&asked.hits) {
        add(lines(prediction)?, &lines(hits)?)?;
    }
    if asked.check {
        print_table(&samples, |sample| sample.given);
        return Ok(());
    }
    let names = feature_names()?;
    let support: Vec<usize> = (0..names.len()).filter(|at| SUPPORT.contains(&names[*at].as_str())).collect();
    let weights = fit(&samples, &support)
        .ok_or("No value was given, so there is nothing to fit on; predictions need --evidence.")?;
    write(&asked.out.unwrap_or_else(|| of_repository(WEIGHTS)), &names, &weights, samples.len())?;
    print_table(&samples, |sample| probability(&weights, &sample.features));
    Ok(())
}

/// A file of the repository, wherever this is started.
fn of_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn lines(path: &Path) -> Result<Vec<Value>, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    filled
        .map(|(at, line)| serde_json::from_str(line).map_err(|error| format!("{shown}:{}: {error}", at + 1)))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Every value that was given, with its features, its confidence and whether it is right.
fn samples_of(predictions: &HashMap<String, Value>, hits: &[Value]) -> Result<Vec<Sample>, String> {
    let mut samples = Vec::new();
    for hit in hits {
        let (id, path) = (text(&hit["id"]), text(&hit["path"]));
        let prediction = predictions.get(&id).ok_or_else(|| format!("There is no prediction of {id}."))?;
        let features = prediction["evidence"][&path].as_array().map(Vec::as_slice).unwrap_or_default();
        let features = features.iter().filter_map(Value::as_f64).collect();
        let given = prediction["confidence"][&path].as_f64().unwrap_or_default();
        samples.push(Sample { features, right: hit["right"] == true, given });
    }
    Ok(samples)
}

fn write(path: &Path, names: &[String], weights: &[f64], samples: usize) -> Result<(), String> {
    if names.len() + 1 != weights.len() {
        return Err(format!("The evidence has {} features, and {SOURCE} names {}.", weights.len() - 1, names.len()));
    }
    let names = std::iter::once("bias".to_owned()).chain(names.iter().cloned());
    let rounded = weights.iter().map(|weight| json!((weight * 1e4).round() / 1e4));
    let file = json!({ "fitted_on_values": samples, "weights": names.zip(rounded).collect::<Map<_, _>>() });
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    let shown = path.display();
    std::fs::write(path, text + "\n").map_err(|error| format!("{shown}: {error}"))?;
    println!("{shown}: fitted on {samples} values");
    Ok(())
}

fn feature_names() -> Result<Vec<String>, String> {
    let source = std::fs::read_to_string(of_repository(SOURCE)).map_err(|error| format!("{SOURCE}: {error}"))?;
    let list = source.split("FEATURES: &[&str] = &[").nth(1).and_then(|rest| rest.split(']').next());
    let list = list.ok_or_else(|| format!("{SOURCE} has no list FEATURES."))?;
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// The reliability of a confidence: for each tenth the values and the share of right ones.
fn print_table(samples: &[Sample], confidence: impl Fn(&Sample) -> f64) {
    println!("| confidence | values | right | share |\n| --- | --- | --- | --- |");
    let mut error = 0.0;
    for tenth in 0..10 {
        let own: Vec<&Sample> =
            samples.iter().filter(|sample| ((confidence(sample) * 10.0) as usize).min(9) == tenth).collect();
        if own.is_empty() {
            continue;
        }
        let right = own.iter().filter(|sample| sample.right).count();
        let share = right as f64 / own.len() as f64;
        let mean = own.iter().map(|sample| confidence(sample)).sum::<f64>() / own.len() as f64;
        error += (share - mean).abs() * own.len() as f64 / samples.len() as f64;
        let (from, to) = (tenth as f64 / 10.0, (tenth + 1) as f64 / 10.0);
        println!("| {from:.1} to {to:.1} | {} | {right} | {share:.3} |", own.len());
    }
    let right = samples.iter().filter(|sample| sample.right).count();
    let sure: Vec<&Sample> = samples.iter().filter(|sample| confidence(sample) >= 0.9).collect();
    let sure_right = sure.iter().filter(|sample| sample.right).count();
    println!(
        "\n{} values, {right} right; of those with 0.9 or more {:.3} are right, and they are {:.3} of all right values; \
         calibration error {error:.3}",
        samples.len(),
        sure_right as f64 / sure.len().max(1) as f64,
        sure_right as f64 / right.max(1) as f64
    );
}

#[cfg(test)]
mod tests;
