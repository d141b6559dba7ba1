//! The parts of a line of an entry: its dates, its texts, a name and what is said of it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::places::Span;
use crate::recognise::codes::companies;
use crate::recognise::{DateOrder, DateStyle, Want, dates, pattern};
use crate::tokens::tokens;

/// A date as entries have it: a year, perhaps with its month or day.
#[derive(Debug, Clone, PartialEq)]
pub struct Date {
    pub range: Range<usize>,
    /// `None` = the entry goes on.
    year: Option<u16>,
    month: Option<u8>,
    /// The whole date in ISO form, where the day is there too.
    iso: Option<String>,
}

/// What stands for an end that has not come.
const OPEN: &[&str] = &[
    "present",
    "now",
    "today",
    "current",
    "currently",
    "ongoing",
    "heute",
    "jetzt",
    "aujourd",
    "actualidad",
    "hoy",
    "presente",
    "actuel",
    "actualmente",
    "actuellement",
];
/// Words of names of schools.
const SCHOOLS: &[&str] = &[
    "university",
    "universitat",
    "universite",
    "universidad",
    "college",
    "school",
    "schule",
    "gymnasium",
    "institute",
    "institut",
    "instituto",
    "academy",
    "akademie",
    "academie",
    "academia",
    "hochschule",
    "fachhochschule",
    "lycee",
    "ecole",
    "escuela",
    "colegio",
    "polytechnic",
    "berufsschule",
    "faculte",
    "facultad",
    "labs",
    "solution",
    "system",
    "group",
    "technologie",
    "bank",
    "hospital",
    "agency",
    "studio",
    "partner",
];
/// Words of degrees and jobs.
const QUALIFICATIONS: &[&str] = &[
    "bachelor",
    "master",
    "bsc",
    "msc",
    "ba",
    "ma",
    "mba",
    "phd",
    "diploma",
    "diplom",
    "abitur",
    "ausbildung",
    "degree",
    "licence",
    "licenciatura",
    "grado",
    "bachillerato",
    "baccalaureat",
    "bac",
    "maitrise",
    "doctorate",
    "doctorat",
    "doctorado",
    "promotion",
    "staatsexamen",
    "certificate",
    "tecnico",
    "bts",
    "dut",
    "engineer",
    "manager",
    "developer",
    "analyst",
    "director",
    "consultant",
    "assistant",
    "officer",
    "architect",
    "supervisor",
    "controller",
    "representative",
    "designer",
    "lead",
    "head",
    "nurse",
    "teacher",
    "technician",
    "specialist",
    "coordinator",
    "intern",
    "ingenieur",
    "entwickler",
    "leiter",
    "leiterin",
    "berater",
    "techniker",
    "ingenieure",
    "developpeur",
    "directeur",
    "responsable",
    "chef",
    "infirmier",
    "infirmiere",
    "comptable",
    "ingeniero",
    "ingeniera",
    "desarrollador",
    "directora",
    "enfermero",
    "enfermera",
    "contable",
    "tecnica",
    "analista",
    "analyste",
    "jefe",
    "jefa",
    "gerente",
];

pub fn is_organisation(text: &str) -> bool {
    let named = |word: &str| SCHOOLS.contains(&word) || word.ends_with("schule") || word.ends_with("universitat");
    !companies(text).is_empty() || tokens(text).iter().any(|token| named(&token.norm))
}

pub fn is_qualification(text: &str) -> bool {
    let named = |word: &str| QUALIFICATIONS.contains(&word) || word.ends_with("leiter") || word.ends_with("ingenieur");
    !is_organisation(text) && tokens(text).iter().any(|token| named(&token.norm))
}

impl Date {
    /// The date as the field wants it; nothing where it wants a day and there is none.
    pub fn value(&self, text: &str, want: &Want, said: &[String]) -> Option<Value> {
        let year = self.year?;
        let says = |word: &str| said.iter().any(|own| own == word);
        let month = |year: u16, month: u8| format!("{year:04}-{month:02}");
        match want {
            Want::Number { .. } | Want::IdNumber => Some(Value::from(year)),
            // `YYYY-MM` and nothing after it.
            _ if says("yyyy") && says("mm") && !says("dd") => {
                Some(self.month.map_or_else(|| Value::from(format!("{year:04}")), |own| Value::from(month(year, own))))
            }
            Want::Date(DateStyle::Iso | DateStyle::Letters(_)) => self.iso.clone().map(Value::from),
            _ => Some(Value::from(&text[self.range.clone()])),
        }
    }
}

/// The dates of a line; a second one that is not there yet counts.
pub fn dates_in(text: &str) -> Vec<Date> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:\b(\p{L}{3,10})\.?,?(?: de| del)? |\b(\d{1,2})[/.])?\b((?:19|20)\d{2})(?:-(\d{2})\b)?\b")
    });
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^[ \u{a0}]*(?:[-–—]|to|bis|au|à|a|al|until)[ \u{a0}]*(\p{L}+)"));
    let whole = dates::find(text, &DateStyle::Iso, DateOrder::Unknown);
    let mut found: Vec<Date> = whole
        .iter()
        .filter_map(|day| {
            let iso = day.value.as_str()?.to_owned();
            let (year, month) = (iso.get(..4)?.parse().ok(), iso.get(5..7)?.parse().ok());
            Some(Date { range: day.range.clone(), year, month, iso: Some(iso) })
        })
        .collect();
    for hit in DATE.captures_iter(text) {
        let (Some(all), Some(year)) = (hit.get(0), hit.get(3)) else { continue };
        if found.iter().any(|known| known.range.start < all.end() && all.start() < known.range.end) {
            continue;
        }
        let named = hit.get(1).and_then(|name| dates::month(name.as_str()));
        let digits = hit.get(2).or(hit.get(4)).and_then(|month| month.as_str().parse().ok());
        let month = named.or(digits).filter(|month| (1..=12).contains(month));
        let start = if month.is_some() { all.start() } else { year.start() };
        let end = if hit.get(4).is_some() && month.is_none() { year.end() } else { all.end() };
        let before = text[..start].chars().next_back();
        if before
            .is_some_and(|c| c.is_alphanumeric() || c == '.' || c == ',' && start > 1 && !text[..start].ends_with(' '))
        {
            continue;
        }
        found.push(Date { range: start..end, year: year.as_str().parse().ok(), month, iso: None });
    }
    found.sort_by_key(|date| date.range.start);
    if let Some(last) = found.last()
        && let Some(open) = WORD.captures(&text[last.range.end..]).and_then(|word| word.get(1))
        && OPEN.contains(&crate::tokens::fold(open.as_str()).as_str())
    {
        let at = last.range.end;
        found.push(Date { range: at + open.start()..at + open.end(), year: None, month: None, iso: None });
    }
    // A line of more words is a sentence that mentions a year.
    let words = text.split_whitespace().count();
    if words > 14 || found.len() > 2 { Vec::new() } else { found }
}

/// What a line says besides its dates: parts between signs that part.
pub fn texts_of(phrase: usize, text: &str) -> Vec<Span> {
    let found = dates_in(text);
    let (from, to) = match (found.first(), found.last()) {
        (Some(first), Some(last)) => (first.range.start, last.range.end),
        _ => (text.len(), text.len()),
    };
    let mut spans = Vec::new();
    for (start, end) in [(0, from), (to, text.len())] {
        let mut at = start;
        for part in text[start..end].split_inclusive(['|', '·', '•', '\t']) {
            let bare = part.trim_matches(|c: char| c.is_whitespace() || ",;()|·•–—-:".contains(c));
            if bare.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !is_open(bare) {
                let inner = at + part.find(bare).unwrap_or(0);
                // A bracket that belongs to the text stays with it.
                let close = usize::from(bare.contains('(') && text[inner + bare.len()..].starts_with(')'));
                spans.push(Span { phrase, start: inner, end: inner + bare.len() + close });
            }
            at += part.len();
        }
    }
    spans
}

/// `'hui` of `aujourd'hui`.
fn is_open(text: &str) -> bool {
    text.trim_start_matches(['\'', '’']) == "hui"
}

/// Where one line parts into a job and a firm, or a degree and a school: the end of the first and the start of the
/// second.
pub fn halves(text: &str) -> Option<(usize, usize)> {
    for sign in [" at ", " bei ", " chez ", " @ ", " – ", " — ", " - "] {
        if let Some(at) = text.find(sign) {
            return Some((at, at + sign.len()));
        }
    }
    let commas: Vec<usize> = text.match_indices(", ").map(|(at, _)| at).collect();
    let parted = |at: &&usize| is_organisation(&text[**at + 2..]) && !is_organisation(&text[..**at]);
    let turned = |at: &&usize| is_organisation(&text[..**at]) && is_qualification(&text[**at + 2..]);
    let best = commas.iter().find(parted).or_else(|| commas.iter().find(turned)).or_else(|| commas.first());
    best.map(|at| (*at, at + 2))
}

/// `English – native, German (B2)`: names with what is said of them.
pub fn pairs(whole: &Span, text: &str) -> Vec<(Span, Span)> {
    let own = &text[whole.start..whole.end];
    let parts: Vec<&str> = own.split_inclusive([',', ';', '·', '|']).collect();
    let each = parts.len() > 1 && parts.iter().all(|part| inner(part).is_some());
    let mut at = whole.start;
    let mut found = Vec::new();
    for part in if each { parts } else { vec![own] } {
        let Some((first, second)) = inner(part) else { return Vec::new() };
        let span = |range: Range<usize>| Span { phrase: whole.phrase, start: at + range.start, end: at + range.end };
        found.push((span(first), span(second)));
        at += part.len();
    }
    found
}

/// A name, a sign, and what is said of it.
fn inner(part: &str) -> Option<(Range<usize>, Range<usize>)> {
    const SIGNS: &[&str] = &[" – ", " — ", " - ", ": ", " (", ", "];
    let (at, sign) = SIGNS.iter().find_map(|sign| part.find(sign).map(|at| (at, sign)))?;
    let trim = |range: Range<usize>, signs: &str| {
        let text = &part[range.clone()];
        let bare = text.trim_matches(|c: char| c.is_whitespace() || signs.contains(c));
        let start = range.start + text.find(bare).unwrap_or(0);
        start..start + bare.len()
    };
    let (first, second) = (trim(0..at, ",;·|"), trim(at + sign.len()..part.len(), ",;·|()"));
    let short = part[first.clone()].split(' ').count() <= 3 && part[second.clone()].split(' ').count() <= 5;
    (short && !first.is_empty() && !second.is_empty()).then_some((first, second))
}

/// `Languages: French, German`.
pub fn named_list(whole: &Span, text: &str) -> Option<(Span, Vec<Span>)> {
    let own = &text[whole.start..whole.end];
    let at = own.find(": ")?;
    let first = Span { end: whole.start + at, ..whole.clone() };
    let mut from = whole.start + at + 2;
    let mut items = Vec::new();
    for part in own[at + 2..].split_inclusive([',', ';', '·', '|']) {
        let bare = part.trim_matches([',', ';', '·', '|', ' ']);
        if !bare.is_empty() {
            let start = from + part.find(bare).unwrap_or(0);
            items.push(Span { phrase: whole.phrase, start, end: start + bare.len() });
        }
        from += part.len();
    }
    (!items.is_empty()).then_some((first, items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_entries_are_read() {
        for (text, expected) in [
            ("June 2018–today", vec!["June 2018", "today"]),
            ("06/2018–heute", vec!["06/2018", "heute"]),
            ("2016 - 2020", vec!["2016", "2020"]),
            ("BSc Physics, Some College, 2001", vec!["2001"]),
            ("janvier 2020 – aujourd'hui", vec!["janvier 2020", "aujourd"]),
            ("Sales Manager", vec![]),
        ] {
            let found: Vec<&str> = dates_in(text).iter().map(|date| &text[date.range.clone()]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn lines_part_into_their_texts() {
        for (text, expected) in [
            ("Sales Manager, Hill & Co. Ltd", Some(("Sales Manager", "Hill & Co. Ltd"))),
            ("Engineer at Hill", Some(("Engineer", "Hill"))),
            ("Hill Ltd, Engineer", Some(("Hill Ltd", "Engineer"))),
            ("Engineer", None),
        ] {
            assert_eq!(halves(text).map(|(end, start)| (&text[..end], &text[start..])), expected, "{text}");
        }
        let whole = |text: &str| Span { phrase: 0, start: 0, end: text.len() };
        for (text, expected) in [
            ("English – native", vec![("English", "native")]),
            ("English (C2), German: B1", vec![("English", "C2"), ("German", "B1")]),
            ("English", vec![]),
        ] {
            let found = pairs(&whole(text), text);
            let found: Vec<_> = found.iter().map(|(a, b)| (&text[a.start..a.end], &text[b.start..b.end])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
