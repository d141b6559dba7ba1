//! White space and character references as the measures see them: those of Python's `str` and `html` modules, because
//! the published evaluator and its numbers come from there.

/// A handful of the named references of HTML: those that documents hold in practice. Others stay as they are, on both
/// sides alike.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("times", '×'),
    ("middot", '·'),
    ("para", '¶'),
    ("sect", '§'),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("hellip", '…'),
    ("le", '≤'),
    ("ge", '≥'),
    ("ne", '≠'),
    ("minus", '−'),
];

/// What the numeric references 0x80 to 0x9f mean: they are read as Windows-1252.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

pub fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Every run of white space as one space, none at the ends.
pub fn squeeze(text: &str) -> String {
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Lines by any of the line ends of Unicode; a carriage return before a line feed counts with it.
pub fn lines(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        found.push(&rest[..end]);
        let after = &rest[end..];
        let ending = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        rest = &after[ending..];
    }
    found
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Text that means itself inside HTML, in an attribute too.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
    }
    out
}

pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match numeric(rest).or_else(|| named(rest)) {
            Some((character, length)) => {
                out.extend(character);
                rest = &rest[length..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

/// The character of `#123;` or `#x7b;` and the length of the reference; no character for those that HTML drops.
fn numeric(text: &str) -> Option<(Option<char>, usize)> {
    let digits = text.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if length == 0 {
        return None;
    }
    let number = u32::from_str_radix(&digits[..length], radix).unwrap_or(u32::MAX);
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some((character(number), text.len() - digits.len() + length + semicolon))
}

fn character(number: u32) -> Option<char> {
    match number {
        0x80..=0x9f => WINDOWS_1252.chars().nth(number as usize - 0x80),
        0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => None,
        0x1..=0x0010_ffff if number & 0xfffe == 0xfffe => None,
        0 => Some('\u{fffd}'),
        _ => Some(char::from_u32(number).unwrap_or('\u{fffd}')),
    }
}

/// The oldest of the named ones mean something without their semicolon too.
fn named(text: &str) -> Option<(Option<char>, usize)> {
    NAMED.iter().find_map(|(name, character)| {
        let after = text.strip_prefix(name)?;
        let bare = matches!(
            *name,
            "amp"
                | "lt"
                | "gt"
                | "quot"
                | "nbsp"
                | "copy"
                | "reg"
                | "deg"
                | "plusmn"
                | "times"
                | "middot"
                | "para"
                | "sect"
        );
        let semicolon = after.starts_with(';');
        (semicolon || bare).then_some((Some(*character), name.len() + usize::from(semicolon)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_browsers_do() {
        for (text, expected) in [
            ("a &amp; b", "a & b"),
            ("a &amp b", "a & b"),
            ("&amp;lt;", "&lt;"),
            ("&#65;&#x42;&#67", "ABC"),
            ("&#146;", "’"),
            ("&#1;&#xfffe;|&#0;", "|\u{fffd}"),
            ("&#99999999999;", "\u{fffd}"),
            ("&mdash;&mdash", "—&mdash"),
            ("R&D, &#; &", "R&D, &#; &"),
        ] {
            assert_eq!(unescape(text), expected, "{text}");
            assert_eq!(unescape(&escape(text)), text);
        }
    }

    #[test]
    fn lines_end_as_in_unicode() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a\r\nb\rc\n", &["a", "b", "c"]),
            ("a\n\nb\u{2028}c\u{b}", &["a", "", "b", "c"]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
        assert_eq!(squeeze(" a\u{a0}\n b\u{1f}c "), "a b c");
    }
}
