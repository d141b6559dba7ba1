//! Plain text, choices, yes and no.

use serde_json::Value;

use super::Found;
use crate::tokens::{fold, split_camel, tokens};

/// Signs between a label and its value.
const SEPARATORS: &[char] =
    &[':', '.', '-', '–', '—', '=', '#', '|', '_', '•', '·', '…', '*', '>', '»', ' ', '\u{a0}', '\t'];
/// Longer texts are passages, not values.
const TEXT_CHARS_MAX: usize = 300;

/// Where the value begins after the signs that follow a label.
pub fn after_separators(text: &str) -> usize {
    text.len() - text.trim_start_matches(SEPARATORS).len()
}

/// The whole text, without signs and spaces around it.
pub fn text(text: &str) -> Option<Found> {
    let start = text.len() - text.trim_start_matches([' ', ':', ';', ',', '|', '\u{a0}']).len();
    let kept = text[start..].trim_end_matches([' ', ':', ';', ',', '|', '\u{a0}']);
    let speaks = kept.chars().any(char::is_alphanumeric) && kept.chars().count() <= TEXT_CHARS_MAX;
    let found = Found { range: start..start + kept.len(), value: Value::String(kept.to_owned()), fit: 0.9 };
    speaks.then_some(found)
}

const YES: &[&str] = &["yes", "y", "true", "ja", "wahr", "oui", "vrai", "si", "verdadero", "waar", "checked"];
const NO: &[&str] = &["no", "false", "nein", "falsch", "non", "faux", "falso", "nee", "onwaar", "unchecked"];
const CHECKED: &[char] = &['☒', '☑', '✓', '✔', '✗', '✘', '■', '⊠'];
const UNCHECKED: &[char] = &['☐', '□', '❏', '❑'];

/// Yes and no in words, and check boxes. Of `☒ Yes ☐ No` only the checked word counts.
pub fn booleans(text: &str) -> Vec<Found> {
    let boxed = text.split(' ').any(|word| checked(word).is_some());
    let mut found = Vec::new();
    let (mut mark, mut start) = (None, 0);
    for word in text.split(' ') {
        let range = start..start + word.len();
        start += word.len() + 1;
        let sign = checked(word);
        // A box counts for the word that it touches or that follows it.
        let counts = !boxed || sign.or(mark) == Some(true);
        if let Some(said) = said(word).filter(|_| counts) {
            found.push(Found { range, value: Value::Bool(said), fit: 1.0 });
        }
        mark = sign;
    }
    found
}

fn said(word: &str) -> Option<bool> {
    let bare = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
    let bare = bare.as_str();
    YES.contains(&bare).then_some(true).or(NO.contains(&bare).then_some(false))
}

/// The state of the check box that a word is or begins with.
pub fn checked(word: &str) -> Option<bool> {
    if word.starts_with(CHECKED) || word.starts_with("[x]") || word.starts_with("[X]") {
        return Some(true);
    }
    // `[ ]` is two words.
    (word.starts_with(UNCHECKED) || word.starts_with("[]") || word == "]").then_some(false)
}

/// Words that say the same, in several languages: what a choice is called and what documents print for it.
const SAME: &[&str] = &[
    "cash|bar|barzahlung|bargeld|especes|en especes|efectivo|en efectivo|metalico|contant|comptant",
    "card|credit card|debit card|bank card|karte|kartenzahlung|ec karte|ec|girocard|kreditkarte|carte|carte bancaire|cb|\
     tarjeta|tarjeta de credito|tarjeta bancaria|pin|visa|mastercard|maestro|amex",
    "transfer|bank transfer|wire transfer|wire|uberweisung|bankuberweisung|virement|virement bancaire|transferencia|\
     transferencia bancaria|overschrijving",
    "direct debit|debit order|lastschrift|sepa lastschrift|bankeinzug|prelevement|prelevement automatique|\
     prelevement sepa|domiciliacion|domiciliacion bancaria|recibo domiciliado|incasso",
    "cheque|check|scheck|talon",
    "male|m|mannlich|masculin|homme|hombre|masculino|varon|man|herr|h",
    "female|f|w|weiblich|feminin|femme|mujer|femenino|vrouw|frau",
    "high|h|hoch|erhoht|eleve|haut|alto|elevado",
    "low|l|niedrig|erniedrigt|bas|bajo",
    "normal|n|normale|unauffallig",
    "paid|bezahlt|paye|payee|pagado|pagada|betaald",
    "single|unmarried|ledig|celibataire|soltero|soltera|alleenstaand",
    "married|verheiratet|marie|mariee|casado|casada|gehuwd",
    "divorced|geschieden|divorce|divorcee|divorciado|divorciada|gescheiden",
    "widowed|widow|widower|verwitwet|veuf|veuve|viudo|viuda",
    "monthly|per month|monatlich|mensuel|mensuelle|mensual|maandelijks",
    "quarterly|per quarter|vierteljahrlich|quartalsweise|trimestriel|trimestrielle|trimestral|per kwartaal",
    "semiannual|semiannually|half yearly|biannual|halbjahrlich|semestriel|semestrielle|semestral",
    "annual|annually|yearly|per year|jahrlich|annuel|annuelle|anual|jaarlijks",
    "new|neu|neuf|neuve|nouveau|nuevo|nueva|nieuw",
    "used|gebraucht|occasion|usado|usada|gebruikt",
    "express|eilsendung|exprés",
    "draft|entwurf|brouillon|borrador",
    "final|endgultig|definitif|definitivo",
    "open|unpaid|offen|impaye|pendiente|openstaand",
];

/// All that documents print for a choice: its own name and what says the same. One letter says it only alone.
fn spellings(choice: &str) -> Vec<String> {
    let words = |text: &str| tokens(text).into_iter().map(|token| token.norm).collect::<Vec<_>>().join(" ");
    let own = words(&split_camel(choice));
    // A brand is a card, but a card is not that brand.
    let brand = ["visa", "mastercard", "maestro", "amex"].contains(&own.as_str());
    let group = SAME.iter().find(|group| !brand && group.split('|').any(|name| words(name) == own));
    let others = group.into_iter().flat_map(|group| group.split('|')).map(words);
    let mut all = vec![own.clone()];
    all.extend(others.filter(|other| *other != own));
    all
}

/// Where boxes stand in a text, and whether they are ticked.
fn written_boxes(text: &str) -> Vec<(usize, bool)> {
    let mut start = 0;
    let mut boxes = Vec::new();
    for word in text.split(' ') {
        boxes.extend(checked(word).map(|ticked| (start, ticked)));
        start += word.len() + 1;
    }
    boxes
}

/// The allowed values that occur in the text, by their words. A choice inside a longer choice does not count.
pub fn choices(text: &str, choices: &[Value]) -> Vec<Found> {
    let written = tokens(text);
    let mut found: Vec<Found> = Vec::new();
    for choice in choices {
        let spellings = match choice {
            Value::String(name) => spellings(name),
            other => vec![tokens(&other.to_string()).into_iter().map(|token| token.norm).collect::<Vec<_>>().join(" ")],
        };
        for (nth, spelling) in spellings.iter().filter(|spelling| !spelling.is_empty()).enumerate() {
            let wanted: Vec<&str> = spelling.split(' ').collect();
            for window in written.windows(wanted.len()) {
                let same = window.iter().zip(&wanted).all(|(a, b)| a.norm == *b);
                if same && (nth == 0 || spelling.len() > 1 || written.len() == 1) {
                    let range = window[0].start..window[window.len() - 1].end;
                    found.push(Found { range, value: choice.clone(), fit: if nth == 0 { 1.0 } else { 0.95 } });
                }
            }
        }
    }
    // Of `☐ single ☒ married` only what is ticked.
    let boxes = written_boxes(text);
    if !boxes.is_empty() {
        let ticked = |start: usize| boxes.iter().rev().find(|(at, _)| *at < start).is_some_and(|(_, ticked)| *ticked);
        found.retain(|f| ticked(f.range.start));
    }
    // What names itself is no other choice's other name.
    let named: Vec<_> = found.iter().filter(|f| f.fit == 1.0).map(|f| f.range.clone()).collect();
    found.retain(|f| f.fit == 1.0 || !named.iter().any(|r| r.start < f.range.end && f.range.start < r.end));
    let ranges: Vec<_> = found.iter().map(|f| f.range.clone()).collect();
    found.retain(|f| {
        !ranges.iter().any(|r| r.len() > f.range.len() && r.start <= f.range.start && f.range.end <= r.end)
    });
    found.sort_by_key(|f| f.range.start);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yes_and_no_are_found() {
        for (text, expected) in [
            ("Yes", json!([true])),
            ("Nein.", json!([false])),
            ("☒ Yes ☐ No", json!([true])),
            ("☐ Ja ☑ Nein", json!([false])),
            ("maybe", json!([])),
            ("☐ Yes ☐ No", json!([])),
        ] {
            let found: Value = booleans(text).into_iter().map(|f| f.value).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn choices_are_found_by_their_words() {
        let cases = [json!("visa"), json!("CREDIT_CARD"), json!("card"), json!(3)];
        for (text, expected) in [
            ("Paid with VISA - 7267", json!(["visa"])),
            ("Credit card", json!(["CREDIT_CARD"])),
            ("level 3", json!([3])),
            ("Visage", json!([])),
            ("☐ card ☒ visa", json!(["visa"])),
            ("☐ card ☐ visa", json!([])),
        ] {
            let found: Value = choices(text, &cases).into_iter().map(|f| f.value).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn text_is_taken_whole_but_not_signs_alone() {
        assert_eq!(text(" : Cash at Hotel, ").map(|f| f.value), Some(json!("Cash at Hotel")));
        assert_eq!(text(" -- "), None);
    }
}
