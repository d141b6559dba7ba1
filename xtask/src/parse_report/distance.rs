//! How far two texts are apart, counted in characters. Both measures take 64 characters at a step by keeping a column
//! of the usual table as bits (Myers 1999, Hyyrö 2003), because a page against a page is ten million cells.

use std::collections::HashMap;

const WORD: usize = u64::BITS as usize;

/// Where each character stands in a text: a bit for each place.
struct Places {
    of: HashMap<char, Vec<u64>>,
    none: Vec<u64>,
}

impl Places {
    fn new(text: &[char]) -> Self {
        let none = vec![0; text.len().div_ceil(WORD)];
        let mut of: HashMap<char, Vec<u64>> = HashMap::new();
        for (place, character) in text.iter().enumerate() {
            of.entry(*character).or_insert_with(|| none.clone())[place / WORD] |= 1 << (place % WORD);
        }
        Self { of, none }
    }

    fn of(&self, character: char) -> &[u64] {
        self.of.get(&character).unwrap_or(&self.none)
    }
}

/// 1 for equal texts, 0 for texts without a common character: by insertions and deletions alone.
pub fn indel_similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (characters(a), characters(b));
    let sum = a.len() + b.len();
    if sum == 0 {
        return 1.0;
    }
    let (_, middle_a, middle_b) = without_common_ends(&a, &b);
    let at_ends = a.len() - middle_a.len();
    2.0 * (at_ends + common_subsequence(middle_a, middle_b)) as f64 / sum as f64
}

fn common_subsequence(a: &[char], b: &[char]) -> usize {
    let places = Places::new(a);
    // A zero marks a place where the length of the common subsequence grows.
    let mut column = vec![u64::MAX; places.none.len()];
    for character in b {
        let mut carry = false;
        for (bits, here) in column.iter_mut().zip(places.of(*character)) {
            let matches = *bits & here;
            let (sum, over) = bits.overflowing_add(matches);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over || over_again;
            *bits = sum | (*bits - matches);
        }
    }
    // Places behind the text never match, so their bits stay ones.
    column.iter().map(|bits| bits.count_zeros() as usize).sum()
}

/// Insertions, deletions and replacements over the length of the longer text.
pub fn levenshtein_share(a: &str, b: &str) -> f64 {
    if a == b {
        return 0.0;
    }
    let (a, b) = (characters(a), characters(b));
    let longest = a.len().max(b.len());
    let (_, a, b) = without_common_ends(&a, &b);
    levenshtein(a, b) as f64 / longest as f64
}

fn levenshtein(a: &[char], b: &[char]) -> usize {
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len());
    }
    let places = Places::new(a);
    let last = places.none.len() - 1;
    let last_bit = (a.len() - 1) % WORD;
    let mut distance = a.len();
    // Whether a cell is one more, or one less, than the cell above it.
    let mut column = vec![(u64::MAX, 0_u64); places.none.len()];
    for character in b {
        // The same for the cell to the left, carried from word to word; the top row grows with every character.
        let (mut more, mut less) = (1, 0);
        for (word, (up, down)) in column.iter_mut().enumerate() {
            let matches = places.of(*character)[word] | less;
            let diagonal = ((matches & *up).wrapping_add(*up) ^ *up) | matches | *down;
            let right = *down | !(diagonal | *up);
            let left = diagonal & *up;
            if word == last {
                distance = distance + (right >> last_bit & 1) as usize - (left >> last_bit & 1) as usize;
            }
            let (shifted_right, shifted_left) = (right << 1 | more, left << 1 | less);
            (more, less) = (right >> (WORD - 1), left >> (WORD - 1));
            *up = shifted_left | !(diagonal | shifted_right);
            *down = shifted_right & diagonal;
        }
    }
    distance
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// The two without what they have in common at their ends, and how much of that was at the front.
pub fn without_common_ends<'a, T: PartialEq>(a: &'a [T], b: &'a [T]) -> (usize, &'a [T], &'a [T]) {
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (front, &a[..a.len() - back], &b[..b.len() - back])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the textbook, to check against.
    fn slow(a: &[char], b: &[char], replace: usize) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let swap = diagonal + if x == y { 0 } else { replace };
                diagonal = row[j + 1];
                row[j + 1] = swap.min(row[j] + 1).min(row[j + 1] + 1);
            }
        }
        row[b.len()]
    }

    #[test]
    fn distances_by_hand() {
        for (a, b, indel, levenshtein) in [
            ("", "", 1.0, 0.0),
            ("abc", "abc", 1.0, 0.0),
            ("abc", "", 0.0, 1.0),
            ("abc", "abd", 4.0 / 6.0, 1.0 / 3.0),
            ("kitten", "sitting", 8.0 / 13.0, 3.0 / 7.0),
            ("éa", "ae", 0.5, 1.0),
        ] {
            assert_eq!((indel_similarity(a, b), levenshtein_share(a, b)), (indel, levenshtein), "{a} {b}");
        }
    }

    #[test]
    fn bits_count_as_the_table_does() {
        // A fixed generator: the same texts in every run, of lengths around the borders of words.
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for round in 0..200 {
            let mut text = |letters| {
                let length = random(200);
                (0..length).map(|_| char::from(b'a' + random(letters) as u8)).collect::<Vec<char>>()
            };
            let (a, b) = (text(3 + round % 20), text(3 + round % 20));
            assert_eq!(levenshtein(&a, &b), slow(&a, &b, 1), "{a:?} {b:?}");
            assert_eq!(a.len() + b.len() - 2 * common_subsequence(&a, &b), slow(&a, &b, 2), "{a:?} {b:?}");
        }
    }
}
