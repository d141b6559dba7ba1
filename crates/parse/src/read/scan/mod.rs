//! Pictures of pages before OCR and after it: made straight, freed of what is no letter, and asked for what OCR does
//! not say: drawn lines, sizes and weights of letters.
//!
//! Units are pixels of the straightened picture, origin top left, unless a name says points.

mod ink;
mod leaders;
mod letters;
pub mod orientation;
mod rules;
mod straight;

use crate::services::PageImage;
use ink::Ink;

pub use leaders::Leader;
pub use letters::measure;
pub use rules::Line;
pub use straight::Straightened;

/// Pictures with more pixels are read as they are: looking at one takes four bytes a pixel. A4 at 600 dpi has 35 million.
const PIXELS_MAX: usize = 40_000_000;

/// A picture of a page, ready for OCR.
pub struct Scan {
    /// Straight, without drawn lines and dot leaders.
    pub picture: PageImage,
    /// How places on it lead back to the picture that was given.
    pub straightened: Straightened,
    pub lines: Vec<Line>,
    pub leaders: Vec<Leader>,
    ink: Ink,
}

impl Scan {
    pub fn of(given: &PageImage) -> Self {
        if given.grey.len() > PIXELS_MAX {
            return Self::untouched(given);
        }
        let straightened = Straightened::of(given, &Ink::of(given));
        let mut picture = straightened.apply(given);
        let mut ink = Ink::of(&picture);
        let lines = rules::find(&ink, picture.dpi);
        for line in &lines {
            line.erase(&mut ink, &mut picture);
        }
        let leaders = leaders::find(&ink, picture.dpi);
        for leader in &leaders {
            leader.erase(&mut ink, &mut picture);
        }
        Self { picture, straightened, lines, leaders, ink }
    }

    /// Whether there is enough ink for text.
    pub fn has_text(&self) -> bool {
        straight::has_text(&self.ink)
    }

    /// Neither straightened nor searched; nothing is known of its ink.
    fn untouched(given: &PageImage) -> Self {
        let nothing = PageImage { width: 0, height: 0, dpi: given.dpi, grey: Vec::new() };
        Self {
            picture: given.clone(),
            straightened: Straightened::none(given),
            lines: Vec::new(),
            leaders: Vec::new(),
            ink: Ink::of(&nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_picture_is_read_as_it_is() {
        let (width, height) = (8_000_u32, 5_001_u32);
        let mut grey = vec![255; (width * height) as usize];
        // A line that would be found on a smaller page.
        grey[1_000..5_000].fill(0);
        let given = PageImage { width, height, dpi: 600, grey };
        let scan = Scan::of(&given);
        assert_eq!((scan.lines.len(), scan.straightened.degrees, scan.picture == given), (0, 0.0, true));
    }
}
