//! Annotations and form fields by their appearance (ISO 32000-1, 12.5.5), drawn after the page.

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;

use super::forms::{form_area, form_matrix};
use super::machine::Machine;

/// Annotations looked at on one page.
pub(super) const ANNOTATIONS_MAX: usize = 10_000;
pub(super) const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;

impl<'a> Machine<'a, '_> {
    pub(super) fn annotations(&mut self, page: &Page<'a>) {
        self.late = true;
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for annotation in annotations.iter().flat_map(Array::iter::<Dict<'_>>).take(ANNOTATIONS_MAX) {
            if annotation.get::<u32>("F").unwrap_or(0) & (HIDDEN | NO_VIEW) == 0 {
                self.annotation(&annotation, page);
            }
        }
        self.late = false;
    }

    fn annotation(&mut self, annotation: &Dict<'a>, page: &Page<'a>) -> Option<()> {
        let layer = annotation.get::<Dict<'_>>("OC");
        if layer.is_some_and(|layer| !self.layers.shows(&layer, annotation.get_ref("OC").map(Into::into))) {
            return None;
        }
        let appearance = appearance(annotation)?;
        let place = annotation.get::<Rect>("Rect")?;
        let dict = appearance.dict();
        // The box of the appearance, turned by its matrix, is scaled onto the annotation's rectangle.
        let area = form_matrix(dict).transform_rect_bbox(form_area(dict)?);
        let scale = |to: f64, from: f64| if from.abs() > 1e-9 { to / from } else { 1.0 };
        let (sx, sy) = (scale(place.width(), area.width()), scale(place.height(), area.height()));
        let (x0, y0) = (place.x0.min(place.x1), place.y0.min(place.y1));
        let placed = Affine::new([sx, 0.0, 0.0, sy, x0 - sx * area.x0, y0 - sy * area.y0]);
        self.form(&appearance, page.resources(), placed);
        Some(())
    }
}

/// The normal appearance in the annotation's present state.
fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    match annotation.get::<Dict<'_>>("AP")?.get::<Object<'_>>("N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => {
            let state = annotation.get::<Name<'_>>("AS")?;
            states.get::<Stream<'_>>(state.as_ref())
        }
        _ => None,
    }
}
