//! Which pixels of a picture are ink: those darker than the paper around them, so that uneven light does no harm.

use crate::services::PageImage;

/// A pixel is ink when it is darker than this share of the mean around it.
const DARKER: u64 = 82;
/// Paper at its darkest: what is lighter is never ink.
const PAPER: u8 = 235;
/// Half the side of the square that the mean is taken of, inches.
const REACH: f32 = 0.25;

/// A picture in black and white.
pub struct Ink {
    pub width: usize,
    pub height: usize,
    dark: Vec<bool>,
}

impl Ink {
    pub fn of(picture: &PageImage) -> Self {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let mut ink = Self { width, height, dark: vec![false; width * height] };
        if width == 0 || height == 0 || picture.grey.len() < width * height {
            return ink;
        }
        let reach = ((picture.dpi as f32 * REACH) as usize).max(4);
        // Sums of the columns over the rows around the present one.
        let mut columns: Vec<u64> = vec![0; width];
        let row = |y: usize| &picture.grey[y * width..(y + 1) * width];
        let (mut from, mut to) = (0, 0);
        for y in 0..height {
            while to < height.min(y + reach + 1) {
                row(to).iter().zip(&mut columns).for_each(|(grey, sum)| *sum += u64::from(*grey));
                to += 1;
            }
            while from + reach < y {
                row(from).iter().zip(&mut columns).for_each(|(grey, sum)| *sum -= u64::from(*grey));
                from += 1;
            }
            let dark = &mut ink.dark[y * width..(y + 1) * width];
            threshold(row(y), &columns, (to - from) as u64, reach, dark);
        }
        ink
    }

    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.dark[y * self.width + x]
    }

    pub fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..(y + 1) * self.width]
    }

    pub fn clear(&mut self, x: usize, y: usize) {
        if x < self.width && y < self.height {
            self.dark[y * self.width + x] = false;
        }
    }

    /// The same picture with rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let mut dark = vec![false; self.dark.len()];
        for y in 0..self.height {
            for (x, ink) in self.row(y).iter().enumerate() {
                dark[x * self.height + y] = *ink;
            }
        }
        Self { width: self.height, height: self.width, dark }
    }
}

/// One row against the mean of the square around each of its pixels.
fn threshold(row: &[u8], columns: &[u64], rows: u64, reach: usize, dark: &mut [bool]) {
    let width = row.len();
    let mut sum: u64 = columns[..reach.min(width)].iter().sum();
    for x in 0..width {
        if x + reach < width {
            sum += columns[x + reach];
        }
        if x > reach {
            sum -= columns[x - reach - 1];
        }
        let count = rows * ((x + reach).min(width - 1) - x.saturating_sub(reach) + 1) as u64;
        dark[x] = row[x] < PAPER && u64::from(row[x]) * 100 * count < sum * DARKER;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that gets darker from left to right, with letters on both sides.
    #[test]
    fn ink_is_darker_than_the_paper_around_it() {
        let (width, height) = (400, 60);
        let paper = |x: usize| 240 - (x * 140 / width) as u8;
        let letter = |x: usize, y: usize| y == 30 && (20..30).contains(&(x % 100));
        let pixel = |x: usize, y: usize| if letter(x, y) { paper(x) / 2 } else { paper(x) };
        let grey = (0..width * height).map(|at| pixel(at % width, at / width)).collect();
        let ink = Ink::of(&PageImage { width: width as u32, height: height as u32, dpi: 100, grey });
        for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
            assert_eq!(ink.is_dark(x, y), letter(x, y), "{x},{y}");
        }
        assert!(ink.transposed().is_dark(30, 125));
    }

    #[test]
    fn an_empty_picture_has_no_ink() {
        for (width, height) in [(0, 0), (0, 5), (5, 0), (5, 5)] {
            let ink = Ink::of(&PageImage { width, height, dpi: 200, grey: vec![255; (width * height) as usize] });
            assert!(!ink.is_dark(0, 0) && !ink.is_dark(9, 9));
        }
    }
}
