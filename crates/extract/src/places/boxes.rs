//! Choices and flags by the boxes before them.

use serde_json::Value;

use super::{Candidate, Search, Span};
use crate::labels::Hit;
use crate::recognise::words::checked;

/// Boxes of one question.
const BOXES_MAX: usize = 12;
/// Words between a box and the label behind it, and how sure a label in such a sentence is.
const BOX_REACH: usize = 4;
const BOX_SENTENCE: f32 = 0.6;

impl Search<'_> {
    /// `☐ single  ☒ married`: of boxes right of the label, or below it, the ticked one says the choice. Whether there
    /// are boxes.
    pub(super) fn ticked(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) -> bool {
        let state = |at: usize| checked(self.view.phrases[at].text.split(' ').next().unwrap_or_default());
        let label = &self.view.phrases[hit.phrase];
        let first = [label.right, label.below].into_iter().flatten().find(|at| state(*at).is_some());
        let Some(first) = first else { return self.crossed(hit, score, found) };
        let next = |at: &usize| self.view.phrases[*at].right.filter(|next| *next > *at && state(*next).is_some());
        let mut boxes = std::iter::successors(Some(first), next).take(BOXES_MAX);
        if let Some(ticked) = boxes.find(|at| state(*at) == Some(true)) {
            self.whole(ticked, score * 0.97, hit, found);
        }
        true
    }

    /// `single  X married`: where the boxes themselves are drawn, a cross before a choice is its tick.
    fn crossed(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) -> bool {
        let phrases = &self.view.phrases;
        let is_cross = |word: &str| word.eq_ignore_ascii_case("x");
        let next = |at: &usize| phrases[*at].right.filter(|next| *next > *at);
        let mut row = std::iter::successors(phrases[hit.phrase].right, next).take(BOXES_MAX);
        let Some(cross) = row.find(|at| phrases[*at].text.split(' ').next().is_some_and(is_cross)) else {
            return false;
        };
        let own = if phrases[cross].starts.len() > 1 { Some(cross) } else { phrases[cross].right };
        if let Some(own) = own {
            self.whole(own, score * 0.97, hit, found);
        }
        own.is_some()
    }

    /// Whether several choices stand beside a label: which of them is meant is drawn, and cannot be told from words.
    pub(super) fn offers(&self, label: usize) -> bool {
        let phrases = &self.view.phrases;
        let next = |at: &usize| phrases[*at].right.filter(|next| *next > *at);
        let row = std::iter::successors(phrases[label].right, next).take(BOXES_MAX);
        let mut values: Vec<Value> =
            row.flat_map(|at| self.field.want.find(&phrases[at].text, self.habits)).map(|found| found.value).collect();
        values.dedup();
        values.len() > 1
    }

    /// `☒ Married` says true of `married`, and `☒ I agree to the terms` of `agrees`: the last box before the label.
    pub(super) fn box_before(&self, hit: &Hit, score: f32) -> Option<Candidate> {
        let text = &self.view.phrases[hit.phrase].text;
        let before = text[..hit.start].trim_end();
        let mut words = before.rsplit(' ').take(BOX_REACH).scan(before.len() + 1, |end, word| {
            *end -= word.len() + 1;
            Some((*end, word))
        });
        let (start, state) = words.find_map(|(start, word)| Some((start, checked(word)?)))?;
        let span = Span { phrase: hit.phrase, start, end: hit.end };
        // What stands behind a box is about the box, however long the sentence is.
        Some(Candidate::new(vec![(Value::Bool(state), vec![span])], score.max(BOX_SENTENCE)))
    }
}
