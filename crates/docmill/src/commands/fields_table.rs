//! An extraction as a table for people: a line a value, with its confidence and its page.

use serde_json::Value;

/// What stands where there is nothing.
const NONE: &str = "-";

/// The table of an answer with `extract_result` and `extract_metadata`, each line ended.
pub fn of(answer: &Value) -> String {
    let mut rows = vec![["field", "value", "confidence", "page"].map(str::to_owned)];
    let sources = &answer["extract_metadata"]["field_metadata"]["document_metadata"];
    walk("", &answer["extract_result"], sources, &mut rows);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2].map(width);
    rows.iter().map(|row| line(row, widths)).collect()
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
    fn an_answer_without_values_is_its_head() {
        assert_eq!(of(&json!({"extract_result": {}})), "field  value  confidence  page\n");
    }
}
