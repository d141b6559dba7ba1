//! Items with the places of their lines, words and cells (`granular_bboxes`; contract 3.5, "Grounded-items sidecar").
//!
//! Spans are offsets in characters of the item's own markdown, half open. A word whose place in the markdown cannot be
//! told (a hyphenated one that was joined, say) has none and is left out: a wrong span is worse than a missing one.

use docmill_model::document::{BBox, Block, BlockKind, Page, Table, Word};
use docmill_model::options::Granularity;
use serde_json::{Map, Value, json};

use crate::items::{bbox, fits, item, of_with};
use crate::render::points;

/// Characters that a word may lie ahead of the one before it: markdown's signs, an address of a link.
const AHEAD_MAX: usize = 300;

pub(super) fn page(page: &Page, boxes: &[Granularity]) -> Value {
    let grounded = |block: &Block| {
        let mut item = item(block);
        if let (Some(fields), Some(grounding)) = (item.as_object_mut(), grounding(block, page, boxes)) {
            fields.insert("grounding".to_owned(), grounding);
        }
        item
    };
    json!({
        "page_number": page.number,
        "page_width": points(page.width.unwrap_or_default()),
        "page_height": points(page.height.unwrap_or_default()),
        "success": true,
        "items": of_with(page, &grounded),
    })
}

fn grounding(block: &Block, page: &Page, boxes: &[Granularity]) -> Option<Value> {
    if let BlockKind::Table(table) = &block.kind {
        return (boxes.contains(&Granularity::Cell) && fits(table)).then(|| cells(table)).flatten();
    }
    let with_words = boxes.contains(&Granularity::Word);
    if !with_words && !boxes.contains(&Granularity::Line) {
        return None;
    }
    let words: Vec<&Word> = block.words.iter().flat_map(|range| range.of(&page.words)).collect();
    let lines = lines(&placed(&block.md, &words), with_words);
    (!lines.is_empty()).then(|| json!({"source": "md", "lines": lines}))
}

/// A word with its span.
struct Placed<'a> {
    word: &'a Word,
    bbox: BBox,
    start: usize,
    end: usize,
}

/// The words that stand in the markdown, in order.
fn placed<'a>(md: &str, words: &[&'a Word]) -> Vec<Placed<'a>> {
    let chars: Vec<char> = md.chars().collect();
    let mut from = 0;
    let mut placed = Vec::with_capacity(words.len());
    for word in words {
        let Some(bbox) = word.bbox else { continue };
        let text: Vec<char> = word.text.chars().collect();
        let ahead = from..(from + AHEAD_MAX).min(chars.len());
        let found = ahead.into_iter().find_map(|start| Some((start, end_of(&chars, start, &text)?)));
        if let Some((start, end)) = found {
            placed.push(Placed { word, bbox, start, end });
            from = end;
        }
    }
    placed
}

/// Where the text ends when it begins at `start`; a backslash of markdown may stand before any of its characters.
fn end_of(chars: &[char], start: usize, text: &[char]) -> Option<usize> {
    let mut at = start;
    for wanted in text {
        if chars.get(at) == Some(&'\\') && *wanted != '\\' && at > start {
            at += 1;
        }
        if chars.get(at) != Some(wanted) {
            return None;
        }
        at += 1;
    }
    (!text.is_empty()).then_some(at)
}

fn lines(placed: &[Placed<'_>], with_words: bool) -> Vec<Value> {
    let same_line = |a: &Placed<'_>, b: &Placed<'_>| a.word.line == b.word.line;
    let line = |words: &[Placed<'_>]| {
        let (first, last) = (words.first()?, words.last()?);
        let around = BBox::around(words.iter().map(|word| word.bbox))?;
        let mut line = Map::from_iter([
            ("span".to_owned(), json!([first.start, last.end])),
            ("bbox".to_owned(), Value::Object(bbox(around))),
        ]);
        if with_words {
            let words = words.iter().map(|word| json!({"span": [word.start, word.end], "bbox": bbox(word.bbox)}));
            line.insert("words".to_owned(), words.collect());
        }
        Some(Value::Object(line))
    };
    placed.chunk_by(same_line).filter_map(line).collect()
}

/// `None` when no cell has a box. A row's or column's box is around those cells that lie in it alone.
fn cells(table: &Table) -> Option<Value> {
    let (rows, columns) = (table.row_count as usize, table.column_count as usize);
    let mut grid = vec![vec![Value::Null; columns]; rows];
    let (mut in_rows, mut in_columns) = (vec![Vec::new(); rows], vec![Vec::new(); columns]);
    let mut any = false;
    for cell in &table.cells {
        let (row, column) = (cell.row as usize, cell.column as usize);
        let (Some(found), true) = (cell.bbox, row < rows && column < columns) else { continue };
        any = true;
        grid[row][column] = json!({"bbox": bbox(found)});
        if cell.row_span <= 1 {
            in_rows[row].push(found);
        }
        if cell.column_span <= 1 {
            in_columns[column].push(found);
        }
    }
    let around =
        |boxes: Vec<Vec<BBox>>| boxes.into_iter().map(|boxes| json!(BBox::around(boxes).map(bbox))).collect::<Vec<_>>();
    any.then(|| json!({"rows": grid, "row_bboxes": around(in_rows), "column_bboxes": around(in_columns)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_behind_the_signs_of_markdown() {
        let word = |text: &str, line| Word {
            text: text.into(),
            bbox: Some(BBox::new(1.0, 2.0, 3.0, 4.0)),
            line,
            confidence: None,
        };
        let check = |md: &str, words: &[&str], expected: &[(usize, usize)]| {
            let words: Vec<Word> = words.iter().map(|text| word(text, 0)).collect();
            let spans: Vec<_> =
                placed(md, &words.iter().collect::<Vec<_>>()).iter().map(|word| (word.start, word.end)).collect();
            assert_eq!(spans, expected, "{md}");
        };
        check("## Total *due*", &["Total", "due"], &[(3, 8), (10, 13)]);
        check("a\\_b c", &["a_b", "c"], &[(0, 4), (5, 6)]);
        check("é é", &["é", "é"], &[(0, 1), (2, 3)]);
        check("example text", &["exam-", "ple", "text"], &[(4, 7), (8, 12)]);
        check("", &["x"], &[]);
    }
}
