//! From the words of a prompt to fields: no model, the same words give the same fields.
//!
//! 1. Lines that begin with a bullet or a number are one field each; what follows `:` or ` - ` describes it.
//! 2. Without such lines, words in quotes or backticks are the fields.
//! 3. Without either, the text after the last `:` or after its verb (extract, find, list, ...) is cut at commas,
//!    semicolons, line ends and `and`; articles go, and so does what begins with `from`, `of each`, `in the`, ...
//!
//! A list in brackets after a field are the fields inside it. The words of a name say the type: `date`, `name` and
//! `number` are texts, `number of`, `count` and `quantity` integers, `total`, `price` and `amount` numbers, `is` and
//! `has` booleans; a last word in the plural, or `list of`, makes an array.

/// Fields of one prompt, and of one bracket.
const FIELDS_MAX: usize = 200;
/// Longer pieces are sentences, not names.
const NAME_WORDS_MAX: usize = 6;
const TITLE_WORDS_MAX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `snake_case`.
    pub name: String,
    /// As the prompt says it.
    pub description: String,
    pub kind: Kind,
    pub list: bool,
    /// Of an object; empty for a plain value.
    pub inner: Vec<Field>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
}

impl Kind {
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        }
    }
}

const VERBS: &[&str] =
    &["extract", "find", "get", "list", "return", "pull", "collect", "capture", "read", "give", "identify", "need"];
const ARTICLES: &[&str] =
    &["the", "a", "an", "all", "every", "each", "any", "its", "their", "me", "out", "also", "and", "or", "with", "as"];
/// Words at which a name ends: what follows says where it is found.
const ENDS: &[&str] = &["from", "for", "in", "on", "at", "per", "as", "if", "when", "where", "which", "that", "using"];
const INTEGERS: &[&str] = &["count", "quantity", "qty", "year", "age", "pages"];
const NUMBERS: &[&str] = &[
    "amount",
    "total",
    "subtotal",
    "price",
    "cost",
    "fee",
    "tax",
    "vat",
    "balance",
    "rate",
    "percentage",
    "percent",
    "discount",
    "salary",
    "weight",
    "height",
    "width",
    "length",
    "score",
    "sum",
    "value",
    "revenue",
    "profit",
];
const BOOLEANS: &[&str] = &["is", "has", "was", "are", "does"];
/// Words that end in `s` and are no plural.
const SINGULARS: &[&str] = &["address", "status", "business", "class", "process", "basis", "gross", "is", "was", "has"];

/// The fields that a prompt names, in its order, each name once.
pub fn fields(prompt: &str) -> Vec<Field> {
    let bullets: Vec<&str> = prompt.lines().filter_map(bullet).collect();
    if !bullets.is_empty() {
        return distinct(bullets.into_iter().filter_map(described));
    }
    let quoted = quoted(prompt);
    if !quoted.is_empty() {
        return distinct(quoted.iter().filter_map(|text| field(text)));
    }
    list(after_verb(prompt))
}

/// A name for the schema: the first words of the prompt.
pub fn title(prompt: &str) -> String {
    let words: Vec<&str> = prompt.split_whitespace().take(TITLE_WORDS_MAX).collect();
    words.join(" ").trim_end_matches([':', ',', '.', ';']).chars().take(100).collect()
}

fn distinct(found: impl Iterator<Item = Field>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for field in found.take(FIELDS_MAX) {
        if !fields.iter().any(|seen| seen.name == field.name) {
            fields.push(field);
        }
    }
    fields
}

/// What follows the bullet or number of a list line.
fn bullet(line: &str) -> Option<&str> {
    let line = line.trim();
    let bulleted = line.strip_prefix(['-', '*', '\u{2022}']);
    let numbered = || line.trim_start_matches(|char: char| char.is_ascii_digit()).strip_prefix(['.', ')']);
    let rest = bulleted.or_else(|| numbered().filter(|_| line.starts_with(|char: char| char.is_ascii_digit())))?;
    Some(rest.trim()).filter(|rest| !rest.is_empty())
}

/// `name: description`, `name - description` or a name alone.
fn described(line: &str) -> Option<Field> {
    let cut = line.split_once(": ").or_else(|| line.split_once(" - ")).or_else(|| line.split_once(" \u{2014} "));
    let (name, description) = cut.map_or((line, None), |(name, rest)| (name, Some(rest.trim())));
    let mut found = field(name.trim_end_matches(':'))?;
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        description.clone_into(&mut found.description);
    }
    Some(found)
}

/// Texts between two equal signs of quotation. An apostrophe inside a word is none.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (open, close) in [('`', '`'), ('"', '"'), ('\u{201c}', '\u{201d}')] {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(open)
            && let Some((inside, after)) = after.split_once(close)
        {
            found.push((text.len() - after.len(), inside.to_owned()));
            rest = after;
        }
    }
    found.sort();
    found.into_iter().map(|(_, inside)| inside).collect()
}

/// The part of a sentence that lists things.
fn after_verb(prompt: &str) -> &str {
    let outside_brackets = |at: usize| prompt[..at].matches('(').count() == prompt[..at].matches(')').count();
    if let Some((at, _)) = prompt.match_indices(':').rfind(|(at, _)| outside_brackets(*at))
        && !prompt[at + 1..].trim().is_empty()
    {
        return &prompt[at + 1..];
    }
    let head = prompt.find([',', ';', '\n', '(']).map_or(prompt, |end| &prompt[..end]);
    let mut rest = head;
    while let Some((word, after)) = rest.trim_start().split_once(char::is_whitespace) {
        let plain = word.trim_matches(|char: char| !char.is_alphabetic()).to_lowercase();
        if VERBS.contains(&plain.as_str()) && !after.trim_start().starts_with("of ") {
            return &prompt[head.len() - after.len()..];
        }
        rest = after;
    }
    prompt
}

/// Names between commas, semicolons, line ends, full stops and `and`, brackets kept whole.
fn list(text: &str) -> Vec<Field> {
    let (mut pieces, mut piece, mut depth) = (Vec::new(), String::new(), 0_usize);
    for char in text.chars() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(char, ',' | ';' | '\n' | '.') {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(char);
        }
    }
    pieces.push(piece);
    distinct(pieces.iter().flat_map(|piece| at_and(piece)).filter_map(field))
}

/// Cuts at `and` outside of brackets.
fn at_and(piece: &str) -> Vec<&str> {
    const AND: &str = " and ";
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, char) in piece.char_indices() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && at >= start && piece[at..].starts_with(AND) => {
                parts.push(&piece[start..at]);
                start = at + AND.len();
            }
            _ => {}
        }
    }
    parts.push(&piece[start..]);
    parts
}

/// A field from a name as a person writes it; `None` when there is no name in it.
fn field(text: &str) -> Option<Field> {
    let (head, inside) = match text.split_once(['(', '[']) {
        Some((head, rest)) => (head, rest.rsplit_once([')', ']']).map_or(rest, |(inside, _)| inside)),
        None => (text, ""),
    };
    let lower = head.to_lowercase();
    let words: Vec<&str> = lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let start = words.iter().position(|word| !ARTICLES.contains(word)).unwrap_or(words.len());
    let words = &words[start..];
    let (listed, words) = match words {
        ["list" | "lists", "of", rest @ ..] => (true, rest),
        words => (false, words),
    };
    let (asked, words) = match words {
        ["whether", "it" | "they", rest @ ..] | ["whether", rest @ ..] => (true, rest),
        words => (false, words),
    };
    let end = words.iter().position(|word| ENDS.contains(word)).unwrap_or(words.len());
    let words: Vec<&str> = words[..end].iter().copied().filter(|word| !["the", "each"].contains(word)).collect();
    let kind = if asked { Kind::Boolean } else { kind(&words) };
    let (last, before) = words.split_last()?;
    if words.len() > NAME_WORDS_MAX {
        return None;
    }
    let inner = if inside.contains([',', ';']) { list(inside) } else { Vec::new() };
    let plural = kind != Kind::Boolean && is_plural(last) && !before.contains(&"of");
    Some(Field {
        name: words.join("_"),
        description: text.split_whitespace().collect::<Vec<_>>().join(" "),
        kind,
        list: listed || plural,
        inner,
    })
}

fn kind(words: &[&str]) -> Kind {
    let last = words.last().copied().unwrap_or_default();
    match words {
        [first, ..] if BOOLEANS.contains(first) => Kind::Boolean,
        ["number", "of", ..] => Kind::Integer,
        _ if INTEGERS.contains(&last) => Kind::Integer,
        // `total due` is an amount, `due date` a date, `tax id` a code.
        _ if NUMBERS.contains(&last) || (last == "due" && words.iter().any(|word| NUMBERS.contains(word))) => {
            Kind::Number
        }
        _ => Kind::Text,
    }
}

fn is_plural(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !SINGULARS.contains(&word) && word != "pages"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(field: &Field) -> String {
        let inner: Vec<String> = field.inner.iter().map(shown).collect();
        let inside =
            if inner.is_empty() { field.kind.type_name().to_owned() } else { format!("{{{}}}", inner.join(" ")) };
        format!("{}:{inside}{}", field.name, if field.list { "[]" } else { "" })
    }

    fn check(prompt: &str, expected: &str) {
        let found: Vec<String> = fields(prompt).iter().map(shown).collect();
        assert_eq!(found.join(" "), expected, "{prompt}");
    }

    #[test]
    fn sentences_bullets_and_quotes_name_fields() {
        check(
            "Extract the invoice number, the invoice date and the total amount from each invoice.",
            "invoice_number:string invoice_date:string total_amount:number",
        );
        check(
            "Please get vendor name, line items (description, quantity, unit price) and whether it is paid",
            "vendor_name:string line_items:{description:string quantity:integer unit_price:number}[] \
             is_paid:boolean",
        );
        check("Fields:\n- Name: of the person\n* Age\n2) tags", "name:string age:integer tags:string[]");
        check("We want `order_id` and \"Ship date\" please", "order_id:string ship_date:string");
        check(
            "number of employees, list of partner, VAT rate, tax id, amount due",
            "number_of_employees:integer \
             partner:string[] vat_rate:number tax_id:string amount_due:number",
        );
        check("name, Name, NAME", "name:string");
        check("address; status", "address:string status:string");
    }

    #[test]
    fn what_names_nothing_gives_nothing() {
        for prompt in ["", "   ", "the", "?!", "(a, b)"] {
            check(prompt, "");
        }
        let long = "this is a sentence of very many words that nobody would take for a name".to_owned();
        check(&long, "");
        assert_eq!(fields(&"x, ".repeat(10_000)).len(), 1);
        assert!(fields(&(0..1_000).map(|n| format!("f{n}, ")).collect::<String>()).len() <= FIELDS_MAX);
    }

    #[test]
    fn a_bullet_describes_its_field() {
        let found = fields("- total: the sum with taxes\n- due date - when to pay");
        assert_eq!(found[0].description, "the sum with taxes");
        assert_eq!((found[1].name.as_str(), found[1].description.as_str()), ("due_date", "when to pay"));
    }
}
