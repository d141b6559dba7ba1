//! Pages that lie on their side or upside down.

use super::ink::Ink;
use crate::services::PageImage;

/// The picture turned clockwise by quarters.
pub fn turned(picture: &PageImage, quarters: u16) -> PageImage {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (wide, high) = if quarters % 2 == 1 { (height, width) } else { (width, height) };
    let from = |x: usize, y: usize| match quarters % 4 {
        1 => (y, height - 1 - x),
        2 => (width - 1 - x, height - 1 - y),
        3 => (width - 1 - y, x),
        _ => (x, y),
    };
    let mut grey = Vec::with_capacity(picture.grey.len());
    for y in 0..high {
        for x in 0..wide {
            let (x, y) = from(x, y);
            grey.push(picture.grey.get(y * width + x).copied().unwrap_or(u8::MAX));
        }
    }
    PageImage { width: wide as u32, height: high as u32, dpi: picture.dpi, grey }
}

/// Whether lines of text run down the picture: then the ink of its columns is spread less evenly than that of its rows.
pub fn is_sideways(picture: &PageImage) -> bool {
    let ink = Ink::of(picture);
    let (mut rows, mut columns) = (vec![0_u64; ink.height], vec![0_u64; ink.width]);
    for (y, row) in rows.iter_mut().enumerate() {
        for (x, _) in ink.row(y).iter().enumerate().filter(|(_, inked)| **inked) {
            *row += 1;
            columns[x] += 1;
        }
    }
    unevenness(&columns) > unevenness(&rows)
}

/// Sum of squared steps between neighbours, for each of the ink: text has lines with white between, and across them
/// ink changes little from one place to the next.
fn unevenness(counts: &[u64]) -> f64 {
    let steps: f64 = counts.windows(2).map(|pair| (pair[0] as f64 - pair[1] as f64).powi(2)).sum();
    let squares: f64 = counts.iter().map(|count| (*count as f64).powi(2)).sum();
    steps / squares.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarters_are_none_and_three_undo_one() {
        let picture = PageImage { width: 3, height: 2, dpi: 100, grey: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(turned(&picture, 1).grey, [4, 1, 5, 2, 6, 3]);
        assert_eq!(turned(&picture, 2).grey, [6, 5, 4, 3, 2, 1]);
        assert_eq!(turned(&turned(&picture, 1), 3), picture);
    }

    #[test]
    fn lines_of_text_tell_how_they_run() {
        let (width, height) = (400_u32, 500_u32);
        let dash = |x: u32, y: u32| {
            (40..360).contains(&x) && (40..460).contains(&y) && y % 24 < 11 && (x * 7 + y / 24 * 5) % 13 < 8
        };
        let grey = (0..width * height).map(|at| if dash(at % width, at / width) { 20 } else { 240 }).collect();
        let picture = PageImage { width, height, dpi: 100, grey };
        for (quarters, sideways) in [(0, false), (1, true), (2, false), (3, true)] {
            assert_eq!(is_sideways(&turned(&picture, quarters)), sideways, "{quarters}");
        }
    }
}
