//! The interpreter of page content (ISO 32000-1, 8 and 9): what of a page can be read, nothing of what it looks like.
//!
//! hayro renders pages; this reads them. It knows fonts by their dictionaries, keeps forms and annotations apart, never
//! decodes a picture, and stops at a budget: a page may draw forms inside forms without end.

mod annotations;
mod colour;
mod comments;
mod fields;
mod fonts;
mod forms;
mod layers;
mod links;
mod machine;
mod marks;
mod paths;
mod patterns;
mod shapes;
mod state;
mod text;
mod unicode;
mod values;

pub use fonts::Fonts;
pub use layers::Layers;

use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};

use super::drawing::Drawing;
use machine::Machine;

/// Operators of one page, those of its forms included; a page with more is cut off there.
const OPERATIONS_MAX: usize = 8_000_000;
/// Forms that are drawn in one page, each time they are drawn.
const FORMS_MAX: usize = 50_000;
/// Forms inside forms.
const DEPTH_MAX: usize = 28;
/// Graphics states that are kept at a time.
const STATES_MAX: usize = 512;
/// Glyphs kept of one page; a page with more is a drawing or an attack.
const GLYPHS_MAX: usize = 500_000;
/// Rules kept of one page; maps and drawings have more, and no tables.
const RULES_MAX: usize = 20_000;
const PICTURES_MAX: usize = 20_000;
/// Groups of shapes kept of one page.
const SHAPE_GROUPS_MAX: usize = 4_000;

/// From user space to the page as it is shown.
pub fn shown(page: &Page<'_>) -> Affine {
    Affine::new(page.initial_transform(true).as_coeffs()) * moved_onto_page(page)
}

/// Interprets a page and its annotations. Width and height are those of the page as it is shown, points.
pub fn draw<'a>(page: &Page<'a>, fonts: &Fonts<'a>, layers: &Layers) -> (f32, f32, Drawing) {
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let shown = shown(page);
    let mut machine = Machine::new(shown, area, fonts, layers);
    if let Some(content) = page_content(page) {
        machine.run(&content, page.resources());
    }
    machine.annotations(page);
    let mut drawing = machine.finish();
    drawing.links = links::of(page, shown);
    drawing.comments = comments::of(page, shown);
    (width, height, drawing)
}

/// A crop box that does not meet the page is ignored; hayro moves the page to where the box lies.
fn moved_onto_page(page: &Page<'_>) -> Affine {
    let (shown, media) = (page.intersected_crop_box(), page.media_box());
    let meets = shown.width() > 0.0 && shown.height() > 0.0 && media.width() > 0.0;
    if meets { Affine::IDENTITY } else { Affine::translate((shown.x0 - media.x0, shown.y0 - media.y0)) }
}

/// The page's content streams as one. hayro keeps its own copy for as long as the document is open, and what cannot be
/// decoded to its end is read as far as it goes.
fn page_content(page: &Page<'_>) -> Option<Vec<u8>> {
    use hayro::hayro_syntax::object::{Array, Stream};
    let contents = "Contents";
    if let Some(stream) = page.raw().get::<Stream<'_>>(contents) {
        return stream.decoded_data().ok().map(std::borrow::Cow::into_owned);
    }
    let mut joined = Vec::new();
    for stream in page.raw().get::<Array<'_>>(contents)?.iter::<Stream<'_>>() {
        if let Ok(data) = stream.decoded_data() {
            joined.extend_from_slice(&data);
            // Tokens do not run on from one stream into the next.
            joined.push(b'\n');
        }
    }
    Some(joined)
}
