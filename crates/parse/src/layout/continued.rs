//! Tables that go on over the end of their page.

use docmill_model::document::{BBox, Block, BlockKind, Cell, Page, Role, Table};

/// The part above ends below this share of its page's height, and the part below begins above that of its own.
const LOW: f32 = 0.7;
const HIGH: f32 = 0.3;
/// Borders of columns that are the same differ by this much at most, em.
const BORDER: f32 = 1.0;

/// The table that the page ends with, as an index into its blocks.
pub fn last_table(page: &Page) -> Option<usize> {
    let index = page.blocks.iter().rposition(in_flow)?;
    let low = page.blocks[index].boxes.last()?.bottom() >= LOW * page.height?;
    (low && is_table(&page.blocks[index])).then_some(index)
}

/// The table that the page begins with.
pub fn first_table(page: &Page) -> Option<usize> {
    let index = page.blocks.iter().position(in_flow)?;
    let high = page.blocks[index].boxes.first()?.y <= HIGH * page.height?;
    (high && is_table(&page.blocks[index])).then_some(index)
}

fn in_flow(block: &Block) -> bool {
    matches!(block.role, Role::Body | Role::Caption)
}

fn is_table(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Table(_))
}

/// Whether the table goes on in the one that the next page begins with, and with how many rows that repeats its header.
pub fn goes_on(above: &Table, below: &Table, em: f32) -> Option<u32> {
    if above.column_count != below.column_count || !same_borders(above, below, em) {
        return None;
    }
    let repeated = repeated_rows(above, below);
    // Another header begins another table; what stands above the first rule inside need not be one.
    let no_header = below.header_rows() == 0 || below.method == "ruled rows";
    (repeated > 0 || no_header).then_some(repeated)
}

/// Whether the columns stand at the same places, counted from the table's left edge: left and right pages have other
/// margins. Text is aligned to one of its column's edges or to its middle.
fn same_borders(above: &Table, below: &Table, em: f32) -> bool {
    let (above, below) = (columns(above), columns(below));
    let left = |columns: &[Option<BBox>]| columns.iter().flatten().map(|bbox| bbox.x).reduce(f32::min);
    let (Some(left_above), Some(left_below)) = (left(&above), left(&below)) else { return false };
    let near = |a: f32, b: f32| ((a - left_above) - (b - left_below)).abs() <= BORDER * em;
    above.iter().zip(&below).all(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => near(a.x, b.x) || near(a.right(), b.right()) || near(a.center().0, b.center().0),
        _ => true,
    })
}

/// The width of each column, as far as its cells say.
fn columns(table: &Table) -> Vec<Option<BBox>> {
    let mut columns: Vec<Option<BBox>> = vec![None; table.column_count as usize];
    for cell in table.cells.iter().filter(|cell| cell.column_span == 1) {
        if let Some(column) = columns.get_mut(cell.column as usize) {
            *column = (*column).into_iter().chain(cell.bbox).reduce(BBox::union);
        }
    }
    columns
}

fn repeated_rows(above: &Table, below: &Table) -> u32 {
    let most = above.header_rows().max(1);
    (0..most).take_while(|row| row_text(above, *row) == row_text(below, *row)).count() as u32
}

/// What a row says, by column.
fn row_text(table: &Table, row: u32) -> Vec<(u32, Vec<&str>)> {
    let cells = table.cells.iter().filter(|cell| cell.row == row);
    cells.map(|cell| (cell.column, cell.text.split_whitespace().collect())).collect()
}

/// Adds the rows of the part on page `number` but for the first `repeated`. Their places are on another page, so they
/// have none here.
pub fn append(above: &mut Table, below: &Table, repeated: u32, number: u32) {
    let from = above.row_count;
    above.row_count += below.row_count.saturating_sub(repeated);
    let rows = below.cells.iter().filter(|cell| cell.row >= repeated);
    above.cells.extend(rows.map(|cell| Cell {
        row: cell.row - repeated + from,
        header: false,
        bbox: None,
        words: Vec::new(),
        ..cell.clone()
    }));
    above.merged_from_pages.push(number);
}

/// What is left of a part whose rows stand on an earlier page.
pub fn emptied(part: &Table, page: u32) -> Table {
    Table {
        column_count: part.column_count,
        method: part.method.clone(),
        merged_into_page: Some(page),
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]], header: bool, xs: &[f32]) -> Table {
        let mut cells = Vec::new();
        for (row, texts) in rows.iter().enumerate() {
            for (column, text) in texts.iter().enumerate() {
                cells.push(Cell {
                    row: row as u32,
                    column: column as u32,
                    header: header && row == 0,
                    text: (*text).to_owned(),
                    bbox: Some(BBox::new(xs[column], 20.0 * row as f32, 40.0, 10.0)),
                    ..Cell::default()
                });
            }
        }
        let column_count = rows[0].len() as u32;
        Table { row_count: rows.len() as u32, column_count, cells, method: "ruled".into(), ..Table::default() }
    }

    #[test]
    fn a_table_goes_on_with_equal_columns_and_no_other_header() {
        let above = table(&[&["Law", "Clauses"], &["Labour", "534"]], true, &[50.0, 150.0]);
        for (name, below, expected) in [
            ("plain rows", table(&[&["General", "75"]], false, &[50.0, 150.0]), Some(0)),
            ("its header again", table(&[&["Law", " Clauses"], &["General", "75"]], true, &[50.0, 150.0]), Some(1)),
            ("another margin", table(&[&["General", "75"]], false, &[80.0, 180.0]), Some(0)),
            ("another header", table(&[&["Court", "Cases"], &["General", "75"]], true, &[50.0, 150.0]), None),
            ("other borders", table(&[&["General", "75"]], false, &[50.0, 250.0]), None),
            ("more columns", table(&[&["General", "75", "1"]], false, &[50.0, 150.0, 250.0]), None),
        ] {
            assert_eq!(goes_on(&above, &below, 10.0), expected, "{name}");
        }
    }

    #[test]
    fn rows_are_appended_without_the_repeated_header() {
        let mut above = table(&[&["Law", "Clauses"], &["Labour", "534"]], true, &[50.0, 150.0]);
        let below = table(&[&["Law", "Clauses"], &["General", "75"]], true, &[50.0, 150.0]);
        append(&mut above, &below, 1, 4);
        assert_eq!(above.to_csv(), "Law,Clauses\nLabour,534\nGeneral,75");
        assert_eq!((above.header_rows(), above.merged_from_pages.as_slice()), (1, &[4][..]));
        assert_eq!(emptied(&below, 3).to_csv(), "");
    }
}
