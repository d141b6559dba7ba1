//! Where the lines with printed numbers stand in the page's markdown.

use docmill_model::document::{LineNumber, Page, Role, Word};

use crate::layout::margin_numbers::MarginNumber;

/// How far ahead the next word is looked for, bytes: signs of markdown and links stand between words.
const AHEAD_MAX: usize = 400;

/// Fills `line_numbers` of a page whose markdown is made.
pub fn place(page: &mut Page, numbers: &[MarginNumber]) {
    let words = in_markdown_order(page);
    let mut cursor = 0;
    let mut lines: Vec<Line> = Vec::new();
    for word in words {
        let Some((start, end)) = find(&page.markdown, cursor, &word.text) else { continue };
        cursor = end;
        match lines.last_mut() {
            Some(line) if line.number == word.line => line.add(word, end),
            _ => lines.extend(Line::of(word, start, end)),
        }
    }
    let units = |byte: usize| page.markdown[..byte].encode_utf16().count() as u32;
    page.line_numbers = numbers
        .iter()
        .filter_map(|number| {
            let line = lines.iter().find(|line| (line.top..=line.bottom).contains(&number.y))?;
            Some(LineNumber { text: number.text.clone(), start: units(line.start), end: units(line.end) })
        })
        .collect();
}

/// A line of the page and where it stands in the markdown, bytes.
struct Line {
    number: u32,
    top: f32,
    bottom: f32,
    start: usize,
    end: usize,
}

impl Line {
    fn of(word: &Word, start: usize, end: usize) -> Option<Self> {
        let bbox = word.bbox?;
        Some(Self { number: word.line, top: bbox.y, bottom: bbox.bottom(), start, end })
    }

    fn add(&mut self, word: &Word, end: usize) {
        self.end = end;
        if let Some(bbox) = word.bbox {
            (self.top, self.bottom) = (self.top.min(bbox.y), self.bottom.max(bbox.bottom()));
        }
    }
}

/// The words of the page's body: footnotes stand below everything else in the markdown.
fn in_markdown_order(page: &Page) -> Vec<&Word> {
    let of = |roles: &'static [Role]| page.blocks.iter().filter(move |block| roles.contains(&block.role));
    let blocks = of(&[Role::Body, Role::Quote, Role::Caption]).chain(of(&[Role::Footnote]));
    blocks.flat_map(|block| &block.words).flat_map(|range| range.of(&page.words)).collect()
}

/// The next place of a word; one that a line end divided has lost its hyphen.
fn find(markdown: &str, from: usize, word: &str) -> Option<(usize, usize)> {
    let rest = markdown.get(from..)?;
    let end = (0..=AHEAD_MAX.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
    let stem = word.strip_suffix('-').filter(|stem| !stem.is_empty());
    [Some(word), stem].into_iter().flatten().find_map(|text| {
        let at = rest[..end].find(text)?;
        Some((from + at, from + at + text.len()))
    })
}
