//! What a page draws, gathered from the interpreter: glyphs, thin rules, pictures.

use std::collections::HashMap;

use docmill_model::document::BBox;
use hayro_interpret::font::{Glyph, GlyphRun, OutlineGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask};

use crate::layout::Rule;

/// Glyphs kept of one page; a page with more is a drawing or an attack, and is cut off there.
const GLYPHS_MAX: usize = 500_000;
/// Rules kept of one page; maps and drawings have more, and no tables.
const RULES_MAX: usize = 20_000;
/// A filled rectangle this thin is a line (points).
const RULE_THICKNESS: f64 = 2.5;
/// Path elements looked at per path.
const PATH_ELEMENTS_MAX: usize = 4_000;

/// A glyph in page coordinates, with its text in `Drawing::text`.
#[derive(Debug, Clone, Copy)]
pub struct DrawnGlyph {
    pub x: f32,
    pub y: f32,
    /// Unit vector along the baseline.
    pub dx: f32,
    pub dy: f32,
    /// Along the baseline, points.
    pub advance: f32,
    pub size: f32,
    pub start: u32,
    pub len: u16,
    pub style: u16,
    pub vertical: bool,
    pub hidden: bool,
}

/// What is known of a font for the layout.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Style {
    pub bold: bool,
    /// Mean stroke width in em, where the font says nothing of its weight.
    pub stroke: Option<f32>,
}

/// Everything that one page draws.
#[derive(Debug, Default)]
pub struct Drawing {
    pub glyphs: Vec<DrawnGlyph>,
    pub text: String,
    pub styles: Vec<Style>,
    pub rules: Vec<Rule>,
    pub pictures: Vec<BBox>,
    /// Visible paths that are no rules.
    pub shapes: usize,
    /// Glyphs that no one can read: their font does not say which characters they are.
    pub unmapped: usize,
    pub truncated: bool,
}

/// Knowledge of fonts that lasts as long as the open document.
#[derive(Debug, Default)]
pub struct FontNotes {
    by_program: HashMap<u128, Style>,
    stroke_by_glyph: HashMap<u128, f32>,
}

pub struct Collector<'n> {
    pub drawing: Drawing,
    notes: &'n mut FontNotes,
    clips: Vec<Rect>,
    page: Rect,
    /// Where the last filled run began: the same run stroked (Tr 2) is not drawn a second time.
    last_fill: Option<Point>,
}

impl<'n> Collector<'n> {
    pub fn new(page: Rect, notes: &'n mut FontNotes) -> Self {
        Self { drawing: Drawing::default(), notes, clips: Vec::new(), page, last_fill: None }
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.page)
    }

    fn style_of(&mut self, glyph: &OutlineGlyph) -> Style {
        let Some(data) = glyph.font_data() else {
            return Style { bold: false, stroke: Some(self.stroke_of(glyph)) };
        };
        *self.notes.by_program.entry(data.cache_key).or_insert_with(|| {
            let named = data.postscript_name.as_deref().is_some_and(names_a_bold_font);
            Style { bold: named || data.weight.is_some_and(|weight| (600..=1000).contains(&weight)), stroke: None }
        })
    }

    /// Area over half the perimeter: the mean width of a glyph's strokes. Type 1 fonts tell hayro no name and no
    /// weight, but a bold cut is drawn with wider strokes than its regular one.
    fn stroke_of(&mut self, glyph: &OutlineGlyph) -> f32 {
        *self.notes.stroke_by_glyph.entry(glyph.identifier().cache_key()).or_insert_with(|| {
            let outline = glyph.outline();
            let perimeter = outline.perimeter(1.0);
            if perimeter > 0.0 { (outline.area().abs() * 2.0 / perimeter / 1000.0) as f32 } else { 0.0 }
        })
    }

    fn style_index(&mut self, style: Style) -> u16 {
        if let Some(last) = self.drawing.styles.last()
            && *last == style
        {
            return (self.drawing.styles.len() - 1) as u16;
        }
        if self.drawing.styles.len() < u16::MAX as usize {
            self.drawing.styles.push(style);
        }
        (self.drawing.styles.len() - 1) as u16
    }

    fn push_text(&mut self, unicode: Option<BfString>) -> (u32, u16) {
        let start = self.drawing.text.len();
        match unicode {
            Some(BfString::Char(c)) => self.drawing.text.push(c),
            Some(BfString::String(text)) => self.drawing.text.extend(text.chars().take(32)),
            None => {}
        }
        (start as u32, (self.drawing.text.len() - start) as u16)
    }

    fn rule(&mut self, horizontal: bool, at: f64, from: f64, to: f64) {
        let clip = self.clip();
        let (low, high, across) = if horizontal {
            (clip.x0, clip.x1, at >= clip.y0 - 2.0 && at <= clip.y1 + 2.0)
        } else {
            (clip.y0, clip.y1, at >= clip.x0 - 2.0 && at <= clip.x1 + 2.0)
        };
        let (from, to) = (from.min(to).max(low), from.max(to).min(high));
        if !across || to - from < 2.0 {
            return;
        }
        if self.drawing.rules.len() >= RULES_MAX {
            self.drawing.truncated = true;
            return;
        }
        self.drawing.rules.push(Rule { horizontal, at: at as f32, from: from as f32, to: to as f32 });
    }

    /// A filled shape: thin boxes are rules, the rest is only counted.
    fn filled(&mut self, path: &BezPath, transform: Affine) {
        let mut subpath = BezPath::new();
        for element in path.elements().iter().take(PATH_ELEMENTS_MAX) {
            if matches!(element, PathEl::MoveTo(_)) && !subpath.is_empty() {
                self.filled_part(&subpath, transform);
                subpath = BezPath::new();
            }
            subpath.push(*element);
        }
        if !subpath.is_empty() {
            self.filled_part(&subpath, transform);
        }
    }

    fn filled_part(&mut self, path: &BezPath, transform: Affine) {
        if path.elements().len() < 2 {
            return;
        }
        let area = (transform * path.clone()).bounding_box();
        if area.height() <= RULE_THICKNESS && area.width() > 3.0 * area.height() {
            self.rule(true, f64::midpoint(area.y0, area.y1), area.x0, area.x1);
        } else if area.width() <= RULE_THICKNESS && area.height() > 3.0 * area.width() {
            self.rule(false, f64::midpoint(area.x0, area.x1), area.y0, area.y1);
        } else {
            self.drawing.shapes += 1;
        }
    }

    fn stroked(&mut self, path: &BezPath, transform: Affine) {
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements().iter().take(PATH_ELEMENTS_MAX) {
            match *element {
                PathEl::MoveTo(p) => (start, last) = (transform * p, transform * p),
                PathEl::LineTo(p) => {
                    let p = transform * p;
                    self.stroked_line(last, p);
                    last = p;
                }
                PathEl::ClosePath => {
                    self.stroked_line(last, start);
                    last = start;
                }
                PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => {
                    last = transform * p;
                    self.drawing.shapes += 1;
                }
            }
        }
    }

    fn stroked_line(&mut self, a: Point, b: Point) {
        if (a.y - b.y).abs() <= 0.5 {
            self.rule(true, f64::midpoint(a.y, b.y), a.x, b.x);
        } else if (a.x - b.x).abs() <= 0.5 {
            self.rule(false, f64::midpoint(a.x, b.x), a.y, b.y);
        } else {
            self.drawing.shapes += 1;
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, matrix: Affine, place: &Place) {
        if self.drawing.glyphs.len() >= GLYPHS_MAX {
            self.drawing.truncated = true;
            return;
        }
        let [a, b, c, d, x, y] = matrix.as_coeffs();
        let (along, up) = ((a.hypot(b) * 1000.0) as f32, (c.hypot(d) * 1000.0) as f32);
        let fits = [x, y].iter().all(|value| value.is_finite() && value.abs() < 1e6);
        if !fits || !(0.2..5_000.0).contains(&up) || !(0.01..50_000.0).contains(&along) {
            return;
        }
        let (style, units) = match glyph {
            Glyph::Outline(outline) => (self.style_of(outline), outline.advance_width().unwrap_or(500.0)),
            Glyph::Type3(type3) => (Style::default(), type3.advance_width().unwrap_or(500.0)),
        };
        let unicode = glyph.as_unicode();
        if unicode.is_none() {
            self.drawing.unmapped += 1;
        }
        // A bitmap font's matrix hides the size of its letters: a letter is hardly wider than it is high.
        let size = if matches!(glyph, Glyph::Type3(_)) { up.max(along * units / 1000.0) } else { up };
        let (dx, dy) = if place.vertical { (c, d) } else { (a, b) };
        let length = dx.hypot(dy).max(1e-9);
        let sign = if place.vertical { -1.0 } else { 1.0 };
        let advance =
            if place.vertical { up } else { units.clamp(-5_000.0, 5_000.0) / 1000.0 * place.scale(up, along) };
        let centre = Point::new(x + dx / length * f64::from(advance) / 2.0, y + dy / length * f64::from(advance) / 2.0);
        if !self.clip().inflate(1.0, f64::from(size) * 0.8).contains(centre) {
            return;
        }
        let (start, len) = self.push_text(unicode);
        let style = self.style_index(style);
        self.drawing.glyphs.push(DrawnGlyph {
            x: x as f32,
            y: y as f32,
            dx: (sign * dx / length) as f32,
            dy: (sign * dy / length) as f32,
            advance,
            size,
            start,
            len,
            style,
            vertical: place.vertical,
            hidden: place.hidden,
        });
    }
}

/// How a run of glyphs is placed.
struct Place {
    vertical: bool,
    hidden: bool,
    /// Horizontal scaling (Tz), when it is the same for the whole run; glyphs of a replaced font are stretched one
    /// by one to the widths that the document wants, which says nothing about their advance.
    ratio: Option<f32>,
}

impl Place {
    fn scale(&self, up: f32, along: f32) -> f32 {
        self.ratio.map_or(up, |_| along)
    }
}

fn names_a_bold_font(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["bold", "black", "heavy", "demi"].iter().any(|part| name.contains(part))
}

fn is_white(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => {
            let [r, g, b, a] = color.to_rgba().to_rgba8();
            a == 0 || (r > 250 && g > 250 && b > 250)
        }
        Paint::Pattern(_) => false,
    }
}

fn run_ratio(run: &GlyphRun<'_, '_>) -> Option<f32> {
    let ratio = |transform: Affine| {
        let [a, b, c, d, ..] = transform.as_coeffs();
        (a.hypot(b) / c.hypot(d).max(1e-9)) as f32
    };
    let first = ratio(run.glyphs().first()?.transform());
    run.glyphs().iter().all(|glyph| (ratio(glyph.transform()) - first).abs() < 0.002).then_some(first)
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if is_white(&props.paint) {
            return;
        }
        match mode {
            DrawMode::Fill(_) | DrawMode::FillAndStroke(..) => self.filled(path, props.transform),
            DrawMode::Stroke(_) => self.stroked(path, props.transform),
            DrawMode::Invisible => {}
        }
        if matches!(mode, DrawMode::FillAndStroke(..)) {
            self.stroked(path, props.transform);
        }
    }

    fn push_clip_path(&mut self, clip_path: &ClipPath) {
        let clip = self.clip().intersect(clip_path.path.bounding_box());
        self.clips.push(clip);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        let clip = self.clip().intersect(*rect);
        self.clips.push(clip);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else { return };
        let origin = (props.transform * first.transform()).translation().to_point();
        if matches!(mode, DrawMode::Stroke(_)) && self.last_fill == Some(origin) {
            return;
        }
        self.last_fill = matches!(mode, DrawMode::Fill(_)).then_some(origin);
        let place = Place {
            vertical: matches!(run.writing_mode(), WritingMode::Vertical),
            hidden: matches!(mode, DrawMode::Invisible),
            ratio: run_ratio(run),
        };
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), &place);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let local = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let area = props.transform.transform_rect_bbox(local).intersect(self.clip());
        if area.width() > 1.0 && area.height() > 1.0 && self.drawing.pictures.len() < RULES_MAX {
            let (x0, y0, x1, y1) = (area.x0 as f32, area.y0 as f32, area.x1 as f32, area.y1 as f32);
            self.drawing.pictures.push(BBox::from_corners(x0, y0, x1, y1));
        }
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {}
}
