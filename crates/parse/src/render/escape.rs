//! Which signs of plain text would mean something in markdown.

/// Escapes the inline signs that would mean something where they stand.
pub fn escape(text: &str) -> String {
    if !text.bytes().any(|byte| matches!(byte, b'\\' | b'<' | b'&' | b']' | b'*' | b'_' | b'~' | b'`')) {
        return text.to_owned();
    }
    escape_parts(text, &[]).concat()
}

/// The same, cut at these bytes of the text (ascending): what a sign means depends on the text on both sides of a cut.
pub fn escape_parts(text: &str, cuts: &[usize]) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let paired: Vec<char> = ['*', '_', '~', '`'].into_iter().filter(|sign| pairs_up(&chars, *sign)).collect();
    let mut cuts = cuts.iter().peekable();
    let mut parts = Vec::new();
    let mut out = String::with_capacity(text.len());
    for (index, (at, char)) in text.char_indices().enumerate() {
        while cuts.next_if(|cut| **cut <= at).is_some() {
            parts.push(std::mem::take(&mut out));
        }
        let next = chars.get(index + 1).copied();
        let escaped = match char {
            '\\' => next.is_some_and(|next| next.is_ascii_punctuation()),
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => begins_entity(&chars[index + 1..]),
            ']' => matches!(next, Some('(')),
            sign => paired.contains(&sign),
        };
        if escaped {
            out.push('\\');
        }
        out.push(char);
    }
    parts.push(out);
    parts.extend(cuts.map(|_| String::new()));
    parts
}

/// Whether a sign could open a run somewhere and close it later (CommonMark's flanking rules, simplified).
fn pairs_up(chars: &[char], sign: char) -> bool {
    let mut open = false;
    let mut index = 0;
    while index < chars.len() {
        if chars[index] != sign {
            index += 1;
            continue;
        }
        let end = chars[index..].iter().position(|char| *char != sign).map_or(chars.len(), |length| index + length);
        let before = index.checked_sub(1).map(|before| chars[before]);
        let (opens, closes) = flanks(sign, before, chars.get(end).copied());
        if open && closes {
            return true;
        }
        open |= opens;
        index = end;
    }
    false
}

fn flanks(sign: char, before: Option<char>, after: Option<char>) -> (bool, bool) {
    if sign == '`' {
        return (true, true);
    }
    let space = |char: Option<char>| char.is_none_or(char::is_whitespace);
    let word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    // An underscore inside a word never means emphasis.
    let inside = sign == '_' && word(before) && word(after);
    (!space(after) && !inside, !space(before) && !inside)
}

fn begins_entity(rest: &[char]) -> bool {
    let name = rest.iter().take(32).position(|char| !(char.is_ascii_alphanumeric() || *char == '#'));
    name.is_some_and(|length| length > 0 && rest[length] == ';')
}

/// Escapes what would begin a heading, quote, list, rule, fence or table at the start of a line.
pub fn escape_line_start(line: &str, first: bool) -> String {
    let signs = line.chars().take_while(|char| *char == '#').count();
    let after = |count: usize| line[count..].chars().next().is_none_or(char::is_whitespace);
    let mut chars = line.chars();
    let head = chars.next().unwrap_or(' ');
    let rule = |sign: char| {
        line.chars().all(|char| char == sign || char == ' ') && line.chars().filter(|char| *char == sign).count() >= 3
    };
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let begins_block = match head {
        '#' => signs <= 6 && after(signs),
        '>' => true,
        '-' | '+' | '*' => after(1) || rule(head) || (!first && head == '-' && line.trim_matches('-').is_empty()),
        '_' => rule('_'),
        '=' => !first && line.trim_matches('=').is_empty(),
        '~' | '`' => line.starts_with("~~~") || line.starts_with("```"),
        '|' => line.chars().all(|char| matches!(char, '|' | '-' | ':' | ' ')),
        _ => false,
    };
    if begins_block {
        return format!("\\{line}");
    }
    if (1..=9).contains(&digits) && line[digits..].starts_with(['.', ')']) && after(digits + 1) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_escaped_only_where_they_mean_something() {
        for (text, expected) in [
            ("plain, 5 * 3 = 15 and 50%", "plain, 5 * 3 = 15 and 50%"),
            ("Price* and tax", "Price* and tax"),
            ("*a*", "\\*a\\*"),
            ("a*b*c", "a\\*b\\*c"),
            ("snake_case_name", "snake_case_name"),
            ("_under_", "\\_under\\_"),
            ("~5 and ~10", "~5 and ~10"),
            ("~~gone~~", "\\~\\~gone\\~\\~"),
            ("one ` only", "one ` only"),
            ("`x`", "\\`x\\`"),
            ("a < b", "a < b"),
            ("<b>", "\\<b>"),
            ("R&D", "R&D"),
            ("&amp;", "\\&amp;"),
            ("[x] (y)", "[x] (y)"),
            ("[x](y)", "[x\\](y)"),
            (r"C:\dir", r"C:\dir"),
            (r"a\*b", r"a\\*b"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }

    #[test]
    fn line_starts_that_would_begin_a_block() {
        for (line, expected) in [
            ("# x", "\\# x"),
            ("#5 x", "#5 x"),
            ("- x", "\\- x"),
            ("-5", "-5"),
            ("---", "\\---"),
            ("> x", "\\> x"),
            ("1986. A year", "1986\\. A year"),
            ("1986.5 m", "1986.5 m"),
            ("1) x", "1\\) x"),
            ("____", "\\____"),
            ("|---|", "\\|---|"),
            ("| a", "| a"),
            ("===", "\\==="),
        ] {
            assert_eq!(escape_line_start(line, false), expected, "{line}");
        }
        assert_eq!(escape_line_start("===", true), "===");
    }
}
