//! Reading order. Most producers draw in reading order, so the drawing order is kept where the places on the page
//! explain it; pieces drawn late are put where they stand, and where the drawing order is nonsense the geometry
//! decides: columns by their gutter, cut into bands by what crosses it.

use docmill_model::document::BBox;

/// A piece that is read as one: a line segment or a table.
#[derive(Debug, Clone, Copy)]
pub struct Atom {
    pub bbox: BBox,
    pub seq: u32,
}

/// More atoms than this are a drawing: they are read row by row.
const ATOMS_MAX: usize = 5_000;
const DEPTH_MAX: usize = 12;
/// Share of jumps above which the drawing order says nothing.
const JUMPS_MAX: f32 = 0.25;
/// Share of transitions over the gutter that shows a page drawn row by row.
const CROSSINGS_MAX: f32 = 0.3;
/// Narrowest gutter between columns, em.
const GUTTER: f32 = 0.6;

/// The indices of the atoms in reading order; `em` is the usual text size.
pub fn sequence(atoms: &[Atom], em: f32) -> Vec<usize> {
    let mut stream: Vec<usize> = (0..atoms.len()).collect();
    stream.sort_by_key(|index| atoms[*index].seq);
    if atoms.len() > ATOMS_MAX {
        stream.sort_by(|a, b| rows_first(&atoms[*a], &atoms[*b], em));
        return stream;
    }
    let jumps = stream.windows(2).filter(|pair| !explained(&atoms[pair[0]], &atoms[pair[1]], em)).count();
    if jumps as f32 > JUMPS_MAX * atoms.len() as f32 || drawn_row_by_row(atoms, &stream, em) {
        let mut order = Vec::with_capacity(stream.len());
        cut(atoms, stream, em, 0, &mut order);
        return order;
    }
    if jumps == 0 {
        return stream;
    }
    weave(atoms, &stream, em)
}

fn rows_first(a: &Atom, b: &Atom, em: f32) -> std::cmp::Ordering {
    let row = |atom: &Atom| (atom.bbox.center().1 / em.max(1.0)).round() as i32;
    row(a).cmp(&row(b)).then(a.bbox.x.total_cmp(&b.bbox.x))
}

/// Whether a reader's eye may go from `a` to `b`: right on the row, down, or up to the next column.
fn explained(a: &Atom, b: &Atom, em: f32) -> bool {
    let (a, b) = (a.bbox, b.bbox);
    let overlap = a.bottom().min(b.bottom()) - a.y.max(b.y);
    let same_row = overlap >= 0.5 * a.h.min(b.h);
    if same_row {
        return b.x >= a.x;
    }
    b.y >= a.y || b.x >= a.right() - 0.5 * em
}

/// Whether something stands between two pieces that are drawn one after the other, the second far below the first:
/// headings that are drawn after the text, all together.
fn skips(atoms: &[Atom], from: usize, to: usize, em: f32) -> bool {
    let (a, b) = (atoms[from].bbox, atoms[to].bbox);
    b.y - a.bottom() > 1.2 * em
        && atoms.iter().any(|atom| {
            let y = atom.bbox.center().1;
            y > a.bottom() && y < b.y && atom.bbox.x < a.right().max(b.right()) && atom.bbox.right() > a.x.min(b.x)
        })
}

/// A page of two columns of prose that is drawn line by line over both.
fn drawn_row_by_row(atoms: &[Atom], stream: &[usize], em: f32) -> bool {
    let Some(gutter) = gutter(atoms, stream, em) else { return false };
    let crossings = stream
        .windows(2)
        .filter(|pair| {
            let (a, b) = (atoms[pair[0]].bbox, atoms[pair[1]].bbox);
            let same_row = a.bottom().min(b.bottom()) - a.y.max(b.y) >= 0.5 * a.h.min(b.h);
            same_row && a.right() <= gutter && b.x >= gutter
        })
        .count();
    crossings as f32 > CROSSINGS_MAX * stream.len() as f32
}

/// The runs between jumps stay whole; the longest is the base and each other one goes where it stands.
fn weave(atoms: &[Atom], stream: &[usize], em: f32) -> Vec<usize> {
    let mut runs: Vec<Vec<usize>> = vec![Vec::new()];
    for (position, index) in stream.iter().enumerate() {
        let goes_on = position == 0 || {
            let last = stream[position - 1];
            explained(&atoms[last], &atoms[*index], em) && !skips(atoms, last, *index, em)
        };
        if !goes_on {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(*index);
        }
    }
    let longest = (0..runs.len()).max_by_key(|run| (runs[*run].len(), usize::MAX - run)).unwrap_or(0);
    let mut order = runs[longest].clone();
    let mut rest: Vec<usize> = (0..runs.len()).filter(|run| *run != longest).collect();
    rest.sort_by_key(|run| std::cmp::Reverse(runs[*run].len()));
    for run in rest {
        let position = place(atoms, &order, &runs[run], em);
        order.splice(position..position, runs[run].iter().copied());
    }
    order
}

/// Where in `order` the run belongs.
fn place(atoms: &[Atom], order: &[usize], run: &[usize], em: f32) -> usize {
    let Some(area) = BBox::around(run.iter().map(|index| atoms[*index].bbox)) else { return order.len() };
    let before = |other: BBox| {
        let beside = area.bottom().min(other.bottom()) - area.y.max(other.y) > 0.4 * area.h.min(other.h);
        let over = area.right().min(other.right()) - area.x.max(other.x) > 0.0;
        (beside && other.right() <= area.x + 0.5 * em) || (!beside && over && other.center().1 < area.y + 0.3 * em)
    };
    let last_before = order.iter().rposition(|index| before(atoms[*index].bbox));
    let Some(last_before) = last_before else {
        if order.iter().all(|index| atoms[*index].bbox.y >= area.bottom() - 0.5 * em) {
            return 0;
        }
        let after = order.iter().position(|index| {
            let other = atoms[*index].bbox;
            other.right().min(area.right()) > other.x.max(area.x) && other.y >= area.bottom() - 0.5 * em
        });
        return after.unwrap_or(if area.center().1 < middle(atoms, order) { 0 } else { order.len() });
    };
    // Not into the middle of a column that goes on to the left of the run.
    let mut position = last_before + 1;
    while position < order.len() {
        let (above, next) = (atoms[order[position - 1]].bbox, atoms[order[position]].bbox);
        let column_goes_on = next.right() <= area.x + 0.5 * em
            && next.y >= above.y
            && next.right().min(above.right()) > next.x.max(above.x)
            && area.x >= above.right() - 0.5 * em
            && run.len() > 2;
        if !column_goes_on {
            break;
        }
        position += 1;
    }
    position
}

fn middle(atoms: &[Atom], order: &[usize]) -> f32 {
    BBox::around(order.iter().map(|index| atoms[*index].bbox)).map_or(0.0, |area| area.center().1)
}

/// Geometry alone: columns where there is a gutter, bands where something crosses it, rows where there is none.
fn cut(atoms: &[Atom], mut items: Vec<usize>, em: f32, depth: usize, order: &mut Vec<usize>) {
    let Some(gutter) = (if depth < DEPTH_MAX { gutter(atoms, &items, em) } else { None }) else {
        items.sort_by(|a, b| atoms[*a].bbox.center().1.total_cmp(&atoms[*b].bbox.center().1));
        order.extend(by_rows(atoms, &items));
        return;
    };
    items.sort_by(|a, b| atoms[*a].bbox.y.total_cmp(&atoms[*b].bbox.y));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for item in items {
        let bbox = atoms[item].bbox;
        if bbox.right() <= gutter {
            left.push(item);
        } else if bbox.x >= gutter {
            right.push(item);
        } else {
            cut(atoms, std::mem::take(&mut left), em, depth + 1, order);
            cut(atoms, std::mem::take(&mut right), em, depth + 1, order);
            order.push(item);
        }
    }
    cut(atoms, left, em, depth + 1, order);
    cut(atoms, right, em, depth + 1, order);
}

/// Items sorted by height, to rows: what overlaps by half stands on one row.
fn by_rows(atoms: &[Atom], items: &[usize]) -> Vec<usize> {
    let mut sorted = Vec::with_capacity(items.len());
    let mut row: Vec<usize> = Vec::new();
    for item in items {
        let bbox = atoms[*item].bbox;
        let same = row.first().is_some_and(|first| {
            let other = atoms[*first].bbox;
            bbox.bottom().min(other.bottom()) - bbox.y.max(other.y) >= 0.5 * bbox.h.min(other.h)
        });
        if !same {
            row.sort_by(|a, b| atoms[*a].bbox.x.total_cmp(&atoms[*b].bbox.x));
            sorted.append(&mut row);
        }
        row.push(*item);
    }
    row.sort_by(|a, b| atoms[*a].bbox.x.total_cmp(&atoms[*b].bbox.x));
    sorted.append(&mut row);
    sorted
}

/// The x of the white between two columns of several lines each, if there is one.
fn gutter(atoms: &[Atom], items: &[usize], em: f32) -> Option<f32> {
    let area = BBox::around(items.iter().map(|item| atoms[*item].bbox))?;
    let bin = 0.25 * em.max(1.0);
    let count = (area.w / bin).ceil() as usize;
    if !(8..100_000).contains(&count) || items.len() < 6 {
        return None;
    }
    let mut delta = vec![0i32; count + 1];
    for item in items {
        let bbox = atoms[*item].bbox;
        let first = ((bbox.x - area.x) / bin + 0.5).max(0.0) as usize;
        let last = ((bbox.right() - area.x) / bin + 0.5).max(0.0) as usize;
        delta[first.min(count)] += 1;
        delta[last.min(count)] -= 1;
    }
    let limit = (0.15 * items.len() as f32) as i32;
    let (mut covered, mut start, mut best) = (0, None, None);
    for (index, change) in delta.iter().enumerate().take(count) {
        covered += change;
        if covered <= limit {
            start.get_or_insert(index);
            continue;
        }
        if let Some(from) = start.take()
            && (index - from) as f32 * 0.25 >= GUTTER
        {
            let x = area.x + (from + index) as f32 / 2.0 * bin;
            let score = score(atoms, items, x, area);
            if score > 0 && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, x));
            }
        }
    }
    best.map(|(_, x)| x)
}

/// Lines on both sides less those across; nothing without three on each side that stand beside each other.
fn score(atoms: &[Atom], items: &[usize], x: f32, area: BBox) -> i32 {
    let boxes = |keep: &dyn Fn(BBox) -> bool| -> Vec<BBox> {
        items.iter().map(|item| atoms[*item].bbox).filter(|bbox| keep(*bbox)).collect()
    };
    let left = boxes(&|bbox| bbox.right() <= x);
    let right = boxes(&|bbox| bbox.x >= x);
    let crossing = items.len() - left.len() - right.len();
    if left.len() < 3 || right.len() < 3 || x < area.x + 0.15 * area.w || x > area.right() - 0.15 * area.w {
        return 0;
    }
    let (Some(a), Some(b)) = (BBox::around(left.iter().copied()), BBox::around(right.iter().copied())) else {
        return 0;
    };
    let beside = a.bottom().min(b.bottom()) - a.y.max(b.y);
    if beside < 0.2 * a.h.min(b.h) {
        return 0;
    }
    // Columns of text have lines that reach over most of them; columns of short entries are a table or a form.
    let full = |lines: &[BBox], column: BBox| {
        lines.iter().filter(|line| line.w >= 0.6 * column.w).count() * 5 >= lines.len() * 2
    };
    if !full(&left, a) || !full(&right, b) {
        return 0;
    }
    left.len() as i32 + right.len() as i32 - 2 * crossing as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as (x, y, width) in the order in which they are drawn; 10 points high.
    fn order(lines: &[(f32, f32, f32)]) -> Vec<usize> {
        let atom =
            |(seq, (x, y, w)): (usize, &(f32, f32, f32))| Atom { bbox: BBox::new(*x, *y, *w, 10.0), seq: seq as u32 };
        sequence(&lines.iter().enumerate().map(atom).collect::<Vec<_>>(), 10.0)
    }

    #[test]
    fn two_columns_drawn_row_by_row_are_read_column_by_column() {
        let lines: Vec<_> =
            (0..8).map(|line| (if line % 2 == 0 { 0.0 } else { 120.0 }, (line / 2) as f32 * 12.0, 100.0)).collect();
        assert_eq!(order(&lines), [0, 2, 4, 6, 1, 3, 5, 7]);
    }

    #[test]
    fn columns_drawn_in_order_stay() {
        let mut lines: Vec<_> = (0..5).map(|line| (0.0, line as f32 * 12.0, 100.0)).collect();
        lines.extend((0..5).map(|line| (120.0, line as f32 * 12.0, 100.0)));
        assert_eq!(order(&lines), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_header_drawn_last_is_read_first() {
        let mut lines: Vec<_> = (1..8).map(|line| (0.0, line as f32 * 12.0, 100.0)).collect();
        lines.push((0.0, 0.0, 60.0));
        assert_eq!(order(&lines)[0], 7);
    }
}
