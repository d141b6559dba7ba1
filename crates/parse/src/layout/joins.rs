//! Paragraphs that go on in the next column.

use docmill_model::document::{Block, BlockKind, Page, Role};

use super::lines::join_lines;

/// Joins text blocks of the page that are one paragraph over two columns. Footnotes may stand between: they are read
/// after the text.
pub fn over_columns(page: &mut Page) {
    let mut joined: Vec<Block> = Vec::with_capacity(page.blocks.len());
    for block in page.blocks.drain(..) {
        match joined.iter_mut().rev().find(|block| block.role != Role::Footnote) {
            Some(last) if goes_on(last, &block) => join(last, block),
            _ => joined.push(block),
        }
    }
    page.blocks = joined;
}

/// Whether `next` begins in the middle of a sentence that `last` leaves open, in another column.
fn goes_on(last: &Block, next: &Block) -> bool {
    let (BlockKind::Text { value: open }, BlockKind::Text { value: rest }) = (&last.kind, &next.kind) else {
        return false;
    };
    let (Some(above), Some(below)) = (last.boxes.last(), next.boxes.first()) else { return false };
    let elsewhere = below.y < above.y || below.x >= above.right() || below.right() <= above.x;
    let body = last.role == Role::Body && next.role == Role::Body;
    // Letters only: a number can begin anything.
    let opens = open.ends_with(|c: char| c.is_alphabetic() || matches!(c, '-' | ','));
    body && elsewhere && opens && rest.starts_with(char::is_lowercase)
}

fn join(last: &mut Block, next: Block) {
    if let (BlockKind::Text { value }, BlockKind::Text { value: rest }) = (&mut last.kind, &next.kind) {
        *value = join_lines([value.as_str(), rest.as_str()]);
    }
    last.boxes.extend(next.boxes);
    last.words.extend(next.words);
    last.confidence = match (last.confidence, next.confidence) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

#[cfg(test)]
mod tests {
    use docmill_model::document::BBox;

    use super::*;

    fn text(value: &str, x: f32, y: f32) -> Block {
        Block {
            kind: BlockKind::Text { value: value.into() },
            role: Role::Body,
            boxes: vec![BBox::new(x, y, 100.0, 30.0)],
            words: Vec::new(),
            md: String::new(),
            confidence: None,
        }
    }

    #[test]
    fn a_note_between_does_not_end_the_sentence() {
        let note = Block { role: Role::Footnote, ..text("1 A note", 0.0, 730.0) };
        let blocks = vec![text("the second", 0.0, 690.0), note, text("half of it.", 120.0, 50.0)];
        let mut page = Page { blocks, ..Page::default() };
        over_columns(&mut page);
        assert_eq!(page.blocks.len(), 2);
        assert_eq!(page.blocks[0].kind, BlockKind::Text { value: "the second half of it.".into() });
    }

    #[test]
    fn a_sentence_goes_on_in_the_next_column_and_nowhere_else() {
        for (blocks, expected) in [
            (vec![text("the second", 0.0, 700.0), text("half of it.", 120.0, 50.0)], vec!["the second half of it."]),
            (vec![text("the sec-", 0.0, 700.0), text("ond half.", 120.0, 50.0)], vec!["the second half."]),
            (vec![text("It ends.", 0.0, 700.0), text("and so", 120.0, 50.0)], vec!["It ends.", "and so"]),
            (vec![text("the second", 0.0, 700.0), text("Half of it.", 120.0, 50.0)], vec!["the second", "Half of it."]),
            (vec![text("the second", 0.0, 50.0), text("half of it.", 0.0, 100.0)], vec!["the second", "half of it."]),
        ] {
            let mut page = Page { blocks, ..Page::default() };
            over_columns(&mut page);
            let values: Vec<&str> = page
                .blocks
                .iter()
                .map(|block| if let BlockKind::Text { value } = &block.kind { value.as_str() } else { "" })
                .collect();
            assert_eq!(values, expected);
        }
    }
}
