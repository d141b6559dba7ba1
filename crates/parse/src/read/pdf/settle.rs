//! Values of forms put where they are read.

use crate::layout::{Token, is_box};

/// Words that are looked at to place the values of forms; a page with more of both is no form.
const LOOKS_MAX: usize = 50_000_000;
/// White between a box to be ticked and its text, em.
const BOX_GAP: f32 = 2.0;

/// Values of form fields are drawn after the page: each is put behind what stands left of it, its label. A box to be
/// ticked is put before what stands right of it, and is as large.
pub fn settle(mut tokens: Vec<Token>, late: &[bool]) -> Vec<Token> {
    let count = late.iter().filter(|late| **late).count();
    if count == 0 || count.saturating_mul(tokens.len()) > LOOKS_MAX {
        return tokens;
    }
    let mut keys: Vec<(u32, u32)> = tokens.iter().map(|token| (token.seq, 0)).collect();
    for index in (0..tokens.len()).filter(|index| late[*index]) {
        let own = &tokens[index];
        let right = if is_box(&own.text) { right_of(&tokens, late, index) } else { None };
        if let Some(right) = right {
            keys[index] = (keys[right].0.saturating_sub(1), u32::MAX);
            (tokens[index].size, tokens[index].baseline) = (tokens[right].size, tokens[right].baseline);
        } else if let Some(left) = left_of(&tokens, late, index) {
            keys[index] = (keys[left].0, own.seq);
        }
    }
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by_key(|index| keys[*index]);
    for (place, index) in order.iter().enumerate() {
        tokens[*index].seq = place as u32 + 1;
    }
    tokens.sort_by_key(|token| token.seq);
    tokens
}

fn level(own: &Token, other: &Token) -> bool {
    (other.baseline - own.baseline).abs() <= 0.6 * own.size.max(other.size)
}

/// The nearest word on the left, values that were put in their places before among them.
fn left_of(tokens: &[Token], late: &[bool], index: usize) -> Option<usize> {
    let own = &tokens[index];
    (0..tokens.len())
        .filter(|other| (!late[*other] || *other < index) && level(own, &tokens[*other]))
        .filter(|other| tokens[*other].bbox.right() <= own.bbox.x + 0.5 * own.size)
        .max_by(|a, b| tokens[*a].bbox.right().total_cmp(&tokens[*b].bbox.right()))
}

/// The nearest word of the page on the right, if it is near.
fn right_of(tokens: &[Token], late: &[bool], index: usize) -> Option<usize> {
    let own = &tokens[index];
    let near = own.bbox.right() - 0.5 * own.size..=own.bbox.right() + BOX_GAP * own.size;
    (0..tokens.len())
        .filter(|other| !late[*other] && level(own, &tokens[*other]) && near.contains(&tokens[*other].bbox.x))
        .min_by(|a, b| tokens[*a].bbox.x.total_cmp(&tokens[*b].bbox.x))
}
