//! Columns of numbers: they stand beside text, level with its lines, and are read with it however they are drawn.

use super::gutters::Line;

/// Share of a side's words that are numbers, and of its lines of numbers that stand level with a line of the other side.
const NUMBERS_SHARE: f32 = 0.6;
const LEVEL_SHARE: f32 = 0.7;
/// Baselines of one row differ by this much of the line's height at most.
const LEVEL: f32 = 0.25;

/// Whether the word is an amount, a share or a year, or a currency sign of its own. `1.`, `.1` and `2)` are markers of
/// lists, and a dash is a bullet as well.
pub fn is_number(word: &str) -> bool {
    let signs = "$€£¥%";
    let letters = word.chars().filter(|char| char.is_alphabetic()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let marker =
        word.starts_with('.') || word.ends_with(['.', ':', '：']) || word.ends_with(')') != word.starts_with('(');
    (digits > letters && !marker) || (!word.is_empty() && word.chars().all(|char| signs.contains(char)))
}

/// Whether one side is a column of numbers whose lines stand level with those of the other: rows of a table.
pub fn beside(a: &[Line], b: &[Line]) -> bool {
    of_numbers(a, b) || of_numbers(b, a)
}

fn of_numbers(lines: &[Line], others: &[Line]) -> bool {
    let words: usize = lines.iter().map(|line| line.words).sum();
    let numbers: usize = lines.iter().map(|line| line.numbers).sum();
    let level = |line: &&Line| {
        others.iter().any(|other| (other.baseline - line.baseline).abs() <= LEVEL * line.bbox.h.min(other.bbox.h))
    };
    // The names of the columns have nothing beside them.
    let amounts: Vec<&Line> = lines.iter().filter(|line| line.numbers * 2 > line.words).collect();
    amounts.len() > 1
        && numbers as f32 >= NUMBERS_SHARE * words as f32
        && amounts.iter().copied().filter(level).count() as f32 >= LEVEL_SHARE * amounts.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_and_markers_are_none() {
        for word in ["178", "3,423", "(849)", "2024", "12%", "$", "€12", "−0.05"] {
            assert!(is_number(word), "{word}");
        }
        for word in ["1.", ".1", "2)", "–", "Total", "A4B", "5th", ""] {
            assert!(!is_number(word), "{word}");
        }
    }
}
