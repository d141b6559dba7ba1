//! Displayed formulas: limits above and below signs, fractions and brackets stand in columns and rows, yet are no table.

use super::Token;

/// Share of the words of a formula that are symbols: names of one letter, relations, operators, brackets.
const SYMBOLS_SHARE: f32 = 0.6;
/// Fewer words tell nothing.
const WORDS_MIN: usize = 3;
/// Relations other than those that tables of numbers have, and operators with limits.
const TELLING: &str = "=≡≈∼≅∈∉⊂⊆→↦∑∏∫√∂∇⋃⋂";
/// What stands between them. No digits: tables are full of these.
const SIGNS: &str = "+−·×/^_()[]{}|≤≥,′.";

/// Whether the words are those of a formula. It has a relation or a large operator, and little else than symbols.
pub fn is<'t>(tokens: impl Iterator<Item = &'t Token>) -> bool {
    let (mut all, mut symbols, mut telling) = (0, 0, false);
    for token in tokens {
        all += 1;
        symbols += usize::from(is_symbol(&token.text));
        telling |= token.text.chars().any(is_telling);
    }
    telling && all >= WORDS_MIN && symbols as f32 >= SYMBOLS_SHARE * all as f32
}

fn is_telling(c: char) -> bool {
    TELLING.contains(c)
}

fn is_symbol(word: &str) -> bool {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let foreign = letters().any(|c| matches!(u32::from(c), 0x370..=0x3FF | 0x1D400..=0x1D7FF));
    let short = (1..=2).contains(&letters().count());
    short || foreign || word.chars().any(is_telling) || word.chars().all(|c| SIGNS.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expected: bool) {
        let tokens: Vec<Token> = words.split(' ').map(|word| Token { text: word.into(), ..Token::default() }).collect();
        assert_eq!(is(tokens.iter()), expected, "{words}");
    }

    #[test]
    fn symbols_and_a_relation_are_a_formula() {
        check("λg = ∑ ζ n ψ(gs) = ∑ k i=1 s∈S", true);
        check("∇ ⋅ E = ρ ε0", true);
    }

    #[test]
    fn a_table_with_signs_is_none() {
        check("Cost of revenue $ 178 $ 141 + 12 %", false);
        check("A B C 1 2 3 4 5 6 x y", false);
        check("Model n = 20 accuracy 0.91 baseline 0.84 n = 30 accuracy 0.90", false);
    }
}
