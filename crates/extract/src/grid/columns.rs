//! Where the columns under a header part, and what stands in them.

use std::sync::Arc;

use crate::lines::{Line, Piece};

use super::Search;
use super::header::{Header, Label};
use super::records::is_sum;
use crate::fields::GENERIC;
use crate::recognise::Want;

/// Lines that are looked at to learn where columns part.
const SAMPLE_LINES: usize = 60;
/// Cells that are looked at to learn what a column holds.
const PROFILE_CELLS: usize = 30;
/// A gap wider than this share of a line's height parts two cells.
const CELL_GAP: f32 = 0.6;
/// How well cells under the field's own name fit at least.
const OWN_NAME_FIT: f32 = 0.6;
/// Columns that are told by their headers before a leftover one is given away; how well its cells must fit, and how sure
/// it is.
const LEFTOVER_TOLD: usize = 2;
const LEFTOVER_FIT: f32 = 0.7;
const LEFTOVER: f32 = 0.5;
/// So many gaps between lines tell how wide they are; one so many times as wide ends the table.
const GAPS_SEEN: usize = 3;
const WIDE_GAP: f32 = 1.7;
/// A column whose header and content fit less than this is not the field's.
const COLUMN_FLOOR: f32 = 0.4;

/// Why a column is a field's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told {
    pub header: String,
    /// Header and content together, 0 to 1.
    pub score: f32,
    /// Other headers of the table that could be the field's, each with its score, best first.
    pub rivals: Vec<(String, f32)>,
}

/// A column from `x0` to `x1` of the page.
#[derive(Debug, Clone)]
pub struct Column {
    pub x0: f32,
    pub x1: f32,
    /// Where its label begins.
    pub label: f32,
    pub field: Option<usize>,
    /// Header and content together, 0 to 1.
    pub score: f32,
    pub told: Arc<Told>,
}

/// Words that stand close, and cells.
struct Run {
    x0: f32,
    x1: f32,
}

impl Search<'_> {
    /// The columns under a header; `None` where nothing stands under it.
    pub(super) fn columns(&self, header: &Header, body: &[Line]) -> Option<Vec<Column>> {
        let page = body.first()?.page;
        // Sums and other tables below have columns of their own.
        let own =
            |(at, line): &(usize, &Line)| line.page <= page + 1 && (*at == 0 || !is_sum(line) && !self.ends(body, *at));
        let sample: Vec<&Line> =
            body.iter().enumerate().take(SAMPLE_LINES).take_while(own).map(|(_, line)| line).collect();
        let sample = of_one_table(sample);
        let runs: Vec<Run> = sample.iter().flat_map(|line| runs(line)).collect();
        let words: Vec<&Piece> = sample.iter().flat_map(|line| &line.pieces).collect();
        let labels = &header.labels;
        let mut cuts = vec![f32::MIN];
        cuts.extend(labels.windows(2).map(|pair| cut(&pair[0], &pair[1], &runs, &words, sample.len())));
        cuts.push(f32::MAX);
        let column = |(place, label): (&[f32], &Label)| Column {
            x0: place[0],
            x1: place[1],
            label: label.x0,
            field: None,
            score: 0.0,
            told: Arc::default(),
        };
        let mut columns: Vec<Column> = cuts.windows(2).zip(labels).map(column).collect();
        let filled = |line: &Line| columns.iter().filter(|column| !column.pieces(line).is_empty()).count();
        let most = sample.iter().map(|line| filled(line)).max().unwrap_or(0);
        let full: Vec<&Line> = sample.iter().copied().filter(|line| filled(line) * 10 >= most * 6).collect();
        let mut pairs = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let cells = columns[at].cells(&full);
            for (field, weight) in &label.fields {
                let share = self.share_of_type(*field, &cells);
                // Under the field's very own name codes are what it is called.
                let share = if *weight > 0.99 && share > OWN_NAME_FIT { share.max(0.9) } else { share };
                pairs.push((weight * (0.25 + 0.75 * share), at, *field));
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (score, at, field) in pairs.iter().copied().filter(|(score, ..)| *score >= COLUMN_FLOOR) {
            if columns[at].field.is_none() && columns.iter().all(|column| column.field != Some(field)) {
                columns[at].field = Some(field);
                columns[at].score = score;
                let rivals = pairs.iter().filter(|(_, other, own)| *own == field && *other != at);
                let rivals = rivals.map(|(score, other, _)| (labels[*other].text.clone(), *score)).collect();
                columns[at].told = Arc::new(Told { header: labels[at].text.clone(), score, rivals });
            }
        }
        self.add_leftover(&mut columns, labels, &full);
        Some(columns)
    }

    /// The only column of its kind that no label tells goes to the only field of this kind that has none: an unusual
    /// header over amounts in a table where just the amount is missing.
    fn add_leftover(&self, columns: &mut [Column], labels: &[Label], full: &[&Line]) {
        let told = columns.iter().filter(|column| column.field.is_some()).count();
        if told < LEFTOVER_TOLD || full.len() < 2 {
            return;
        }
        let free: Vec<usize> = (0..self.fields.len())
            .filter(|field| columns.iter().all(|column| column.field != Some(*field)) && !self.fields[*field].many)
            .collect();
        for field in free.iter().copied() {
            let want = &self.fields[field].want;
            let alone = free.iter().filter(|other| alike(&self.fields[**other].want, want)).count() == 1;
            let fits = |at: &usize| {
                let cells = columns[*at].cells(full);
                columns[*at].field.is_none()
                    && 2 * cells.len() >= full.len()
                    && self.share_of_type(field, &cells) >= LEFTOVER_FIT
                    && (!self.is_of_another(field, &labels[*at]) || self.is_product(field, *at, columns, full))
            };
            let mut fitting = (0..columns.len()).filter(fits);
            if let (true, Some(at), None) = (alone, fitting.next(), fitting.next()) {
                let told = Told { header: labels[at].text.clone(), score: LEFTOVER, rivals: Vec::new() };
                columns[at].field = Some(field);
                columns[at].score = LEFTOVER;
                columns[at].told = Arc::new(told);
            }
        }
    }

    /// Whether a column has the products of the quantities and prices beside it.
    fn is_product(&self, field: usize, at: usize, columns: &[Column], lines: &[&Line]) -> bool {
        let column = |concept: &str| {
            let own = |column: &&Column| column.field.is_some_and(|field| self.fields[field].is(concept));
            columns.iter().find(own)
        };
        let (Some(count), Some(price)) = (column("quantity"), column("unit price")) else { return false };
        let amount = Want::Number { integer: false, money: false, percent: false };
        let number = |column: &Column, line: &Line| {
            amount.find(&column.text(line), self.habits).first().and_then(|found| found.value.as_f64())
        };
        let right = |line: &&&Line| {
            let (a, b, c) = (number(count, line), number(price, line), number(&columns[at], line));
            matches!((a, b, c), (Some(a), Some(b), Some(c)) if (a * b - c).abs() < 0.011)
        };
        self.fields[field].is("line total")
            && !lines.is_empty()
            && lines.iter().filter(right).count() * 10 >= lines.len() * 7
    }

    /// Whether a header is what documents call something else than the field; a field that no concept is, as `value`,
    /// may be called anything.
    fn is_of_another(&self, field: usize, label: &Label) -> bool {
        let concepts = &self.fields[field].concepts;
        let own = self.fields[field].path.last().map(|name| crate::tokens::label(name)).unwrap_or_default();
        let vague = concepts.is_empty() || own.iter().all(|word| GENERIC.contains(&word.as_str()));
        let words = crate::tokens::label(&label.text);
        !label.fields.is_empty() || !vague && crate::concepts::of_words(&words).next().is_some()
    }

    /// How well the cells are of the field's type.
    fn share_of_type(&self, field: usize, cells: &[String]) -> f32 {
        if cells.is_empty() {
            return 0.5;
        }
        let field = &self.fields[field];
        let fit = |text: &String| {
            let first = field.want.find(text, self.habits).into_iter().next()?;
            // A text that is a number or a code is rather another field's.
            let is_text = matches!(field.want, Want::Text) && (field.speaks || field.concepts.is_empty());
            let code = !text.contains(' ') && text.contains(|c: char| c.is_ascii_digit());
            Some(if is_text && (code || !text.contains(char::is_alphabetic)) { 0.7 } else { first.fit })
        };
        cells.iter().filter_map(fit).sum::<f32>() / cells.len() as f32
    }
}

impl Column {
    fn cells(&self, lines: &[&Line]) -> Vec<String> {
        let texts = lines.iter().map(|line| self.text(line)).filter(|text| !text.is_empty());
        texts.take(PROFILE_CELLS).collect()
    }

    /// The pieces of a line that stand in the column.
    pub fn pieces<'a>(&self, line: &Line<'a>) -> Vec<Piece<'a>> {
        let inside = |piece: &&Piece| (self.x0..self.x1).contains(&piece.center());
        line.pieces.iter().filter(inside).copied().collect()
    }

    pub fn text(&self, line: &Line) -> String {
        crate::lines::text_of(&self.pieces(line))
    }
}

/// The lines up to another grid on the same page, or up to a gap wider than those between the lines before it.
fn of_one_table<'l, 'a>(lines: Vec<&'l Line<'a>>) -> Vec<&'l Line<'a>> {
    let mut widest = 0.0_f32;
    let goes_on = |(at, pair): (usize, &[&Line])| {
        let gap = if pair[0].page == pair[1].page { pair[1].top - pair[0].top } else { 0.0 };
        let near = at < GAPS_SEEN || gap <= WIDE_GAP * widest;
        widest = widest.max(gap);
        near && (pair[0].page != pair[1].page || pair[0].grid == pair[1].grid)
    };
    let more = lines.windows(2).enumerate().map(goes_on).take_while(|goes_on| *goes_on).count();
    lines.into_iter().take(more + 1).collect()
}

/// Whether two fields would take the same column.
fn alike(a: &Want, b: &Want) -> bool {
    let kind = |want: &Want| match want {
        Want::Number { .. } | Want::NumberText | Want::MoneyText => 0,
        Want::Date(_) | Want::Time => 1,
        Want::Id | Want::IdNumber | Want::Numbered(_) => 2,
        Want::Text | Want::Person => 3,
        _ => 4,
    };
    kind(a) == kind(b)
}

fn runs(line: &Line) -> Vec<Run> {
    let gap = if line.grid.is_some() { 0.0 } else { CELL_GAP * line.height() };
    let mut runs: Vec<Run> = Vec::new();
    for piece in &line.pieces {
        match runs.last_mut().filter(|last| piece.x0 - last.x1 < gap && !piece.is_cell()) {
            Some(last) => {
                last.x1 = last.x1.max(piece.x1);
            }
            None => runs.push(Run { x0: piece.x0, x1: piece.x1 }),
        }
    }
    runs
}

/// Where two columns part: between the middles of their labels, where the fewest words and runs of words are
/// crossed, and there in the widest gap.
fn cut(left: &Label, right: &Label, runs: &[Run], words: &[&Piece], lines: usize) -> f32 {
    let (from, to) = ((left.x0 + left.x1) / 2.0, (right.x0 + right.x1) / 2.0);
    let edges = words.iter().map(|word| word.x0).filter(|x| *x > from && *x <= right.x1);
    let mut candidates: Vec<f32> = edges.chain([right.x0, (left.x1 + right.x0) / 2.0]).collect();
    candidates.sort_by(f32::total_cmp);
    candidates.dedup_by(|a, b| (*a - *b).abs() < 0.5);
    let mut best = (f32::MAX, f32::MIN, right.x0);
    for x in candidates {
        let at = x - 0.3;
        let crossed = |x0: f32, x1: f32| x0 < at - 0.5 && x1 > at + 0.5;
        // Where words begin below each other a column begins, however near the one before it is.
        let begun = words.iter().filter(|word| (word.x0 - x).abs() < 1.5).count() as f32;
        let crossed_share = (1.0 - begun / lines.max(1) as f32).max(0.0);
        let runs_crossed = crossed_share * runs.iter().filter(|run| crossed(run.x0, run.x1)).count() as f32;
        let words_crossed = words.iter().filter(|word| crossed(word.x0, word.x1)).count() as f32;
        let header = f32::from(u8::from(at < left.x1 - 1.0)) + f32::from(u8::from(at > right.x0 + 1.0)) * 0.5;
        let outside = f32::from(u8::from(x > to));
        let cost = runs_crossed + 3.0 * words_crossed + header + outside;
        let before = words.iter().map(|word| word.x1).filter(|x1| *x1 <= at + 0.5).fold(left.x1.min(at), f32::max);
        let gap = at - before;
        if cost < best.0 - 0.01 || cost < best.0 + 0.01 && gap > best.1 {
            best = (cost, gap, at);
        }
    }
    best.2
}
