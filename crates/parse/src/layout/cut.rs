//! The page cut into parts that are read one after the other, before it is known what each of them is.

use std::collections::HashSet;

use docmill_model::document::Role;
use docmill_model::options::{SpatialText, TableSearch};

use super::grid::FoundTable;
use super::lines::{Segment, segments};
use super::regions::{self, Piece, What};
use super::rules::Rules;
use super::{DocumentStats, PageRecord, Rule, Token, bidi, cells, furniture, lattice, numbers};
use crate::render::text;

/// A page with more words than this is a drawing; its words stay in drawing order.
pub const TOKENS_MAX: usize = 60_000;
/// A box that is no wider, points, is a bar.
const BAR_MAX: f32 = 6.0;

pub struct Cut {
    /// Lines of the page's header and footer.
    pub furniture: Vec<(Role, Segment)>,
    /// Tables with ruled columns.
    pub ruled: Vec<FoundTable>,
    /// Rules that may bound the rows of other tables.
    pub across: Vec<Rule>,
    /// Vertical rules, thick ones too.
    pub bars: Vec<Rule>,
    /// Everything else and the ruled tables, in reading order.
    pub regions: Vec<Vec<Piece>>,
}

impl Cut {
    pub fn of(record: &PageRecord, stats: &DocumentStats, search: TableSearch) -> Self {
        let tokens = &record.tokens;
        let mut taken = vec![false; tokens.len()];
        let rules = Rules::of(record);
        let drawing = tokens.len() > TOKENS_MAX;
        let mut ruled = if drawing { Vec::new() } else { lattice::find(&rules, tokens, &mut taken) };
        let mut furniture = furniture::find(record, stats);
        // Cells at the edge of the page may repeat, or be numbers like those of pages; a table of nothing else is a header.
        let edge: HashSet<usize> = furniture.iter().flat_map(|(_, line)| line.tokens.iter().copied()).collect();
        ruled.retain(|table| {
            let (own, words) = (table.tokens().filter(|index| edge.contains(index)).count(), table.tokens().count());
            let kept = own * 2 <= words;
            if !kept {
                table.tokens().for_each(|index| taken[index] = false);
            }
            kept
        });
        furniture.retain(|(_, line)| line.tokens.iter().all(|index| !taken[*index]));
        for (_, line) in &furniture {
            line.tokens.iter().for_each(|index| taken[*index] = true);
        }
        if !drawing && !search.ruled_only {
            let drawn = cells::find(tokens, &taken);
            drawn.iter().flat_map(FoundTable::tokens).for_each(|index| taken[index] = true);
            ruled.extend(drawn);
        }
        let rtl = bidi::mostly_rtl(tokens.iter().map(|token| token.text.as_str()));
        let across = row_rules(&rules, &ruled, tokens, &taken);
        let pieces = pieces(tokens, &ruled, &taken);
        let split = |pieces| regions::split(pieces, &across, stats.body_size(), rtl);
        let regions = if drawing { vec![pieces] } else { split(pieces) };
        Self { furniture, ruled, across, bars: bars(rules.vertical, record), regions }
    }

    /// The words part by part: header, regions, footer. A page of one region is one part.
    fn parts(&self, record: &PageRecord) -> Vec<Vec<usize>> {
        if self.regions.len() < 2 {
            return vec![(0..record.tokens.len()).collect()];
        }
        let edge = |role: Role| -> Vec<usize> {
            let lines = self.furniture.iter().filter(|(own, _)| *own == role);
            lines.flat_map(|(_, line)| line.tokens.iter().copied()).collect()
        };
        let words = |piece: &Piece| match piece.what {
            What::Word(index) => vec![index],
            What::Table(index) => self.ruled[index].tokens().collect(),
        };
        let mut parts = vec![edge(Role::PageHeader)];
        parts.extend(self.regions.iter().map(|region| region.iter().flat_map(words).collect()));
        parts.push(edge(Role::PageFooter));
        parts.retain(|part: &Vec<usize>| !part.is_empty());
        parts
    }
}

/// Spatial text of a page that is not laid out.
pub fn spatial_text(record: &PageRecord, stats: &DocumentStats, how: SpatialText) -> String {
    let cut = how.unroll_columns.then(|| Cut::of(record, stats, TableSearch::default()));
    text_of(record, stats, how, cut.as_ref())
}

/// The same of a page that is cut already.
pub fn text_of(record: &PageRecord, stats: &DocumentStats, how: SpatialText, cut: Option<&Cut>) -> String {
    let parts = match cut {
        Some(cut) if how.unroll_columns => cut.parts(record),
        _ => vec![(0..record.tokens.len()).collect()],
    };
    let frame = if how.align_pages { stats.frame() } else { None };
    text::spatial(record, &parts, frame, how.keep_very_small)
}

/// What is to be ordered: ruled tables, which are certain, and the words outside of them.
fn pieces(tokens: &[Token], tables: &[FoundTable], taken: &[bool]) -> Vec<Piece> {
    let word = |(index, token): (usize, &Token)| Piece {
        what: What::Word(index),
        bbox: token.bbox,
        baseline: token.baseline,
        size: token.size,
        seq: token.seq,
        number: numbers::is_number(&token.text),
    };
    let table = |(index, table): (usize, &FoundTable)| {
        let first = table.tokens().map(|token| &tokens[token]).min_by_key(|token| token.seq);
        Piece {
            what: What::Table(index),
            bbox: table.bbox,
            baseline: table.bbox.bottom(),
            size: first.map_or(table.bbox.h, |token| token.size),
            seq: first.map_or(0, |token| token.seq),
            number: false,
        }
    };
    let words = tokens.iter().enumerate().filter(|(index, _)| !taken[*index]).map(word);
    words.chain(tables.iter().enumerate().map(table)).collect()
}

/// Vertical rules, the thick ones among them that are drawn as boxes.
fn bars(mut rules: Vec<Rule>, record: &PageRecord) -> Vec<Rule> {
    let thick = record.shapes.iter().map(|shape| shape.bbox).filter(|own| own.w <= BAR_MAX && own.h > 3.0 * own.w);
    rules.extend(thick.map(|own| Rule { horizontal: false, at: own.center().0, from: own.y, to: own.bottom() }));
    rules
}

/// Horizontal rules that may bound the rows of tables: no underlines, none of a table that was found.
fn row_rules(rules: &Rules, tables: &[FoundTable], tokens: &[Token], taken: &[bool]) -> Vec<Rule> {
    if rules.horizontal.is_empty() {
        return Vec::new();
    }
    let free = segments(tokens, (0..tokens.len()).filter(|index| !taken[*index]));
    let mut across = rules.without_underlines(&free);
    across.retain(|rule| {
        !tables.iter().any(|table| {
            let bbox = table.bbox;
            rule.at >= bbox.y - 3.0 && rule.at <= bbox.bottom() + 3.0 && rule.from < bbox.right() && rule.to > bbox.x
        })
    });
    across
}
