//! Tables whose cells are small paragraphs and that nothing rules: producers draw cell after cell, row after row, and the
//! drawing tells where each ends when the white does not.

use docmill_model::document::BBox;
use rustc_hash::FxHashSet;

use super::Token;
use super::grid::{FoundCell, FoundTable, cell_lines};

/// The widest white between two words of one cell, em.
const WORD_GAP: f32 = 0.5;
/// Distance between two lines of one cell, em.
const PITCH_MIN: f32 = 0.7;
const PITCH_MAX: f32 = 1.75;
/// A line of a cell begins at most this far left of the lines above it, em.
const OUTDENT: f32 = 3.0;
/// How far cells of neighbouring columns may reach into each other, em.
const OVERLAP: f32 = 0.3;
/// White between two rows, em; and how much more it is than the widest white between two lines of a cell: less, and the
/// drawing does not tell a wrapped cell from two.
const ROW_GAP_MAX: f32 = 9.0;
const ROW_GAP_MORE: f32 = 0.15;
/// Words so close above or below, with so much white between them, are a row that was drawn apart, em. Headers stand in
/// higher rows.
const ROW_NEAR_ABOVE: f32 = 4.0;
const ROW_NEAR: f32 = 1.5;
const PIECES_GAP: f32 = 1.0;
const ROWS_MIN: usize = 3;
/// Two columns of paragraphs need more rows, and names as wide as these, em: numbers, bullets and marginal notes are no column.
const ROWS_MIN_OF_TWO: usize = 5;
const WIDTH_MIN_OF_TWO: f32 = 8.0;
const COLUMNS_MAX: usize = 12;
/// Lines of a cell: more are a text.
const LINES_MAX: usize = 25;
/// Cells of several lines, as a share of the rows: with fewer the lines themselves are the rows.
const WRAPPED_SHARE: f32 = 0.5;

/// What was drawn in one go: lines below each other.
#[derive(Debug, Clone)]
struct Chunk {
    tokens: Vec<usize>,
    bbox: BBox,
    lines: usize,
}

/// Finds the tables among the words that are not taken.
pub fn find(tokens: &[Token], taken: &[bool]) -> Vec<FoundTable> {
    let rows = rows(chunks(tokens, taken));
    let mut tables = Vec::new();
    let mut run: Vec<&Vec<Chunk>> = Vec::new();
    for row in &rows {
        let goes_on = run.last().is_some_and(|last| follows(last, row, tokens));
        if !goes_on {
            tables.extend(table(&run, tokens));
            run.clear();
        }
        if row.len() > 1 {
            run.push(row);
        }
    }
    tables.extend(table(&run, tokens));
    tables.retain(|table| !leaves_rows(table, tokens, taken));
    tables
}

/// Whether words in several pieces stand right above or below the table: its header, or rows that were drawn otherwise.
/// Such a table is left to the white.
fn leaves_rows(table: &FoundTable, tokens: &[Token], taken: &[bool]) -> bool {
    let own: FxHashSet<usize> = table.tokens().collect();
    let area = table.bbox;
    let near = |token: &Token| {
        let (white_above, white_below) = (area.y - token.bbox.bottom(), token.bbox.y - area.bottom());
        let beside = token.bbox.right() > area.x && token.bbox.x < area.right();
        let near_above = white_above >= -token.size && white_above <= ROW_NEAR_ABOVE * token.size;
        let near_below = white_below >= -token.size && white_below <= ROW_NEAR * token.size;
        beside && (near_above || near_below)
    };
    let outside = (0..tokens.len()).filter(|index| !taken[*index] && !own.contains(index) && near(&tokens[*index]));
    let mut order: Vec<&Token> = outside.map(|index| &tokens[index]).collect();
    order.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.bbox.x.total_cmp(&b.bbox.x)));
    order.windows(2).any(|pair| {
        let level = (pair[0].baseline - pair[1].baseline).abs() <= 0.3 * pair[0].size;
        level && pair[1].bbox.x - pair[0].bbox.right() > PIECES_GAP * pair[0].size
    })
}

/// Whether the white between rows tells them from the lines of their cells.
fn rows_stand_apart(rows: &[&Vec<Chunk>], tokens: &[Token]) -> bool {
    let em = tokens[rows[0][0].tokens[0]].size;
    let least = rows.windows(2).map(|pair| around(pair[1]).y - around(pair[0]).bottom()).fold(f32::MAX, f32::min);
    let inside = |chunk: &Chunk| (chunk.lines > 1).then(|| (chunk.bbox.h / em - 1.0) / (chunk.lines - 1) as f32 - 1.0);
    let most = rows.iter().flat_map(|row| row.iter()).filter_map(inside).fold(0.0, f32::max);
    least / em >= most + ROW_GAP_MORE
}

/// The words in the order of their drawing, cut where they do not run on.
fn chunks(tokens: &[Token], taken: &[bool]) -> Vec<Chunk> {
    let mut order: Vec<usize> = (0..tokens.len()).filter(|index| !taken[*index]).collect();
    order.sort_by_key(|index| tokens[*index].seq);
    let mut chunks: Vec<Chunk> = Vec::new();
    for index in order {
        let token = &tokens[index];
        if let Some(chunk) = chunks.last_mut()
            && let Some(last) = chunk.tokens.last().map(|last| &tokens[*last])
            && let Some(lines) = runs_on(chunk, last, token)
        {
            chunk.tokens.push(index);
            chunk.bbox = chunk.bbox.union(token.bbox);
            chunk.lines += lines;
        } else {
            chunks.push(Chunk { tokens: vec![index], bbox: token.bbox, lines: 1 });
        }
    }
    chunks
}

/// How many lines the word begins if it goes on in the chunk: none, or one.
fn runs_on(chunk: &Chunk, last: &Token, token: &Token) -> Option<usize> {
    let em = last.size.max(token.size);
    let below = token.baseline - last.baseline;
    let gap = token.bbox.x - last.bbox.right();
    if below.abs() <= 0.3 * em {
        return (gap >= -OVERLAP * em && gap <= WORD_GAP * em).then_some(0);
    }
    let pitch = below >= PITCH_MIN * em && below <= PITCH_MAX * em;
    let back = token.bbox.x <= last.bbox.x + OVERLAP * em || chunk.lines > 1 && token.bbox.x < last.bbox.x;
    let under = token.bbox.x <= chunk.bbox.right() && token.bbox.x >= chunk.bbox.x - OUTDENT * em;
    let alike = (token.size - last.size).abs() <= 0.15 * em;
    (pitch && back && under && alike).then_some(1)
}

/// Chunks drawn from the left to the right, side by side.
fn rows(chunks: Vec<Chunk>) -> Vec<Vec<Chunk>> {
    let mut rows: Vec<Vec<Chunk>> = Vec::new();
    for chunk in chunks {
        let beside = rows.last().and_then(|row| row.last()).is_some_and(|last| {
            let em = chunk.bbox.h / chunk.lines as f32;
            let shared = last.bbox.bottom().min(chunk.bbox.bottom()) - last.bbox.y.max(chunk.bbox.y);
            chunk.bbox.x >= last.bbox.right() - OVERLAP * em && shared >= 0.5 * last.bbox.h.min(chunk.bbox.h)
        });
        match rows.last_mut() {
            Some(row) if beside => row.push(chunk),
            _ => rows.push(vec![chunk]),
        }
    }
    rows
}

fn around(row: &[Chunk]) -> BBox {
    BBox::around(row.iter().map(|chunk| chunk.bbox)).unwrap_or_default()
}

/// Whether the row stands below the last one, not far away.
fn follows(last: &[Chunk], row: &[Chunk], tokens: &[Token]) -> bool {
    let em = row.first().map_or(10.0, |chunk| tokens[chunk.tokens[0]].size);
    let white = around(row).y - around(last).bottom();
    row.len() > 1 && white >= -OVERLAP * em && white <= ROW_GAP_MAX * em
}

/// The rows as a table, when their cells stand in the same columns and enough of them are paragraphs.
fn table(rows: &[&Vec<Chunk>], tokens: &[Token]) -> Option<FoundTable> {
    let most = rows.iter().map(|row| row.len()).max()?;
    let wrapped = rows.iter().flat_map(|row| row.iter()).filter(|chunk| chunk.lines > 1).count();
    let long = rows.iter().flat_map(|row| row.iter()).any(|chunk| chunk.lines > LINES_MAX);
    if rows.len() < ROWS_MIN
        || !(2..=COLUMNS_MAX).contains(&most)
        || (most == 2 && !is_of_two(rows, tokens))
        || long
        || (wrapped as f32) < WRAPPED_SHARE * rows.len() as f32
        || !rows_stand_apart(rows, tokens)
    {
        return None;
    }
    let columns = columns(rows, most, tokens)?;
    let mut cells = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut next = 0;
        for chunk in row.iter() {
            let column = (next..columns.len()).find(|column| stands_in(chunk, columns[*column]))?;
            next = column + 1;
            let lines = cell_lines(tokens, chunk.tokens.clone());
            cells.push(FoundCell { row: number, column, row_span: 1, column_span: 1, bbox: Some(chunk.bbox), lines });
        }
    }
    let bbox = BBox::around(rows.iter().map(|row| around(row)))?;
    let mut table =
        FoundTable { bbox, rows: rows.len(), columns: columns.len(), cells, header_rows: 0, method: "drawn cells" };
    table.header_rows = table.guess_header(tokens);
    Some(table.with_empty_cells())
}

/// Whether rows of two cells are enough for a table, and their first cells are texts.
fn is_of_two(rows: &[&Vec<Chunk>], tokens: &[Token]) -> bool {
    let em = tokens[rows[0][0].tokens[0]].size;
    let width = rows.iter().map(|row| row[0].bbox.w).fold(0.0, f32::max);
    let label = |row: &&&Vec<Chunk>| row[0].tokens.last().is_some_and(|last| tokens[*last].text.ends_with(':'));
    let labels = rows.iter().filter(label).count();
    rows.len() >= ROWS_MIN_OF_TWO && width >= WIDTH_MIN_OF_TWO * em && labels * 2 < rows.len()
}

/// Where the columns stand, by the rows that have all of them; `None` when they reach into each other or most rows have
/// fewer.
fn columns(rows: &[&Vec<Chunk>], most: usize, tokens: &[Token]) -> Option<Vec<(f32, f32)>> {
    let full: Vec<&&Vec<Chunk>> = rows.iter().filter(|row| row.len() == most).collect();
    if full.len() * 5 < rows.len() * 3 {
        return None;
    }
    let extent = |column: usize| {
        let own = BBox::around(full.iter().map(|row| row[column].bbox));
        own.map(|own| (own.x, own.right()))
    };
    let columns: Vec<(f32, f32)> = (0..most).filter_map(extent).collect();
    let em = tokens[full[0][0].tokens[0]].size;
    columns.windows(2).all(|pair| pair[1].0 >= pair[0].1 - OVERLAP * em).then_some(columns)
}

fn stands_in(chunk: &Chunk, column: (f32, f32)) -> bool {
    let middle = chunk.bbox.center().0;
    middle >= column.0 && middle <= column.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells in the order of their drawing: x, y of the first line, and lines of words. Letters are 5 points wide, lines
    /// 12 apart. The rows and columns of the found table.
    fn check(cells: &[(f32, f32, &[&str])], expected: Option<(usize, usize)>) {
        let mut tokens: Vec<Token> = Vec::new();
        for (x, y, lines) in cells {
            for (row, line) in lines.iter().enumerate() {
                let mut left = *x;
                for word in line.split(' ') {
                    let bbox = BBox::new(left, y + row as f32 * 12.0, word.len() as f32 * 5.0, 10.0);
                    let seq = tokens.len() as u32;
                    let baseline = bbox.y + 8.0;
                    tokens.push(Token { text: word.into(), bbox, baseline, size: 10.0, seq, ..Token::default() });
                    left += bbox.w + 2.5;
                }
            }
        }
        let found = find(&tokens, &vec![false; tokens.len()]);
        assert_eq!(found.first().map(|table| (table.rows, table.columns)), expected);
        if let Some(table) = found.first() {
            assert_eq!(table.tokens().count(), tokens.len(), "no word is lost");
        }
    }

    const TEXT: &[&str] = &["several words that", "wrap in the cell", "of the table"];

    #[test]
    fn cells_drawn_row_by_row_are_a_table() {
        let row = |y: f32| [(0.0, y + 12.0, &["Name"][..]), (60.0, y, TEXT), (200.0, y + 6.0, &["two", "lines"][..])];
        check(&[row(0.0), row(60.0), row(120.0)].concat(), Some((3, 3)));
    }

    #[test]
    fn columns_of_text_drawn_one_after_the_other_are_none() {
        let column = |x: f32| [(x, 0.0, TEXT), (x, 60.0, TEXT), (x, 120.0, TEXT)];
        check(&[column(0.0), column(130.0), column(260.0)].concat(), None);
    }

    #[test]
    fn a_header_that_was_drawn_apart_leaves_the_table_to_the_white() {
        let row = |y: f32| [(0.0, y + 12.0, &["Name"][..]), (60.0, y, TEXT), (200.0, y + 6.0, &["two", "lines"][..])];
        let body = [row(0.0), row(60.0), row(120.0)].concat();
        let header: [(f32, f32, &[&str]); 2] = [(200.0, -18.0, &["What"]), (0.0, -18.0, &["Who"])];
        check(&[&body[..], &header[..]].concat(), None);
    }

    #[test]
    fn rows_as_close_as_lines_are_none() {
        let row = |y: f32| [(0.0, y, &["Name", "again"][..]), (60.0, y, TEXT), (200.0, y, &["two", "lines"][..])];
        check(&[row(0.0), row(36.0), row(72.0)].concat(), None);
    }

    #[test]
    fn rows_of_single_lines_are_left_to_the_white() {
        let row = |y: f32| [(0.0, y, &["one"][..]), (60.0, y, &["two"][..]), (120.0, y, &["three"][..])];
        check(&[row(0.0), row(14.0), row(28.0)].concat(), None);
    }
}
