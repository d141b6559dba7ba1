//! From a leaf of the schema to what is looked for: labels, a type, and words that speak against a place.

mod name;

use docmill_model::schema::{Hints, Kind, Limits, Node, Property};

use crate::concepts::{Known, Role, concepts, is_amount, of_words, role_of, suits};
use crate::recognise::dates::style_in;
use crate::recognise::{DateStyle, Scheme, Want};
use crate::synonyms::Shape;
use crate::tokens::{fold, label};
use name::Name;

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
    /// Whose value it is.
    pub role: Option<Role>,
    /// What it is of a party: its name, a part of its address.
    pub part: Option<Part>,
    /// Which of the two dates of a period.
    pub edge: Option<Edge>,
    /// The page that it stands on, from 1, or from the end with a minus.
    pub page: Option<i64>,
    /// A value has letters: what has a name, not a number.
    pub speaks: bool,
    /// The words of its description.
    pub said: Vec<String>,
    /// Names of the lexicon's concepts that it is, best first.
    pub concepts: Vec<&'static str>,
}

impl Field {
    pub fn is(&self, concept: &str) -> bool {
        self.concepts.contains(&concept)
    }
}

/// What a value is of a firm or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Name,
    Street,
    PostCode,
    City,
    State,
    Country,
    Address,
    Phone,
    Email,
    Url,
}

/// Words of a name that ask for one end of a range.
const MINIMA: &[&str] = &["min", "minimum", "minimal", "minimale", "lowest", "minimo", "minima"];
const MAXIMA: &[&str] = &["max", "maximum", "maximal", "maximale", "highest", "maximo", "maxima"];

/// `1 May - 31 May`, `-20 to 60 °C`: the first or the last value of a period or range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    First,
    Last,
}

/// Concepts of rows: on a page they are meant only by a name that means nothing else.
const OF_ROWS: &[&str] =
    &["line total", "unit price", "quantity", "item number", "position", "booking date", "value date", "description"];
/// Concepts whose texts may be a letter, a number or a measure.
const CODED: &[&str] = &[
    "result",
    "reference range",
    "tax class",
    "sex",
    "flag",
    "unit",
    "revision",
    "protection class",
    "dimensions",
    "grade",
    "flight number",
    "tariff",
    "period",
];
/// Names that say no more than that there is a value.
pub const GENERIC: &[&str] =
    &["value", "valu", "amount", "figure", "number", "wert", "betrag", "valeur", "montant", "valor", "importe"];
/// Words of a description that are kept.
const SAID_WORDS_MAX: usize = 24;
/// Words of a description's first sentence that are read.
const DESCRIPTION_WORDS_MAX: usize = 16;
/// Concepts of one property whose labels are looked for on a page.
const PAGE_CONCEPTS_MAX: usize = 3;

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
        limits: Limits::default(),
        hints: Hints::default(),
    };
    let property = Property { name: part.name().to_owned(), required: false, node };
    field(std::slice::from_ref(&property.name), &property, &property.node, Use::Page)
}

/// The leaves below `node` (scalars and arrays of scalars), each with its path. Arrays of objects are not among them.
pub fn of_object(node: &Node, use_: Use) -> Vec<Field> {
    let mut fields = Vec::new();
    collect(node, use_, &mut Vec::new(), &mut fields);
    if use_ == Use::Page {
        name_by_objects(node, &mut Vec::new(), &mut fields);
    }
    // An address beside its own post code or city is the street.
    let with_place: Vec<Vec<String>> = fields
        .iter()
        .filter(|field| matches!(field.part, Some(Part::PostCode | Part::City)))
        .map(|field| field.path[..field.path.len() - 1].to_vec())
        .collect();
    for field in fields.iter_mut().filter(|field| field.part == Some(Part::Address)) {
        if with_place.iter().any(|parent| *parent == field.path[..field.path.len() - 1]) {
            field.part = Some(Part::Street);
            field.want = Want::Text;
        }
    }
    fields
}

/// What the object is filled from: `amount` on a page is the total, in a table it is the line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Page,
    Row,
}

/// A `value` or an `amount` is called what the object around it is: by its title or description, or its name.
fn name_by_objects(node: &Node, path: &mut Vec<String>, fields: &mut [Field]) {
    for property in node.properties().iter().filter(|property| matches!(property.node.kind, Kind::Object(_))) {
        path.push(property.name.clone());
        name_by_objects(&property.node, path, fields);
        let said = property.node.description.as_deref().and_then(|text| text.split(['.', ';', '(']).next());
        let names = [property.node.title.as_deref(), said, Some(property.name.as_str())];
        let own = |field: &&mut Field| {
            let words = field.path.last().map(|name| label(name)).unwrap_or_default();
            field.path.len() == path.len() + 1
                && field.path.starts_with(path)
                && words.iter().all(|word| GENERIC.contains(&word.as_str()))
        };
        for field in fields.iter_mut().filter(own) {
            let mut labels = Labels(std::mem::take(&mut field.labels));
            for words in names.iter().flatten().map(|name| label(name)).filter(|words| words.len() <= 4) {
                labels.0.retain(|known| known.words != words);
                labels.add(words, 0.95, false);
            }
            field.labels = labels.0;
        }
        path.pop();
    }
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

/// The concepts that a field is, best first, all of one shape.
fn concepts_of(
    name: &Name,
    property: &Property,
    leaf: &Node,
    use_: Use,
    description: &str,
) -> Vec<(&'static Known, f32)> {
    let mut concepts = concepts(&[&name.full, &name.own, &name.rest], property, leaf);
    if is_dated(&property.name, leaf) {
        concepts.retain(|(known, _)| known.concept.shape == Shape::Date);
    }
    match use_ {
        Use::Page => {
            // Concepts of rows only where there is no other.
            let is_row = |known: &Known| known.concept.labels.first().is_some_and(|name| OF_ROWS.contains(name));
            let all = concepts.iter().all(|(known, _)| is_row(known));
            let first = concepts.first().and_then(|(known, _)| known.concept.labels.first().copied()).filter(|_| all);
            let of_page = |name: &str| Some(name) == first || !OF_ROWS.contains(&name);
            concepts.retain(|(known, _)| known.concept.labels.first().is_some_and(|name| of_page(name)));
            concepts.truncate(PAGE_CONCEPTS_MAX);
        }
        // The concepts of rows stand behind those of pages.
        Use::Row => concepts.reverse(),
    }
    if concepts.is_empty() {
        concepts = of_description(description, leaf);
    } else if use_ == Use::Row {
        prefer_description(&mut concepts, description, leaf);
    }
    if leaf.kind == Kind::Text && use_ == Use::Row {
        // An `item` is what it is called before it is its number.
        concepts.sort_by_key(|(known, _)| {
            (known.concept.labels.first() != Some(&"description"), is_amount(known.concept.shape))
        });
    }
    if use_ == Use::Row {
        // A `reference` is what is called so before it is a range of reference.
        let named = |known: &Known| known.concept.labels.first().is_some_and(|first| label(first) == name.own);
        concepts.sort_by_key(|(known, _)| !(known.concept.shape == Shape::Id && named(known)));
    }
    // What looks otherwise is something else.
    let shape = concepts.first().map(|(known, _)| known.concept.shape);
    // The tax number of a firm is often its VAT number.
    let same = |own: Shape| Some(own) == shape || shape == Some(Shape::Id) && own == Shape::VatId;
    concepts.retain(|(known, _)| same(known.concept.shape));
    concepts
}

fn field(path: &[String], property: &Property, leaf: &Node, use_: Use) -> Field {
    let name = Name::of(path);
    let description = property.node.description.as_deref().or(leaf.description.as_deref()).unwrap_or_default();
    let concepts = concepts_of(&name, property, leaf, use_, description);
    let shape = concepts.first().map(|(known, _)| known.concept.shape);
    let titles = [property.node.title.as_deref(), leaf.title.as_deref()];
    let (labels, against) = labels_of(&name, &titles, description, &concepts);
    let mut labels = Labels(labels);
    let hints = if property.node.hints == Hints::default() { &leaf.hints } else { &property.node.hints };
    hints.synonyms.iter().for_each(|name| labels.add_first(label(name)));
    let want = hints
        .regex
        .as_deref()
        .filter(|_| leaf.kind == Kind::Text)
        .and_then(own_regex)
        .unwrap_or_else(|| want(leaf, shape, &name.own, description, is_dated(&property.name, leaf)));
    if matches!(want, Want::Choice(_) | Want::Pattern(_)) {
        // `Payment method: Visa - 7267` says the type and the digits of a payment method.
        labels.add(name.parent.clone(), 0.75, false);
    }
    let is = |concept: &str| concepts.iter().any(|(known, _)| known.concept.labels.first() == Some(&concept));
    // The number of a row has few digits, unlike other codes.
    let want = if matches!(want, Want::IdNumber) && is("position") {
        Want::Number { integer: true, money: false, percent: false }
    } else {
        want
    };
    let part = (leaf.kind == Kind::Text).then(|| part(&name, &is)).flatten();
    let part = part.filter(|part| *part != Part::Name || want.is_free_text());
    let issuer =
        shape == Some(Shape::Text) && is("vendor") || part == Some(Part::Name) && name.role == Some(Role::Issuer);
    let first = concepts.first().and_then(|(known, _)| known.concept.labels.first().copied());
    let sum = SumPart::ALL
        .into_iter()
        .find(|part| first == Some(part.name()) && matches!(leaf.kind, Kind::Number | Kind::Integer));
    let edge = edge_of(&name, &is, &want, shape);
    let section = section_of(&name);
    let coded = CODED.iter().any(|name| is(name));
    let speaks = matches!(want, Want::Person) || matches!(want, Want::Text) && !concepts.is_empty() && !coded;
    Field {
        path: path.to_vec(),
        want,
        labels: labels.0,
        section,
        against,
        many: false,
        issuer,
        sum,
        role: name.role,
        part,
        edge,
        page: hints.page,
        speaks,
        said: crate::tokens::tokens(description).into_iter().map(|token| token.norm).take(SAID_WORDS_MAX).collect(),
        concepts: concepts.iter().filter_map(|(known, _)| known.concept.labels.first().copied()).collect(),
    }
}

/// Whether a name or a format says that a value is a date: `ordered_on`, `payé_le`, `until`.
fn is_dated(name: &str, leaf: &Node) -> bool {
    const LAST: &[&str] = &["on", "le", "am", "el", "until", "date", "datum", "fecha"];
    let words = crate::tokens::tokens(&crate::tokens::split_camel(name));
    let last = words.last().map(|token| token.norm.as_str()).unwrap_or_default();
    leaf.kind == Kind::Text
        && (matches!(leaf.format.as_deref(), Some("date" | "date-time")) || words.len() > 1 && LAST.contains(&last))
}

fn labels_of(
    name: &Name,
    titles: &[Option<&str>],
    description: &str,
    concepts: &[(&'static Known, f32)],
) -> (Vec<Label>, Vec<String>) {
    let mut labels = Labels::default();
    if !name.parent.is_empty() {
        labels.add(name.full.clone(), 1.0, false);
        // `customers.total` is printed as `Total customers`.
        labels.add(name.own.iter().chain(&name.parent).cloned().collect(), 0.95, false);
    }
    labels.add(name.own.clone(), if name.parent.is_empty() { 1.0 } else { 0.85 }, false);
    labels.add(vec![name.own.concat()], 0.95, false);
    if name.rest != name.own {
        labels.add(name.rest.clone(), 0.8, false);
    }
    for title in titles.iter().flatten() {
        labels.add(label(title), 0.95, false);
    }
    described(description, &mut labels);
    for (at, (concept, share)) in concepts.iter().enumerate() {
        let share = share * if at == 0 { 1.0 } else { 0.95 };
        for known in &concept.labels {
            labels.add(known.words.clone(), known.weight * share, known.weak);
        }
    }
    // What the first concept warns of; what others call it is a label of its own.
    let foreign = |word: &&String| !name.own.contains(word) && !name.parent.contains(word);
    let warned = concepts.first().map(|(concept, _)| concept.against.iter().filter(foreign).cloned().collect());
    let against = warned.unwrap_or_default();
    (labels.0, against)
}

/// Which of the two dates of a period, or of the two numbers of a range, is wanted.
fn edge_of(name: &Name, is: &dyn Fn(&str) -> bool, want: &Want, shape: Option<Shape>) -> Option<Edge> {
    let says = |words: &[&str]| name.own.iter().any(|own| words.contains(&own.as_str()));
    match want {
        Want::Number { .. } if says(MINIMA) => Some(Edge::First),
        Want::Number { .. } if says(MAXIMA) => Some(Edge::Last),
        _ if shape != Some(Shape::Date) => None,
        _ if is("start date") => Some(Edge::First),
        _ => is("end date").then_some(Edge::Last),
    }
}

/// Labels of the object around a value, or of those whose it is.
fn section_of(name: &Name) -> Vec<Label> {
    let mut section = Labels::default();
    if !name.parent.is_empty() {
        section.add(name.parent.clone(), 1.0, false);
        let known = of_words(&name.parent).flat_map(|known| &known.labels);
        known.for_each(|label| section.add(label.words.clone(), label.weight, label.weak));
    }
    for label in name.role.into_iter().flat_map(Role::labels).filter(|label| !label.weak) {
        section.add(label.words.clone(), label.weight, false);
    }
    section.0
}

/// Which part of a party a text is.
fn part(name: &Name, is: &dyn Fn(&str) -> bool) -> Option<Part> {
    const NAMES: &[&str] =
        &["name", "company", "firm", "nombre", "nom", "firma", "empresa", "societe", "raison", "razon"];
    let names_party = name.role.is_some() && role_of(&name.own).is_some_and(|(_, rest)| rest.is_empty());
    let called = name.rest.iter().all(|word| NAMES.contains(&word.as_str()) || word == "full" || word == "legal");
    Some(match () {
        () if is("street") => Part::Street,
        () if is("postcode") => Part::PostCode,
        () if is("city") => Part::City,
        () if is("state") => Part::State,
        () if is("country") => Part::Country,
        () if is("address") || is("billing address") || is("shipping address") => Part::Address,
        () if is("phone") => Part::Phone,
        () if is("email") => Part::Email,
        () if is("website") => Part::Url,
        () if name.role.is_some() && (names_party || !name.rest.is_empty() && called) => Part::Name,
        () => return None,
    })
}

#[derive(Default)]
struct Labels(Vec<Label>);

impl Labels {
    /// What the schema's author says documents call it is surer than all else.
    fn add_first(&mut self, words: Vec<String>) {
        self.0.retain(|known| known.words != words);
        self.add(words, 1.0, false);
    }

    /// The first of equal labels stays: they are added from the surest on.
    fn add(&mut self, words: Vec<String>, weight: f32, weak: bool) {
        if !words.is_empty() && words.len() <= 8 && !self.0.iter().any(|known| known.words == words) {
            self.0.push(Label { words, weight, weak });
        }
    }
}

/// The concept that a description names, when the name says none: the longest label in its first sentence.
fn of_description(description: &str, leaf: &Node) -> Vec<(&'static Known, f32)> {
    let sentence = description.split(['.', ';', '(', ':', '"', '\'']).next().map(label).unwrap_or_default();
    let words = &sentence[..sentence.len().min(DESCRIPTION_WORDS_MAX)];
    let mut lengths = (1..=4.min(words.len())).rev();
    let found = lengths.find_map(|length| {
        let mut windows = words.windows(length);
        windows.find_map(|window| of_words(window).find(|known| suits(known.concept.shape, &leaf.kind)))
    });
    found.map(|known| (known, 0.8)).into_iter().collect()
}

/// A description that is nothing but what documents call something says more than a name such as `value`.
fn prefer_description(concepts: &mut Vec<(&'static Known, f32)>, description: &str, leaf: &Node) {
    let words = label(description);
    let Some(known) = of_words(&words).filter(|known| suits(known.concept.shape, &leaf.kind)).last() else { return };
    if words.len() <= 3 && !concepts.iter().any(|(own, _)| std::ptr::eq(*own, known)) {
        concepts.insert(0, (known, 0.9));
    }
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

/// A value is what the schema's own expression finds. One that cannot be compiled (look-around) is passed over.
fn own_regex(text: &str) -> Option<Want> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().ok().map(|regex| Want::Regex(Box::new(regex)))
}

fn want(leaf: &Node, shape: Option<Shape>, own: &[String], description: &str, dated: bool) -> Want {
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
                    money: shape == Some(Shape::Money)
                        || shape.is_none() && (says("amount") || says("price") || says("total")),
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
        // The format says how the value is written, whatever the page prints.
        Some("date") => {
            let style = style_in(description).filter(|style| *style != DateStyle::Verbatim);
            return Want::Date(style.unwrap_or(DateStyle::Iso));
        }
        Some("date-time") => return Want::Date(DateStyle::Instant),
        Some("email" | "idn-email") => return Want::Email,
        Some("uri" | "url" | "uri-reference" | "iri") => return Want::Url,
        _ => {}
    }
    if let Some(scheme) = Scheme::of(own).filter(|_| matches!(shape, None | Some(Shape::Id | Shape::Text))) {
        return Want::Numbered(scheme);
    }
    let dated = dated || ["date", "datum", "fecha"].iter().any(|word| says(word));
    match shape {
        Some(Shape::Date) => Want::Date(style_in(description).unwrap_or(DateStyle::Iso)),
        None if dated => Want::Date(style_in(description).unwrap_or(DateStyle::Iso)),
        None if says("time") || says("uhrzeit") || says("hora") || says("heure") => Want::Time,
        None if says("number") || says("id") || says("code") => Want::Id,
        None if says("amount") || says("price") => Want::NumberText,
        None | Some(Shape::Text) => Want::Text,
        Some(Shape::Person) => Want::Person,
        Some(Shape::Time) => Want::Time,
        Some(Shape::Address) => Want::Address,
        Some(Shape::Money) if fold(description).contains("sign") || fold(description).contains("as printed") => {
            Want::MoneyText
        }
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
        Some(Shape::Flag | Shape::Rows) => Want::Text,
    }
}
