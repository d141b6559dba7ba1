//! Reading order inside a region. Most producers draw in reading order, so the drawing order is kept where the places
//! on the page explain it; pieces drawn late are put where they stand, and where the drawing order is nonsense the
//! region is read row by row: its columns were cut apart before (`regions`).

use docmill_model::document::BBox;

/// A piece that is read as one: a line segment or a table.
#[derive(Debug, Clone, Copy)]
pub struct Atom {
    pub bbox: BBox,
    pub seq: u32,
}

/// More atoms than this are a drawing: they are read row by row.
const ATOMS_MAX: usize = 5_000;
/// Share of jumps above which the drawing order says nothing.
const JUMPS_MAX: f32 = 0.25;

/// The indices of the atoms in reading order; `em` is the usual text size.
pub fn sequence(atoms: &[Atom], em: f32) -> Vec<usize> {
    let mut stream: Vec<usize> = (0..atoms.len()).collect();
    stream.sort_by_key(|index| atoms[*index].seq);
    if atoms.len() > ATOMS_MAX {
        stream.sort_by(|a, b| rows_first(&atoms[*a], &atoms[*b], em));
        return stream;
    }
    let jumps = stream.windows(2).filter(|pair| !explained(&atoms[pair[0]], &atoms[pair[1]], em)).count();
    if jumps as f32 > JUMPS_MAX * atoms.len() as f32 {
        stream.sort_by(|a, b| atoms[*a].bbox.center().1.total_cmp(&atoms[*b].bbox.center().1));
        return by_rows(atoms, &stream);
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
