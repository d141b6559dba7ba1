//! What one page draws: glyphs, thin rules, pictures. Page coordinates, points, origin top left.

use docmill_model::document::{BBox, FieldKind, FieldValue};

use crate::layout::{Comment, Rule, ShapeGroup, Target};

/// A glyph with its text in `Drawing::text`.
#[derive(Debug, Clone, Copy, Default)]
pub struct DrawnGlyph {
    /// Where it stands on its baseline.
    pub x: f32,
    pub y: f32,
    /// Unit vector in which the text runs.
    pub dx: f32,
    pub dy: f32,
    /// Along the text, points, without the space that the text state adds.
    pub advance: f32,
    /// Space that the text state adds behind every glyph (Tc): tracked text is set apart by it.
    pub tracking: f32,
    pub size: f32,
    pub start: u32,
    pub len: u16,
    pub style: u16,
    /// The marked content that it belongs to, as in `Token::mark`.
    pub mark: u32,
    pub vertical: bool,
    /// Drawn without ink.
    pub hidden: bool,
    /// Its font does not say which character it is.
    pub unknown: bool,
    /// Drawn by an annotation or a form field, after the page.
    pub late: bool,
}

/// A field of a form, or one of the buttons that are one.
#[derive(Debug, Clone)]
pub struct DrawnField {
    pub name: String,
    /// What the document calls it for people.
    pub title: Option<String>,
    pub kind: FieldKind,
    /// It is ticked, and its text stands right of it.
    pub button: bool,
    pub value: FieldValue,
    pub bbox: BBox,
}

/// What the layout wants to know of a font.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Style {
    pub bold: bool,
    pub mono: bool,
    /// Red, green and blue of its ink.
    pub colour: [u8; 3],
    /// Mean stroke width in em, where nothing else tells the font's weight.
    pub stroke: Option<f32>,
}

/// A picture with its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPicture {
    pub bbox: BBox,
    /// The same for the same picture, wherever the document draws it.
    pub id: u64,
    /// Pixels, as the picture or its code says.
    pub width: u32,
    pub height: u32,
    /// The marked content that it belongs to, as in `Token::mark`.
    pub mark: u32,
}

/// How the structure tree names marked content: the form that it stands in (its object number; 0 = the page itself) and
/// its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarkId {
    pub stream: u32,
    pub number: i32,
}

/// Everything that one page draws.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    pub glyphs: Vec<DrawnGlyph>,
    pub text: String,
    pub styles: Vec<Style>,
    pub rules: Vec<Rule>,
    pub pictures: Vec<DrawnPicture>,
    /// Links that lead out of the document.
    pub links: Vec<Target>,
    /// Remarks that readers left.
    pub comments: Vec<Comment>,
    pub fields: Vec<DrawnField>,
    /// Visible paths that are no rules.
    pub shapes: usize,
    /// Where they stand.
    pub shape_groups: Vec<ShapeGroup>,
    /// Glyphs that no one can read: their font does not say which characters they are.
    pub unmapped: usize,
    /// Marked content that has a number, in drawing order.
    pub marks: Vec<MarkId>,
    /// The page drew more than is looked at.
    pub truncated: bool,
    /// It has text that is too far away to be looked at.
    pub far: bool,
    /// Glyphs that stand beside the page, and those of layers that are switched off: neither is read.
    pub outside: usize,
    pub layered: usize,
    /// What rendering has to hold of pictures of patterns, square points.
    pub patterned: f64,
}

impl Drawing {
    pub fn text_of(&self, glyph: &DrawnGlyph) -> &str {
        let start = glyph.start as usize;
        self.text.get(start..start + usize::from(glyph.len)).unwrap_or_default()
    }
}
