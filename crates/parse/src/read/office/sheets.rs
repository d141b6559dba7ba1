//! Tables of workbooks: a sheet as one table, and a long one as several.

use docling::{Node, Table};

/// Most cells of a sheet that is one table: what stands far apart would make an ocean of empty cells.
const CELLS_MAX: usize = 1_000_000;

/// Cells of a table on one page; what is longer goes on on the next.
pub const PAGE_CELLS_MAX: usize = 20_000;

pub fn is_long(table: &Table) -> bool {
    table.rows.iter().map(Vec::len).sum::<usize>() > PAGE_CELLS_MAX
}

/// The table cut between rows. Only the first portion has header cells above its columns.
pub fn portions(table: &Table) -> Vec<Table> {
    let height = (PAGE_CELLS_MAX / width(table).max(1)).max(1);
    let portion = |(index, rows): (usize, &[Vec<String>])| {
        let mut portion = Table { rows: rows.to_vec(), ..Table::default() };
        if let Some(cells) = &table.cells {
            let (from, to) = (index * height, index * height + rows.len());
            let own = cells.iter().filter(|cell| (from..to).contains(&cell.start_row)).cloned().map(|mut cell| {
                cell.start_row -= from;
                cell.row_span = cell.row_span.min(rows.len() - cell.start_row);
                cell
            });
            portion.cells = Some(own.collect());
        } else if index > 0 {
            let mut cells = portion.derive_cells();
            cells.iter_mut().for_each(|cell| cell.column_header = false);
            portion.cells = Some(cells);
        } else {
            portion.caption.clone_from(&table.caption);
        }
        portion
    };
    table.rows.chunks(height).enumerate().map(portion).collect()
}

pub fn is_sheet(id: &str) -> bool {
    matches!(id, "xlsx" | "xls" | "ods" | "numbers")
}

/// A table with its place in the sheet: first column and row.
type Placed<'a> = (usize, usize, &'a Table);

/// The tables of a sheet as one, each where it stands; `None` when they have no places or there is only one.
pub fn whole(nodes: &[&Node]) -> Option<Table> {
    let mut placed = Vec::new();
    nodes.iter().for_each(|node| find(node, None, &mut placed));
    let placed: Vec<Placed> = placed.into_iter().collect::<Option<_>>()?;
    let left = placed.iter().map(|(column, ..)| *column).min()?;
    let top = placed.iter().map(|(_, row, _)| *row).min()?;
    let right = placed.iter().map(|(column, _, table)| column + width(table)).max()?;
    let bottom = placed.iter().map(|(_, row, table)| row + table.rows.len()).max()?;
    if (right - left).checked_mul(bottom - top)? > CELLS_MAX {
        return None;
    }
    let mut rows = vec![vec![String::new(); right - left]; bottom - top];
    let mut cells = Vec::new();
    for (column, row, table) in placed {
        let (right, down) = (column - left, row - top);
        for (at, texts) in table.rows.iter().enumerate() {
            for (along, text) in texts.iter().enumerate() {
                rows[down + at][right + along].clone_from(text);
            }
        }
        for mut cell in table.cells.clone().unwrap_or_else(|| table.derive_cells()) {
            cell.start_row += down;
            cell.column_header &= cell.start_row == 0;
            cell.row_header &= cell.start_row == 0;
            cell.start_col += right;
            cells.push(cell);
        }
    }
    Some(Table { rows, cells: Some(cells), ..Table::default() })
}

/// What is no table, and everything when the sheet cannot be one table.
pub fn others<'a>(nodes: &[&'a Node]) -> Vec<&'a Node> {
    let is_whole = whole(nodes).is_some();
    let mut others = Vec::new();
    for node in nodes {
        match node {
            Node::Group { children, .. } => {
                others.extend(children.iter().filter(|child| !is_whole || !is_table(child)));
            }
            node => others.push(*node),
        }
    }
    others
}

fn width(table: &Table) -> usize {
    table.rows.iter().map(Vec::len).max().unwrap_or_default()
}

fn is_table(node: &Node) -> bool {
    match node {
        Node::Table(_) => true,
        Node::Prov { inner, .. } | Node::Located { inner, .. } | Node::Commented { inner, .. } => is_table(inner),
        _ => false,
    }
}

fn find<'a>(node: &'a Node, place: Option<[f32; 4]>, found: &mut Vec<Option<Placed<'a>>>) {
    match node {
        Node::Table(table) => {
            found.push(place.map(|[left, top, ..]| (left.max(0.0) as usize, top.max(0.0) as usize, table)));
        }
        Node::Prov { bbox, inner, .. } => find(inner, Some(*bbox), found),
        Node::Located { inner, .. } | Node::Commented { inner, .. } => find(inner, place, found),
        Node::Group { children, .. } => children.iter().for_each(|child| find(child, place, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tables_are_cut_between_rows() {
        let rows = (0..25_000).map(|row| vec![row.to_string(), "x".to_owned()]).collect();
        let table = Table { rows, ..Table::default() };
        assert!(is_long(&table));
        let portions = portions(&table);
        assert_eq!(portions.iter().map(|portion| portion.rows.len()).collect::<Vec<_>>(), [10_000, 10_000, 5_000]);
        assert_eq!(portions[2].rows[0][0], "20000");
        let header =
            |portion: &Table| portion.cells.as_ref().is_some_and(|cells| cells.iter().any(|cell| cell.column_header));
        assert!(!header(&portions[1]) && portions[0].cells.is_none());
    }
}
