//! Which values of a prediction are right: rows are paired to agree best, texts compared without case and spaces.

use serde_json::Value;

/// The path of every value of the prediction, and whether the truth has it there.
pub fn hits(truth: &Value, prediction: &Value) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    walk(String::new(), truth, prediction, &mut found);
    found
}

fn walk(path: String, truth: &Value, prediction: &Value, found: &mut Vec<(String, bool)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match prediction {
        Value::Null => {}
        Value::Object(map) => {
            for (key, value) in map {
                walk(below(key), &truth[key.as_str()], value, found);
            }
        }
        Value::Array(values) => {
            let mut free: Vec<&Value> = truth.as_array().map(|list| list.iter().collect()).unwrap_or_default();
            for (at, value) in values.iter().enumerate() {
                let best = (0..free.len()).max_by_key(|other| (likeness(free[*other], value), usize::MAX - other));
                let own = best.filter(|best| likeness(free[*best], value) > 0).map(|best| free.remove(best));
                walk(below(&at.to_string()), own.unwrap_or(&Value::Null), value, found);
            }
        }
        value => found.push((path, same(truth, value))),
    }
}

/// Leaves that agree.
fn likeness(truth: &Value, prediction: &Value) -> usize {
    match (truth, prediction) {
        (Value::Object(truth), Value::Object(own)) => {
            own.iter().map(|(key, value)| truth.get(key).map_or(0, |other| likeness(other, value))).sum()
        }
        (_, Value::Null) => 0,
        (truth, value) => usize::from(same(truth, value)),
    }
}

fn same(truth: &Value, value: &Value) -> bool {
    match (truth.as_f64(), value.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        _ => plain(truth) == plain(value),
    }
}

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let words = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_matches([' ', '.', ',', ';', ':', '"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_at_their_paths() {
        let truth = json!({ "a": "Mill & Co.", "b": 2, "rows": [{ "x": 1, "y": "p" }, { "x": 2, "y": "q" }] });
        let own = json!({ "a": "mill  & co", "b": 3, "c": null, "rows": [{ "x": 2, "y": "q" }, { "x": 9, "y": "p" }] });
        let mut found = hits(&truth, &own);
        found.sort();
        let expected = [
            ("a", true),
            ("b", false),
            ("rows.0.x", true),
            ("rows.0.y", true),
            ("rows.1.x", false),
            ("rows.1.y", true),
        ];
        assert_eq!(found, expected.map(|(path, right)| (path.to_owned(), right)));
    }
}
