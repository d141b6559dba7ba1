//! What business documents call things: the concepts of `lexicon.txt`.

use std::sync::LazyLock;

/// How the text of a concept looks, whatever the schema's type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// Two words or more with capitals, without digits.
    Person,
    /// Several lines that belong together.
    Address,
    Date,
    Time,
    Money,
    Number,
    Percent,
    /// A word with digits.
    Id,
    Email,
    Url,
    Phone,
    Iban,
    Bic,
    VatId,
    Currency,
    PostCode,
    /// A box that is ticked or not.
    Flag,
    /// Rows of a table: the concept is an array's.
    Rows,
}

impl Shape {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "person" => Self::Person,
            "address" => Self::Address,
            "date" => Self::Date,
            "time" => Self::Time,
            "money" => Self::Money,
            "number" => Self::Number,
            "percent" => Self::Percent,
            "id" => Self::Id,
            "email" => Self::Email,
            "url" => Self::Url,
            "phone" => Self::Phone,
            "iban" => Self::Iban,
            "bic" => Self::Bic,
            "vatid" => Self::VatId,
            "currency" => Self::Currency,
            "postcode" => Self::PostCode,
            "flag" => Self::Flag,
            "rows" => Self::Rows,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    pub shape: Shape,
    /// The first is the concept's name. Marks as in the file.
    pub labels: Vec<&'static str>,
    /// Words that make a label mean something else.
    pub against: Vec<&'static str>,
}

/// In the order of the file.
pub static CONCEPTS: LazyLock<Vec<Concept>> =
    LazyLock::new(|| include_str!("lexicon.txt").split("\n\n").filter_map(concept).collect());

fn concept(text: &'static str) -> Option<Concept> {
    let (shape, rest) = text.trim().split_once(':')?;
    let (labels, against) = rest.split_once("\n  !").unwrap_or((rest, ""));
    let parts = |text: &'static str| text.split('|').map(str::trim).filter(|part| !part.is_empty()).collect();
    Some(Concept { shape: Shape::from_name(shape)?, labels: parts(labels), against: parts(against) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paragraph_of_the_lexicon_is_a_concept() {
        let paragraphs = include_str!("lexicon.txt").split("\n\n").filter(|text| !text.starts_with('#')).count();
        assert_eq!(CONCEPTS.len(), paragraphs);
        for concept in CONCEPTS.iter() {
            let name = concept.labels.first().copied().unwrap_or_default();
            assert!(name.starts_with(char::is_alphabetic), "the first label is the concept's name: {concept:?}");
            assert!(!concept.labels.iter().chain(&concept.against).any(|part| part.contains(['\n', '!'])), "{name}");
        }
    }
}
