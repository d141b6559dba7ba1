//! The stages of a page one by one, for `benches/stages.rs`. Only with the cargo feature `stages`, and no part of the
//! interface.

use std::sync::Arc;

use docmill_model::document::Page;
use docmill_model::options::ParseOptions;

use super::SCREENSHOT_DPI;
use super::interpreter::{DrawnPage, Interpreter};
use super::picture::{self, Upright};
use super::words::{self, Leave};
use crate::layout::{self, DocumentStats, PageRecord};
use crate::render;

/// One page of an open document, with what each stage begins with.
pub struct Stages {
    interpreter: Interpreter,
    /// The page's number less one.
    index: usize,
    options: ParseOptions,
    stats: DocumentStats,
    drawn: DrawnPage,
    record: PageRecord,
}

/// What a page draws; words are made of it once.
pub struct Drawn(DrawnPage);

/// A page as a picture.
pub struct Rendered(Upright);

impl Stages {
    /// Opens a PDF and surveys it; `None` when it cannot be read or has no such page (from 1).
    pub fn open(bytes: Vec<u8>, number: u32) -> Option<Self> {
        let (mut interpreter, opening) = Interpreter::open(Arc::new(bytes), false).ok()?;
        let index = (number as usize).checked_sub(1).filter(|index| *index < opening.pages)?;
        let mut stats = DocumentStats::default();
        for page in 0..opening.pages {
            stats.absorb(&words::page_record(interpreter.draw(page, true), Leave::default()).0);
        }
        let drawn = interpreter.draw(index, true);
        let (record, _) = words::page_record(drawn.clone(), Leave::default());
        Some(Self { interpreter, index, options: ParseOptions::default(), stats, drawn, record })
    }

    /// The content interpreted, with fonts that are known already; how many glyphs it draws.
    pub fn glyphs(&mut self) -> usize {
        self.interpreter.draw(self.index, true).drawing.glyphs.len()
    }

    pub fn drawn(&self) -> Drawn {
        Drawn(self.drawn.clone())
    }

    /// Glyphs to words, and words to pieces of lines; how many there are.
    pub fn words_and_lines(drawn: Drawn) -> usize {
        let (record, _) = words::page_record(drawn.0, Leave::default());
        layout::segments(&record.tokens, 0..record.tokens.len()).len()
    }

    /// The text of the fast tier.
    pub fn spatial_text(&self) -> String {
        layout::spatial_text(&self.record, &self.stats, self.options.spatial)
    }

    /// The whole layout: blocks and words, spatial text among them.
    pub fn layout(&self) -> Page {
        layout::assemble(&self.record, &self.stats, (&self.options).into())
    }

    /// The page with its markdown.
    pub fn markdown(&self, mut page: Page) -> Page {
        render::finish_page(&mut page, &self.options);
        page
    }

    /// The page as a screenshot, not encoded; `None` never happens to a page that can be drawn.
    pub fn rendered(&mut self) -> Option<Rendered> {
        let scale = picture::scale(&self.record, SCREENSHOT_DPI);
        let raster = self.interpreter.render(self.index, scale);
        Upright::of(raster, self.record.rotation).ok().map(Rendered)
    }
}

impl Rendered {
    /// The picture as PNG.
    pub fn png(&self) -> Option<Vec<u8>> {
        self.0.png().ok()
    }
}
