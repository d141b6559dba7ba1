//! Showing text (ISO 32000-1, 9.4): codes to glyphs in page coordinates.

use hayro::hayro_syntax::object::{Array, Object};
use hayro::kurbo::{Affine, Point, Rect};

use super::GLYPHS_MAX;
use super::fonts::{Font, Note};
use super::machine::Machine;
use super::state::Ink;
use crate::read::pdf::drawing::{DrawnGlyph, Style};

/// Sizes that are looked at, points: what is smaller or larger is no text.
const SIZE_MIN: f64 = 0.2;
const SIZE_MAX: f64 = 5_000.0;
/// Coordinates beyond this are lost, points.
pub(super) const FAR: f64 = 1e6;
/// Widest glyph, thousandths of the text size; fonts that the document draws have units of their own.
const ADVANCE_MAX: f64 = 1e6;
/// From the middle of a vertical line to where the baseline of letters on their side would be, thousandths of an em.
const BASELINE_ASIDE: f64 = -300.0;

impl Machine<'_, '_> {
    /// Strings with adjustments between them, thousandths of the text size.
    pub(super) fn show_adjusted(&mut self, array: &Array<'_>) {
        for item in array.iter::<Object<'_>>() {
            match item {
                Object::String(text) => self.show(text.as_bytes()),
                Object::Number(number) => self.adjust(number.as_f64()),
                _ => {}
            }
        }
    }

    fn adjust(&mut self, thousandths: f64) {
        let text = &mut self.state.text;
        let by = -thousandths / 1000.0 * text.size;
        let along = text.font.as_ref().is_none_or(|font| font.horizontal);
        text.matrix *= Affine::translate(if along { (by * text.stretch, 0.0) } else { (0.0, by) });
    }

    pub(super) fn show(&mut self, bytes: &[u8]) {
        if self.state.text.font.is_none() {
            self.state.text.font = self.fonts.spare();
        }
        let Some(font) = self.state.text.font.clone() else { return };
        let seen = self.marks.visible() && font.reads(bytes);
        let run = Run::of(self, &font);
        let (mut tx, mut ty) = (0.0, 0.0);
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = font.read_code(bytes, at);
            at += length.max(1);
            let note = font.note(code);
            if seen && run.fits {
                self.place(&font, &note, &run, (tx, ty));
            } else if !self.marks.visible() {
                self.drawing.layered += 1;
            }
            let text = &self.state.text;
            let space = if code == 32 && length == 1 { text.word_space } else { 0.0 };
            let by = note.advance / 1000.0 * text.size + text.tracking + space;
            if font.horizontal { tx += by * text.stretch } else { ty += by }
        }
        self.state.text.matrix *= Affine::translate((tx, ty));
    }

    /// Keeps one glyph; `shift` is how far the string has come, text space.
    fn place(&mut self, font: &Font<'_>, note: &Note, run: &Run, shift: (f64, f64)) {
        if self.drawing.glyphs.len() >= GLYPHS_MAX {
            self.drawing.truncated = true;
            return;
        }
        let text = &self.state.text;
        // Vertical glyphs hang below the middle of their line, which is kept as if they were letters on their side.
        let origin = if font.horizontal { note.origin } else { (BASELINE_ASIDE, 0.0) };
        let local = Point::new(
            shift.0 + origin.0 / 1000.0 * text.size * text.stretch,
            shift.1 + text.rise + origin.1 / 1000.0 * text.size,
        );
        let at = run.matrix * local;
        if !(at.x.abs() < FAR && at.y.abs() < FAR) {
            self.drawing.far |= self.state.clip.contains(at);
            return;
        }
        let width = note.advance.abs().min(ADVANCE_MAX) / 1000.0 * run.along;
        let down = note.advance.abs().min(ADVANCE_MAX) / 1000.0 * run.size;
        let (size, advance) = (run.size, if font.horizontal { width } else { down });
        let centre = Point::new(at.x + run.dx * advance / 2.0, at.y + run.dy * advance / 2.0);
        if !run.clip.contains(centre) {
            self.drawing.outside += usize::from(!self.page.inflate(1.0, size * 0.8).contains(centre));
            return;
        }
        if !note.mapped {
            self.drawing.unmapped += 1;
        }
        let start = self.drawing.text.len() as u32;
        let len = font.push_text(note, &mut self.drawing.text);
        self.drawing.glyphs.push(DrawnGlyph {
            x: at.x as f32,
            y: at.y as f32,
            dx: run.dx as f32,
            dy: run.dy as f32,
            advance: advance as f32,
            tracking: run.tracking as f32,
            size: size as f32,
            start,
            len,
            style: run.style,
            mark: self.marks.current(),
            vertical: !font.horizontal,
            hidden: run.hidden,
            unknown: !note.mapped,
            late: self.late,
        });
    }
}

/// What all glyphs of one string share.
struct Run {
    /// Text space to page.
    matrix: Affine,
    /// Unit vector in which the text runs.
    dx: f64,
    dy: f64,
    /// Width and height of an em on the page, points.
    along: f64,
    size: f64,
    tracking: f64,
    /// Where the middle of a glyph has to be.
    clip: Rect,
    style: u16,
    hidden: bool,
    fits: bool,
}

impl Run {
    fn of(machine: &mut Machine<'_, '_>, font: &Font<'_>) -> Self {
        let state = &machine.state;
        let text = &state.text;
        let matrix = state.ctm * text.matrix;
        let [a, b, c, d, ..] = matrix.as_coeffs();
        let wide = text.size * text.stretch;
        let along = a.hypot(b) * wide.abs();
        let size = c.hypot(d) * text.size.abs() * font.em;
        let (x, y) = if font.horizontal { (a * wide, b * wide) } else { (-c * text.size, -d * text.size) };
        let length = x.hypot(y).max(1e-9);
        let hidden = text.ink == Ink::None
            || (text.ink == Ink::Fill && state.fill.alpha < 0.02)
            || (text.ink == Ink::Stroke && state.stroke.alpha < 0.02);
        // Up is positive in vertical text, so space between its glyphs is negative (9.3.2).
        let tracking =
            if font.horizontal { text.tracking * text.stretch * a.hypot(b) } else { -text.tracking * c.hypot(d) };
        let fits = (SIZE_MIN..SIZE_MAX).contains(&size) && (0.01..10.0 * SIZE_MAX).contains(&along);
        let ink = if text.ink == Ink::Stroke { state.stroke } else { state.fill };
        let colour = ink.rgb.map(|part| (part.clamp(0.0, 1.0) * 255.0) as u8);
        let style = machine.style(Style { colour, ..font.style });
        let clip = machine.state.clip.inflate(1.0, size * 0.8);
        Self { matrix, dx: x / length, dy: y / length, along, size, tracking, clip, style, hidden, fits }
    }
}

impl Machine<'_, '_> {
    /// The place of the style among the page's; a page has few of them.
    pub(super) fn style(&mut self, style: Style) -> u16 {
        let styles = &mut self.drawing.styles;
        if let Some(index) = styles.iter().rposition(|known| *known == style) {
            return index as u16;
        }
        if styles.len() < usize::from(u16::MAX) {
            styles.push(style);
        }
        (styles.len() - 1) as u16
    }
}
