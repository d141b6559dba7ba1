//! Where the evidence about a page disagrees: its order may be another, its tables may be none.

use docmill_model::document::{BBox, BlockKind, Page};
use rustc_hash::FxHashMap;

use super::PageRecord;

/// What speaks against a page that was laid out, each a share from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Doubt {
    /// Of the lines, those that are read before what was drawn before them.
    pub order: f32,
    /// Of the words, those in tables that nothing but white parts into columns.
    pub tables: f32,
}

impl Doubt {
    /// Of a page and the record that it was made from.
    pub fn of(page: &Page, record: &PageRecord) -> Self {
        let drawn: FxHashMap<(u32, u32), u32> =
            record.tokens.iter().map(|token| (place(token.bbox), token.seq)).collect();
        // Where its first word was drawn, of each line: words of right-to-left lines are drawn the other way.
        let mut lines: Vec<(u32, u32)> = Vec::new();
        for word in &page.words {
            let Some(seq) = word.bbox.and_then(|bbox| drawn.get(&place(bbox))) else { continue };
            match lines.last_mut() {
                Some((line, first)) if *line == word.line => *first = (*first).min(*seq),
                _ => lines.push((word.line, *seq)),
            }
        }
        // Lines of cells that stand side by side have one number.
        lines.sort_unstable();
        lines.dedup_by_key(|(line, _)| *line);
        let order: Vec<u32> = lines.into_iter().map(|(_, first)| first).collect();
        let back = order.windows(2).filter(|pair| pair[1] < pair[0]).count() as f32;
        let unruled = page.blocks.iter().filter(|block| match &block.kind {
            BlockKind::Table(table) => matches!(table.method.as_str(), "aligned" | "ruled rows"),
            _ => false,
        });
        let ranges = unruled.flat_map(|block| &block.words);
        let inside = ranges.map(|range| range.of(&page.words).len()).sum::<usize>() as f32;
        let words = page.words.len() as f32;
        Self { order: (back / order.len().max(1) as f32).min(1.0), tables: (inside / words.max(1.0)).min(1.0) }
    }
}

/// A word keeps the very place of its token.
fn place(bbox: BBox) -> (u32, u32) {
    (bbox.x.to_bits(), bbox.y.to_bits())
}

#[cfg(test)]
mod tests {
    use docmill_model::document::{Block, Role, Table, Word, WordRange};

    use super::*;
    use crate::layout::Token;

    /// A page of one line for each list, whose words were drawn at these places of the drawing order.
    fn doubt(lines: &[&[u32]], table: Option<(&str, u32)>) -> Doubt {
        let (mut page, mut record) = (Page::default(), PageRecord::default());
        for (line, drawn) in lines.iter().enumerate() {
            for (place, seq) in drawn.iter().enumerate() {
                let bbox = BBox::new(40.0 * place as f32, 12.0 * line as f32, 30.0, 10.0);
                record.tokens.push(Token { bbox, seq: *seq, ..Token::default() });
                page.words.push(Word { text: "word".into(), bbox: Some(bbox), line: line as u32, confidence: None });
            }
        }
        page.blocks.extend(table.map(|(method, words)| Block {
            kind: BlockKind::Table(Table { method: method.into(), ..Table::default() }),
            role: Role::Body,
            boxes: Vec::new(),
            words: vec![WordRange::new(0, words)],
            md: String::new(),
            confidence: None,
        }));
        Doubt::of(&page, &record)
    }

    #[test]
    fn lines_out_of_the_drawing_order_and_tables_without_rules_are_doubtful() {
        for (name, lines, table, (order, tables)) in [
            ("in order", vec![&[1, 2][..], &[3, 4]], None, (0.0, 0.0)),
            ("right to left", vec![&[2, 1], &[4, 3]], None, (0.0, 0.0)),
            ("two columns drawn by rows", vec![&[1], &[3], &[2], &[4]], None, (0.25, 0.0)),
            ("a ruled table", vec![&[1, 2], &[3, 4]], Some(("ruled", 4)), (0.0, 0.0)),
            ("a table by its white", vec![&[1, 2], &[3, 4]], Some(("aligned", 3)), (0.0, 0.75)),
            ("nothing", vec![], None, (0.0, 0.0)),
        ] {
            assert_eq!(doubt(&lines, table), Doubt { order, tables }, "{name}");
        }
    }
}
