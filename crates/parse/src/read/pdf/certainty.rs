//! How sure the text of a page is that was not read by OCR: what its fonts and its drawing say of it.

use super::drawing::{Drawing, DrawnGlyph};
use crate::layout::Doubt;

/// Text without ink lies over a scan: another program's OCR, only as good as that was.
const HIDDEN_LOSS: f32 = 0.1;
/// What came after the limit was not read.
const TRUNCATED_LOSS: f32 = 0.1;

/// 0 to 1; `None` without any text.
pub fn of(drawing: &Drawing) -> Option<f32> {
    let all = drawing.glyphs.len();
    if all == 0 {
        return None;
    }
    let share = |count: usize| count as f32 / all as f32;
    let hidden = drawing.glyphs.iter().filter(|glyph| glyph.hidden).count();
    let is_named = |glyph: &&DrawnGlyph| drawing.text_of(glyph).chars().any(says_nothing);
    // Most pages have no such character at all.
    let any = !drawing.text.is_ascii() && drawing.text.chars().any(says_nothing);
    let named = if any { drawing.glyphs.iter().filter(is_named).count() } else { 0 };
    let truncated = if drawing.truncated { TRUNCATED_LOSS } else { 0.0 };
    let loss = share(drawing.unmapped + named) + HIDDEN_LOSS * share(hidden) + truncated;
    Some((1.0 - loss).clamp(0.0, 1.0))
}

/// Fitted to the reading order (NID) of documents of `bench/parse/generate.py` by least squares (bench/README.md, Parse: confidence):
/// what is lost where nothing disagrees, and what the doubts cost. The first lines out of order say more than further ones.
const LAYOUT_LOSS: f32 = 0.018;
const ORDER_LOSS: f32 = 0.07;
const TABLES_LOSS: f32 = 0.137;

/// The same of a page that was laid out.
pub fn doubted(own: f32, doubt: Doubt) -> f32 {
    let layout = 1.0 - LAYOUT_LOSS - ORDER_LOSS * doubt.order.sqrt() - TABLES_LOSS * doubt.tables;
    (own * layout).clamp(0.0, 1.0)
}

/// Characters that stand for an unknown one. Those of private use that symbol fonts have for bullets are known.
fn says_nothing(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{EFFF}' | '\u{F100}'..='\u{F8FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(texts: &[&str], hidden: bool) -> Drawing {
        let mut drawing = Drawing::default();
        for text in texts {
            drawing.glyphs.push(DrawnGlyph {
                x: 0.0,
                y: 0.0,
                dx: 1.0,
                dy: 0.0,
                advance: 5.0,
                tracking: 0.0,
                size: 10.0,
                start: drawing.text.len() as u32,
                len: text.len() as u16,
                style: 0,
                mark: 0,
                vertical: false,
                hidden,
                unknown: false,
                late: false,
            });
            drawing.text.push_str(text);
            drawing.unmapped += usize::from(text.is_empty());
        }
        drawing
    }

    #[test]
    fn doubts_make_a_page_less_sure() {
        for (own, order, tables, expected) in
            [(1.0, 0.0, 0.0, 0.982), (0.5, 0.0, 0.0, 0.491), (1.0, 0.25, 0.0, 0.947), (1.0, 0.0, 1.0, 0.845)]
        {
            let sure = doubted(own, Doubt { order, tables });
            assert!((sure - expected).abs() < 1e-5, "{own} {order} {tables}: {sure}");
        }
    }

    #[test]
    fn what_is_unknown_hidden_or_missing_makes_a_page_less_sure() {
        for (texts, hidden, truncated, expected) in [
            (vec![], false, false, None),
            (vec!["a", "b", "\u{F0B7}"], false, false, Some(1.0)),
            (vec!["a", "b", "c", ""], false, false, Some(0.75)),
            (vec!["a", "\u{FFFD}"], false, false, Some(0.5)),
            (vec!["a", "\u{E010}"], false, false, Some(0.5)),
            (vec!["a", "b"], true, false, Some(0.9)),
            (vec!["a", "b"], false, true, Some(0.9)),
            (vec!["", ""], true, true, Some(0.0)),
        ] {
            let drawing = Drawing { truncated, ..drawing(&texts, hidden) };
            assert_eq!(of(&drawing), expected, "{texts:?} {hidden} {truncated}");
        }
    }
}
