//! One value to each field, and each piece of text to one field only.

use std::collections::HashMap;

use crate::places::{Candidate, Span};

/// Below this score nothing is said: a wrong value costs more than a missing one.
pub const FLOOR: f32 = 0.42;

/// What a field was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Index among the field's candidates.
    pub candidate: usize,
    /// How far the next best value is behind, 0 to 1.
    pub margin: f32,
}

/// Text that is taken, by phrase.
#[derive(Default)]
struct Taken {
    places: HashMap<usize, Vec<(usize, usize, usize)>>,
    /// For each field what it shares with others.
    kin: Vec<Option<usize>>,
}

impl Taken {
    /// The fields that hold text of this candidate of a field, but for its kin.
    fn holders(&self, field: usize, candidate: &Candidate) -> Vec<usize> {
        let kin = |at: usize| self.kin.get(at).copied().flatten();
        let spans = candidate.items.iter().flat_map(|(_, spans)| spans);
        let mut holders: Vec<usize> = spans
            .flat_map(|span| {
                let taken = self.places.get(&span.phrase).map(Vec::as_slice).unwrap_or_default();
                taken
                    .iter()
                    .filter(|(start, end, _)| *start < span.end && span.start < *end)
                    .map(|(_, _, field)| *field)
            })
            .collect();
        holders.retain(|holder| kin(field).is_none() || kin(*holder) != kin(field));
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    fn take(&mut self, field: usize, candidate: &Candidate) {
        for Span { phrase, start, end } in candidate.items.iter().flat_map(|(_, spans)| spans) {
            self.places.entry(*phrase).or_default().push((*start, *end, field));
        }
    }

    fn release(&mut self, field: usize) {
        self.places.values_mut().for_each(|taken| taken.retain(|(_, _, holder)| *holder != field));
    }
}

/// Chooses among the candidates of all fields (each best first). The best score of all is served first; then a field
/// that went without may move one other field to its next value, when both together are better.
/// Fields with the same entry in `kin` ask for the same thing and may share a text; fields beyond its end have none.
pub fn assign(fields: &[Vec<Candidate>], kin: &[Option<usize>]) -> Vec<Option<Choice>> {
    let mut order: Vec<(usize, usize)> = fields
        .iter()
        .enumerate()
        .flat_map(|(field, candidates)| (0..candidates.len()).map(move |at| (field, at)))
        .filter(|(field, at)| fields[*field][*at].score >= FLOOR)
        .collect();
    order.sort_by(|a, b| fields[b.0][b.1].score.total_cmp(&fields[a.0][a.1].score).then(a.cmp(b)));
    let mut taken = Taken { kin: kin.to_vec(), ..Taken::default() };
    let mut chosen: Vec<Option<usize>> = vec![None; fields.len()];
    for (field, at) in &order {
        if chosen[*field].is_none() && taken.holders(*field, &fields[*field][*at]).is_empty() {
            chosen[*field] = Some(*at);
            taken.take(*field, &fields[*field][*at]);
        }
    }
    for (field, at) in order {
        if chosen[field].is_none() {
            swap(fields, &mut chosen, &mut taken, field, at);
        }
    }
    let choice = |field: usize, at: usize| Choice { candidate: at, margin: margin(&fields[field], at, &taken, field) };
    chosen.iter().enumerate().map(|(field, at)| at.map(|at| choice(field, at))).collect()
}

fn swap(fields: &[Vec<Candidate>], chosen: &mut [Option<usize>], taken: &mut Taken, field: usize, at: usize) {
    let wanted = &fields[field][at];
    let [holder] = taken.holders(field, wanted)[..] else { return };
    let Some(held) = chosen[holder] else { return };
    taken.release(holder);
    taken.take(field, wanted);
    let other =
        fields[holder].iter().enumerate().find(|(_, c)| c.score >= FLOOR && taken.holders(holder, c).is_empty());
    match other {
        Some((next, candidate)) if candidate.score + wanted.score > fields[holder][held].score => {
            chosen[field] = Some(at);
            chosen[holder] = Some(next);
            taken.take(holder, candidate);
        }
        _ => {
            taken.release(field);
            taken.take(holder, &fields[holder][held]);
        }
    }
}

/// How far behind another value is that no other field took; a fourth of the scale is far enough.
fn margin(candidates: &[Candidate], at: usize, taken: &Taken, field: usize) -> f32 {
    let own = &candidates[at];
    let values = |candidate: &Candidate| candidate.items.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>();
    let rival = candidates.iter().enumerate().find(|(other, candidate)| {
        let free = taken.holders(field, candidate).iter().all(|holder| *holder == field);
        *other != at && free && values(candidate) != values(own)
    });
    rival.map_or(1.0, |(_, rival)| ((own.score - rival.score) / 0.25).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn candidate(value: i64, start: usize, score: f32) -> Candidate {
        Candidate::new(vec![(json!(value), vec![Span { phrase: 0, start, end: start + 1 }])], score)
    }

    #[test]
    fn each_text_serves_one_field() {
        for (fields, expected) in [
            (vec![vec![candidate(1, 0, 0.9)], vec![candidate(1, 0, 0.8)]], vec![Some(0), None]),
            (
                vec![vec![candidate(1, 0, 0.9), candidate(2, 5, 0.8)], vec![candidate(1, 0, 0.85)]],
                vec![Some(1), Some(0)],
            ),
            (
                vec![vec![candidate(1, 0, 0.9)], vec![candidate(1, 0, 0.95), candidate(2, 5, 0.5)]],
                vec![Some(0), Some(1)],
            ),
            (vec![vec![candidate(1, 0, FLOOR - 0.01)], vec![]], vec![None, None]),
        ] {
            let chosen: Vec<Option<usize>> = assign(&fields, &[]).into_iter().map(|c| c.map(|c| c.candidate)).collect();
            assert_eq!(chosen, expected);
        }
    }

    #[test]
    fn a_close_rival_lowers_the_margin() {
        let sure = assign(&[vec![candidate(1, 0, 0.9)]], &[]);
        let unsure = assign(&[vec![candidate(1, 0, 0.9), candidate(2, 5, 0.88)]], &[]);
        let same = assign(&[vec![candidate(1, 0, 0.9), candidate(1, 5, 0.88)]], &[]);
        let of = |choices: &[Option<Choice>]| choices[0].as_ref().map_or(0.0, |choice| choice.margin);
        assert!(of(&unsure) < of(&sure) && (of(&same) - of(&sure)).abs() < 1e-6);
    }
}
