//! Boxes in points, origin top left.

use serde::{Deserialize, Serialize};

/// A rectangle: left, top, width, height in points. Stored as `[x, y, w, h]` rounded to 1/100 point, which keeps
/// results small and equal between runs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "(f32, f32, f32, f32)", into = "(f32, f32, f32, f32)")]
pub struct BBox {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl BBox {
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }

    /// From two opposite corners in any order.
    #[inline]
    pub fn from_corners(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x: x0.min(x1), y: y0.min(y1), w: (x1 - x0).abs(), h: (y1 - y0).abs() }
    }

    #[inline]
    pub fn right(self) -> f32 {
        self.x + self.w
    }

    #[inline]
    pub fn bottom(self) -> f32 {
        self.y + self.h
    }

    #[inline]
    pub fn center(self) -> (f32, f32) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    #[inline]
    pub fn area(self) -> f32 {
        self.w * self.h
    }

    /// The smallest box around both.
    #[inline]
    pub fn union(self, other: Self) -> Self {
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Self { x, y, w: self.right().max(other.right()) - x, h: self.bottom().max(other.bottom()) - y }
    }

    /// The smallest box around all; `None` for none.
    pub fn around(boxes: impl IntoIterator<Item = Self>) -> Option<Self> {
        boxes.into_iter().reduce(Self::union)
    }

    /// What both share; `None` when they do not overlap.
    #[inline]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let w = self.right().min(other.right()) - x;
        let h = self.bottom().min(other.bottom()) - y;
        (w > 0.0 && h > 0.0).then_some(Self { x, y, w, h })
    }

    #[inline]
    pub fn contains_point(self, x: f32, y: f32) -> bool {
        x >= self.x && x <= self.right() && y >= self.y && y <= self.bottom()
    }
}

impl From<(f32, f32, f32, f32)> for BBox {
    fn from((x, y, w, h): (f32, f32, f32, f32)) -> Self {
        Self { x, y, w, h }
    }
}

impl From<BBox> for (f32, f32, f32, f32) {
    fn from(b: BBox) -> Self {
        let round = |value: f32| if value.is_finite() { (value * 100.0).round() / 100.0 } else { 0.0 };
        (round(b.x), round(b.y), round(b.w), round(b.h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_meet_and_join() {
        let a = BBox::new(0.0, 0.0, 10.0, 10.0);
        let b = BBox::from_corners(15.0, 20.0, 5.0, 5.0);
        assert_eq!(a.intersection(b), Some(BBox::new(5.0, 5.0, 5.0, 5.0)));
        assert_eq!(a.union(b), BBox::new(0.0, 0.0, 15.0, 20.0));
        assert_eq!(a.intersection(BBox::new(10.0, 0.0, 1.0, 1.0)), None);
        assert_eq!(BBox::around([]), None);
    }

    #[test]
    fn the_stored_form_is_rounded_and_never_infinite() {
        let stored = serde_json::to_string(&BBox::new(1.234_567, f32::NAN, 3.0, f32::INFINITY)).expect("json");
        assert_eq!(stored, "[1.23,0.0,3.0,0.0]");
    }
}
