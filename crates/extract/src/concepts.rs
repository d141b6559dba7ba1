//! Which concepts of the lexicon a property is, and whose.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use docmill_model::schema::{Kind, Node, Property};

use crate::fields::Label;
use crate::synonyms::{CONCEPTS, Concept, Shape};
use crate::tokens::{Token, is_filler, label};

pub struct Known {
    pub concept: &'static Concept,
    pub labels: Vec<Label>,
    /// Names of properties that pages do not print.
    names: Vec<Vec<String>>,
    pub against: Vec<String>,
}

pub static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |concept: &'static Concept| Known {
        concept,
        labels: concept.labels.iter().filter_map(|text| known_label(text)).collect(),
        names: concept.labels.iter().filter_map(|text| text.strip_prefix('=')).map(label).collect(),
        against: concept.against.iter().flat_map(|text| label(text)).collect(),
    };
    CONCEPTS.iter().map(known).collect()
});

/// Which concepts have a label or a name of these words, in any order.
static BY_WORDS: LazyLock<HashMap<Vec<String>, Vec<usize>>> = LazyLock::new(|| {
    let mut map: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for (at, known) in KNOWN.iter().enumerate() {
        let labels = known.labels.iter().filter(|label| !label.weak).map(|label| &label.words);
        for words in labels.chain(&known.names).filter(|words| !words.is_empty()) {
            let places = map.entry(sorted(words)).or_default();
            if !places.contains(&at) {
                places.push(at);
            }
        }
    }
    map
});

/// The words of every label that pages print.
static PRINTED: LazyLock<HashSet<Vec<String>>> = LazyLock::new(|| {
    let labels = KNOWN.iter().flat_map(|known| &known.labels).filter(|label| !label.weak);
    labels.map(|label| sorted(&label.words)).collect()
});

/// A label as the lexicon writes it, or its words.
pub fn as_written(words: &[String]) -> String {
    static WRITTEN: LazyLock<HashMap<Vec<String>, &'static str>> = LazyLock::new(|| {
        let labels = CONCEPTS.iter().flat_map(|concept| &concept.labels);
        let written = labels.map(|text| (label(text), text.trim_start_matches(['~', '='])));
        // Of labels that are the same words the first is told.
        written.fold(HashMap::new(), |mut map, (words, text)| {
            map.entry(words).or_insert(text);
            map
        })
    });
    WRITTEN.get(words).map_or_else(|| words.join(" "), |text| (*text).to_owned())
}

/// Whether these words are, all together, what some business document calls something.
pub fn is_known_label(tokens: &[Token]) -> bool {
    let words: Vec<String> =
        tokens.iter().map(|token| token.norm.clone()).filter(|norm| !is_filler(norm)).take(7).collect();
    (1..=6).contains(&words.len()) && PRINTED.contains(&sorted(&words))
}

fn known_label(text: &str) -> Option<Label> {
    let weak = text.starts_with('~');
    let words = label(text.trim());
    (!words.is_empty() && !text.starts_with('=')).then_some(Label {
        words,
        weight: if weak { 0.7 } else { 0.92 },
        weak,
    })
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort();
    words
}

/// The concepts with these words as a label or a name.
pub fn of_words(words: &[String]) -> impl Iterator<Item = &'static Known> + use<> {
    BY_WORDS.get(&sorted(words)).into_iter().flatten().map(|at| &KNOWN[*at])
}

pub fn by_name(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.concept.labels.first() == Some(&name))
}

/// Whose a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Who the document is from.
    Issuer,
    /// Whom it is for.
    Customer,
    /// Where the goods go.
    ShipTo,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Issuer, Self::Customer, Self::ShipTo];

    /// Names of the concepts whose labels say the role.
    const fn concepts(self) -> &'static [&'static str] {
        match self {
            Self::Issuer => &["vendor"],
            Self::Customer => &["customer", "billing address"],
            Self::ShipTo => &["shipping address"],
        }
    }

    /// The labels that say the role on a page.
    pub fn labels(self) -> impl Iterator<Item = &'static Label> {
        self.concepts().iter().filter_map(|name| by_name(name)).flat_map(|known| &known.labels)
    }
}

/// The role that a name has and what else it says: `seller_city` is the issuer's city. The longest beginning wins.
pub fn role_of(words: &[String]) -> Option<(Role, Vec<String>)> {
    (1..=words.len().min(3)).rev().find_map(|length| {
        let (first, rest) = words.split_at(length);
        let role = Role::ALL.into_iter().find(|role| {
            let names = role.concepts().iter().filter_map(|name| by_name(name));
            names.into_iter().any(|known| {
                known.names.iter().any(|name| name == first) || known.labels.iter().any(|label| label.words == first)
            })
        })?;
        Some((role, rest.to_vec()))
    })
}

/// The concepts that a property is, best first, each with a share: 1 for its name, less for a part of its name.
pub fn concepts(words: &[&[String]], property: &Property, leaf: &Node) -> Vec<(&'static Known, f32)> {
    let title = property.node.title.as_deref().map(label).unwrap_or_default();
    let fits = |known: &&Known| suits(known.concept.shape, &leaf.kind);
    for (at, words) in words.iter().copied().chain([title.as_slice()]).enumerate() {
        let mut found: Vec<_> =
            of_words(words).filter(fits).map(|known| (known, if at == 0 { 1.0 } else { 0.95 })).collect();
        // A text called `vat` is the number of the firm rather than an amount.
        found.sort_by_key(|(known, _)| leaf.kind == Kind::Text && is_amount(known.concept.shape));
        if !found.is_empty() {
            return found;
        }
    }
    words.last().map(|own| part_of_name(own, &leaf.kind)).unwrap_or_default()
}

/// A concept whose label is a part of the name: `total_amount_due_now`. One word is enough only where the value has
/// a form of its own, as in `work_email`: otherwise any name with `date` or `number` in it would be one.
fn part_of_name(own: &[String], kind: &Kind) -> Vec<(&'static Known, f32)> {
    let candidates = KNOWN.iter().filter_map(|known| {
        let own_form =
            matches!(known.concept.shape, Shape::Email | Shape::Url | Shape::Iban | Shape::Bic | Shape::Phone);
        let best = known.labels.iter().filter(|label| !label.weak && label.words.iter().all(|word| own.contains(word)));
        let length = best.map(|label| label.words.len()).max()?;
        (suits(known.concept.shape, kind) && (length >= 2 || own_form)).then_some((length, known))
    });
    let best = candidates.fold(None, |best: Option<(usize, &Known)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.map(|(_, known)| (known, 0.75)).into_iter().collect()
}

/// Whether values of a shape can have the schema's type.
pub const fn suits(shape: Shape, kind: &Kind) -> bool {
    match kind {
        _ if matches!(shape, Shape::Rows) => false,
        Kind::Boolean => matches!(shape, Shape::Flag),
        _ if matches!(shape, Shape::Flag) => false,
        Kind::Number | Kind::Integer => {
            matches!(shape, Shape::Money | Shape::Number | Shape::Percent | Shape::Id)
        }
        _ => true,
    }
}

/// Words that say no more than that there are rows.
const ROW_WORDS: &[&str] = &[
    "item", "line", "row", "entry", "entrie", "list", "table", "detail", "element", "record", "zeile", "zeilen",
    "ligne", "linea",
];

/// Words of a description's first sentence that are read.
const SENTENCE_WORDS_MAX: usize = 16;

/// The labels that stand over the rows of an array with this name; or of what its description calls them, where the name
/// says nothing.
pub fn headings(name: &str, description: Option<&str>) -> Vec<Label> {
    let own = label(name);
    let rows =
        |words: &[String]| of_words(words).filter(|known| known.concept.shape == Shape::Rows).collect::<Vec<_>>();
    let mut known = rows(&own);
    if known.is_empty() {
        // `deduction_items` are deductions.
        let is_generic = |word: &&String| !ROW_WORDS.contains(&word.as_str());
        known = rows(&own.iter().filter(is_generic).cloned().collect::<Vec<_>>());
    }
    if known.is_empty() {
        let sentence = description.and_then(|text| text.split(['.', ';', '(']).next()).map(label).unwrap_or_default();
        let words = &sentence[..sentence.len().min(SENTENCE_WORDS_MAX)];
        let called = |length: usize| words.windows(length).map(rows).find(|found| !found.is_empty());
        known = (1..=3).rev().find_map(called).unwrap_or_default();
    }
    let known = known.into_iter().flat_map(|known| known.labels.clone());
    let own = Label { words: own, weight: 1.0, weak: false };
    std::iter::once(own).chain(known).filter(|label| !label.words.is_empty()).collect()
}

pub const fn is_amount(shape: Shape) -> bool {
    matches!(shape, Shape::Money | Shape::Number | Shape::Percent)
}
