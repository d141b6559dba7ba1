//! Blocks with their words in reading order.

use docmill_model::document::{BBox, Block, BlockKind, Cell, List, ListItem, Page, Role, Table, Word, WordRange};

use super::blocks::{Draft, line_text};
use super::grid::FoundTable;
use super::lines::join_lines;
use super::lists::Marker;
use super::{Token, bidi, tagged};

/// A list item: its marker, where the marker stands, and its text.
#[derive(Debug, Clone)]
pub struct Item {
    pub marker: Marker,
    pub draft: Draft,
}

/// Fills a page block by block.
pub struct Emitter<'t> {
    tokens: &'t [Token],
    page: &'t mut Page,
    line: u32,
}

impl<'t> Emitter<'t> {
    pub fn new(tokens: &'t [Token], page: &'t mut Page) -> Self {
        let line = page.words.last().map_or(0, |word| word.line + 1);
        page.words.reserve(tokens.len());
        Self { tokens, page, line }
    }

    pub fn tokens(&self) -> &'t [Token] {
        self.tokens
    }

    /// Height of the page, points.
    pub fn height(&self) -> f32 {
        self.page.height.unwrap_or_default()
    }

    fn push_words(&mut self, tokens: &[usize], line: u32) {
        for index in tokens {
            let token = &self.tokens[*index];
            self.page.words.push(Word {
                text: token.text.clone(),
                bbox: Some(token.bbox),
                line,
                confidence: token.confidence,
            });
        }
    }

    fn lines(&mut self, draft: &Draft) -> WordRange {
        let start = self.page.words.len() as u32;
        for line in &draft.lines {
            let number = self.line;
            self.push_words(&line.tokens, number);
            self.line += 1;
        }
        WordRange::new(start, self.page.words.len() as u32)
    }

    fn push(&mut self, kind: BlockKind, role: Role, boxes: Vec<BBox>, words: WordRange) {
        let confidence = mean_confidence(words.of(&self.page.words));
        self.page.blocks.push(Block { kind, role, boxes, words: vec![words], md: String::new(), confidence });
    }

    pub fn text(&mut self, draft: &Draft, role: Role) {
        self.paragraph(draft, draft.text.clone(), role);
    }

    /// The same with its text as it is to be written.
    pub fn paragraph(&mut self, draft: &Draft, value: String, role: Role) {
        let words = self.lines(draft);
        self.push(BlockKind::Text { value }, role, vec![draft.bbox], words);
    }

    /// Paragraphs of a listing as one block of code, its indents and gaps as spaces.
    pub fn code(&mut self, drafts: &[Draft]) {
        let start = self.page.words.len() as u32;
        for draft in drafts {
            self.lines(draft);
        }
        let words = WordRange::new(start, self.page.words.len() as u32);
        let boxes = BBox::around(drafts.iter().map(|draft| draft.bbox)).into_iter().collect();
        let kind = BlockKind::Code { value: super::code::text(drafts, self.tokens), language: None };
        self.push(kind, Role::Body, boxes, words);
    }

    pub fn heading(&mut self, draft: &Draft, level: u8) {
        let words = self.lines(draft);
        let kind = BlockKind::Heading { value: draft.text.clone(), level };
        self.push(kind, Role::Body, vec![draft.bbox], words);
    }

    pub fn list(&mut self, items: &[Item]) {
        let start = self.page.words.len() as u32;
        for item in items {
            self.lines(&item.draft);
        }
        let words = WordRange::new(start, self.page.words.len() as u32);
        let boxes = BBox::around(items.iter().map(|item| item.draft.bbox)).into_iter().collect();
        let em = items.first().map_or(10.0, |item| item.draft.size);
        if let Some(list) = nest(items, em, self.tokens) {
            self.push(BlockKind::List(list), Role::Body, boxes, words);
        }
    }

    /// A list that is made up already; `lines` are its items' in reading order.
    pub fn marked_list(&mut self, list: List, lines: &[Draft]) {
        let start = self.page.words.len() as u32;
        for draft in lines {
            self.lines(draft);
        }
        let words = WordRange::new(start, self.page.words.len() as u32);
        let boxes = BBox::around(lines.iter().map(|draft| draft.bbox)).into_iter().collect();
        self.push(BlockKind::List(list), Role::Body, boxes, words);
    }

    pub fn table(&mut self, table: &FoundTable) {
        let start = self.page.words.len() as u32;
        let mut cells = Vec::with_capacity(table.cells.len());
        // The columns of a table that is marked up are in their own order.
        let drawn = table.method != tagged::METHOD;
        let rtl = drawn && bidi::mostly_rtl(table.tokens().map(|index| self.tokens[index].text.as_str()));
        let (mut row, mut depth) = (0, 0);
        for cell in &table.cells {
            if cell.row != row {
                self.line += depth;
                (row, depth) = (cell.row, 0);
            }
            let from = self.page.words.len() as u32;
            // Cells of one row share their lines' numbers: they stand side by side.
            let mut lines = cell.lines.clone();
            for (number, line) in lines.iter_mut().enumerate() {
                bidi::reading_order(self.tokens, line);
                self.push_words(line, self.line + number as u32);
            }
            depth = depth.max(cell.lines.len() as u32);
            let range = WordRange::new(from, self.page.words.len() as u32);
            let texts: Vec<String> = lines.iter().map(|line| joined(self.tokens, line)).collect();
            cells.push(Cell {
                row: cell.row as u32,
                // Tables of right-to-left text have their first column on the right.
                column: if rtl { table.columns - cell.column - cell.column_span } else { cell.column } as u32,
                row_span: cell.row_span as u32,
                column_span: cell.column_span as u32,
                header: cell.row < table.header_rows,
                text: cell_text(&texts),
                bbox: cell.bbox,
                words: if range.is_empty() { Vec::new() } else { vec![range] },
            });
        }
        cells.sort_by_key(|cell| (cell.row, cell.column));
        self.line += depth;
        let words = WordRange::new(start, self.page.words.len() as u32);
        let kind = BlockKind::Table(Table {
            row_count: table.rows as u32,
            column_count: table.columns as u32,
            cells,
            method: table.method.to_owned(),
            ..Table::default()
        });
        self.push(kind, Role::Body, vec![table.bbox], words);
    }
}

fn joined(tokens: &[Token], line: &[usize]) -> String {
    line.iter().map(|index| tokens[*index].text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Wrapped lines of a cell are one text; lines that begin with a bullet stay lines.
fn cell_text(lines: &[String]) -> String {
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        let item =
            line.split_whitespace().next().is_some_and(|word| super::lists::marker(word) == Some(Marker::Bullet));
        if item || groups.is_empty() {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(line);
        }
    }
    groups.into_iter().map(join_lines).collect::<Vec<_>>().join("\n")
}

pub fn mean_confidence(words: &[Word]) -> Option<f32> {
    let known: Vec<f32> = words.iter().filter_map(|word| word.confidence).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f32>() / known.len() as f32)
}

/// Items to nested lists by where their markers stand.
fn nest(items: &[Item], em: f32, tokens: &[Token]) -> Option<List> {
    let first = items.first()?;
    let x = |item: &Item| item.draft.lines.first().map_or(item.draft.bbox.x, |line| line.bbox.x);
    let mut list = List { ordered: matches!(first.marker, Marker::Ordered(Some(_))), items: Vec::new() };
    let mut index = 0;
    while index < items.len() {
        let deeper = index > 0 && x(&items[index]) > x(first) + em;
        if !deeper {
            list.items.push(item(&items[index], tokens));
            index += 1;
            continue;
        }
        let end = (index..items.len()).find(|next| x(&items[*next]) <= x(first) + em).unwrap_or(items.len());
        if let (Some(children), Some(parent)) = (nest(&items[index..end], em, tokens), list.items.last_mut()) {
            parent.children.push(children);
        }
        index = end;
    }
    Some(list)
}

fn item(item: &Item, tokens: &[Token]) -> ListItem {
    let mut texts: Vec<String> = item.draft.lines.iter().map(|line| line_text(line, tokens)).collect();
    if let (Some(text), Some(line)) = (texts.first_mut(), item.draft.lines.first()) {
        let marker = &tokens[line.tokens[0]].text;
        // Letters and roman numbers stay in the text: markdown knows no such markers.
        if item.marker != Marker::Ordered(None) {
            *text = text.strip_prefix(marker.as_str()).unwrap_or(text).trim_start().to_owned();
        }
    }
    let number = match item.marker {
        Marker::Ordered(number) => number,
        Marker::Bullet => None,
    };
    ListItem {
        value: join_lines(texts.iter().map(String::as_str)),
        number,
        bbox: Some(item.draft.bbox),
        ..ListItem::default()
    }
}
