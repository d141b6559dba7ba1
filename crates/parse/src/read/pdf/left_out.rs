//! Text that a page has and that is not read, where it is a good part of it: the reader of a result is told why.

use docmill_model::document::Warning;
use docmill_model::options::ParseOptions;

use super::drawing::Drawing;
use crate::layout::PageRecord;
use crate::render::text::very_small;

/// It is said of text that is more than this share of the page's.
const SHARE: f32 = 0.1;

pub fn warnings(drawing: &Drawing, record: &PageRecord, options: &ParseOptions) -> Vec<Warning> {
    let much = |left_out: usize, read: usize| left_out as f32 > SHARE * (left_out + read) as f32;
    let glyphs = drawing.glyphs.len();
    let mut warnings = Vec::new();
    if much(drawing.outside, glyphs) {
        let message = format!(
            "{} letter(s) stand outside of the page, where no one sees them; they were not read.",
            drawing.outside
        );
        warnings.push(Warning::new(Warning::TEXT_OUTSIDE_PAGE, message));
    }
    if much(drawing.layered, glyphs) {
        let message =
            format!("{} letter(s) belong to layers that are switched off; they were not read.", drawing.layered);
        warnings.push(Warning::new(Warning::TEXT_OF_HIDDEN_LAYERS, message));
    }
    let words = record.tokens.len() + record.asides.iter().map(|aside| aside.tokens.len()).sum::<usize>();
    let small = if options.spatial.keep_very_small { 0 } else { very_small(record) };
    if much(small, words - small) {
        let message = format!(
            "{small} word(s) are very small and not in the spatial text; `preserve_very_small_text` keeps them there."
        );
        warnings.push(Warning::new(Warning::TEXT_VERY_SMALL, message));
    }
    warnings
}
