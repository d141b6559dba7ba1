//! Typed values in a text: each recogniser says where a value stands, what it is and how well it fits.

pub mod checks;
pub mod codes;
pub mod dates;
pub mod numbers;
pub mod people;
pub mod words;

use std::ops::Range;

use serde_json::Value;

pub use checks::Scheme;
pub use dates::{DateOrder, DateStyle};
pub use numbers::NumberStyle;

/// Compiles a pattern of this crate's own source. Not for patterns of schemas: those are refused, not trusted.
pub fn pattern(text: &str) -> regex::Regex {
    match regex::Regex::new(text) {
        Ok(pattern) => pattern,
        // Constants of the source: each is compiled by the tests of its recogniser, so this cannot be met.
        Err(error) => panic!("{error}"),
    }
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub value: Value,
    /// 0 to 1: how much the text looks like the wanted type.
    pub fit: f32,
}

/// What a leaf takes.
#[derive(Debug, Clone)]
pub enum Want {
    Text,
    Address,
    Person,
    Time,
    Date(DateStyle),
    /// A JSON number; `money` and `percent` say what it should look like.
    Number {
        integer: bool,
        money: bool,
        percent: bool,
    },
    /// A number as it is written.
    NumberText,
    /// An amount as it is written, with the sign of its currency.
    MoneyText,
    Boolean,
    Choice(Vec<Value>),
    Id,
    /// A code with a check digit of a known scheme.
    Numbered(Scheme),
    /// A JSON integer that is a code, grouped with spaces at most.
    IdNumber,
    Email,
    Url,
    Phone,
    Iban,
    Bic,
    VatId,
    Currency,
    PostCode,
    /// What the schema's own pattern describes.
    Pattern(Box<regex::Regex>),
    /// What the schema's `x-regex` finds in a text, or its first group.
    Regex(Box<regex::Regex>),
}

/// How this document writes dates and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    pub dates: DateOrder,
    pub numbers: NumberStyle,
}

impl Habits {
    pub fn of<'t>(texts: impl Iterator<Item = &'t str> + Clone) -> Self {
        Self { dates: DateOrder::of(texts.clone()), numbers: NumberStyle::of(texts) }
    }
}

impl Want {
    /// Whether any text may be a value, so that only its place says that it is one.
    pub const fn is_free_text(&self) -> bool {
        matches!(self, Self::Text | Self::Address | Self::Person)
    }

    /// Whether values of this type are known by their own form, without a label.
    pub const fn is_self_evident(&self) -> bool {
        matches!(
            self,
            Self::Email | Self::Url | Self::Iban | Self::VatId | Self::Currency | Self::Regex(_) | Self::Choice(_)
        )
    }

    /// Whether a value's check digits are right; `None` where it has none that are known.
    pub fn checks(&self, value: &Value) -> Option<bool> {
        let code = checks::compact(value.as_str()?);
        match self {
            Self::Iban => Some(checks::iban(&code)),
            Self::VatId => checks::vat(&code),
            Self::Numbered(scheme) => scheme.check(&code),
            _ => None,
        }
    }

    /// All values of this type in a text, in order.
    pub fn find(&self, text: &str, habits: Habits) -> Vec<Found> {
        match self {
            Self::Text | Self::Address => words::text(text).into_iter().collect(),
            // A firm is no person.
            Self::Person if !codes::companies(text).is_empty() => Vec::new(),
            Self::Person => people::person(text).into_iter().collect(),
            Self::Time => people::times(text),
            Self::Date(style) => dates::find(text, style, habits.dates),
            Self::Number { integer, money, percent } => numbers::find(text, *integer, *money, *percent, habits.numbers),
            Self::MoneyText => numbers::find_with_currency(text, habits.numbers),
            Self::NumberText => numbers::find_verbatim(text, habits.numbers),
            Self::Boolean => words::booleans(text),
            Self::Choice(choices) => words::choices(text, choices),
            Self::Id => codes::ids(text),
            Self::Numbered(scheme) => checks::find(text, *scheme),
            Self::IdNumber => codes::id_numbers(text),
            Self::Email => codes::emails(text),
            Self::Url => codes::urls(text),
            Self::Phone => codes::phones(text),
            Self::Iban => codes::ibans(text),
            Self::Bic => codes::bics(text),
            Self::VatId => codes::vat_ids(text),
            Self::Currency => codes::currencies(text),
            Self::PostCode => codes::post_codes(text),
            Self::Regex(regex) => codes::found_by(text, regex),
            Self::Pattern(pattern) => codes::matching(text, pattern),
        }
    }
}
