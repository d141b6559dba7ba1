//! The white between columns: tall strips that no word crosses, and what tells columns of text from those of a table.

use docmill_model::document::BBox;

use super::regions::Piece;
use super::{Rule, numbers};

/// Width of the bins in which strips are looked for, em.
const BIN: f32 = 0.125;
/// Narrowest white between columns, em, and of columns with fewer lines than these.
const WIDTH_MIN: f32 = 0.35;
const WIDTH_MIN_SHORT: f32 = 0.6;
const LINES_SHORT: usize = 10;
/// A column has at least so many lines beside another, and is at least this wide, em.
const LINES_MIN: usize = 3;
const COLUMN_WIDTH_MIN: f32 = 5.0;
/// Neighbouring bins belong to one strip while they share this much of its height.
const SHARED: f32 = 0.8;
/// Away from where the gutter was found, columns have so many lines, or so many words in each.
const LINES_SURE: usize = 4;
const WORDS_MIN: usize = 4;
/// Strips that are looked at, the tallest first.
const CANDIDATES_MAX: usize = 12;
/// Rows that may be drawn from the left to the right before they are taken for the rows of a table.
const ROWS_MAX: usize = 1;
/// Share of the words that are drawn in one go when they stand in columns; no row of a table has as many.
const COLUMNS_SHARE: f32 = 0.65;
/// Share of the words that may be drawn on the left after the last one on the right.
const BEHIND_MAX: f32 = 0.3;
/// Rules over the white that show rows.
const RULES_ACROSS: usize = 3;
/// A line is full when it is this much of its column.
const FULL: f32 = 0.75;
/// Justified text has at most this much white between its words, em.
const PROSE_GAP: f32 = 2.0;

/// A strip of white between two columns: `x0..x1` where no word stands, `y0..y1` how far down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gutter {
    pub x0: f32,
    pub x1: f32,
    pub y0: f32,
    pub y1: f32,
}

impl Gutter {
    pub fn middle(self) -> f32 {
        f32::midpoint(self.x0, self.x1)
    }
}

/// The best gutter among the pieces, if they stand in columns.
pub fn find(pieces: &[Piece], rules: &[Rule], em: f32) -> Option<Gutter> {
    let mut strips = strips(pieces, em);
    strips.sort_by(|a, b| (b.y1 - b.y0).total_cmp(&(a.y1 - a.y0)));
    strips.into_iter().take(CANDIDATES_MAX).find(|strip| {
        let inside = |piece: &&Piece| {
            let y = piece.bbox.center().1;
            y >= strip.y0 && y <= strip.y1
        };
        let across = rules.iter().filter(|rule| {
            rule.at > strip.y0 && rule.at < strip.y1 && rule.from < strip.x0 - em && rule.to > strip.x1 + em
        });
        let side = |left: bool| {
            let own = |piece: &&Piece| (piece.bbox.center().0 < strip.middle()) == left;
            BBox::around(pieces.iter().filter(inside).filter(own).map(|piece| piece.bbox)).map_or(0.0, |area| area.w)
        };
        let wide = |left: bool| side(left) >= COLUMN_WIDTH_MIN * em;
        if across.count() >= RULES_ACROSS || !wide(true) || !wide(false) {
            return false;
        }
        let (left, right): (Vec<Piece>, Vec<Piece>) =
            pieces.iter().filter(inside).copied().partition(|piece| piece.bbox.center().0 < strip.middle());
        stand_alone(&left, &right, *strip, em) && are_columns(&left, &right, true, em)
    })
}

/// For each bin the tallest white between two pieces that cover it; alike neighbours are one strip.
fn strips(pieces: &[Piece], em: f32) -> Vec<Gutter> {
    let Some(area) = BBox::around(pieces.iter().map(|piece| piece.bbox)) else { return Vec::new() };
    let bin = BIN * em;
    let count = (area.w / bin).ceil() as usize;
    if !(8..20_000).contains(&count) {
        return Vec::new();
    }
    let mut order: Vec<BBox> = pieces.iter().map(|piece| piece.bbox).collect();
    order.sort_by(|a, b| a.y.total_cmp(&b.y));
    // Down to where each bin is covered, and its tallest white. Three lists, and no branch in the loop over them: it takes
    // several bins at a time.
    let mut reach = vec![area.y; count];
    let (mut from, mut to) = (reach.clone(), reach.clone());
    let mut cover = |bins: std::ops::Range<usize>, y: f32, bottom: f32| {
        let (Some(reach), Some(from), Some(to)) =
            (reach.get_mut(bins.clone()), from.get_mut(bins.clone()), to.get_mut(bins))
        else {
            return;
        };
        for ((reach, from), to) in reach.iter_mut().zip(from).zip(to) {
            let taller = y - *reach > *to - *from;
            *from = if taller { *reach } else { *from };
            *to = if taller { y } else { *to };
            *reach = if bottom > *reach { bottom } else { *reach };
        }
    };
    let place = |x: f32| (((x - area.x) / bin).max(0.0) as usize).min(count - 1);
    for bbox in order {
        cover(place(bbox.x)..place(bbox.right() - 0.01) + 1, bbox.y, bbox.bottom());
    }
    cover(0..count, area.bottom(), area.bottom());
    let tallest: Vec<(f32, f32)> = from.into_iter().zip(to).collect();
    joined(&tallest, area.x, bin, em)
}

fn joined(tallest: &[(f32, f32)], x: f32, bin: f32, em: f32) -> Vec<Gutter> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tallest.len() {
        let mut strip = tallest[index];
        let start = index;
        index += 1;
        while let Some(next) = tallest.get(index) {
            let shared = (strip.0.max(next.0), strip.1.min(next.1));
            let height = |span: &(f32, f32)| span.1 - span.0;
            if height(&shared) < SHARED * height(&strip).max(height(next)) {
                break;
            }
            strip = shared;
            index += 1;
        }
        let (x0, x1) = (x + start as f32 * bin, x + index as f32 * bin);
        if x1 - x0 >= WIDTH_MIN * em && strip.1 - strip.0 >= LINES_MIN as f32 * em {
            found.push(Gutter { x0, x1, y0: strip.0, y1: strip.1 });
        }
    }
    found
}

/// Whether both sides are more than the markers of a list.
fn stand_alone(left: &[Piece], right: &[Piece], strip: Gutter, em: f32) -> bool {
    let least = if strip.x1 - strip.x0 < WIDTH_MIN_SHORT * em { LINES_SHORT } else { LINES_MIN };
    [left, right].iter().all(|side| lines(side, f32::MAX).len() >= least)
}

/// A line of one side.
pub struct Line {
    pub bbox: BBox,
    pub baseline: f32,
    pub words: usize,
    /// How many of the words are numbers.
    pub numbers: usize,
}

/// Lines of a side, cut where more than `gap` points are white.
fn lines(side: &[Piece], gap: f32) -> Vec<Line> {
    let mut order: Vec<&Piece> = side.iter().collect();
    order.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.bbox.x.total_cmp(&b.bbox.x)));
    let mut lines: Vec<Line> = Vec::new();
    for piece in order {
        match lines.last_mut() {
            Some(line)
                if piece.baseline - line.baseline <= 0.35 * piece.bbox.h && piece.bbox.x - line.bbox.right() <= gap =>
            {
                line.bbox = line.bbox.union(piece.bbox);
                line.words += 1;
                line.numbers += usize::from(piece.number);
            }
            _ => lines.push(Line {
                bbox: piece.bbox,
                baseline: piece.baseline,
                words: 1,
                numbers: usize::from(piece.number),
            }),
        }
    }
    lines
}

/// Whether two sides are read one after the other. Columns are drawn one after the other; where the page is drawn row by
/// row, only running text on both sides tells them from the columns of a table.
///
/// `proven`: the gutter was found here, not only above or below.
pub fn are_columns(left: &[Piece], right: &[Piece], proven: bool, em: f32) -> bool {
    let (own, other) = (lines(left, f32::MAX), lines(right, f32::MAX));
    let wordy = |lines: &[Line]| lines.iter().map(|line| line.words).sum::<usize>() >= WORDS_MIN * lines.len();
    if !proven && own.len().min(other.len()) < LINES_SURE && !(wordy(&own) && wordy(&other)) {
        return false;
    }
    // A single line is read the same way, and may be the row of a table.
    let several = own.len().min(other.len()) > 1;
    several
        && !numbers::beside(&own, &other)
        && (!drawn_in_rows(left, right, em) || (is_prose(left, em) && is_prose(right, em)))
}

/// Whether the drawing goes from the left to the right and then on below, more than once: a row at a time.
fn drawn_in_rows(left: &[Piece], right: &[Piece], em: f32) -> bool {
    let mut drawn: Vec<(&Piece, bool)> = left.iter().map(|piece| (piece, false)).collect();
    drawn.extend(right.iter().map(|piece| (piece, true)));
    drawn.sort_unstable_by_key(|(piece, _)| piece.seq);
    // What is drawn in the midst of the left side is a cell of its table, not a column.
    let behind = drawn.iter().rev().take_while(|(_, right)| !right).count();
    if behind as f32 > BEHIND_MAX * drawn.len() as f32 && behind < left.len() {
        return true;
    }
    let onward = rows(&drawn, em);
    // Some producers draw from the end.
    drawn.reverse();
    onward.max(rows(&drawn, em)) > ROWS_MAX
}

/// How many times the drawing goes from the left to the right, each time below the last.
fn rows(drawn: &[(&Piece, bool)], em: f32) -> usize {
    let mut rows = 0;
    let mut bottom = f32::MIN;
    for run in drawn.chunk_by(|a, b| !a.1 || b.1) {
        // Whole columns, with a header or footer drawn from the left to the right.
        if run.len() as f32 > COLUMNS_SHARE * drawn.len() as f32 {
            return 0;
        }
        let span = |side: bool| BBox::around(run.iter().filter(|(_, own)| *own == side).map(|(piece, _)| piece.bbox));
        let (Some(a), Some(b)) = (span(false), span(true)) else { continue };
        if a.y >= bottom - 0.5 * em && b.y >= bottom - 0.5 * em {
            rows += 1;
        }
        bottom = bottom.max(a.y + em);
    }
    rows
}

/// Lines of several words that fill their column, some below each other. A side may have columns of its own.
fn is_prose(side: &[Piece], em: f32) -> bool {
    let mut lines = lines(side, PROSE_GAP * em);
    let mut widths: Vec<f32> = lines.iter().map(|line| line.bbox.w).collect();
    widths.sort_by(f32::total_cmp);
    let column = widths.get(widths.len() * 9 / 10).copied().unwrap_or(0.0);
    let words = lines.iter().map(|line| line.words).sum::<usize>();
    if column < 2.0 * COLUMN_WIDTH_MIN * em || words < WORDS_MIN * lines.len() {
        return false;
    }
    let place = |line: &Line| (line.bbox.x / (2.0 * COLUMN_WIDTH_MIN * em)) as i32;
    lines.sort_by(|a, b| place(a).cmp(&place(b)).then(a.baseline.total_cmp(&b.baseline)));
    let full: Vec<bool> = lines.iter().map(|line| line.bbox.w >= FULL * column).collect();
    let run = full.split(|full| !full).map(<[bool]>::len).max().unwrap_or(0);
    run >= LINES_MIN && full.iter().filter(|full| **full).count() * 5 >= full.len() * 2
}
