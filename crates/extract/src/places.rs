//! From a label to the value that stands by it: on the same line, in the next cell, below.

mod alone;
mod boxes;
mod years;

use docmill_model::document::Page;
use serde_json::Value;

use crate::concepts::is_known_label;
use crate::confidence::Way;
use crate::fields::{Edge, Field};
use crate::forms::{self, FormPlace};
use crate::labels::{Hit, PROSE_WORDS, hits, sections};
use crate::recognise::codes::companies;
use crate::recognise::words::after_separators;
use crate::recognise::{DateOrder, DateStyle, Found, Habits, Want, dates};
use crate::tokens::tokens;
use crate::view::View;

/// Values of one field that are compared.
const CANDIDATES_MAX: usize = 40;
/// A choice without a label stands in a phrase of at most so many words.
const CHOICE_WORDS_MAX: usize = 4;
/// Lines of an address.
const ADDRESS_LINES_MAX: usize = 5;
/// Signs that part the items of a list that goes on over lines.
const LIST_SIGNS: &[char] = &['•', '·', '|'];
/// Signs between the items of a list in one line.
const BETWEEN_ITEMS: &[char] = &[',', ';', '|', '•', '·'];
/// How many phrases after its heading a section reaches.
const SECTION_REACH: usize = 14;

/// Bytes of a phrase's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub phrase: usize,
    pub start: usize,
    pub end: usize,
}

/// A value that a field may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// One entry, or the elements of an array, each with the places it was read from.
    pub items: Vec<(Value, Vec<Span>)>,
    /// 0 to 1: label, type and place together.
    pub score: f32,
    pub way: Way,
    /// How much the text looks like the type, 0 to 1.
    pub fit: f32,
    /// It adds up with other amounts of the document.
    pub adds_up: bool,
    /// A label says whose it is.
    pub role_label: bool,
    /// The label that it stands by, as the page prints it, with its phrase.
    pub label: Option<Span>,
    /// The field of a form that says it; then `items` have no places.
    pub form: Option<FormPlace>,
}

impl Candidate {
    pub const fn new(items: Vec<(Value, Vec<Span>)>, score: f32) -> Self {
        Self { items, score, way: Way::Same, fit: 0.9, adds_up: false, role_label: false, label: None, form: None }
    }
}

/// All values that a field may take, best first.
pub fn candidates(view: &View, field: &Field, habits: Habits) -> Vec<Candidate> {
    if view.is_stopped() {
        return Vec::new();
    }
    let search = Search { view, field, habits, sections: sections(view, &field.section) };
    let mut found: Vec<Candidate> = hits(view, field).iter().flat_map(|hit| search.at(hit)).collect();
    found.extend(forms::candidates(view, field, habits));
    if found.is_empty() {
        found = search.without_label();
    }
    if field.is("fiscal year") {
        let is_year = |value: &Value| value.as_i64().is_none_or(|year| (1900..2100).contains(&year));
        found.retain(|candidate| candidate.items.iter().all(|(value, _)| is_year(value)));
        if found.is_empty() {
            found.extend(search.year_of_title());
        }
    }
    if field.speaks {
        let speaks = |value: &Value| value.as_str().is_none_or(says_something);
        found.retain(|candidate| candidate.items.iter().all(|(value, _)| speaks(value)));
    }
    if field.is("name") || matches!(field.want, Want::Person) {
        // An address of mail is no name.
        found.retain(|candidate| {
            !candidate.items.iter().any(|(value, _)| value.as_str().is_some_and(|text| text.contains('@')))
        });
    }
    if found.is_empty() {
        found.extend(search.title_under_name().or_else(|| search.place_and_date()));
        found.extend(search.name_on_top().or_else(|| search.name_said_again()));
    }
    if let Some(page) = field.page {
        found.retain(|candidate| stands_on(view, candidate, page));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(CANDIDATES_MAX);
    found
}

/// Whether a text is more than a number, a date or a code.
fn says_something(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2 && letters > digits && dates::find(text, &DateStyle::Iso, DateOrder::Unknown).is_empty()
}

/// Whether a candidate is on the page that the schema names, from 1, or from the end with a minus.
fn stands_on(view: &View, candidate: &Candidate, page: i64) -> bool {
    let index = if page < 0 { view.pages.len() as i64 + page } else { page - 1 };
    let on = |at: usize| {
        view.pages.get(at).is_some_and(|p| if page < 0 { at as i64 == index } else { i64::from(p.number) == page })
    };
    let mut spans = candidate.items.iter().flat_map(|(_, spans)| spans);
    candidate.form.is_some_and(|form| on(form.page)) || spans.any(|span| on(view.phrases[span.phrase].page))
}

struct Search<'a> {
    view: &'a View<'a>,
    field: &'a Field,
    habits: Habits,
    sections: Vec<usize>,
}

/// Where the value would begin in the label's own phrase.
struct Rest {
    start: usize,
    end: usize,
    colon: bool,
}

impl Search<'_> {
    fn at(&self, hit: &Hit) -> Vec<Candidate> {
        // Of places that are equally good, sums stand last in a document and all else first.
        let late = hit.phrase as f32 / self.view.phrases.len().max(1) as f32;
        let order = if self.is_money() { 0.97 + 0.03 * late } else { 1.0 - 0.02 * late };
        let score = hit.score * self.section_factor(hit) * order;
        let mut found = Vec::new();
        if self.field.want_is_boolean()
            && let Some(candidate) = self.box_before(hit, score)
        {
            return vec![candidate];
        }
        let rest = self.rest(hit);
        if rest.start < rest.end {
            self.same_phrase(hit, &rest, score, &mut found);
            mark(&mut found, 0, if rest.colon { Way::Colon } else { Way::Same });
        }
        if found.is_empty() && matches!(self.field.want, Want::Number { percent: true, .. }) {
            // `20% VAT`: a rate stands before its name too.
            let text = &self.view.phrases[hit.phrase].text[..hit.start];
            let before = self.values(text).into_iter().rfind(|value| value.fit > 0.95);
            found.extend(before.map(|value| self.typed(hit.phrase, 0, &value, score * 0.9)));
        }
        let open = rest.start >= rest.end;
        // A text beside the last word of a sentence is not that word's value.
        let labelled = hit.whole || rest.colon || self.is_typed();
        if open && labelled || hit.whole && found.is_empty() && self.is_typed() && !hit.weak {
            self.beside(hit, score * if open { 1.0 } else { 0.8 }, &mut found);
        } else if self.is_money() && found.iter().all(|candidate| candidate.score < score * 0.95) {
            let before = found.len();
            self.amount_of_line(hit, score, &mut found);
            mark(&mut found, before, Way::LineEnd);
        }
        let label = Span { phrase: hit.phrase, start: hit.start, end: hit.end };
        found.iter_mut().for_each(|candidate| candidate.label = Some(label.clone()));
        found
    }

    fn is_typed(&self) -> bool {
        !self.field.want.is_free_text()
    }

    /// A label of the object's own counts fully under the object's heading.
    fn section_factor(&self, hit: &Hit) -> f32 {
        if self.field.section.is_empty() || hit.score > 0.97 {
            return 1.0;
        }
        let before = self.sections.iter().rev().find(|at| **at <= hit.phrase);
        match before {
            Some(at) if hit.phrase - at <= SECTION_REACH => 1.0 - 0.015 * (hit.phrase - at) as f32,
            _ if self.sections.is_empty() => 0.85,
            _ => 0.6,
        }
    }

    /// What is left of the label's phrase, up to the next `label:` in it.
    fn rest(&self, hit: &Hit) -> Rest {
        let text = &self.view.phrases[hit.phrase].text;
        let after = &text[hit.end..];
        let colon = colon(after);
        let other = after.trim_start().strip_prefix('/').map(tokens).filter(|_| colon.is_none());
        if other.is_some_and(|other| is_known_label(&other)) {
            // The same label in another language: the value stands beside both.
            return Rest { start: text.len(), end: text.len(), colon: false };
        }
        // A colon a few words on still ends this label: `Total (incl. tax): 5`, `Tax 10%: 5`.
        let own = colon.filter(|at| {
            let between = &after[..*at];
            let digits = |word: &str| word.contains(|c: char| c.is_ascii_digit()) && !word.contains('%');
            between.split_whitespace().count() <= 3 && !between.split_whitespace().any(digits)
        });
        let start = hit.end + own.map_or(0, |at| at + 1);
        let start = start + after_separators(&text[start..]);
        let end = self.next_label(text, start);
        Rest { start: start.min(end), end, colon: own.is_some() }
    }

    /// Where the next label of the same phrase begins: a word before its colon.
    fn next_label(&self, text: &str, from: usize) -> usize {
        let Some(at) = colon(&text[from..]).map(|at| at + from) else { return text.len() };
        let words = &text[from..at];
        words.trim_end().rfind(' ').map_or(from, |space| from + space)
    }

    fn same_phrase(&self, hit: &Hit, rest: &Rest, score: f32, found: &mut Vec<Candidate>) {
        let phrase = &self.view.phrases[hit.phrase];
        let text = &phrase.text[rest.start..rest.end];
        if !self.is_typed() {
            // Without a colon a label and its text are told apart only in short lines that begin with the label.
            let begins = hit.start <= 2 && phrase.starts.len() < PROSE_WORDS && !hit.weak;
            let named = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
            // A name has a form of its own, if a weak one.
            let factor = match self.field.want {
                _ if rest.colon => 0.97,
                Want::Person => 0.7,
                _ => 0.6,
            };
            if rest.colon || begins && named {
                self.texts(hit.phrase, rest.start, rest.end, score * factor, found);
            }
            return;
        }
        let values = self.values(text);
        let last = values.len().saturating_sub(1);
        for (index, value) in values.iter().enumerate().take(12) {
            let words =
                text[..value.range.start].split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count();
            if hit.weak && (words > 0 || value.fit < 0.95) {
                continue;
            }
            let near = 0.93_f32.powi(words.min(12) as i32) * if rest.colon || words == 0 { 1.0 } else { 0.95 };
            // The amount of a line is its last number.
            let near = if index == last && self.is_money() { near.max(0.92) } else { near };
            found.push(self.typed(hit.phrase, rest.start, value, score * near));
        }
        if self.field.many && values.len() > 1 {
            let items = values.iter().map(|v| self.item(hit.phrase, rest.start, v)).collect();
            found.push(Candidate::new(items, score * 0.95));
        }
    }

    /// The values of a text; of a period's two dates the one that is wanted.
    fn values(&self, text: &str) -> Vec<Found> {
        let mut values = self.field.want.find(text, self.habits);
        if values.len() == 2 {
            match self.field.edge {
                Some(Edge::First) => values.truncate(1),
                Some(Edge::Last) => drop(values.remove(0)),
                None => {}
            }
        }
        values
    }

    fn is_money(&self) -> bool {
        matches!(self.field.want, Want::Number { money: true, .. } | Want::NumberText | Want::MoneyText)
    }

    fn item(&self, phrase: usize, offset: usize, found: &Found) -> (Value, Vec<Span>) {
        let span = Span { phrase, start: offset + found.range.start, end: offset + found.range.end };
        (found.value.clone(), vec![span])
    }

    fn typed(&self, phrase: usize, offset: usize, found: &Found, score: f32) -> Candidate {
        Candidate { fit: found.fit, ..Candidate::new(vec![self.item(phrase, offset, found)], score * found.fit) }
    }

    /// A text value, or its parts when several are wanted.
    fn texts(&self, phrase: usize, start: usize, end: usize, score: f32, found: &mut Vec<Candidate>) {
        let text = &self.view.phrases[phrase].text;
        let mut items = Vec::new();
        let mut from = start;
        for part in text[start..end].split_inclusive(BETWEEN_ITEMS).filter(|_| self.field.many) {
            let bare = part.trim_end_matches(BETWEEN_ITEMS);
            items.extend(self.field.want.find(bare, self.habits).iter().map(|value| self.item(phrase, from, value)));
            from += part.len();
        }
        if !self.field.many {
            let value = self.field.want.find(&text[start..end], self.habits);
            items.extend(value.iter().map(|value| self.item(phrase, start, value)));
        }
        if !items.is_empty() {
            found.push(Candidate::new(items, score * 0.95));
        }
    }

    /// Looks right of the label, then below it.
    fn beside(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) {
        let label = &self.view.phrases[hit.phrase];
        let before = found.len();
        if self.field.many && (self.list_after(hit, score, found) || self.run_after(hit, score, found)) {
            mark(found, before, Way::List);
            return;
        }
        if matches!(self.field.want, Want::Choice(_)) && self.ticked(hit, score, found) {
            mark(found, before, Way::Right);
            return;
        }
        if matches!(self.field.want, Want::Choice(_)) && self.offers(hit.phrase) {
            return;
        }
        let header = label.cell.is_some_and(|cell| cell.row == 0)
            && label.below.is_some()
            && label.right.is_some_and(|r| self.view.is_label(r));
        if let Some(figure) = self.figure_of_latest_year(hit.phrase) {
            self.whole(figure, score * 0.97, hit, found);
            mark(found, before, Way::Right);
            return;
        }
        if let Some(right) = label.right.filter(|right| !header && !self.view.is_label(*right)) {
            let far = self.distance(hit.phrase, right);
            let before = found.len();
            self.whole(right, score * (0.97 - 0.25 * far), hit, found);
            // A sign of a currency may stand alone between the two.
            if found.len() == before
                && self.is_typed()
                && let Some(next) = self.view.phrases[right].right.filter(|next| !self.view.is_label(*next))
            {
                self.whole(next, score * (0.85 - 0.25 * far), hit, found);
            }
            mark(found, before, Way::Right);
        }
        let before = found.len();
        if let Some(below) = label.below.filter(|below| !self.view.is_label(*below)) {
            // Under a header of several rows stands a column, not a value.
            let column = label.cell.is_some() && !label.text.ends_with(':') && self.is_column(below);
            let factor = if column {
                0.5
            } else if label.bbox.is_some() || label.cell.is_some() {
                0.88
            } else {
                0.75
            };
            self.whole(below, score * factor, hit, found);
        }
        mark(found, before, Way::Below);
    }

    /// Whether under this cell another one of the same kind follows.
    fn is_column(&self, cell: usize) -> bool {
        let Some(next) = self.view.phrases[cell].below.map(|next| &self.view.phrases[next]) else { return false };
        if next.is_label {
            return false;
        }
        let (this, that) = (self.view.phrases[cell].cell, next.cell);
        let same = this.zip(that).is_some_and(|(a, b)| a.block == b.block && a.column == b.column && a.row != b.row);
        // A figure with a remark under it is no column of figures.
        let worded = |text: &str| text.split(' ').filter(|word| word.chars().all(char::is_alphabetic)).count() >= 2;
        let alike = worded(&self.view.phrases[cell].text) == worded(&next.text);
        same && alike && !self.field.want.find(&next.text, self.habits).is_empty()
    }

    /// `Tax 15% on $ 112.90      $ 16.94`: the amount of a line stands at its end.
    fn amount_of_line(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) {
        let mut last = hit.phrase;
        while let Some(right) =
            self.view.phrases[last].right.filter(|right| *right > last && !self.view.is_label(*right))
        {
            last = right;
        }
        if last != hit.phrase {
            self.whole(last, score * 0.93, hit, found);
        }
    }

    /// The gap between two phrases as a share of the page's width.
    fn distance(&self, left: usize, right: usize) -> f32 {
        let (a, b) = (&self.view.phrases[left], &self.view.phrases[right]);
        let page: &Page = &self.view.pages[a.page];
        match (a.bbox, b.bbox, page.width) {
            (Some(x), Some(y), Some(width)) if width > 0.0 && a.cell.is_none() => {
                ((y.x - x.right()) / width).clamp(0.0, 1.0)
            }
            _ => 0.0,
        }
    }

    /// The value is what the phrase says.
    fn whole(&self, phrase: usize, score: f32, hit: &Hit, found: &mut Vec<Candidate>) {
        let text = &self.view.phrases[phrase].text;
        let end = self.next_label(text, 0);
        match self.field.want {
            Want::Address => self.address(phrase, score, found),
            Want::Text | Want::Person => {
                let words = self.view.phrases[phrase].starts.len();
                self.texts(phrase, 0, end, score * if words > PROSE_WORDS { 0.6 } else { 1.0 }, found);
            }
            _ => {
                for value in self.values(&text[..end]).iter().take(3) {
                    let words = text[..value.range.start].split_whitespace().count();
                    if !(hit.weak && (words > 1 || value.fit < 0.95)) {
                        found.push(self.typed(phrase, 0, value, score * 0.9_f32.powi(words.min(12) as i32)));
                    }
                }
            }
        }
    }

    /// Lines below each other. The first line is the name when it has no digit and others follow.
    fn address(&self, phrase: usize, score: f32, found: &mut Vec<Candidate>) {
        let mut lines = vec![phrase];
        while lines.len() <= ADDRESS_LINES_MAX
            && let Some(next) = self.view.phrases[lines[lines.len() - 1]].below
            && !self.view.is_label(next)
            && !self.view.phrases[next].text.contains([':', '@'])
        {
            lines.push(next);
        }
        let named = !self.view.phrases[phrase].text.contains(|c: char| c.is_ascii_digit());
        if lines.len() > 2 && named {
            lines.remove(0);
        }
        let texts: Vec<&str> =
            lines.iter().map(|line| self.view.phrases[*line].text.trim_end_matches([',', ' '])).collect();
        // Every address has a number somewhere; lines without one are something else.
        if texts.iter().any(|text| text.contains(|c: char| c.is_ascii_digit())) {
            let spans =
                lines.iter().map(|line| Span { phrase: *line, start: 0, end: self.view.phrases[*line].text.len() });
            let items = vec![(Value::String(texts.join(", ")), spans.collect())];
            found.push(Candidate::new(items, score * 0.85));
        }
    }

    /// The items of a list that follows the label, for arrays.
    fn list_after(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) -> bool {
        let phrases = &self.view.phrases;
        let in_list = |at: usize| phrases.get(at).and_then(|phrase| Some((phrase.page, phrase.list?)));
        let list = in_list(hit.phrase + 1);
        // Of two columns the reading order may be another's: then the signs before the items tell.
        let has_bullet = |at: usize| phrases[at].text.starts_with(['•', '-', '–', '*', '·', '▪', '‣']);
        let below = phrases[hit.phrase].below.filter(|at| has_bullet(*at));
        let lines: Vec<usize> = match (list, below) {
            (_, Some(first)) => {
                let next = |at: &usize| phrases[*at].below.filter(|next| next > at && has_bullet(*next));
                std::iter::successors(Some(first), next).take(CANDIDATES_MAX).collect()
            }
            (Some(_), None) => (hit.phrase + 1..phrases.len()).take_while(|at| in_list(*at) == list).collect(),
            (None, None) => return false,
        };
        let mut items = Vec::new();
        for at in lines {
            let start = after_separators(&phrases[at].text);
            let value = self.field.want.find(&phrases[at].text[start..], self.habits);
            items.extend(value.first().map(|value| self.item(at, start, value)));
        }
        let any = !items.is_empty();
        if any {
            found.push(Candidate::new(items, score * 0.9));
        }
        any
    }

    /// Several values under or beside a label without bullets: side by side, or parted by signs, also over lines.
    fn run_after(&self, hit: &Hit, score: f32, found: &mut Vec<Candidate>) -> bool {
        let phrases = &self.view.phrases;
        let label = &phrases[hit.phrase];
        let free = |at: &usize| !self.view.is_label(*at);
        let Some(first) = label.right.filter(free).or(label.below.filter(free)) else { return false };
        let parted = |at: usize| phrases[at].text.contains(LIST_SIGNS) || phrases[at].text.contains(',');
        let goes_on = |at: &usize| {
            let (text, right) = (&phrases[*at].text, phrases[*at].right.filter(|next| next > at).filter(free));
            let under = phrases[*at].below.filter(|next| next > at).filter(free);
            let wrapped = |next: &usize| {
                text.ends_with(LIST_SIGNS) || phrases[*next].text.starts_with(LIST_SIGNS) || text.ends_with(',')
            };
            right.filter(|_| !parted(*at)).or(under.filter(wrapped))
        };
        let run: Vec<usize> = std::iter::successors(Some(first), goes_on).take(CANDIDATES_MAX).collect();
        if run.len() < 2 {
            return false;
        }
        let mut items = Vec::new();
        for at in run {
            let mut from = 0;
            for part in phrases[at].text.split_inclusive(BETWEEN_ITEMS) {
                let bare = part.trim_end_matches(BETWEEN_ITEMS);
                items.extend(self.field.want.find(bare, self.habits).iter().map(|value| self.item(at, from, value)));
                from += part.len();
            }
        }
        let any = items.len() >= 2;
        if any {
            found.push(Candidate::new(items, score * 0.85));
        }
        any
    }

    /// A short text of the first page that calls itself a bank, from the top.
    fn bank(&self) -> Option<Candidate> {
        const WORDS: &[&str] =
            &["bank", "banque", "banco", "banca", "caja", "caisse", "sparkasse", "credit", "kreissparkasse"];
        let is_bank = |text: &str| {
            let words = tokens(text);
            let named = |word: &str| WORDS.contains(&word) || word.ends_with("bank") || word.ends_with("sparkasse");
            (2..=5).contains(&words.len()) && words.iter().any(|token| named(&token.norm))
        };
        let first = self.view.phrases.iter().take_while(|phrase| phrase.page == 0).enumerate();
        let mut named =
            first.filter(|(_, phrase)| !phrase.is_label && says_something(&phrase.text) && is_bank(&phrase.text));
        let (at, phrase) = named.next()?;
        let text = self.field.want.find(&phrase.text, self.habits).into_iter().next()?;
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(at, 0, &text)], 0.6) })
    }

    /// Values with a form of their own need no label when the document has just one of them.
    fn without_label(&self) -> Vec<Candidate> {
        if self.field.is("bank") {
            return self.bank().into_iter().collect();
        }
        // The only date of a document is its own.
        let own_date = self.field.is("invoice date") && matches!(self.field.want, Want::Date(_));
        let phone = matches!(self.field.want, Want::Phone);
        if !self.field.want.is_self_evident() && !self.field.issuer && !own_date && !phone {
            return Vec::new();
        }
        let mut distinct: Vec<(Value, Vec<Span>, f32, usize)> = Vec::new();
        for (at, phrase) in self.view.phrases.iter().enumerate() {
            let evident = if self.field.issuer {
                companies(&phrase.text)
            } else {
                self.field.want.find(&phrase.text, self.habits)
            };
            for found in evident.into_iter().filter(|found| self.speaks_alone(phrase, found)) {
                let (value, spans) = self.item(at, 0, &found);
                match distinct.iter().position(|(known, ..)| *known == value) {
                    Some(known) => distinct[known].3 += 1,
                    None if distinct.len() < CANDIDATES_MAX => distinct.push((value, spans, found.fit, 1)),
                    None => {}
                }
            }
        }
        let own = if self.field.path.len() > 1 { 0.55 } else { 0.65 };
        if self.field.many && !distinct.is_empty() {
            let items = distinct.into_iter().map(|(value, spans, ..)| (value, spans)).collect();
            return vec![Candidate { way: Way::Evident, ..Candidate::new(items, own) }];
        }
        let total: usize = distinct.iter().map(|entry| entry.3).sum();
        let most = distinct.into_iter().max_by_key(|entry| entry.3);
        most.filter(|entry| {
            entry.3 == total || (self.field.want.is_currency() || self.field.issuer) && entry.3 * 2 > total
        })
        .map(|(value, spans, fit, _)| Candidate {
            way: Way::Evident,
            fit,
            ..Candidate::new(vec![(value, spans)], own * fit)
        })
        .into_iter()
        .collect()
    }
}

fn mark(found: &mut [Candidate], from: usize, way: Way) {
    found[from..].iter_mut().for_each(|candidate| candidate.way = way);
}

/// The first colon that ends a label: not one of a time or a web address.
pub fn colon(text: &str) -> Option<usize> {
    text.match_indices(':').map(|(at, _)| at).find(|at| {
        let next = text[at + 1..].chars().next();
        let digit_before = text[..*at].ends_with(|c: char| c.is_ascii_digit());
        !(next == Some('/') || digit_before && next.is_some_and(|c| c.is_ascii_digit()))
    })
}

impl Field {
    const fn want_is_boolean(&self) -> bool {
        matches!(self.want, Want::Boolean)
    }
}

impl Want {
    const fn is_currency(&self) -> bool {
        matches!(self, Self::Currency)
    }
}
