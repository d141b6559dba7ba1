//! A document in pieces for retrieval: each with its text, the headings above it, its pages and places, and about how
//! many tokens it has.
//!
//! The rules are few and stable, so that the same document gives the same chunks:
//! - A heading begins a chunk and stands in its text; its path is in `headings`.
//! - A chunk takes what follows in reading order until the next piece would go over the target.
//! - Pieces are paragraphs, code, list items with everything below them, and table rows. A piece is never cut, except a
//!   paragraph that is over the target alone: it is cut between sentences, and a sentence over it between words.
//! - A table that goes on in the next chunk has its header rows again.
//! - Page headers, page footers, watermarks and figures (their captions are text) are no part of any chunk. A page that failed ends the chunk before it.

use std::fmt::Write;

use docmill_model::document::{BBox, Block, BlockKind, List, ListItem, Page, PageOutcome, Role, Table};
use serde::Serialize;

use super::escape::escape;
use super::markdown;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chunk {
    /// Counts from 0 in the document.
    pub index: u32,
    /// Markdown; table rows as pipe rows.
    pub text: String,
    /// Plain texts of the headings that the chunk stands under, the highest first.
    pub headings: Vec<String>,
    /// Pages that it touches, ascending.
    pub pages: Vec<u32>,
    /// Where it stands, in points; empty for formats without geometry.
    pub boxes: Vec<Place>,
    /// About how many tokens a language model counts: `tokens`.
    pub tokens: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Place {
    pub page: u32,
    pub bbox: BBox,
}

/// Cuts a document page by page: memory does not grow with it.
#[derive(Debug)]
pub struct Chunker {
    /// Tokens that a chunk should not go over.
    target: u32,
    made: u32,
    path: Vec<(u8, String)>,
    open: Open,
}

/// The chunk that is being filled.
#[derive(Debug, Default)]
struct Open {
    text: String,
    headings: Vec<String>,
    /// Something beside headings is in it.
    has_body: bool,
    /// The block that the last piece was of, by its page and place: rows and items of one block stand close.
    block: Option<(u32, usize)>,
    pages: Vec<u32>,
    boxes: Vec<(usize, Place)>,
}

/// What is never cut.
struct Piece {
    text: String,
    boxes: Vec<BBox>,
    /// What comes before it when it begins a chunk.
    again: Option<String>,
    /// What parts it from the piece before, when both are of one block.
    joint: &'static str,
}

impl Chunker {
    /// Chunks of about `target` tokens.
    pub fn new(target: u32) -> Self {
        Self { target, made: 0, path: Vec::new(), open: Open::default() }
    }

    /// Takes the next page; chunks that are whole now.
    pub fn page(&mut self, outcome: &PageOutcome) -> Vec<Chunk> {
        let mut done = Vec::new();
        match outcome {
            PageOutcome::Read(page) if page.blocks.is_empty() => self.plain(page, &mut done),
            PageOutcome::Read(page) => {
                for (index, block) in page.blocks.iter().enumerate() {
                    self.block(page.number, index, block, &mut done);
                }
            }
            PageOutcome::Failed { .. } => done.extend(self.close()),
        }
        done
    }

    /// The last chunk.
    pub fn end(mut self) -> Option<Chunk> {
        self.close()
    }

    /// A page without layout (tier fast): paragraphs are what empty lines part.
    fn plain(&mut self, page: &Page, done: &mut Vec<Chunk>) {
        for (index, paragraph) in page.text.split("\n\n").map(str::trim).enumerate() {
            for piece in self.paragraph(paragraph, &[]) {
                self.add(page.number, index, piece, done);
            }
        }
    }

    fn block(&mut self, page: u32, index: usize, block: &Block, done: &mut Vec<Chunk>) {
        let apart = matches!(block.role, Role::PageHeader | Role::PageFooter | Role::Watermark | Role::Figure);
        if apart || block.md.is_empty() {
            return;
        }
        if let BlockKind::Heading { value, level } = &block.kind {
            self.heading(value, *level, done);
            let text = block.md.clone();
            self.open.push((page, index), &Piece { text, boxes: block.boxes.clone(), again: None, joint: "\n" });
            return;
        }
        for piece in self.pieces(block) {
            self.add(page, index, piece, done);
        }
    }

    /// Moves to another place of the outline.
    fn heading(&mut self, value: &str, level: u8, done: &mut Vec<Chunk>) {
        if self.open.has_body {
            done.extend(self.close());
        }
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, value.split_whitespace().collect::<Vec<_>>().join(" ")));
        self.open.headings = self.headings();
    }

    fn headings(&self) -> Vec<String> {
        self.path.iter().map(|(_, text)| text.clone()).collect()
    }

    fn pieces(&self, block: &Block) -> Vec<Piece> {
        match &block.kind {
            BlockKind::List(list) => items(list, &block.boxes),
            BlockKind::Table(table) => rows(table, &block.boxes),
            BlockKind::Text { .. } => self.paragraph(&block.md, &block.boxes),
            _ => vec![Piece { text: block.md.clone(), boxes: block.boxes.clone(), again: None, joint: "\n" }],
        }
    }

    /// A paragraph, in as many pieces as it needs.
    fn paragraph(&self, text: &str, boxes: &[BBox]) -> Vec<Piece> {
        let piece = |text: String| Piece { text, boxes: boxes.to_vec(), again: None, joint: " " };
        if tokens(text) <= self.target {
            return if text.is_empty() { Vec::new() } else { vec![piece(text.to_owned())] };
        }
        let parts = sentences(text).into_iter().flat_map(|sentence| {
            if tokens(sentence) <= self.target { vec![sentence] } else { sentence.split_whitespace().collect() }
        });
        let mut pieces: Vec<String> = Vec::new();
        for part in parts {
            match pieces.last_mut() {
                Some(last) if tokens(last) + tokens(part) < self.target => *last = format!("{last} {part}"),
                _ => pieces.push(part.to_owned()),
            }
        }
        pieces.into_iter().map(piece).collect()
    }

    fn add(&mut self, page: u32, index: usize, mut piece: Piece, done: &mut Vec<Chunk>) {
        let over = tokens(&self.open.text) + tokens(&piece.text) > self.target;
        if self.open.has_body && over {
            done.extend(self.close());
            self.open.headings = self.headings();
            if let Some(again) = piece.again.take() {
                piece.text = format!("{again}\n{}", piece.text);
            }
        }
        self.open.has_body = true;
        self.open.push((page, index), &piece);
    }

    fn close(&mut self) -> Option<Chunk> {
        let open = std::mem::take(&mut self.open);
        self.open.headings.clone_from(&open.headings);
        if open.text.is_empty() {
            return None;
        }
        self.made += 1;
        Some(Chunk {
            index: self.made - 1,
            tokens: tokens(&open.text),
            text: open.text,
            headings: open.headings,
            pages: open.pages,
            boxes: open.boxes.into_iter().map(|(_, place)| place).collect(),
        })
    }
}

impl Open {
    fn push(&mut self, block: (u32, usize), piece: &Piece) {
        let same_block = self.block == Some(block);
        if !self.text.is_empty() {
            self.text.push_str(if same_block { piece.joint } else { "\n\n" });
        }
        self.text.push_str(&piece.text);
        self.block = Some(block);
        let (page, index) = block;
        if self.pages.last() != Some(&page) {
            self.pages.push(page);
        }
        for bbox in &piece.boxes {
            self.place(index, Place { page, bbox: *bbox }, same_block);
        }
    }

    /// Rows and items of one block are one place, as large as they are together.
    fn place(&mut self, index: usize, place: Place, same_block: bool) {
        match self.boxes.last_mut() {
            Some((of, last)) if same_block && *of == index && last.page == place.page => {
                last.bbox = last.bbox.union(place.bbox);
            }
            _ => self.boxes.push((index, place)),
        }
    }
}

/// A list's own items; what is nested below an item stays with it.
fn items(list: &List, boxes: &[BBox]) -> Vec<Piece> {
    let mut number = 0;
    let mut pieces = Vec::new();
    for item in &list.items {
        number = item.number.unwrap_or(number + 1);
        let alone = ListItem { number: Some(number), ..item.clone() };
        let text = markdown::list(&List { ordered: list.ordered, items: vec![alone] }, false);
        let boxes = item.bbox.map_or_else(|| boxes.to_vec(), |bbox| vec![bbox]);
        pieces.push(Piece { text, boxes, again: None, joint: "\n" });
    }
    pieces
}

/// A table's rows. Header rows are one piece with the first row below them, and come again where the table is cut.
fn rows(table: &Table, boxes: &[BBox]) -> Vec<Piece> {
    let grid = table.grid();
    let lines: Vec<String> = grid.iter().map(|row| pipe_row(row)).collect();
    let header_rows = table.header_rows() as usize;
    let mut header = lines[..header_rows.min(lines.len())].join("\n");
    if header_rows > 0 {
        let _ = write!(header, "\n|{}", " --- |".repeat(table.column_count as usize));
    }
    let mut pieces = Vec::new();
    for (row, line) in lines.iter().enumerate().skip(header_rows) {
        let text = if row == header_rows && header_rows > 0 { format!("{header}\n{line}") } else { line.clone() };
        let again = (row > header_rows && header_rows > 0).then(|| header.clone());
        pieces.push(Piece { text, boxes: row_boxes(table, row as u32, boxes), again, joint: "\n" });
    }
    if pieces.is_empty() && !header.is_empty() {
        pieces.push(Piece { text: header, boxes: boxes.to_vec(), again: None, joint: "\n" });
    }
    pieces
}

fn row_boxes(table: &Table, row: u32, whole: &[BBox]) -> Vec<BBox> {
    let cells = table.cells.iter().filter(|cell| cell.row == row).filter_map(|cell| cell.bbox);
    BBox::around(cells).map_or_else(|| whole.to_vec(), |bbox| vec![bbox])
}

fn pipe_row(cells: &[String]) -> String {
    let cells = cells.iter().map(|text| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!(" {} |", escape(&line).replace('|', "\\|"))
    });
    format!("|{}", cells.collect::<String>())
}

/// A text cut after `.`, `!`, `?` and their wide forms, where white space follows or none is usual.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let next_is_space = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let ends = matches!(char, '.' | '!' | '?') && next_is_space || matches!(char, '。' | '！' | '？');
        if ends {
            let end = at + char.len_utf8();
            found.push(text[start..end].trim());
            start = end;
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// About how many tokens a language model counts: one for each sign of Chinese, Japanese or Korean, one for four of
/// any other script. Tokenizers differ by a fifth and more, so no finer rule would be truer.
pub fn tokens(text: &str) -> u32 {
    let (wide, others) = text.chars().fold((0_u32, 0_u32), |(wide, others), char| {
        let is_wide = matches!(char, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
        if is_wide { (wide + 1, others) } else { (wide, others + 1) }
    });
    wide + others.div_ceil(4)
}

#[cfg(test)]
mod tests;
