//! Figures: pictures and drawings that are read as one thing, put where they stand in the reading order.
//!
//! They are blocks without markdown: a page's markdown has its text, and the caption is part of that.

use docmill_model::document::{BBox, Block, BlockKind, Page, Role};

use super::{PageRecord, ShapeGroup};

/// A figure's sides are at least this long, em.
const SIDE_MIN: f32 = 3.0;
/// Pictures that stand this close are pieces of one, em.
const PIECES_GAP: f32 = 0.2;
/// Shapes of one drawing stand this close, em.
const SHAPES_GAP: f32 = 1.0;
/// Curved or slanted shapes of a drawing; a box with round corners is one.
const SLANTED_MIN: u32 = 8;
/// What covers more of the page is a scan or a background.
const PAGE_SHARE_MAX: f32 = 0.8;
/// What is covered by more words is the ground that text stands on: pictures, drawings.
const PICTURE_TEXT_MAX: f32 = 0.35;
const DRAWING_TEXT_MAX: f32 = 0.25;
/// A drawing that shares more than this of itself with a table is the table's colours.
const TABLE_SHARE_MAX: f32 = 0.3;
/// A caption stands this close below or above its figure, em; the names of an axis may stand between.
const CAPTION_GAP: f32 = 4.0;
/// Figures of one page; the first are kept.
const FIGURES_MAX: usize = 100;
/// Boxes that are gathered to figures, and how often all of them are gone through.
const BOXES_MAX: usize = 4_000;
const PASSES_MAX: usize = 16;

/// Puts the figures of the record among the page's blocks; `em` is the usual text size.
pub fn place(page: &mut Page, record: &PageRecord, em: f32) {
    let figures = find(page, record, em.max(1.0));
    let mut taken = vec![false; page.blocks.len()];
    for bbox in figures {
        let caption = caption_of(&page.blocks, &taken, bbox, em);
        let index = match caption {
            Some(index) => {
                taken[index] = true;
                // Captions stand below their figures more often than above.
                let above = page.blocks[index].boxes.first().is_some_and(|own| own.center().1 < bbox.center().1);
                index + usize::from(above)
            }
            None => position(&page.blocks, bbox),
        };
        let caption = match caption {
            Some(index) => text(&page.blocks[index]).to_owned(),
            None => description(record, bbox).unwrap_or_default(),
        };
        let kind = BlockKind::Image { caption, name: None };
        let figure =
            Block { kind, role: Role::Figure, boxes: vec![bbox], words: vec![], md: String::new(), confidence: None };
        page.blocks.insert(index, figure);
        taken.insert(index, true);
    }
}

/// Boxes of the figures, from the top of the page down.
fn find(page: &Page, record: &PageRecord, em: f32) -> Vec<BBox> {
    let page_area = (record.width * record.height).max(1.0);
    let whole = |bbox: BBox| bbox.area() > PAGE_SHARE_MAX * page_area;
    let alone = |bbox: BBox| ShapeGroup { bbox, slanted: 0 };
    let pictures = record.pictures.iter().copied().filter(|bbox| !whole(*bbox)).map(alone).collect();
    let shapes = record.shapes.iter().copied().filter(|group| !whole(group.bbox)).collect();
    let pictures: Vec<BBox> = joined(pictures, PIECES_GAP * em)
        .into_iter()
        .map(|group| group.bbox)
        .filter(|bbox| covered(page, *bbox) <= PICTURE_TEXT_MAX)
        .collect();
    let drawings: Vec<BBox> = joined(shapes, SHAPES_GAP * em)
        .into_iter()
        .filter(|group| group.slanted >= SLANTED_MIN)
        .map(|group| group.bbox)
        .filter(|bbox| covered(page, *bbox) <= DRAWING_TEXT_MAX && !is_table(page, *bbox))
        .collect();
    let large = |bbox: &BBox| bbox.w.min(bbox.h) >= SIDE_MIN * em && !whole(*bbox);
    let described = record.described.iter().map(|(bbox, _)| *bbox);
    let candidates = pictures.into_iter().chain(drawings).chain(described).filter(large).map(alone).collect();
    let mut figures: Vec<BBox> = joined(candidates, 0.0).into_iter().map(|group| group.bbox).collect();
    figures.retain(|bbox| !whole(*bbox));
    figures.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    figures.truncate(FIGURES_MAX);
    figures
}

/// What the document says the figure shows, where it says that of just this one.
fn description(record: &PageRecord, figure: BBox) -> Option<String> {
    let inside = |bbox: &BBox| bbox.intersection(figure).map_or(0.0, BBox::area) > 0.5 * bbox.area();
    let mut own = record.described.iter().filter(|(bbox, _)| inside(bbox));
    let (_, words) = own.next()?;
    own.next().is_none().then(|| words.trim().to_owned())
}

/// Pictures that are pieces of one, as one.
pub fn pieces_joined(pictures: &[BBox], em: f32) -> Vec<BBox> {
    let alone = pictures.iter().map(|bbox| ShapeGroup { bbox: *bbox, slanted: 0 }).collect();
    joined(alone, PIECES_GAP * em).into_iter().map(|group| group.bbox).collect()
}

/// Joins what stands closer than `gap`.
fn joined(mut groups: Vec<ShapeGroup>, gap: f32) -> Vec<ShapeGroup> {
    groups.truncate(BOXES_MAX);
    for _ in 0..PASSES_MAX {
        let before = groups.len();
        let mut done: Vec<ShapeGroup> = Vec::with_capacity(before);
        for group in groups {
            match done.iter_mut().find(|other| distance(other.bbox, group.bbox) <= gap) {
                Some(other) => {
                    other.bbox = other.bbox.union(group.bbox);
                    other.slanted = other.slanted.saturating_add(group.slanted);
                }
                None => done.push(group),
            }
        }
        groups = done;
        if groups.len() == before {
            break;
        }
    }
    groups
}

/// The white between two boxes, along the axis where there is more of it; negative where they overlap.
fn distance(a: BBox, b: BBox) -> f32 {
    let along = (a.x - b.right()).max(b.x - a.right());
    let down = (a.y - b.bottom()).max(b.y - a.bottom());
    along.max(down)
}

/// Share of the box that words cover.
fn covered(page: &Page, bbox: BBox) -> f32 {
    let words = page.words.iter().filter_map(|word| word.bbox?.intersection(bbox));
    words.map(BBox::area).sum::<f32>() / bbox.area().max(1.0)
}

fn is_table(page: &Page, bbox: BBox) -> bool {
    let tables = page.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Table(_)));
    let shared = |table: &BBox| table.intersection(bbox).map_or(0.0, BBox::area);
    tables.flat_map(|table| &table.boxes).any(|table| {
        let smaller = table.area().min(bbox.area()).max(1.0);
        shared(table) > TABLE_SHARE_MAX * smaller
    })
}

/// The caption that stands closest to the figure, below it rather than above.
fn caption_of(blocks: &[Block], taken: &[bool], figure: BBox, em: f32) -> Option<usize> {
    let candidates = blocks
        .iter()
        .enumerate()
        .filter(|(index, block)| block.role == Role::Caption && !taken[*index] && !belongs_to_other(text(block)));
    let near = candidates.filter_map(|(index, block)| {
        let own = BBox::around(block.boxes.iter().copied())?;
        let is_below = own.center().1 > figure.center().1;
        let gap = if is_below { own.y - figure.bottom() } else { figure.y - own.bottom() };
        let over = own.right().min(figure.right()) > own.x.max(figure.x);
        // A caption may reach a little into the box of its figure.
        let near = over && gap > -em && gap <= CAPTION_GAP * em;
        near.then_some((index, if is_below { gap } else { gap + em }))
    });
    near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// Captions of tables, and lines below figures that only say where they come from.
fn belongs_to_other(caption: &str) -> bool {
    let first = caption.split_whitespace().next().unwrap_or_default().to_lowercase();
    ["tab", "source", "note"].iter().any(|word| first.starts_with(word))
}

fn text(block: &Block) -> &str {
    match &block.kind {
        BlockKind::Text { value } => value,
        _ => "",
    }
}

/// Where a figure without a caption goes: behind what stands closest above it in its column, else before what stands
/// closest below, else to the end.
pub fn position(blocks: &[Block], figure: BBox) -> usize {
    let in_column = || {
        blocks.iter().enumerate().filter_map(|(index, block)| {
            let furniture = matches!(block.role, Role::PageHeader | Role::PageFooter | Role::Watermark);
            let own = BBox::around(block.boxes.iter().copied()).filter(|_| !furniture)?;
            (own.right().min(figure.right()) > own.x.max(figure.x)).then_some((index, own.center().1))
        })
    };
    let middle = figure.center().1;
    let above = in_column().filter(|(_, y)| *y <= middle).max_by(|a, b| a.1.total_cmp(&b.1));
    let below = in_column().filter(|(_, y)| *y > middle).min_by(|a, b| a.1.total_cmp(&b.1));
    above.map(|(index, _)| index + 1).or(below.map(|(index, _)| index)).unwrap_or(blocks.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use docmill_model::document::Word;

    fn block(role: Role, value: &str, bbox: (f32, f32, f32, f32)) -> Block {
        let kind = BlockKind::Text { value: value.into() };
        Block { kind, role, boxes: vec![bbox.into()], words: vec![], md: String::new(), confidence: None }
    }

    fn order(mut page: Page, pictures: &[(f32, f32, f32, f32)], shapes: &[ShapeGroup]) -> Vec<String> {
        let pictures = pictures.iter().map(|bbox| BBox::from(*bbox)).collect();
        let record =
            PageRecord { width: 600.0, height: 800.0, pictures, shapes: shapes.to_vec(), ..PageRecord::default() };
        place(&mut page, &record, 10.0);
        page.blocks
            .iter()
            .map(|block| match &block.kind {
                BlockKind::Image { caption, .. } => format!("[{}: {caption}]", block.boxes[0].y),
                _ => text(block).to_owned(),
            })
            .collect()
    }

    fn page() -> Page {
        let blocks = vec![
            block(Role::Body, "left", (50.0, 50.0, 200.0, 100.0)),
            block(Role::Caption, "Figure 1: low", (50.0, 310.0, 200.0, 10.0)),
            block(Role::Body, "right", (300.0, 50.0, 200.0, 100.0)),
            block(Role::Caption, "Table 2: none", (300.0, 310.0, 200.0, 10.0)),
            block(Role::Body, "more", (300.0, 400.0, 200.0, 100.0)),
        ];
        Page { blocks, ..Page::default() }
    }

    #[test]
    fn figures_stand_by_their_captions_or_below_what_is_above_them() {
        let pictures = [(50.0, 200.0, 200.0, 100.0), (300.0, 200.0, 200.0, 100.0), (300.0, 600.0, 100.0, 100.0)];
        let expected =
            ["left", "[200: Figure 1: low]", "Figure 1: low", "right", "[200: ]", "Table 2: none", "more", "[600: ]"];
        assert_eq!(order(page(), &pictures, &[]), expected);
    }

    #[test]
    fn pieces_are_joined_and_small_ones_and_backgrounds_are_no_figures() {
        for (pictures, expected) in [
            (vec![(50.0, 200.0, 100.0, 20.0), (50.0, 220.0, 100.0, 20.0)], 1),
            (vec![(50.0, 200.0, 100.0, 20.0)], 0),
            (vec![(50.0, 200.0, 100.0, 40.0), (250.0, 200.0, 100.0, 40.0)], 2),
            (vec![(0.0, 0.0, 600.0, 800.0)], 0),
            (vec![(0.0, 0.0, 600.0, 400.0), (0.0, 400.0, 600.0, 400.0)], 0),
        ] {
            let found = order(Page::default(), &pictures, &[]).len();
            assert_eq!(found, expected, "{pictures:?}");
        }
    }

    #[test]
    fn drawings_have_curves_and_little_text_and_are_no_tables() {
        let shapes = |slanted| [ShapeGroup { bbox: BBox::new(50.0, 500.0, 200.0, 100.0), slanted }];
        assert_eq!(order(Page::default(), &[], &shapes(8)), ["[500: ]"]);
        assert!(order(Page::default(), &[], &shapes(7)).is_empty());
        let words = vec![Word { bbox: Some(BBox::new(60.0, 510.0, 100.0, 60.0)), ..word() }];
        assert!(order(Page { words, ..Page::default() }, &[], &shapes(8)).is_empty());
        let mut table = block(Role::Body, "", (40.0, 490.0, 300.0, 200.0));
        table.kind = BlockKind::Table(docmill_model::document::Table::default());
        assert_eq!(order(Page { blocks: vec![table], ..Page::default() }, &[], &shapes(8)), [""]);
    }

    fn word() -> Word {
        Word { text: "word".into(), bbox: None, line: 0, confidence: None }
    }
}
