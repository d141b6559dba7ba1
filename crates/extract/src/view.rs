//! The pages as the reader's eye sees them: phrases on lines, what stands to the right of each and what below.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use docmill_model::document::{BBox, BlockKind, Cell, Page, Word};

use crate::concepts::is_known_label;
use crate::tokens::{Token, similar, tokens};

/// A gap wider than this many word heights parts two phrases of a line.
const PHRASE_GAP: f32 = 1.2;
/// What stands at most this many line heights lower belongs to what is above.
const BELOW_GAP: f32 = 2.2;
/// Phrases looked at for one neighbour: more stand so near only on pages made to be slow.
const NEIGHBOURS_MAX: usize = 400;
/// With more different words than this, wrong letters are not looked for: it would take too long.
const FORGIVING_WORDS_MAX: usize = 8_000;

/// Consecutive words of one line and one cell.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// Index in `View::pages`.
    pub page: usize,
    /// Words with one space between.
    pub text: String,
    /// Where each word starts in `text`.
    pub starts: Vec<usize>,
    /// The first word's index on its page; the others follow.
    pub first: usize,
    pub bbox: Option<BBox>,
    pub tokens: Vec<Token>,
    /// It ends with a colon, or is what documents call something.
    pub is_label: bool,
    pub cell: Option<CellPlace>,
    /// Index of the list that the phrase is in, among the page's blocks.
    pub list: Option<usize>,
    /// Index in `View::phrases` of what stands beside and under it.
    pub right: Option<usize>,
    pub below: Option<usize>,
}

/// A cell: block of the page, row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellPlace {
    pub block: usize,
    pub row: u32,
    pub column: u32,
}

#[derive(Debug)]
pub struct View<'a> {
    pub pages: &'a [Page],
    /// In reading order.
    pub phrases: Vec<Phrase>,
    /// Where each comparable word occurs: phrase and token.
    pub places: HashMap<String, Vec<(usize, usize)>>,
    /// Phrases that are a year and nothing else, headers of figures above all.
    pub years: Vec<(usize, u16)>,
    /// Whether any word comes from OCR.
    ocr: bool,
    /// Set by whoever does not want the result any more.
    stop: Option<&'a AtomicBool>,
}

impl Phrase {
    /// The words (indexes on the page) that `start..end` of the text touches.
    pub fn words(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let from = self.starts.partition_point(|at| *at <= start).saturating_sub(1);
        let to = self.starts.partition_point(|at| *at < end).max(from + 1);
        self.first + from..self.first + to
    }
}

impl<'a> View<'a> {
    pub fn of(pages: &'a [Page]) -> Self {
        let mut phrases = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            let start = phrases.len();
            phrases_of(number, page, &mut phrases);
            link(&mut phrases, start, page);
        }
        let mut places: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, phrase) in phrases.iter().enumerate() {
            for (index, token) in phrase.tokens.iter().enumerate() {
                places.entry(token.norm.clone()).or_default().push((at, index));
            }
        }
        let ocr = pages.iter().flat_map(|page| &page.words).any(|word| word.confidence.is_some());
        let years = phrases.iter().enumerate().filter_map(|(at, phrase)| Some((at, year(&phrase.text)?))).collect();
        Self { pages, phrases, places, years, ocr, stop: None }
    }

    pub fn with_stop(self, stop: &'a AtomicBool) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// Whether nobody wants the result any more: then what is found so far is as good as all.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Where a word of a label occurs, also with one wrong letter when the pages were read by OCR.
    pub fn occurrences(&self, word: &str) -> Vec<(usize, usize)> {
        let mut found = self.places.get(word).cloned().unwrap_or_default();
        if self.ocr && found.is_empty() && self.places.len() <= FORGIVING_WORDS_MAX {
            let near = self.places.iter().filter(|(known, _)| similar(known, word));
            found = near.flat_map(|(_, places)| places.iter().copied()).collect();
            found.sort_unstable();
        }
        found
    }

    /// Whether a phrase is a label itself, and so not the value of another.
    pub fn is_label(&self, phrase: usize) -> bool {
        self.phrases[phrase].is_label
    }
}

fn year(text: &str) -> Option<u16> {
    let year = text.strip_prefix("FY").unwrap_or(text).trim();
    year.parse().ok().filter(|number| year.len() == 4 && (1900..2100).contains(number))
}

fn phrases_of(number: usize, page: &Page, phrases: &mut Vec<Phrase>) {
    let (cells, lists) = (cells_of_words(page), lists_of_words(page));
    let mut open = 0;
    for at in 1..=page.words.len() {
        let ends = at == page.words.len() || cells[at] != cells[at - 1] || parts(&page.words[at - 1], &page.words[at]);
        if ends {
            phrases.push(Phrase { cell: cells[open], list: lists[open], ..phrase(number, &page.words, open..at) });
            open = at;
        }
    }
}

fn cells_of_words(page: &Page) -> Vec<Option<CellPlace>> {
    let mut cells = vec![None; page.words.len()];
    for (block, content) in page.blocks.iter().enumerate() {
        let BlockKind::Table(table) = &content.kind else { continue };
        for cell in &table.cells {
            for range in &cell.words {
                let end = (range.end as usize).min(cells.len());
                let start = (range.start as usize).min(end);
                cells[start..end].fill(Some(CellPlace { block, row: cell.row, column: cell.column }));
            }
        }
    }
    cells
}

fn lists_of_words(page: &Page) -> Vec<Option<usize>> {
    let mut lists = vec![None; page.words.len()];
    for (block, content) in page.blocks.iter().enumerate() {
        if matches!(content.kind, BlockKind::List(_)) {
            for range in &content.words {
                let end = (range.end as usize).min(lists.len());
                let start = (range.start as usize).min(end);
                lists[start..end].fill(Some(block));
            }
        }
    }
    lists
}

/// Whether two consecutive words stand apart: another line, or a wide gap.
fn parts(left: &Word, right: &Word) -> bool {
    if left.line != right.line {
        return true;
    }
    match (left.bbox, right.bbox) {
        (Some(a), Some(b)) => {
            let height = a.h.max(b.h).max(1.0);
            let gap = b.x - a.right();
            gap > PHRASE_GAP * height || gap < -2.0 * height
        }
        _ => false,
    }
}

fn phrase(page: usize, words: &[Word], range: std::ops::Range<usize>) -> Phrase {
    let (mut text, mut starts) = (String::new(), Vec::with_capacity(range.len()));
    for word in &words[range.clone()] {
        if !starts.is_empty() {
            text.push(' ');
        }
        starts.push(text.len());
        text.push_str(&word.text);
    }
    let bbox = BBox::around(words[range.clone()].iter().filter_map(|word| word.bbox));
    let tokens = tokens(&text);
    let is_label = text.trim_end().ends_with(':') || is_known_label(&tokens);
    Phrase {
        page,
        text,
        starts,
        first: range.start,
        bbox,
        tokens,
        is_label,
        cell: None,
        list: None,
        right: None,
        below: None,
    }
}

/// Finds for every phrase of a page what stands right of it and below it.
fn link(phrases: &mut [Phrase], start: usize, page: &Page) {
    let own = &phrases[start..];
    let mut cells: HashMap<CellPlace, usize> = HashMap::new();
    for (at, phrase) in own.iter().enumerate() {
        if let Some(place) = phrase.cell {
            cells.entry(place).or_insert(at);
        }
    }
    let spans = cell_spans(page);
    let mut by_top: Vec<(f32, usize)> =
        own.iter().enumerate().filter_map(|(at, phrase)| Some((phrase.bbox?.y, at))).collect();
    by_top.sort_by(|a, b| a.0.total_cmp(&b.0));
    let links: Vec<(Option<usize>, Option<usize>)> = (0..own.len())
        .map(|at| match (own[at].cell, own[at].bbox) {
            (None, Some(bbox)) => (right_of(own, &by_top, at, bbox), below(own, &by_top, at, bbox)),
            // What the eye sees comes before the grid: a form that was read as a table has cells of several values.
            (Some(place), Some(bbox)) => {
                let (right, under) = cell_links(&spans, &cells, place);
                (right_of(own, &by_top, at, bbox).or(right), below(own, &by_top, at, bbox).or(under))
            }
            (Some(place), None) => cell_links(&spans, &cells, place),
            (None, None) => (None, Some(at + 1).filter(|next| own.get(*next).is_some_and(|n| n.cell.is_none()))),
        })
        .collect();
    for (at, (right, below)) in links.into_iter().enumerate() {
        phrases[start + at].right = right.map(|index| start + index);
        phrases[start + at].below = below.map(|index| start + index);
    }
}

/// Rows and columns that each cell covers.
fn cell_spans(page: &Page) -> HashMap<CellPlace, (u32, u32)> {
    let tables = page.blocks.iter().enumerate().filter_map(|(block, content)| match &content.kind {
        BlockKind::Table(table) => Some((block, table)),
        _ => None,
    });
    let place = |block, cell: &Cell| CellPlace { block, row: cell.row, column: cell.column };
    tables
        .flat_map(|(block, table)| table.cells.iter().map(move |cell| (block, cell)))
        .map(|(block, cell)| (place(block, cell), (cell.row_span.max(1), cell.column_span.max(1))))
        .collect()
}

fn cell_links(
    spans: &HashMap<CellPlace, (u32, u32)>,
    cells: &HashMap<CellPlace, usize>,
    place: CellPlace,
) -> (Option<usize>, Option<usize>) {
    let (rows, columns) = spans.get(&place).copied().unwrap_or((1, 1));
    // Two empty cells between label and value are skipped: forms often leave one.
    let right = (0..3).find_map(|skip| {
        cells.get(&CellPlace { column: place.column.saturating_add(columns).saturating_add(skip), ..place })
    });
    let below = cells.get(&CellPlace { row: place.row.saturating_add(rows), ..place });
    (right.copied(), below.copied())
}

fn right_of(own: &[Phrase], by_top: &[(f32, usize)], at: usize, bbox: BBox) -> Option<usize> {
    let from = by_top.partition_point(|(top, _)| *top < bbox.y - 3.0 * bbox.h.max(1.0));
    let near = by_top[from..].iter().take_while(|(top, _)| *top <= bbox.bottom()).take(NEIGHBOURS_MAX);
    let candidates = near.filter_map(|(_, other)| {
        let b = own[*other].bbox.filter(|_| *other != at)?;
        let overlap = bbox.bottom().min(b.bottom()) - bbox.y.max(b.y);
        (overlap >= 0.5 * bbox.h.min(b.h) && b.x >= bbox.right() - 2.0).then_some((b.x - bbox.right(), *other))
    });
    candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}

fn below(own: &[Phrase], by_top: &[(f32, usize)], at: usize, bbox: BBox) -> Option<usize> {
    let height = bbox.h.max(1.0);
    let from = by_top.partition_point(|(top, _)| *top < bbox.bottom() - 0.4 * height);
    let near =
        by_top[from..].iter().take_while(|(top, _)| *top <= bbox.bottom() + BELOW_GAP * height).take(NEIGHBOURS_MAX);
    let candidates = near.filter_map(|(top, other)| {
        let b = own[*other].bbox.filter(|_| *other != at)?;
        let overlap = bbox.right().min(b.right()) - bbox.x.max(b.x);
        let aligned = (b.x - bbox.x).abs();
        (overlap > 0.3 * bbox.w.min(b.w) || aligned < height).then_some((top + aligned * 0.1, *other))
    });
    candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}
