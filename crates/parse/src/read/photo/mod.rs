//! Photographs of sheets of paper: the sheet cut out, seen from above, evenly lit, for OCR; places on it lead back to the
//! photograph.
//!
//! Units are pixels, origin top left, unless a name says points.

mod light;
mod sheet;
mod warp;

use docmill_model::document::{BBox, Page, Warning};
use docmill_model::options::ParseOptions;

use super::ocr;
use crate::layout;
use crate::services::{PageImage, Services};
use warp::Warp;

/// No sheet of paper was found in a photograph.
const SHEET_NOT_FOUND: &str = "SHEET_NOT_FOUND";
/// A sheet is taken to be as long as A4 and Letter are on their long side, inches: photographs do not say how large what
/// they show is.
const LONG_SIDE: f32 = 11.5;

/// Reads a photograph by OCR as `ocr::read` does a picture; the page's size and boxes are those of the photograph.
/// `crop` counts on the sheet. Where no sheet is found, the photograph is read as it lies, with a warning.
pub fn read(page: &mut Page, photo: &PageImage, options: &ParseOptions, services: &mut dyn Services) {
    let Some(corners) = sheet::find(photo) else {
        let message = "No sheet of paper with visible edges was found in the picture; it was read as it lies, and only \
                       its light was evened out.";
        page.warnings.push(Warning::new(SHEET_NOT_FOUND, message));
        return ocr::read(page, &light::even(photo), options, services);
    };
    let warp = Warp::of(corners, (photo.width, photo.height));
    let long = warp.width.max(warp.height) as f32;
    let dpi = ((long / LONG_SIDE) as u32).clamp(70, 600);
    let sheet = light::even(&warp.apply(photo, dpi));
    let lay = page.rotation;
    ocr::read(page, &sheet, options, services);
    lead_back(page, &warp, dpi, photo, (page.rotation + 360 - lay) / 90 % 4);
}

/// From a page that is the sheet, turned clockwise by quarters, to one that is the photograph, turned alike.
fn lead_back(page: &mut Page, warp: &Warp, sheet_dpi: u32, photo: &PageImage, quarters: u16) {
    let (from, to) = (72.0 / sheet_dpi as f32, 72.0 / photo.dpi.max(1) as f32);
    let sheet = (warp.width as f32, warp.height as f32);
    let whole = (photo.width as f32, photo.height as f32);
    layout::each_box(page, |bbox| {
        let corners =
            [(bbox.x, bbox.y), (bbox.right(), bbox.y), (bbox.x, bbox.bottom()), (bbox.right(), bbox.bottom())];
        let back = corners.map(|(x, y)| {
            let (x, y) = unturned((x / from, y / from), sheet, quarters);
            let (x, y) = turned(warp.back(x, y), whole, quarters);
            BBox::new(x * to, y * to, 0.0, 0.0)
        });
        *bbox = BBox::around(back).unwrap_or(*bbox);
    });
    let (width, height) = if quarters % 2 == 1 { (whole.1, whole.0) } else { whole };
    (page.width, page.height) = (Some(width * to), Some(height * to));
}

/// Where a point of a picture of this size comes to lie when the picture is turned clockwise by quarters.
fn turned((x, y): (f32, f32), (width, height): (f32, f32), quarters: u16) -> (f32, f32) {
    match quarters {
        1 => (height - y, x),
        2 => (width - x, height - y),
        3 => (y, width - x),
        _ => (x, y),
    }
}

/// The way back: `size` is that of the picture before it was turned.
fn unturned((x, y): (f32, f32), (width, height): (f32, f32), quarters: u16) -> (f32, f32) {
    match quarters {
        1 => (y, height - x),
        2 => (width - x, height - y),
        3 => (width - y, x),
        _ => (x, y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_back_undoes_turning() {
        for quarters in 0..4 {
            let place = turned((30.0, 10.0), (100.0, 60.0), quarters);
            assert_eq!(unturned(place, (100.0, 60.0), quarters), (30.0, 10.0), "{quarters}");
        }
        assert_eq!(turned((30.0, 10.0), (100.0, 60.0), 1), (50.0, 30.0));
    }
}
