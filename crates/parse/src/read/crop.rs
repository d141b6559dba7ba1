//! What lies outside the wanted part of a page is left out, by where its centre is.

use docmill_model::document::BBox;
use docmill_model::options::CropBox;

use crate::layout::{PageRecord, Rule};

/// Whether the box belongs to the wanted part of a page of this size.
pub fn keeps(crop: CropBox, bbox: BBox, width: f32, height: f32) -> bool {
    let (x, y) = bbox.center();
    crop.holds(f64::from(x / width.max(1.0)), f64::from(y / height.max(1.0)))
}

/// Leaves words, rules, pictures and drawings outside of the wanted part out. The page keeps its size, so that places
/// on it stay true.
pub fn record(record: &mut PageRecord, crop: CropBox) {
    let (width, height) = (record.width, record.height);
    let inside = |bbox: BBox| keeps(crop, bbox, width, height);
    record.tokens.retain(|token| inside(token.bbox));
    for aside in &mut record.asides {
        aside.tokens.retain(|token| inside(token.bbox));
    }
    record.asides.retain(|aside| !aside.tokens.is_empty());
    record.rules.retain(|rule| inside(place(*rule)));
    record.pictures.retain(|bbox| inside(*bbox));
    record.shapes.retain(|group| inside(group.bbox));
    record.links.retain(|link| link.boxes.iter().any(|bbox| inside(*bbox)));
    record.comments.retain(|comment| comment.boxes.iter().any(|bbox| inside(*bbox)));
    record.described.retain(|(bbox, _)| inside(*bbox));
    record.fields.retain(|field| field.boxes.iter().any(|bbox| inside(*bbox)));
}

fn place(rule: Rule) -> BBox {
    if rule.horizontal {
        BBox::new(rule.from, rule.at, rule.to - rule.from, 0.0)
    } else {
        BBox::new(rule.at, rule.from, 0.0, rule.to - rule.from)
    }
}
