//! Spans in the header of a table without vertical rules: names over several columns, and names beside them that stand
//! for both rows.

use docmill_model::document::BBox;

use super::grid::{FoundCell, FoundTable};

/// A name stands in the middle of its columns up to this share of their width, or begins where they begin, points.
const CENTRED: f32 = 0.12;
const FLUSH: f32 = 3.0;
/// Columns that one name can stand over.
const SPAN_MAX: usize = 12;

/// Whether the first row is names of groups of columns: each in the middle over two names of the second row and more, no
/// two over the same. Then it is a row of its own, however close the second one stands.
pub fn names_groups(above: &[BBox], below: &[BBox]) -> bool {
    let over = |name: &BBox, from: usize| -> Option<usize> {
        let fits = (from..below.len()).flat_map(|first| (first + 1..below.len()).map(move |last| (first, last)));
        let fits = fits.filter(|(first, last)| {
            let (x0, x1) = (below[*first].x, below[*last].right());
            let off = (name.center().0 - f32::midpoint(x0, x1)).abs();
            name.x >= x0 && name.right() <= x1 && off <= CENTRED * (x1 - x0)
        });
        // The widest of those that it is in the middle of.
        fits.max_by_key(|(first, last)| last - first).map(|(_, last)| last + 1)
    };
    let mut from = 0;
    above.len() > 1
        && below.len() >= 2 * above.len()
        && above.iter().all(|name| over(name, from).map(|next| from = next).is_some())
}

/// Gives the names of the first row the columns that they stand over.
pub fn with_spans(mut table: FoundTable) -> FoundTable {
    let Some(columns) = column_extents(&table) else { return table };
    let filled = |row: usize, column: usize| at(&table, row, column).is_some_and(|cell| !cell.lines.is_empty());
    let wide = |column: usize| at(&table, 0, column).map_or(1, |cell| cell.column_span);
    let names: Vec<usize> = (0..table.columns).filter(|column| filled(0, *column)).collect();
    let below: Vec<bool> = (0..table.columns).map(|column| filled(1, column)).collect();
    // A header of two levels has fewer names in the first row than in the second, none of them over nothing.
    let fewer = names.len() < below.iter().filter(|filled| **filled).count();
    let over = |name: &usize| wide(*name) > 1 && below[*name..name + wide(*name)].iter().all(|filled| *filled);
    if table.rows < 3 || !(fewer || names.iter().any(over)) {
        return table;
    }
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let least = if index == 0 { 0 } else { names[index - 1] + 1 };
        let most = names.get(index + 1).map_or(table.columns, |next| *next);
        let least = spans.last().map_or(least, |(_, last, _)| least.max(last + 1));
        if wide(*name) > 1 {
            spans.push((*name, name + wide(*name) - 1, *name));
            continue;
        }
        let Some(bbox) = at(&table, 0, *name).and_then(|cell| cell.bbox) else { continue };
        let candidates = (least..=*name).flat_map(|from| (name + 1..=most).map(move |to| (from, to)));
        let fits = candidates.filter(|(from, to)| {
            to - from > 1 && to - from <= SPAN_MAX && below[*from..*to].iter().all(|filled| *filled)
        });
        let best = fits
            .map(|(from, to)| {
                let (x0, x1) = (columns[from].0, columns[to - 1].1);
                let off = (bbox.center().0 - f32::midpoint(x0, x1)).abs() / (x1 - x0).max(1.0);
                let flush = (bbox.x - x0).abs() <= FLUSH && to == most && from == *name;
                (if flush { off.min(CENTRED * 0.9) } else { off }, from, to)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((off, from, to)) = best
            && off <= CENTRED
        {
            spans.push((from, to - 1, *name));
        }
    }
    if !spans.is_empty() {
        apply(&mut table, &spans);
    }
    table
}

fn apply(table: &mut FoundTable, spans: &[(usize, usize, usize)]) {
    for (first, last, name) in spans {
        table
            .cells
            .retain(|cell| !(cell.row == 0 && cell.column >= *first && cell.column <= *last && cell.column != *name));
        if let Some(cell) = table.cells.iter_mut().find(|cell| cell.row == 0 && cell.column == *name) {
            cell.column = *first;
            cell.column_span = last - first + 1;
        }
    }
    // Columns that no name stands over have one name for both rows, or none.
    for column in 0..table.columns {
        if spans.iter().any(|(first, last, _)| column >= *first && column <= *last) {
            continue;
        }
        let empty = |row: usize| at(table, row, column).is_none_or(|cell| cell.lines.is_empty());
        let (above, below) = (empty(0), empty(1));
        if above || below {
            let kept = if above { 1 } else { 0 };
            table.cells.retain(|cell| cell.row > 1 || cell.column != column || cell.row == kept);
            if let Some(cell) = table.cells.iter_mut().find(|cell| cell.row == kept && cell.column == column) {
                (cell.row, cell.row_span) = (0, 2);
            }
        }
    }
    table.header_rows = table.header_rows.max(2);
    table.cells.sort_by_key(|cell| (cell.row, cell.column));
}

fn at(table: &FoundTable, row: usize, column: usize) -> Option<&FoundCell> {
    table.cells.iter().find(|cell| cell.row == row && cell.column == column && cell.row_span == 1)
}

/// Where the text of each column stands from the second row on, x from and to; `None` when a column has none.
fn column_extents(table: &FoundTable) -> Option<Vec<(f32, f32)>> {
    let mut extents = vec![(f32::MAX, f32::MIN); table.columns];
    for cell in table.cells.iter().filter(|cell| cell.row > 0 && cell.column_span == 1) {
        if let Some(bbox) = cell.bbox {
            let extent = &mut extents[cell.column];
            *extent = (extent.0.min(bbox.x), extent.1.max(bbox.right()));
        }
    }
    extents.iter().all(|extent| extent.1 > extent.0).then_some(extents)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells as (row, column, x, width); empty ones have no width. Spans as (row, column, rows, columns).
    fn check(cells: &[(usize, usize, f32, f32)], expected: &[(usize, usize, usize, usize)]) {
        let cell = |(row, column, x, width): &(usize, usize, f32, f32)| FoundCell {
            row: *row,
            column: *column,
            row_span: 1,
            column_span: 1,
            bbox: (*width > 0.0).then(|| BBox::new(*x, *row as f32 * 12.0, *width, 10.0)),
            lines: if *width > 0.0 { vec![vec![0]] } else { Vec::new() },
        };
        let rows = cells.iter().map(|cell| cell.0 + 1).max().unwrap_or(0);
        let columns = cells.iter().map(|cell| cell.1 + 1).max().unwrap_or(0);
        let table = FoundTable {
            bbox: BBox::default(),
            rows,
            columns,
            cells: cells.iter().map(cell).collect(),
            header_rows: 1,
            method: "test",
        };
        let spans: Vec<(usize, usize, usize, usize)> = with_spans(table.with_empty_cells())
            .cells
            .iter()
            .filter(|cell| cell.row_span * cell.column_span > 1)
            .map(|cell| (cell.row, cell.column, cell.row_span, cell.column_span))
            .collect();
        assert_eq!(spans, expected);
    }

    #[test]
    fn a_name_in_the_middle_of_two_columns_stands_over_both() {
        let body = [(2, 0, 0.0, 50.0), (2, 1, 100.0, 40.0), (2, 2, 160.0, 40.0)];
        let years = [(1, 1, 100.0, 40.0), (1, 2, 160.0, 40.0)];
        check(&[&[(0, 1, 130.0, 40.0)], &years[..], &body[..]].concat(), &[(0, 0, 2, 1), (0, 1, 1, 2)]);
    }

    #[test]
    fn names_over_groups_of_columns_are_a_row_of_their_own() {
        let boxes =
            |places: &[(f32, f32)]| places.iter().map(|(x, w)| BBox::new(*x, 0.0, *w, 10.0)).collect::<Vec<_>>();
        let check = |above: &[(f32, f32)], below: &[(f32, f32)], expected: bool| {
            assert_eq!(names_groups(&boxes(above), &boxes(below)), expected, "{above:?} {below:?}");
        };
        let years = [(100.0, 30.0), (150.0, 30.0), (200.0, 30.0), (300.0, 30.0), (350.0, 30.0), (400.0, 30.0)];
        check(&[(145.0, 40.0), (350.0, 30.0)], &years, true);
        // The first line of names that wrap stands over one name each.
        check(&[(100.0, 30.0), (150.0, 30.0)], &years[..4], false);
        check(&[(145.0, 40.0)], &years[..3], false);
    }

    #[test]
    fn one_row_of_names_has_no_spans() {
        let cells = [
            (0, 0, 0.0, 50.0),
            (0, 1, 100.0, 40.0),
            (1, 0, 0.0, 50.0),
            (1, 1, 100.0, 40.0),
            (2, 0, 0.0, 50.0),
            (2, 1, 100.0, 40.0),
        ];
        check(&cells, &[]);
    }
}
