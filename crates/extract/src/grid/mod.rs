//! Arrays of objects from rows: a line with the labels of the item's properties is their header, and the lines
//! below it are read by its columns, whether rules were drawn around them or not.

mod arithmetic;
mod columns;
mod entries;
mod header;
mod patterns;
mod records;

use std::collections::HashSet;
use std::sync::Arc;

use docmill_model::schema::Node;
use serde_json::Value;

use crate::cite::Source;
use crate::concepts::{by_name, headings, of_words};
use crate::confidence::Evidence;
use crate::fields::{Field, GENERIC, Label, Use, of_object};
use crate::lines::{Line, strips, text_of};
use crate::recognise::{Habits, Want};
use crate::synonyms::Shape;
use crate::view::View;
pub use arithmetic::line_sum;
use columns::Column;
pub use columns::Told;
use header::{Header, header};

/// Lines that a header may have.
const HEADER_LINES_MAX: usize = 3;
/// Headers of one array that are compared: more are words of the text rather than headers.
const HEADERS_MAX: usize = 200;
/// Headers this near to the best one stand over rows of the same array.
const SAME_ARRAY: f32 = 0.8;
/// Lines under a header that tell whether rows follow.
const SAMPLE_LINES: usize = 400;
/// Lines over a header that may be the heading of its rows.
const HEADING_LINES: usize = 3;
/// So many columns under their own labels are rows, with words or without.
const NUMBERS_ENOUGH: usize = 3;
/// Words of a line that names a sum, and words of arrays' names that say nothing.
const SUM_WORDS_MAX: usize = 7;
const ROW_WORD: &[&str] = &["item", "line", "row", "entrie", "total"];
/// Headers whose tops differ by less, in points, stand beside each other.
const SAME_HEIGHT: f32 = 4.0;
const OWN_HEADING: f32 = 1.3;
const OTHER_HEADING: f32 = 0.5;

/// A value of a row: the leaf's path in the item, the value, its source and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct CellValue {
    pub path: Vec<String>,
    pub value: Value,
    pub source: Source,
    pub evidence: Evidence,
    /// The column that it was read by; `None` where it has none of its own.
    pub column: Option<Arc<Told>>,
}

pub type Row = Vec<CellValue>;

/// What the rows of an array are looked for with.
struct Search<'a> {
    view: &'a View<'a>,
    fields: Vec<Field>,
    habits: Habits,
    /// The words that labels of the fields have.
    words: HashSet<String>,
    /// What stands over the array's rows, and over those of the arrays beside it.
    own: Vec<Label>,
    others: Vec<Label>,
}

/// A header with the columns below it.
struct Fit {
    header: Header,
    /// The line of the strip where another header begins.
    end: usize,
    columns: Vec<Column>,
    score: f32,
    /// Headings of arrays stand between the rows: the header serves several.
    sectioned: bool,
    /// Two tables stand side by side under the header's line, and this is one of them.
    half: bool,
    /// Page and height of the header.
    place: (usize, f32),
}

impl Fit {
    fn is_beside(&self, other: &Self) -> bool {
        self.place.0 == other.place.0 && (self.place.1 - other.place.1).abs() < SAME_HEIGHT
    }

    /// Whether both read a column: two tables may stand side by side under one line of headers.
    fn shares_columns(&self, other: &Self) -> bool {
        let used = |fit: &Self| -> Vec<f32> {
            fit.columns.iter().filter(|column| column.field.is_some()).map(|column| column.label).collect()
        };
        let own = used(self);
        used(other).iter().any(|x| own.iter().any(|y| (x - y).abs() < 1.0))
    }
}

/// An array of objects that rows are looked for.
pub struct Array<'a> {
    /// Names of properties from the root of what is filled.
    pub path: Vec<String>,
    pub item: &'a Node,
    /// What the schema says of the array.
    pub description: Option<&'a str>,
}

/// The rows of each array. Rows of one header go to one array: the one that they fit best.
pub fn rows(view: &View, arrays: &[Array], habits: Habits) -> Vec<Vec<Row>> {
    let strips = strips(view.pages);
    let headings: Vec<Vec<Label>> = arrays
        .iter()
        .map(|array| array.path.last().map(|name| headings(name, array.description)).unwrap_or_default())
        .collect();
    let searches: Vec<Search> = arrays
        .iter()
        .enumerate()
        .map(|(at, array)| {
            let others = headings.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.flat_map(|(_, labels)| labels.clone()).collect();
            Search::new(view, array.item, habits, headings[at].clone(), others)
        })
        .collect();
    let mut fits: Vec<(usize, usize, Fit)> = Vec::new();
    for (array, search) in searches.iter().enumerate() {
        for (strip, lines) in strips.iter().enumerate() {
            fits.extend(search.fits(lines).into_iter().map(|fit| (array, strip, fit)));
        }
    }
    let mut chosen = choose(fits, arrays.len());
    chosen.sort_by_key(|(_, strip, fit)| (*strip, fit.header.start));
    let mut rows = vec![Vec::new(); arrays.len()];
    for (array, strip, fit) in chosen {
        rows[array].extend(searches[array].records(&strips[strip][fit.header.end..fit.end], &fit));
    }
    let empty: Vec<usize> = (0..arrays.len()).filter(|array| rows[*array].is_empty()).collect();
    for array in empty {
        rows[array] = strips.iter().find_map(|strip| searches[array].pattern_rows(strip)).unwrap_or_default();
    }
    if rows.iter().any(Vec::is_empty) {
        let outline = entries::Outline::of(view);
        for array in (0..arrays.len()).filter(|_| !view.is_stopped()) {
            if rows[array].is_empty() {
                rows[array] = searches[array].entries(&outline).unwrap_or_default();
            }
        }
    }
    rows
}

/// Of the headers that each array fits, those that are its own: near to its best, and no better for another array.
fn choose(mut fits: Vec<(usize, usize, Fit)>, arrays: usize) -> Vec<(usize, usize, Fit)> {
    fits.sort_by(|a, b| b.2.score.total_cmp(&a.2.score).then(a.0.cmp(&b.0)));
    let mut best: Vec<Option<f32>> = vec![None; arrays];
    let mut chosen: Vec<(usize, usize, Fit)> = Vec::new();
    for (array, strip, fit) in fits {
        let taken = chosen.iter().any(|(_, other, own)| {
            !(own.sectioned && fit.sectioned)
                && own.shares_columns(&fit)
                && *other == strip
                && own.header.start < fit.header.end
                && fit.header.start < own.header.end
        });
        // Of two tables side by side each array has one.
        let has_one =
            chosen.iter().any(|(own, other, before)| *own == array && *other == strip && fit.is_beside(before));
        if has_one && arrays > 1 {
            continue;
        }
        let score = *best[array].get_or_insert(if taken { 0.0 } else { fit.score });
        if !taken && fit.score >= SAME_ARRAY * score {
            if score == 0.0 {
                best[array] = Some(fit.score);
            }
            chosen.push((array, strip, fit));
        }
    }
    chosen
}

impl<'a> Search<'a> {
    fn new(view: &'a View<'a>, item: &Node, habits: Habits, own: Vec<Label>, others: Vec<Label>) -> Self {
        let mut fields = of_object(item, Use::Row);
        // A column that is called like the array has its amounts.
        let amount = fields.iter().position(|field| matches!(field.want, Want::Number { money: true, .. }));
        // The only number of rows with a name that says nothing is their amount.
        let numbers: Vec<usize> =
            (0..fields.len()).filter(|at| matches!(fields[*at].want, Want::Number { percent: false, .. })).collect();
        if let [only] = numbers[..]
            && crate::tokens::label(fields[only].path.last().map_or("", String::as_str))
                .iter()
                .all(|word| GENERIC.contains(&word.as_str()))
            && let Some(total) = by_name("line total")
        {
            let weaker = total.labels.iter().map(|label| Label { weight: 0.8 * label.weight, ..label.clone() });
            fields[only].labels.extend(weaker);
        }
        // Or its names.
        let text = fields.iter().position(|field| matches!(field.want, Want::Text));
        for at in amount.into_iter().chain(text) {
            fields[at].labels.extend(own.iter().map(|label| Label { weight: 0.8 * label.weight, ..label.clone() }));
        }
        let words = fields.iter().flat_map(|field| &field.labels).filter(|label| !label.weak);
        let words = words.flat_map(|label| label.words.iter().cloned()).collect();
        Self { view, fields, habits, words, own, others }
    }
}

impl Search<'_> {
    /// The headers of a strip that have rows below them, from the top; of those that overlap the best.
    fn fits(&self, strip: &[Line]) -> Vec<Fit> {
        let mut headers: Vec<Header> = Vec::new();
        for start in (0..strip.len()).take_while(|_| !self.view.is_stopped()) {
            if headers.len() < HEADERS_MAX && self.may_be_header(&strip[start]) {
                let depths = (1..=HEADER_LINES_MAX.min(strip.len() - start)).take_while(|depth| {
                    *depth == 1 || header::goes_on(&strip[start + depth - 2], &strip[start + depth - 1])
                });
                let found = depths.filter_map(|depth| header(self, &strip[start..start + depth], start));
                let best = found.max_by(|a, b| a.score.total_cmp(&b.score));
                headers.extend(best.into_iter().flat_map(Header::halves));
            }
        }
        let mut fits: Vec<Fit> = Vec::new();
        for (at, header) in headers.iter().enumerate().take_while(|_| !self.view.is_stopped()) {
            let end = headers[at + 1..].iter().find(|next| next.start >= header.end).map_or(strip.len(), |h| h.start);
            let Some(fit) = self.fit(header.clone(), strip, end) else { continue };
            let beside = |last: &Fit| last.half && fit.half && last.header.start == fit.header.start;
            match fits.last_mut().filter(|last| last.header.end > fit.header.start && !beside(last)) {
                Some(last) if last.score >= fit.score => {}
                Some(last) => *last = fit,
                None => fits.push(fit),
            }
        }
        fits
    }

    fn may_be_header(&self, line: &Line) -> bool {
        let years = self.fields.iter().any(|field| field.is("current year"));
        let is_year = |text: &str| years && text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let known =
            |text: &str| is_year(text) || crate::tokens::label(text).iter().any(|word| self.words.contains(word));
        let wanted = if self.fields.len() == 1 { 1 } else { 2 };
        line.pieces.len() <= header::PIECES_MAX
            && line.pieces.iter().filter(|piece| known(piece.text)).take(wanted).count()
                == wanted.min(line.pieces.len())
    }

    fn fit(&self, header: Header, strip: &[Line], end: usize) -> Option<Fit> {
        let body = &strip[header.end.min(end)..end];
        let header = header.with_stub(self, body);
        let columns = self.columns(&header, body)?;
        let matched = columns.iter().filter(|column| column.field.is_some()).count();
        let score: f32 = columns.iter().filter(|column| column.field.is_some()).map(|column| column.score).sum();
        let score = score * self.heading_factor(strip, &header);
        let sample = &body[..body.len().min(SAMPLE_LINES)];
        let sectioned = sample.iter().any(|line| self.heading(line).is_some());
        let half = header.half;
        let place = (strip[header.start].page, strip[header.start].top);
        let mut fit = Fit { header, end, columns, score, sectioned, half, place };
        let enough = matched >= 2 || matched == 1 && self.fields.len() == 1;
        let rows = if enough && self.has_words(&fit) { self.records(sample, &fit) } else { Vec::new() };
        if self.has_own_sum(&rows, place.0) {
            fit.score *= OWN_HEADING;
        }
        (!rows.is_empty()).then_some(fit)
    }

    /// Whether the page prints the rows' sum beside a name of the array: `Total deductions 841.45`.
    fn has_own_sum(&self, rows: &[Row], page: usize) -> bool {
        let last = |row: &Row| row.iter().rev().find_map(|cell| cell.value.as_f64());
        let Some(sum) = rows.iter().map(last).sum::<Option<f64>>().filter(|sum| *sum > 0.0) else { return false };
        let phrases = &self.view.phrases;
        let names = |phrase: &crate::view::Phrase| {
            let has = |word: &String| phrase.tokens.iter().any(|token| token.norm == *word);
            (page..=page + 1).contains(&phrase.page)
                && phrase.starts.len() <= SUM_WORDS_MAX
                && self
                    .own
                    .iter()
                    .any(|label| label.words.iter().all(|word| !ROW_WORD.contains(&word.as_str()) && has(word)))
        };
        let amount = Want::Number { integer: false, money: true, percent: false };
        let is_sum = |text: &str| {
            amount
                .find(text, self.habits)
                .iter()
                .filter_map(|found| found.value.as_f64())
                .any(|own| (own - sum).abs() < 0.006)
        };
        phrases
            .iter()
            .filter(|phrase| names(phrase))
            .any(|phrase| is_sum(&phrase.text) || phrase.right.is_some_and(|right| is_sum(&phrases[right].text)))
    }

    /// More under a heading of the array's own, less under one of another array.
    fn heading_factor(&self, strip: &[Line], header: &Header) -> f32 {
        let from = header.start.saturating_sub(HEADING_LINES);
        let says = |labels: &[Label], line: &Line| {
            let words = crate::tokens::label(&text_of(&line.pieces));
            line.page == strip[header.start].page && labels.iter().any(|label| label.words == words)
        };
        for line in strip[from..header.end].iter().rev() {
            if says(&self.own, line) {
                return OWN_HEADING;
            }
            if says(&self.others, line) || self.is_of_others(line) {
                return OTHER_HEADING;
            }
        }
        1.0
    }

    /// Whether a line names other rows than those that the array is known to have; what has just any lines may have these.
    fn is_of_others(&self, line: &Line) -> bool {
        let any = |words: &[String]| words.iter().all(|word| ROW_WORD.contains(&word.as_str()));
        if self.own.len() < 2 || self.own.iter().any(|label| any(&label.words)) {
            return false;
        }
        let words = crate::tokens::label(&text_of(&line.pieces));
        of_words(&words).any(|known| known.concept.shape == Shape::Rows)
            && !self.own.iter().any(|label| label.words == words)
    }

    /// One or two numbers alone are a summary: where the item has words, its rows have words.
    fn has_words(&self, fit: &Fit) -> bool {
        if fit.columns.iter().filter(|column| column.field.is_some()).count() >= NUMBERS_ENOUGH {
            return true;
        }
        let is_word = |field: &Field| {
            matches!(field.want, Want::Text | Want::Person | Want::Id | Want::Date(_) | Want::Choice(_))
        };
        let mapped = fit.columns.iter().filter_map(|column| column.field);
        !self.fields.iter().any(is_word) || mapped.into_iter().any(|at| is_word(&self.fields[at]))
    }
}
