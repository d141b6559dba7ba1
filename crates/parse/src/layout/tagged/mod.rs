//! Pages by the structure tree of their document, where that is sound.

mod sound;

use std::collections::HashMap;

use docmill_model::document::{BBox, List, ListItem, Role};

use super::blocks::{self, Draft};
use super::emit::Emitter;
use super::grid::{FoundCell, FoundTable, bbox_of, cell_lines};
use super::lines::{join_lines, segments};
use super::lists::{self, Marker};
use super::tree::{ARTIFACT, Child, Element, Tag, Tree};
use super::{PageRecord, Token, headings};

pub use sound::is_sound;

/// `Table::method` of tables that the document marks up.
pub const METHOD: &str = "tagged";

/// Words of the page by the marks of the tree.
pub struct Tagged<'r> {
    tokens: &'r [Token],
    tree: &'r Tree,
    by_mark: HashMap<u32, Vec<usize>>,
}

impl<'r> Tagged<'r> {
    /// `free` are the words that are no page header or footer.
    pub fn of(record: &'r PageRecord, free: impl Iterator<Item = usize>) -> Option<Self> {
        let tree = record.tree.as_ref()?;
        let mut by_mark: HashMap<u32, Vec<usize>> = HashMap::new();
        for index in free {
            by_mark.entry(record.tokens[index].mark).or_default().push(index);
        }
        Some(Self { tokens: &record.tokens, tree, by_mark })
    }

    /// Words inside the element in the tree's order, those of blocks inside it aside: a table in an item, a note in a
    /// paragraph. A paragraph inside a heading, caption or note is its text.
    fn inline<'e>(&self, element: &'e Element, blocks: &mut Vec<&'e Element>) -> Vec<usize> {
        let mut words = Vec::new();
        self.gather(element, &mut words, blocks);
        words
    }

    fn gather<'e>(&self, element: &'e Element, words: &mut Vec<usize>, blocks: &mut Vec<&'e Element>) {
        let is_text = matches!(element.tag, Tag::Heading(_) | Tag::Caption | Tag::Note);
        for child in &element.children {
            match child {
                Child::Mark(mark) => words.extend(self.by_mark.get(mark).into_iter().flatten()),
                Child::Element(inner) if is_apart(inner.tag) && !(is_text && inner.tag == Tag::Paragraph) => {
                    blocks.push(inner);
                }
                Child::Element(inner) => self.gather(inner, words, blocks),
            }
        }
    }

    /// Every word inside.
    fn words(&self, element: &Element) -> Vec<usize> {
        element.marks().iter().filter_map(|mark| self.by_mark.get(mark)).flatten().copied().collect()
    }

    /// Words in the tree's order, as lines.
    fn draft(&self, words: &[usize]) -> Option<Draft> {
        let place: HashMap<usize, usize> = words.iter().enumerate().map(|(place, word)| (*word, place)).collect();
        let mut pieces = segments(self.tokens, words.iter().copied());
        pieces.sort_by_key(|piece| piece.tokens.iter().filter_map(|word| place.get(word)).min().copied());
        Draft::of(blocks::lines(&pieces, self.tokens), self.tokens)
    }

    /// The marks that the tree names.
    pub fn marks(&self) -> impl Iterator<Item = u32> {
        self.tree.root.marks().into_iter()
    }

    pub fn emit(&self, emitter: &mut Emitter<'_>) {
        self.group(&self.tree.root, emitter);
    }

    /// What is inside an element, block by block; words that stand between blocks are paragraphs.
    fn group(&self, element: &Element, emitter: &mut Emitter<'_>) {
        let mut loose: Vec<usize> = Vec::new();
        for child in &element.children {
            match child {
                Child::Mark(mark) => loose.extend(self.by_mark.get(mark).into_iter().flatten()),
                Child::Element(inner) if inner.tag == Tag::Inline => {
                    let mut apart = Vec::new();
                    loose.extend(self.inline(inner, &mut apart));
                    apart.into_iter().for_each(|block| self.block(block, emitter));
                }
                Child::Element(inner) => {
                    self.text(&std::mem::take(&mut loose), Role::Body, emitter);
                    self.block(inner, emitter);
                }
            }
        }
        self.text(&loose, Role::Body, emitter);
    }

    fn block(&self, element: &Element, emitter: &mut Emitter<'_>) {
        let mut inside = Vec::new();
        match element.tag {
            Tag::Group => return self.group(element, emitter),
            Tag::List => return self.list(element, emitter),
            Tag::Table => return self.table(element, emitter),
            Tag::Heading(level) => {
                let words = self.inline(element, &mut inside);
                if let Some(draft) = self.draft(&words) {
                    emitter.heading(&draft, level);
                }
            }
            Tag::Code => {
                if let Some(draft) = self.draft(&self.words(element)) {
                    emitter.code(&[draft]);
                }
            }
            tag => {
                let role = match tag {
                    Tag::Caption => Role::Caption,
                    Tag::Note => Role::Footnote,
                    _ => Role::Body,
                };
                let words = self.inline(element, &mut inside);
                self.text(&words, role, emitter);
            }
        }
        inside.into_iter().for_each(|block| self.block(block, emitter));
    }

    fn text(&self, words: &[usize], role: Role, emitter: &mut Emitter<'_>) {
        let Some(draft) = self.draft(words) else { return };
        let caption = role == Role::Body && headings::is_caption(&draft.text);
        emitter.text(&draft, if caption { Role::Caption } else { role });
    }

    fn list(&self, element: &Element, emitter: &mut Emitter<'_>) {
        let mut of_list = Lines::default();
        let list = self.list_of(element, &mut of_list);
        if !list.items.is_empty() {
            emitter.marked_list(list, &of_list.drafts);
        }
        of_list.apart.into_iter().for_each(|block| self.block(block, emitter));
    }

    fn list_of<'e>(&self, element: &'e Element, lines: &mut Lines<'e>) -> List {
        let mut list = List::default();
        for inner in element.elements() {
            match inner.tag {
                Tag::List => {
                    let child = self.list_of(inner, lines);
                    match list.items.last_mut() {
                        Some(parent) => parent.children.push(child),
                        None => list.items.extend(child.items),
                    }
                }
                Tag::Item => {
                    let (item, ordered) = self.item(inner, lines);
                    list.ordered |= list.items.is_empty() && ordered;
                    list.items.push(item);
                }
                _ => lines.apart.push(inner),
            }
        }
        list
    }

    /// An item, and whether it has a number.
    fn item<'e>(&self, element: &'e Element, lines: &mut Lines<'e>) -> (ListItem, bool) {
        let (mut label, mut words, mut inside) = (Vec::new(), Vec::new(), Vec::new());
        for child in &element.children {
            match child {
                Child::Element(inner) if inner.tag == Tag::Label => label.extend(self.words(inner)),
                Child::Element(inner) if is_apart(inner.tag) => inside.push(inner),
                Child::Element(inner) => self.gather(inner, &mut words, &mut inside),
                Child::Mark(mark) => words.extend(self.by_mark.get(mark).into_iter().flatten()),
            }
        }
        let is_marker = |word: &usize| lists::is_marker(&self.tokens[*word].text);
        if label.is_empty() && words.len() > 1 && words.first().is_some_and(is_marker) {
            label.push(words.remove(0));
        }
        let sign: String = label.iter().map(|word| self.tokens[*word].text.as_str()).collect();
        let marker = lists::marker(&sign);
        // Letters and roman numbers stay in the text: markdown knows no such markers.
        if matches!(marker, Some(Marker::Ordered(None)))
            || (marker.is_none() && sign.chars().any(char::is_alphanumeric))
        {
            words.splice(0..0, label.drain(..));
        }
        let body = self.draft(&words);
        let mut item = ListItem {
            value: body.as_ref().map(|body| body.text.clone()).unwrap_or_default(),
            number: if let Some(Marker::Ordered(number)) = marker { number } else { None },
            ..ListItem::default()
        };
        let marked = self.draft(&[label, words].concat());
        item.bbox = marked.as_ref().map(|draft| draft.bbox);
        lines.drafts.extend(marked);
        for block in inside {
            match block.tag {
                Tag::List => item.children.push(self.list_of(block, lines)),
                Tag::Paragraph => self.more(&mut item, block, lines),
                _ => lines.apart.push(block),
            }
        }
        let ordered = item.number.is_some();
        (item, ordered)
    }

    /// A paragraph of an item: the first is its text, the others go on with it.
    fn more<'e>(&self, item: &mut ListItem, element: &'e Element, lines: &mut Lines<'e>) {
        let words = self.inline(element, &mut lines.apart);
        let Some(draft) = self.draft(&words) else { return };
        item.value = join_lines([item.value.as_str(), draft.text.as_str()]);
        item.bbox = Some(item.bbox.map_or(draft.bbox, |bbox| bbox.union(draft.bbox)));
        lines.drafts.push(draft);
    }

    fn table(&self, element: &Element, emitter: &mut Emitter<'_>) {
        for caption in element.elements().filter(|inner| inner.tag == Tag::Caption) {
            self.block(caption, emitter);
        }
        if let Some(table) = self.table_of(element) {
            emitter.table(&table);
        }
    }

    fn table_of(&self, element: &Element) -> Option<FoundTable> {
        let grid = Grid::of(element);
        let cells: Vec<FoundCell> = grid
            .cells
            .iter()
            .map(|placed| {
                let words = self.words(placed.element);
                FoundCell {
                    row: placed.row,
                    column: placed.column,
                    row_span: placed.rows,
                    column_span: placed.columns,
                    bbox: bbox_of(self.tokens, words.iter().copied()),
                    lines: cell_lines(self.tokens, words),
                }
            })
            .collect();
        let is_header = |row: &usize| {
            let mut own = grid.cells.iter().filter(|cell| cell.row == *row).peekable();
            own.peek().is_some() && own.all(|cell| cell.element.tag == Tag::HeaderCell)
        };
        let header_rows = (0..grid.rows).take_while(is_header).count();
        let bbox = BBox::around(cells.iter().filter_map(|cell| cell.bbox))?;
        let mut table = FoundTable { bbox, rows: grid.rows, columns: grid.columns, cells, header_rows, method: METHOD };
        if header_rows == 0 || header_rows == grid.rows {
            table.header_rows = table.guess_header(self.tokens);
        }
        Some(table)
    }
}

/// Lines of a list in reading order, and blocks inside of it that are no part of it.
#[derive(Default)]
struct Lines<'e> {
    drafts: Vec<Draft>,
    apart: Vec<&'e Element>,
}

/// Whether an element is a block of its own wherever it stands.
fn is_apart(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Paragraph | Tag::Heading(_) | Tag::List | Tag::Table | Tag::Figure | Tag::Caption | Tag::Note | Tag::Code
    )
}

/// The cells of a table with their places.
struct Grid<'e> {
    cells: Vec<Placed<'e>>,
    rows: usize,
    columns: usize,
}

struct Placed<'e> {
    element: &'e Element,
    row: usize,
    column: usize,
    rows: usize,
    columns: usize,
}

/// Places of a grid that are looked at.
const PLACES_MAX: usize = 200_000;

impl<'e> Grid<'e> {
    /// Cells are set from the left into the places that cells of earlier rows leave free, as in HTML.
    fn of(table: &'e Element) -> Self {
        let mut rows = Vec::new();
        rows_of(table, &mut rows);
        let mut grid = Self { cells: Vec::new(), rows: rows.len(), columns: 0 };
        // For each column: the first row that is free.
        let mut free: Vec<usize> = Vec::new();
        for (row, element) in rows.iter().enumerate() {
            let mut column = 0;
            for cell in element.elements().filter(|cell| matches!(cell.tag, Tag::HeaderCell | Tag::Cell)) {
                while free.get(column).is_some_and(|first| *first > row) {
                    column += 1;
                }
                let most = (PLACES_MAX / grid.rows.max(1)).saturating_sub(column).max(1);
                let columns = (cell.column_span.max(1) as usize).min(most);
                let height = (cell.row_span.max(1) as usize).min(grid.rows - row);
                free.resize(free.len().max(column + columns), 0);
                free[column..column + columns].fill(row + height);
                grid.cells.push(Placed { element: cell, row, column, rows: height, columns });
                column += columns;
            }
        }
        grid.columns = free.len();
        grid
    }

    /// The places that cells cover, overlaps counted twice.
    fn covered(&self) -> usize {
        self.cells.iter().map(|cell| cell.rows * cell.columns).sum()
    }
}

fn rows_of<'e>(element: &'e Element, rows: &mut Vec<&'e Element>) {
    for inner in element.elements() {
        match inner.tag {
            Tag::Row => rows.push(inner),
            Tag::Group => rows_of(inner, rows),
            _ => {}
        }
    }
}

/// Words that the document says are no part of its text, by where they stand: header or footer.
pub fn artifacts(record: &PageRecord, free: impl Iterator<Item = usize>) -> Vec<(Role, usize)> {
    let role = |index: usize| {
        let above = record.tokens[index].bbox.center().1 < record.height / 2.0;
        if above { Role::PageHeader } else { Role::PageFooter }
    };
    free.filter(|index| record.tokens[*index].mark == ARTIFACT).map(|index| (role(index), index)).collect()
}
