//! Where shapes stand: gathered to groups while they are drawn, because a drawing may have a million of them.

use docmill_model::document::BBox;
use hayro::kurbo::Rect;

use super::SHAPE_GROUPS_MAX;
use super::machine::Machine;
use crate::layout::ShapeGroup;

/// A shape at most this far from a group belongs to it, points.
const GAP: f32 = 6.0;
/// Only the last so many groups grow: drawings are drawn piece by piece.
const OPEN_GROUPS: usize = 8;

impl Machine<'_, '_> {
    /// A visible shape; `slanted` when any of it runs neither along the page nor down it.
    pub(super) fn shape(&mut self, area: Rect, slanted: bool) {
        self.drawing.shapes += 1;
        let shown = area.intersect(self.state.clip);
        let corners = [shown.x0, shown.y0, shown.x1, shown.y1].map(|side| side as f32);
        if corners.iter().any(|side| !side.is_finite()) || shown.x1 < shown.x0 || shown.y1 < shown.y0 {
            return;
        }
        let bbox = BBox::from_corners(corners[0], corners[1], corners[2], corners[3]);
        let groups = &mut self.drawing.shape_groups;
        let open = groups.len().saturating_sub(OPEN_GROUPS);
        if let Some(group) = groups[open..].iter_mut().find(|group| near(group.bbox, bbox)) {
            group.bbox = group.bbox.union(bbox);
            group.slanted = group.slanted.saturating_add(u32::from(slanted));
        } else if groups.len() < SHAPE_GROUPS_MAX {
            groups.push(ShapeGroup { bbox, slanted: u32::from(slanted) });
        }
    }
}

fn near(a: BBox, b: BBox) -> bool {
    a.x - GAP <= b.right() && b.x - GAP <= a.right() && a.y - GAP <= b.bottom() && b.y - GAP <= a.bottom()
}
