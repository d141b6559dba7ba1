//! Where a sheet of paper lies in a photograph: the largest bright area with four straight edges.

use crate::services::PageImage;

type Point = (f32, f32);

/// Long side of the small picture that is searched.
const SIDE: usize = 400;
/// Text narrower than this on the small picture is no part of the paper's outline.
const TEXT: usize = 7;
/// Greys that paper may begin with.
const LEVELS: usize = 16;
/// A sheet covers this share of the photograph.
const COVER_MIN: f32 = 0.15;
/// So much of what four edges enclose is bright.
const FILL_MIN: f32 = 0.85;
/// Beside an edge it is darker outside by this share, along so much of it.
const DARKER: f32 = 0.87;
const EDGE_MIN: f32 = 0.7;
/// How far beside the edge, small pixels.
const BESIDE: f32 = 4.0;
const SAMPLES: usize = 40;
/// Corners are no sharper and no blunter than this, degrees.
const CORNER: std::ops::Range<f32> = 40.0..140.0;

/// The corners of the sheet, clockwise from the one at the top left; `None` where there is none whose edges are seen. One
/// edge may be that of the photograph.
pub fn find(photo: &PageImage) -> Option<[Point; 4]> {
    let (small, factor) = Small::of(photo)?;
    let mut best: Option<(f32, [Point; 4])> = None;
    for level in small.levels() {
        let Some(area) = small.largest(level) else { continue };
        let Some(corners) = quadrilateral(&area.outline()).and_then(|corners| area.refined(corners)) else { continue };
        let score = small.score(&area, corners);
        if score > best.map_or(0.0, |(score, _)| score) {
            best = Some((score, corners));
        }
    }
    let (_, corners) = best?;
    Some(corners.map(|(x, y)| (x * factor as f32, y * factor as f32)))
}

/// The photograph made small, text filled with paper.
struct Small {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Small {
    /// Also answers how many pixels of the photograph are one here.
    fn of(photo: &PageImage) -> Option<(Self, usize)> {
        let (wide, high) = (photo.width as usize, photo.height as usize);
        let factor = wide.max(high).div_ceil(SIDE).max(1);
        let (width, height) = (wide / factor, high / factor);
        if width < 4 * TEXT || height < 4 * TEXT || photo.grey.len() < wide * high {
            return None;
        }
        let mean = |at: usize| {
            let (left, top) = (at % width * factor, at / width * factor);
            let rows = (top..top + factor).map(|y| &photo.grey[y * wide + left..y * wide + left + factor]);
            let sum: usize = rows.flatten().map(|value| usize::from(*value)).sum();
            (sum / (factor * factor)) as u8
        };
        let grey = (0..width * height).map(mean).collect();
        let mut small = Self { width, height, grey };
        small.spread(u8::max);
        small.spread(u8::min);
        Some((small, factor))
    }

    /// Each pixel becomes the brightest or darkest of the square around it.
    fn spread(&mut self, pick: fn(u8, u8) -> u8) {
        let (width, height) = (self.width, self.height);
        let along = |grey: &[u8], at: usize, from: usize, to: usize, step: usize| {
            (from..to).map(|place| grey[at + place * step]).reduce(pick).unwrap_or_default()
        };
        let rows = (0..width * height).map(|at| {
            let (x, start) = (at % width, at - at % width);
            along(&self.grey, start, x.saturating_sub(TEXT), width.min(x + TEXT + 1), 1)
        });
        self.grey = rows.collect();
        let columns = (0..width * height).map(|at| {
            let (x, y) = (at % width, at / width);
            along(&self.grey, x, y.saturating_sub(TEXT), height.min(y + TEXT + 1), width)
        });
        self.grey = columns.collect();
    }

    /// Greys between the darkest and the brightest tenth.
    fn levels(&self) -> Vec<u8> {
        let mut sorted = self.grey.clone();
        sorted.sort_unstable();
        let (dark, bright) = (sorted[sorted.len() / 20], sorted[sorted.len() * 19 / 20]);
        let step = f32::from(bright - dark) / LEVELS as f32;
        let mut levels: Vec<u8> = (1..LEVELS).map(|level| dark + (level as f32 * step) as u8).collect();
        levels.dedup();
        levels
    }

    /// The largest connected area that is brighter than this.
    fn largest(&self, level: u8) -> Option<Area> {
        let (width, height) = (self.width, self.height);
        let mut labels = vec![0_u32; width * height];
        let (mut label, mut best, mut waiting) = (0, (0, 0_usize), Vec::new());
        for start in 0..labels.len() {
            if labels[start] != 0 || self.grey[start] <= level {
                continue;
            }
            label += 1;
            let mut count = 0;
            labels[start] = label;
            waiting.push(start);
            while let Some(at) = waiting.pop() {
                count += 1;
                let (x, y) = (at % width, at / width);
                let beside = [
                    (x > 0).then(|| at - 1),
                    (x + 1 < width).then_some(at + 1),
                    (y > 0).then(|| at - width),
                    (y + 1 < height).then_some(at + width),
                ];
                for next in beside.into_iter().flatten() {
                    if labels[next] == 0 && self.grey[next] > level {
                        labels[next] = label;
                        waiting.push(next);
                    }
                }
            }
            if count > best.1 {
                best = (label, count);
            }
        }
        let large = best.1 as f32 >= COVER_MIN * (width * height) as f32;
        large.then(|| Area { width, height, count: best.1, inside: labels.iter().map(|own| *own == best.0).collect() })
    }

    /// How much these corners look like those of a sheet; 0 = not at all.
    fn score(&self, area: &Area, corners: [Point; 4]) -> f32 {
        let (width, height) = (self.width as f32, self.height as f32);
        let reach =
            |(x, y): Point| (-0.1 * width..1.1 * width).contains(&x) && (-0.1 * height..1.1 * height).contains(&y);
        let fill = area.count as f32 / enclosed(&corners);
        if !corners.iter().all(|corner| reach(*corner))
            || !(FILL_MIN..1.1).contains(&fill)
            || !(0..4).all(|at| CORNER.contains(&corner(&corners, at)))
        {
            return 0.0;
        }
        let edges: Vec<Option<f32>> = (0..4).map(|at| self.edge(corners[at], corners[(at + 1) % 4])).collect();
        let seen: Vec<f32> = edges.into_iter().flatten().collect();
        if seen.len() < 3 || seen.iter().any(|share| *share < EDGE_MIN) {
            return 0.0;
        }
        fill.min(1.0) * seen.iter().sum::<f32>() * area.count as f32 / (width * height)
    }

    /// Along how much of an edge it is darker on its left, seen from its start; `None` when that is outside of the picture.
    fn edge(&self, from: Point, to: Point) -> Option<f32> {
        let long = (to.0 - from.0).hypot(to.1 - from.1).max(1.0);
        let (ox, oy) = ((to.1 - from.1) / long * BESIDE, -(to.0 - from.0) / long * BESIDE);
        let (mut seen, mut darker) = (0, 0);
        for sample in 0..SAMPLES {
            let share = 0.05 + 0.9 * sample as f32 / (SAMPLES - 1) as f32;
            let (x, y) = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            if let (Some(inside), Some(outside)) = (self.at(x - ox, y - oy), self.at(x + ox, y + oy)) {
                seen += 1;
                darker += usize::from(f32::from(outside) < DARKER * f32::from(inside) - 2.0);
            }
        }
        (seen * 2 > SAMPLES).then(|| darker as f32 / seen as f32)
    }

    fn at(&self, x: f32, y: f32) -> Option<u8> {
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        inside.then(|| self.grey[y as usize * self.width + x as usize])
    }
}

/// A connected bright area.
struct Area {
    width: usize,
    height: usize,
    count: usize,
    inside: Vec<bool>,
}

impl Area {
    fn holds(&self, x: isize, y: isize) -> bool {
        let known = x >= 0 && y >= 0 && x < self.width as isize && y < self.height as isize;
        known && self.inside[y as usize * self.width + x as usize]
    }

    /// Middles of the pixels that have something else beside them.
    fn rim(&self) -> Vec<Point> {
        let is_rim = |at: &usize| {
            let (x, y) = ((at % self.width) as isize, (at / self.width) as isize);
            let beside = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)];
            self.inside[*at] && beside.iter().any(|(x, y)| !self.holds(*x, *y))
        };
        let middle = |at: usize| ((at % self.width) as f32 + 0.5, (at / self.width) as f32 + 0.5);
        (0..self.inside.len()).filter(is_rim).map(middle).collect()
    }

    /// The convex outline, clockwise as it is seen.
    fn outline(&self) -> Vec<Point> {
        let mut points = self.rim();
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let half = |points: &mut dyn Iterator<Item = Point>| {
            let mut chain: Vec<Point> = Vec::new();
            for point in points {
                while let [.., a, b] = chain[..] {
                    if turn(a, b, point) > 0.0 {
                        break;
                    }
                    chain.pop();
                }
                chain.push(point);
            }
            chain.pop();
            chain
        };
        let mut outline = half(&mut points.iter().copied());
        outline.extend(half(&mut points.iter().rev().copied()));
        outline
    }

    /// Edges laid through the rim near them instead of its furthest points.
    fn refined(&self, corners: [Point; 4]) -> Option<[Point; 4]> {
        let rim = self.rim();
        let near = 0.03 * self.width.max(self.height) as f32;
        let mut edges = [((0.0, 0.0), (0.0, 0.0)); 4];
        for (at, edge) in edges.iter_mut().enumerate() {
            let (from, to) = (corners[at], corners[(at + 1) % 4]);
            *edge = fitted(&rim, from, to, near).unwrap_or((from, to));
        }
        let mut refined = [(0.0, 0.0); 4];
        for (at, corner) in refined.iter_mut().enumerate() {
            *corner = crossing(edges[(at + 3) % 4], edges[at])?;
        }
        // Clockwise from the top left.
        let first = (0..4).min_by(|a, b| {
            let far = |at: &usize| refined[*at].0 + refined[*at].1;
            far(a).total_cmp(&far(b))
        })?;
        refined.rotate_left(first);
        Some(refined)
    }
}

/// The line through the points near an edge, by least squares; the points furthest from it are left out once.
fn fitted(rim: &[Point], from: Point, to: Point, near: f32) -> Option<(Point, Point)> {
    let long = (to.0 - from.0).hypot(to.1 - from.1).max(1.0);
    let (dx, dy) = ((to.0 - from.0) / long, (to.1 - from.1) / long);
    // Along the edge and beside it.
    let place = |(x, y): &Point| {
        let (x, y) = (x - from.0, y - from.1);
        (x * dx + y * dy, y * dx - x * dy)
    };
    let inner = |(along, beside): &Point| beside.abs() <= near && (0.08 * long..0.92 * long).contains(along);
    let mut places: Vec<Point> = rim.iter().map(place).filter(inner).collect();
    let (mut slope, mut start) = least_squares(&places)?;
    let off = |(along, beside): &Point, slope: f32, start: f32| (beside - start - slope * along).abs();
    places.sort_by(|a, b| off(a, slope, start).total_cmp(&off(b, slope, start)));
    places.truncate(places.len() * 4 / 5);
    (slope, start) = least_squares(&places)?;
    let back = |along: f32| {
        let beside = start + slope * along;
        (from.0 + along * dx - beside * dy, from.1 + along * dy + beside * dx)
    };
    Some((back(0.0), back(long)))
}

/// Slope and start of `y` over `x`.
fn least_squares(points: &[Point]) -> Option<(f32, f32)> {
    let count = points.len() as f32;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f32>() / count, points.iter().map(|p| p.1).sum::<f32>() / count);
    let spread: f32 = points.iter().map(|p| (p.0 - mx).powi(2)).sum();
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f32>() / spread;
    (points.len() >= 8 && slope.is_finite()).then_some((slope, my - slope * mx))
}

/// Takes sides from a convex outline, each time the one without which it grows least, until four are left.
fn quadrilateral(outline: &[Point]) -> Option<[Point; 4]> {
    let mut points = outline.to_vec();
    while points.len() > 4 {
        let count = points.len();
        let without = |at: usize| {
            let [before, from, to, after] = [at + count - 1, at, at + 1, at + 2].map(|at| points[at % count]);
            // The sides beside it have to meet outside.
            let tip = crossing((before, from), (to, after)).filter(|tip| turn(from, to, *tip) < 0.0)?;
            Some((at, tip, enclosed(&[from, tip, to])))
        };
        let (at, tip, _) = (0..count).filter_map(without).min_by(|a, b| a.2.total_cmp(&b.2))?;
        points[at] = tip;
        points.remove((at + 1) % count);
    }
    points.try_into().ok()
}

/// Positive for a turn to the right as it is seen.
fn turn(a: Point, b: Point, c: Point) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// Where two lines cross that are given by two points each.
fn crossing((a, b): (Point, Point), (c, d): (Point, Point)) -> Option<Point> {
    let (first, second) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let across = first.0 * second.1 - first.1 * second.0;
    let along = ((c.0 - a.0) * second.1 - (c.1 - a.1) * second.0) / across;
    let point = (a.0 + along * first.0, a.1 + along * first.1);
    (point.0.is_finite() && point.1.is_finite()).then_some(point)
}

fn enclosed(corners: &[Point]) -> f32 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f32>().abs() / 2.0
}

/// The angle inside a corner, degrees.
fn corner(corners: &[Point; 4], at: usize) -> f32 {
    let [before, own, after] = [at + 3, at, at + 1].map(|at| corners[at % 4]);
    let (a, b) = ((before.0 - own.0, before.1 - own.1), (after.0 - own.0, after.1 - own.1));
    (a.0 * b.1 - a.1 * b.0).abs().atan2(a.0 * b.0 + a.1 * b.1).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: u32 = 1_200;
    const HEIGHT: u32 = 900;

    fn within(corners: &[Point; 4], point: Point) -> bool {
        (0..4).all(|at| turn(corners[at], corners[(at + 1) % 4], point) >= 0.0)
    }

    /// A sheet with lines of text on a ground that is `ground` percent as bright, lit from the left.
    fn photo(corners: &[Point; 4], ground: u32) -> PageImage {
        let pixel = |at: u32| {
            let (x, y) = (at % WIDTH, at / WIDTH);
            let light = 240 - 120 * x / WIDTH;
            let speckle = x.wrapping_mul(2_654_435_761).wrapping_add(y.wrapping_mul(40_503)) >> 20 & 7;
            let text = y % 16 < 7 && x % 9 < 6;
            let share = match within(corners, (x as f32, y as f32)) {
                true if text && within(corners, (x as f32 - 30.0, y as f32 + 30.0)) => 20,
                true => 97,
                false => ground,
            };
            (light * share / 100 + speckle) as u8
        };
        PageImage { width: WIDTH, height: HEIGHT, dpi: 96, grey: (0..WIDTH * HEIGHT).map(pixel).collect() }
    }

    #[test]
    fn sheets_are_found_with_their_corners() {
        for (corners, ground) in [
            ([(200.0, 100.0), (1_000.0, 100.0), (1_000.0, 800.0), (200.0, 800.0)], 30),
            ([(320.0, 90.0), (930.0, 160.0), (1_080.0, 820.0), (120.0, 780.0)], 30),
            ([(240.0, 300.0), (760.0, 60.0), (1_010.0, 590.0), (420.0, 850.0)], 55),
            // The lower edge is outside.
            ([(300.0, 120.0), (900.0, 150.0), (1_000.0, 1_000.0), (200.0, 1_000.0)], 40),
        ] {
            let found = find(&photo(&corners, ground)).expect("a sheet");
            for (own, corner) in found.into_iter().zip(corners) {
                let seen = corner.1 < HEIGHT as f32;
                let far = (own.0 - corner.0).hypot(own.1 - corner.1);
                assert!(!seen || far < 8.0, "{found:?} {corners:?}");
            }
        }
    }

    #[test]
    fn no_sheet_is_found_where_none_ends() {
        let everywhere = [(-10.0, -10.0), (2_000.0, -10.0), (2_000.0, 2_000.0), (-10.0, 2_000.0)];
        assert_eq!(find(&photo(&everywhere, 30)), None);
        // As dark as its ground, and a triangle.
        let sheet = [(200.0, 100.0), (1_000.0, 100.0), (1_000.0, 800.0), (200.0, 800.0)];
        assert_eq!(find(&photo(&sheet, 95)), None);
        let triangle = [(600.0, 80.0), (600.5, 80.0), (1_100.0, 850.0), (100.0, 850.0)];
        assert_eq!(find(&photo(&triangle, 30)), None);
        let tiny = PageImage { width: 3, height: 2, dpi: 96, grey: vec![255; 6] };
        assert_eq!(find(&tiny), None);
    }
}
