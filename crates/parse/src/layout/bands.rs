//! Rows of a table by the white between them: wrapped cells have less white between their lines than rows have.

use super::columns::Piece;

/// White between rows is this much more than that between the lines of a cell: as a ratio, smoothed, and in em.
const JUMP: f32 = 1.5;
const SMOOTH: f32 = 0.15;
const STEP: f32 = 0.2;
/// Share of the columns that the second and further lines of a row fill at most: lines that fill more are rows.
const FILLED: f32 = 0.6;

/// Heights of the rows, top down, where the white tells them; `None` where every line may be a row.
pub fn of(pieces: &[Piece], columns: usize, em: f32) -> Option<Vec<(f32, f32)>> {
    let lines = merged(pieces.iter().map(|piece| (piece.segment.bbox.y, piece.segment.bbox.bottom())), 0.0);
    let mut gaps: Vec<f32> = lines.windows(2).map(|pair| (pair[1].0 - pair[0].1) / em).collect();
    if lines.iter().any(|line| line.1 - line.0 > 1.5 * em) {
        gaps.push(0.0);
    }
    gaps.sort_by(f32::total_cmp);
    let jump = gaps
        .windows(2)
        .filter(|pair| pair[1] - pair[0] >= STEP && (pair[1] + SMOOTH) / (pair[0].max(0.0) + SMOOTH) >= JUMP)
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let limit = f32::midpoint(jump[0], jump[1]) * em;
    let rows = merged(lines.into_iter(), limit);
    let wraps = rows.len() >= 2 && !lines_are_rows(pieces, &rows, columns, em);
    wraps.then_some(rows)
}

/// Intervals from the top down, those closer than `gap` as one.
fn merged(intervals: impl Iterator<Item = (f32, f32)>, gap: f32) -> Vec<(f32, f32)> {
    let mut sorted: Vec<(f32, f32)> = intervals.collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found: Vec<(f32, f32)> = Vec::new();
    for interval in sorted {
        match found.last_mut() {
            Some(last) if interval.0 - last.1 <= gap => last.1 = last.1.max(interval.1),
            _ => found.push(interval),
        }
    }
    found
}

/// Whether the rows hold lines that are rows themselves, set apart in groups: they fill most of the columns.
fn lines_are_rows(pieces: &[Piece], rows: &[(f32, f32)], columns: usize, em: f32) -> bool {
    let (mut filled, mut lines) = (0, 0);
    for row in rows {
        let mut inside: Vec<&Piece> = pieces
            .iter()
            .filter(|piece| {
                let y = piece.segment.bbox.center().1;
                y >= row.0 && y <= row.1
            })
            .collect();
        inside.sort_by(|a, b| a.segment.baseline.total_cmp(&b.segment.baseline));
        let levels = inside.chunk_by(|a, b| b.segment.baseline - a.segment.baseline <= 0.25 * em);
        for level in levels.skip(1) {
            filled += level.len();
            lines += 1;
        }
    }
    filled as f32 > FILLED * (lines * columns) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Token;
    use crate::layout::lines::Segment;

    /// Lines as (column, y); 10 points high.
    fn check(lines: &[(usize, f32)], columns: usize, expected: Option<&[(f32, f32)]>) {
        let piece = |(column, y): &(usize, f32)| {
            let bbox = docmill_model::document::BBox::new(*column as f32 * 100.0, *y, 60.0, 10.0);
            let token = Token { text: "word".into(), bbox, baseline: y + 8.0, size: 10.0, ..Token::default() };
            let segment = Segment::of(&[token], vec![0]).expect("a token");
            Piece { segment, first: *column, last: *column, row: 0 }
        };
        let pieces: Vec<Piece> = lines.iter().map(piece).collect();
        assert_eq!(of(&pieces, columns, 10.0).as_deref(), expected);
    }

    #[test]
    fn wrapped_cells_are_rows_by_their_white() {
        // Two lines a cell in the first column, the second column's cell in their middle.
        let lines = [(0, 0.0), (1, 6.0), (0, 12.0), (0, 40.0), (1, 46.0), (0, 52.0)];
        check(&lines, 2, Some(&[(0.0, 22.0), (40.0, 62.0)]));
    }

    #[test]
    fn lines_at_equal_distances_tell_nothing() {
        check(&[(0, 0.0), (1, 0.0), (0, 14.0), (1, 14.0), (0, 28.0), (1, 28.0)], 2, None);
    }

    #[test]
    fn groups_of_full_rows_stay_rows() {
        let lines = [(0, 0.0), (1, 0.0), (0, 12.0), (1, 12.0), (0, 50.0), (1, 50.0), (0, 62.0), (1, 62.0)];
        check(&lines, 2, None);
    }
}
