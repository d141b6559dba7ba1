//! Paths: thin ones are the rules of tables, of the rest only the place is kept. Page coordinates.

use hayro::kurbo::{Point, Rect};

use super::RULES_MAX;
use super::machine::Machine;
use crate::layout::Rule;

/// A filled box this thin is a line, points.
const RULE_THICKNESS: f64 = 2.5;
/// A line that is stroked wider than this is a bar, points.
const STROKE_MAX: f64 = 6.0;
/// A rule is at least this long, points.
const RULE_LENGTH: f64 = 2.0;
/// A line that leaves its direction by more than this is slanted, points.
const SLANT: f64 = 0.5;
/// Lines kept of one path.
const LINES_MAX: usize = 4_000;

/// The path under construction.
#[derive(Debug, Default)]
pub(super) struct Path {
    parts: Vec<Part>,
    /// Lines of all parts.
    lines: usize,
    /// It becomes the clip when it is painted.
    pub clips: bool,
}

/// A subpath.
#[derive(Debug)]
struct Part {
    start: Point,
    last: Point,
    lines: Vec<(Point, Point)>,
    area: Rect,
    curved: bool,
}

impl Part {
    /// Whether any of it runs neither along the page nor down it.
    fn is_slanted(&self) -> bool {
        let slanted = |(a, b): &(Point, Point)| (a.x - b.x).abs() > SLANT && (a.y - b.y).abs() > SLANT;
        self.curved || self.lines.iter().any(slanted)
    }
}

impl Path {
    pub fn clear(&mut self) {
        self.parts.clear();
        self.lines = 0;
        self.clips = false;
    }

    pub fn move_to(&mut self, at: Point) {
        if self.parts.len() < LINES_MAX {
            self.parts.push(Part {
                start: at,
                last: at,
                lines: Vec::new(),
                area: Rect::from_points(at, at),
                curved: false,
            });
        }
    }

    pub fn line_to(&mut self, to: Point) {
        let room = self.lines < LINES_MAX;
        let Some(part) = self.parts.last_mut() else { return };
        part.area = part.area.union_pt(to);
        if room {
            part.lines.push((part.last, to));
            self.lines += 1;
        }
        part.last = to;
    }

    /// A curve through these control points to the last of them.
    pub fn curve_to(&mut self, points: &[Point]) {
        let Some(part) = self.parts.last_mut() else { return };
        part.curved = true;
        for point in points {
            part.area = part.area.union_pt(*point);
            part.last = *point;
        }
    }

    pub fn close(&mut self) {
        let Some(start) = self.parts.last().map(|part| part.start) else { return };
        if self.parts.last().is_some_and(|part| part.last != start) {
            self.line_to(start);
        }
    }

    pub fn rectangle(&mut self, corners: [Point; 4]) {
        self.move_to(corners[0]);
        corners[1..].iter().for_each(|corner| self.line_to(*corner));
        self.close();
    }

    fn area(&self) -> Option<Rect> {
        self.parts.iter().map(|part| part.area).reduce(|a, b| a.union(b))
    }
}

impl Machine<'_, '_> {
    /// Ends the path: paints it and makes it the clip where that was asked for.
    pub(super) fn paint(&mut self, fill: bool, stroke: bool) {
        let path = std::mem::take(&mut self.path);
        if self.marks.visible() {
            if fill && let Some(area) = path.area() {
                self.count_pattern(area.area());
            }
            if fill && !self.state.fill.is_blank() {
                path.parts.iter().for_each(|part| self.filled(part));
            }
            if stroke && !self.state.stroke.is_blank() {
                path.parts.iter().for_each(|part| self.stroked(part));
            }
        }
        if path.clips
            && let Some(area) = path.area()
        {
            self.state.clip = self.state.clip.intersect(area);
        }
    }

    fn filled(&mut self, part: &Part) {
        let area = part.area;
        if area.height() <= RULE_THICKNESS && area.width() > 3.0 * area.height() {
            self.rule(true, area.center().y, area.x0, area.x1);
        } else if area.width() <= RULE_THICKNESS && area.height() > 3.0 * area.width() {
            self.rule(false, area.center().x, area.y0, area.y1);
        } else {
            self.shape(area, part.is_slanted());
        }
    }

    fn stroked(&mut self, part: &Part) {
        let scale = self.state.ctm.determinant().abs().sqrt();
        if part.curved || self.state.line_width * scale > STROKE_MAX {
            self.shape(part.area, part.is_slanted());
        }
        if self.state.line_width * scale > STROKE_MAX {
            return;
        }
        for (a, b) in &part.lines {
            if (a.y - b.y).abs() <= SLANT {
                self.rule(true, f64::midpoint(a.y, b.y), a.x, b.x);
            } else if (a.x - b.x).abs() <= SLANT {
                self.rule(false, f64::midpoint(a.x, b.x), a.y, b.y);
            } else {
                self.shape(Rect::from_points(*a, *b), true);
            }
        }
    }

    fn rule(&mut self, horizontal: bool, at: f64, from: f64, to: f64) {
        let clip = self.state.clip;
        let (low, high, across) = if horizontal {
            (clip.x0, clip.x1, at >= clip.y0 - 2.0 && at <= clip.y1 + 2.0)
        } else {
            (clip.y0, clip.y1, at >= clip.x0 - 2.0 && at <= clip.x1 + 2.0)
        };
        let (from, to) = (from.min(to).max(low), from.max(to).min(high));
        if !across || to - from < RULE_LENGTH || !(at.is_finite() && from.is_finite() && to.is_finite()) {
            return;
        }
        if self.drawing.rules.len() >= RULES_MAX {
            self.drawing.truncated = true;
            return;
        }
        self.drawing.rules.push(Rule { horizontal, at: at as f32, from: from as f32, to: to as f32 });
    }
}
