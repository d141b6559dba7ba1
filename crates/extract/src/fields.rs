//! From a leaf of the schema to what is looked for: labels, a type, and words that speak against a place.

use std::collections::HashMap;
use std::sync::LazyLock;

use docmill_model::schema::{Kind, Node, Property};

use crate::recognise::dates::style_in;
use crate::recognise::{DateStyle, Want};
use crate::synonyms::{CONCEPTS, Concept, Shape};
use crate::tokens::{Token, is_filler, label};

/// A label to look for, as comparable words.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub words: Vec<String>,
    /// 0 to 1: how surely a place with this label is the field's.
    pub weight: f32,
    /// Right only with a value that looks like an id directly beside it.
    pub weak: bool,
}

/// A leaf of the schema that a value is looked for.
#[derive(Debug, Clone)]
pub struct Field {
    /// Property names from the root of the object that is filled.
    pub path: Vec<String>,
    pub want: Want,
    pub labels: Vec<Label>,
    /// Labels of the object around it: `Bill to` for `customer.name`.
    pub section: Vec<Label>,
    /// Words which beside a label make it another field's.
    pub against: Vec<String>,
    /// All of the array's values are wanted, not one.
    pub many: bool,
    /// The firm that the document is from.
    pub issuer: bool,
    /// Its part in `net + tax = total`.
    pub sum: Option<SumPart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumPart {
    Total,
    Net,
    Tax,
}

impl SumPart {
    pub const ALL: [Self; 3] = [Self::Total, Self::Net, Self::Tax];

    /// The first label of its concept.
    const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Net => "subtotal",
            Self::Tax => "tax",
        }
    }
}

/// A field for a part of the sum that the schema does not ask for: it helps to tell the other two.
pub fn of_sum_part(part: SumPart) -> Field {
    let node = Node {
        title: None,
        description: None,
        nullable: true,
        kind: Kind::Number,
        choices: None,
        format: None,
        pattern: None,
    };
    let property = Property { name: part.name().to_owned(), required: false, node };
    field(std::slice::from_ref(&property.name), &property, &property.node, Use::Page)
}

struct Known {
    concept: &'static Concept,
    labels: Vec<Label>,
    against: Vec<String>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |concept: &'static Concept| Known {
        concept,
        labels: concept.labels.split('|').filter_map(known_label).collect(),
        against: concept.against.split('|').flat_map(label).collect(),
    };
    CONCEPTS.iter().map(known).collect()
});

/// Which concepts have a label of these words, in any order.
static BY_WORDS: LazyLock<HashMap<Vec<String>, Vec<usize>>> = LazyLock::new(|| {
    let mut map: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for (at, known) in KNOWN.iter().enumerate() {
        for label in known.labels.iter().filter(|label| !label.weak) {
            let places = map.entry(sorted(&label.words)).or_default();
            if !places.contains(&at) {
                places.push(at);
            }
        }
    }
    map
});

/// Whether these words are, all together, what some business document calls something.
pub fn is_known_label(tokens: &[Token]) -> bool {
    let words: Vec<String> =
        tokens.iter().map(|token| token.norm.clone()).filter(|norm| !is_filler(norm)).take(7).collect();
    (1..=6).contains(&words.len()) && BY_WORDS.contains_key(&sorted(&words))
}

fn known_label(text: &str) -> Option<Label> {
    let weak = text.starts_with('~');
    let words = label(text.trim());
    (!words.is_empty()).then_some(Label { words, weight: if weak { 0.7 } else { 0.92 }, weak })
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort();
    words
}

/// The leaves below `node` (scalars and arrays of scalars), each with its path. Arrays of objects are not among them.
pub fn of_object(node: &Node, use_: Use) -> Vec<Field> {
    let mut fields = Vec::new();
    collect(node, use_, &mut Vec::new(), &mut fields);
    fields
}

/// What the object is filled from: `amount` on a page is the total, in a table it is the line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Page,
    Row,
}

fn collect(node: &Node, use_: Use, path: &mut Vec<String>, fields: &mut Vec<Field>) {
    for property in node.properties() {
        path.push(property.name.clone());
        match &property.node.kind {
            Kind::Object(_) => collect(&property.node, use_, path, fields),
            Kind::Array(item) if item.is_leaf() => {
                fields.push(Field { many: true, ..field(path, property, item, use_) })
            }
            Kind::Array(_) | Kind::Null => {}
            _ => fields.push(field(path, property, &property.node, use_)),
        }
        path.pop();
    }
}

fn field(path: &[String], property: &Property, leaf: &Node, use_: Use) -> Field {
    let own = label(&property.name);
    let parent = path.iter().rev().nth(1).map(|name| label(name)).unwrap_or_default();
    let full: Vec<String> = parent.iter().chain(&own).cloned().collect();
    let mut concepts = concepts(&full, &own, property, leaf);
    match use_ {
        Use::Page => concepts.truncate(1),
        // The concepts of rows stand behind those of pages.
        Use::Row => concepts.reverse(),
    }
    let mut labels = Labels::default();
    if !parent.is_empty() {
        labels.add(full, 1.0, false);
    }
    labels.add(own.clone(), if parent.is_empty() { 1.0 } else { 0.85 }, false);
    labels.add(vec![own.concat()], 0.95, false);
    for title in [property.node.title.as_deref(), leaf.title.as_deref()].into_iter().flatten() {
        labels.add(label(title), 0.95, false);
    }
    let description = property.node.description.as_deref().or(leaf.description.as_deref()).unwrap_or_default();
    described(description, &mut labels);
    let mut against = Vec::new();
    for (concept, share) in &concepts {
        for known in &concept.labels {
            labels.add(known.words.clone(), known.weight * share, known.weak);
        }
        against.extend(concept.against.iter().filter(|word| !own.contains(word) && !parent.contains(word)).cloned());
    }
    let shape = concepts.first().map(|(known, _)| known.concept.shape);
    let want = want(leaf, shape, &own, description);
    if matches!(want, Want::Choice(_) | Want::Pattern(_)) {
        // `Payment method: Visa - 7267` says the type and the digits of a payment method.
        labels.add(parent.clone(), 0.75, false);
    }
    let issuer =
        shape == Some(Shape::Text) && concepts.iter().any(|(known, _)| known.concept.labels.starts_with("vendor"));
    let sum = concepts.first().and_then(|(known, _)| {
        let first = known.concept.labels.split('|').next();
        SumPart::ALL
            .into_iter()
            .find(|part| first == Some(part.name()) && matches!(leaf.kind, Kind::Number | Kind::Integer))
    });
    let mut section = Labels::default();
    if !parent.is_empty() {
        section.add(parent.clone(), 1.0, false);
        for at in BY_WORDS.get(&sorted(&parent)).into_iter().flatten() {
            KNOWN[*at].labels.iter().for_each(|known| section.add(known.words.clone(), known.weight, known.weak));
        }
    }
    Field { path: path.to_vec(), want, labels: labels.0, section: section.0, against, many: false, issuer, sum }
}

#[derive(Default)]
struct Labels(Vec<Label>);

impl Labels {
    /// The first of equal labels stays: they are added from the surest on.
    fn add(&mut self, words: Vec<String>, weight: f32, weak: bool) {
        if !words.is_empty() && words.len() <= 8 && !self.0.iter().any(|known| known.words == words) {
            self.0.push(Label { words, weight, weak });
        }
    }
}

/// The concepts that a property is, best first, each with a share: 1 for its name, less for a part of its name.
fn concepts(full: &[String], own: &[String], property: &Property, leaf: &Node) -> Vec<(&'static Known, f32)> {
    let title = property.node.title.as_deref().map(label).unwrap_or_default();
    let fits = |at: &&usize| suits(KNOWN[**at].concept.shape, &leaf.kind);
    for (words, share) in [(full, 1.0), (own, if full.len() > own.len() { 0.95 } else { 1.0 }), (&title, 0.95)] {
        let found = BY_WORDS.get(&sorted(words));
        let mut found: Vec<_> = found.into_iter().flatten().filter(fits).map(|at| (&KNOWN[*at], share)).collect();
        // A text called `vat` is the number of the firm rather than an amount.
        found.sort_by_key(|(known, _)| leaf.kind == Kind::Text && is_amount(known.concept.shape));
        if !found.is_empty() {
            return found;
        }
    }
    part_of_name(own, &leaf.kind)
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
const fn suits(shape: Shape, kind: &Kind) -> bool {
    match kind {
        Kind::Number | Kind::Integer => {
            matches!(shape, Shape::Money | Shape::Number | Shape::Percent | Shape::Id)
        }
        Kind::Boolean => false,
        _ => true,
    }
}

const fn is_amount(shape: Shape) -> bool {
    matches!(shape, Shape::Money | Shape::Number | Shape::Percent)
}

/// Quoted texts of a description are labels; its first few words may be one.
fn described(description: &str, labels: &mut Labels) {
    for quoted in description.split(['"', '“', '”', '\'', '`']).skip(1).step_by(2) {
        if (2..=40).contains(&quoted.chars().count()) {
            labels.add(label(quoted), 0.9, false);
        }
    }
    let phrase = description.split(['.', ',', ';', '(', ':', '"', '\'']).next().map(label).unwrap_or_default();
    if (2..=4).contains(&phrase.len()) {
        labels.add(phrase, 0.75, false);
    }
}

fn want(leaf: &Node, shape: Option<Shape>, own: &[String], description: &str) -> Want {
    if let Some(choices) = &leaf.choices {
        return Want::Choice(choices.clone());
    }
    let says = |word: &str| own.iter().any(|own| own == word);
    match leaf.kind {
        Kind::Boolean => return Want::Boolean,
        Kind::Number | Kind::Integer => {
            let integer = leaf.kind == Kind::Integer;
            return match shape {
                Some(Shape::Id) if integer => Want::IdNumber,
                shape => Want::Number {
                    integer,
                    money: shape == Some(Shape::Money) || says("amount") || says("price") || says("total"),
                    percent: shape == Some(Shape::Percent) || says("percent") || says("rate"),
                },
            };
        }
        _ => {}
    }
    // A pattern that cannot be compiled here (look-around) is only a hint, and is passed over.
    let pattern =
        leaf.pattern.as_deref().and_then(|text| regex::RegexBuilder::new(text).size_limit(1 << 20).build().ok());
    if let Some(pattern) = pattern {
        return Want::Pattern(Box::new(pattern));
    }
    match leaf.format.as_deref() {
        Some("date" | "date-time") => return Want::Date(style_in(description).unwrap_or(DateStyle::Iso)),
        Some("email" | "idn-email") => return Want::Email,
        Some("uri" | "url" | "uri-reference" | "iri") => return Want::Url,
        _ => {}
    }
    let dated = ["date", "datum", "fecha"].iter().any(|word| says(word));
    match shape {
        Some(Shape::Date) => Want::Date(style_in(description).unwrap_or(DateStyle::Iso)),
        None if dated => Want::Date(style_in(description).unwrap_or(DateStyle::Iso)),
        None if says("number") || says("id") || says("code") => Want::Id,
        None if says("amount") || says("price") => Want::NumberText,
        None | Some(Shape::Text) => Want::Text,
        Some(Shape::Address) => Want::Address,
        Some(Shape::Money | Shape::Number | Shape::Percent) => Want::NumberText,
        Some(Shape::Id) => Want::Id,
        Some(Shape::Email) => Want::Email,
        Some(Shape::Url) => Want::Url,
        Some(Shape::Phone) => Want::Phone,
        Some(Shape::Iban) => Want::Iban,
        Some(Shape::Bic) => Want::Bic,
        Some(Shape::VatId) => Want::VatId,
        Some(Shape::Currency) => Want::Currency,
        Some(Shape::PostCode) => Want::PostCode,
    }
}
