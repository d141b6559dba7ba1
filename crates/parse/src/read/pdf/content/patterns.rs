//! What patterns cost where a page is rendered: hayro draws a picture of the tile, or of the whole area, for every path
//! that a pattern fills, and holds all of them until the page is done.

use hayro::hayro_syntax::object::{Object, dict_or_stream};
use hayro::kurbo::Affine;

use super::colour::Space;
use super::machine::Machine;

/// Shadings along a line or between circles are drawn without a picture.
const GRADIENTS: [i32; 2] = [2, 3];

/// The most that one fill with the pattern takes, square points; `page` leads from its default space to the page.
pub(super) fn picture_area(pattern: &Object<'_>, page: Affine) -> f64 {
    let Some((dict, _)) = dict_or_stream(pattern) else { return 0.0 };
    if dict.get::<i32>("PatternType") == Some(2) {
        let kind = dict.get::<Object<'_>>("Shading").and_then(|shading| {
            let (shading, _) = dict_or_stream(&shading)?;
            shading.get::<i32>("ShadingType")
        });
        return if kind.is_some_and(|kind| GRADIENTS.contains(&kind)) { 0.0 } else { f64::INFINITY };
    }
    let matrix = dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new);
    let step = |key: &str| dict.get::<f64>(key).unwrap_or(0.0).abs();
    (page * matrix).determinant().abs() * step("XStep") * step("YStep")
}

impl Machine<'_, '_> {
    /// Counts what rendering the present path takes if a pattern fills it.
    pub(super) fn count_pattern(&mut self, path_area: f64) {
        let area = path_area.min(self.state.pattern);
        if matches!(*self.state.fill_space, Space::Pattern) && area.is_finite() {
            self.drawing.patterned += area;
        }
    }
}
