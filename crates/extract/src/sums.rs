//! Net and tax make the total, and lines make the net: amounts that add up are surer than amounts that merely stand by a label.

use crate::fields::{Field, SumPart, of_sum_part};
use crate::places::{Candidate, Span, candidates};
use crate::recognise::Habits;
use crate::view::View;

/// Amounts of each part that are tried with each other.
const TRIED_MAX: usize = 8;
/// Half a cent, and what is lost in binary fractions.
const TOLERANCE: f64 = 0.006;
/// What adding up is worth.
const BONUS: f32 = 1.25;

/// Raises the candidates of the best triple that adds up, where the schema asks for two parts of it or more. The
/// part that it does not ask for is looked for as well.
pub fn confirm(view: &View, fields: &[Field], found: &mut [Vec<Candidate>], habits: Habits) {
    let holders = SumPart::ALL.map(|part| fields.iter().position(|field| field.sum == Some(part) && !field.many));
    if holders.iter().flatten().count() < 2 {
        return;
    }
    let amounts: Vec<Vec<Candidate>> = SumPart::ALL
        .iter()
        .zip(holders)
        .map(|(part, holder)| match holder {
            Some(field) => found[field].iter().take(TRIED_MAX).cloned().collect(),
            None => candidates(view, &of_sum_part(*part), habits).into_iter().take(TRIED_MAX).collect(),
        })
        .collect();
    let Some(triple) = best_triple(&amounts) else { return };
    for (holder, at) in holders.into_iter().zip(triple) {
        if let Some(field) = holder {
            found[field][at].score = (found[field][at].score * BONUS).min(1.0);
            found[field][at].adds_up = true;
            found[field].sort_by(|a, b| b.score.total_cmp(&a.score));
        }
    }
}

/// Marks the best candidates of net and total that are the sum of the lines. The net is raised for it; what else is the
/// same amount, as a total without tax, is only surer where it was the best already.
pub fn confirm_lines(fields: &[Field], found: &mut [Vec<Candidate>], sums: &[f64]) {
    let is_sum =
        |candidate: &Candidate| amount(candidate).is_some_and(|a| sums.iter().any(|s| (a - s).abs() < TOLERANCE));
    for (field, candidates) in fields.iter().zip(found).filter(|(field, _)| !field.many) {
        let own = match field.sum {
            Some(SumPart::Net) => candidates.iter_mut().take(TRIED_MAX).find(|candidate| is_sum(candidate)),
            Some(SumPart::Total) => candidates.first_mut().filter(|candidate| is_sum(candidate)),
            _ => None,
        };
        let Some(own) = own else { continue };
        if field.sum == Some(SumPart::Net) && !own.adds_up {
            own.score = (own.score * BONUS).min(1.0);
        }
        own.adds_up = true;
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    }
}

/// Indexes of total, net and tax with the highest scores together, each at a place of its own.
fn best_triple(amounts: &[Vec<Candidate>]) -> Option<[usize; 3]> {
    let [totals, nets, taxes] = amounts else { return None };
    let mut best: Option<(f32, [usize; 3])> = None;
    for (t, total) in totals.iter().enumerate() {
        for (n, net) in nets.iter().enumerate() {
            for (x, tax) in taxes.iter().enumerate() {
                let score = total.score + net.score + tax.score;
                if adds_up(total, net, tax) && best.is_none_or(|(known, _)| score > known) {
                    best = Some((score, [t, n, x]));
                }
            }
        }
    }
    best.map(|(_, triple)| triple)
}

fn adds_up(total: &Candidate, net: &Candidate, tax: &Candidate) -> bool {
    let (Some(total_amount), Some(net_amount), Some(tax_amount)) = (amount(total), amount(net), amount(tax)) else {
        return false;
    };
    let apart = !touch(total, net) && !touch(total, tax) && !touch(net, tax);
    apart && tax_amount > 0.0 && (net_amount + tax_amount - total_amount).abs() < TOLERANCE
}

fn amount(candidate: &Candidate) -> Option<f64> {
    candidate.items.first()?.0.as_f64()
}

fn touch(a: &Candidate, b: &Candidate) -> bool {
    let spans =
        |candidate: &Candidate| -> Vec<Span> { candidate.items.iter().flat_map(|(_, spans)| spans.clone()).collect() };
    let (a, b) = (spans(a), spans(b));
    a.iter().any(|x| b.iter().any(|y| x.phrase == y.phrase && x.start < y.end && y.start < x.end))
}
