//! Words as they are compared: folded to lower case without accents, with short forms made long.

/// A comparable piece of a text: `norm` came from `start..end` (bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub norm: String,
}

/// Short forms, so that `Inv. No`, `invoice_nr` and `Invoice #` are one label.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("no", "number"),
    ("nr", "number"),
    ("num", "number"),
    ("nbr", "number"),
    ("n", "number"),
    ("#", "number"),
    ("nummer", "number"),
    ("numero", "number"),
    ("inv", "invoice"),
    ("amt", "amount"),
    ("qty", "quantity"),
    ("quant", "quantity"),
    ("addr", "address"),
    ("tel", "phone"),
    ("telephone", "phone"),
    ("telefon", "phone"),
    ("telefono", "phone"),
    ("tlf", "phone"),
    ("acct", "account"),
    ("acc", "account"),
    ("ref", "reference"),
    ("desc", "description"),
    ("dob", "birthdate"),
    ("po", "purchaseorder"),
    ("mail", "email"),
    ("pct", "percent"),
    ("%", "percent"),
    ("zip", "postcode"),
    ("plz", "postcode"),
    ("mobil", "mobile"),
    ("cust", "customer"),
    ("org", "organization"),
    ("yr", "year"),
    ("rechng", "rechnung"),
    ("lief", "lieferung"),
    ("dept", "department"),
    ("abt", "abteilung"),
    ("std", "stunden"),
    ("str", "strasse"),
    ("tlfno", "phone"),
    ("fon", "phone"),
];

/// Words that carry nothing in a label, in English, German, French, Spanish and Dutch.
const FILLERS: &[&str] = &[
    "of", "the", "a", "an", "for", "in", "on", "at", "is", "and", "or", "your", "our", "this", "der", "die", "das",
    "des", "dem", "den", "von", "vom", "zur", "zum", "und", "ihr", "ihre", "de", "du", "la", "le", "les", "l", "d",
    "et", "votre", "el", "los", "las", "del", "y", "su", "het", "een", "van", "en", "uw", "as", "s",
];

pub fn is_filler(norm: &str) -> bool {
    FILLERS.contains(&norm)
}

/// Lower case, without accents.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ä' => folded.push('a'),
            'ç' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            'º' => folded.push('o'),
            'ª' => folded.push('a'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            // Combining marks, as decomposed text has them.
            '\u{300}'..='\u{36f}' => {}
            c => folded.push(c),
        }
    }
    folded
}

fn normal(piece: &str) -> String {
    let mut norm = fold(piece);
    if let Some((_, long)) = SHORT_FORMS.iter().find(|(short, _)| *short == norm) {
        return (*long).to_owned();
    }
    // Umlauts are also written with an e, in names of properties above all.
    if norm.len() > 4 {
        norm = norm.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    }
    // A light stem: the plural of most labels. Both sides lose it, so `address` stays equal to itself.
    if norm.len() > 3 && norm.ends_with('s') {
        norm.pop();
    }
    norm
}

/// The tokens of a text: runs of letters and digits, and the signs `#` and `%`.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() {
            open.get_or_insert(at);
            continue;
        }
        if let Some(start) = open.take() {
            let norm = normal(&text[start..at]);
            match found.last_mut() {
                // `n.º` is one sign.
                Some(Token { end, norm: last, .. }) if norm == "o" && last == "number" && start - *end <= 1 => {
                    *end = at
                }
                _ => found.push(Token { start, end: at, norm }),
            }
        }
        if matches!(c, '#' | '%' | '№') {
            let norm = if c == '%' { "percent" } else { "number" };
            found.push(Token { start: at, end: at + c.len_utf8(), norm: norm.to_owned() });
        }
    }
    found
}

/// The comparable words of a label or a property name: `dueDate`, `due_date` and `Due date` are the same.
pub fn label(text: &str) -> Vec<String> {
    tokens(&split_camel(text)).into_iter().map(|token| token.norm).filter(|norm| !is_filler(norm)).collect()
}

/// `dueDate` with a space where a word begins.
pub fn split_camel(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut split = String::with_capacity(text.len() + 8);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| b.is_lowercase() || b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()));
        if starts_word {
            split.push(' ');
        }
        split.push(*c);
    }
    split
}

/// Whether two words are the same but for one letter, as OCR and typing errors leave them. Short words must be equal.
pub fn similar(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 6 || long.len() - short.len() > 1 || short.iter().chain(long.iter()).any(char::is_ascii_digit) {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = usize::from(short.len() == long.len());
    short[same + rest..] == long[same + 1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_become_the_same_words() {
        for (given, expected) in [
            ("invoiceNumber", "invoice number"),
            ("invoice_nr", "invoice number"),
            ("Invoice No.:", "invoice number"),
            ("Inv. #", "invoice number"),
            ("IBANCode", "iban code"),
            ("Numéro de la Facture", "number facture"),
            ("Straße", "strasse"),
            ("totals", "total"),
            ("", ""),
        ] {
            assert_eq!(label(given).join(" "), expected, "{given}");
        }
    }

    #[test]
    fn one_wrong_letter_is_forgiven_in_long_words() {
        for (a, b, expected) in [
            ("invoice", "invoice", true),
            ("invoice", "lnvoice", true),
            ("invoice", "invoce", true),
            ("total", "totel", false),
            ("invoice", "involved", false),
            ("number1", "number2", false),
        ] {
            assert_eq!(similar(a, b), expected, "{a} {b}");
        }
    }
}
