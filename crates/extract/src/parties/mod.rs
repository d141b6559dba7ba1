//! Firms and persons with their addresses: blocks of lines around a line with a post code and a place.

mod places;

use serde_json::Value;

use crate::concepts::{Role, is_known_label};
use crate::confidence::Way;
use crate::fields::{Field, Part};
use crate::places::{Candidate, Span};
use crate::recognise::{Habits, Want};
use crate::tokens::{fold, tokens};
use crate::view::{Phrase, View};
use places::{COUNTRIES, Place, is_street, place};

/// Addresses of one document that are read.
const PARTIES_MAX: usize = 60;
/// Lines above the place: the street, what stands between, the name.
const LINES_ABOVE: usize = 5;
/// Lines below it that may say how to reach the party.
const LINES_BELOW: usize = 6;
/// How sure a part is under a label that says whose it is, and without one.
const LABELLED: f32 = 0.88;
const UNLABELLED: f32 = 0.7;

#[derive(Debug, Clone, Default)]
pub struct Party {
    parts: Vec<(Part, String, Vec<Span>)>,
    role: Option<Role>,
    /// A label says the role.
    labelled: bool,
    /// How much it looks like the firm that the document is from.
    from_here: f32,
}

impl Party {
    fn get(&self, part: Part) -> Option<&str> {
        self.parts.iter().find(|(own, ..)| *own == part).map(|(_, text, _)| text.as_str())
    }

    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    pub fn says(&self, part: Part) -> bool {
        self.get(part).is_some()
    }

    fn same(&self, other: &Self) -> bool {
        self.get(Part::PostCode) == other.get(Part::PostCode) && self.get(Part::Street) == other.get(Part::Street)
    }
}

/// The parties of a document, each with its role where that can be told.
pub fn parties(view: &View, habits: Habits) -> Vec<Party> {
    let mut found = Vec::new();
    for (at, phrase) in view.phrases.iter().enumerate() {
        if found.len() < PARTIES_MAX
            && let Some(place) = place(&phrase.text)
        {
            found.extend(Reading { view, habits }.party(at, &place));
        }
    }
    give_roles(&mut found);
    found
}

/// The values that parties give a field.
pub fn candidates(parties: &[Party], field: &Field) -> Vec<Candidate> {
    let (Some(part), Some(role)) = (field.part, field.role) else { return Vec::new() };
    let own = parties.iter().filter(|party| party.role == Some(role));
    let parts = own.flat_map(|party| party.parts.iter().map(move |entry| (party, entry)));
    let mut found: Vec<Candidate> = Vec::new();
    for (party, (own, text, spans)) in parts {
        if *own == part {
            let code = part == Part::Country && field.path.last().is_some_and(|name| fold(name).contains("code"));
            let text = if code { country_code(text).unwrap_or(text) } else { text };
            let score = if party.labelled { LABELLED } else { UNLABELLED };
            let items = vec![(Value::String(text.to_owned()), spans.clone())];
            found.push(Candidate { way: Way::Party, role_label: party.labelled, ..Candidate::new(items, score) });
        }
    }
    found
}

fn country_code(name: &str) -> Option<&'static str> {
    let name = fold(name);
    COUNTRIES.iter().find(|names| names.split('|').any(|known| known == name)).and_then(|names| names.split('|').next())
}

struct Reading<'a> {
    view: &'a View<'a>,
    habits: Habits,
}

/// A piece of a phrase.
#[derive(Clone)]
struct Piece {
    span: Span,
    text: String,
}

impl Reading<'_> {
    /// The party whose place stands in a phrase, when a street stands before it.
    fn party(&self, at: usize, place: &Place) -> Option<Party> {
        let phrase = &self.view.phrases[at];
        let inline = pieces(at, &phrase.text[..place.start]);
        let one_line = inline.iter().any(|piece| is_street(&piece.text));
        // The name may stand over a line that says street and place.
        let named = one_line && inline.first().is_some_and(|first| !is_street(&first.text));
        let mut lines: Vec<Piece> = if named { Vec::new() } else { self.above(at) };
        lines.extend(inline);
        let mut street = lines.iter().rposition(|line| is_street(&line.text))?;
        let mut party = Party::default();
        self.add_place(&mut party, at, place, lines.get(street + 1..).unwrap_or_default());
        let mut first = street;
        // A line of the street may stand in two: the floor, the building.
        while first > 0 && street - first < 1 && is_street(&lines[first - 1].text) && lines[first - 1].text.len() < 30 {
            first -= 1;
        }
        if first > 0 && first < street {
            street = first;
        }
        let (above, text) = (&lines[..first], lines[street].clone());
        party.parts.push((Part::Street, text.text, vec![text.span]));
        if let Some((role, name)) = self.name(above) {
            party.parts.extend(name.map(|name| (Part::Name, name.text, vec![name.span])));
            party.role = role;
        }
        let top = lines.first().map_or(at, |line| line.span.phrase);
        party.role = party.role.or_else(|| self.role_beside(top));
        party.labelled = party.role.is_some();
        let contact = !one_line && self.add_contacts(&mut party, at);
        party.from_here = self.sender(&party, at, one_line, contact);
        add_address(self.view, &mut party);
        Some(party)
    }

    fn add_place(&self, party: &mut Party, at: usize, place: &Place, between: &[Piece]) {
        let text = &self.view.phrases[at].text;
        let mut add = |part: Part, range: &std::ops::Range<usize>| {
            let span = Span { phrase: at, start: range.start, end: range.end };
            party.parts.push((part, text[range.clone()].to_owned(), vec![span]));
        };
        add(Part::PostCode, &place.code);
        if let Some(state) = &place.state {
            add(Part::State, state);
        }
        if let Some(country) = &place.country {
            add(Part::Country, country);
        }
        match (&place.city, between.last()) {
            (Some(city), _) => add(Part::City, city),
            // In Britain the place stands on the line before its code.
            (None, Some(line)) if !line.text.contains(|c: char| c.is_ascii_digit()) => {
                party.parts.push((Part::City, line.text.clone(), vec![line.span.clone()]));
            }
            _ => {}
        }
        if place.country.is_none()
            && let Some(below) = self.below(at)
            && country_code(self.view.phrases[below].text.trim()).is_some()
        {
            let text = self.view.phrases[below].text.trim().to_owned();
            let span = Span { phrase: below, start: 0, end: self.view.phrases[below].text.len() };
            party.parts.push((Part::Country, text, vec![span]));
        }
    }

    /// The name over a street, and the role when a label stands over the name or before it.
    fn name(&self, above: &[Piece]) -> Option<(Option<Role>, Option<Piece>)> {
        let mut lines = above;
        let mut role = None;
        for (at, line) in above.iter().enumerate().rev() {
            let label = line.text.trim_end_matches(':');
            if let Some(own) = role_in(label) {
                (role, lines) = (Some(own), &above[at + 1..]);
                break;
            }
            let (before, after) = line.text.split_once(':').unwrap_or_default();
            if let Some(own) = role_in(before) {
                let start = line.span.end - after.trim_start().len();
                let span = Span { start, ..line.span.clone() };
                return Some((Some(own), Some(Piece { span, text: after.trim().to_owned() })));
            }
            if line.text.ends_with(':') || is_known_label(&tokens(&line.text)) {
                lines = &above[at + 1..];
                break;
            }
        }
        let named = |line: &&Piece| {
            line.text.contains(char::is_alphabetic) && !line.text.contains(['@', ':']) && line.text.len() <= 80
        };
        Some((role, lines.iter().find(named).map(without_salutation)))
    }

    /// The role that a label left of a block says, or above its first line.
    fn role_beside(&self, top: usize) -> Option<Role> {
        let own = &self.view.phrases[top];
        let near = top.saturating_sub(30)..(top + 30).min(self.view.phrases.len());
        near.filter(|other| *other != top && self.view.phrases[*other].page == own.page)
            .filter(|other| self.view.phrases[*other].right == Some(top) || self.above_of(top) == Some(*other))
            .find_map(|other| role_in(self.view.phrases[other].text.trim_end_matches(':')))
    }

    fn add_contacts(&self, party: &mut Party, at: usize) -> bool {
        let mut line = at;
        let mut any = false;
        for _ in 0..LINES_BELOW {
            let Some(below) = self.below(line) else { break };
            if place(&self.view.phrases[below].text).is_some() || role_in(&self.view.phrases[below].text).is_some() {
                break;
            }
            let text = &self.view.phrases[below].text;
            for (part, want) in [(Part::Email, Want::Email), (Part::Url, Want::Url), (Part::Phone, Want::Phone)] {
                let fax = part == Part::Phone && fold(text).contains("fax");
                let found = want.find(text, self.habits).into_iter().next().filter(|_| !fax);
                if let Some(found) = found.filter(|_| party.get(part).is_none()) {
                    let span = Span { phrase: below, start: found.range.start, end: found.range.end };
                    let value = found.value.as_str().unwrap_or_default().to_owned();
                    party.parts.push((part, value, vec![span]));
                    any = true;
                }
            }
            line = below;
        }
        any
    }

    /// Letterheads and footers, lines that say all at once, what tells how to reach it, and a name that is said again.
    fn sender(&self, party: &Party, at: usize, one_line: bool, contact: bool) -> f32 {
        let phrase = &self.view.phrases[at];
        let page = &self.view.pages[phrase.page];
        let height = page.height;
        let share = phrase.bbox.zip(height).map_or(0.3, |(bbox, height)| bbox.y / height);
        let edge = if !(0.13..=0.87).contains(&share) { 1.5 } else { 0.0 };
        let name = party.get(Part::Name).unwrap_or_default();
        let again = !name.is_empty() && self.view.phrases.iter().filter(|other| other.text.contains(name)).count() > 1;
        let aside = phrase.bbox.zip(page.width).is_some_and(|(bbox, width)| bbox.x > 0.42 * width);
        let aside = if aside { 0.3 } else { 0.0 };
        edge + aside
            + if one_line { 1.5 } else { 0.0 }
            + if contact { 2.0 } else { 0.0 }
            + if again { 1.0 } else { 0.0 }
    }

    /// The lines that stand over a phrase as one block, from the top.
    fn above(&self, at: usize) -> Vec<Piece> {
        let mut lines = Vec::new();
        let mut line = at;
        while lines.len() < LINES_ABOVE
            && let Some(next) = self.above_of(line)
        {
            let text = self.view.phrases[next].text.clone();
            lines.push(Piece { span: Span { phrase: next, start: 0, end: text.len() }, text });
            line = next;
        }
        lines.reverse();
        lines
    }

    fn above_of(&self, at: usize) -> Option<usize> {
        let own = &self.view.phrases[at];
        let Some(bbox) = own.bbox else {
            return at.checked_sub(1).filter(|before| self.view.phrases[*before].page == own.page);
        };
        // Phrases are in reading order: a block's lines stand near to each other.
        let near = at.saturating_sub(40)..(at + 40).min(self.view.phrases.len());
        let over = near.filter(|other| *other != at && self.is_stacked(*other, at));
        over.max_by(|a, b| {
            let bottom = |at: usize| self.view.phrases[at].bbox.map_or(0.0, |b| b.bottom());
            bottom(*a).total_cmp(&bottom(*b))
        })
        .filter(|over| self.view.phrases[*over].bbox.is_some_and(|b| b.y < bbox.y))
    }

    fn below(&self, at: usize) -> Option<usize> {
        if self.view.phrases[at].bbox.is_none() {
            return self
                .view
                .phrases
                .get(at + 1)
                .filter(|next| next.page == self.view.phrases[at].page)
                .map(|_| at + 1);
        }
        let near = at.saturating_sub(40)..(at + 40).min(self.view.phrases.len());
        near.filter(|other| *other != at && self.is_stacked(at, *other)).min_by(|a, b| {
            let top = |at: usize| self.view.phrases[at].bbox.map_or(0.0, |b| b.y);
            top(*a).total_cmp(&top(*b))
        })
    }

    /// Whether two phrases are lines of one block: the lower one right below, at the same edge or middle.
    fn is_stacked(&self, upper: usize, lower: usize) -> bool {
        let (a, b): (&Phrase, &Phrase) = (&self.view.phrases[upper], &self.view.phrases[lower]);
        let (Some(x), Some(y)) = (a.bbox, b.bbox) else { return false };
        let gap = y.y - x.bottom();
        let near = a.page == b.page && y.y > x.y + 0.5 * x.h && gap < 1.1 * y.h.max(x.h) && gap > -0.4 * y.h;
        let aligned =
            (x.x - y.x).abs() < 3.0 || (x.right() - y.right()).abs() < 3.0 || (x.center().0 - y.center().0).abs() < 3.0;
        near && aligned
    }
}

/// The pieces of a line that says an address at once: `Mill & Co · 5 Lane · 12345 Town`.
fn pieces(phrase: usize, text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut ends: Vec<(usize, usize)> = text
        .char_indices()
        .filter(|(at, c)| {
            matches!(c, '·' | '|' | '•' | ',' | ';') || matches!(c, '-' | '–' | '—') && text[..*at].ends_with(' ')
        })
        .map(|(at, c)| (at, c.len_utf8()))
        .collect();
    ends.push((text.len(), 0));
    for (end, width) in ends {
        let piece = &text[start..end];
        let lead = piece.len() - piece.trim_start().len();
        let kept = piece.trim();
        if !kept.is_empty() {
            let span = Span { phrase, start: start + lead, end: start + lead + kept.len() };
            found.push(Piece { span, text: kept.to_owned() });
        }
        start = end + width;
    }
    join_streets(text, found)
}

/// `51, place de l'Église` and `54 Mill Lane, Unit 23` are one piece each.
fn join_streets(text: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let is_number = |text: &str| text.len() <= 8 && text.starts_with(|c: char| c.is_ascii_digit());
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if is_number(&last.text) || is_street(&last.text) && is_street(&piece.text) => {
                last.span.end = piece.span.end;
                last.text = text[last.span.start..last.span.end].to_owned();
            }
            _ => joined.push(piece),
        }
    }
    joined
}

/// `Mr Ann Lee` is called Ann Lee.
fn without_salutation(line: &Piece) -> Piece {
    const WORDS: &[&str] = &[
        "mr", "mrs", "ms", "miss", "herr", "herrn", "frau", "mme", "mlle", "madame", "monsieur", "m", "d", "sr", "sra",
        "dna", "dona", "don",
    ];
    let first = line.text.split(' ').next().unwrap_or_default();
    if !WORDS.contains(&fold(first.trim_end_matches('.')).as_str()) {
        return line.clone();
    }
    let rest = line.text[first.len()..].trim_start().to_owned();
    Piece { span: Span { start: line.span.end - rest.len(), ..line.span.clone() }, text: rest }
}

/// The role that a text says when it is nothing but a label of it.
fn role_in(text: &str) -> Option<Role> {
    let words: Vec<String> = crate::tokens::label(text);
    if words.is_empty() || words.len() > 4 {
        return None;
    }
    // `Deliver to` is the customer's too, but the goods go there first.
    [Role::ShipTo, Role::Customer, Role::Issuer]
        .into_iter()
        .find(|role| role.labels().any(|label| label.words == words))
}

fn add_address(view: &View, party: &mut Party) {
    let order = [Part::Street, Part::PostCode, Part::City, Part::Country];
    let street = party.get(Part::Street).map(str::to_owned);
    let text: Vec<String> = street.into_iter().chain([place_as_printed(view, party)]).collect();
    let spans = order.iter().flat_map(|part| party.parts.iter().filter(move |(own, ..)| own == part));
    let spans: Vec<Span> = spans.flat_map(|(_, _, spans)| spans.clone()).collect();
    party.parts.push((Part::Address, text.join(", "), spans));
}

/// Post code, city and state as the page orders them: in one line with what stands between, else the lines in turn.
fn place_as_printed(view: &View, party: &Party) -> String {
    let is_place = |part: &Part| matches!(part, Part::PostCode | Part::City | Part::State);
    let own = party.parts.iter().filter(|(part, ..)| is_place(part));
    let mut spans: Vec<&Span> = own.flat_map(|(_, _, spans)| spans).collect();
    spans.sort_by_key(|span| (span.phrase, span.start));
    let lines = spans.chunk_by(|a, b| a.phrase == b.phrase).map(|line| {
        let (start, end) = (line[0].start, line.iter().map(|span| span.end).max().unwrap_or(line[0].end));
        view.phrases[line[0].phrase].text[start..end].to_owned()
    });
    lines.collect::<Vec<_>>().join(", ")
}

/// Parties without a label: who looks most like the sender is the issuer, another one the customer.
fn give_roles(parties: &mut [Party]) {
    let issuer_known = parties.iter().any(|party| party.role == Some(Role::Issuer));
    let customer = parties.iter().find(|party| party.role == Some(Role::Customer)).cloned();
    let free: Vec<usize> = (0..parties.len()).filter(|at| parties[*at].role.is_none()).collect();
    // What is the customer's in one place is it in all.
    let is_customer = |party: &Party| customer.as_ref().is_some_and(|known| known.same(party));
    let best = free
        .iter()
        .copied()
        .filter(|at| !is_customer(&parties[*at]))
        .max_by(|a, b| parties[*a].from_here.total_cmp(&parties[*b].from_here).then(b.cmp(a)));
    let others = free.iter().any(|at| best.is_some_and(|best| !parties[*at].same(&parties[best])));
    let sure = best.is_some_and(|best| parties[best].from_here >= 1.0 || customer.is_some() || others);
    let issuer = best.filter(|_| sure && !issuer_known).map(|best| parties[best].clone());
    for at in free {
        let party = &parties[at];
        let role = if issuer.as_ref().is_some_and(|issuer| issuer.same(party)) {
            Some(Role::Issuer)
        } else if customer.is_none() && (issuer.is_some() || issuer_known) && party.from_here < 1.5 {
            Some(Role::Customer)
        } else {
            None
        };
        parties[at].role = role;
    }
}
