//! Block quotes: paragraphs that stand inside the column of the text around them.
//!
//! A quotation is told from the text by white on both sides or by a bar along its left and by nothing else. So the white
//! at its right has to be meant: lines end before the column does although the next word had room, or as far from its
//! edge as they begin from the other where all text ends at edges. What is indented at the left alone is a list, a
//! definition or an address; what does not fill a measure of its own is no paragraph.

use super::blocks::{Draft, Line, starts_item};
use super::{Rule, Token, code, headings};

/// White at each side of a quotation, em: more than a letter, and less than to a place of its own on the page.
const INDENT_MIN: f32 = 0.9;
const INDENT_MAX: f32 = 6.0;
/// Edges of lines that stand below each other, em.
const ALIGNED: f32 = 0.3;
/// The first line of a paragraph may begin this much further right, em.
const FIRST_LINE: f32 = 2.5;
/// A quotation is set in the text's size, or a little smaller.
const SIZE: std::ops::Range<f32> = 0.85..1.1;
/// Share of the column that a quotation fills; what is narrower is a signature or an address.
const FILLS: f32 = 0.6;
/// Words of a quotation, so that no name or sum is one.
const WORDS_MIN: usize = 6;
/// Paragraphs that are looked at for the column's edges, each way.
const NEAR: usize = 3;
/// The right side of a box stands at most this far from the text in it, em.
const BOX_SIDE: f32 = 3.0;
/// Space between two words, em.
const SPACE: f32 = 0.25;

/// Which of the drafts are quotations. `levels` are those of headings, `bars` the page's vertical rules, `body` the size
/// of running text.
pub fn find(drafts: &[Draft], levels: &[Option<u8>], bars: &[Rule], body: f32, tokens: &[Token]) -> Vec<bool> {
    let flow = Flow { drafts, levels, bars, body, tokens };
    let mut found = vec![false; drafts.len()];
    for index in 0..drafts.len() {
        found[index] = flow.is_quote(index, &found);
    }
    found
}

/// Edges of the text around, and whether its lines all end at the right one.
struct Column {
    left: f32,
    right: f32,
    justified: bool,
}

impl Column {
    fn of(draft: &Draft) -> Self {
        let right = draft.bbox.right();
        let full = draft.lines.len().saturating_sub(1);
        let justified =
            full > 1 && draft.lines[..full].iter().all(|line| right - line.bbox.right() <= ALIGNED * draft.size);
        Self { left: draft.bbox.x, right, justified }
    }
}

struct Flow<'f> {
    drafts: &'f [Draft],
    levels: &'f [Option<u8>],
    bars: &'f [Rule],
    body: f32,
    tokens: &'f [Token],
}

impl Flow<'_> {
    fn is_quote(&self, index: usize, found: &[bool]) -> bool {
        let draft = &self.drafts[index];
        let words: usize = draft.lines.iter().map(|line| line.tokens.len()).sum();
        if index == 0 || !self.is_plain(index) || words < WORDS_MIN || !is_flush(draft) {
            return false;
        }
        let Some(column) = self.column(index) else { return false };
        let before = found[index - 1] || self.is_text(index - 1, column.left);
        if self.has_bar(draft, &column) {
            return before || self.levels[index - 1].is_some();
        }
        let after = self.drafts.get(index + 1).is_some_and(|next| {
            let aligned = (next.bbox.x - draft.bbox.x).abs() <= ALIGNED * draft.size;
            self.levels[index + 1].is_some() || next.bbox.x < draft.bbox.x - 0.5 * draft.size || aligned
        });
        before && after && self.is_inside(draft, &column)
    }

    /// Running text: no heading, item, label, listing or caption, and of the text's size.
    fn is_plain(&self, index: usize) -> bool {
        let draft = &self.drafts[index];
        self.levels[index].is_none()
            && !draft.bold
            && SIZE.contains(&(draft.size / self.body.max(0.1)))
            && !draft.lines.iter().any(|line| line.labelled || code::is_code(line, self.tokens))
            && !starts_item(&draft.lines[0], self.tokens)
            && !headings::is_caption(&draft.text)
    }

    /// The text around, by the paragraphs of two lines or more that begin further left.
    fn column(&self, index: usize) -> Option<Column> {
        let draft = &self.drafts[index];
        let near = index.saturating_sub(NEAR)..(index + NEAR + 1).min(self.drafts.len());
        let indents = INDENT_MIN * draft.size..INDENT_MAX * draft.size;
        let around = near.filter(|other| {
            let indent = draft.bbox.x - self.drafts[*other].bbox.x;
            *other != index && indents.contains(&indent) && self.drafts[*other].lines.len() > 1 && self.is_plain(*other)
        });
        let columns = around.map(|other| Column::of(&self.drafts[other]));
        columns.reduce(|a, b| Column {
            left: a.left.min(b.left),
            right: a.right.max(b.right),
            justified: a.justified || b.justified,
        })
    }

    /// A paragraph of the column: its own text, not something that is set apart as well.
    fn is_text(&self, index: usize, left: f32) -> bool {
        let draft = &self.drafts[index];
        let reach = if draft.lines.len() > 1 { 0.5 } else { FIRST_LINE };
        self.is_plain(index) && (-0.5..=reach).contains(&((draft.bbox.x - left) / draft.size))
    }

    /// White on both sides, and the text broken to a measure that is narrower than the column.
    fn is_inside(&self, draft: &Draft, column: &Column) -> bool {
        let (em, left, right) = (draft.size, column.left, column.right);
        let own = draft.bbox.right();
        if draft.lines.len() < 2 || own > right - INDENT_MIN * em || draft.bbox.w < FILLS * (right - left) {
            return false;
        }
        let next = |line: &Line| line.tokens.first().map_or(0.0, |index| self.tokens[*index].bbox.w) + SPACE * em;
        let ends: Vec<(f32, f32)> =
            draft.lines.windows(2).map(|pair| (pair[0].bbox.right(), pair[0].bbox.right() + next(&pair[1]))).collect();
        let filled = ends.iter().all(|(_, wanted)| *wanted > own - ALIGNED * em);
        let early = ends.iter().any(|(_, wanted)| *wanted < right - ALIGNED * em);
        let justified = ends.len() > 1 && ends.iter().all(|(end, _)| (own - end).abs() <= ALIGNED * em);
        let symmetric = ((right - own) - (draft.bbox.x - left)).abs() <= ALIGNED * em;
        filled && (early || justified || column.justified && symmetric)
    }

    /// A vertical rule left of the whole paragraph, of nothing that is not indented and of no heading (that would be a
    /// box of its own), without another one at the right.
    fn has_bar(&self, draft: &Draft, column: &Column) -> bool {
        let (em, bbox, left, right) = (draft.size, draft.bbox, column.left, column.right);
        self.bars.iter().any(|bar| {
            let beside = (0.2 * em..=2.5 * em).contains(&(bbox.x - bar.at)) && bar.at > left - 0.5 * em;
            let along = bar.from <= bbox.y + 0.5 * em && bar.to >= bbox.bottom() - 0.5 * em;
            let alone = || {
                let crosses = |from: f32, to: f32| from < bar.to - 0.5 * em && to > bar.from + 0.5 * em;
                let inside = |(_, other): &(usize, &Draft)| crosses(other.bbox.y, other.bbox.bottom());
                let side = right.max(bbox.right()) + BOX_SIDE * em;
                let at_right =
                    |other: &&Rule| other.at > bar.at + em && other.at < side && crosses(other.from, other.to);
                let indented = |(index, other): (usize, &Draft)| other.bbox.x > bar.at && self.levels[index].is_none();
                self.drafts.iter().enumerate().filter(inside).all(indented)
                    && self.bars.iter().filter(at_right).count() == 0
            };
            beside && along && alone()
        })
    }
}

/// Whether all lines but the first begin at one place, and the first there or a little further right: neither centred
/// nor with a hanging marker.
fn is_flush(draft: &Draft) -> bool {
    let em = draft.size;
    let Some((first, rest)) = draft.lines.split_first() else { return false };
    let left = rest.iter().map(|line| line.bbox.x).fold(f32::MAX, f32::min);
    let begins = rest.is_empty() || (-ALIGNED * em..=FIRST_LINE * em).contains(&(first.bbox.x - left));
    begins && rest.iter().all(|line| line.bbox.x - left <= ALIGNED * em)
}
