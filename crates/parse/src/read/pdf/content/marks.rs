//! Marked content (ISO 32000-1, 14.6): what is hidden by its layer, what its text stands for (`ActualText`), and which
//! number the structure tree knows it by.

use std::collections::HashMap;

use hayro::hayro_syntax::object::{Dict, Name, Object, String as PdfString, dict_or_stream};
use hayro::hayro_syntax::page::Resources;

use super::machine::Machine;
use crate::layout::tree::{ARTIFACT, FIRST_MARK, UNMARKED};
use crate::read::pdf::drawing::{Drawing, MarkId};
use crate::read::pdf::strings::text_string;

/// Marks inside marks that are kept apart.
const DEPTH_MAX: usize = 2_000;
/// A replacement longer than this is for a paragraph; its words would all stand at one place.
const ACTUAL_TEXT_MAX: usize = 64;

/// The marks that are open.
#[derive(Debug, Default)]
pub(super) struct Marks {
    open: Vec<Mark>,
    /// Marks that were opened beyond the limit.
    beyond: usize,
    /// How many of them hide what they hold.
    hiding: usize,
    /// Those with numbers that were met: a form may be drawn twice.
    numbered: HashMap<MarkId, u32>,
}

#[derive(Debug)]
struct Mark {
    hides: bool,
    /// The text that its glyphs stand for.
    text: Option<String>,
    /// As in `Token::mark`: its own, or that of the mark around it.
    mark: u32,
    /// Glyphs drawn before it.
    start: usize,
}

impl Marks {
    pub fn visible(&self) -> bool {
        self.hiding == 0
    }

    pub fn depth(&self) -> usize {
        self.open.len() + self.beyond
    }

    /// The mark of what is drawn now, as in `Token::mark`.
    pub fn current(&self) -> u32 {
        self.open.last().map_or(UNMARKED, |mark| mark.mark)
    }

    /// `own` is the new mark's number, when it has one.
    pub fn open(&mut self, text: Option<String>, own: Option<u32>, drawing: &Drawing) {
        let mark = own.unwrap_or(self.current());
        self.push(Mark { hides: false, text, mark, start: drawing.glyphs.len() });
    }

    pub fn hide(&mut self) {
        self.push(Mark { hides: true, text: None, mark: self.current(), start: 0 });
    }

    fn push(&mut self, mark: Mark) {
        if self.open.len() >= DEPTH_MAX {
            self.beyond += 1;
            return;
        }
        self.hiding += usize::from(mark.hides);
        self.open.push(mark);
    }

    pub fn close(&mut self, drawing: &mut Drawing) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(mark) = self.open.pop() else { return };
        self.hiding -= usize::from(mark.hides);
        if let Some(text) = mark.text {
            replace(drawing, mark.start, &text);
        }
    }

    /// Closes what a content stream left open.
    pub fn close_to(&mut self, depth: usize, drawing: &mut Drawing) {
        while self.depth() > depth {
            self.close(drawing);
        }
    }
}

impl<'a> Machine<'a, '_> {
    pub(super) fn begin_mark(&mut self, tag: &Name<'_>, properties: &Object<'_>, resources: &Resources<'a>) {
        let named = properties.clone().into_name();
        let layer = named.as_ref().and_then(|name| {
            let group = resources.properties.get::<Dict<'_>>(name.as_ref())?;
            let id = resources.properties.get_ref(name.as_ref()).map(Into::into);
            Some(self.layers.shows(&group, id))
        });
        if layer == Some(false) {
            self.marks.hide();
            return;
        }
        let dict = match &named {
            Some(name) => resources.properties.get::<Dict<'_>>(name.as_ref()),
            None => dict_or_stream(properties).map(|(dict, _)| dict.clone()),
        };
        let number = dict.as_ref().and_then(|dict| dict.get::<i32>("MCID")).map(|number| self.numbered(number));
        let text = dict.as_ref().and_then(actual_text);
        self.marks.open(text, number.or(artifact(tag)), &self.drawing);
    }

    /// Numbers of a page's content and of each form count apart.
    fn numbered(&mut self, number: i32) -> u32 {
        let stream = self.open_forms.last().map_or(0, |form| form.obj_number);
        let id = MarkId { stream, number };
        *self.marks.numbered.entry(id).or_insert_with(|| {
            self.drawing.marks.push(id);
            self.drawing.marks.len() as u32 - 1 + FIRST_MARK
        })
    }
}

/// The mark of what is no part of the document's text: running heads, page numbers, ornaments.
pub(super) fn artifact(tag: &Name<'_>) -> Option<u32> {
    (tag.as_ref() == b"Artifact").then_some(ARTIFACT)
}

fn actual_text(dict: &Dict<'_>) -> Option<String> {
    dict.get::<PdfString<'_>>("ActualText").map(|text| text_string(text.as_bytes()))
}

/// Gives the glyphs since `start` this text: one character each where the numbers agree, else all to the first,
/// which then reaches to where the last one ended.
fn replace(drawing: &mut Drawing, start: usize, text: &str) {
    let count = drawing.glyphs.len() - start.min(drawing.glyphs.len());
    let chars = text.chars().count();
    // A soft hyphen or nothing stands for the hyphen that divides a word: the joining of lines has to see it.
    let divides = matches!(text, "" | "\u{ad}") && count == 1 && drawing.text_of(&drawing.glyphs[start]) == "-";
    if count == 0 || chars > ACTUAL_TEXT_MAX || divides {
        return;
    }
    let unmapped = drawing.glyphs[start..].iter().filter(|glyph| glyph.len == 0).count();
    drawing.unmapped = drawing.unmapped.saturating_sub(unmapped);
    drawing.glyphs[start..].iter_mut().for_each(|glyph| glyph.unknown = false);
    let at = |drawing: &Drawing| drawing.text.len() as u32;
    if chars == count {
        for (index, character) in text.chars().enumerate() {
            drawing.glyphs[start + index].start = at(drawing);
            drawing.text.push(character);
            drawing.glyphs[start + index].len = character.len_utf8() as u16;
        }
        return;
    }
    let last = drawing.glyphs[drawing.glyphs.len() - 1];
    for glyph in &mut drawing.glyphs[start + 1..] {
        glyph.len = 0;
    }
    let place = at(drawing);
    drawing.text.push_str(text);
    let first = &mut drawing.glyphs[start];
    (first.start, first.len) = (place, text.len() as u16);
    let reach = (last.x - first.x) * first.dx + (last.y - first.y) * first.dy + last.advance;
    first.advance = first.advance.max(reach);
}
