//! Links of a page by where they lie: the words under them get their address, in the markdown of their blocks.
//!
//! Blocks are taken as they are: their words are looked up in their texts again, so that whatever joins words to text
//! need not know of links.

use docmill_model::document::{
    BBox, Block, BlockKind, Cell, List, Page, PageLink, Table, Word, WordRange, escape_html,
};
use docmill_model::options::{ParseOptions, TableStyle};
use rustc_hash::FxHashMap;

use super::escape::{escape, escape_parts};
use super::markdown;
use crate::layout::{Target, is_marker};

/// Words that are looked at for all links of one page; links over many words each are an attack.
const LOOKS_MAX: usize = 5_000_000;
/// A word lies this many bytes ahead of the one before it at most.
const AHEAD_MAX: usize = 200;
/// A word that reaches this far out of its link has signs that do not belong to it, em.
const OVERHANG: f32 = 0.15;
/// Signs that stand outside of a link when its area leaves them out.
const LEFT_OUT: &[char] = &['.', ',', ';', ':', '!', '?', ')', '(', '"', '\'', '”', '“', '»', '«'];

/// Puts the links into the markdown of the page's blocks, and into `Page::links`.
pub fn annotate(page: &mut Page, targets: &[Target], options: &ParseOptions) {
    let hits = hits(&page.words, targets);
    if hits.is_empty() {
        return;
    }
    let mut finder = Finder { words: &page.words, hits, targets, next: 0, found: Vec::new() };
    for block in &mut page.blocks {
        finder.block(block, &options.tables);
    }
    page.links = finder.found;
}

/// A word's link, and whether it reaches out of it.
#[derive(Debug, Clone, Copy)]
struct Hit {
    target: usize,
    left: bool,
    right: bool,
}

/// Links by the words that they cover. Of links that lie over each other the last one is it: it was put on top.
fn hits(words: &[Word], targets: &[Target]) -> FxHashMap<usize, Hit> {
    let mut by_height: Vec<(f32, usize)> =
        words.iter().enumerate().filter_map(|(index, word)| Some((word.bbox?.center().1, index))).collect();
    by_height.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut hits = FxHashMap::default();
    let mut looks = 0;
    for (target, area) in targets.iter().enumerate().flat_map(|(index, own)| own.boxes.iter().map(move |b| (index, b)))
    {
        let start = by_height.partition_point(|(y, _)| *y < area.y);
        let end = by_height.partition_point(|(y, _)| *y <= area.bottom());
        looks += end.saturating_sub(start);
        if looks > LOOKS_MAX {
            break;
        }
        let near = by_height.get(start..end).unwrap_or_default();
        let boxes = near.iter().filter_map(|(_, index)| Some((*index, words[*index].bbox?)));
        let inside = |bbox: &BBox| (area.x..=area.right()).contains(&bbox.center().0);
        let mut covered: Vec<(usize, BBox)> = boxes.clone().filter(|(_, bbox)| inside(bbox)).collect();
        if covered.is_empty() {
            // A link over a part of a word, a note's number say.
            let middle = area.center().0;
            covered.extend(boxes.clone().find(|(_, bbox)| (bbox.x..=bbox.right()).contains(&middle)));
        }
        for (index, bbox) in covered {
            let out = OVERHANG * bbox.h;
            let (left, right) = (bbox.x < area.x - out, bbox.right() > area.right() + out);
            hits.insert(index, Hit { target, left, right });
        }
    }
    hits
}

/// A part of a text that is a link.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    target: usize,
    words: WordRange,
}

struct Finder<'p> {
    words: &'p [Word],
    hits: FxHashMap<usize, Hit>,
    targets: &'p [Target],
    /// The next word to be looked up.
    next: usize,
    found: Vec<PageLink>,
}

impl Finder<'_> {
    fn block(&mut self, block: &mut Block, style: &TableStyle) {
        let ranges = block.words.clone();
        if let BlockKind::Table(table) = &block.kind {
            let inner = self.cells(table, style.pipe);
            if !inner.is_empty() {
                let inner = |cell: &Cell| inner.get(&(cell.row, cell.column)).cloned();
                block.md = markdown::table_with(table, style, &inner);
            }
            return;
        }
        let [range] = ranges.as_slice() else { return };
        self.next = range.start as usize;
        let end = range.end as usize;
        match &mut block.kind {
            BlockKind::Text { value } => {
                if let Some(md) = self.inline(value, end) {
                    block.md = markdown::paragraph_md(&md);
                }
            }
            BlockKind::Heading { value, level } => {
                if let Some(md) = self.inline(value, end) {
                    block.md = markdown::heading_md(&md, *level);
                }
            }
            BlockKind::List(list) => self.list(list, end),
            _ => {}
        }
    }

    fn list(&mut self, list: &mut List, end: usize) {
        for item in &mut list.items {
            // The marker is among the words and not in the text.
            if self.next < end && self.words.get(self.next).is_some_and(|word| is_marker(&word.text)) {
                self.next += 1;
            }
            if let Some(md) = self.inline(&item.value, end) {
                item.md = markdown::paragraph_md(&md);
            }
            item.children.iter_mut().for_each(|child| self.list(child, end));
        }
    }

    /// What stands in the cells with links, by row and column.
    fn cells(&mut self, table: &Table, pipe: bool) -> FxHashMap<(u32, u32), String> {
        let mut inner = FxHashMap::default();
        for cell in &table.cells {
            let [range] = cell.words.as_slice() else { continue };
            self.next = range.start as usize;
            let spans = self.spans(&cell.text, range.end as usize);
            if spans.is_empty() {
                continue;
            }
            let written = if pipe { self.written(&cell.text, &spans) } else { self.html(&cell.text, &spans) };
            inner.insert((cell.row, cell.column), written);
        }
        inner
    }

    /// The text as inline markdown; `None` when no word of it is a link.
    fn inline(&mut self, text: &str, end: usize) -> Option<String> {
        let spans = self.spans(text, end);
        (!spans.is_empty()).then(|| self.written(text, &spans))
    }

    fn written(&self, text: &str, spans: &[Span]) -> String {
        let cuts: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
        let mut md = String::with_capacity(2 * text.len());
        // Every second part is a link.
        for (index, part) in escape_parts(text, &cuts).into_iter().enumerate() {
            match spans.get(index / 2) {
                Some(span) if index % 2 == 1 => {
                    md.push_str(&markdown::link(&label(&part), &self.targets[span.target].url));
                }
                _ => md.push_str(&part),
            }
        }
        md
    }

    fn html(&self, text: &str, spans: &[Span]) -> String {
        let (mut html, mut at) = (String::with_capacity(2 * text.len()), 0);
        for span in spans {
            let url = escape_html(&self.targets[span.target].url).replace('"', "&quot;");
            html.push_str(&escape_html(&text[at..span.start]));
            html.push_str(&format!("<a href=\"{url}\">{}</a>", escape_html(&text[span.start..span.end])));
            at = span.end;
        }
        html.push_str(&escape_html(&text[at..]));
        html
    }

    /// The links of a text that is made of the next words, as far as they go.
    fn spans(&mut self, text: &str, end: usize) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut at = 0;
        while self.next < end.min(self.words.len()) && at < text.len() {
            let (index, word) = (self.next, &self.words[self.next]);
            self.next += 1;
            let Some((start, stop)) = place(text, at, &word.text) else { continue };
            at = stop;
            if let Some(hit) = self.hits.get(&index) {
                let (start, stop) = trimmed(text, start, stop, *hit);
                self.extend(&mut spans, text, (start, stop), index as u32, hit.target);
            }
        }
        self.keep(text, &spans);
        spans
    }

    /// Several words of one link are one link.
    fn extend(&self, spans: &mut Vec<Span>, text: &str, place: (usize, usize), word: u32, target: usize) {
        let (start, end) = place;
        let same = |span: &Span| {
            let between = &text[span.end..start];
            self.targets[span.target].url == self.targets[target].url
                && between.chars().all(|char| char.is_whitespace() && char != '\n')
        };
        match spans.last_mut() {
            Some(last) if same(last) => {
                last.end = end;
                last.words.end = word + 1;
            }
            _ => spans.push(Span { start, end, target, words: WordRange::new(word, word + 1) }),
        }
    }

    fn keep(&mut self, text: &str, spans: &[Span]) {
        for span in spans {
            let words = span.words.of(self.words);
            let lines = words.chunk_by(|a, b| a.line == b.line);
            let boxes = lines.filter_map(|line| BBox::around(line.iter().filter_map(|word| word.bbox)));
            let (text, url) = (&text[span.start..span.end], &self.targets[span.target].url);
            self.found.push(PageLink {
                text: text.to_owned(),
                url: url.clone(),
                md: markdown::link(&label(&escape(text)), url),
                words: span.words,
                boxes: boxes.collect(),
            });
        }
    }
}

/// Where the word stands in the text, from this byte on; a hyphen at its end may have gone.
fn place(text: &str, from: usize, word: &str) -> Option<(usize, usize)> {
    let start = from + text[from..].len() - text[from..].trim_start().len();
    for own in [Some(word), word.strip_suffix('-')].into_iter().flatten().filter(|own| !own.is_empty()) {
        if text[start..].starts_with(own) {
            return Some((start, start + own.len()));
        }
    }
    if word.is_empty() {
        return None;
    }
    let mut near = text.len().min(start + AHEAD_MAX);
    while !text.is_char_boundary(near) {
        near -= 1;
    }
    let begins = |at: usize| text[..at].ends_with(char::is_whitespace);
    let found = text[start..near].match_indices(word).map(|(at, _)| start + at).find(|at| begins(*at))?;
    Some((found, found + word.len()))
}

/// Without the signs at the ends that the link's area leaves out.
fn trimmed(text: &str, start: usize, end: usize, hit: Hit) -> (usize, usize) {
    let mut own = &text[start..end];
    if hit.left {
        own = own.trim_start_matches(LEFT_OUT);
    }
    let from = end - own.len();
    if hit.right {
        own = own.trim_end_matches(LEFT_OUT);
    }
    if own.is_empty() { (start, end) } else { (from, from + own.len()) }
}

/// Brackets in a link's text are escaped where they would end it.
fn label(md: &str) -> String {
    if markdown::is_balanced(md, '[', ']') {
        return md.to_owned();
    }
    let mut label = String::with_capacity(md.len() + 4);
    let mut escaped = false;
    for char in md.chars() {
        if matches!(char, '[' | ']') && !escaped {
            label.push('\\');
        }
        escaped = char == '\\' && !escaped;
        label.push(char);
    }
    label
}
