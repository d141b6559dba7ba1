//! External objects (ISO 32000-1, 8.8): pictures by their place, forms by what they draw.

use std::collections::HashMap;
use std::rc::Rc;

use docmill_model::document::BBox;
use hayro::hayro_syntax::object::{Dict, Name, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Rect};

use super::machine::Machine;
use super::{DEPTH_MAX, FORMS_MAX, PICTURES_MAX};
use crate::read::pdf::coded;
use crate::read::pdf::drawing::DrawnPicture;
use crate::read::pdf::embedded::picture_id;

/// Bytes of decoded forms that are kept of one page; symbols are drawn again and again.
const CONTENTS_MAX: usize = 16 * 1024 * 1024;
/// A picture with a side below this is a line or a dot, points.
const PICTURE_SIDE_MIN: f64 = 1.0;

/// Decoded content of forms that the page has drawn.
#[derive(Default)]
pub(super) struct FormContents {
    by_id: HashMap<ObjectIdentifier, Rc<Vec<u8>>>,
    bytes: usize,
}

impl FormContents {
    fn of(&mut self, stream: &Stream<'_>) -> Option<Rc<Vec<u8>>> {
        let id = stream.obj_id();
        if let Some(content) = self.by_id.get(&id) {
            return Some(Rc::clone(content));
        }
        let content = Rc::new(stream.decoded_data().ok()?.into_owned());
        if self.bytes + content.len() <= CONTENTS_MAX && id.obj_number != 0 {
            self.bytes += content.len();
            self.by_id.insert(id, Rc::clone(&content));
        }
        Some(content)
    }
}

impl<'a> Machine<'a, '_> {
    pub(super) fn external(&mut self, object: &Stream<'a>, resources: &Resources<'a>) {
        let dict = object.dict();
        let layer = dict.get::<Dict<'_>>("OC");
        if layer.is_some_and(|layer| !self.layers.shows(&layer, dict.get_ref("OC").map(Into::into))) {
            return;
        }
        match dict.get::<Name<'_>>("Subtype").as_ref().map(AsRef::as_ref) {
            Some(b"Image") => self.picture(object),
            Some(b"Form") => self.form(object, resources, Affine::IDENTITY),
            _ => {}
        }
    }

    /// A picture fills the unit square of user space.
    pub(super) fn picture(&mut self, image: &Stream<'_>) {
        if !self.marks.visible() || self.drawing.pictures.len() >= PICTURES_MAX {
            return;
        }
        let area = self.state.ctm.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)).intersect(self.state.clip);
        if area.width() > PICTURE_SIDE_MIN && area.height() > PICTURE_SIDE_MIN {
            let corners = [area.x0, area.y0, area.x1, area.y1].map(|side| side as f32);
            let side = |short: &str, long: &str| {
                let dict = image.dict();
                dict.get::<u32>(short).or_else(|| dict.get::<u32>(long)).unwrap_or(0)
            };
            let (width, height) = coded::size(image).unwrap_or_default();
            self.drawing.pictures.push(DrawnPicture {
                bbox: BBox::from_corners(corners[0], corners[1], corners[2], corners[3]),
                id: picture_id(image),
                width: side("W", "Width").max(width),
                height: side("H", "Height").max(height),
                mark: self.marks.current(),
            });
        }
    }

    /// Draws a form; `placed` stands between its own matrix and the space that it is drawn in.
    pub(super) fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>, placed: Affine) {
        let id = form.obj_id();
        self.forms += 1;
        let deep = self.open_forms.len() >= DEPTH_MAX || self.open_forms.contains(&id);
        if !self.marks.visible() || deep || self.forms > FORMS_MAX {
            self.drawing.truncated |= deep || self.forms > FORMS_MAX;
            return;
        }
        let Some(content) = self.contents.of(form) else { return };
        let dict = form.dict();
        let outer = self.state.clone();
        self.state.ctm *= placed * form_matrix(dict);
        if let Some(area) = form_area(dict) {
            self.state.clip = self.state.clip.intersect(self.state.ctm.transform_rect_bbox(area));
        }
        let own = dict.get::<Dict<'_>>("Resources").map(Resources::new);
        self.open_forms.push(id);
        self.path.clear();
        self.run(&content, own.as_ref().unwrap_or(resources));
        self.open_forms.pop();
        self.state = outer;
    }
}

pub(super) fn form_matrix(dict: &Dict<'_>) -> Affine {
    dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new)
}

pub(super) fn form_area(dict: &Dict<'_>) -> Option<Rect> {
    let [x0, y0, x1, y1] = dict.get::<[f64; 4]>("BBox")?;
    Some(Rect::new(x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)))
}
