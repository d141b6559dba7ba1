//! By how much a page lies askew, and the picture turned straight.

use docmill_model::document::BBox;

use super::ink::Ink;
use crate::services::PageImage;

/// Pages are askew by at most so many degrees.
const ASKEW_MAX: f32 = 8.0;
const STEP: f32 = 0.25;
const STEP_FINE: f32 = 0.05;
/// Less is not worth a resampling: a line of 6 inches rises by a hundredth of an inch.
const ASKEW_MIN: f32 = 0.1;
/// Straight lines have to stand out by this much more than as the page lies.
const CLEARER: f64 = 1.03;
/// Pixels at the lower edges of letters that are looked at.
const EDGES_MAX: usize = 150_000;
const EDGES_MIN: usize = 200;

/// A turn about the middle of the picture. The straight picture is as much larger as it has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Straightened {
    /// How far the page was turned clockwise, degrees; 0 = it was straight.
    pub degrees: f32,
    given: (u32, u32),
    straight: (u32, u32),
}

impl Straightened {
    /// Looks for the angle at which the lower edges of letters stand on the fewest lines.
    pub fn of(picture: &PageImage, ink: &Ink) -> Self {
        let degrees = askew(&edges(ink), ink);
        let given = (picture.width, picture.height);
        let (sin, cos) = (degrees.to_radians().sin().abs(), degrees.to_radians().cos());
        let side = |along: u32, across: u32| (along as f32 * cos + across as f32 * sin).ceil() as u32;
        let straight = if degrees == 0.0 { given } else { (side(given.0, given.1), side(given.1, given.0)) };
        Self { degrees, given, straight }
    }

    /// The picture as it is.
    pub fn none(picture: &PageImage) -> Self {
        let given = (picture.width, picture.height);
        Self { degrees: 0.0, given, straight: given }
    }

    /// A point of the straight picture as a point of the given one.
    fn back(self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let (dx, dy) = (x - self.straight.0 as f32 / 2.0, y - self.straight.1 as f32 / 2.0);
        (self.given.0 as f32 / 2.0 + dx * cos - dy * sin, self.given.1 as f32 / 2.0 + dx * sin + dy * cos)
    }

    /// A box of the straight page as a level box of the given page about the same middle; both in points.
    pub fn bbox_back(self, bbox: BBox, points_a_pixel: f32) -> BBox {
        if self.degrees == 0.0 {
            return bbox;
        }
        let (x, y) = bbox.center();
        let (x, y) = self.back(x / points_a_pixel, y / points_a_pixel);
        let (x, y) = (x * points_a_pixel, y * points_a_pixel);
        BBox::new(x - bbox.w / 2.0, y - bbox.h / 2.0, bbox.w, bbox.h)
    }

    pub fn apply(self, given: &PageImage) -> PageImage {
        if self.degrees == 0.0 {
            return given.clone();
        }
        let (width, height) = self.straight;
        let mut grey = Vec::with_capacity(width as usize * height as usize);
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        for y in 0..height {
            let (mut gx, mut gy) = self.back(0.5, y as f32 + 0.5);
            (gx, gy) = (gx - 0.5, gy - 0.5);
            for _ in 0..width {
                grey.push(sample(given, gx, gy));
                (gx, gy) = (gx + cos, gy + sin);
            }
        }
        PageImage { width, height, dpi: given.dpi, grey }
    }
}

/// The grey between four pixels; white outside.
fn sample(picture: &PageImage, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let pixel = |x: f32, y: f32| {
        let inside = x >= 0.0 && y >= 0.0 && x < picture.width as f32 && y < picture.height as f32;
        let at = || y as usize * picture.width as usize + x as usize;
        if inside { picture.grey.get(at()).copied().map_or(255.0, f32::from) } else { 255.0 }
    };
    let upper = pixel(left, top) * (1.0 - fx) + pixel(left + 1.0, top) * fx;
    let lower = pixel(left, top + 1.0) * (1.0 - fx) + pixel(left + 1.0, top + 1.0) * fx;
    (upper * (1.0 - fy) + lower * fy).round() as u8
}

/// Ink with paper below it: baselines, where text is; evenly thinned out when there are many.
fn edges(ink: &Ink) -> Vec<(f32, f32)> {
    let of_row = |y: usize| {
        let (row, below) = (ink.row(y), ink.row(y + 1));
        (0..ink.width).filter(move |x| row[*x] && !below[*x]).map(move |x| (x as f32, y as f32))
    };
    let rows = 0..ink.height.saturating_sub(1);
    // Counted first: all of them at once would take more memory than the picture.
    let count = rows.clone().flat_map(of_row).count();
    rows.flat_map(of_row).step_by(count.div_ceil(EDGES_MAX).max(1)).collect()
}

/// Whether there are as many lower edges as a few words have.
pub fn has_text(ink: &Ink) -> bool {
    edges(ink).len() >= EDGES_MIN
}

fn askew(edges: &[(f32, f32)], ink: &Ink) -> f32 {
    if edges.len() < EDGES_MIN {
        return 0.0;
    }
    let clearness = |degrees: f32| clearness(edges, ink, degrees);
    let best = |from: f32, step: f32, count: i32| {
        let angles = (-count..=count).map(|index| from + step * index as f32);
        angles.map(|angle| (angle, clearness(angle))).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let Some((coarse, _)) = best(0.0, STEP, (ASKEW_MAX / STEP) as i32) else { return 0.0 };
    let Some((angle, clear)) = best(coarse, STEP_FINE, (STEP / STEP_FINE) as i32) else { return 0.0 };
    // At the end of the range the truth lies beyond it, or there is none.
    let found = angle.abs() >= ASKEW_MIN && coarse.abs() < ASKEW_MAX && clear > CLEARER * clearness(0.0);
    if found { angle } else { 0.0 }
}

/// How unevenly the edges are spread over lines at this angle: the sum of squares of the counts.
fn clearness(edges: &[(f32, f32)], ink: &Ink, degrees: f32) -> f64 {
    let slope = degrees.to_radians().tan();
    let lowest = (slope * ink.width as f32).max(0.0);
    let bins = ink.height + (slope.abs() * ink.width as f32).ceil() as usize + 2;
    let mut counts = vec![0_u32; bins];
    for (x, y) in edges {
        if let Some(count) = counts.get_mut((y - slope * x + lowest) as usize) {
            *count += 1;
        }
    }
    counts.iter().map(|count| f64::from(*count).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of short dashes as text is from afar, turned clockwise by some degrees.
    fn text(degrees: f32) -> PageImage {
        let (width, height) = (800_u32, 1_000_u32);
        let (sin, cos) = degrees.to_radians().sin_cos();
        let pixel = |x: u32, y: u32| {
            let (dx, dy) = (x as f32 - 400.0, y as f32 - 500.0);
            let (u, v) = (dx * cos + dy * sin + 400.0, -dx * sin + dy * cos + 500.0);
            let inside = (100.0..700.0).contains(&u) && (100.0..900.0).contains(&v);
            if inside && v.rem_euclid(30.0) < 14.0 && u.rem_euclid(17.0) < 11.0 { 20 } else { 240 }
        };
        let grey = (0..width * height).map(|at| pixel(at % width, at / width)).collect();
        PageImage { width, height, dpi: 100, grey }
    }

    #[test]
    fn the_angle_is_found_and_the_picture_made_straight() {
        for degrees in [0.0, 0.5, -1.3, 4.0, -6.5] {
            let picture = text(degrees);
            let found = Straightened::of(&picture, &Ink::of(&picture));
            assert!((found.degrees - degrees).abs() <= 0.1, "{degrees}: {}", found.degrees);
            let straight = found.apply(&picture);
            let again = Straightened::of(&straight, &Ink::of(&straight));
            assert!(again.degrees.abs() <= 0.1, "{degrees}: {}", again.degrees);
        }
    }

    #[test]
    fn boxes_lead_back_to_where_their_ink_was() {
        let picture = text(5.0);
        let found = Straightened::of(&picture, &Ink::of(&picture));
        // The middle stays; a point right of it was lower on the page that was turned clockwise.
        let (width, height) = (found.straight.0 as f32, found.straight.1 as f32);
        let middle = found.bbox_back(BBox::new(width / 2.0 - 5.0, height / 2.0 - 5.0, 10.0, 10.0), 1.0);
        assert!((middle.x - 395.0).abs() < 0.01 && (middle.y - 495.0).abs() < 0.01, "{middle:?}");
        let right = found.bbox_back(BBox::new(width / 2.0 + 295.0, height / 2.0 - 5.0, 10.0, 10.0), 1.0);
        let sunk = 300.0 * found.degrees.to_radians().sin();
        assert!((right.center().1 - 500.0 - sunk).abs() < 0.1, "{right:?}");
    }

    #[test]
    fn pages_without_lines_stay_as_they_are() {
        let grey: Vec<u8> = (0..200_u32 * 200).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for grey in [grey, vec![255; 40_000]] {
            let picture = PageImage { width: 200, height: 200, dpi: 100, grey };
            let found = Straightened::of(&picture, &Ink::of(&picture));
            assert_eq!((found.degrees, found.apply(&picture) == picture), (0.0, true));
        }
    }
}
