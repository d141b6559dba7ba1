//! The measures of a page, those of opendataloader-bench. Each goes from 0 to 1:
//!
//! - NID, reading order: the texts of the whole pages, by insertions and deletions of characters.
//! - TEDS, tables: the trees of all tables of the pages; none predicted is 0.
//! - MHS, headings: the trees of the headings with the text under each; none predicted is 0.
//!
//! A measure stands for a page when the truth has something of its kind; the page's overall is the mean of those.

use super::distance::indel_similarity;
use super::pipes::with_html_tables;
use super::text::{squeeze, trim};
use super::tree_distance::tree_distance;
use super::trees::{Tree, has_heading, headings, tables};

/// Overall, NID, TEDS and MHS of a page, or the means of many pages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores([Option<f64>; 4]);

pub const MEASURES: [&str; 4] = ["overall", "nid", "teds", "mhs"];

impl Scores {
    pub fn new(values: [Option<f64>; 4]) -> Self {
        Self(values)
    }

    pub fn values(&self) -> [Option<f64>; 4] {
        self.0
    }

    pub fn overall(&self) -> Option<f64> {
        self.0[0]
    }

    /// Each measure's mean over the pages it stands for.
    pub fn mean<'a>(pages: impl Iterator<Item = &'a Scores> + Clone) -> Self {
        Self(std::array::from_fn(|measure| mean(pages.clone().filter_map(|page| page.0[measure]))))
    }
}

pub fn score(truth: &str, prediction: &str) -> Scores {
    let (truth, prediction) = (with_html_tables(truth), with_html_tables(prediction));
    let nid = (!trim(&truth).is_empty()).then(|| indel_similarity(&squeeze(&truth), &squeeze(&prediction)));
    let teds = similarity(&tables(&truth), &tables(&prediction), |tree| !tree.root.children.is_empty());
    let mhs = similarity(&headings(&truth), &headings(&prediction), has_heading);
    let overall = mean([nid, teds, mhs].into_iter().flatten());
    Scores([overall, nid, teds, mhs])
}

fn similarity(truth: &Tree, prediction: &Tree, applies: impl Fn(&Tree) -> bool) -> Option<f64> {
    applies(truth).then(|| {
        if !applies(prediction) {
            return 0.0;
        }
        let share = tree_distance(&truth.root, &prediction.root) / truth.size.max(prediction.size).max(1) as f64;
        (1.0 - share).clamp(0.0, 1.0)
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(truth: &str, prediction: &str, nid: Option<f64>, teds: Option<f64>, mhs: Option<f64>) {
        let [overall, measures @ ..] = score(truth, prediction).values();
        for (measure, expected) in measures.into_iter().zip([nid, teds, mhs]) {
            let near = match (measure, expected) {
                (Some(measure), Some(expected)) => (measure - expected).abs() < 1e-9,
                (measure, expected) => measure == expected,
            };
            assert!(near, "{measures:?} instead of {:?}: {truth:?} {prediction:?}", [nid, teds, mhs]);
        }
        assert_eq!(overall, mean(measures.into_iter().flatten()));
    }

    #[test]
    fn texts() {
        check("", "anything", None, None, None);
        check(" a  b\nc ", "a b c", Some(1.0), None, None);
        check("abcd", "", Some(0.0), None, None);
        check("abcd", "abxd", Some(6.0 / 8.0), None, None);
        check("one two", "two one", Some(6.0 / 14.0), None, None);
    }

    #[test]
    fn headings() {
        // The level of a heading does not matter.
        check("# A\nx", "### A\nx", Some(10.0 / 12.0), None, Some(1.0));
        check("# A\nx", "A\nx", Some(6.0 / 8.0), None, Some(0.0));
        // One heading of two is text: both of its nodes are lost and the other's content grows from "x" to "x B y".
        check("# A\nx\n# B\ny", "# A\nx\nB\ny", Some(18.0 / 20.0), None, Some(1.0 - 2.8 / 5.0));
        // A text renamed by half, of three nodes.
        check("# Aa\nx", "# Ab\nx", Some(10.0 / 12.0), None, Some(1.0 - 0.5 / 3.0));
    }

    #[test]
    fn tables() {
        let html = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>";
        let teds = |prediction: &str, expected: f64| {
            let measured = score(html, prediction).values()[2];
            assert!(measured.is_some_and(|teds| (teds - expected).abs() < 1e-9), "{measured:?}: {prediction}");
        };
        teds(html, 1.0);
        teds("|a|b|\n|-|-|\n|c|d|", 1.0);
        teds("a b c d", 0.0);
        // Of seven nodes a row of three is lost, a cell is wrong, a cell has another span.
        teds("<table><tr><td>a</td><td>b</td></tr></table>", 4.0 / 7.0);
        teds(&html.replace(">d<", ">x<"), 6.0 / 7.0);
        teds(&html.replace("<td>d", "<td rowspan=\"2\">d"), 6.0 / 7.0);
        // One table in two: the table goes and two come, of eight nodes.
        teds(&html.replace("</tr><tr>", "</tr></table>\n<table><tr>"), 5.0 / 8.0);
        // Inline elements are part of the text, "<b>d</b>" for "d", and count for the size.
        teds(&html.replace(">d<", "><b>d</b><"), 1.0 - 7.0 / 8.0 / 8.0);
    }
}
