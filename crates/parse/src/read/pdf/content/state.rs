//! Graphics and text state (ISO 32000-1, 8.4 and 9.3).

use std::rc::Rc;

use hayro::kurbo::{Affine, Rect};

use super::colour::{Paint, Space};
use super::fonts::Font;

#[derive(Clone)]
pub(super) struct State<'a> {
    /// User space to page coordinates.
    pub ctm: Affine,
    /// What drawing is confined to, as the box around it, page coordinates.
    pub clip: Rect,
    pub fill: Paint,
    pub stroke: Paint,
    pub fill_space: Rc<Space>,
    pub stroke_space: Rc<Space>,
    /// The most that rendering one fill takes where `fill_space` is that of patterns, square points.
    pub pattern: f64,
    /// User space units.
    pub line_width: f64,
    pub text: TextState<'a>,
}

impl State<'_> {
    pub fn new(ctm: Affine, clip: Rect) -> Self {
        Self {
            ctm,
            clip,
            fill: Paint::BLACK,
            stroke: Paint::BLACK,
            fill_space: Rc::new(Space::Gray),
            stroke_space: Rc::new(Space::Gray),
            pattern: 0.0,
            line_width: 1.0,
            text: TextState::default(),
        }
    }
}

/// How glyphs are painted (ISO 32000-1, table 106), as far as a reader can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Fill,
    Stroke,
    None,
}

impl Ink {
    pub fn of(mode: i64) -> Self {
        match mode {
            1 | 5 => Self::Stroke,
            3 => Self::None,
            // Text that only clips (7) shows what is painted behind it.
            _ => Self::Fill,
        }
    }
}

#[derive(Clone)]
pub(super) struct TextState<'a> {
    pub font: Option<Rc<Font<'a>>>,
    pub size: f64,
    /// Tc, Tw, Ts and TL: unscaled text space units. Tz: 1 = 100 %.
    pub tracking: f64,
    pub word_space: f64,
    pub rise: f64,
    pub leading: f64,
    pub stretch: f64,
    pub ink: Ink,
    pub matrix: Affine,
    pub line_matrix: Affine,
}

impl Default for TextState<'_> {
    fn default() -> Self {
        Self {
            font: None,
            size: 1.0,
            tracking: 0.0,
            word_space: 0.0,
            rise: 0.0,
            leading: 0.0,
            stretch: 1.0,
            ink: Ink::Fill,
            matrix: Affine::IDENTITY,
            line_matrix: Affine::IDENTITY,
        }
    }
}

impl TextState<'_> {
    pub fn next_line(&mut self, tx: f64, ty: f64) {
        self.line_matrix *= Affine::translate((tx, ty));
        self.matrix = self.line_matrix;
    }

    pub fn set_matrix(&mut self, matrix: Affine) {
        self.line_matrix = matrix;
        self.matrix = matrix;
    }
}
