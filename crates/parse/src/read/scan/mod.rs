//! Pictures of pages before OCR and after it: made straight, freed of what is no letter, and asked for what OCR does
//! not say: drawn lines, sizes and weights of letters.
//!
//! Units are pixels of the straightened picture, origin top left, unless a name says points.

mod ink;
mod leaders;
mod letters;
mod rules;
mod straight;

use crate::services::PageImage;
use ink::Ink;

pub use leaders::Leader;
pub use letters::measure;
pub use rules::Line;
pub use straight::Straightened;

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
}
