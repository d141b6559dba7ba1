//! Rules as drawn to rules as meant: pieces joined, underlines left out.

use super::lines::Segment;
use super::{PageRecord, Rule};

/// Pieces this far apart (points) are one line: producers draw a cell at a time.
const JOIN_GAP: f32 = 3.0;
const SAME_LINE: f32 = 1.5;

/// The joined rules of a page, sorted by `at`.
#[derive(Debug, Default)]
pub struct Rules {
    pub horizontal: Vec<Rule>,
    pub vertical: Vec<Rule>,
}

impl Rules {
    pub fn of(record: &PageRecord) -> Self {
        let (horizontal, vertical) = record.rules.iter().copied().partition(|rule: &Rule| rule.horizontal);
        Self { horizontal: joined(horizontal), vertical: joined(vertical) }
    }

    /// The horizontal rules that are not the underline of some text.
    pub fn without_underlines(&self, segments: &[Segment]) -> Vec<Rule> {
        let underlines = |rule: &Rule| {
            segments.iter().any(|segment| {
                let below = rule.at - segment.baseline;
                (-0.05 * segment.size..=0.3 * segment.size).contains(&below)
                    && rule.from >= segment.bbox.x - 2.0
                    && rule.to <= segment.bbox.right() + 2.0
            })
        };
        self.horizontal.iter().copied().filter(|rule| !underlines(rule)).collect()
    }
}

fn joined(mut rules: Vec<Rule>) -> Vec<Rule> {
    rules.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut lines: Vec<Rule> = Vec::with_capacity(rules.len());
    let mut start = 0;
    while start < rules.len() {
        let mut end = start + 1;
        while end < rules.len() && rules[end].at - rules[start].at <= SAME_LINE {
            end += 1;
        }
        let level = &mut rules[start..end];
        level.sort_by(|a, b| a.from.total_cmp(&b.from));
        let at = level[0].at;
        for rule in level.iter() {
            match lines.last_mut() {
                Some(last) if (last.at - at).abs() <= SAME_LINE && rule.from - last.to <= JOIN_GAP => {
                    last.to = last.to.max(rule.to);
                }
                _ => lines.push(Rule { at, ..*rule }),
            }
        }
        start = end;
    }
    lines
}
