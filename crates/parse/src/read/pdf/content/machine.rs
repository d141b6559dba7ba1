//! The operators of a content stream, one after another.

use std::collections::HashMap;
use std::rc::Rc;

use hayro::hayro_syntax::content::TypedIter;
use hayro::hayro_syntax::content::ops::TypedInstruction as Op;
use hayro::hayro_syntax::object::{Number, ObjectIdentifier};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, Point, Rect};

use super::colour::{Paint, Space, opacities};
use super::fonts::{Fonts, Loaded};
use super::forms::FormContents;
use super::layers::Layers;
use super::marks::{Marks, artifact};
use super::paths::Path;
use super::patterns::picture_area;
use super::state::{Ink, State};
use super::{OPERATIONS_MAX, STATES_MAX};
use crate::read::pdf::drawing::Drawing;

pub(super) struct Machine<'a, 'd> {
    pub drawing: Drawing,
    pub fonts: &'d Fonts<'a>,
    pub layers: &'d Layers,
    pub state: State<'a>,
    /// From the page's default space to the page as it is shown, and that page.
    pub shown: Affine,
    pub page: Rect,
    saved: Vec<State<'a>>,
    pub path: Path,
    pub marks: Marks,
    operations: usize,
    /// Forms that were drawn, those that are being drawn, and the content of those that were seen.
    pub forms: usize,
    pub open_forms: Vec<ObjectIdentifier>,
    pub contents: FormContents,
    /// What is drawn now belongs to an annotation.
    pub late: bool,
}

/// Fonts by their names in one content stream's resources.
pub(super) type FontNames<'a> = HashMap<Vec<u8>, Loaded<'a>>;

impl<'a, 'd> Machine<'a, 'd> {
    pub fn new(ctm: Affine, page: Rect, fonts: &'d Fonts<'a>, layers: &'d Layers) -> Self {
        Self {
            drawing: Drawing::default(),
            fonts,
            layers,
            state: State::new(ctm, page),
            shown: ctm,
            page,
            saved: Vec::new(),
            path: Path::default(),
            marks: Marks::default(),
            operations: 0,
            forms: 0,
            open_forms: Vec::new(),
            contents: FormContents::default(),
            late: false,
        }
    }

    pub fn finish(self) -> Drawing {
        self.drawing
    }

    /// Runs a content stream. The state is afterwards what it was before.
    pub fn run(&mut self, content: &[u8], resources: &Resources<'a>) {
        let (depth, before) = (self.saved.len(), self.state.clone());
        let marks = self.marks.depth();
        let mut names = FontNames::new();
        let mut operations = TypedIter::new(content);
        while let Some(operation) = operations.next() {
            self.operations += 1;
            if self.operations > OPERATIONS_MAX {
                self.drawing.truncated = true;
                break;
            }
            self.step(&operation, resources, &mut names);
        }
        self.path.clear();
        self.marks.close_to(marks, &mut self.drawing);
        self.saved.truncate(depth);
        self.state = before;
    }

    fn step(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>, names: &mut FontNames<'a>) {
        if self.text_operation(operation, resources, names) || self.path_operation(operation) {
            return;
        }
        match operation {
            Op::SaveState(_) => self.save(),
            Op::RestoreState(_) => self.restore(),
            Op::Transform(m) => self.state.ctm *= matrix([m.0, m.1, m.2, m.3, m.4, m.5]),
            Op::LineWidth(width) => self.state.line_width = width.0.as_f64(),
            Op::SetGraphicsState(name) => {
                if let Some(state) = resources.get_ext_g_state(name.0) {
                    let (stroke, fill) = opacities(&state);
                    self.state.stroke.alpha = stroke.unwrap_or(self.state.stroke.alpha);
                    self.state.fill.alpha = fill.unwrap_or(self.state.fill.alpha);
                }
            }
            Op::XObject(name) => {
                if let Some(object) = resources.get_x_object(name.0) {
                    self.external(&object, resources);
                }
            }
            Op::InlineImage(image) => self.picture(image.0),
            Op::Shading(_) => self.shape(self.state.clip, false),
            Op::BeginMarkedContent(mark) => self.marks.open(None, artifact(mark.0), &self.drawing),
            Op::BeginMarkedContentWithProperties(mark) => self.begin_mark(mark.0, mark.1, resources),
            Op::EndMarkedContent(_) => self.marks.close(&mut self.drawing),
            _ => self.colour_operation(operation, resources),
        }
    }

    fn save(&mut self) {
        if self.saved.len() < STATES_MAX {
            self.saved.push(self.state.clone());
        }
    }

    fn restore(&mut self) {
        if let Some(state) = self.saved.pop() {
            self.state = state;
        }
    }

    fn colour_operation(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) {
        match operation {
            Op::StrokeColorDeviceGray(gray) => self.set_stroke(Space::Gray, &[gray.0]),
            Op::NonStrokeColorDeviceGray(gray) => self.set_fill(Space::Gray, &[gray.0]),
            Op::StrokeColorDeviceRgb(c) => self.set_stroke(Space::Rgb, &[c.0, c.1, c.2]),
            Op::NonStrokeColorDeviceRgb(c) => self.set_fill(Space::Rgb, &[c.0, c.1, c.2]),
            Op::StrokeColorCmyk(c) => self.set_stroke(Space::Cmyk, &[c.0, c.1, c.2, c.3]),
            Op::NonStrokeColorCmyk(c) => self.set_fill(Space::Cmyk, &[c.0, c.1, c.2, c.3]),
            Op::ColorSpaceStroke(name) => {
                self.state.stroke_space = Space::named(name.0, resources);
                self.state.stroke.rgb = self.state.stroke_space.first();
            }
            Op::ColorSpaceNonStroke(name) => {
                self.state.fill_space = Space::named(name.0, resources);
                self.state.fill.rgb = self.state.fill_space.first();
            }
            Op::StrokeColor(parts) => self.state.stroke.rgb = self.state.stroke_space.rgb(&floats(&parts.0)),
            Op::NonStrokeColor(parts) => self.state.fill.rgb = self.state.fill_space.rgb(&floats(&parts.0)),
            Op::StrokeColorNamed(parts) => {
                self.state.stroke.rgb = named_colour(&self.state.stroke_space, &parts.0, parts.1.is_some());
            }
            Op::NonStrokeColorNamed(parts) => {
                self.state.fill.rgb = named_colour(&self.state.fill_space, &parts.0, parts.1.is_some());
                let pattern = parts.1.as_ref().and_then(|name| resources.get_pattern(name));
                self.state.pattern = pattern.map_or(0.0, |pattern| picture_area(&pattern, self.shown));
            }
            _ => {}
        }
    }

    fn set_stroke(&mut self, space: Space, parts: &[Number]) {
        self.state.stroke = Paint { rgb: space.rgb(&floats(parts)), alpha: self.state.stroke.alpha };
        self.state.stroke_space = Rc::new(space);
    }

    fn set_fill(&mut self, space: Space, parts: &[Number]) {
        self.state.fill = Paint { rgb: space.rgb(&floats(parts)), alpha: self.state.fill.alpha };
        self.state.fill_space = Rc::new(space);
    }

    /// Path construction and painting; false for any other operator.
    fn path_operation(&mut self, operation: &Op<'_, '_>) -> bool {
        let ctm = self.state.ctm;
        let at = |x: Number, y: Number| ctm * Point::new(x.as_f64(), y.as_f64());
        match operation {
            Op::MoveTo(p) => self.path.move_to(at(p.0, p.1)),
            Op::LineTo(p) => self.path.line_to(at(p.0, p.1)),
            Op::CubicTo(c) => self.path.curve_to(&[at(c.0, c.1), at(c.2, c.3), at(c.4, c.5)]),
            Op::CubicStartTo(c) => self.path.curve_to(&[at(c.0, c.1), at(c.2, c.3)]),
            Op::CubicEndTo(c) => self.path.curve_to(&[at(c.0, c.1), at(c.2, c.3)]),
            Op::ClosePath(_) => self.path.close(),
            Op::RectPath(r) => {
                let (x, y, w, h) = (r.0.as_f64(), r.1.as_f64(), r.2.as_f64(), r.3.as_f64());
                self.path
                    .rectangle([(x, y), (x + w, y), (x + w, y + h), (x, y + h)].map(|(x, y)| ctm * Point::new(x, y)));
            }
            Op::ClipNonZero(_) | Op::ClipEvenOdd(_) => self.path.clips = true,
            Op::EndPath(_) => self.paint(false, false),
            Op::StrokePath(_) => self.paint(false, true),
            Op::CloseAndStrokePath(_) => {
                self.path.close();
                self.paint(false, true);
            }
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => {
                self.paint(true, false);
            }
            Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => self.paint(true, true),
            Op::CloseFillAndStrokeNonZero(_) | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.path.close();
                self.paint(true, true);
            }
            _ => return false,
        }
        true
    }

    /// Text state, positioning and showing; false for any other operator.
    fn text_operation(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>, names: &mut FontNames<'a>) -> bool {
        let text = &mut self.state.text;
        match operation {
            Op::ShowText(shown) => self.show(shown.0.as_bytes()),
            Op::ShowTexts(shown) => self.show_adjusted(shown.0),
            Op::NextLine(by) => text.next_line(by.0.as_f64(), by.1.as_f64()),
            Op::SetTextMatrix(m) => text.set_matrix(matrix([m.0, m.1, m.2, m.3, m.4, m.5])),
            Op::TextFont(font) => {
                text.size = font.1.as_f64();
                text.font = self.fonts.named(font.0, resources, names);
            }
            Op::BeginText(_) => text.set_matrix(Affine::IDENTITY),
            Op::NextLineAndSetLeading(by) => {
                text.leading = -by.1.as_f64();
                text.next_line(by.0.as_f64(), by.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => text.next_line(0.0, -text.leading),
            Op::NextLineAndShowText(shown) => {
                text.next_line(0.0, -text.leading);
                self.show(shown.0.as_bytes());
            }
            Op::ShowTextWithParameters(shown) => {
                text.word_space = shown.0.as_f64();
                text.tracking = shown.1.as_f64();
                text.next_line(0.0, -text.leading);
                self.show(shown.2.as_bytes());
            }
            Op::CharacterSpacing(space) => text.tracking = space.0.as_f64(),
            Op::WordSpacing(space) => text.word_space = space.0.as_f64(),
            Op::HorizontalScaling(percent) => text.stretch = percent.0.as_f64() / 100.0,
            Op::TextLeading(leading) => text.leading = leading.0.as_f64(),
            Op::TextRise(rise) => text.rise = rise.0.as_f64(),
            Op::TextRenderingMode(mode) => text.ink = Ink::of(mode.0.as_i64()),
            _ => return false,
        }
        true
    }
}

fn matrix(parts: [Number; 6]) -> Affine {
    Affine::new(parts.map(|part| part.as_f64()))
}

fn floats(parts: &[Number]) -> Vec<f32> {
    parts.iter().map(|part| part.as_f32()).collect()
}

fn named_colour(space: &Space, parts: &[Number], pattern: bool) -> [f32; 3] {
    if pattern { Space::Pattern.rgb(&[]) } else { space.rgb(&floats(parts)) }
}
