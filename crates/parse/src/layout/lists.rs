//! List markers: bullets and numbers in front of an item.

/// A marker at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    Bullet,
    /// The number, when it is a decimal one.
    Ordered(Option<u32>),
}

const BULLETS: &[char] = &[
    '•', '◦', '▪', '▫', '●', '○', '■', '□', '‣', '⁃', '∙', '·', '➢', '➤', '✓', '❖', '◆', '►', '▶', '–', '—', '-', '*',
    '»',
];

/// Whether a word alone is a marker.
pub fn is_marker(word: &str) -> bool {
    marker(word).is_some()
}

/// Whether a word is a box to be ticked. It is no marker: whether it is ticked belongs to the text.
pub fn is_box(word: &str) -> bool {
    matches!(word, "☐" | "☑" | "☒")
}

/// The marker that a word is: `•`, `-`, `1.`, `(a)`, `iv)`.
pub fn marker(word: &str) -> Option<Marker> {
    let mut chars = word.chars();
    let first = chars.next()?;
    if BULLETS.contains(&first) && chars.next().is_none() {
        return Some(Marker::Bullet);
    }
    let (open, rest) = word.strip_prefix('(').map_or((false, word), |rest| (true, rest));
    let body = rest.strip_suffix(')').or_else(|| if open { None } else { rest.strip_suffix('.') })?;
    if body.is_empty() || body.len() > 3 {
        return None;
    }
    if body.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Marker::Ordered(body.parse().ok()));
    }
    let letter = body.len() == 1 && body.chars().all(|c| c.is_ascii_alphabetic());
    let roman = body.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    (letter || roman).then_some(Marker::Ordered(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_from_words() {
        for (word, expected) in [
            ("•", Some(Marker::Bullet)),
            ("-", Some(Marker::Bullet)),
            ("12.", Some(Marker::Ordered(Some(12)))),
            ("(3)", Some(Marker::Ordered(Some(3)))),
            ("(a)", Some(Marker::Ordered(None))),
            ("iv)", Some(Marker::Ordered(None))),
            ("1999.", None),
            ("1", None),
            ("(see", None),
            ("end.", None),
        ] {
            assert_eq!(marker(word), expected, "{word}");
        }
    }
}
