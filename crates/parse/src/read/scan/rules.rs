//! Straight thin lines that are drawn on a scanned page.

use super::ink::Ink;
use crate::services::PageImage;

/// Shortest lines, inches: longer than letters are wide and high.
const LENGTH_ACROSS: f32 = 0.5;
const LENGTH_DOWN: f32 = 0.3;
/// Thicker is a bar, inches.
const THICKNESS_MAX: f32 = 0.05;
/// White that a line may have in it, inches: scans fray.
const GAP: f32 = 0.02;
/// Share of a line's places at which it is thin and as thick as elsewhere; feet of letters in a row are not.
const THIN: f32 = 0.9;

/// A drawn line. Along it run `from..to`, it is `thickness` pixels thick around `at`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub horizontal: bool,
    pub at: usize,
    pub from: usize,
    pub to: usize,
    thickness: usize,
}

impl Line {
    /// Paints the line over with paper, but for the letters that it touches.
    pub fn erase(&self, ink: &mut Ink, picture: &mut PageImage) {
        let reach = self.thickness / 2 + 2;
        for along in self.from.saturating_sub(1)..=self.to + 1 {
            let across = self.at.saturating_sub(reach)..=self.at + reach;
            let place = |across: usize| if self.horizontal { (along, across) } else { (across, along) };
            // A letter on the line goes on beyond its edges.
            let beyond = |across: usize| {
                let (x, y) = place(across);
                ink.is_dark(x, y)
            };
            if beyond(self.at + reach + 1) || self.at > reach && beyond(self.at - reach - 1) {
                continue;
            }
            for (x, y) in across.map(place) {
                ink.clear(x, y);
                paint_white(picture, x, y);
            }
        }
    }
}

pub(super) fn paint_white(picture: &mut PageImage, x: usize, y: usize) {
    let width = picture.width as usize;
    if x < width
        && let Some(pixel) = picture.grey.get_mut(y * width + x)
    {
        *pixel = 255;
    }
}

/// All lines of a picture of this resolution, across the page and down it.
pub fn find(ink: &Ink, dpi: u32) -> Vec<Line> {
    let across = lines(ink, dpi, LENGTH_ACROSS, true);
    let down = lines(&ink.transposed(), dpi, LENGTH_DOWN, false);
    across.into_iter().chain(down).collect()
}

fn lines(ink: &Ink, dpi: u32, length: f32, horizontal: bool) -> Vec<Line> {
    let pixels = |inches: f32| (inches * dpi as f32).round() as usize;
    let (length, gap, thick) = (pixels(length).max(8), pixels(GAP).max(1), pixels(THICKNESS_MAX).max(3));
    let mut found: Vec<Line> = Vec::new();
    for y in 0..ink.height {
        for (from, to) in runs(ink, y, gap, length) {
            let Some(thickness) = thickness(ink, y, from, to, thick) else { continue };
            let line = Line { horizontal, at: y, from, to, thickness };
            // Rows of one line, and its parts where it is not quite straight.
            let same = found
                .iter_mut()
                .rev()
                .take_while(|known| known.at + thick >= y)
                .find(|known| known.from <= to + thick && from <= known.to + thick);
            match same {
                Some(known) => {
                    known.at = known.at.midpoint(y);
                    known.from = known.from.min(from);
                    known.to = known.to.max(to);
                    known.thickness = known.thickness.max(thickness);
                }
                None => found.push(line),
            }
        }
    }
    found
}

/// Runs of ink of this row or its neighbours, with short gaps.
fn runs(ink: &Ink, y: usize, gap: usize, length: usize) -> Vec<(usize, usize)> {
    let (above, below) = (y.saturating_sub(1), (y + 1).min(ink.height - 1));
    let rows = [ink.row(above), ink.row(y), ink.row(below)];
    let mut found = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    for x in 0..ink.width {
        if rows.iter().any(|row| row[x]) {
            run = Some(run.map_or((x, x), |(from, _)| (from, x)));
        } else if let Some((from, to)) = run
            && x - to > gap
        {
            if to - from >= length {
                found.push((from, to));
            }
            run = None;
        }
    }
    found.extend(run.filter(|(from, to)| to - from >= length));
    found
}

/// The usual thickness of a run; `None` when it is text or a bar.
fn thickness(ink: &Ink, y: usize, from: usize, to: usize, thick: usize) -> Option<usize> {
    let down = |x: usize, rows: &mut dyn Iterator<Item = usize>| rows.take_while(|y| ink.is_dark(x, *y)).count();
    let mut thin: Vec<usize> = Vec::new();
    let (mut places, mut inked) = (0, 0);
    for x in (from..=to).step_by(2) {
        places += 1;
        // The row of the run may pass a place by one pixel.
        let Some(start) = [y, y + 1, y.saturating_sub(1)].into_iter().find(|y| ink.is_dark(x, *y)) else { continue };
        inked += 1;
        let limit = thick + 1;
        let own = down(x, &mut (start..ink.height).take(limit)) + down(x, &mut (0..start).rev().take(limit));
        if own <= thick {
            thin.push(own);
        }
    }
    thin.sort_unstable();
    let usual = thin.get(thin.len() / 2).copied()?;
    let alike = thin.iter().filter(|own| own.abs_diff(usual) <= 1 + usual / 3).count();
    (alike as f32 >= THIN * inked as f32 && inked * 10 >= places * 9).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(dark: impl Fn(u32, u32) -> bool) -> PageImage {
        let (width, height) = (400, 300);
        let grey = (0..width * height).map(|at| if dark(at % width, at / width) { 10 } else { 245 }).collect();
        PageImage { width, height, dpi: 100, grey }
    }

    fn check(dark: impl Fn(u32, u32) -> bool, expected: &[(bool, usize, usize, usize)]) {
        let picture = picture(dark);
        let found = find(&Ink::of(&picture), picture.dpi);
        let near = |line: &Line, wanted: &(bool, usize, usize, usize)| {
            line.horizontal == wanted.0
                && line.at.abs_diff(wanted.1) <= 2
                && line.from.abs_diff(wanted.2) <= 2
                && line.to.abs_diff(wanted.3) <= 2
        };
        let all = found.len() == expected.len() && found.iter().zip(expected).all(|(line, wanted)| near(line, wanted));
        assert!(all, "{found:?} {expected:?}");
    }

    #[test]
    fn thin_straight_runs_are_lines() {
        check(|_, _| false, &[]);
        check(|x, y| (100..102).contains(&y) && (50..350).contains(&x), &[(true, 100, 50, 350)]);
        check(|x, y| (100..102).contains(&x) && (50..250).contains(&y), &[(false, 100, 50, 250)]);
        // It rises by three pixels over its length.
        check(|x, y| y == 100 + x / 100 && (20..380).contains(&x), &[(true, 101, 20, 380)]);
        // Too short, too thick, and letters in a row.
        check(|x, y| y == 100 && (50..80).contains(&x), &[]);
        check(|x, y| (100..120).contains(&y) && (50..350).contains(&x), &[]);
        check(|x, y| (100..116).contains(&y) && (50..350).contains(&x) && x % 8 < 5, &[]);
    }

    #[test]
    fn a_grid_is_its_lines_and_erasing_leaves_the_letters() {
        let line = |x: u32, y: u32| {
            ((40..=360).contains(&x) && [50, 150, 250].contains(&y))
                || ((50..=250).contains(&y) && [40, 200, 360].contains(&x))
        };
        // A letter that stands through the middle line.
        let letter = |x: u32, y: u32| (100..104).contains(&x) && (138..162).contains(&y);
        let mut page = picture(|x, y| line(x, y) || letter(x, y));
        let mut ink = Ink::of(&page);
        let found = find(&ink, page.dpi);
        assert_eq!((found.len(), found.iter().filter(|line| line.horizontal).count()), (6, 3), "{found:?}");
        found.iter().for_each(|line| line.erase(&mut ink, &mut page));
        let left = (0..page.grey.len()).filter(|at| page.grey[*at] < 100).count();
        assert!((86..=112).contains(&left), "{left} dark pixels are left of a letter of 96");
    }
}
