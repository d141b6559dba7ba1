//! Values that stand without a label: a name in large letters, the year of a title, what speaks for itself.

use std::sync::LazyLock;

use docmill_model::document::{Block, BlockKind};
use regex::Regex;
use serde_json::Value;

use super::{CHOICE_WORDS_MAX, Candidate, Search};
use crate::concepts::Role;
use crate::confidence::Way;
use crate::fields::Part;
use crate::labels::PROSE_WORDS;
use crate::recognise::codes::companies;
use crate::recognise::{DateStyle, Found, Want, dates, pattern, people};
use crate::view::Phrase;

/// The top of a page, as a share of its height; how sure a name in large letters there is.
const TOP: f32 = 0.3;
const ON_TOP: f32 = 0.6;
/// Words of what a person calls itself.
const HEADLINE_WORDS_MAX: usize = 5;
/// How sure a name at the top is that is said again.
const SAID_AGAIN: f32 = 0.5;
/// Phrases at the beginning that may be a title, and their words.
const TITLE_PHRASES: usize = 12;
const TITLE_WORDS_MAX: usize = 6;

impl Search<'_> {
    /// Whether a value needs no label where it stands: in a sentence a choice of one word is a word like any other, and
    /// a phone number stands alone or beside an address of mail.
    pub(super) fn speaks_alone(&self, phrase: &Phrase, found: &Found) -> bool {
        match self.field.want {
            Want::Choice(_) if phrase.starts.len() > CHOICE_WORDS_MAX => {
                phrase.starts.len() < PROSE_WORDS && phrase.text[found.range.clone()].contains(' ')
            }
            Want::Phone => phrase.text.contains('@') || found.range.len() + 2 >= phrase.text.trim().len(),
            _ => true,
        }
    }

    /// The name of a person in the largest letters at the top: who a résumé is about.
    pub(super) fn name_on_top(&self) -> Option<Candidate> {
        let own = self.field.path.last().map(|name| crate::tokens::label(name)).unwrap_or_default();
        let asks = own
            .iter()
            .all(|word| ["name", "full", "nom", "nombre", "complete", "vollstandiger"].contains(&word.as_str()));
        if !asks || self.field.role.is_some() || !self.field.want.is_free_text() {
            return None;
        }
        let (at, found) = self.top_name()?;
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(at, 0, &found)], ON_TOP) })
    }

    fn top_name(&self) -> Option<(usize, Found)> {
        let first = self.view.phrases.iter().enumerate().take_while(|(_, phrase)| phrase.page == 0);
        let height = |phrase: &Phrase| phrase.bbox.map_or(0.0, |bbox| bbox.h);
        let (at, phrase) = first.reduce(|a, b| if height(b.1) > 1.02 * height(a.1) { b } else { a })?;
        let page = &self.view.pages[0];
        let headed = match (phrase.bbox, page.height) {
            (Some(bbox), Some(high)) => bbox.y < TOP * high,
            _ => return self.only_heading_of_a_person(),
        };
        let found = people::person(&phrase.text).filter(|found| self.is_a_person(phrase, found))?;
        headed.then_some((at, found))
    }

    /// What stands at the top and is said again further on is who the document is from.
    pub(super) fn name_said_again(&self) -> Option<Candidate> {
        let asks = self.field.issuer || self.field.part == Some(Part::Name) && self.field.role == Some(Role::Issuer);
        if !asks || !self.field.want.is_free_text() {
            return None;
        }
        let phrases = &self.view.phrases;
        let first = phrases.iter().enumerate().take(TITLE_PHRASES).take_while(|(_, phrase)| phrase.page == 0);
        let name = |(at, phrase): &(usize, &Phrase)| {
            let again = || {
                phrases.iter().enumerate().filter(|(other, own)| other != at && own.text.contains(&phrase.text)).count()
            };
            phrase.starts.len() <= TITLE_WORDS_MAX
                && !phrase.is_label
                && phrase.text.starts_with(char::is_uppercase)
                && phrase.text.chars().filter(|c| c.is_alphabetic()).count() >= 4
                && !phrase.text.contains(|c: char| c.is_ascii_digit() || "@:|/".contains(c))
                && again() > 0
        };
        let (at, phrase) = first.into_iter().find(name)?;
        let found = self.field.want.find(&phrase.text, self.habits).into_iter().next()?;
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(at, 0, &found)], SAID_AGAIN) })
    }

    /// What a person calls itself, under the name in large letters.
    pub(super) fn title_under_name(&self) -> Option<Candidate> {
        let own = self.field.path.last().map(|name| crate::tokens::label(name)).unwrap_or_default();
        let asks = self.field.is("job title") && own != ["title"] || own.iter().any(|word| word == "headline");
        if !asks || !self.field.want.is_free_text() {
            return None;
        }
        let (name, ..) = self.top_name()?;
        let under =
            self.view.phrases[name].below.or(Some(name + 1).filter(|_| self.view.phrases[name].bbox.is_none()))?;
        let phrase = self.view.phrases.get(under)?;
        let plain = phrase.starts.len() <= HEADLINE_WORDS_MAX
            && !phrase.is_label
            && !phrase.text.contains(|c: char| c.is_ascii_digit() || "@:|".contains(c));
        let found = self.field.want.find(&phrase.text, self.habits).into_iter().next().filter(|_| plain)?;
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(under, 0, &found)], SAID_AGAIN) })
    }

    /// `Paris, le 12 mars 2020`: the place and the day of a letter or a signature, where one such line is there.
    pub(super) fn place_and_date(&self) -> Option<Candidate> {
        static PLACE: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"^(?:(?:Fait à|Hecho en|En|Firmado en|Signed at|Signed in|Done at) )?(\p{Lu}[\p{L}'’.-]+(?: [\p{L}'’.-]+){0,4})(?:, ?(?:den|le|a|on|am)?|,? (?:den|le|a|on|am)) ?$",
            )
        });
        const DAYS: &[&str] = &["date of signature", "issue date", "invoice date", "statement date"];
        let day = matches!(self.field.want, Want::Date(_)) && DAYS.iter().any(|name| self.field.is(name));
        if !day && !self.field.is("place of signature") {
            return None;
        }
        let mut lines = self.view.phrases.iter().enumerate().filter_map(|(at, phrase)| {
            let date = dates::find(&phrase.text, &DateStyle::Iso, self.habits.dates).into_iter().next()?;
            let ends = phrase.text.len() - date.range.end <= 1;
            let place = PLACE.captures(&phrase.text[..date.range.start])?.get(1)?.range();
            (ends && phrase.starts.len() < PROSE_WORDS).then_some((at, place))
        });
        let (Some((at, place)), None) = (lines.next(), lines.next()) else { return None };
        let text = &self.view.phrases[at].text;
        let found = if day {
            self.field.want.find(text, self.habits).into_iter().next()?
        } else {
            Found { value: Value::from(&text[place.clone()]), range: place, fit: 0.9 }
        };
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(at, 0, &found)], ON_TOP) })
    }

    fn is_a_person(&self, phrase: &Phrase, found: &Found) -> bool {
        found.fit > 0.95
            && (2..=4).contains(&phrase.starts.len())
            && !phrase.is_label
            && !phrase.text.contains(|c: char| c.is_ascii_digit())
            && companies(&phrase.text).is_empty()
    }

    /// Pages without places: the first heading of the highest level that is a person's name.
    fn only_heading_of_a_person(&self) -> Option<(usize, Found)> {
        let blocks = self.view.pages.first()?.blocks.iter();
        let is_first = |block: &&Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
        let start = blocks.filter(is_first).filter_map(|block| block.words.first()).map(|range| range.start as usize);
        let phrases = start
            .filter_map(|start| self.view.phrases.iter().position(|phrase| phrase.page == 0 && phrase.first == start));
        let mut named = phrases.filter_map(|at| {
            let phrase = &self.view.phrases[at];
            people::person(&phrase.text).filter(|found| self.is_a_person(phrase, found)).map(|found| (at, found))
        });
        named.next()
    }

    /// The year of a report: the latest that stands over its figures, else the one in its title.
    pub(super) fn year_of_title(&self) -> Option<Candidate> {
        let phrases = &self.view.phrases;
        let over = self.view.years.iter().max_by_key(|(_, year)| *year).map(|(at, _)| *at);
        let titles = phrases.iter().take(TITLE_PHRASES).position(|phrase| {
            phrase.starts.len() <= TITLE_WORDS_MAX && !self.field.want.find(&phrase.text, self.habits).is_empty()
        });
        let at = over.or(titles)?;
        let found = self.field.want.find(&phrases[at].text, self.habits);
        let is_year = |found: &&Found| found.value.as_i64().is_none_or(|year| (1900..2100).contains(&year));
        let found = found.iter().find(is_year)?;
        Some(Candidate { way: Way::Evident, ..Candidate::new(vec![self.item(at, 0, found)], ON_TOP) })
    }
}
