//! Citations: the words that a value was read from, with one box a line.

use std::ops::Range;

use docmill_model::document::{BBox, Cell, Page, Word};
use docmill_model::results::Citation;

use crate::places::Span;
use crate::view::View;

/// A citation with how sure its words are.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub citation: Citation,
    /// Mean confidence of OCR; 1 for a text layer.
    pub parsing: f32,
}

/// One source a page for the places of one value.
pub fn of_spans(view: &View, spans: &[Span]) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for span in spans {
        let phrase = &view.phrases[span.phrase];
        let page = &view.pages[phrase.page];
        let text = phrase.text[span.start..span.end].to_owned();
        let source = source(page, phrase.words(span.start, span.end), text);
        match sources.last_mut().filter(|last| last.citation.page == source.citation.page) {
            Some(last) => join(last, source),
            None => sources.push(source),
        }
    }
    sources
}

/// The source of a cell; its own box where its words have none.
pub fn of_cell(page: &Page, cell: &Cell) -> Source {
    let words: Vec<&Word> = cell.words.iter().flat_map(|range| range.of(&page.words)).collect();
    let mut boxes = boxes(&words);
    if boxes.is_empty() {
        boxes.extend(cell.bbox);
    }
    Source { citation: citation(page, cell.text.clone(), boxes), parsing: parsing(&words) }
}

fn source(page: &Page, words: Range<usize>, text: String) -> Source {
    let words: Vec<&Word> = page.words.get(words).unwrap_or_default().iter().collect();
    of_words(page, &words, text)
}

/// The source of words of one page.
pub fn of_words(page: &Page, words: &[&Word], text: String) -> Source {
    Source { citation: citation(page, text, boxes(words)), parsing: parsing(words) }
}

/// One source for both: the second stands under the first on the same page.
pub fn join(first: &mut Source, second: Source) {
    first.citation.text.push('\n');
    first.citation.text.push_str(&second.citation.text);
    first.citation.boxes.extend(second.citation.boxes);
    first.parsing = first.parsing.min(second.parsing);
}

fn citation(page: &Page, text: String, boxes: Vec<BBox>) -> Citation {
    Citation { page: page.number, text, boxes, page_size: page.width.zip(page.height) }
}

fn boxes(words: &[&Word]) -> Vec<BBox> {
    let lines = words.chunk_by(|a, b| a.line == b.line);
    lines.filter_map(|line| BBox::around(line.iter().filter_map(|word| word.bbox))).collect()
}

fn parsing(words: &[&Word]) -> f32 {
    let known: Vec<f32> = words.iter().filter_map(|word| word.confidence).collect();
    if known.is_empty() { 1.0 } else { known.iter().sum::<f32>() / known.len() as f32 }
}
