//! Arrays of objects that are no table: the entries under a heading. Jobs and schools by their dates, languages by what
//! parts a name from its level, names in a list, and groups of words under a name.

mod parts;
mod spans;

use serde_json::Value;

use crate::cite::of_spans;
use crate::concepts::of_words;
use crate::confidence::{Evidence, ValueKind, Way};
use crate::places::Span;
use crate::recognise::Want;
use crate::synonyms::Shape;
use crate::tokens::label;
use crate::view::View;

use super::{CellValue, Row, Search};
use parts::{Part, parts};
use spans::{dates_in, halves, is_organisation, is_qualification, texts_of};

/// Words of a heading; longer lines are text.
const HEADING_WORDS_MAX: usize = 5;
/// Phrases of one section that are read.
const SECTION_MAX: usize = 400;
/// How sure a value of such an entry is, and of one whose text says what it is.
const PLACED: f32 = 0.7;
const TOLD: f32 = 0.8;
/// A heading is so much higher than the text under it, when the layout does not say that it is one.
const HIGHER: f32 = 1.06;
/// Words of an item of a list.
const ITEM_WORDS_MAX: usize = 12;

/// What the layout says of the phrases.
pub(super) struct Outline {
    /// The level of the heading that a phrase is.
    levels: Vec<Option<u8>>,
}

impl Outline {
    pub(super) fn of(view: &View) -> Self {
        use docmill_model::document::BlockKind;
        let level = |phrase: &crate::view::Phrase| {
            view.pages[phrase.page].blocks.iter().find_map(|block| match &block.kind {
                BlockKind::Heading { level, .. } => {
                    let holds = |range: &docmill_model::document::WordRange| {
                        (range.start as usize..range.end as usize).contains(&phrase.first)
                    };
                    block.words.iter().any(holds).then_some(*level)
                }
                _ => None,
            })
        };
        Self { levels: view.phrases.iter().map(level).collect() }
    }
}

/// A phrase of a section that is no item of a list, with what its date leaves.
struct Entry {
    spans: Vec<Span>,
}

impl Search<'_> {
    /// The entries of the first section with the array's name that has any.
    pub(super) fn entries(&self, outline: &Outline) -> Option<Vec<Row>> {
        let parts = parts(&self.fields);
        if parts.iter().all(|part| *part == Part::Other) {
            return None;
        }
        let starts = (0..self.view.phrases.len()).filter(|at| self.is_own_heading(*at, outline));
        starts.take(4).find_map(|start| {
            let lines = self.section(start, outline);
            let rows = self.read_section(&lines, &parts);
            (!rows.is_empty()).then_some(rows)
        })
    }

    fn words(&self, at: usize) -> Vec<String> {
        label(self.view.phrases[at].text.trim_end_matches(':'))
    }

    fn is_own_heading(&self, at: usize, outline: &Outline) -> bool {
        let phrase = &self.view.phrases[at];
        if phrase.starts.len() > HEADING_WORDS_MAX {
            return false;
        }
        let words = self.words(at);
        let drawn = outline.levels[at].is_some();
        let says = |own: &crate::fields::Label| {
            own.words == words
                || drawn
                    && words.len() > own.words.len()
                    && (words.ends_with(&own.words) || words.starts_with(&own.words))
        };
        self.own.iter().any(says)
    }

    /// Whether a phrase begins another section than the one that `start` begins.
    fn ends_section(&self, at: usize, start: usize, outline: &Outline) -> bool {
        let (own, phrase) = (&self.view.phrases[start], &self.view.phrases[at]);
        match (outline.levels[at], outline.levels[start]) {
            (Some(level), Some(first)) if level < first => return true,
            (Some(level), Some(first)) if level == first => {
                // Of two bold lines the smaller one is inside.
                let lower = phrase.bbox.zip(own.bbox).is_some_and(|(inner, outer)| inner.h * HIGHER < outer.h);
                return !lower;
            }
            _ => {}
        }
        if phrase.starts.len() > HEADING_WORDS_MAX || phrase.text.starts_with(['•', '-', '–']) {
            return false;
        }
        let words = self.words(at);
        let lists = ["skills", "spoken languages", "features", "interests"];
        let named = of_words(&words).any(|known| {
            known.concept.shape == Shape::Rows || known.concept.labels.first().is_some_and(|name| lists.contains(name))
        });
        let height = |at: usize| self.view.phrases.get(at).and_then(|phrase| phrase.bbox).map(|bbox| bbox.h);
        let as_high = height(start)
            .zip(height(start + 1))
            .zip(height(at))
            .is_some_and(|((first, text), own)| first > HIGHER * text && own > 0.98 * first);
        named || as_high || self.others.iter().any(|other| other.words == words)
    }

    fn section(&self, start: usize, outline: &Outline) -> Vec<usize> {
        let inside = (start + 1..self.view.phrases.len()).take_while(|at| !self.ends_section(*at, start, outline));
        let is_page = |at: &usize| {
            let words = self.words(*at);
            let first = words.first().map_or("", String::as_str);
            words.len() <= 4 && ["page", "seite", "pagina"].contains(&first)
        };
        inside.take(SECTION_MAX).filter(|at| !is_page(at)).collect()
    }

    fn read_section(&self, lines: &[usize], parts: &[Part]) -> Vec<Row> {
        let has = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
        let dated = |at: usize| !self.is_item(at) && !dates_in(&self.view.phrases[at].text).is_empty();
        if has(&[Part::Begin, Part::End, Part::Day]) && lines.iter().any(|at| dated(*at)) {
            return self.dated(lines, parts);
        }
        if has(&[Part::Keywords]) {
            return self.grouped(lines, parts);
        }
        let texts = parts.iter().filter(|part| part.is_text()).count();
        let rows = if texts >= 2 { self.pairs(lines, parts) } else { Vec::new() };
        if rows.is_empty() { self.singles(lines, parts) } else { rows }
    }

    /// An item of a list.
    fn is_item(&self, at: usize) -> bool {
        let phrase = &self.view.phrases[at];
        phrase.list.is_some() || phrase.text.starts_with(['•', '▪', '‣', '·', '*']) || phrase.text.starts_with("- ")
    }

    fn whole(&self, at: usize) -> Span {
        let text = &self.view.phrases[at].text;
        let bare = text.trim_start_matches(['•', '▪', '‣', '·', '*', '-', '–', ' ']);
        Span { phrase: at, start: text.len() - bare.len(), end: text.trim_end_matches([' ', ',', ';']).len() }
    }

    fn text(&self, span: &Span) -> &str {
        &self.view.phrases[span.phrase].text[span.start..span.end.max(span.start)]
    }

    /// Entries that have one date or period each: what stands before the first date of the section stands before the
    /// date of every entry.
    fn dated(&self, lines: &[usize], parts: &[Part]) -> Vec<Row> {
        let lines: Vec<usize> = lines.iter().copied().filter(|at| !self.is_item(*at)).collect();
        let dated = |at: &usize| !dates_in(&self.view.phrases[*at].text).is_empty();
        let anchors: Vec<usize> = (0..lines.len()).filter(|place| dated(&lines[*place])).collect();
        let Some(first) = anchors.first().copied().filter(|first| *first <= 3) else { return Vec::new() };
        let start = |nth: usize| {
            let before = nth.checked_sub(1).map_or(0, |last| anchors[last] + 1);
            anchors[nth].saturating_sub(first).max(before)
        };
        let entries: Vec<&[usize]> = (0..anchors.len())
            .map(|nth| &lines[start(nth)..if nth + 1 < anchors.len() { start(nth + 1) } else { lines.len() }])
            .collect();
        let entries: Vec<Entry> = entries.into_iter().map(|lines| self.entry(lines, parts)).collect();
        let (organisation, title) = self.places(&entries);
        let anchored = anchors.iter().zip(&entries);
        anchored.map(|(anchor, entry)| self.dated_row(lines[*anchor], entry, parts, organisation, title)).collect()
    }

    /// The texts of an entry, its dates left out; one line that says all is parted.
    fn entry(&self, lines: &[usize], parts: &[Part]) -> Entry {
        let spans: Vec<Span> = lines.iter().flat_map(|at| texts_of(*at, &self.view.phrases[*at].text)).collect();
        let named = parts.iter().any(|part| matches!(part, Part::Organisation | Part::Title));
        match &spans[..] {
            [only] if named => {
                let text = self.text(only);
                let parted = halves(text).map(|(end, start)| {
                    let first = Span { end: only.start + end, ..only.clone() };
                    vec![first, Span { start: only.start + start, ..only.clone() }]
                });
                Entry { spans: parted.unwrap_or_else(|| spans.clone()) }
            }
            _ => Entry { spans },
        }
    }

    /// Which text of the entries names the firm or school, and which the job or degree: what most of them look like.
    fn places(&self, entries: &[Entry]) -> (usize, usize) {
        let share = |place: usize| -> i32 {
            let texts = entries.iter().filter_map(|entry| entry.spans.get(place)).map(|span| self.text(span));
            texts.map(|text| i32::from(is_organisation(text)) - i32::from(is_qualification(text))).sum()
        };
        let (first, second) = (share(0), share(1));
        if first > second { (0, 1) } else { (1, 0) }
    }

    fn dated_row(&self, anchor: usize, entry: &Entry, parts: &[Part], organisation: usize, title: usize) -> Row {
        let text = &self.view.phrases[anchor].text;
        let dates = dates_in(text);
        let mut row = Row::new();
        for (at, part) in parts.iter().enumerate() {
            let field = &self.fields[at];
            let date = match part {
                Part::Begin => dates.first().filter(|_| dates.len() > 1),
                Part::End if dates.len() > 1 => dates.get(1),
                Part::Day => dates.last(),
                _ => None,
            };
            if let Some(date) = date {
                let span = Span { phrase: anchor, start: date.range.start, end: date.range.end };
                row.extend(
                    date.value(text, &field.want, &field.said).and_then(|value| self.cell(at, value, span, TOLD)),
                );
                continue;
            }
            let (place, is): (usize, &dyn Fn(&str) -> bool) = match part {
                Part::Organisation => (organisation, &is_organisation),
                Part::Title => (title, &is_qualification),
                _ => continue,
            };
            let span = if entry.spans.len() < 2 { entry.spans.first() } else { entry.spans.get(place) };
            let Some(span) = span else { continue };
            let other =
                if *part == Part::Title { is_organisation(self.text(span)) } else { is_qualification(self.text(span)) };
            if entry.spans.len() < 2 && other {
                continue;
            }
            let sure = if is(self.text(span)) { TOLD } else { PLACED };
            row.extend(self.cell(at, Value::from(self.text(span)), span.clone(), sure));
        }
        row
    }

    /// `English – native`, `German (B2)`: a name and what is said of it.
    fn pairs(&self, lines: &[usize], parts: &[Part]) -> Vec<Row> {
        let texts: Vec<usize> = (0..parts.len()).filter(|at| parts[*at].is_text()).collect();
        let level = texts.iter().copied().find(|at| parts[*at] == Part::Level).unwrap_or(texts[1]);
        let Some(name) = texts.iter().copied().find(|at| *at != level) else { return Vec::new() };
        let mut rows = Vec::new();
        let mut lines = lines.iter().copied().peekable();
        while let Some(at) = lines.next() {
            let beside = lines.next_if(|next| self.view.phrases[at].right == Some(*next));
            let parted: Vec<(Span, Span)> = match beside {
                Some(next) => vec![(self.whole(at), self.whole(next))],
                None => spans::pairs(&self.whole(at), &self.view.phrases[at].text),
            };
            if parted.is_empty() {
                // Some lines with a sign in them are no pairs; some without one are an end.
                return if parts[level] == Part::Level { rows } else { Vec::new() };
            }
            for (first, second) in parted {
                let mut row = Row::new();
                row.extend(self.cell(name, Value::from(self.text(&first)), first, PLACED));
                row.extend(self.cell(level, Value::from(self.text(&second)), second, PLACED));
                rows.push(row);
            }
        }
        rows
    }

    /// The items of a list, each the name of an object.
    fn singles(&self, lines: &[usize], parts: &[Part]) -> Vec<Row> {
        let Some(name) = parts.iter().position(|part| part.is_text()) else { return Vec::new() };
        let items = lines.iter().copied().take_while(|at| self.is_item(*at));
        let short = items.filter(|at| self.view.phrases[*at].starts.len() <= ITEM_WORDS_MAX);
        let row = |at: usize| {
            let span = self.whole(at);
            let cell = self.cell(name, Value::from(self.text(&span)), span, PLACED);
            cell.map(|cell| vec![cell])
        };
        short.filter_map(row).collect()
    }

    /// Names with the lists under them: `Languages` over `French`, `German`; or `Languages: French, German`.
    fn grouped(&self, lines: &[usize], parts: &[Part]) -> Vec<Row> {
        let Some(words) = parts.iter().position(|part| *part == Part::Keywords) else { return Vec::new() };
        let name = parts.iter().position(|part| part.is_text());
        let mut groups: Vec<(Option<Span>, Vec<Span>)> = Vec::new();
        for at in lines.iter().copied() {
            let span = self.whole(at);
            if self.is_item(at) {
                match groups.last_mut() {
                    Some((_, items)) => items.push(span),
                    None => groups.push((None, vec![span])),
                }
            } else if let Some((first, rest)) = spans::named_list(&span, &self.view.phrases[at].text) {
                groups.push((Some(first), rest));
            } else {
                groups.push((Some(span), Vec::new()));
            }
        }
        groups.retain(|(_, items)| !items.is_empty());
        let rows = groups.into_iter().map(|(first, items)| {
            let mut row = Row::new();
            if let (Some(at), Some(span)) = (name, first) {
                row.extend(self.cell(at, Value::from(self.text(&span)), span, PLACED));
            }
            let values: Value = items.iter().map(|span| Value::from(self.text(span))).collect();
            row.extend(items.into_iter().next().and_then(|span| self.cell(words, values, span, PLACED)));
            row
        });
        rows.collect()
    }

    fn cell(&self, at: usize, value: Value, span: Span, score: f32) -> Option<CellValue> {
        let field = &self.fields[at];
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return None;
        }
        let value = match (&field.want, &value) {
            (Want::Choice(_) | Want::Boolean, Value::String(text)) => field.want.find(text, self.habits).pop()?.value,
            _ => value,
        };
        let source = of_spans(self.view, &[span]).into_iter().next()?;
        let kind = ValueKind::of(&field.want);
        let evidence = Evidence { score, margin: 1.0, fit: 0.9, way: Way::Pattern, kind, ..Evidence::default() };
        Some(CellValue { path: field.path.clone(), value, source, evidence, column: None })
    }
}
