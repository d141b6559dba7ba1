//! `cargo xtask extract-fit`: fits the weights of the extraction's confidence on documents whose values are known.

mod regression;

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use regression::{Sample, fit, probability};

const USAGE: &str =
    "usage: cargo xtask extract-fit --pred PRED.jsonl --hits HITS.jsonl [--pred ... --hits ...] [--check]

PRED.jsonl is what `cargo run --package docmill-extract --example extract_dir -- PDFS SCHEMA.json PRED.jsonl --evidence`
writes; HITS.jsonl is what `bench/extract/hits.py --truth TRUTH.jsonl --pred PRED.jsonl` says of it: which of its values
are right. Without --check the weights are written to crates/extract/src/weights.json; with it only the reliability table
of the weights that are there is printed.";
const WEIGHTS: &str = "crates/extract/src/weights.json";
/// The features in the order of the evidence, as the engine's source names them.
const SOURCE: &str = "crates/extract/src/confidence.rs";

/// Features that can only speak for a value.
const SUPPORT: &[&str] = &["score", "score_squared", "margin", "fit", "adds_up", "role_label", "checked", "rows"];

pub fn run(arguments: &[String]) -> Result<(), String> {
    let paths = |name: &str| -> Vec<&String> {
        arguments.windows(2).filter(|pair| pair[0] == name).map(|pair| &pair[1]).collect()
    };
    let (predictions, hits) = (paths("--pred"), paths("--hits"));
    if predictions.is_empty() || predictions.len() != hits.len() {
        return Err(USAGE.into());
    }
    let mut samples = Vec::new();
    for (prediction, hits) in predictions.into_iter().zip(hits) {
        let predictions = lines(prediction)?.into_iter().map(|line| (text(&line["id"]), line)).collect();
        samples.extend(samples_of(&predictions, &lines(hits)?)?);
    }
    if arguments.iter().any(|argument| argument == "--check") {
        print_table(&samples, |sample| sample.given);
        return Ok(());
    }
    let names = feature_names()?;
    let support: Vec<usize> = (0..names.len()).filter(|at| SUPPORT.contains(&names[*at].as_str())).collect();
    let weights = fit(&samples, &support)
        .ok_or("There are no values with evidence in the predictions; write them with --evidence.")?;
    write(&names, &weights, samples.len())?;
    print_table(&samples, |sample| probability(&weights, &sample.features));
    Ok(())
}

fn lines(path: &str) -> Result<Vec<Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    filled.map(|(at, line)| serde_json::from_str(line).map_err(|error| format!("{path}:{}: {error}", at + 1))).collect()
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

fn write(names: &[String], weights: &[f64], samples: usize) -> Result<(), String> {
    if names.len() + 1 != weights.len() {
        return Err(format!("The evidence has {} features, and {SOURCE} names {}.", weights.len() - 1, names.len()));
    }
    let names = std::iter::once("bias".to_owned()).chain(names.iter().cloned());
    let rounded = weights.iter().map(|weight| json!((weight * 1e4).round() / 1e4));
    let file = json!({ "fitted_on_values": samples, "weights": names.zip(rounded).collect::<Map<_, _>>() });
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    std::fs::write(WEIGHTS, text + "\n").map_err(|error| format!("{WEIGHTS}: {error}"))?;
    println!("{WEIGHTS}: fitted on {samples} values");
    Ok(())
}

fn feature_names() -> Result<Vec<String>, String> {
    let source = std::fs::read_to_string(Path::new(SOURCE)).map_err(|error| format!("{SOURCE}: {error}"))?;
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
mod tests {
    use super::*;

    #[test]
    fn values_are_joined_with_what_is_said_of_them() {
        let prediction = json!({ "id": "a", "confidence": { "rows.0.x": 0.7 }, "evidence": { "rows.0.x": [0.5, 1] } });
        let predictions = HashMap::from([("a".to_owned(), prediction)]);
        let hit = |id: &str| json!({ "id": id, "path": "rows.0.x", "right": true });
        let samples = samples_of(&predictions, &[hit("a")]).expect("known ids");
        assert_eq!((samples[0].features.clone(), samples[0].right, samples[0].given), (vec![0.5, 1.0], true, 0.7));
        assert!(samples_of(&predictions, &[hit("b")]).is_err());
    }
}
