//! Accents that are drawn as glyphs of their own over or under their letter, as TeX sets them in its older fonts.

use unicode_normalization::char::compose;

use super::drawing::DrawnGlyph;

/// The middles of an accent and of its letter are no further apart than this, em.
const APART_MAX: f32 = 0.3;

/// The combining form of an accent that stands alone.
fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '`' => '\u{300}',
        '´' => '\u{301}',
        'ˆ' | '^' => '\u{302}',
        '˜' | '~' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        '\u{300}'..='\u{328}' => accent,
        _ => return None,
    })
}

/// The letter with the accent, if the two characters, in the order of the drawing, are these and stand over each other.
pub fn composed(first: (char, &DrawnGlyph), second: (char, &DrawnGlyph)) -> Option<char> {
    let (letter, accent) = match (combining(first.0), combining(second.0)) {
        (Some(accent), None) => (second.0, accent),
        (None, Some(accent)) => (first.0, accent),
        _ => return None,
    };
    let (a, b) = (first.1, second.1);
    let middle = |glyph: &DrawnGlyph| {
        let half = 0.5 * glyph.advance;
        (glyph.x + glyph.dx * half, glyph.y + glyph.dy * half)
    };
    let ((ax, ay), (bx, by)) = (middle(a), middle(b));
    let along = (bx - ax) * a.dx + (by - ay) * a.dy;
    // Over capitals an accent is raised by its baseline.
    let across = (by - ay) * a.dx - (bx - ax) * a.dy;
    if along.abs() > APART_MAX * a.size.max(b.size) || across.abs() > 0.5 * a.size.max(b.size) {
        return None;
    }
    let base = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        letter => letter,
    };
    compose(base, accent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters with where they begin and how wide they are, at 10 points.
    fn check(first: (char, f32, f32), second: (char, f32, f32), expected: Option<char>) {
        let glyph = |x: f32, advance: f32| DrawnGlyph { x, advance, dx: 1.0, size: 10.0, ..DrawnGlyph::default() };
        let (a, b) = (glyph(first.1, first.2), glyph(second.1, second.2));
        assert_eq!(composed((first.0, &a), (second.0, &b)), expected, "{first:?} {second:?}");
    }

    #[test]
    fn an_accent_over_its_letter_is_one_with_it() {
        check(('´', 0.0, 5.0), ('a', 0.2, 5.0), Some('á'));
        check(('ˇ', 0.0, 5.0), ('c', 0.3, 4.4), Some('č'));
        check(('c', 0.0, 4.4), ('¸', 0.0, 4.4), Some('ç'));
        check(('´', 0.0, 5.0), ('ı', 1.1, 2.8), Some('í'));
        check(('¨', 0.0, 5.0), ('U', -1.2, 7.5), Some('Ü'));
    }

    #[test]
    fn an_accent_beside_a_letter_stays_one() {
        check(('´', 0.0, 5.0), ('a', 5.0, 5.0), None);
        check(('^', 0.0, 5.0), ('2', 0.0, 5.0), None);
        check(('a', 0.0, 5.0), ('b', 0.0, 5.0), None);
    }
}
