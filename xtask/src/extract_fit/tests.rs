use std::fmt::Write as _;

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

#[test]
fn what_is_asked_wrongly_is_told() {
    for (arguments, words) in [
        (&[][..], "usage:"),
        (&["--pred", "a.jsonl"], "usage:"),
        (&["a", "--out"], "--out needs a value"),
        (&["a", "--weights"], "there is no option --weights"),
        (&["/no/such/folder"], "/no/such/folder/truth.jsonl: No such file"),
    ] {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let told = run(&arguments).expect_err("refused");
        assert!(told.contains(words), "{told}");
    }
}

/// Bills as texts, with what each says: some of the amounts are not where their labels are, so that not all is found.
fn bills(folder: &Path, count: usize) {
    let mut truth = String::new();
    for bill in 0..count {
        let (number, total) = (format!("INV-{}", 1_000 + bill * 7), (bill * 37 % 900 + 12) as f64 + 0.25);
        let (label, due) = (["Total", "Total amount", "Amount due"][bill % 3], ["2024-03-01", "2024-04-15"][bill % 2]);
        let said = if bill % 5 == 0 { format!("{label}\n\nsee below\n\n{total}") } else { format!("{label}: {total}") };
        let text = format!("Invoice number: {number}\n\nDue date: {due}\n\n{said}\n");
        std::fs::write(folder.join(format!("bill-{bill}.txt")), text).expect("a file");
        let fields = json!({ "invoice_number": number, "due_date": due, "total": total });
        writeln!(truth, "{}", json!({ "id": format!("bill-{bill}"), "fields": fields })).expect("text");
    }
    std::fs::write(folder.join("truth.jsonl"), truth).expect("a file");
    let schema = json!({ "type": "object", "properties": {
        "invoice_number": { "type": "string" }, "total": { "type": ["number", "null"] },
        "due_date": { "type": "string", "format": "date" } } });
    std::fs::write(folder.join("schema.json"), schema.to_string()).expect("a file");
}

/// Whole: documents on one side, weights on the other.
#[test]
fn a_folder_of_documents_becomes_weights() {
    let folder = tempfile::tempdir().expect("a folder");
    bills(folder.path(), 30);
    let out = folder.path().join("weights.json");
    // The example of the same build stands beside this test's folder; else it is built.
    let test = std::env::current_exe().expect("this test");
    let example = test.parent().and_then(Path::parent).map(|build| build.join("examples/extract_dir"));
    let mut arguments = vec![folder.path().display().to_string(), "--out".to_owned(), out.display().to_string()];
    if let Some(example) = example.filter(|example| example.exists()) {
        arguments.extend(["--extractor".to_owned(), example.display().to_string()]);
    }
    run(&arguments).expect("weights");
    let file: Value = serde_json::from_slice(&std::fs::read(&out).expect("weights")).expect("json");
    let fitted = file["fitted_on_values"].as_u64().expect("a count");
    assert!((60..=90).contains(&fitted), "{file}");
    let weights = file["weights"].as_object().expect("weights");
    assert_eq!(weights.len(), feature_names().expect("names").len() + 1);
    assert!(weights.values().any(|weight| weight.as_f64() != Some(0.0)), "{file}");
    arguments.push("--check".to_owned());
    std::fs::remove_file(&out).expect("there");
    run(&arguments).expect("a table");
    assert!(!out.exists(), "--check writes nothing");
}
