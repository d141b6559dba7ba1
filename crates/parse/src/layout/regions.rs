//! The page cut into regions that are read one after the other: bands over the whole width, and columns in them.

use docmill_model::document::BBox;

use super::Rule;
use super::gutters::{self, Gutter};

/// Regions inside regions.
const DEPTH_MAX: usize = 8;
/// A line over two columns has gaps between its words of at most this much, em of its own size, and at most this share
/// of the white between the columns.
const WORD_GAP: f32 = 0.6;
const WORD_GAP_SHARE: f32 = 0.6;
/// A heading over two columns that is no longer than one of them is larger than the text by this much.
const HEADING_SIZE: f32 = 1.15;

/// What a piece of the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A word, by its index among the tokens.
    Word(usize),
    /// A table that was found before, by its index.
    Table(usize),
}

#[derive(Debug, Clone, Copy)]
pub struct Piece {
    pub what: What,
    pub bbox: BBox,
    pub baseline: f32,
    pub size: f32,
    /// Place in the drawing order.
    pub seq: u32,
    /// A word that is a number.
    pub number: bool,
}

/// Cuts the pieces into regions, in reading order; `rtl` where columns are read from the right.
pub fn split(pieces: Vec<Piece>, rules: &[Rule], em: f32, rtl: bool) -> Vec<Vec<Piece>> {
    let mut regions = Vec::new();
    cut(pieces, &Page { rules, em, rtl }, 0, &mut regions);
    regions
}

struct Page<'p> {
    rules: &'p [Rule],
    em: f32,
    /// Columns are read from the right.
    rtl: bool,
}

fn cut(pieces: Vec<Piece>, page: &Page<'_>, depth: usize, regions: &mut Vec<Vec<Piece>>) {
    if pieces.is_empty() {
        return;
    }
    let gutter = if depth < DEPTH_MAX { gutters::find(&pieces, page.rules, page.em) } else { None };
    let Some(gutter) = gutter else {
        regions.push(pieces);
        return;
    };
    let all = pieces.len();
    let mut flow: Vec<Piece> = Vec::new();
    for band in bands(pieces, gutter, page) {
        let (left, right) = match band {
            Band::Across(pieces) => {
                flow.extend(pieces);
                continue;
            }
            Band::Beside(left, right) => (left, right),
        };
        let middle = |side: &[Piece]| BBox::around(side.iter().map(|piece| piece.bbox)).map(|area| area.center().1);
        let proven = [&left, &right].iter().any(|side| middle(side).is_some_and(|y| y >= gutter.y0 && y <= gutter.y1));
        if left.is_empty() || right.is_empty() || !gutters::are_columns(&left, &right, proven, page.em) {
            flow.extend(left.into_iter().chain(right));
            continue;
        }
        let (above, left) = heading_above(left, &right, page.em);
        flow.extend(above);
        // A flow as large as the region would be cut for ever.
        let deeper = if flow.len() < all { depth + 1 } else { DEPTH_MAX };
        cut(std::mem::take(&mut flow), page, deeper, regions);
        let (first, second) = if page.rtl { (right, left) } else { (left, right) };
        cut(first, page, depth + 1, regions);
        cut(second, page, depth + 1, regions);
    }
    let deeper = if flow.len() < all { depth + 1 } else { DEPTH_MAX };
    cut(flow, page, deeper, regions);
}

enum Band {
    /// What stands over the gutter.
    Across(Vec<Piece>),
    Beside(Vec<Piece>, Vec<Piece>),
}

/// Top down: what crosses the gutter, and between that what stands left and right of it.
fn bands(mut pieces: Vec<Piece>, gutter: Gutter, page: &Page<'_>) -> Vec<Band> {
    let em = page.em;
    pieces.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.bbox.x.total_cmp(&b.bbox.x)));
    let crossing = crossing(&pieces, gutter);
    let over = |rule: &&Rule| rule.from < gutter.x0 - em && rule.to > gutter.x1 + em;
    let rules = page.rules.iter().filter(over).map(|rule| BBox::new(rule.from, rule.at, rule.to - rule.from, 0.0));
    let words = pieces.iter().zip(&crossing).filter(|(_, crosses)| **crosses).map(|(piece, _)| piece.bbox);
    let spans = joined(words.chain(rules), em);
    let mut bands: Vec<Band> = Vec::new();
    let mut slots: Vec<(Vec<Piece>, Vec<Piece>)> = vec![Default::default(); spans.len() + 1];
    let mut across: Vec<Vec<Piece>> = vec![Vec::new(); spans.len()];
    for piece in pieces {
        let y = piece.bbox.center().1;
        if let Some(span) = spans.iter().position(|span| y >= span.0 && y <= span.1) {
            across[span].push(piece);
            continue;
        }
        let slot = spans.iter().filter(|span| span.1 < y).count();
        let side = if piece.bbox.center().0 < gutter.middle() { &mut slots[slot].0 } else { &mut slots[slot].1 };
        side.push(piece);
    }
    let mut across = across.into_iter();
    for (left, right) in slots {
        bands.push(Band::Beside(left, right));
        bands.extend(across.next().map(Band::Across));
    }
    bands
}

/// Heights that crossing pieces take, those of lines close below each other as one.
fn joined(boxes: impl Iterator<Item = BBox>, em: f32) -> Vec<(f32, f32)> {
    let mut spans: Vec<(f32, f32)> = boxes.map(|bbox| (bbox.y, bbox.bottom())).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found: Vec<(f32, f32)> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if span.0 <= last.1 + 0.1 * em => last.1 = last.1.max(span.1),
            _ => found.push(span),
        }
    }
    found
}

/// Which pieces belong to something that lies over the gutter: words on it, and all words of a line whose gap there is
/// one between words. `pieces` are sorted by baseline, then from the left.
fn crossing(pieces: &[Piece], gutter: Gutter) -> Vec<bool> {
    let middle = gutter.middle();
    let mut crossing: Vec<bool> =
        pieces.iter().map(|piece| piece.bbox.x < middle && piece.bbox.right() > middle).collect();
    let mut start = 0;
    while start < pieces.len() {
        let first = &pieces[start];
        let same = |piece: &Piece| piece.baseline - first.baseline <= 0.3 * first.size.min(piece.size);
        let end = (start..pieces.len()).find(|index| !same(&pieces[*index])).unwrap_or(pieces.len());
        let row = start..end.max(start + 1);
        let on_it = row.clone().any(|index| crossing[index]);
        let left = row.clone().filter(|index| pieces[*index].bbox.right() <= middle);
        let left = left.max_by(|a, b| pieces[*a].bbox.right().total_cmp(&pieces[*b].bbox.right()));
        let right = row.clone().filter(|index| pieces[*index].bbox.x >= middle);
        let right = right.min_by(|a, b| pieces[*a].bbox.x.total_cmp(&pieces[*b].bbox.x));
        let tight = left.zip(right).is_some_and(|(left, right)| {
            let (a, b) = (&pieces[left], &pieces[right]);
            let gap = b.bbox.x - a.bbox.right();
            gap < WORD_GAP * a.size.max(b.size)
                && gap < WORD_GAP_SHARE * (gutter.x1 - gutter.x0)
                && b.seq.abs_diff(a.seq) <= 2
        });
        if tight || on_it {
            crossing[row.clone()].fill(true);
        }
        start = row.end;
    }
    crossing
}

/// A short heading over both columns stands on the left: larger than the text, and nothing beside it on the right.
fn heading_above(left: Vec<Piece>, right: &[Piece], em: f32) -> (Vec<Piece>, Vec<Piece>) {
    let top = right.iter().map(|piece| piece.bbox.y).fold(f32::MAX, f32::min);
    let above = |piece: &Piece| piece.bbox.bottom() <= top + 0.2 * em;
    let heading = left.iter().filter(|piece| above(piece)).all(|piece| piece.size >= HEADING_SIZE * em);
    let rest = left.iter().any(|piece| !above(piece));
    if heading && rest { left.into_iter().partition(above) } else { (Vec::new(), left) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as (x, y, width) in the order in which they are drawn; 10 points high. The regions' words by their numbers.
    fn check(words: &[(f32, f32, f32)], rtl: bool, expected: &[&[usize]]) {
        let piece = |(index, (x, y, w)): (usize, &(f32, f32, f32))| Piece {
            what: What::Word(index),
            bbox: BBox::new(*x, *y, *w, 10.0),
            baseline: y + 8.0,
            size: 10.0,
            seq: index as u32,
            number: false,
        };
        let regions = split(words.iter().enumerate().map(piece).collect(), &[], 10.0, rtl);
        let mut numbers: Vec<Vec<usize>> = regions
            .iter()
            .map(|region| {
                let words = region
                    .iter()
                    .filter_map(|piece| if let What::Word(index) = piece.what { Some(index) } else { None });
                words.collect()
            })
            .collect();
        numbers.iter_mut().for_each(|region| region.sort_unstable());
        assert_eq!(numbers, expected);
    }

    fn column(x: f32, lines: usize, width: f32) -> Vec<(f32, f32, f32)> {
        (0..lines).map(|line| (x, line as f32 * 12.0, width)).collect()
    }

    #[test]
    fn columns_drawn_one_after_the_other_are_regions() {
        let words = [column(0.0, 6, 200.0), column(230.0, 6, 200.0)].concat();
        check(&words, false, &[&[0, 1, 2, 3, 4, 5], &[6, 7, 8, 9, 10, 11]]);
        check(&words, true, &[&[6, 7, 8, 9, 10, 11], &[0, 1, 2, 3, 4, 5]]);
    }

    #[test]
    fn rows_of_short_cells_are_one_region() {
        let words: Vec<(f32, f32, f32)> =
            (0..12).map(|cell| (if cell % 2 == 0 { 0.0 } else { 230.0 }, (cell / 2) as f32 * 12.0, 60.0)).collect();
        check(&words, false, &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
    }

    #[test]
    fn what_crosses_the_columns_divides_them_into_bands() {
        let mut words = vec![(0.0, 0.0, 430.0)];
        let below = |(x, y, w): (f32, f32, f32)| (x, y + 30.0, w);
        words.extend(column(0.0, 4, 200.0).into_iter().map(below));
        words.extend(column(230.0, 4, 200.0).into_iter().map(below));
        words.push((0.0, 90.0, 430.0));
        check(&words, false, &[&[0], &[1, 2, 3, 4], &[5, 6, 7, 8], &[9]]);
    }

    #[test]
    fn the_markers_of_a_list_are_no_column() {
        let words = [column(0.0, 6, 5.0), column(20.0, 6, 300.0)].concat();
        check(&words, false, &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
    }
}
