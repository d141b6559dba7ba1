//! Tables with ruled columns and rows: the drawn lines are the grid, missing lines between two places are a span.

use docmill_model::document::BBox;

use super::grid::{FoundCell, FoundTable, bbox_of, cell_lines};
use super::rules::Rules;
use super::{Rule, Token};

/// Lines that end this close to each other (points) meet.
const TOUCH: f32 = 2.5;
/// Grid lines closer than this (points) are one.
const SNAP: f32 = 3.0;
/// Pairs of lines that are compared; a page with more is a drawing.
const PAIRS_MAX: usize = 2_000_000;
const PLACES_MAX: usize = 20_000;
/// A chart's grid has this many vertical lines, a table hardly.
const COLUMNS_MAX: usize = 60;

/// Finds the ruled tables; `taken` marks the tokens that went into one.
pub fn find(rules: &Rules, tokens: &[Token], taken: &mut [bool]) -> Vec<FoundTable> {
    let mut tables = Vec::new();
    for (horizontal, vertical) in components(rules) {
        let Some(grid) = Grid::of(&horizontal, &vertical) else { continue };
        let inside: Vec<usize> = (0..tokens.len())
            .filter(|index| {
                let (x, y) = tokens[*index].bbox.center();
                !taken[*index] && grid.bbox().contains_point(x, y)
            })
            .collect();
        if let Some(table) = grid.fill(tokens, &inside) {
            for index in table.tokens() {
                taken[index] = true;
            }
            tables.push(table);
        }
    }
    tables
}

/// Groups of lines that touch each other.
fn components(rules: &Rules) -> Vec<(Vec<Rule>, Vec<Rule>)> {
    let (horizontal, vertical) = (&rules.horizontal, &rules.vertical);
    if horizontal.len() < 2 || vertical.len() < 2 || horizontal.len().saturating_mul(vertical.len()) > PAIRS_MAX {
        return Vec::new();
    }
    let mut sets = Sets::new(horizontal.len() + vertical.len());
    for (h, across) in horizontal.iter().enumerate() {
        for (v, down) in vertical.iter().enumerate() {
            let meets = down.at >= across.from - TOUCH
                && down.at <= across.to + TOUCH
                && across.at >= down.from - TOUCH
                && across.at <= down.to + TOUCH;
            if meets {
                sets.join(h, horizontal.len() + v);
            }
        }
    }
    let mut groups: std::collections::BTreeMap<usize, (Vec<Rule>, Vec<Rule>)> = std::collections::BTreeMap::new();
    for (index, rule) in horizontal.iter().chain(vertical).enumerate() {
        let group = groups.entry(sets.root(index)).or_default();
        if rule.horizontal { group.0.push(*rule) } else { group.1.push(*rule) }
    }
    groups.into_values().filter(|(h, v)| h.len() >= 2 && v.len() >= 2).collect()
}

/// Union-find.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller number is the root, so groups keep the order of the page.
        self.0[a.max(b)] = a.min(b);
    }
}

struct Grid {
    xs: Vec<f32>,
    ys: Vec<f32>,
    /// Whether the line right of (below) a place is drawn, by row * columns + column.
    right: Vec<bool>,
    below: Vec<bool>,
}

impl Grid {
    fn of(horizontal: &[Rule], vertical: &[Rule]) -> Option<Self> {
        let xs = lines_at(vertical, horizontal);
        let ys = lines_at(horizontal, vertical);
        let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
        if columns < 2 || rows < 1 || columns > COLUMNS_MAX || columns.saturating_mul(rows) > PLACES_MAX {
            return None;
        }
        let mut right = vec![true; columns * rows];
        let mut below = vec![true; columns * rows];
        for row in 0..rows {
            for column in 0..columns {
                let place = row * columns + column;
                if column + 1 < columns {
                    right[place] = drawn(vertical, xs[column + 1], ys[row], ys[row + 1]);
                }
                if row + 1 < rows {
                    below[place] = drawn(horizontal, ys[row + 1], xs[column], xs[column + 1]);
                }
            }
        }
        Some(Self { xs, ys, right, below })
    }

    fn bbox(&self) -> BBox {
        let (x1, y1) = (self.xs[self.xs.len() - 1], self.ys[self.ys.len() - 1]);
        BBox::from_corners(self.xs[0], self.ys[0], x1, y1)
    }

    /// Which merged cell each place belongs to, as (row, column, row span, column span) by place.
    fn merged(&self) -> Vec<(usize, usize, usize, usize)> {
        let (columns, rows) = (self.xs.len() - 1, self.ys.len() - 1);
        let mut sets = Sets::new(columns * rows);
        for place in 0..columns * rows {
            if !self.right[place] {
                sets.join(place, place + 1);
            }
            if !self.below[place] {
                sets.join(place, place + columns);
            }
        }
        let mut extents: std::collections::BTreeMap<usize, (usize, usize, usize, usize, usize)> =
            std::collections::BTreeMap::new();
        for place in 0..columns * rows {
            let (row, column) = (place / columns, place % columns);
            let extent = extents.entry(sets.root(place)).or_insert((row, column, row, column, 0));
            *extent = (extent.0.min(row), extent.1.min(column), extent.2.max(row), extent.3.max(column), extent.4 + 1);
        }
        (0..columns * rows)
            .map(|place| {
                let (top, left, bottom, right, count) = extents[&sets.root(place)];
                let (row_span, column_span) = (bottom - top + 1, right - left + 1);
                // A merge that is no rectangle is no cell: its places stay apart.
                if row_span * column_span == count {
                    (top, left, row_span, column_span)
                } else {
                    (place / columns, place % columns, 1, 1)
                }
            })
            .collect()
    }

    fn fill(&self, tokens: &[Token], inside: &[usize]) -> Option<FoundTable> {
        let (columns, rows) = (self.xs.len() - 1, self.ys.len() - 1);
        let merged = self.merged();
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); columns * rows];
        for index in inside {
            let (x, y) = tokens[*index].bbox.center();
            let column = self.xs[1..].partition_point(|edge| *edge < x).min(columns - 1);
            let row = self.ys[1..].partition_point(|edge| *edge < y).min(rows - 1);
            let (row, column, ..) = merged[row * columns + column];
            held[row * columns + column].push(*index);
        }
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let (top, left, row_span, column_span) = merged[row * columns + column];
                if (top, left) != (row, column) {
                    continue;
                }
                let bbox = BBox::from_corners(
                    self.xs[column],
                    self.ys[row],
                    self.xs[column + column_span],
                    self.ys[row + row_span],
                );
                let lines = cell_lines(tokens, std::mem::take(&mut held[row * columns + column]));
                cells.push(FoundCell { row, column, row_span, column_span, bbox: Some(bbox), lines });
            }
        }
        let table = FoundTable { bbox: self.bbox(), rows, columns, cells, header_rows: 0, method: "ruled" };
        let mut table = without_empty_lines(split_rows(table, tokens), tokens);
        table.header_rows = table.guess_header(tokens);
        is_table(&table).then_some(table)
    }
}

/// Text in at least two rows and two columns, and not a grid of nothing.
fn is_table(table: &FoundTable) -> bool {
    let filled: Vec<&FoundCell> = table.cells.iter().filter(|cell| !cell.lines.is_empty()).collect();
    let distinct = |pick: fn(&FoundCell) -> usize| {
        let mut all: Vec<usize> = filled.iter().map(|cell| pick(cell)).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    table.columns >= 2
        && distinct(|cell| cell.row) >= 2
        && distinct(|cell| cell.column) >= 2
        && filled.len() * 5 >= table.cells.len()
}

/// Where lines stand: clustered, and the ends of the crossing lines where they reach further, because tables are
/// often drawn without their outer frame.
fn lines_at(lines: &[Rule], crossing: &[Rule]) -> Vec<f32> {
    let mut at: Vec<f32> = lines.iter().map(|rule| rule.at).collect();
    at.extend(crossing.iter().map(|rule| rule.from).min_by(f32::total_cmp));
    at.extend(crossing.iter().map(|rule| rule.to).max_by(f32::total_cmp));
    at.sort_by(f32::total_cmp);
    let mut clustered: Vec<f32> = Vec::new();
    for value in at {
        if clustered.last().is_none_or(|last| value - last > SNAP) {
            clustered.push(value);
        }
    }
    clustered
}

/// Whether at least 60 % of the edge is covered by lines.
fn drawn(lines: &[Rule], at: f32, from: f32, to: f32) -> bool {
    let covered: f32 = lines
        .iter()
        .filter(|rule| (rule.at - at).abs() <= SNAP)
        .map(|rule| (rule.to.min(to) - rule.from.max(from)).max(0.0))
        .sum();
    covered >= 0.6 * (to - from)
}

/// Tables with ruled columns but without ruled rows: a tall row with as many lines in every filled cell is that many
/// rows.
fn split_rows(table: FoundTable, tokens: &[Token]) -> FoundTable {
    let mut cells = Vec::new();
    let mut shift = 0;
    for row in 0..table.rows {
        let own: Vec<&FoundCell> = table.cells.iter().filter(|cell| cell.row == row).collect();
        let counts: Vec<usize> = own.iter().map(|cell| cell.lines.len()).filter(|count| *count > 0).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let even = counts.len() >= 2 && counts.iter().filter(|count| **count == most).count() * 3 >= counts.len() * 2;
        let spans =
            table.cells.iter().any(|cell| cell.row_span > 1 && cell.row <= row && cell.row + cell.row_span > row);
        if most < 3 || !even || spans || table.rows > 3 {
            cells.extend(own.into_iter().cloned().map(|cell| FoundCell { row: row + shift, ..cell }));
            continue;
        }
        let model =
            own.iter().find(|cell| cell.lines.len() == most).map(|cell| baselines(tokens, cell)).unwrap_or_default();
        for line in 0..model.len() {
            for cell in &own {
                let lines = cell.lines.iter().filter(|held| nearest(&model, tokens[held[0]].baseline) == line);
                let lines: Vec<Vec<usize>> = lines.cloned().collect();
                let bbox = bbox_of(tokens, lines.iter().flatten().copied());
                cells.push(FoundCell { row: row + shift + line, bbox, lines, ..(*cell).clone() });
            }
        }
        shift += most - 1;
    }
    FoundTable { rows: table.rows + shift, cells, ..table }
}

fn baselines(tokens: &[Token], cell: &FoundCell) -> Vec<f32> {
    cell.lines.iter().map(|line| tokens[line[0]].baseline).collect()
}

fn nearest(model: &[f32], baseline: f32) -> usize {
    let distance = |index: &usize| (model[*index] - baseline).abs();
    (0..model.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
}

/// Drops rows and columns that hold no text and are too thin to hold any: double lines.
fn without_empty_lines(mut table: FoundTable, tokens: &[Token]) -> FoundTable {
    let em = table.tokens().map(|index| tokens[index].size).max_by(f32::total_cmp).unwrap_or(10.0);
    for row in (0..table.rows).rev() {
        let thin = |cell: &FoundCell| cell.lines.is_empty() && cell.bbox.is_none_or(|bbox| bbox.h < 0.7 * em);
        let own = table.cells.iter().filter(|cell| cell.row == row && cell.row_span == 1);
        let reached =
            table.cells.iter().any(|cell| cell.row <= row && cell.row + cell.row_span > row && cell.row_span > 1);
        if table.rows > 1 && !reached && own.clone().count() > 0 && own.clone().all(thin) {
            table.cells.retain(|cell| cell.row != row);
            table.cells.iter_mut().filter(|cell| cell.row > row).for_each(|cell| cell.row -= 1);
            table.rows -= 1;
        }
    }
    for column in (0..table.columns).rev() {
        let thin = |cell: &FoundCell| cell.lines.is_empty() && cell.bbox.is_none_or(|bbox| bbox.w < 0.7 * em);
        let own = table.cells.iter().filter(|cell| cell.column == column && cell.column_span == 1);
        let reached = table
            .cells
            .iter()
            .any(|cell| cell.column <= column && cell.column + cell.column_span > column && cell.column_span > 1);
        if table.columns > 1 && !reached && own.clone().count() > 0 && own.clone().all(thin) {
            table.cells.retain(|cell| cell.column != column);
            table.cells.iter_mut().filter(|cell| cell.column > column).for_each(|cell| cell.column -= 1);
            table.columns -= 1;
        }
    }
    table
}
