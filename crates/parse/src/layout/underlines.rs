//! Words with a rule right below them are set apart.

use docmill_model::document::BBox;

use super::PageRecord;

/// Rules that are looked at, and how far below a baseline, points.
const UNDERLINES_MAX: usize = 2_000;
const UNDERLINE_REACH: f32 = 12.0;

/// Marks the words that a rule underlines: it lies right below their baseline and is no longer than they are.
pub fn underline(record: &mut PageRecord) {
    if !record.rules.iter().any(|rule| rule.horizontal) {
        return;
    }
    let mut order: Vec<usize> = (0..record.tokens.len()).collect();
    order.sort_by(|a, b| record.tokens[*a].baseline.total_cmp(&record.tokens[*b].baseline));
    for rule in record.rules.iter().filter(|rule| rule.horizontal).take(UNDERLINES_MAX) {
        let start = order.partition_point(|index| record.tokens[*index].baseline < rule.at - UNDERLINE_REACH);
        let near = order[start..].iter().copied().take_while(|index| record.tokens[*index].baseline <= rule.at + 1.0);
        let over = near.filter(|index| {
            let token = &record.tokens[*index];
            let below = rule.at - token.baseline;
            (-0.05 * token.size..=0.3 * token.size).contains(&below)
                && token.bbox.x < rule.to
                && token.bbox.right() > rule.from
        });
        let over: Vec<usize> = over.collect();
        let Some(text) = BBox::around(over.iter().map(|index| record.tokens[*index].bbox)) else { continue };
        let inked: f32 = over.iter().map(|index| record.tokens[*index].bbox.w).sum();
        if rule.from >= text.x - 2.0 && rule.to <= text.right() + 2.0 && inked >= 0.6 * (rule.to - rule.from) {
            over.iter().for_each(|index| record.tokens[*index].bold = true);
        }
    }
}
