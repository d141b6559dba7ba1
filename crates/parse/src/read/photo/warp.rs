//! The projective map between a sheet seen from above and its picture in a photograph.

use crate::services::PageImage;

/// Pixels of the sheet's picture: A4 at 400 dpi has 15 million.
const PIXELS_MAX: f32 = 20_000_000.0;
/// Distance of lens and picture in long sides of the picture, where its lines do not tell it: that of telephones.
const LENS: f32 = 0.8;
/// What distances lenses have.
const LENSES: std::ops::Range<f32> = 0.4..6.0;

/// Sheet to photograph.
pub struct Warp {
    /// Of the sheet's picture.
    pub width: u32,
    pub height: u32,
    /// Row by row, over the sheet as a unit square; the last one is 1.
    matrix: [f32; 8],
}

impl Warp {
    /// From the sheet's corners in the photograph, clockwise from its top left one, and the photograph's size.
    pub fn of(corners: [(f32, f32); 4], photo: (u32, u32)) -> Self {
        let side = |from: usize, to: usize| (corners[from].0 - corners[to].0).hypot(corners[from].1 - corners[to].1);
        let (wide, high) = (side(0, 1).max(side(3, 2)), side(0, 3).max(side(1, 2)));
        // As large as it takes to lose nothing.
        let shape = shape(corners, photo).clamp(0.1, 10.0);
        let width = wide.max(high * shape).min((PIXELS_MAX * shape).sqrt()).max(1.0);
        let height = (width / shape).max(1.0);
        Self { width: width.round() as u32, height: height.round() as u32, matrix: matrix(corners) }
    }

    /// A point of the sheet as a point of the photograph.
    pub fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (u, v) = (x / self.width as f32, y / self.height as f32);
        let [a, b, c, d, e, f, g, h] = self.matrix;
        let depth = g * u + h * v + 1.0;
        ((a * u + b * v + c) / depth, (d * u + e * v + f) / depth)
    }

    /// The sheet's picture.
    pub fn apply(&self, photo: &PageImage, dpi: u32) -> PageImage {
        let mut grey = Vec::with_capacity(self.width as usize * self.height as usize);
        for y in 0..self.height {
            for x in 0..self.width {
                let (px, py) = self.back(x as f32 + 0.5, y as f32 + 0.5);
                grey.push(sample(photo, px - 0.5, py - 0.5));
            }
        }
        PageImage { width: self.width, height: self.height, dpi, grey }
    }
}

/// Heckbert's map of a unit square to four corners.
fn matrix([p0, p1, p2, p3]: [(f32, f32); 4]) -> [f32; 8] {
    let (dx1, dx2, sx) = (p1.0 - p2.0, p3.0 - p2.0, p0.0 - p1.0 + p2.0 - p3.0);
    let (dy1, dy2, sy) = (p1.1 - p2.1, p3.1 - p2.1, p0.1 - p1.1 + p2.1 - p3.1);
    let det = dx1 * dy2 - dx2 * dy1;
    let (g, h) = ((sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det);
    let row = |a: f32, b: f32, c: f32| [b - a + g * b, c - a + h * c, a];
    let ([a, b, c], [d, e, f]) = (row(p0.0, p1.0, p3.0), row(p0.1, p1.1, p3.1));
    [a, b, c, d, e, f, g, h]
}

/// Width of the sheet by its height: by the lens that shows a rectangle as these corners (Zhang and He, "Whiteboard
/// scanning and image enhancement", 2007, section 3).
fn shape(corners: [(f32, f32); 4], photo: (u32, u32)) -> f32 {
    let unit = photo.0.max(photo.1) as f32;
    let centred = |(x, y): (f32, f32)| [(x - photo.0 as f32 / 2.0) / unit, (y - photo.1 as f32 / 2.0) / unit, 1.0];
    let [m1, m2, m4, m3] = corners.map(centred);
    let k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
    let k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
    let (right, down): ([f32; 3], [f32; 3]) =
        (std::array::from_fn(|at| k2 * m2[at] - m1[at]), std::array::from_fn(|at| k3 * m3[at] - m1[at]));
    let squared = -(right[0] * down[0] + right[1] * down[1]) / (right[2] * down[2]);
    let lens = Some(squared.sqrt()).filter(|lens| LENSES.contains(lens)).unwrap_or(LENS);
    let long = |[x, y, z]: [f32; 3]| (x * x + y * y + z * z * lens * lens).sqrt();
    let shape = long(right) / long(down);
    if shape.is_finite() { shape } else { 1.0 }
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The grey between four pixels; that of the nearest outside.
fn sample(photo: &PageImage, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let pixel = |x: f32, y: f32| {
        let x = x.clamp(0.0, photo.width as f32 - 1.0) as usize;
        let y = y.clamp(0.0, photo.height as f32 - 1.0) as usize;
        photo.grey.get(y * photo.width as usize + x).copied().map_or(255.0, f32::from)
    };
    let upper = pixel(left, top) * (1.0 - fx) + pixel(left + 1.0, top) * fx;
    let lower = pixel(left, top + 1.0) * (1.0 - fx) + pixel(left + 1.0, top + 1.0) * fx;
    (upper * (1.0 - fy) + lower * fy).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Corners of a sheet of 210 by 297 that is tilted by some degrees about both axes, before a lens of 0.8.
    fn seen(tilt: f32, roll: f32) -> [(f32, f32); 4] {
        let ((st, ct), (sr, cr)) = (tilt.to_radians().sin_cos(), roll.to_radians().sin_cos());
        [(-105.0, -148.5), (105.0, -148.5), (105.0, 148.5), (-105.0, 148.5_f32)].map(|(x, y)| {
            let (x, z) = (x * cr, x * sr);
            let (y, z) = (y * ct - z * st, y * st + z * ct + 500.0);
            (500.0 + 0.8 * 1_000.0 * x / z, 400.0 + 0.8 * 1_000.0 * y / z)
        })
    }

    #[test]
    fn corners_lead_to_corners_and_the_shape_is_that_of_the_sheet() {
        for (tilt, roll) in [(0.0, 0.0), (30.0, 0.0), (0.0, -25.0), (25.0, 20.0), (-35.0, 15.0)] {
            let corners = seen(tilt, roll);
            let warp = Warp::of(corners, (1_000, 800));
            let (width, height) = (warp.width as f32, warp.height as f32);
            let shape = width / height;
            assert!((shape - 210.0 / 297.0).abs() < 0.02, "{tilt} {roll}: {shape}");
            let places = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
            for ((x, y), corner) in places.into_iter().zip(corners) {
                let back = warp.back(x, y);
                assert!((back.0 - corner.0).hypot(back.1 - corner.1) < 0.1, "{tilt} {roll}: {back:?} {corner:?}");
            }
        }
    }
}
