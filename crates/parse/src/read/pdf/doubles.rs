//! Glyphs that are drawn twice at one place: bold made by printing again with a small shift, and shadows.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::drawing::{Drawing, DrawnGlyph};

/// Two glyphs this close are one, em.
const REACH: f32 = 0.15;
/// Side of the cells by which they are looked up, em.
const CELL: f32 = 0.5;
/// The same for the first look: less than the narrowest letters are apart, so that `ll` is no suspect. Of a word that
/// is printed twice some letters share a cell, wherever the cells' borders fall.
const CELL_NARROW: f32 = 0.18;
/// Glyphs looked at in one cell: a page that puts everything at one place is an attack.
const CELL_MAX: usize = 32;

/// A character and the cell that it stands in, packed.
type Place = u64;

/// Which glyphs repeat an earlier one, and which ones are repeated.
#[derive(Debug, Default)]
pub struct Doubles {
    /// By the glyph's index: `Some(true)` for a repetition, `Some(false)` for what it repeats.
    by_glyph: FxHashMap<u32, bool>,
}

impl Doubles {
    pub fn of(drawing: &Drawing) -> Self {
        // Most pages have none: one look a glyph tells.
        let mut places = Places::of(drawing.glyphs.len());
        let suspect = drawing.glyphs.iter().filter(|glyph| glyph.len > 0).any(|glyph| {
            let repeated = !places.insert(place(drawing, glyph, CELL_NARROW, 0.0, 0.0));
            repeated && !drawing.text_of(glyph).starts_with(char::is_whitespace)
        });
        if suspect { Self::find(drawing) } else { Self::default() }
    }

    fn find(drawing: &Drawing) -> Self {
        let mut doubles = Self::default();
        // The first glyph of each cell, and the others: few cells have any.
        let mut cells: FxHashMap<Place, (u32, Vec<u32>)> = FxHashMap::default();
        for (index, glyph) in drawing.glyphs.iter().enumerate().filter(|(_, glyph)| glyph.len > 0) {
            let reach = REACH / CELL;
            let corners = [(-reach, -reach), (reach, -reach), (-reach, reach), (reach, reach)];
            let earlier = corners.iter().find_map(|(dx, dy)| {
                let (first, others) = cells.get(&place(drawing, glyph, CELL, *dx, *dy))?;
                let mut near = std::iter::once(first).chain(others).copied();
                near.find(|other| same(drawing, &drawing.glyphs[*other as usize], glyph))
            });
            if let Some(earlier) = earlier {
                doubles.by_glyph.insert(index as u32, true);
                doubles.by_glyph.entry(earlier).or_insert(false);
                continue;
            }
            match cells.entry(place(drawing, glyph, CELL, 0.0, 0.0)) {
                Entry::Vacant(cell) => {
                    cell.insert((index as u32, Vec::new()));
                }
                Entry::Occupied(mut cell) if cell.get().1.len() + 1 < CELL_MAX => cell.get_mut().1.push(index as u32),
                Entry::Occupied(_) => {}
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

/// A set of places, which every glyph of every page goes through: an open table, a fifth of it free, at a few instructions a
/// look.
struct Places {
    /// One more than the place; 0 = free.
    slots: Vec<Place>,
}

impl Places {
    fn of(count: usize) -> Self {
        Self { slots: vec![0; (count + count / 4 + 1).next_power_of_two()] }
    }

    /// Whether the place is new. At most as many are inserted as it was made for.
    fn insert(&mut self, place: Place) -> bool {
        let last = self.slots.len() - 1;
        let hash = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut index = hash as usize & last;
        while self.slots[index] != 0 {
            if self.slots[index] == place + 1 {
                return false;
            }
            index = (index + 1) & last;
        }
        self.slots[index] = place + 1;
        true
    }
}

fn same(drawing: &Drawing, a: &DrawnGlyph, b: &DrawnGlyph) -> bool {
    let reach = REACH * b.size;
    (a.x - b.x).abs() < reach && (a.y - b.y).abs() < reach && drawing.text_of(a) == drawing.text_of(b)
}

/// The place of the glyph among cells of this side, em, shifted by so many of them.
fn place(drawing: &Drawing, glyph: &DrawnGlyph, side: f32, dx: f32, dy: f32) -> Place {
    let cells = 1.0 / (side * glyph.size.max(0.5));
    let first = match drawing.text.as_bytes().get(glyph.start as usize) {
        Some(byte) if byte.is_ascii() => u32::from(*byte),
        _ => drawing.text_of(glyph).chars().next().map_or(0, u32::from),
    };
    // Left of and above the page there is room too; a cast to an unsigned number cuts off, where floor is a call.
    let cell = |at: f32, shift: f32| u64::from((at * cells + shift + 4096.0) as u32 & 0x1F_FFFF);
    u64::from(first) << 42 | cell(glyph.x, dx) << 21 | cell(glyph.y, dy)
}
