//! Extractions as a table for people: a line a value, with its confidence and its page.

use serde_json::Value;

use super::extracted::Answer;
use crate::terminal;

/// What stands where there is nothing.
const NONE: &str = "-";
/// Characters of a value in the table of several files.
const VALUE_CHARS_MAX: usize = 48;

/// The table of an answer with `extract_result` and `extract_metadata`, each line ended.
pub fn of(answer: &Value) -> String {
    let mut rows = vec![["field", "value", "confidence", "page"].map(str::to_owned)];
    let sources = &answer["extract_metadata"]["field_metadata"]["document_metadata"];
    walk("", &answer["extract_result"], sources, &mut rows);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2].map(width);
    rows.iter().map(|row| line(row, widths)).collect()
}

/// The table of several answers, each line ended: what was found in each file, its name before its first value.
pub fn of_files(answers: &[Answer]) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for Answer { name, error, answer } in answers {
        let mut found = Vec::new();
        let sources = &answer["extract_metadata"]["field_metadata"]["document_metadata"];
        walk("", &answer["extract_result"], sources, &mut found);
        found.retain(|[_, value, confidence, _]| value != NONE && confidence != NONE);
        let mut names = std::iter::once(name.clone()).chain(std::iter::repeat(String::new()));
        let mut add = |cells: &[String]| rows.push(names.by_ref().take(1).chain(cells.iter().cloned()).collect());
        match error {
            // The code says enough beside others; the sentence is in the manifest and in the files of --format.
            Some(error) => add(&[format!("(failed: {})", error.split(':').next().unwrap_or_default())]),
            None if found.is_empty() => add(&["(nothing found)".to_owned()]),
            None => found.iter_mut().for_each(|row| {
                row[1] = shortened(&row[1]);
                add(row);
            }),
        }
    }
    format!("{}\n", terminal::table(&["file", "field", "value", "confidence", "page"], &rows))
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", value[..end].trim_end()),
        None => value.to_owned(),
    }
}

fn walk(path: &str, value: &Value, source: &Value, rows: &mut Vec<[String; 4]>) {
    match value {
        Value::Object(fields) => {
            for (name, own) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(&path, own, &source[name.as_str()], rows);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, own) in items.iter().enumerate() {
                walk(&format!("{path}[{index}]"), own, &source[index], rows);
            }
        }
        _ => rows.push([path.to_owned(), plain(value), confidence(source), page(source)]),
    }
}

/// A value on one line.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::Array(_) => "(none)".to_owned(),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn confidence(source: &Value) -> String {
    source["confidence"].as_f64().map_or_else(|| NONE.to_owned(), |confidence| format!("{confidence:.2}"))
}

fn page(source: &Value) -> String {
    source["citation"][0]["page"].as_u64().map_or_else(|| NONE.to_owned(), |page| page.to_string())
}

fn line(row: &[String; 4], widths: [usize; 3]) -> String {
    let [field, value, confidence, page] = row;
    let [a, b, c] = widths;
    format!("{field:a$}  {value:b$}  {confidence:c$}  {page}\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_has_a_line() {
        let source = |page: u32| json!({"confidence": 0.957, "citation": [{"page": page}]});
        let answer = json!({
            "extract_result": {
                "number": "A\n1", "paid": false, "tax": null, "notes": [],
                "lines": [{"price": 1.5}, {"price": 20}], "tags": ["x"], "seller": {"name": "Müller"},
            },
            "extract_metadata": {"field_metadata": {"document_metadata": {
                "number": source(1), "lines": [{"price": source(1)}, {"price": source(12)}], "tags": [source(2)],
                "seller": {"name": source(3)},
            }}},
        });
        let expected = [
            "field           value   confidence  page",
            "number          A 1     0.96        1",
            "paid            false   -           -",
            "tax             -       -           -",
            "notes           (none)  -           -",
            "lines[0].price  1.5     0.96        1",
            "lines[1].price  20      0.96        12",
            "tags[0]         x       0.96        2",
            "seller.name     Müller  0.96        3",
        ];
        assert_eq!(of(&answer).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn several_files_show_what_was_found_in_each() {
        let source = json!({"confidence": 0.9, "citation": [{"page": 1}]});
        let answer = json!({
            "extract_result": {"number": "A1", "note": "long ".repeat(12), "tax": null, "lines": []},
            "extract_metadata": {"field_metadata": {"document_metadata": {"number": source, "note": source, "tax": {}}}},
        });
        let of = |name: &str, error: Option<&str>, answer: &Value| Answer {
            name: name.to_owned(),
            error: error.map(str::to_owned),
            answer: answer.clone(),
        };
        let answers = [
            of("a.pdf", None, &answer),
            of("b.dat", Some("EMPTY_FILE: The file is empty."), &Value::Null),
            of("c.txt", None, &json!({"extract_result": {"number": null}})),
        ];
        let expected = [
            "file   field                 value                                              confidence  page",
            "a.pdf  number                A1                                                 0.90        1",
            "       note                  long long long long long long long long long lon…  0.90        1",
            "b.dat  (failed: EMPTY_FILE)",
            "c.txt  (nothing found)",
        ];
        assert_eq!(of_files(&answers).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_answer_without_values_is_its_head() {
        assert_eq!(of(&json!({"extract_result": {}})), "field  value  confidence  page\n");
    }
}
