//! Where the fields of a form stand on the page that was laid out: below which heading, and in which cell of a table.

use docmill_model::document::{BBox, Block, BlockKind, FieldCell, FieldPlace, Page, Role, Table};

/// Pairs of fields and blocks or cells that are looked at; a page with more has fields without places.
const LOOKS_MAX: usize = 5_000_000;
/// A table has fields in this many of its rows.
const ROWS_MIN: usize = 2;

/// One place for each of the page's fields; none where the page has no fields.
pub fn of(page: &Page) -> Vec<FieldPlace> {
    let cells = |block: &Block| if let BlockKind::Table(table) = &block.kind { table.cells.len() } else { 1 };
    if page.fields.len().saturating_mul(page.blocks.iter().map(cells).sum()) > LOOKS_MAX {
        return Vec::new();
    }
    let boxes: Vec<Option<BBox>> = page.fields.iter().map(|field| field.boxes.first().copied()).collect();
    let headings = headings(&page.blocks);
    let heading = |bbox: BBox| nearest(&page.blocks, bbox).and_then(|block| headings[block].clone());
    let mut places: Vec<FieldPlace> =
        boxes.iter().map(|bbox| FieldPlace { heading: bbox.and_then(heading), cell: None }).collect();
    for (index, block) in page.blocks.iter().enumerate() {
        if let BlockKind::Table(table) = &block.kind {
            for (place, cell) in places.iter_mut().zip(in_table(table, &boxes)) {
                place.cell = cell.map(|(row, column)| FieldCell { block: index as u32, row, column }).or(place.cell);
            }
        }
    }
    places
}

/// The heading before each block, in reading order.
fn headings(blocks: &[Block]) -> Vec<Option<String>> {
    let mut last = None;
    let own = blocks.iter().map(|block| {
        if let BlockKind::Heading { value, .. } = &block.kind {
            last = Some(value.clone());
        }
        last.clone()
    });
    own.collect()
}

/// The block that the field is part of, or the nearest one on its left or above it. A heading right of a field or below it
/// is that of something else.
fn nearest(blocks: &[Block], field: BBox) -> Option<usize> {
    let apart = |from: f32, to: f32, low: f32, high: f32| (low - to).max(from - high).max(0.0);
    let distance = |bbox: &BBox| {
        let across = apart(field.x, field.right(), bbox.x, bbox.right());
        across.hypot(apart(field.y, field.bottom(), bbox.y, bbox.bottom()))
    };
    let before = |block: &Block, bbox: &BBox| {
        !matches!(block.kind, BlockKind::Heading { .. }) || bbox.center().1 <= field.bottom() && bbox.x <= field.right()
    };
    let body = |block: &Block| !matches!(block.role, Role::PageHeader | Role::PageFooter | Role::Watermark);
    let blocks = blocks.iter().enumerate().filter(|(_, block)| body(block));
    let places = blocks.flat_map(|(index, block)| {
        block.boxes.iter().filter(move |bbox| before(block, bbox)).map(move |bbox| (index, distance(bbox)))
    });
    places.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// Row and column of each field where several rows below a header have fields: a grid of labels and fields is no table.
fn in_table(table: &Table, fields: &[Option<BBox>]) -> Vec<Option<(u32, u32)>> {
    let cell = |bbox: &Option<BBox>| {
        let (x, y) = bbox.as_ref()?.center();
        let found = table.cells.iter().find(|cell| cell.bbox.is_some_and(|own| own.contains_point(x, y)))?;
        Some((found.row, found.column))
    };
    let found: Vec<Option<(u32, u32)>> = fields.iter().map(cell).collect();
    let header = |column: u32| {
        table.cells.iter().any(|cell| cell.row == 0 && cell.column == column && !cell.text.trim().is_empty())
    };
    let cells: Vec<(u32, u32)> = found.iter().flatten().copied().collect();
    let mut rows: Vec<u32> = cells.iter().map(|(row, _)| *row).collect();
    rows.sort_unstable();
    rows.dedup();
    let below_header = !rows.contains(&0) && cells.iter().all(|(_, column)| header(*column));
    if rows.len() >= ROWS_MIN && below_header { found } else { vec![None; fields.len()] }
}
