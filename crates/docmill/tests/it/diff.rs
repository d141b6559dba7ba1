use serde_json::{Value, json};

use crate::program::Home;

#[test]
fn two_runs_are_compared_by_file_page_and_field() {
    let home = Home::new();
    home.write("in/a.txt", "The same.\n");
    home.write("in/b.txt", "Before.\n");
    home.write("in/c.txt", "Only here.\n");
    let run = |out: &str| home.run(&["batch", "in", "--config", "cfg-PARSE_AGENTIC", "-o", out]);
    run("first").ended(0);
    run("again").ended(0);
    let same = home.run(&["diff", "first", "again"]).ended(0).stdout;
    assert_eq!(same, "3 files the same, 0 changed, 0 in one run only\n");
    home.write("in/b.txt", "After.\n");
    std::fs::remove_file(home.path("in/c.txt")).unwrap();
    home.write("in/d.pdf", "");
    run("second").ended(3);
    let told = home.run(&["diff", "first", "second"]).ended(1).stdout;
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "b.txt: the file itself differs",
            "b.txt: 1 page of 1 changed: 1",
            "c.txt: only in the first run",
            "d.pdf: only in the second run",
            "1 file the same, 1 changed, 2 in one run only",
        ]
    );
    let json = home.run(&["diff", "first", "second", "--json"]).ended(1).stdout;
    let json: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json[0]["changes"][1], json!({"what": "pages", "pages": [1], "of": 1}));
    assert_eq!((&json[1]["only_in"], &json[3]["same"]), (&json!("a"), &json!(1)));
}

#[test]
fn extracted_data_is_compared_field_by_field() {
    let home = Home::new();
    home.write("schema.json", r#"{"type": "object", "properties": {"invoice_number": {"type": "string"}}}"#);
    for (out, number) in [("first", "A-100"), ("second", "A-200")] {
        home.write("in/a.txt", format!("Invoice number: {number}\n"));
        home.run(&["extract", "in", "--schema", "schema.json", "-o", out]).ended(0);
    }
    let told = home.run(&["diff", "first", "second"]).ended(1).stdout;
    assert!(told.contains("a.txt: invoice_number: \"A-100\" -> \"A-200\""), "{told}");
}
