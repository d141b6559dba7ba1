//! Rows without a header: lines below each other that are made alike, a text and amounts at the same places.

use serde_json::Value;

use crate::concepts::is_known_label;
use crate::confidence::{Evidence, ValueKind, Way};
use crate::lines::{Line, Piece, source_of, text_of};
use crate::recognise::{Habits, Want};
use crate::tokens::tokens;

use super::records::is_sum;
use super::{CellValue, Row, Search};

/// A gap wider than this share of a line's height parts two cells.
const CELL_GAP: f32 = 0.9;
/// Amounts whose right edges differ by less stand in one column.
const SAME_EDGE: f32 = 4.0;
/// Other lines between two rows.
const BETWEEN_MAX: usize = 3;
/// How sure a value is in rows under the array's own heading, in rows whose sum is printed, and in others.
const HEADED: f32 = 0.75;
const SUMMED: f32 = 0.85;
/// Longer lists of rows are tables.
const LINES_MAX: usize = 2_000;

/// What a cell of such a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Money,
    Number,
    Percent,
    Date,
}

struct Cell<'a> {
    kind: Kind,
    pieces: Vec<Piece<'a>>,
    text: String,
}

struct Candidate<'a> {
    /// The line of the strip.
    at: usize,
    cells: Vec<Cell<'a>>,
}

impl Search<'_> {
    /// The rows of a strip that follow a pattern; with a heading of the array's, or with a sum that proves them.
    pub(super) fn pattern_rows(&self, strip: &[Line]) -> Option<Vec<Row>> {
        if !self.fields.iter().any(|field| matches!(field.want, Want::Text)) {
            return None;
        }
        let lines: Vec<Candidate> =
            (0..strip.len().min(LINES_MAX)).filter_map(|at| self.candidate(at, strip)).collect();
        let groups = groups(&lines, strip);
        let mut best: Option<(f32, Vec<Row>)> = None;
        for group in groups {
            let first = &lines[group[0]];
            let headed = self.is_headed(strip, first.at);
            let summed = self.is_summed(strip, &group.iter().map(|at| &lines[*at]).collect::<Vec<_>>());
            let sure = match (headed, summed) {
                (_, true) if group.len() >= 2 => SUMMED,
                (Some(true), _) => HEADED,
                _ => continue,
            };
            if headed == Some(false) {
                continue;
            }
            let rows: Vec<Row> = group.iter().filter_map(|at| self.row(strip, &lines[*at], sure)).collect();
            if rows.len() == group.len() && best.as_ref().is_none_or(|(known, _)| sure > *known) {
                best = Some((sure, rows));
            }
        }
        best.map(|(_, rows)| rows)
    }

    fn candidate<'a>(&self, at: usize, strip: &[Line<'a>]) -> Option<Candidate<'a>> {
        let line = &strip[at];
        if line.pieces.len() > 30 || is_sum(line) {
            return None;
        }
        let mut cells: Vec<Cell> = cells(line, self.habits);
        // The text may stand on the line above: `Bread` over `2 x 1.50  3.00`.
        let above =
            at.checked_sub(1).map(|above| &strip[above]).filter(|above| above.page == line.page && !is_sum(above));
        if !cells.iter().any(|cell| cell.kind == Kind::Text)
            && let Some(above) = above
        {
            let text = self::cells(above, self.habits);
            cells.splice(
                0..0,
                text.into_iter().take(1).filter(|cell| cell.kind == Kind::Text && above.pieces.len() < 10),
            );
        }
        let amounts = cells.iter().filter(|cell| cell.kind == Kind::Money).count();
        let text = cells.iter().find(|cell| cell.kind == Kind::Text)?;
        let label = text.text.trim_end().ends_with(':') || is_known_label(&tokens(text.text.trim_end_matches(':')));
        let last = cells.last()?.kind == Kind::Money;
        (amounts >= 1 && last && cells.len() >= 2 && !label).then_some(Candidate { at, cells })
    }

    /// Whether the nearest heading over the rows is the array's own; `None` where there is none.
    fn is_headed(&self, strip: &[Line], first: usize) -> Option<bool> {
        let from = first.saturating_sub(super::HEADING_LINES);
        strip[from..first].iter().rev().filter(|line| line.page == strip[first].page).find_map(|line| {
            let words = crate::tokens::label(&text_of(&line.pieces));
            let is = |labels: &[crate::fields::Label]| labels.iter().any(|label| label.words == words);
            if is(&self.own) { Some(true) } else { is(&self.others).then_some(false) }
        })
    }

    /// Whether an amount below the rows is their sum.
    fn is_summed(&self, strip: &[Line], rows: &[&Candidate]) -> bool {
        let amount = |row: &Candidate| self.amount(&row.cells.last()?.text);
        let Some(sum) = rows.iter().map(|row| amount(row)).sum::<Option<f64>>() else { return false };
        let after = rows.last().map_or(0, |row| row.at + 1);
        let below = strip[after..].iter().take(12);
        sum > 0.0
            && below.into_iter().any(|line| {
                let last = cells(line, self.habits).into_iter().rev().find(|cell| cell.kind == Kind::Money);
                last.and_then(|cell| self.amount(&cell.text)).is_some_and(|found| (found - sum).abs() < 0.006)
            })
    }

    fn amount(&self, text: &str) -> Option<f64> {
        let want = Want::Number { integer: false, money: true, percent: false };
        want.find(text, self.habits).first()?.value.as_f64()
    }

    /// The cells as values: the first text, the last amount, what stands between by its kind.
    fn row(&self, strip: &[Line], row: &Candidate, sure: f32) -> Option<Row> {
        let line = &strip[row.at];
        let mut values = Row::new();
        let mut free: Vec<&Cell> = row.cells.iter().collect();
        let text = self.fields.iter().find(|field| matches!(field.want, Want::Text))?;
        let money = |money: bool| move |want: &Want| matches!(want, Want::Number { money: own, percent: false, .. } if *own == money);
        let amounts: Vec<usize> = (0..self.fields.len()).filter(|at| money(true)(&self.fields[*at].want)).collect();
        let total = amounts.iter().copied().max_by_key(|at| self.is_total(*at));
        let mut found: Vec<(usize, &Cell)> = Vec::new();
        let text_at = self.fields.iter().position(|field| field.path == text.path)?;
        found.extend(take(Kind::Text, false, &mut free).map(|cell| (text_at, cell)));
        found.extend(total.and_then(|at| Some((at, take(Kind::Money, true, &mut free)?))));
        for (at, field) in self.fields.iter().enumerate().filter(|(at, _)| Some(*at) != total && *at != text_at) {
            let kind = match &field.want {
                want if money(true)(want) => Kind::Money,
                want if money(false)(want) => Kind::Number,
                Want::Number { percent: true, .. } => Kind::Percent,
                Want::Date(_) => Kind::Date,
                _ => continue,
            };
            // Two fields of a kind and one cell: which it is cannot be told.
            let fields = self.fields.iter().filter(|other| same_kind(&other.want, &field.want)).count();
            let cells = free.iter().filter(|cell| cell.kind == kind).count();
            if fields <= cells || fields - usize::from(total.is_some() && kind == Kind::Money) <= cells {
                found.extend(take(kind, false, &mut free).map(|cell| (at, cell)));
            }
        }
        for (at, cell) in found {
            let field = &self.fields[at];
            let read = field.want.find(cell.text.trim(), self.habits).into_iter().next()?;
            let source = source_of(&self.view.pages[line.page], &cell.pieces, &cell.text);
            let kind = ValueKind::of(&field.want);
            let evidence =
                Evidence { score: sure, margin: 1.0, fit: read.fit, way: Way::Pattern, kind, ..Evidence::default() };
            values.push(CellValue { path: field.path.clone(), value: read.value, source, evidence, column: None });
        }
        (values.len() >= 2 && values.iter().any(|value| matches!(value.value, Value::Number(_)))).then_some(values)
    }

    /// Whether an amount is a row's total rather than the price of one.
    fn is_total(&self, field: usize) -> bool {
        self.fields[field].is("line total")
    }
}

/// Takes the first or the last cell of a kind out of those that are free.
fn take<'c, 'a>(kind: Kind, last: bool, free: &mut Vec<&'c Cell<'a>>) -> Option<&'c Cell<'a>> {
    let is = |cell: &&Cell| cell.kind == kind;
    let place = if last { free.iter().rposition(is) } else { free.iter().position(is) };
    place.map(|at| free.remove(at))
}

fn same_kind(a: &Want, b: &Want) -> bool {
    match (a, b) {
        (Want::Number { money: x, percent: p, .. }, Want::Number { money: y, percent: q, .. }) => x == y && p == q,
        (Want::Date(_), Want::Date(_)) => true,
        _ => false,
    }
}

fn cells<'a>(line: &Line<'a>, habits: Habits) -> Vec<Cell<'a>> {
    let gap = if line.grid.is_some() { 0.0 } else { CELL_GAP * line.height() };
    let mut runs: Vec<Vec<Piece<'a>>> = Vec::new();
    for piece in &line.pieces {
        match runs.last_mut().filter(|run| !piece.is_cell() && piece.x0 - run[run.len() - 1].x1 < gap) {
            Some(run) => run.push(*piece),
            None => runs.push(vec![*piece]),
        }
    }
    let cell = |pieces: Vec<Piece<'a>>| {
        let text = text_of(&pieces);
        Cell { kind: kind_of(&text, habits), pieces, text }
    };
    runs.into_iter().flat_map(split_times).map(cell).collect()
}

/// `2 x Bread` and `Bread 2 x 1.50` are cells of their own: a number, a text, a number, an amount.
fn split_times(run: Vec<Piece>) -> Vec<Vec<Piece>> {
    let is_times = |piece: &Piece| matches!(piece.text, "x" | "X" | "×" | "*");
    let number = |piece: &Piece| {
        piece.text.starts_with(|c: char| c.is_ascii_digit()) && !piece.text.contains(char::is_alphabetic)
    };
    let Some(at) = run.iter().position(is_times).filter(|at| *at > 0 && number(&run[at - 1])) else { return vec![run] };
    let (before, count, after) = (&run[..at - 1], &run[at - 1..at], &run[at + 1..]);
    [before, count, after].into_iter().filter(|part| !part.is_empty()).map(<[Piece]>::to_vec).collect()
}

fn kind_of(text: &str, habits: Habits) -> Kind {
    let words = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3).count();
    let number = |money, percent| Want::Number { integer: false, money, percent }.find(text, habits).into_iter().next();
    if words > 0 {
        return Kind::Text;
    }
    if !Want::Date(crate::recognise::DateStyle::Iso).find(text, habits).is_empty() {
        return Kind::Date;
    }
    match (number(true, false), number(false, true)) {
        (Some(found), _) if found.fit > 0.95 => Kind::Money,
        (_, Some(found)) if found.fit > 0.95 => Kind::Percent,
        (Some(_), _) => Kind::Number,
        _ => Kind::Text,
    }
}

/// Whether a line says an amount at its end: between rows it is something else than a part of one.
fn ends_in_amount(line: &Line) -> bool {
    let last = line.pieces.last().map_or("", |piece| piece.text);
    last.len() >= 4 && last.contains(['.', ',']) && last.ends_with(|c: char| c.is_ascii_digit())
}

/// Lines that follow each other with the same last column.
fn groups(lines: &[Candidate], strip: &[Line]) -> Vec<Vec<usize>> {
    let right = |at: usize| lines[at].cells.last().and_then(|cell| cell.pieces.last()).map_or(0.0, |piece| piece.x1);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..lines.len() {
        let goes_on = groups.last().and_then(|group| group.last()).is_some_and(|last| {
            let (a, b) = (lines[*last].at, lines[at].at);
            let alike = (right(*last) - right(at)).abs() < SAME_EDGE && b - a <= BETWEEN_MAX;
            alike
                && strip[a].page == strip[b].page
                && !strip[a + 1..b].iter().any(|line| is_sum(line) || ends_in_amount(line))
        });
        match groups.last_mut().filter(|_| goes_on) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}
