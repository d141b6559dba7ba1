//! The lines under a header as rows: which lines are rows, which go on with the row before, and where rows end.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::cite::join;
use crate::concepts::of_words;
use crate::confidence::{Evidence, ValueKind, Way};
use crate::fields::{Edge, Field};
use crate::lines::{Line, Piece, source_of, text_of};
use crate::recognise::Want;
use crate::synonyms::Shape;
use crate::tokens::{is_filler, label, tokens};

use super::header::header;
use super::{CellValue, Fit, Row, Search};

/// Rows of one array: a result must stay readable, and a document of cells only must not grow without end.
const ROWS_MAX: usize = 50_000;
/// Lines that are looked at to learn what a row has.
const USUAL_LINES: usize = 200;
/// A gap between lines that is so many times as wide as the usual one ends a row.
const GAP: f32 = 1.7;
/// A gap wider than this share of a line's height parts its first words from what follows.
const RUN_GAP: f32 = 1.0;
/// Room that a word takes besides its own width, in points.
const WORD_GAP: f32 = 2.0;
/// How sure a period under a row is, and the bytes that may stand beside it.
const PERIOD: f32 = 0.8;
const PERIOD_REST: usize = 10;
/// Lines of one row.
const ROW_LINES_MAX: usize = 12;

/// What a line says by the columns.
struct Read {
    values: Vec<CellValue>,
    /// For each value its field.
    fields: Vec<usize>,
    /// Nothing stands outside of the columns of texts.
    only_text: bool,
    sum: bool,
}

impl Read {
    /// Nothing but one text.
    fn is_more(&self) -> bool {
        self.only_text && self.values.len() == 1 && !self.sum
    }
}

/// A row with the lines that may go on with it.
struct Draft {
    row: Row,
    /// The right end of its text.
    right: f32,
    /// What the lines after it say, and which they are.
    more: Vec<(Read, usize)>,
}

/// What the rows of a table have as a rule.
struct Usual {
    fields: Vec<usize>,
    /// Distance between the tops of neighbouring lines.
    pitch: f32,
}

impl Search<'_> {
    pub(super) fn records(&self, body: &[Line], fit: &Fit) -> Vec<Row> {
        let usual = self.usual(body, fit);
        let mut drafts: Vec<Draft> = Vec::new();
        // After a sum, a wide gap or another page, what follows must look like a row to be one.
        let mut parted = false;
        let mut before: Option<&Line> = None;
        // Rows under the heading of another array are its own.
        let mut foreign = false;
        for (at, line) in body.iter().enumerate() {
            if drafts.len() >= ROWS_MAX || self.view.is_stopped() || self.ends(body, at) {
                break;
            }
            let read = self.read(line, fit);
            let same_page = before.is_some_and(|before| before.page == line.page);
            let gap = before.filter(|_| same_page).map_or(0.0, |before| line.top - before.top);
            let wide = line.grid.is_none() && (gap > GAP * usual.pitch || before.is_some() && !same_page);
            // What stands outside of a ruled grid is no part of its rows.
            let outside = before.is_some_and(|before| before.grid.is_some() && before.grid != line.grid);
            parted |= wide || outside && same_page;
            match self.heading(line) {
                Some(own) => {
                    if own {
                        drafts.clear();
                    }
                    (foreign, parted) = (!own, false);
                }
                None if read.sum => parted = true,
                None if foreign => {}
                None if self.is_row(&read, &usual, parted) => {
                    drafts.push(Draft { row: read.values, right: self.text_edge(line, fit), more: Vec::new() });
                    parted = false;
                }
                None if !wide && !parted => {
                    if let Some(last) = drafts.last_mut().filter(|last| last.more.len() < ROW_LINES_MAX) {
                        last.more.push((read, at));
                    }
                }
                None => {}
            }
            before = Some(line);
        }
        let mut rows = self.joined(drafts, body, fit);
        self.confirm(&mut rows);
        rows
    }

    /// Whether a line is the heading of the array's rows, or of another array's.
    pub(super) fn heading(&self, line: &Line) -> Option<bool> {
        if line.pieces.len() > 5 {
            return None;
        }
        let words = label(&text_of(&line.pieces));
        let is = |labels: &[crate::fields::Label]| labels.iter().any(|label| label.words == words);
        if is(&self.own) { Some(true) } else { is(&self.others).then_some(false) }
    }

    /// The right end of the widest text of a line.
    fn text_edge(&self, line: &Line, fit: &Fit) -> f32 {
        let texts = fit.columns.iter().filter(|column| column.field.is_some_and(|at| !self.is_typed(at)));
        let ends = texts.flat_map(|column| column.pieces(line)).map(|piece| piece.x1);
        ends.fold(f32::MIN, f32::max)
    }

    /// Rows with the lines that go on with them. A line goes on when most rows have such lines, or when the text
    /// before it was long enough to be wrapped; a label of its own is a value of the row in any case.
    fn joined(&self, drafts: Vec<Draft>, body: &[Line], fit: &Fit) -> Vec<Row> {
        let with_more = drafts.iter().filter(|draft| draft.more.iter().any(|(read, _)| read.is_more())).count();
        let most = 2 * with_more >= drafts.len().saturating_sub(1).max(1) && (drafts.len() <= 2 || with_more >= 2);
        let widest = drafts.iter().map(|draft| draft.right).fold(f32::MIN, f32::max);
        let narrowest = drafts.iter().map(|draft| draft.right).fold(f32::MAX, f32::min);
        let joined = drafts.into_iter().map(|draft| {
            let wrapped = widest > narrowest + 1.0 && draft.right > narrowest + 0.6 * (widest - narrowest);
            let mut row = draft.row;
            for (at, (read, line)) in draft.more.into_iter().enumerate() {
                // A line is wrapped where its next word would not have fitted.
                let word = body[line].pieces.first().map_or(0.0, |piece| piece.x1 - piece.x0);
                let fitted = draft.right + WORD_GAP + word < widest;
                self.goes_on(&mut row, read, &body[line], fit, most || wrapped && !fitted && at == 0);
            }
            row
        });
        joined.collect()
    }

    /// What most lines with two values or more have.
    fn usual(&self, body: &[Line], fit: &Fit) -> Usual {
        let mut counts = vec![0_usize; self.fields.len()];
        let mut full = 0;
        for line in body.iter().take(USUAL_LINES) {
            let read = self.read(line, fit);
            let needed = fit.columns.iter().filter(|column| column.field.is_some()).count().min(2);
            if !read.sum && read.fields.len() >= needed && read.fields.iter().any(|at| self.is_typed(*at)) {
                full += 1;
                read.fields.iter().for_each(|at| counts[*at] += 1);
            }
        }
        let fields = (0..counts.len()).filter(|at| counts[*at] > 0 && counts[*at] * 10 >= full * 6).collect();
        let mut gaps: Vec<f32> = body
            .windows(2)
            .take(USUAL_LINES)
            .filter(|pair| pair[0].page == pair[1].page)
            .map(|pair| pair[1].top - pair[0].top)
            .filter(|gap| *gap > 1.0)
            .collect();
        gaps.sort_by(f32::total_cmp);
        let pitch = gaps.get(gaps.len() / 2).copied().unwrap_or(f32::MAX / 4.0);
        Usual { fields, pitch }
    }

    fn is_typed(&self, field: usize) -> bool {
        !self.fields[field].want.is_free_text()
    }

    fn is_money(&self, field: usize) -> bool {
        matches!(self.fields[field].want, Want::Number { money: true, .. } | Want::NumberText | Want::MoneyText)
    }

    fn is_row(&self, read: &Read, usual: &Usual, parted: bool) -> bool {
        if read.fields.is_empty() {
            return false;
        }
        let has = |at: &&usize| read.fields.contains(at);
        let common = usual.fields.iter().filter(has).count();
        // Where rows have an amount, a line without any is a part of a row.
        if usual.fields.iter().any(|at| self.is_money(*at)) && !read.fields.iter().any(|at| self.is_money(*at)) {
            return false;
        }
        let share = common as f32 / usual.fields.len().max(1) as f32;
        let speaks = |at: &usize| {
            let value = read.fields.iter().position(|field| field == at).map(|place| &read.values[place].value);
            value.and_then(Value::as_str).is_some_and(|text| text.contains(char::is_alphabetic))
        };
        let worded = usual.fields.iter().all(|at| self.is_typed(*at) || speaks(at));
        let typed =
            read.fields.iter().any(|at| self.is_typed(*at)) || usual.fields.iter().all(|at| !self.is_typed(*at));
        // Without a number or a date in its rows nothing tells what follows a gap from a list of the small print.
        let measured = |at: &usize| {
            matches!(self.fields[*at].want, Want::Number { .. } | Want::NumberText | Want::MoneyText | Want::Date(_))
        };
        if parted && !usual.fields.iter().any(measured) {
            return false;
        }
        // After a sum or a gap only a line with every amount that rows have is one more row.
        let priced = usual.fields.iter().filter(|at| self.is_money(**at)).all(|at| read.fields.contains(at));
        typed && if parted { share >= 0.75 && worded && priced } else { share >= 0.5 }
    }

    /// A line of labels that is no row: another table begins, or a form.
    pub(super) fn ends(&self, body: &[Line], at: usize) -> bool {
        let line = &body[at];
        line.pieces.len() >= 2
            && self.may_be_header(line)
            && header(self, std::slice::from_ref(line), at).is_some_and(|found| found.labels.len() >= 2)
    }

    fn read(&self, line: &Line, fit: &Fit) -> Read {
        let mut read = Read { values: Vec::new(), fields: Vec::new(), only_text: true, sum: is_sum(line) };
        for column in &fit.columns {
            let pieces = column.pieces(line);
            if pieces.is_empty() {
                continue;
            }
            let Some(field) = column.field else {
                read.only_text = false;
                continue;
            };
            read.only_text &= !self.is_typed(field);
            self.split(field, column.score, line, &pieces, fit, &mut read);
            if let Some(value) = self.value(field, column.score, line, &pieces) {
                read.values.push(CellValue { column: Some(column.told.clone()), ..value });
                read.fields.push(field);
            }
        }
        read
    }

    /// Values of fields without a column that stand in another one's cell: `[17] Bolt` has a code, `2 kg` a unit.
    fn split(&self, field: usize, score: f32, line: &Line, pieces: &[Piece], fit: &Fit, read: &mut Read) {
        let free = |concept: &str| {
            (0..self.fields.len())
                .find(|at| self.fields[*at].is(concept) && fit.columns.iter().all(|column| column.field != Some(*at)))
        };
        let text = text_of(pieces);
        let found = match &self.fields[field].want {
            Want::Text => split_code(&text).and_then(|(code, _)| Some((free("item number")?, code.to_owned()))),
            Want::Number { money: false, .. } => {
                split_unit(&text).and_then(|unit| Some((free("unit")?, unit.to_owned())))
            }
            _ => None,
        };
        if let Some((at, text)) = found {
            let kind = ValueKind::of(&self.fields[at].want);
            let evidence = Evidence { score, margin: 1.0, fit: 0.9, way: Way::Table, kind, ..Evidence::default() };
            let source = source_of(&self.view.pages[line.page], pieces, &text);
            let path = self.fields[at].path.clone();
            read.values.push(CellValue { path, value: Value::String(text), source, evidence, column: None });
            read.fields.push(at);
        }
    }

    fn value(&self, field: usize, score: f32, line: &Line, pieces: &[Piece]) -> Option<CellValue> {
        let text = text_of(pieces);
        let field = &self.fields[field];
        let found = field.want.find(text.trim(), self.habits);
        let mut first = found.first()?.clone();
        let has_code = self.fields.iter().any(|other| other.is("item number") && other.path != field.path);
        if let Some((_, rest)) = split_code(&text).filter(|_| has_code && matches!(field.want, Want::Text)) {
            first.value = Value::String(rest.to_owned());
        }
        let kind = ValueKind::of(&field.want);
        let evidence = Evidence { score, margin: 1.0, fit: first.fit, way: Way::Table, kind, ..Evidence::default() };
        let value =
            if field.many { found.iter().map(|found| found.value.clone()).collect() } else { first.value.clone() };
        let source = source_of(&self.view.pages[line.page], pieces, &text);
        Some(CellValue { path: field.path.clone(), value, source, evidence, column: None })
    }

    /// A line with nothing but text is the next line of the row before, where rows have such lines.
    fn goes_on(&self, row: &mut Row, read: Read, line: &Line, fit: &Fit, joins: bool) {
        if !read.is_more() {
            return;
        }
        let Some(more) = read.values.into_iter().next() else { return };
        if let Some(period) = self.period(line, row) {
            row.extend(period);
            return;
        }
        let own = self.labelled(line, fit).filter(|(path, _)| !row.iter().any(|own| own.path == *path));
        if let Some((path, value)) = own {
            row.push(CellValue { path, value, column: None, ..more });
        } else if let Some(own) = row.iter_mut().find(|own| own.path == more.path).filter(|_| joins) {
            append(own, more);
        }
    }

    /// `Jul 19 – Aug 19, 2024` below a row is its period, where the item has a start and an end.
    fn period(&self, line: &Line, row: &Row) -> Option<Vec<CellValue>> {
        let free = |edge: Edge| {
            let wanted = |field: &&Field| field.edge == Some(edge) && matches!(field.want, Want::Date(_));
            let field = self.fields.iter().find(wanted)?;
            (!row.iter().any(|own| own.path == field.path)).then_some(field)
        };
        let fields = [free(Edge::First)?, free(Edge::Last)?];
        let text = text_of(&line.pieces);
        let first = fields[0].want.find(&text, self.habits);
        let second = fields[1].want.find(&text, self.habits);
        let ([from, _], [_, to]) = (&first[..], &second[..]) else { return None };
        let rest = text.len() - (to.range.end - from.range.start);
        let source = source_of(&self.view.pages[line.page], &line.pieces, &text);
        let cell = |field: &Field, value: &Value| {
            let kind = ValueKind::of(&field.want);
            let evidence =
                Evidence { score: PERIOD, margin: 1.0, fit: 1.0, way: Way::Table, kind, ..Evidence::default() };
            CellValue { path: field.path.clone(), value: value.clone(), source: source.clone(), evidence, column: None }
        };
        (rest <= PERIOD_REST).then(|| vec![cell(fields[0], &from.value), cell(fields[1], &to.value)])
    }

    /// `Serial number: 17` below a row is its serial number, where the item has one.
    fn labelled(&self, line: &Line, fit: &Fit) -> Option<(Vec<String>, Value)> {
        let text = text_of(&line.pieces);
        let (name, rest) = text.split_once(':')?;
        let name = label(name);
        let mapped = |at: usize| fit.columns.iter().any(|column| column.field == Some(at));
        let field =
            self.fields.iter().enumerate().find(|(at, field)| {
                !mapped(*at) && field.labels.iter().any(|label| !label.weak && label.words == name)
            });
        let field = field?.1;
        let value = field.want.find(rest.trim(), self.habits).into_iter().next()?.value;
        Some((field.path.clone(), value))
    }
}

/// `[17-B] Bolt` to its code and its name.
fn split_code(text: &str) -> Option<(&str, &str)> {
    let close = match text.chars().next()? {
        '[' => ']',
        '(' => ')',
        '*' => '*',
        _ => return None,
    };
    let (code, rest) = text[1..].split_once(close)?;
    let is_code = code.len() >= 3 && code.contains(|c: char| c.is_ascii_digit() || c == '_') && !code.contains(' ');
    (is_code && rest.contains(char::is_alphabetic)).then(|| (code, rest.trim()))
}

/// `1.00 kg` to its unit.
fn split_unit(text: &str) -> Option<&str> {
    let (number, unit) = text.trim().split_once(' ')?;
    let is_unit = unit.len() <= 10 && unit.chars().all(|c| c.is_alphabetic() || c == '²' || c == '³' || c == '.');
    (is_unit && number.starts_with(|c: char| c.is_ascii_digit())).then_some(unit)
}

fn append(own: &mut CellValue, more: CellValue) {
    if let (Value::String(text), Value::String(added)) = (&mut own.value, more.value) {
        text.push('\n');
        text.push_str(&added);
        join(&mut own.source, more.source);
    }
}

/// Words that sums consist of, in any language of the labels.
const SUMS: &[&str] = &[
    "total",
    "subtotal",
    "sub",
    "sum",
    "summe",
    "gesamt",
    "gesamtbetrag",
    "gesamtsumme",
    "zwischensumme",
    "rechnungsbetrag",
    "netto",
    "brutto",
    "net",
    "gross",
    "mwst",
    "ust",
    "vat",
    "tax",
    "tva",
    "iva",
    "btw",
    "gst",
    "totaal",
    "subtotaal",
    "somme",
    "sous",
    "balance",
    "grand",
    "amount",
    "importe",
    "nettobetrag",
    "bruttobetrag",
    "shipping",
    "versandkosten",
    "discount",
    "rabatt",
    "remise",
    "endbetrag",
    "carried",
    "brought",
    "forward",
    "ubertrag",
    "montant",
    "base",
    "suma",
    "invoice",
    "factura",
    "facture",
    "rechnung",
    "factuur",
    "general",
    "due",
    "incl",
    "inkl",
    "excl",
    "exkl",
    "ht",
    "ttc",
    "eur",
    "usd",
    "gbp",
    "chf",
    "inr",
    "euro",
    "zzgl",
    "including",
    "excluding",
    "inc",
    "page",
    "seite",
    "general",
    "payable",
    "imponible",
    "bruto",
    "neto",
    "brut",
];
/// Words of a sum that alone say so.
const FIRST: &[&str] =
    &["invoice", "factura", "facture", "rechnung", "factuur", "amount", "importe", "montant", "page", "seite", "base"];
/// Concepts of amounts that may be rows of their own: taxes and fees of a list.
const ROWS: &[&str] =
    &["tax deducted", "hourly rate", "tip", "shipping", "discount", "debit", "credit", "unit price", "line total"];

/// Whether a line's first words say a sum rather than a row: nothing but words of sums, or what documents call one.
pub fn is_sum(line: &Line) -> bool {
    static WORDS: LazyLock<HashSet<String>> =
        LazyLock::new(|| SUMS.iter().flat_map(|word| tokens(word)).map(|token| token.norm).collect());
    if !line.pieces.iter().any(|piece| piece.text.contains(|c: char| c.is_ascii_digit())) {
        return false;
    }
    let words: Vec<String> = tokens(&first_run(line))
        .into_iter()
        .map(|token| token.norm)
        .filter(|norm| norm.chars().all(char::is_alphabetic) && norm != "percent" && !is_filler(norm))
        .collect();
    let only = words.iter().all(|word| WORDS.contains(word));
    let says = words.iter().any(|word| !FIRST.contains(&word.as_str()));
    let named = || {
        of_words(&words).any(|known| {
            known.concept.shape == Shape::Money && known.concept.labels.first().is_some_and(|name| !ROWS.contains(name))
        })
    };
    (1..=6).contains(&words.len()) && (only && says || named())
}

/// The words that a line begins with, up to a gap.
fn first_run(line: &Line) -> String {
    let gap = if line.grid.is_some() { 0.0 } else { RUN_GAP * line.height() };
    let rest = line.pieces.windows(2).take_while(|pair| pair[1].x0 - pair[0].x1 < gap).count();
    text_of(&line.pieces[..(rest + 1).min(line.pieces.len())])
}
