//! Extractions: explained, and as one table.

use serde_json::{Value, json};

use crate::program::Home;

const SCHEMA: &str = r#"{"type": "object", "properties": {
    "invoice_number": {"type": "string"}, "total": {"type": ["number", "null"]},
    "items": {"type": "array", "items": {"type": "object", "properties": {
        "description": {"type": "string"}, "amount": {"type": "number"}}}}}}"#;

/// Two bills, one of them with rows, and a file that cannot be read.
fn home() -> Home {
    let home = Home::new();
    home.write("schema.json", SCHEMA);
    home.write("in/a.csv", "Description,Amount\nBolt,3.00\n\"Nut, small\",2.25\n");
    home.write("in/b.txt", "Invoice no: 2024-17\n\nTotal: 12.50\n");
    home.write("in/c.pdf", "");
    home
}

#[test]
fn a_folder_becomes_one_table_with_a_row_a_file() {
    let home = home();
    let wanted = ["extract", "in", "--schema", "schema.json"];
    home.run(&[&wanted[..], &["-o", "out", "--format", "jsonl,csv,xlsx"]].concat()).ended(3);
    let read = |name: &str| std::fs::read(home.path("out").join(name)).unwrap();
    let lines: Vec<Value> = String::from_utf8(read("extract.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["a.csv", "b.txt", "c.pdf"]);
    assert_eq!(lines[0]["extract_result"]["items"][1], json!({"description": "Nut, small", "amount": 2.25}));
    assert_eq!(lines[1]["extract_result"]["total"], 12.5);
    assert!(lines[2]["error"].as_str().unwrap().starts_with("EMPTY_FILE: "), "{}", lines[2]);

    let csv = String::from_utf8(read("extract.csv")).unwrap();
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!((rows[0], rows[2]), ("file,error,invoice_number,total,items", "b.txt,,2024-17,12.5,"), "{csv}");
    assert!(rows[3].starts_with("c.pdf,EMPTY_FILE: "), "{csv}");
    home.write("again/extract.xlsx", read("extract.xlsx"));
    let sheets = home.run(&["parse", "again/extract.xlsx"]).ended(0).stdout;
    assert!(sheets.contains("invoice_number") && sheets.contains("Nut, small") && sheets.contains("12.5"), "{sheets}");

    let told = home.run(&[&wanted[..], &["--format", "csv", "--quiet"]].concat()).ended(3).stdout;
    assert_eq!(told, csv);
    home.run(&[&wanted[..], &["--format", "xlsx"]].concat()).ended(2).says("fits on stdout");
    home.run(&[&wanted[..], &["--format", "csv,jsonl"]].concat()).ended(2).says("fits on stdout");
}

#[test]
fn a_folder_is_shown_as_one_table_for_people() {
    let home = home();
    let wanted = ["extract", "in", "--schema", "schema.json", "--table", "--quiet"];
    let told = home.run(&wanted).ended(3).stdout;
    let cells: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cells[0], ["file", "field", "value", "confidence", "page"], "{told}");
    assert_eq!(cells[1][0], "a.csv", "the name stands before the first value: {told}");
    for (file, wanted) in [
        ("a.csv", &["items[0].description", "Bolt"][..]),
        ("a.csv", &["items[1].amount", "2.25"]),
        ("b.txt", &["invoice_number", "2024-17"]),
        ("b.txt", &["total", "12.5"]),
        ("c.pdf", &["(failed:", "EMPTY_FILE)"]),
    ] {
        let from = cells.iter().position(|cells| cells[0] == file).unwrap();
        let own = cells[from + 1..].iter().take_while(|cells| !["b.txt", "c.pdf"].contains(&cells[0]));
        let mut own = std::iter::once(&cells[from][1..]).chain(own.map(Vec::as_slice));
        assert!(own.any(|cells| cells[..2] == *wanted), "{file} {wanted:?}: {told}");
    }
    // With an output folder the same, beside the files.
    let again = home.run(&[&wanted[..], &["-o", "out", "--format", "csv"]].concat()).ended(3).stdout;
    assert_eq!(again, told);
    assert!(home.path("out/extract.csv").exists());
    home.run(&[&wanted[..], &["--format", "csv"]].concat()).ended(2).says("do not both fit on stdout");
}

#[test]
fn a_bad_schema_is_told_in_one_sentence_with_an_example() {
    let home = home();
    for (schema, words) in [
        ("{", "error: cannot read `bad.json`: EOF while parsing"),
        ("[]", "error: cannot read `bad.json`: it holds no object"),
        (r#"{"total": "number"}"#, "error: bad.json: The data schema is not valid at #: the root has no type"),
        (
            r#"{"type": "object", "properties": {"a": {"type": "money"}}}"#,
            "at #/properties/a: `money` is no type of JSON Schema.",
        ),
    ] {
        home.write("bad.json", schema);
        let ran = home.run(&["extract", "in/b.txt", "--schema", "bad.json"]).ended(2).says(words);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert!(lines.len() == 2 && lines[1].starts_with("hint: A schema is JSON such as {"), "{}", ran.stderr);
    }
    home.run(&["extract", "in/b.txt", "--schema", "none.json"]).ended(2).says("error: cannot read `none.json`: ");
}

#[test]
fn a_field_is_explained() {
    let home = home();
    let asked = ["extract", "in/b.txt", "--schema", "schema.json", "--explain"];
    let told = home.run(&[&asked[..], &["total"]].concat()).ended(0).stdout;
    assert!(told.starts_with("total\nknown as: total") && told.contains("\nlabels looked for: total,"), "{told}");
    assert!(told.lines().any(|line| line.starts_with("*  12.5 ") && line.ends_with("colon of `Total`")), "{told}");
    let json = home.run(&[&asked[..], &["total", "--json"]].concat()).ended(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["candidates"][0]["value"], &json["candidates"][0]["chosen"]), (&json!(12.5), &json!(true)));
    home.run(&[&asked[..], &["mood"]].concat()).ended(2).says("the schema has no field `mood`");
    // Named as the table names it, or with dots.
    for field in ["items[1].amount", "items.1.amount"] {
        let told = home.run(&["extract", "in/a.csv", "--schema", "schema.json", "--explain", field]).ended(0).stdout;
        assert!(told.lines().any(|line| line.starts_with("*  2.25 ") && line.contains("header `Amount`")), "{told}");
    }
    home.run(&[&asked[..], &["items[0].amount"]].concat()).ended(2).says("or no such row was found");
    home.run(&["extract", "in", "--schema", "schema.json", "--explain", "total"]).ended(2).says("only one file");
}
