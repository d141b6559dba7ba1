//! An explanation for people: what was looked for, and a line a candidate.

use docmill_wire::extract::{ExplainedCandidate, ExplainedField};

use super::fields_table::plain;
use crate::terminal::table;

const HEADINGS: &[&str] = &["", "value", "score", "confidence", "page", "why"];

pub fn of(told: &ExplainedField) -> String {
    let mut text = format!("{}\n", told.path);
    let mut say = |what: &str, words: &[String]| {
        if !words.is_empty() {
            text += &format!("{what}: {}\n", words.join(", "));
        }
    };
    say("known as", &told.concepts);
    say("labels looked for", &told.labels);
    if told.candidates.is_empty() {
        return text + "nothing in the document comes near\n";
    }
    let rows: Vec<Vec<String>> = told.candidates.iter().map(row).collect();
    format!("{text}\n{}\n", table(HEADINGS, &rows))
}

fn row(candidate: &ExplainedCandidate) -> Vec<String> {
    let page = candidate.citation.first().and_then(|source| source["page"].as_u64());
    vec![
        if candidate.chosen { "*" } else { "" }.to_owned(),
        plain(&candidate.value),
        format!("{:.2}", candidate.score),
        format!("{:.2}", candidate.confidence),
        page.map_or_else(String::new, |page| page.to_string()),
        candidate.why.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn candidates_stand_below_each_other_and_the_chosen_one_is_marked() {
        let candidate = |value: i64, chosen: bool| ExplainedCandidate {
            value: json!(value),
            score: 0.5,
            confidence: 0.25,
            chosen,
            label: None,
            why: "stands below `Total`".to_owned(),
            citation: vec![json!({"page": 2})],
        };
        let mut told = ExplainedField {
            path: "total".to_owned(),
            labels: vec!["total".to_owned(), "sum".to_owned()],
            concepts: Vec::new(),
            candidates: vec![candidate(12, true), candidate(7, false)],
        };
        let lines = [
            "total",
            "labels looked for: total, sum",
            "",
            "   value  score  confidence  page  why",
            "*  12     0.50   0.25        2     stands below `Total`",
            "   7      0.50   0.25        2     stands below `Total`",
        ];
        assert_eq!(of(&told).lines().collect::<Vec<_>>(), lines);
        told.candidates.clear();
        assert!(of(&told).ends_with("nothing in the document comes near\n"));
    }
}
