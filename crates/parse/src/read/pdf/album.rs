//! Which pictures of the pages are saved (`images_to_save: embedded`), and under which names.
//!
//! Pictures are numbered over the document in page order. The survey gives the numbers, so a page has the same ones
//! whether or not this reader has read the pages before it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use docmill_model::document::{BBox, Page, Picture, Warning};
use docmill_model::options::ImageCategory;

use super::drawing::DrawnPicture;
use super::embedded::Encoded;
use crate::Services;

/// Pixels of one picture: A4 at 600 dpi has 35 million.
pub const PIXELS_MAX: u64 = 40_000_000;
/// Pictures of one page; the largest are saved.
const PAGE_PICTURES_MAX: usize = 35;
/// Pictures of one document.
const DOCUMENT_PICTURES_MAX: u32 = 10_000;
/// A picture with a side below this is a line, a dot or a tile of a pattern: pixels, and points on the page.
const SIDE_PIXELS_MIN: u32 = 8;
const SIDE_POINTS_MIN: f32 = 4.0;

/// What a page has to save.
#[derive(Debug, Default)]
pub struct Chosen {
    /// Each picture once, where it is largest, in drawing order.
    pictures: Vec<(u64, BBox)>,
    /// Pictures over the limits.
    left_out: usize,
}

impl Chosen {
    /// Chooses among the drawn pictures; `boxes` are their places on the upright page.
    pub fn of(drawn: &[DrawnPicture], boxes: &[BBox]) -> Self {
        let mut chosen = Self::default();
        let mut places: HashMap<u64, usize> = HashMap::new();
        let mut too_large = HashSet::new();
        for (picture, bbox) in drawn.iter().zip(boxes) {
            let tiny = picture.width.min(picture.height) < SIDE_PIXELS_MIN || bbox.w.min(bbox.h) < SIDE_POINTS_MIN;
            if tiny {
                continue;
            }
            if u64::from(picture.width) * u64::from(picture.height) > PIXELS_MAX {
                too_large.insert(picture.id);
                continue;
            }
            let place = *places.entry(picture.id).or_insert(chosen.pictures.len());
            match chosen.pictures.get_mut(place) {
                Some((_, largest)) if bbox.area() > largest.area() => *largest = *bbox,
                Some(_) => {}
                None => chosen.pictures.push((picture.id, *bbox)),
            }
        }
        chosen.left_out = too_large.len();
        chosen.keep_largest();
        chosen
    }

    fn keep_largest(&mut self) {
        let mut by_size: Vec<usize> = (0..self.pictures.len()).collect();
        by_size.sort_by(|a, b| self.pictures[*b].1.area().total_cmp(&self.pictures[*a].1.area()));
        let mut places: Vec<usize> = by_size.into_iter().take(PAGE_PICTURES_MAX).collect();
        places.sort_unstable();
        self.left_out += self.pictures.len() - places.len();
        self.pictures = places.into_iter().map(|place| self.pictures[place]).collect();
    }
}

/// The pictures of the document that were met so far.
#[derive(Default)]
pub struct Album {
    numbers: HashMap<u64, u32>,
    saved: HashMap<u64, Saved>,
    /// Files by a hash of their bytes: programs that join documents leave every copy of a picture in place.
    contents: HashMap<(u64, usize), Saved>,
}

#[derive(Debug, Clone)]
struct Saved {
    name: String,
    content_type: &'static str,
    /// It ends before its last row.
    torn: bool,
}

impl Album {
    /// Gives the pictures of the next page their numbers.
    pub fn meet(&mut self, chosen: &Chosen) {
        for (id, _) in &chosen.pictures {
            let next = self.numbers.len() as u32;
            if next < DOCUMENT_PICTURES_MAX {
                self.numbers.entry(*id).or_insert(next);
            }
        }
    }

    /// The pictures of a page that have to be decoded.
    pub fn wanted(&self, chosen: &Chosen) -> HashSet<u64> {
        let ids = chosen.pictures.iter().map(|(id, _)| *id);
        ids.filter(|id| self.numbers.contains_key(id) && !self.saved.contains_key(id)).collect()
    }

    /// Saves a picture, unless its like was saved before.
    pub fn save(&mut self, picture: &Encoded, services: &mut dyn Services) {
        let Some(number) = self.numbers.get(&picture.id) else { return };
        let mut hasher = DefaultHasher::new();
        picture.bytes.hash(&mut hasher);
        let saved = self.contents.entry((hasher.finish(), picture.bytes.len())).or_insert_with(|| {
            let name = format!("image_{number}.{}", picture.extension);
            services.asset(&name, picture.content_type, &picture.bytes);
            Saved { name, content_type: picture.content_type, torn: picture.torn }
        });
        self.saved.insert(picture.id, saved.clone());
    }

    /// Lists the saved pictures of the page, and says what is missing.
    pub fn list(&self, chosen: &Chosen, page: &mut Page) {
        let (mut torn, mut damaged, mut left_out) = (0, 0, chosen.left_out);
        for (id, bbox) in &chosen.pictures {
            match self.saved.get(id) {
                Some(saved) => {
                    torn += usize::from(saved.torn);
                    page.images.push(Picture {
                        name: saved.name.clone(),
                        category: ImageCategory::Embedded,
                        content_type: saved.content_type.to_owned(),
                        bbox: Some(*bbox),
                    });
                }
                None if self.numbers.contains_key(id) => damaged += 1,
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            let message = format!("{left_out} picture(s) of the page are over the limits and were not saved.");
            page.warnings.push(Warning::new(Warning::PICTURES_LEFT_OUT, message));
        }
        if torn > 0 {
            let message = format!("{torn} picture(s) of the page are damaged; what comes before the damage was saved.");
            page.warnings.push(Warning::new(Warning::PICTURES_DAMAGED, message));
        }
        if damaged > 0 {
            let message = format!("{damaged} picture(s) of the page cannot be decoded and were not saved.");
            page.warnings.push(Warning::new(Warning::PICTURES_LEFT_OUT, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(id: u64, width: u32, height: u32) -> DrawnPicture {
        DrawnPicture { bbox: BBox::default(), id, width, height, mark: 0 }
    }

    #[test]
    fn tiny_and_huge_pictures_and_all_but_the_largest_are_left_out() {
        for (pixels, points, kept, left_out) in [
            ((8, 8), (4.0, 4.0), 1, 0),
            ((7, 100), (50.0, 50.0), 0, 0),
            ((100, 100), (3.9, 50.0), 0, 0),
            ((8_000, 5_000), (50.0, 50.0), 1, 0),
            ((8_000, 5_001), (50.0, 50.0), 0, 1),
        ] {
            let chosen = Chosen::of(&[drawn(1, pixels.0, pixels.1)], &[BBox::new(0.0, 0.0, points.0, points.1)]);
            assert_eq!((chosen.pictures.len(), chosen.left_out), (kept, left_out), "{pixels:?} {points:?}");
        }
        let many: Vec<DrawnPicture> = (0..40).map(|id| drawn(id, 10, 10)).collect();
        let boxes: Vec<BBox> = (0..40).map(|id| BBox::new(0.0, 0.0, 10.0 + id as f32, 10.0)).collect();
        let chosen = Chosen::of(&many, &boxes);
        assert_eq!((chosen.pictures[0].0, chosen.pictures.len(), chosen.left_out), (5, 35, 5));
    }

    #[test]
    fn a_picture_drawn_twice_is_chosen_where_it_is_largest() {
        let boxes = [BBox::new(0.0, 0.0, 10.0, 10.0), BBox::new(50.0, 0.0, 20.0, 20.0)];
        let chosen = Chosen::of(&[drawn(7, 10, 10), drawn(7, 10, 10)], &boxes);
        assert_eq!(chosen.pictures, [(7, boxes[1])]);
    }
}
