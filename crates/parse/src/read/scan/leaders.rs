//! Rows of dots that lead the eye from a word to a number: OCR reads them as letters.

use super::ink::Ink;
use super::rules::paint_white;
use crate::services::PageImage;

/// Largest dot, and the longest way between the middles of two, inches.
const DOT: f32 = 0.03;
const STRIDE: f32 = 0.12;
/// Fewer are an ellipsis.
const DOTS_MIN: usize = 6;
/// Dots of one row stand at one height, give or take this share of a stride.
const LEVEL: f32 = 0.25;
/// Two neighbouring strides differ by less than this share.
const EVEN: f32 = 0.4;

/// A row of dots.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    pub from: f32,
    pub to: f32,
    /// Where the dots stand: their lower edge.
    pub baseline: f32,
    pub dots: usize,
    places: Vec<Dot>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Dot {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Dot {
    fn middle(self) -> (f32, f32) {
        ((self.left + self.right) as f32 / 2.0, (self.top + self.bottom) as f32 / 2.0)
    }
}

impl Leader {
    /// Paints the dots over with paper.
    pub fn erase(&self, ink: &mut Ink, picture: &mut PageImage) {
        for dot in &self.places {
            for y in dot.top.saturating_sub(1)..=dot.bottom + 1 {
                for x in dot.left.saturating_sub(1)..=dot.right + 1 {
                    ink.clear(x, y);
                    paint_white(picture, x, y);
                }
            }
        }
    }
}

pub fn find(ink: &Ink, dpi: u32) -> Vec<Leader> {
    let size = ((DOT * dpi as f32) as usize).max(2);
    let mut rows: Vec<Vec<Dot>> = Vec::new();
    let mut dots = dots(ink, size);
    dots.sort_by_key(|dot| (dot.left, dot.top));
    for dot in dots {
        let row = rows.iter_mut().rev().find(|row| goes_on(row, dot, STRIDE * dpi as f32));
        match row {
            Some(row) => row.push(dot),
            None => rows.push(vec![dot]),
        }
    }
    rows.into_iter().filter(|row| row.len() >= DOTS_MIN).filter_map(leader).collect()
}

/// Whether the dot is the next of a row.
fn goes_on(row: &[Dot], dot: Dot, stride_max: f32) -> bool {
    let Some(last) = row.last() else { return false };
    let (dx, dy) = (dot.middle().0 - last.middle().0, dot.middle().1 - last.middle().1);
    let before = row.len().checked_sub(2).map(|index| last.middle().0 - row[index].middle().0);
    let even = before.is_none_or(|before| (dx - before).abs() <= (EVEN * before.max(dx)).max(1.5));
    dx >= 2.0 && dx <= stride_max && dy.abs() <= (LEVEL * dx).max(1.0) && even
}

fn leader(places: Vec<Dot>) -> Option<Leader> {
    let (first, last) = (places.first()?, places.last()?);
    let mut bottoms: Vec<usize> = places.iter().map(|dot| dot.bottom).collect();
    bottoms.sort_unstable();
    let baseline = bottoms[bottoms.len() / 2] as f32 + 1.0;
    Some(Leader { from: first.left as f32, to: last.right as f32 + 1.0, baseline, dots: places.len(), places })
}

/// Pieces of ink no larger than a dot, with paper all around.
fn dots(ink: &Ink, size: usize) -> Vec<Dot> {
    let mut found = Vec::new();
    for y in 0..ink.height {
        let row = ink.row(y);
        let mut x = 0;
        while x < ink.width {
            if !row[x] {
                x += 1;
                continue;
            }
            let end = (x..ink.width).find(|x| !row[*x]).unwrap_or(ink.width);
            // The first row of a dot has paper above it.
            let free = y == 0 || (x.saturating_sub(1)..=end).all(|x| !ink.is_dark(x, y - 1));
            if end - x <= size && free {
                found.extend(dot(ink, x, y, size));
            }
            x = end;
        }
    }
    found
}

/// The dot whose topmost row begins here.
fn dot(ink: &Ink, x: usize, y: usize, size: usize) -> Option<Dot> {
    let (left, right) = (x.saturating_sub(size), (x + 2 * size).min(ink.width));
    let (mut from, mut to) = (x, (x..ink.width).find(|x| !ink.is_dark(*x, y)).unwrap_or(ink.width) - 1);
    for row in y + 1..=y + size {
        // What touches the row above, grown by one pixel on each side.
        let touching = (from.saturating_sub(1)..=to + 1).filter(|x| ink.is_dark(*x, row));
        let Some((first, last)) =
            touching.fold(None, |ends: Option<(usize, usize)>, x| Some(ends.map_or((x, x), |(first, _)| (first, x))))
        else {
            let dot = Dot { left: from, top: y, right: to, bottom: row - 1 };
            return (to - from < size).then_some(dot);
        };
        let first = (left..first).rev().take_while(|x| ink.is_dark(*x, row)).last().unwrap_or(first);
        let last = (last + 1..right).take_while(|x| ink.is_dark(*x, row)).last().unwrap_or(last);
        (from, to) = (from.min(first), to.max(last));
        if to - from >= size {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaders(dark: impl Fn(u32, u32) -> bool) -> Vec<(usize, f32)> {
        let (width, height) = (600, 100);
        let grey = (0..width * height).map(|at| if dark(at % width, at / width) { 10 } else { 245 }).collect();
        let mut picture = PageImage { width, height, dpi: 200, grey };
        let mut ink = Ink::of(&picture);
        let found = find(&ink, picture.dpi);
        found.iter().for_each(|leader| leader.erase(&mut ink, &mut picture));
        assert!(find(&ink, picture.dpi).is_empty(), "they are gone");
        found.iter().map(|leader| (leader.dots, leader.baseline)).collect()
    }

    #[test]
    fn even_rows_of_dots_are_leaders() {
        let dots = |x: u32, y: u32| (50..53).contains(&y) && (100..400).contains(&x) && x % 10 < 3;
        assert_eq!(leaders(dots), [(30, 53.0)]);
        // A letter beside them does no harm; it is larger than a dot.
        assert_eq!(leaders(|x, y| dots(x, y) || ((30..53).contains(&y) && (80..90).contains(&x))), [(30, 53.0)]);
        // An ellipsis, dots of an i over a line, and a dashed line are none.
        assert_eq!(leaders(|x, y| (50..53).contains(&y) && (100..130).contains(&x) && x % 10 < 3), []);
        assert_eq!(leaders(|x, y| (50..53).contains(&y) && [100, 109, 140, 145, 190, 220, 280].contains(&x)), []);
        assert_eq!(leaders(|x, y| (50..53).contains(&y) && (100..400).contains(&x) && x % 20 < 12), []);
    }
}
