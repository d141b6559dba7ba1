//! Vertical text of East Asia: lines run down the page, the first one on the right. Such a page is laid out on its side,
//! where its lines are lines from the top, and put upright again.

use docmill_model::document::{BBox, Page};
use docmill_model::options::CropBox;

use super::drawing::{Drawing, DrawnGlyph};
use super::turn::Turn;
use super::words::is_cjk;
use crate::layout;

/// Glyphs set one below the other stand above each other by this, em, and so far apart.
const ASIDE: f32 = 0.3;
const STEP: std::ops::Range<f32> = 0.6..1.9;
/// A few figures or letters that lie across a line take no more room than this, em.
const ACROSS: f32 = 1.4;
const ACROSS_GLYPHS: usize = 4;

/// Whether most of the page's text runs down it.
pub fn runs_down(drawing: &Drawing) -> bool {
    let text = drawing.glyphs.iter().filter(|glyph| glyph.len > 0 && !glyph.hidden);
    let (mut all, mut down) = (0, 0);
    for glyph in text {
        all += 1;
        down += usize::from(glyph.vertical && glyph.dy > 0.999);
    }
    down * 2 > all
}

/// Programs that know no vertical fonts place glyphs one below the other: where most of a page is set like that, its
/// glyphs become vertical ones. Then what lies across a vertical line becomes a part of it.
pub fn recognise(drawing: &mut Drawing) {
    let cjk: Vec<bool> = drawing.glyphs.iter().map(|glyph| drawing.text_of(glyph).chars().all(is_cjk)).collect();
    let glyphs = &drawing.glyphs;
    let level = |index: usize| cjk[index] && glyphs[index].len > 0 && glyphs[index].dx > 0.999;
    let pairs = || (1..glyphs.len()).filter(|index| level(*index) && level(index - 1));
    let below = pairs().filter(|index| is_below(&glyphs[index - 1], &glyphs[*index])).count();
    if below * 2 > glyphs.iter().filter(|glyph| glyph.len > 0).count() {
        let beside: Vec<usize> = pairs()
            .filter(|index| is_beside(&glyphs[index - 1], &glyphs[*index]))
            .flat_map(|at| [at - 1, at])
            .collect();
        let stacked: Vec<usize> =
            (0..glyphs.len()).filter(|at| level(*at) && beside.binary_search(at).is_err()).collect();
        for index in stacked {
            let glyph = &mut drawing.glyphs[index];
            let (middle, top) = (glyph.x + glyph.advance / 2.0, glyph.y - 0.88 * glyph.size);
            set_down(glyph, middle, top, glyph.size);
        }
    }
    if runs_down(drawing) {
        lay_down(&mut drawing.glyphs);
    }
}

/// The place of a vertical glyph is what that of a sideways letter would be: so that boxes reach from .5 em left of the
/// line's middle to .5 em right of it.
fn set_down(glyph: &mut DrawnGlyph, middle: f32, top: f32, size: f32) {
    (glyph.x, glyph.y) = (middle - 0.3 * size, top);
    (glyph.dx, glyph.dy, glyph.vertical) = (0.0, 1.0, true);
    (glyph.advance, glyph.tracking, glyph.size) = (glyph.size, 0.0, size);
}

fn is_below(above: &DrawnGlyph, glyph: &DrawnGlyph) -> bool {
    let em = above.size.max(glyph.size);
    let middle = |glyph: &DrawnGlyph| glyph.x + glyph.advance / 2.0;
    (middle(above) - middle(glyph)).abs() <= ASIDE * em && STEP.contains(&((glyph.y - above.y) / em))
}

fn is_beside(before: &DrawnGlyph, glyph: &DrawnGlyph) -> bool {
    let em = before.size.max(glyph.size);
    (before.y - glyph.y).abs() <= ASIDE * em && (glyph.x - before.x - before.advance).abs() <= em
}

/// Short runs of level glyphs right below a vertical one share the room of one.
fn lay_down(glyphs: &mut [DrawnGlyph]) {
    let mut index = 1;
    while index < glyphs.len() {
        let above = glyphs[index - 1];
        let level = |glyph: &DrawnGlyph| glyph.dx > 0.999 && glyph.len > 0;
        let run = glyphs[index..].iter().take(ACROSS_GLYPHS + 1).take_while(|glyph| level(glyph)).count();
        let end = index + run;
        if !above.vertical || run == 0 || run > ACROSS_GLYPHS {
            index += run.max(1);
            continue;
        }
        let (first, last) = (glyphs[index], glyphs[end - 1]);
        let width = last.x + last.advance - first.x;
        let (middle, em) = (first.x + width / 2.0, above.size);
        let (top, end_above) = (first.y - 0.8 * first.size, above.y + above.advance);
        let in_line = (middle - above.x - 0.3 * em).abs() <= ASIDE * em && width <= ACROSS * em && first.y == last.y;
        if in_line && (top - end_above).abs() <= 0.5 * em {
            let own = em / run as f32;
            for (place, glyph) in glyphs[index..end].iter_mut().enumerate() {
                set_down(glyph, middle, end_above + own * place as f32, em);
                glyph.advance = own;
            }
        }
        index = end;
    }
}

/// The part of the page that is wanted, on the page that lies on its side.
pub fn lying(wanted: CropBox) -> CropBox {
    let from_the_other_side = |share: Option<f64>| share.map(|share| 1.0 - share);
    CropBox {
        left: wanted.top,
        right: wanted.bottom,
        top: from_the_other_side(wanted.right),
        bottom: from_the_other_side(wanted.left),
    }
}

/// A page that was laid out on its side, put upright.
pub fn upright(page: &mut Page) {
    let size = (page.width.unwrap_or_default(), page.height.unwrap_or_default());
    layout::each_box(page, |bbox| upright_boxes(std::slice::from_mut(bbox), size));
    upright_boxes(&mut page.revision_boxes, size);
    page.fields.iter_mut().for_each(|field| upright_boxes(&mut field.boxes, size));
    (page.width, page.height, page.rotation) = (Some(size.1), Some(size.0), 0);
}

/// Boxes on a page that lies on its side and has this size, put upright with it.
pub fn upright_boxes(boxes: &mut [BBox], (width, height): (f32, f32)) {
    let turn = Turn { quarter: 1, width, height };
    boxes.iter_mut().for_each(|bbox| *bbox = turn.bbox(*bbox));
}
