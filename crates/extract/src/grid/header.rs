//! A line whose words are labels of an item's properties.

use crate::concepts::{Known, is_known_label, of_words};
use crate::fields::Label as FieldLabel;
use crate::lines::{Line, Piece};
use crate::recognise::Want;
use crate::synonyms::Shape;
use crate::tokens::{Token, is_filler, similar, tokens};

use super::Search;

/// Lines of more words are text.
pub const PIECES_MAX: usize = 40;
/// A gap wider than this share of the line's height parts two labels of a header.
const LABEL_GAP: f32 = 0.75;

/// How surely a year stands over the figures of that year.
const YEAR: f32 = 0.85;
/// Lines under a header that tell whether something stands left of it.
const STUB_LINES: usize = 12;
/// How surely the column before all others says what its rows are.
const STUB: f32 = 0.6;

/// What stands after a label without being one.
const UNITS: &[&str] = &["percent", "eur", "usd", "gbp", "chf", "inr", "net", "netto", "ht", "ttc"];

/// A label of a header with its place across the page.
#[derive(Debug, Clone)]
pub struct Label {
    pub x0: f32,
    pub x1: f32,
    /// As the page prints it; empty for a column without a header.
    pub text: String,
    /// The fields whose label it may be, each with how surely.
    pub fields: Vec<(usize, f32)>,
}

#[derive(Debug, Clone)]
pub struct Header {
    /// Lines of the strip.
    pub start: usize,
    pub end: usize,
    /// From left to right.
    pub labels: Vec<Label>,
    pub score: f32,
    /// The other half of its line is the header of another table.
    pub half: bool,
}

/// Whether a header may have a second line: one that is near, without digits.
pub fn goes_on(line: &Line, next: &Line) -> bool {
    let near = next.page == line.page && next.top - line.bottom < 0.8 * line.height().min(next.height());
    near && next.pieces.len() <= PIECES_MAX
        && !next.pieces.iter().any(|piece| piece.text.contains(|c: char| c.is_ascii_digit()))
        && !(line.grid.is_some() && next.grid.is_none())
}

/// A word of a header.
struct HeaderWord {
    norm: String,
    text: String,
    x0: f32,
    x1: f32,
}

/// The lines as a header: at least half of what they say are labels, two of them of the item's.
pub fn header(search: &Search, lines: &[Line], start: usize) -> Option<Header> {
    let mut labels = Vec::new();
    let (mut own, mut other) = (0, 0);
    // Where the labels of this array and of others begin, when tables stand side by side.
    let mut sides: Vec<(f32, bool)> = Vec::new();
    let mut years: Vec<(u16, Label)> = Vec::new();
    for cluster in clusters(lines) {
        let words = words_of(&cluster);
        if words.is_empty() {
            continue;
        }
        if let Some(year) = year_of(&cluster) {
            years.push((year, label(&words, Vec::new())));
            continue;
        }
        if cluster.iter().any(|piece| is_value(piece.text)) {
            return None;
        }
        let is = |labels: &[FieldLabel]| {
            labels.iter().any(|label| label.words.iter().eq(words.iter().map(|word| &word.norm)))
        };
        let rows = || of_words(&words.iter().map(|word| word.norm.clone()).collect::<Vec<_>>()).any(is_rows);
        let foreign = || rows() && labels_of(search, &words).iter().all(|label| label.fields.is_empty());
        let side = if is(&search.own) { Some(true) } else { (is(&search.others) || foreign()).then_some(false) };
        sides.extend(side.map(|side| (words[0].x0, side)));
        let found = labels_of(search, &words);
        if found.iter().any(|label| !label.fields.is_empty()) {
            own += 1;
        } else {
            other += usize::from(!is_known(&words));
        }
        labels.extend(found);
    }
    keep_own(&mut labels, &sides);
    own += add_years(search, years, &mut labels);
    let mut fields: Vec<(usize, f32)> = labels.iter().flat_map(|label| label.fields.iter().copied()).collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    fields.dedup_by_key(|(field, _)| *field);
    let matched = labels.iter().filter(|label| !label.fields.is_empty()).count().min(fields.len());
    let score: f32 = fields.iter().map(|(_, score)| score).sum();
    let enough = matched >= 2 || matched == 1 && search.fields.len() == 1;
    (enough && own >= other).then(|| Header { start, end: start + lines.len(), labels, score, half: false })
}

impl Header {
    /// The headers of two tables side by side, where the second half of the labels says the same as the first.
    pub fn halves(self) -> Vec<Self> {
        let middle = self.labels.len() / 2;
        let (left, right) = self.labels.split_at(middle);
        let same =
            |a: &Label, b: &Label| a.fields.iter().any(|(own, _)| b.fields.iter().any(|(other, _)| own == other));
        if middle < 2 || left.len() != right.len() || !left.iter().zip(right).all(|(a, b)| same(a, b)) {
            return vec![self];
        }
        // The labels of the other half stay as columns of their own.
        let half = |own: std::ops::Range<usize>| {
            let mut half = Self { half: true, ..self.clone() };
            let others = half.labels.iter_mut().enumerate().filter(|(at, _)| !own.contains(at));
            others.for_each(|(_, label)| label.fields.clear());
            half
        };
        vec![half(0..middle), half(middle..self.labels.len())]
    }

    /// The header with the column that says what its rows are, which is often not named: words left of all labels, or
    /// under a first label that is no field's.
    pub fn with_stub(mut self, search: &Search, body: &[Line]) -> Self {
        let is_name = |field: usize| matches!(search.fields[field].want, Want::Text);
        let mapped = |field: usize| self.labels.iter().any(|label| label.fields.iter().any(|(own, _)| *own == field));
        let Some(name) = (0..search.fields.len()).find(|field| is_name(*field)) else { return self };
        if (0..search.fields.len()).any(|field| is_name(field) && mapped(field)) {
            return self;
        }
        let Some(first) = self.labels.iter().position(|label| !label.fields.is_empty()) else { return self };
        if let Some(label) = self.labels[..first].first_mut() {
            label.fields.push((name, STUB));
            return self;
        }
        let edge = self.labels[0].x0;
        let lines = &body[..body.len().min(STUB_LINES)];
        let own = lines.iter().filter_map(|line| {
            let left =
                line.pieces.iter().filter(|piece| piece.x1 < edge + 1.0 && piece.text.contains(char::is_alphabetic));
            left.map(|piece| (piece.x0, piece.x1)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        });
        let own: Vec<(f32, f32)> = own.collect();
        if 2 * own.len() > lines.len() {
            let x0 = own.iter().map(|own| own.0).fold(f32::MAX, f32::min);
            let x1 = own.iter().map(|own| own.1).fold(f32::MAX, f32::min);
            self.labels.insert(0, Label { x0, x1, text: String::new(), fields: vec![(name, STUB)] });
        }
        self
    }
}

/// Of tables side by side only the labels from the array's own name to the next one's are its own.
fn keep_own(labels: &mut [Label], sides: &[(f32, bool)]) {
    let Some((start, _)) = sides.iter().find(|(_, own)| *own) else { return };
    let end = sides.iter().find(|(x, own)| !own && x > start).map_or(f32::MAX, |(x, _)| *x);
    if sides.iter().any(|(_, own)| !own) {
        let foreign = labels.iter_mut().filter(|label| label.x0 < *start || label.x0 >= end);
        foreign.for_each(|label| label.fields.clear());
    }
}

/// The year that a header names: `2024`, `FY 2024`, `31.12.2024`.
fn year_of(cluster: &[Piece]) -> Option<u16> {
    let texts: Vec<&str> = cluster.iter().map(|piece| piece.text).collect();
    let text = texts.join(" ");
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect();
    let year = digits.last().filter(|digits| digits.len() == 4)?.parse().ok()?;
    (digits.len() <= 3 && text.len() <= 16 && (1900..2100).contains(&year)).then_some(year)
}

/// A table of figures has its years as headers: the latest is the current one, the one before it the prior one.
/// Says how many of them fields are asked for.
fn add_years(search: &Search, mut years: Vec<(u16, Label)>, labels: &mut Vec<Label>) -> usize {
    let fields = ["current year", "prior year"].map(|name| search.fields.iter().position(|field| field.is(name)));
    years.sort_by_key(|(year, _)| std::cmp::Reverse(*year));
    let mut own = 0;
    for (at, (_, mut label)) in years.into_iter().enumerate() {
        label.fields.extend(fields.get(at).copied().flatten().map(|field| (field, YEAR)));
        own += usize::from(!label.fields.is_empty());
        labels.push(label);
    }
    labels.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    own
}

fn is_rows(known: &Known) -> bool {
    known.concept.shape == Shape::Rows
}

/// Amounts and dates stand under headers, not in them.
fn is_value(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 3
}

fn is_known(words: &[HeaderWord]) -> bool {
    let tokens: Vec<Token> = words.iter().map(|word| Token { start: 0, end: 0, norm: word.norm.clone() }).collect();
    is_known_label(&tokens)
}

/// Pieces that stand over one column: words near to each other, or below each other.
fn clusters<'a>(lines: &[Line<'a>]) -> Vec<Vec<Piece<'a>>> {
    let mut pieces: Vec<(usize, Piece)> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        pieces.extend(line.pieces.iter().map(|piece| (number, *piece)));
    }
    let height = |line: &Line| if line.grid.is_some() { 0.0 } else { line.height() };
    let gap = LABEL_GAP * lines.iter().map(height).fold(f32::MAX, f32::min);
    pieces.sort_by(|a, b| a.1.x0.total_cmp(&b.1.x0));
    let mut clusters: Vec<Vec<(usize, Piece)>> = Vec::new();
    let mut right = f32::MIN;
    for (number, piece) in pieces {
        match clusters
            .last_mut()
            .filter(|last| piece.x0 - right < gap && !last.iter().any(|(_, p)| p.is_cell() && number == 0))
        {
            Some(cluster) => cluster.push((number, piece)),
            None => clusters.push(vec![(number, piece)]),
        }
        right = right.max(piece.x1);
    }
    let in_order = |mut cluster: Vec<(usize, Piece<'a>)>| {
        cluster.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.x0.total_cmp(&b.1.x0)));
        cluster.into_iter().map(|(_, piece)| piece).collect()
    };
    clusters.into_iter().map(in_order).collect()
}

fn words_of(cluster: &[Piece]) -> Vec<HeaderWord> {
    let mut words = Vec::new();
    for piece in cluster {
        let own = tokens(piece.text);
        let width = (piece.x1 - piece.x0) / own.len().max(1) as f32;
        let place = |at: usize| {
            if piece.is_cell() {
                (piece.x0, piece.x1)
            } else {
                (piece.x0 + width * at as f32, piece.x0 + width * (at + 1) as f32)
            }
        };
        let only_fillers = cluster.len() == 1 && own.iter().all(|token| is_filler(&token.norm));
        let speaking = own.into_iter().enumerate().filter(|(_, token)| only_fillers || !is_filler(&token.norm));
        words.extend(speaking.map(|(at, token)| HeaderWord {
            text: piece.text[token.start..token.end].to_owned(),
            norm: token.norm,
            x0: place(at).0,
            x1: place(at).1,
        }));
    }
    words
}

/// The labels of one cluster: usually one; several where columns stand close.
fn labels_of(search: &Search, words: &[HeaderWord]) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let (mut at, mut known_to) = (0, 0);
    while at < words.len() {
        let Some((length, fields)) = longest(search, &words[at..]) else {
            let own = UNITS.contains(&words[at].norm.as_str()) && at == known_to;
            at += 1;
            // `Disc. %`, `Price EUR`.
            if let Some(last) = labels.last_mut().filter(|_| own) {
                last.x0 = last.x0.min(words[at - 1].x0);
                last.x1 = last.x1.max(words[at - 1].x1);
                known_to = at;
            }
            continue;
        };
        // What lies between two labels is a column of its own.
        if at > known_to {
            labels.push(label(&words[known_to..at], Vec::new()));
        }
        let place = label(&words[at..at + length], fields);
        let same = |last: &&mut Label| {
            at == known_to && last.fields.iter().any(|(known, _)| place.fields.iter().any(|(field, _)| field == known))
        };
        // `Description of goods` is one label.
        match labels.last_mut().filter(same) {
            Some(last) => {
                last.x0 = last.x0.min(place.x0);
                last.x1 = last.x1.max(place.x1);
            }
            None => labels.push(place),
        }
        at += length;
        known_to = at;
    }
    if known_to < words.len() {
        let rest = &words[known_to..];
        // Words after the only label go with it: `Amount EUR`.
        match &mut labels[..] {
            [only] if !is_known(rest) => {
                only.x0 = rest.iter().map(|word| word.x0).fold(only.x0, f32::min);
                only.x1 = rest.iter().map(|word| word.x1).fold(only.x1, f32::max);
            }
            _ => labels.push(label(rest, Vec::new())),
        }
    }
    let matched = labels.iter().filter(|label| !label.fields.is_empty()).count();
    if let ([first, ..], 1) = (&labels[..], matched) {
        let own = if first.fields.is_empty() { words.len() - 1 } else { known_to };
        let coverage = own as f32 / words.len() as f32;
        let weighed = labels.iter_mut().flat_map(|label| &mut label.fields);
        weighed.for_each(|(_, weight)| *weight *= 0.5 + 0.5 * coverage);
    }
    labels
}

fn label(words: &[HeaderWord], fields: Vec<(usize, f32)>) -> Label {
    let x0 = words.iter().map(|word| word.x0).fold(f32::MAX, f32::min);
    let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    Label { x0, x1: words.iter().map(|word| word.x1).fold(f32::MIN, f32::max), text, fields }
}

/// The longest label that the words begin with, in any order of its words, and the fields that have it.
fn longest(search: &Search, words: &[HeaderWord]) -> Option<(usize, Vec<(usize, f32)>)> {
    let mut best: Option<(usize, Vec<(usize, f32)>)> = None;
    for (at, field) in search.fields.iter().enumerate() {
        for label in field.labels.iter().filter(|label| !label.weak && label.words.len() <= words.len()) {
            let length = label.words.len();
            let in_order = label.words.iter().zip(words).all(|(word, w)| similar(&w.norm, word));
            // In another order only where nothing else stands there.
            let all = in_order
                || length == words.len() && label.words.iter().all(|word| words.iter().any(|w| similar(&w.norm, word)));
            if !all {
                continue;
            }
            match &mut best {
                Some((known, _)) if *known > length => {}
                Some((known, fields)) if *known == length => fields.push((at, label.weight)),
                _ => best = Some((length, vec![(at, label.weight)])),
            }
        }
    }
    best
}
