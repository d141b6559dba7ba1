//! Tables without vertical rules: their columns, rows and cells, and the gates that keep prose out.

use docmill_model::document::BBox;

use super::aligned::Region;
use super::grid::{FoundCell, FoundTable, bbox_of};
use super::lines::Segment;
use super::{Token, bands, formula, gates, headers, numbers, signs};

/// Width of the bins of the coverage profile, em.
const BIN: f32 = 0.125;
/// White between two columns, em.
const COLUMN_GAP: f32 = 0.45;
/// The same where at least so many rows are ruled.
const COLUMN_GAP_RULED: f32 = 0.32;
const ROWS_SURE: usize = 4;
/// White between two words at which a piece that crosses a column border is cut there, em.
const CUT_GAP: f32 = 0.2;
/// Lines of one column cannot stand closer than this, em: they are of two columns.
const LINE_PITCH_MIN: f32 = 0.8;
/// Lines of one cell are closer than this, em.
const LINE_PITCH_MAX: f32 = 1.5;
/// The jump from the distances between lines of a cell to those between rows.
const PITCH_JUMP: f32 = 1.2;
const COLUMNS_MAX: usize = 40;
/// Widest piece that stands alone in its row and tells a column, as a share of the table.
const KEY_SHARE: f32 = 0.45;

/// A piece of a row within one column or over several.
#[derive(Debug, Clone)]
pub struct Piece {
    pub segment: Segment,
    pub first: usize,
    pub last: usize,
    pub row: usize,
}

/// Lines of one cell.
#[derive(Debug, Clone)]
struct Stack {
    first: usize,
    last: usize,
    pieces: Vec<Piece>,
    top: f32,
    bottom: f32,
}

/// The table of a region, if it is one.
pub fn build(region: &Region, segments: &[Segment], tokens: &[Token], loose: bool) -> Option<FoundTable> {
    if formula::is(region.rows.iter().flatten().flat_map(|piece| &segments[*piece].tokens).map(|index| &tokens[*index]))
    {
        return None;
    }
    let em = median(region.rows.iter().flatten().map(|piece| segments[*piece].size).collect());
    let columns = columns(region, segments, tokens, em);
    let least = if region.evidence.keys { 1 } else { 2 };
    if !(least..=COLUMNS_MAX).contains(&columns.len()) {
        return None;
    }
    let mut pieces = pieces(region, segments, tokens, &columns, em);
    let boxes = |row: usize| -> Vec<BBox> {
        region.rows.get(row).into_iter().flatten().map(|piece| segments[*piece].bbox).collect()
    };
    // Names of single columns may stand in the middle between the names of groups and those below them.
    let between = usize::from(boxes(1).len() < boxes(0).len());
    let names: Vec<Piece> = if headers::names_groups(&boxes(0), &boxes(1 + between)) {
        pieces.extract_if(.., |piece| piece.row <= between).collect()
    } else {
        Vec::new()
    };
    let ruled = region.evidence.rules.len() > 1;
    if !ruled && !read_row_by_row(&pieces) && !of_numbers(&pieces, tokens) {
        return None;
    }
    let white = if region.evidence.rules.len() > 2 { None } else { bands::of(&pieces, columns.len(), em) };
    let (rows, cells) = match white {
        Some(bands) => rows_of_bands(&pieces, &bands),
        None => rows(stacks(&pieces, &region.evidence.rules, em, columns.len()), &region.evidence.rules),
    };
    let bbox = bbox_of(tokens, pieces.iter().flat_map(|piece| piece.segment.tokens.iter().copied()))?;
    let mut table = FoundTable {
        bbox,
        rows,
        columns: columns.len(),
        cells,
        header_rows: 0,
        method: if ruled { "ruled rows" } else { "aligned" },
    };
    above(&mut table, &names);
    table = signs::joined(table, tokens);
    table.header_rows = header_rows(&table, tokens, &region.evidence.rules);
    gates::is_table(&table, tokens, ruled, loose).then(|| headers::with_spans(table.with_empty_cells()))
}

/// Puts names of groups of columns in a row of their own above the others.
fn above(table: &mut FoundTable, names: &[Piece]) {
    if names.is_empty() {
        return;
    }
    table.rows += 1;
    table.cells.iter_mut().for_each(|cell| cell.row += 1);
    for name in names {
        let (bbox, lines) = (Some(name.segment.bbox), vec![name.segment.tokens.clone()]);
        let (column, column_span) = (name.first, name.last - name.first + 1);
        table.bbox = table.bbox.union(name.segment.bbox);
        table.cells.push(FoundCell { row: 0, column, row_span: 1, column_span, bbox, lines });
    }
    table.cells.sort_by_key(|cell| (cell.row, cell.column));
}

/// Each piece in the row in whose height it stands; what stands in one place of it is one cell.
fn rows_of_bands(pieces: &[Piece], bands: &[(f32, f32)]) -> (usize, Vec<FoundCell>) {
    let mut order: Vec<&Piece> = pieces.iter().collect();
    order.sort_by(|a, b| a.segment.baseline.total_cmp(&b.segment.baseline));
    let mut cells: Vec<FoundCell> = Vec::new();
    for piece in order {
        let bbox = piece.segment.bbox;
        let stack =
            Stack { first: piece.first, last: piece.last, pieces: Vec::new(), top: bbox.y, bottom: bbox.bottom() };
        put(&mut cells, &stack, closest(bands, bbox.center().1), 1, std::slice::from_ref(piece));
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    (bands.len(), cells)
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(10.0).max(1.0)
}

/// From the leftmost to the rightmost piece, points.
fn width_of(region: &Region, segments: &[Segment]) -> f32 {
    BBox::around(region.rows.iter().flatten().map(|piece| segments[*piece].bbox)).map_or(0.0, |area| area.w)
}

/// Columns as intervals of x: where few rows have ink there is a border.
fn columns(region: &Region, segments: &[Segment], tokens: &[Token], em: f32) -> Vec<(f32, f32)> {
    if region.evidence.keys && region.rows.iter().all(|row| row.len() == 1) {
        let area = BBox::around(region.rows.iter().map(|row| segments[row[0]].bbox));
        return area.map(|area| (area.x, area.right())).into_iter().collect();
    }
    let most = region.rows.iter().map(Vec::len).max().unwrap_or(0);
    let telling: Vec<&Vec<usize>> =
        region.rows.iter().filter(|row| row.len() * 5 >= most * 3 && row.len() > 1).collect();
    // Where rules bound the table, rows of one short piece tell a column too.
    let alone = region.rows.iter().filter(|row| row.len() == 1 && region.evidence.rules.len() > 2);
    let narrow = |row: &&Vec<usize>| segments[row[0]].bbox.w <= KEY_SHARE * width_of(region, segments);
    let telling: Vec<&Vec<usize>> = telling.into_iter().chain(alone.filter(narrow)).collect();
    let boxes = || telling.iter().flat_map(|row| row.iter().map(|piece| segments[*piece].bbox));
    let Some(area) = BBox::around(boxes()) else { return Vec::new() };
    let bin = BIN * em;
    let count = (area.w / bin).ceil() as usize + 1;
    if count > 100_000 {
        return Vec::new();
    }
    // White that goes down through many ruled rows is a border, however narrow.
    let ruled = region.evidence.rules.len() > 2 && telling.len() >= ROWS_SURE;
    let gap = if ruled { COLUMN_GAP_RULED } else { COLUMN_GAP };
    let mut cover = vec![0usize; count];
    for row in &telling {
        let mut ink = vec![false; count];
        for piece in row.iter() {
            mark(&segments[*piece], tokens, area.x, bin, gap * em, &mut ink);
        }
        cover.iter_mut().zip(&ink).for_each(|(cover, ink)| *cover += usize::from(*ink));
    }
    let limit = if telling.len() < 5 { 0 } else { ((0.12 * telling.len() as f32) as usize).max(1) };
    let mut found: Vec<(f32, f32)> = Vec::new();
    for (index, covered) in cover.iter().enumerate() {
        if *covered <= limit {
            continue;
        }
        let (from, to) = (area.x + index as f32 * bin, area.x + (index + 1) as f32 * bin);
        match found.last_mut() {
            Some(last) if from - last.1 < gap * em => last.1 = to,
            _ => found.push((from, to)),
        }
    }
    found
}

fn mark(segment: &Segment, tokens: &[Token], x0: f32, bin: f32, gap: f32, ink: &mut [bool]) {
    let mut end: Option<f32> = None;
    for index in &segment.tokens {
        let bbox = tokens[*index].bbox;
        let from = end.filter(|end| bbox.x - end < gap).unwrap_or(bbox.x);
        // A bin is inked when a good part of it is: borders of columns may fall inside one.
        let first = ((from - x0) / bin + 0.3).floor().max(0.0) as usize;
        let last = ((bbox.right() - x0) / bin + 0.7).floor().max(0.0) as usize;
        for place in ink.iter_mut().take(last.max(first + 1)).skip(first) {
            *place = true;
        }
        end = Some(bbox.right());
    }
}

fn nearest(columns: &[(f32, f32)], x0: f32, x1: f32) -> usize {
    let distance = |column: &(f32, f32)| {
        let overlap = x1.min(column.1) - x0.max(column.0);
        if overlap > 0.0 { -overlap } else { (x0 - column.1).max(column.0 - x1) }
    };
    (0..columns.len()).min_by(|a, b| distance(&columns[*a]).total_cmp(&distance(&columns[*b]))).unwrap_or(0)
}

fn pieces(region: &Region, segments: &[Segment], tokens: &[Token], columns: &[(f32, f32)], em: f32) -> Vec<Piece> {
    let mut found = Vec::new();
    for (row, indices) in region.rows.iter().enumerate() {
        for index in indices {
            let parts = segments[*index].split(tokens, |a, b| {
                let apart = nearest(columns, a.bbox.x, a.bbox.right()) != nearest(columns, b.bbox.x, b.bbox.right());
                let border = columns
                    .iter()
                    .any(|column| column.0 > a.bbox.right() - 0.3 * em && column.0 <= b.bbox.x + 0.3 * em);
                apart
                    && border
                    && b.bbox.x - a.bbox.right() >= CUT_GAP * em
                    && !crosses(&segments[*index], columns, tokens, em)
            });
            for segment in parts {
                let (x0, x1) = (segment.bbox.x, segment.bbox.right());
                let over = |column: &(f32, f32)| x1.min(column.1) - x0.max(column.0) > 0.5 * em;
                let first = columns.iter().position(over).unwrap_or_else(|| nearest(columns, x0, x1));
                let last = columns.iter().rposition(over).unwrap_or(first).max(first);
                found.push(Piece { segment, first, last, row });
            }
        }
    }
    found
}

/// Whether a word of the segment itself lies over the white between two columns: then it is one text over both.
fn crosses(segment: &Segment, columns: &[(f32, f32)], tokens: &[Token], em: f32) -> bool {
    segment.tokens.iter().any(|index| {
        let bbox = tokens[*index].bbox;
        columns.windows(2).any(|pair| bbox.x < pair[0].1 - 0.3 * em && bbox.right() > pair[1].0 + 0.3 * em)
    })
}

/// Tables are drawn row by row, from either end; columns of prose are drawn column by column.
fn read_row_by_row(pieces: &[Piece]) -> bool {
    let (mut onward, mut back, mut all) = (0, 0, 0);
    for pair in pieces.windows(2).filter(|pair| pair[0].row == pair[1].row) {
        let (here, next) = (&pair[0].segment, &pair[1].segment);
        all += 1;
        onward += usize::from(next.seq > here.seq && next.seq <= here.last_seq() + 8);
        back += usize::from(here.seq > next.seq && here.seq <= next.last_seq() + 8);
    }
    all > 0 && onward.max(back) * 5 >= all * 3
}

/// Columns of numbers are read row by row however they are drawn: all columns but the first hold numbers for the most part.
fn of_numbers(pieces: &[Piece], tokens: &[Token]) -> bool {
    let words = || pieces.iter().filter(|piece| piece.first > 0).flat_map(|piece| piece.segment.tokens.iter());
    words().filter(|index| numbers::is_number(&tokens[**index].text)).count() * 5 >= words().count().max(1) * 3
}

/// Lines of cells. Rules between two lines always divide; else small distances join, unless both lines begin rows.
fn stacks(pieces: &[Piece], rules: &[f32], em: f32, columns: usize) -> Vec<Stack> {
    let mut by_place: std::collections::BTreeMap<(usize, usize), Vec<&Piece>> = std::collections::BTreeMap::new();
    for piece in pieces {
        by_place.entry((piece.first, piece.last)).or_default().push(piece);
    }
    let limit =
        pitch_limit(by_place.values(), em).unwrap_or(if level_share(pieces, em) < 0.4 { LINE_PITCH_MAX } else { 0.0 });
    let filled = |row: usize| pieces.iter().filter(|piece| piece.row == row).count();
    let keyed = |row: usize| pieces.iter().any(|piece| piece.row == row && piece.first == 0);
    let mut found: Vec<Stack> = Vec::new();
    for ((first, last), mut own) in by_place {
        own.sort_by(|a, b| a.segment.baseline.total_cmp(&b.segment.baseline));
        let mut stack: Option<Stack> = None;
        for piece in own {
            let joins = stack.as_ref().and_then(|stack| stack.pieces.last()).is_some_and(|above: &Piece| {
                let ruled = rules.iter().any(|at| *at > above.segment.baseline && *at < piece.segment.baseline);
                let distance = (piece.segment.baseline - above.segment.baseline) / em;
                let both_rows = keyed(above.row) && keyed(piece.row) && filled(piece.row) * 2 > columns;
                !ruled && distance <= limit && !both_rows
            });
            if !joins {
                found.extend(stack.take());
            }
            let bbox = piece.segment.bbox;
            let stack = stack.get_or_insert_with(|| Stack {
                first,
                last,
                pieces: Vec::new(),
                top: bbox.y,
                bottom: bbox.bottom(),
            });
            stack.bottom = bbox.bottom();
            stack.pieces.push(piece.clone());
        }
        found.extend(stack);
    }
    found
}

/// Distances between lines of a column are small inside a cell and larger between rows, when cells wrap.
/// `None` when all distances are alike.
fn pitch_limit<'p>(places: impl Iterator<Item = &'p Vec<&'p Piece>>, em: f32) -> Option<f32> {
    let mut distances: Vec<f32> = Vec::new();
    for own in places {
        let mut baselines: Vec<f32> = own.iter().map(|piece| piece.segment.baseline).collect();
        baselines.sort_by(f32::total_cmp);
        distances.extend(
            baselines.windows(2).map(|pair| (pair[1] - pair[0]) / em).filter(|distance| *distance > LINE_PITCH_MIN),
        );
    }
    distances.sort_by(f32::total_cmp);
    let jump = distances
        .windows(2)
        .filter(|pair| pair[0] <= LINE_PITCH_MAX && pair[1] / pair[0] >= PITCH_JUMP)
        .max_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])));
    jump.map(|pair| f32::midpoint(pair[0], pair[1]))
}

/// Share of the lines that stand level with a line of another column. Rows do; lines of wrapped cells that are
/// centred beside each other do not.
fn level_share(pieces: &[Piece], em: f32) -> f32 {
    let mut baselines: Vec<(f32, usize)> = pieces.iter().map(|piece| (piece.segment.baseline, piece.first)).collect();
    baselines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let level = |a: &(f32, usize), b: &(f32, usize)| b.0 - a.0 <= 0.2 * em && a.1 != b.1;
    let lines = (0..baselines.len()).filter(|index| {
        let before = *index > 0 && level(&baselines[index - 1], &baselines[*index]);
        before || baselines.get(index + 1).is_some_and(|next| level(&baselines[*index], next))
    });
    lines.count() as f32 / pieces.len().max(1) as f32
}

/// Cells to rows: what overlaps stands in one row.
fn rows(mut stacks: Vec<Stack>, rules: &[f32]) -> (usize, Vec<FoundCell>) {
    // The lowest cells make the rows, the higher ones find theirs among them.
    stacks.sort_by(|a, b| (a.bottom - a.top).total_cmp(&(b.bottom - b.top)).then(a.top.total_cmp(&b.top)));
    let mut extents: Vec<(f32, f32)> = Vec::new();
    for stack in &stacks {
        let reached = reached(&extents, stack);
        match reached.as_slice() {
            [] => extents.push((stack.top, stack.bottom)),
            [row] => extents[*row] = (extents[*row].0.min(stack.top), extents[*row].1.max(stack.bottom)),
            _ => {}
        }
    }
    extents.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    join_bands(&mut extents, rules);
    let mut cells: Vec<FoundCell> = Vec::new();
    for stack in &stacks {
        place(stack, &extents, &mut cells);
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    (extents.len(), cells)
}

/// Between two rules of a table that is ruled row by row there is one row.
fn join_bands(extents: &mut Vec<(f32, f32)>, rules: &[f32]) {
    let band = |extent: &(f32, f32)| rules.iter().filter(|at| **at < f32::midpoint(extent.0, extent.1)).count();
    let mut counts = std::collections::BTreeMap::new();
    for extent in extents.iter() {
        *counts.entry(band(extent)).or_insert(0usize) += 1;
    }
    let single = counts.values().filter(|count| **count == 1).count();
    if rules.len() < 5 || single * 3 < counts.len() * 2 {
        return;
    }
    let mut joined: Vec<(f32, f32)> = Vec::new();
    let mut last_band = None;
    for extent in extents.iter() {
        let own = band(extent);
        match joined.last_mut() {
            // The header above the first inner rule may have levels of its own.
            Some(last) if last_band == Some(own) && own > 1 => *last = (last.0.min(extent.0), last.1.max(extent.1)),
            _ => joined.push(*extent),
        }
        last_band = Some(own);
    }
    *extents = joined;
}

/// Rows that share at least half of their height with the stack.
fn reached(extents: &[(f32, f32)], stack: &Stack) -> Vec<usize> {
    let shares = |extent: &(f32, f32)| {
        let overlap = stack.bottom.min(extent.1) - stack.top.max(extent.0);
        overlap >= 0.5 * (extent.1 - extent.0).min(stack.bottom - stack.top)
    };
    (0..extents.len()).filter(|row| shares(&extents[*row])).collect()
}

fn place(stack: &Stack, extents: &[(f32, f32)], cells: &mut Vec<FoundCell>) {
    let rows = reached(extents, stack);
    let (first_row, last_row) = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => return put(cells, stack, closest(extents, f32::midpoint(stack.top, stack.bottom)), 1, &stack.pieces),
    };
    // A line for each row: these are cells of their own that only stand close.
    if last_row > first_row && stack.pieces.len() > last_row - first_row {
        for piece in &stack.pieces {
            let (_, y) = piece.segment.bbox.center();
            put(cells, stack, closest(extents, y), 1, std::slice::from_ref(piece));
        }
        return;
    }
    put(cells, stack, first_row, last_row - first_row + 1, &stack.pieces);
}

fn closest(extents: &[(f32, f32)], y: f32) -> usize {
    let distance = |row: &usize| (f32::midpoint(extents[*row].0, extents[*row].1) - y).abs();
    (0..extents.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
}

fn put(cells: &mut Vec<FoundCell>, stack: &Stack, row: usize, row_span: usize, pieces: &[Piece]) {
    let lines = || pieces.iter().map(|piece| piece.segment.tokens.clone());
    let bbox = BBox::around(pieces.iter().map(|piece| piece.segment.bbox));
    let taken = cells.iter_mut().find(|cell| {
        cell.row < row + row_span
            && row < cell.row + cell.row_span
            && cell.column <= stack.last
            && stack.first < cell.column + cell.column_span
    });
    if let Some(cell) = taken {
        cell.lines.extend(lines());
        cell.bbox = cell.bbox.into_iter().chain(bbox).reduce(BBox::union);
        return;
    }
    cells.push(FoundCell {
        row,
        column: stack.first,
        row_span,
        column_span: stack.last - stack.first + 1,
        bbox,
        lines: lines().collect(),
    });
}

/// Rows above the first inner rule are the header; without rules what looks like one.
fn header_rows(table: &FoundTable, tokens: &[Token], rules: &[f32]) -> usize {
    let top = table.bbox.y;
    if let Some(rule) = rules.iter().find(|at| **at > top + 1.0) {
        let above = |row: usize| {
            table
                .cells
                .iter()
                .filter(|cell| cell.row == row)
                .filter_map(|cell| cell.bbox)
                .all(|bbox| bbox.center().1 < *rule)
        };
        let rows = (0..table.rows).take_while(|row| above(*row)).count();
        if rows > 0 && rows <= 3 && rows < table.rows {
            return rows;
        }
    }
    table.guess_header(tokens)
}
