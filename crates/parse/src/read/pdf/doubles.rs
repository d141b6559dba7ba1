//! Glyphs that are drawn twice at one place: bold made by printing again with a small shift, and shadows.

use rustc_hash::{FxHashMap, FxHashSet};

use super::drawing::{Drawing, DrawnGlyph};

/// Two glyphs this close are one, em.
const REACH: f32 = 0.15;
/// Side of the cells by which they are looked up, em.
const CELL: f32 = 0.5;
/// Glyphs looked at in one cell: a page that puts everything at one place is an attack.
const CELL_MAX: usize = 32;

type Place = (u32, i32, i32);

/// Which glyphs repeat an earlier one, and which ones are repeated.
#[derive(Debug, Default)]
pub struct Doubles {
    /// By the glyph's index: `Some(true)` for a repetition, `Some(false)` for what it repeats.
    by_glyph: FxHashMap<u32, bool>,
}

impl Doubles {
    pub fn of(drawing: &Drawing) -> Self {
        // Most pages have none: one look a glyph tells.
        let mut cells = FxHashSet::default();
        let suspect = drawing.glyphs.iter().filter(|glyph| glyph.len > 0).any(|glyph| {
            let repeated = !cells.insert(place(drawing, glyph, 0.0, 0.0));
            repeated && !drawing.text_of(glyph).starts_with(char::is_whitespace)
        });
        if suspect { Self::find(drawing) } else { Self::default() }
    }

    fn find(drawing: &Drawing) -> Self {
        let mut doubles = Self::default();
        let mut cells: FxHashMap<Place, Vec<u32>> = FxHashMap::default();
        for (index, glyph) in drawing.glyphs.iter().enumerate().filter(|(_, glyph)| glyph.len > 0) {
            let reach = REACH / CELL;
            let corners = [(-reach, -reach), (reach, -reach), (-reach, reach), (reach, reach)];
            let earlier = corners.iter().find_map(|(dx, dy)| {
                let near = cells.get(&place(drawing, glyph, *dx, *dy))?;
                near.iter().copied().find(|other| same(drawing, &drawing.glyphs[*other as usize], glyph))
            });
            if let Some(earlier) = earlier {
                doubles.by_glyph.insert(index as u32, true);
                doubles.by_glyph.entry(earlier).or_insert(false);
                continue;
            }
            let cell = cells.entry(place(drawing, glyph, 0.0, 0.0)).or_default();
            if cell.len() < CELL_MAX {
                cell.push(index as u32);
            }
        }
        doubles
    }

    /// Whether the glyph is drawn here for the second time.
    pub fn repeats(&self, index: usize) -> bool {
        self.by_glyph.get(&(index as u32)) == Some(&true)
    }

    /// Whether the glyph was drawn more than once, which makes it look bold.
    pub fn is_repeated(&self, index: usize) -> bool {
        self.by_glyph.get(&(index as u32)) == Some(&false)
    }
}

fn same(drawing: &Drawing, a: &DrawnGlyph, b: &DrawnGlyph) -> bool {
    let reach = REACH * b.size;
    (a.x - b.x).abs() < reach && (a.y - b.y).abs() < reach && drawing.text_of(a) == drawing.text_of(b)
}

/// The glyph's first character and the cell that it stands in, shifted by so many cells.
fn place(drawing: &Drawing, glyph: &DrawnGlyph, dx: f32, dy: f32) -> Place {
    let side = CELL * glyph.size.max(0.5);
    let first = drawing.text_of(glyph).chars().next().map_or(0, u32::from);
    (first, (glyph.x / side + dx).floor() as i32, (glyph.y / side + dy).floor() as i32)
}
