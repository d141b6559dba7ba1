//! The lines of a document as the eye sees them, for reading rows: words side by side, or the rows of a grid that is
//! drawn or marked up.

use std::collections::HashMap;

use docmill_model::document::{BBox, Block, BlockKind, Cell, Page, Table, Word};

use crate::cite::{Source, of_cell, of_words};

/// Words whose middle lies this near to a line's, as a share of the lower height, stand on it.
const SAME_LINE: f32 = 0.5;
/// Rows of a grid that are looked at for stacked ones.
const GRID_ROWS_SEEN: usize = 40;
/// Width that a column has where the format knows none.
const COLUMN_WIDTH: f32 = 100.0;

/// Something on a line: a word, or a cell of a grid.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub x0: f32,
    pub x1: f32,
    pub top: f32,
    pub text: &'a str,
    from: From<'a>,
}

#[derive(Debug, Clone, Copy)]
enum From<'a> {
    Word(usize),
    Cell(&'a Cell),
}

#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// Index of the page.
    pub page: usize,
    pub top: f32,
    pub bottom: f32,
    /// From left to right.
    pub pieces: Vec<Piece<'a>>,
    /// The grid whose row this is (its block on the page): its cells are what the document says they are.
    pub grid: Option<usize>,
}

/// Lines that follow each other and share their horizontal places.
pub type Strip<'a> = Vec<Line<'a>>;

impl Piece<'_> {
    pub fn center(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    pub const fn is_cell(&self) -> bool {
        matches!(self.from, From::Cell(_))
    }
}

impl Line<'_> {
    pub fn height(&self) -> f32 {
        (self.bottom - self.top).max(1.0)
    }
}

/// The text of neighbouring pieces; pieces below each other are parted by a line end.
pub fn text_of(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            let lower = !piece.is_cell() && piece.top > pieces[at - 1].top + SAME_LINE * 8.0;
            text.push(if lower { '\n' } else { ' ' });
        }
        text.push_str(piece.text.trim());
    }
    text
}

/// Where pieces of one page were read, as one citation with the text that is given.
pub fn source_of(page: &Page, pieces: &[Piece], text: &str) -> Source {
    if let [Piece { from: From::Cell(cell), .. }] = pieces {
        return of_cell(page, cell);
    }
    let words = pieces.iter().flat_map(|piece| match piece.from {
        From::Word(at) => page.words.get(at..=at).unwrap_or_default().iter().collect::<Vec<_>>(),
        From::Cell(cell) => cell.words.iter().flat_map(|range| range.of(&page.words)).collect(),
    });
    of_words(page, &words.collect::<Vec<_>>(), text.to_owned())
}

/// All pages with places as one strip; grids without places as strips of their own, those that were cut into several
/// pages as one.
pub fn strips(pages: &[Page]) -> Vec<Strip<'_>> {
    let mut placed = Strip::new();
    let mut strips: Vec<Strip> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let has_places = page.words.iter().any(|word| word.bbox.is_some());
        let mut in_grid = vec![false; page.words.len()];
        let mut lines = Strip::new();
        for (block, content) in page.blocks.iter().enumerate() {
            let BlockKind::Table(table) = &content.kind else { continue };
            if has_places && !is_grid(page, table) {
                continue;
            }
            for range in table.cells.iter().flat_map(|cell| &cell.words) {
                let end = (range.end as usize).min(in_grid.len());
                in_grid[(range.start as usize).min(end)..end].fill(true);
            }
            let rows = rows_of(number, page, block, table, has_places);
            match strips.last_mut().filter(|_| !has_places && block == 0 && goes_on(pages, number)) {
                Some(before) => before.extend(rows),
                None if has_places => lines.extend(rows),
                None => strips.push(rows),
            }
        }
        if has_places {
            lines.extend(lines_of_words(number, page, &in_grid));
            // Two grids side by side are read one after the other.
            let tops = tops_of_grids(&lines);
            let begins = |line: &Line| line.grid.and_then(|grid| tops.get(&grid).copied()).unwrap_or(line.top);
            lines.sort_by(|a, b| {
                begins(a).total_cmp(&begins(b)).then(a.grid.cmp(&b.grid)).then(a.top.total_cmp(&b.top))
            });
            placed.extend(lines);
        }
    }
    strips.insert(0, placed);
    strips
}

/// Whether the table that begins a page is the rest of the one that the page before ends with: of the same sheet, with as
/// many columns and without a header. So are tables cut that are too long for one page.
fn goes_on(pages: &[Page], number: usize) -> bool {
    fn table(block: Option<&Block>) -> Option<&Table> {
        match &block?.kind {
            BlockKind::Table(table) => Some(table),
            _ => None,
        }
    }
    let before = number
        .checked_sub(1)
        .map(|before| &pages[before])
        .filter(|page| page.width.is_none() && page.name == pages[number].name);
    let ended = before.and_then(|page| table(page.blocks.last()));
    ended.zip(table(pages[number].blocks.first())).is_some_and(|(ended, begun)| {
        ended.column_count == begun.column_count && !begun.cells.iter().any(|cell| cell.header)
    })
}

/// Where the first row of each grid stands.
fn tops_of_grids(lines: &[Line]) -> HashMap<usize, f32> {
    let mut tops = HashMap::new();
    for line in lines {
        if let Some(grid) = line.grid {
            let top = tops.entry(grid).or_insert(line.top);
            *top = line.top.min(*top);
        }
    }
    tops
}

/// Whether a table's cells are trusted: the format says them, or rules part them. Not where several rows stand in
/// one cell each, as in tables whose rules part the columns only.
fn is_grid(page: &Page, table: &Table) -> bool {
    if matches!(table.method.as_str(), "aligned" | "ruled rows" | "drawn cells") {
        return false;
    }
    let rows = table.cells.chunk_by(|a, b| a.row == b.row).take(GRID_ROWS_SEEN);
    !rows.into_iter().any(|row| stacks(page, row))
}

/// Whether a row holds rows: a cell with numbers below each other beside another cell of as many lines.
fn stacks(page: &Page, row: &[Cell]) -> bool {
    let lines = |cell: &Cell| -> Vec<String> {
        let words: Vec<&Word> = cell.words.iter().flat_map(|range| range.of(&page.words)).collect();
        let lines = words.chunk_by(|a, b| a.line == b.line || stand_on_one_line(a.bbox, b.bbox));
        lines.map(|line| line.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")).collect()
    };
    let is_number = |line: &String| {
        line.contains(|c: char| c.is_ascii_digit()) && line.chars().filter(|c| c.is_alphabetic()).count() <= 3
    };
    let is_row = |line: &String| {
        let numbers = line.split(' ').filter(|word| is_number(&(*word).to_owned()) && word.len() > 1).count();
        numbers >= 2 && line.contains(char::is_alphabetic)
    };
    // All columns in one cell.
    if row.iter().any(|cell| lines(cell).iter().filter(|line| is_row(line)).count() >= 2) {
        return true;
    }
    let stacked: Vec<(usize, bool)> = row
        .iter()
        .map(lines)
        .filter(|lines| lines.len() >= 2)
        .map(|lines| (lines.len(), lines.iter().all(is_number)))
        .collect();
    stacked.iter().any(|(count, numbers)| *numbers && stacked.iter().filter(|(other, _)| other >= count).count() >= 2)
}

fn stand_on_one_line(a: Option<BBox>, b: Option<BBox>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a.center().1 - b.center().1).abs() < SAME_LINE * a.h.min(b.h))
}

fn rows_of<'a>(number: usize, page: &'a Page, block: usize, table: &'a Table, has_places: bool) -> Vec<Line<'a>> {
    let mut rows: Vec<Line> = Vec::new();
    let mut open = None;
    for cell in table.cells.iter().filter(|cell| !cell.text.trim().is_empty()) {
        let place = if has_places { place_of(page, cell) } else { Some(place_in_grid(cell)) };
        let Some(bbox) = place else { continue };
        let piece = Piece { x0: bbox.x, x1: bbox.right(), top: bbox.y, text: &cell.text, from: From::Cell(cell) };
        match rows.last_mut().filter(|_| open == Some(cell.row)) {
            Some(row) => {
                row.top = row.top.min(bbox.y);
                row.bottom = row.bottom.max(bbox.bottom());
                row.pieces.push(piece);
            }
            None => rows.push(Line {
                page: number,
                top: bbox.y,
                bottom: bbox.bottom(),
                pieces: vec![piece],
                grid: Some(block),
            }),
        }
        open = Some(cell.row);
    }
    rows
}

/// Where a cell would stand if all columns and rows were as wide and high.
fn place_in_grid(cell: &Cell) -> BBox {
    let width = COLUMN_WIDTH * cell.column_span.max(1) as f32 - 10.0;
    BBox::new(COLUMN_WIDTH * cell.column as f32, 14.0 * cell.row as f32, width, 10.0)
}

fn place_of(page: &Page, cell: &Cell) -> Option<BBox> {
    let words = cell.words.iter().flat_map(|range| range.of(&page.words));
    cell.bbox.or_else(|| BBox::around(words.filter_map(|word| word.bbox)))
}

fn lines_of_words<'a>(number: usize, page: &'a Page, in_grid: &[bool]) -> Vec<Line<'a>> {
    let mut words: Vec<(usize, &Word, BBox)> = page
        .words
        .iter()
        .enumerate()
        .filter(|(at, word)| !in_grid[*at] && !word.text.is_empty())
        .filter_map(|(at, word)| Some((at, word, word.bbox?)))
        .collect();
    words.sort_by(|a, b| a.2.center().1.total_cmp(&b.2.center().1));
    let mut lines: Vec<Line> = Vec::new();
    // The middle of the line that is being filled.
    let mut middle = f32::MIN;
    for (at, word, bbox) in words {
        let center = bbox.center().1;
        let piece = Piece { x0: bbox.x, x1: bbox.right(), top: bbox.y, text: &word.text, from: From::Word(at) };
        match lines.last_mut().filter(|line| center - middle < SAME_LINE * bbox.h.min(line.height()).max(1.0)) {
            Some(line) => {
                line.top = line.top.min(bbox.y);
                line.bottom = line.bottom.max(bbox.bottom());
                line.pieces.push(piece);
            }
            None => {
                middle = center;
                lines.push(Line { page: number, top: bbox.y, bottom: bbox.bottom(), pieces: vec![piece], grid: None });
            }
        }
    }
    for line in &mut lines {
        line.pieces.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        // Marks of one line may differ in their tops; only cells are read below each other.
        let top = line.top;
        line.pieces.iter_mut().for_each(|piece| piece.top = top);
    }
    lines
}
