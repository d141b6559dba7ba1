//! Annotations and form fields by their appearance (ISO 32000-1, 12.5.5), drawn after the page.

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;

use super::fields::Fields;
use super::forms::{form_area, form_matrix};
use super::machine::Machine;
use super::values::Before;

/// Annotations looked at on one page.
pub(super) const ANNOTATIONS_MAX: usize = 10_000;
pub(super) const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;

impl<'a> Machine<'a, '_> {
    pub(super) fn annotations(&mut self, page: &Page<'a>) {
        self.late = true;
        let mut fields = Fields::new(page);
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for (index, annotation) in annotations.iter().flat_map(Array::iter::<Dict<'_>>).enumerate() {
            if index == ANNOTATIONS_MAX {
                self.drawing.truncated = true;
                break;
            }
            if !self.shown(&annotation) {
                continue;
            }
            let before = Before::of(&self.drawing);
            self.annotation(&annotation, page);
            if let Some(field) = fields.read(&annotation) {
                self.fill_in(&annotation, field, before);
            }
        }
        self.drawing.truncated |= fields.exhausted();
        self.late = false;
    }

    fn shown(&self, annotation: &Dict<'a>) -> bool {
        let layer = annotation.get::<Dict<'_>>("OC");
        annotation.get::<u32>("F").unwrap_or(0) & (HIDDEN | NO_VIEW) == 0
            && layer.is_none_or(|layer| self.layers.shows(&layer, annotation.get_ref("OC").map(Into::into)))
    }

    fn annotation(&mut self, annotation: &Dict<'a>, page: &Page<'a>) -> Option<()> {
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
