//! Uneven light: each place of a picture is made as bright as the paper around it is white.

use crate::services::PageImage;

/// Cells along the long side of the picture; one holds a line or two of text.
const CELLS: usize = 48;
/// Paper is what the brightest tenth of a cell begins with.
const PAPER: f32 = 0.9;
/// A cell without paper, that of a photograph or a bar, is darker than this share of what lies around it.
const COVERED: f32 = 0.6;
/// How far around, cells.
const REACH: usize = 3;
/// What paper becomes.
const WHITE: f32 = 245.0;
/// Most of what is shown is paper when it comes out brighter than this; else the picture is left alone.
const PAPER_BRIGHT: u8 = 200;

/// The picture as if the light had been even; the same picture where most of it is no paper.
pub fn even(picture: &PageImage) -> PageImage {
    let (width, height) = (picture.width as usize, picture.height as usize);
    if width == 0 || height == 0 || picture.grey.len() < width * height {
        return picture.clone();
    }
    let cell = width.max(height).div_ceil(CELLS).max(8);
    let paper = Paper::of(picture, cell);
    let mut grey = Vec::with_capacity(width * height);
    let mut counts = [0_usize; 256];
    for (y, row) in picture.grey.chunks_exact(width).take(height).enumerate() {
        for (x, value) in row.iter().enumerate() {
            let even = (f32::from(*value) * WHITE / paper.at(x, y)).min(255.0) as u8;
            counts[even as usize] += 1;
            grey.push(even);
        }
    }
    if counts[..PAPER_BRIGHT as usize].iter().sum::<usize>() * 2 > width * height {
        return picture.clone();
    }
    PageImage { grey, ..*picture }
}

/// How bright the paper is, cell by cell.
struct Paper {
    cell: usize,
    columns: usize,
    rows: usize,
    bright: Vec<f32>,
}

impl Paper {
    fn of(picture: &PageImage, cell: usize) -> Self {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let (columns, rows) = (width.div_ceil(cell), height.div_ceil(cell));
        let own = |at: usize| {
            let (left, top) = (at % columns * cell, at / columns * cell);
            let mut counts = [0_usize; 256];
            for y in top..height.min(top + cell) {
                let row = &picture.grey[y * width..(y + 1) * width];
                row[left..width.min(left + cell)].iter().for_each(|value| counts[*value as usize] += 1);
            }
            brightest(&counts)
        };
        let own: Vec<f32> = (0..columns * rows).map(own).collect();
        let around = |at: usize| {
            let (x, y) = (at % columns, at / columns);
            let near = (y.saturating_sub(REACH)..rows.min(y + REACH + 1)).flat_map(|row| {
                let from = row * columns;
                own[from + x.saturating_sub(REACH)..from + columns.min(x + REACH + 1)].iter().copied()
            });
            let brightest = near.fold(0.0, f32::max);
            if own[at] < COVERED * brightest { brightest } else { own[at] }
        };
        let bright = (0..own.len()).map(around).collect();
        Self { cell, columns, rows, bright }
    }

    /// Between the middles of four cells.
    fn at(&self, x: usize, y: usize) -> f32 {
        let place = |at: usize, count: usize| {
            let at = ((at as f32 + 0.5) / self.cell as f32 - 0.5).clamp(0.0, count as f32 - 1.0);
            (at as usize, (at as usize + 1).min(count - 1), at.fract())
        };
        let ((left, right, fx), (top, bottom, fy)) = (place(x, self.columns), place(y, self.rows));
        let between = |row: usize| {
            let row = &self.bright[row * self.columns..];
            row[left] * (1.0 - fx) + row[right] * fx
        };
        between(top) * (1.0 - fy) + between(bottom) * fy
    }
}

/// The grey that a tenth of the pixels reaches; at least 1.
fn brightest(counts: &[usize; 256]) -> f32 {
    let below = counts.iter().sum::<usize>() as f32 * PAPER;
    let mut seen = 0;
    let reached = counts.iter().position(|count| {
        seen += count;
        seen as f32 >= below
    });
    reached.unwrap_or(255).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(u32, u32) -> u32) -> PageImage {
        let (width, height) = (400, 300);
        let grey = (0..width * height).map(|at| pixel(at % width, at / width) as u8).collect();
        PageImage { width, height, dpi: 100, grey }
    }

    #[test]
    fn paper_is_white_and_ink_black_in_light_and_shade() {
        let stroke = |x: u32, y: u32| x % 12 < 3 && y % 12 < 6;
        let uneven = picture(|x, y| (250 - x / 2) * if stroke(x, y) { 25 } else { 100 } / 100);
        let even = even(&uneven);
        for (x, y) in [(6, 9), (390, 9), (201, 150), (6, 297)] {
            let at = (y * 400 + x) as usize;
            assert!(even.grey[at] > 225, "{x} {y}: {}", even.grey[at]);
        }
        for (x, y) in [(1, 1), (385, 1), (205, 145)] {
            let at = (y * 400 + x) as usize;
            assert!(even.grey[at] < 85, "{x} {y}: {}", even.grey[at]);
        }
    }

    #[test]
    fn a_dark_picture_is_left_alone() {
        let dark = picture(|x, y| if x % 40 < 4 && y % 40 < 20 { 230 } else { 30 });
        assert_eq!(even(&dark), dark);
    }
}
