//! Values of form fields that no appearance draws: programs fill in forms and leave their looks to the viewer.

use docmill_model::document::BBox;
use hayro::hayro_syntax::object::{Dict, Rect};
use hayro::kurbo::{self, Affine, Point, Vec2};

use super::GLYPHS_MAX;
use super::fields::{Field, Look};
use super::machine::Machine;
use super::text::FAR;
use crate::layout::bidi;
use crate::layout::tree::UNMARKED;
use crate::read::pdf::drawing::{Drawing, DrawnField, DrawnGlyph, Style};

/// Size of text whose field chooses none, points; what the usual viewers choose at most is 12.
const SIZE_DEFAULT: f64 = 10.0;
const SIZE_MIN: f64 = 1.0;
/// Marks of buttons, points.
const MARK_MIN: f64 = 4.0;
const MARK_MAX: f64 = 14.0;
/// Between the border of a field and its text, points.
const PADDING: f64 = 2.0;
/// Between two baselines, em.
const PITCH: f64 = 1.15;
/// Width of a letter and of a sign of CJK, em: near enough for words that nobody drew.
const LETTER: f64 = 0.5;
/// Narrower letters leave no white between words.
const STRETCH_MIN: f64 = 0.15;
const LINES_MAX: usize = 500;
const CHECKED: &str = "☒";
const UNCHECKED: &str = "☐";

/// What was drawn before a widget.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    glyphs: usize,
    unmapped: usize,
}

impl Before {
    pub fn of(drawing: &Drawing) -> Self {
        Self { glyphs: drawing.glyphs.len(), unmapped: drawing.unmapped }
    }

    /// The readable text that was drawn since.
    fn since(self, drawing: &Drawing) -> String {
        let glyphs = drawing.glyphs.get(self.glyphs..).unwrap_or_default();
        let text: String = glyphs.iter().map(|glyph| drawing.text_of(glyph)).collect();
        squeezed(&text)
    }

    fn undo(self, drawing: &mut Drawing) {
        drawing.glyphs.truncate(self.glyphs);
        drawing.unmapped = self.unmapped;
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

impl Machine<'_, '_> {
    /// Keeps the field, and shows its value where its appearance does not.
    pub(super) fn fill_in(&mut self, widget: &Dict<'_>, field: Field, before: Before) {
        let Some(rect) = widget.get::<Rect>("Rect") else { return };
        let rect = kurbo::Rect::new(rect.x0, rect.y0, rect.x1, rect.y1).abs();
        let shown = self.state.ctm.transform_rect_bbox(rect);
        // Fields without a size are not seen: signatures, and values that programs keep for themselves.
        let seen = rect.width() >= 1.0 && rect.height() >= 1.0;
        let near = shown.x0.abs().max(shown.y0.abs()) < FAR;
        if !seen || !near {
            return;
        }
        let drawn = before.since(&self.drawing);
        let place = Place::of(self.state.ctm, rect, &field);
        match &field.look {
            Look::Text { text, multiline, regenerate } => {
                if drawn.is_empty() || (*regenerate && drawn != squeezed(text)) {
                    before.undo(&mut self.drawing);
                    self.write(text, *multiline, place);
                }
            }
            // A sign of a symbol font is the mark; words are not.
            Look::Mark(on) if drawn.chars().count() <= 1 => {
                before.undo(&mut self.drawing);
                self.mark(if *on { CHECKED } else { UNCHECKED }, &place);
            }
            Look::Mark(_) | Look::Drawn => {}
        }
        let corners = [shown.x0, shown.y0, shown.x1, shown.y1].map(|side| side as f32);
        let bbox = BBox::from_corners(corners[0], corners[1], corners[2], corners[3]);
        let button = matches!(field.look, Look::Mark(_));
        let Field { name, title, kind, value, .. } = field;
        self.drawing.fields.push(DrawnField { name, title, kind, button, value, bbox });
    }

    fn write(&mut self, text: &str, multiline: bool, mut place: Place) {
        let room = (place.width - 2.0 * PADDING).max(1.0);
        let lines = place.lines(text, multiline, room);
        let widest = lines.iter().map(|line| width(line)).fold(0.0, f64::max);
        place.stretch = (room / (widest * place.size).max(1.0)).clamp(STRETCH_MIN, 1.0);
        let pitch = (PITCH * place.size).min(place.height / lines.len().max(1) as f64).max(PITCH * SIZE_MIN);
        place.size = place.size.min(pitch).max(SIZE_MIN);
        let top = place.height - (PADDING + 0.8 * place.size).min(0.8 * place.height);
        let first = if multiline { top } else { place.middle() };
        for (number, line) in lines.iter().enumerate() {
            self.write_line(line, first - pitch * number as f64, &place);
        }
    }

    /// The words of a line as they would be drawn: from left to right.
    fn write_line(&mut self, line: &str, y: f64, place: &Place) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if bidi::mostly_rtl(words.iter().copied()) {
            words.reverse();
        }
        let mut x = PADDING;
        for word in words {
            let em = place.stretch * place.size;
            for (part, advance) in [(bidi::logical(word.into()).as_str(), width(word) * em), (" ", LETTER * em)] {
                self.push_word(part, Point::new(x, y), advance, place);
                x += advance;
            }
        }
    }

    fn mark(&mut self, mark: &str, place: &Place) {
        let side = place.width.min(place.height).clamp(MARK_MIN, MARK_MAX);
        let place = Place { size: side, ..*place };
        let x = (place.width - side) / 2.0;
        self.push_word(mark, Point::new(x, place.middle()), side, &place);
    }

    fn push_word(&mut self, word: &str, at: Point, advance: f64, place: &Place) {
        if self.drawing.glyphs.len() >= GLYPHS_MAX {
            self.drawing.truncated = true;
            return;
        }
        let Ok(len) = u16::try_from(word.len()) else { return };
        let at = place.frame * at;
        let start = self.drawing.text.len() as u32;
        self.drawing.text.push_str(word);
        let style = self.style(Style::default());
        self.drawing.glyphs.push(DrawnGlyph {
            x: at.x as f32,
            y: at.y as f32,
            dx: place.along.x as f32,
            dy: place.along.y as f32,
            advance: (advance * place.scale) as f32,
            tracking: 0.0,
            size: (place.size * place.scale) as f32,
            start,
            len,
            style,
            mark: UNMARKED,
            vertical: false,
            hidden: false,
            unknown: false,
            late: true,
        });
    }
}

/// Where a value is written: from the lower left corner of the field as it is read.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// From the field to the page.
    frame: Affine,
    /// Unit vector of the text on the page, and what a unit of the field is there.
    along: Vec2,
    scale: f64,
    width: f64,
    height: f64,
    size: f64,
    /// How much letters are narrowed so that they fit.
    stretch: f64,
}

impl Place {
    fn of(shown: Affine, rect: kurbo::Rect, field: &Field) -> Self {
        let corner = match field.turned {
            1 => (rect.x1, rect.y0),
            2 => (rect.x1, rect.y1),
            3 => (rect.x0, rect.y1),
            _ => (rect.x0, rect.y0),
        };
        let turn = Affine::rotate(f64::from(field.turned) * std::f64::consts::FRAC_PI_2);
        let frame = shown * Affine::translate(corner) * turn;
        let along = frame * Point::new(1.0, 0.0) - frame * Point::ORIGIN;
        let scale = along.hypot().max(1e-9);
        let (width, height) =
            if field.turned % 2 == 1 { (rect.height(), rect.width()) } else { (rect.width(), rect.height()) };
        let size = if field.size > 0.0 { field.size } else { SIZE_DEFAULT.min(0.8 * height) };
        Self {
            frame,
            along: along / scale,
            scale,
            width,
            height,
            size: size.clamp(SIZE_MIN, height.max(SIZE_MIN)),
            stretch: 1.0,
        }
    }

    /// The baseline of a line that stands in the middle.
    fn middle(&self) -> f64 {
        (self.height - self.size) / 2.0 + 0.2 * self.size
    }

    /// The lines of a text; long ones are wrapped where a viewer would.
    fn lines(&self, text: &str, multiline: bool, room: f64) -> Vec<String> {
        if !multiline {
            return vec![text.split_whitespace().collect::<Vec<_>>().join(" ")];
        }
        let mut lines: Vec<String> = Vec::new();
        for paragraph in text.lines() {
            let (mut line, mut used) = (String::new(), 0.0);
            for word in paragraph.split_whitespace() {
                let own = width(word);
                if !line.is_empty() && (used + LETTER + own) * self.size > room {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                if !line.is_empty() {
                    line.push(' ');
                    used += LETTER;
                }
                line.push_str(word);
                used += own;
            }
            lines.push(line);
        }
        // The last line takes what is beyond the limit: nothing of a value is lost.
        if lines.len() > LINES_MAX {
            let rest = lines.split_off(LINES_MAX - 1).join(" ");
            lines.push(rest);
        }
        lines
    }
}

/// About how wide the text is, em.
fn width(text: &str) -> f64 {
    let wide = |c: char| if u32::from(c) >= 0x1100 { 1.0 } else { LETTER };
    text.chars().map(wide).sum()
}
