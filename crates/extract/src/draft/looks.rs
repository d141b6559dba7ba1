//! What a property is called and which type it has, from a label and the values that stand by it.

use serde_json::{Value, json};

use crate::concepts::of_words;
use crate::recognise::{DateStyle, Habits, Want, dates, numbers};
use crate::synonyms::Shape;
use crate::tokens::{fold, is_filler, label};

/// Words of a name that no concept gives.
const NAME_WORDS_MAX: usize = 5;
/// Values of which at least this share look alike give a type.
const ALIKE: f32 = 0.8;

/// The type that values have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    Date,
    Number,
    Integer,
    Boolean,
    Text,
}

impl Looks {
    /// Of all values together: the type that most of them have.
    pub fn of<'v>(values: impl Iterator<Item = &'v str> + Clone, habits: Habits) -> Self {
        let all = values.clone().count();
        let most = |test: &dyn Fn(&str) -> bool| {
            all > 0 && values.clone().filter(|value| test(value)).count() as f32 >= ALIKE * all as f32
        };
        match () {
            () if most(&|value| is_date(value, habits)) => Self::Date,
            () if most(&|value| is_number(value, habits, true)) => Self::Integer,
            () if most(&|value| is_number(value, habits, false)) => Self::Number,
            () if most(&|value| !Want::Boolean.find(value, habits).is_empty() && value.len() <= 5) => Self::Boolean,
            () => Self::Text,
        }
    }

    /// The type that a value of a concept has, whatever this one looks like: an id of digits is no number.
    pub const fn of_concept(self, shape: Shape) -> Option<Self> {
        match (shape, self) {
            (Shape::Date, Self::Date) => Some(Self::Date),
            (Shape::Money | Shape::Percent, Self::Number | Self::Integer) => Some(Self::Number),
            (Shape::Number, Self::Number | Self::Integer) => Some(self),
            (Shape::Date | Shape::Money | Shape::Percent | Shape::Number | Shape::Rows, _) => None,
            (Shape::Id, Self::Date) => None,
            _ => Some(Self::Text),
        }
    }

    /// The property's schema; `printed` is what the document calls it.
    pub fn schema(self, printed: &str) -> Value {
        let kind = match self {
            Self::Date | Self::Text => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        };
        let about = if self == Self::Date { ", as YYYY-MM-DD" } else { "" };
        json!({ "type": kind, "description": format!("Called \"{printed}\" in the document{about}") })
    }
}

/// A date and nothing else.
fn is_date(text: &str, habits: Habits) -> bool {
    let found = dates::find(text, &DateStyle::Iso, habits.dates);
    found.first().is_some_and(|date| 2 * date.range.len() > text.trim().len())
}

/// A number with at most a unit or a currency. What has a zero in front, or slashes, is a code.
fn is_number(text: &str, habits: Habits, integer: bool) -> bool {
    let text = text.trim();
    let found = numbers::find(text, false, false, false, habits.numbers);
    let [only] = &found[..] else { return false };
    let digits = &text[only.range.clone()];
    let bare = digits.trim_start_matches(['-', '+', '\u{2212}']);
    let code = bare.len() > 1 && bare.starts_with('0') && !bare.contains(['.', ',']) || bare.len() > 12;
    let rest = text.chars().count() - digits.chars().count();
    let plain = rest <= 6 && !text.contains(['/', '#', ':']);
    plain && !code && (!integer || only.value.is_i64() && rest == 0 && !bare.contains(['.', ',']))
}

/// Name and type for a label with values of this look: those of the concept that it is, else its own words.
pub fn named(printed: &str, looks: Looks, of_rows: bool) -> Option<(String, Looks)> {
    let words = label(printed);
    let mut known: Vec<_> = of_words(&words).collect();
    if of_rows {
        known.reverse();
    }
    for concept in known {
        if let (Some(looks), Some(name)) = (looks.of_concept(concept.concept.shape), concept.concept.labels.first()) {
            return Some((name.replace(' ', "_"), looks));
        }
    }
    let own = snake(printed)?;
    let dated = looks == Looks::Date && !own.ends_with("date");
    let named_code = ["number", "id", "code"].iter().any(|word| words.iter().any(|own| own == word));
    let looks = if named_code && matches!(looks, Looks::Number | Looks::Integer) { Looks::Text } else { looks };
    Some((if dated { format!("{own}_date") } else { own }, looks))
}

/// The words of a label as a name: `Heures prévues` is `heures_prevues`.
pub fn snake(text: &str) -> Option<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && !is_filler(word)).take(NAME_WORDS_MAX).collect();
    words.first().filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    Some(words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_their_values_become_names_and_types() {
        for (printed, value, expected) in [
            ("Invoice no.", "0012345", Some(("invoice_number", Looks::Text))),
            ("Rechnungsdatum", "05.03.2024", Some(("invoice_date", Looks::Date))),
            ("Gesamtbetrag", "1.234,50 EUR", Some(("total", Looks::Number))),
            ("Flughöhe", "12.500", Some(("flughohe", Looks::Number))),
            ("Crew", "12", Some(("crew", Looks::Integer))),
            ("Kenncode", "12", Some(("kenncode", Looks::Integer))),
            ("Access code", "12", Some(("access_code", Looks::Text))),
            ("Geprüft", "ja", Some(("gepruft", Looks::Boolean))),
            ("Prüfung am", "05.03.2024", Some(("prufung_am_date", Looks::Date))),
            ("12", "x", None),
        ] {
            let habits = Habits::of(std::iter::once(value));
            let found = named(printed, Looks::of(std::iter::once(value), habits), false);
            assert_eq!(found, expected.map(|(name, looks)| (name.to_owned(), looks)), "{printed}: {value}");
        }
    }
}
