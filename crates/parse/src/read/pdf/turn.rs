//! The page turned by quarters so that most of its text is upright.

use docmill_model::document::BBox;

use super::drawing::DrawnGlyph;
use crate::layout::Rule;

/// Turns a page by quarters clockwise.
pub struct Turn {
    pub quarter: i32,
    /// Size of the page before it is turned, points.
    pub width: f32,
    pub height: f32,
}

impl Turn {
    pub fn size(&self) -> (f32, f32) {
        if self.quarter % 2 == 1 { (self.height, self.width) } else { (self.width, self.height) }
    }

    pub fn point(&self, x: f32, y: f32) -> (f32, f32) {
        match self.quarter {
            1 => (self.height - y, x),
            2 => (self.width - x, self.height - y),
            3 => (y, self.width - x),
            _ => (x, y),
        }
    }

    pub fn bbox(&self, bbox: BBox) -> BBox {
        let (x0, y0) = self.point(bbox.x, bbox.y);
        let (x1, y1) = self.point(bbox.right(), bbox.bottom());
        BBox::from_corners(x0, y0, x1, y1)
    }

    pub fn rule(&self, rule: Rule) -> Rule {
        let ends = if rule.horizontal {
            [self.point(rule.from, rule.at), self.point(rule.to, rule.at)]
        } else {
            [self.point(rule.at, rule.from), self.point(rule.at, rule.to)]
        };
        let horizontal = rule.horizontal == (self.quarter % 2 == 0);
        let [(x0, y0), (x1, y1)] = ends;
        let (at, a, b) = if horizontal { (y0, x0, x1) } else { (x0, y0, y1) };
        Rule { horizontal, at, from: a.min(b), to: a.max(b) }
    }
}

/// Quarter turns clockwise in which most characters run.
pub fn main_quarter(glyphs: &[DrawnGlyph]) -> i32 {
    let mut counts = [0usize; 4];
    for glyph in glyphs.iter().filter(|glyph| glyph.len > 0 && !glyph.vertical) {
        if glyph.dx.abs() > 0.999 {
            counts[if glyph.dx > 0.0 { 0 } else { 2 }] += 1;
        } else if glyph.dy.abs() > 0.999 {
            counts[if glyph.dy > 0.0 { 1 } else { 3 }] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    if counts[0] == most { 0 } else { counts.iter().position(|count| *count == most).unwrap_or(0) as i32 }
}
