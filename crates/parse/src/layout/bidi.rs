//! Right-to-left text. PDF pages are drawn, so letters come in the order of their places; here they get the order in
//! which they are read.

use unicode_normalization::UnicodeNormalization;

use super::Token;

/// Letters of scripts that run from right to left: Hebrew, Arabic and their presentation forms.
pub fn is_rtl(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC | 0x1E800..=0x1EFFF)
}

/// Whether most letters of the text run from right to left.
pub fn mostly_rtl<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    let (mut rtl, mut all) = (0, 0);
    for text in texts {
        if text.is_ascii() {
            all += text.bytes().filter(u8::is_ascii_alphabetic).count();
            continue;
        }
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            all += 1;
            rtl += usize::from(is_rtl(c));
        }
    }
    rtl * 2 > all
}

/// A word whose characters stand from left to right, in the order in which it is read; contextual forms become letters.
pub fn logical(visual: String) -> String {
    if visual.is_ascii() || !visual.chars().any(is_rtl) {
        return visual;
    }
    let mut runs: Vec<(bool, String)> = Vec::new();
    for c in visual.chars() {
        // Numbers and foreign words inside keep their own direction; signs go with what stands around them.
        let forward = c.is_numeric() || (c.is_alphabetic() && !is_rtl(c));
        match runs.last_mut() {
            Some((same, run)) if *same == forward => run.push(c),
            _ => runs.push((forward, c.to_string())),
        }
    }
    let turned = runs.into_iter().rev().map(|(forward, run)| if forward { run } else { run.chars().rev().collect() });
    let mut text: String = turned.collect();
    // Some fonts name brackets by their shape, which is the other one's, some by what they mean.
    if text.starts_with([')', ']', '}', '»']) || text.ends_with(['(', '[', '{', '«']) {
        text = text.chars().map(mirrored).collect();
    }
    text.chars().flat_map(letters).collect()
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        other => other,
    }
}

/// The letters that a contextual form stands for.
fn letters(c: char) -> Box<dyn Iterator<Item = char>> {
    if matches!(u32::from(c), 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC) {
        Box::new(std::iter::once(c).nfkc())
    } else {
        Box::new(std::iter::once(c))
    }
}

/// Tokens of one line, given from left to right, in the order in which they are read.
pub fn reading_order(tokens: &[Token], line: &mut [usize]) {
    let has_rtl = |text: &str| !text.is_ascii() && text.chars().any(is_rtl);
    if !line.iter().any(|index| has_rtl(&tokens[*index].text)) {
        return;
    }
    if !mostly_rtl(line.iter().map(|index| tokens[*index].text.as_str())) {
        turn_runs(tokens, line, |text| text.chars().any(is_rtl));
        return;
    }
    line.reverse();
    turn_runs(tokens, line, |text| text.chars().any(char::is_alphanumeric) && !text.chars().any(is_rtl));
}

/// Turns each run of words of the other direction.
fn turn_runs(tokens: &[Token], line: &mut [usize], turns: impl Fn(&str) -> bool) {
    let mut start = 0;
    while start < line.len() {
        let end = (start..line.len()).find(|at| !turns(&tokens[line[*at]].text)).unwrap_or(line.len());
        line[start..end].reverse();
        start = end.max(start + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_turned_to_their_reading_order() {
        for (visual, expected) in [
            ("abc", "abc"),
            ("םולש", "שלום"),
            ("?םלוכ", "כולם?"),
            ("(ב)", "(ב)"),
            (")ב(", "(ב)"),
            ("12א", "א12"),
            ("ﺔﻴﺑﺮﻌﻟا", "العربية"),
        ] {
            assert_eq!(logical(visual.into()), expected, "{visual}");
        }
    }

    #[test]
    fn lines_are_read_from_the_right_and_foreign_words_in_their_own_order() {
        let token = |text: &str| Token { text: text.into(), ..Token::default() };
        for (line, expected) in [
            (vec!["אחת", "שתיים"], "שתיים אחת"),
            (vec!["one", "two"], "one two"),
            (vec!["one", "אחת", "שתיים", "three", "four"], "one שתיים אחת three four"),
            (vec!["מילים", "open", "source", "אחרות", "ועוד", "דברים"], "דברים ועוד אחרות open source מילים"),
        ] {
            let tokens: Vec<Token> = line.iter().map(|text| token(text)).collect();
            let mut order: Vec<usize> = (0..tokens.len()).collect();
            reading_order(&tokens, &mut order);
            let read: Vec<&str> = order.iter().map(|index| tokens[*index].text.as_str()).collect();
            assert_eq!(read.join(" "), expected);
        }
    }
}
