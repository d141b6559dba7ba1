//! Values with a form of their own: ids, addresses of mail and web, phones, bank and tax codes, currencies.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{DateOrder, DateStyle, Found, checks, dates, pattern};

fn all(text: &str, pattern: &Regex, fit: impl Fn(&str) -> Option<f32>) -> Vec<Found> {
    let found = pattern.find_iter(text).filter_map(|hit| {
        let fit = fit(hit.as_str())?;
        Some(Found { range: hit.range(), value: Value::String(hit.as_str().to_owned()), fit })
    });
    found.collect()
}

pub fn emails(text: &str) -> Vec<Found> {
    static EMAIL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"));
    all(text, &EMAIL, |_| Some(1.0))
}

pub fn urls(text: &str) -> Vec<Found> {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:https?://[^\s<>()]+|www\.[^\s<>()]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|de|fr|es|nl|eu|co\.uk|ch|at|be|it|us|info|dev|ai)\b(?:/[^\s<>()]*)?)",
        )
    });
    let mut found =
        all(text, &URL, |hit| Some(if hit.contains("://") || hit.starts_with("www.") { 1.0 } else { 0.85 }));
    found.retain(|f| !text[..f.range.start].ends_with('@') && !text[f.range.end..].starts_with('@'));
    for one in &mut found {
        let kept = text[one.range.clone()].trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
        one.range.end = one.range.start + kept;
        one.value = Value::String(text[one.range.clone()].to_owned());
    }
    found
}

pub fn phones(text: &str) -> Vec<Found> {
    static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\+|00)?\(?\d[\d ()./\u{a0}-]{5,20}\d"));
    let mut found = all(text, &PHONE, |hit| {
        let digits = hit.chars().filter(char::is_ascii_digit).count();
        let is_date = !dates::find(hit, &DateStyle::Iso, DateOrder::Unknown).is_empty();
        let grouped = hit.starts_with(['+', '(', '0']) || hit.contains([' ', '-', '/', '.']);
        match digits {
            7..=15 if !is_date => Some(if grouped { 1.0 } else { 0.8 }),
            _ => None,
        }
    });
    found.retain(|f| stands_alone(text, &f.range));
    found
}

/// Not inside a longer word.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].ends_with(char::is_alphanumeric) && !text[range.end..].starts_with(char::is_alphanumeric)
}

/// IBANs by form; one with right check digits fits best. The form alone is enough after a label.
pub fn ibans(text: &str) -> Vec<Found> {
    static IBAN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"));
    all(text, &IBAN, |hit| {
        let compact: String = hit.chars().filter(|c| *c != ' ').collect();
        let digits = compact.chars().filter(char::is_ascii_digit).count();
        (12..=34).contains(&compact.len()).then_some(())?;
        (digits >= 8).then_some(if checks::iban(&compact) { 1.0 } else { checks::WRONG })
    })
}

pub fn bics(text: &str) -> Vec<Found> {
    static BIC: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b"));
    all(text, &BIC, |_| Some(0.9))
}

pub fn vat_ids(text: &str) -> Vec<Found> {
    static VAT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:ATU|AT U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|EU|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI|CHE)[ -]?[0-9A-Z]{1,3}(?:[ .]?[0-9A-Z]{1,4}){1,5}\b",
        )
    });
    all(text, &VAT, |hit| {
        let digits = hit.chars().filter(char::is_ascii_digit).count();
        let compact = hit.chars().filter(|c| c.is_alphanumeric()).count();
        // An IBAN begins like a VAT number and is longer than all of them.
        let right = checks::vat(&checks::compact(hit)) != Some(false);
        ((7..=12).contains(&digits) && compact <= 14).then_some(if right { 1.0 } else { checks::WRONG })
    })
}

/// Currencies as their ISO code, from code, sign or name.
pub fn currencies(text: &str) -> Vec<Found> {
    static CURRENCY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)US Dollars?|\b(?:USD|EUR|GBP|CHF|CAD|AUD|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|MYR|SGD|HKD|NZD|ZAR)\b|\bEuros?\b|\bRs\b|[€£₹¥$]",
        )
    });
    let mut found = all(text, &CURRENCY, |hit| Some(if hit == "$" || hit == "¥" { 0.75 } else { 1.0 }));
    for one in &mut found {
        let code = match text[one.range.clone()].to_uppercase().as_str() {
            "€" | "EURO" | "EUROS" => "EUR".to_owned(),
            "$" | "US DOLLAR" | "US DOLLARS" => "USD".to_owned(),
            "£" => "GBP".to_owned(),
            "₹" | "RS" => "INR".to_owned(),
            "¥" => "JPY".to_owned(),
            code => code.to_owned(),
        };
        one.value = Value::String(code);
    }
    found
}

/// Names of firms, known by their legal form.
pub fn companies(text: &str) -> Vec<Found> {
    static FIRM: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:\p{Lu}[\p{L}\d&'.-]*,? (?:(?:&|und|et|y|e|and|de|des|du|la) )*){1,6}(?:GmbH(?: & Co\.? KG)?|AG|UG \(haftungsbeschränkt\)|UG|KG|SE|OHG|GbR|eG|e\. ?K\.|mbH|EURL|SASU|SNC|S\.L\.U\.|SLU|S\.L\.L\.|S\. ?Coop\.|SC|LLP|Co\.|Company|Corporation|Pty Ltd|Oyj|A/S|Inc\.?|LLC|Ltd\.?|Limited|PLC|Corp\.?|S\.A\.?|SARL|SAS|B\.V\.|BV|N\.V\.|S\.L\.|S\.r\.l\.|Oy|AB|ApS)(?:[ ,;:-]|$)",
        )
    });
    let mut found = all(text, &FIRM, |_| Some(1.0));
    for one in &mut found {
        let kept = text[one.range.clone()].trim_end_matches([' ', ',', ';', ':', '-']).len();
        one.range.end = one.range.start + kept;
        one.value = Value::String(text[one.range.clone()].to_owned());
    }
    found
}

pub fn post_codes(text: &str) -> Vec<Found> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{5}(?:-\d{4})?|\d{4,6}|[A-Z]\d[A-Z] \d[A-Z]\d)\b",
        )
    });
    all(text, &CODE, |_| Some(0.9))
}

/// Words with digits that are neither date nor amount: numbers of invoices, orders, customers.
pub fn ids(text: &str) -> Vec<Found> {
    static ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z0-9](?:[A-Za-z0-9/_.\-]{0,38}[A-Za-z0-9])?"));
    static GROUPS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?: \d{2,4}\b){2,6}"));
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$"));
    if let Some(whole) = grouped(text) {
        return vec![whole];
    }
    // `TEMURS`: a code of capitals is one where nothing stands beside it.
    let bare = text.trim();
    if (5..=8).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let start = text.len() - text.trim_start().len();
        return vec![Found { range: start..start + bare.len(), value: Value::String(bare.to_owned()), fit: 0.8 }];
    }
    let days: Vec<Range<usize>> =
        dates::find(text, &DateStyle::Iso, DateOrder::Unknown).into_iter().map(|day| day.range).collect();
    let mut found = all(text, &ID, |hit| {
        let digits = hit.chars().filter(char::is_ascii_digit).count();
        let letters = hit.chars().any(char::is_alphabetic);
        (digits >= 1 && !AMOUNT.is_match(hit)).then_some(if digits >= 3 || letters && digits >= 2 { 1.0 } else { 0.8 })
    });
    found.retain(|f| {
        let after = &text[f.range.end..];
        let amount = after.trim_start().starts_with(['%', '€', '$'])
            || text[..f.range.start].trim_end().ends_with(['€', '$', '£']);
        // `399,00` is two words to the pattern, and no id.
        let half = after.strip_prefix(',').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || text[..f.range.start].strip_suffix(',').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
        let in_email = after.starts_with('@') || text[..f.range.start].ends_with('@');
        !amount && !half && !in_email && !days.iter().any(|day| day.start < f.range.end && f.range.start < day.end)
    });
    for one in &mut found {
        // `530 848 134` and `FR 604 219 388 61` are one number each.
        let word = &text[one.range.clone()];
        if word.len() <= 4
            && let Some(groups) = GROUPS.find(&text[one.range.end..])
        {
            one.range.end += groups.end();
            one.value = Value::String(text[one.range.clone()].to_owned());
        }
    }
    found.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    found
}

/// A text that is one code in groups: `HRB 81275`, `05 029968 A 874`, `869 680`.
fn grouped(text: &str) -> Option<Found> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[ :#]*((?:[A-Z]{1,4} )?[A-Z]{0,3}\d[A-Z0-9./-]*(?: (?:[A-Z]{1,2}|[A-Z]{0,2}\d[A-Z0-9./-]*)){0,7})[ ,;]*$",
        )
    });
    let found = CODE.captures(text)?.get(1)?;
    let code = found.as_str();
    let groups = code.split(' ').count();
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let is_date = !dates::find(code, &DateStyle::Iso, DateOrder::Unknown).is_empty();
    // A number with few digits before another one is a list.
    (groups >= 2 && digits >= 4 && code.len() <= 32 && !is_date).then(|| Found {
        range: found.range(),
        value: Value::String(code.to_owned()),
        fit: 0.95,
    })
}

/// Ids of digits only, as JSON integers; not those whose leading zeros a number would lose.
pub fn id_numbers(text: &str) -> Vec<Found> {
    let number = |mut found: Found| {
        let digits: String = found.value.as_str()?.chars().filter(|c| *c != ' ').collect();
        let whole = digits.parse::<i64>().ok().filter(|_| !digits.starts_with('0') || digits.len() == 1)?;
        found.value = Value::from(whole);
        Some(found)
    };
    ids(text).into_iter().filter_map(number).collect()
}

/// What the schema's own pattern finds. An anchored pattern is tried on each word.
pub fn matching(text: &str, pattern: &Regex) -> Vec<Found> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split(' ') {
        let kept = word.trim_matches([',', ';', ':', '(', ')', '"']);
        let at = start + (word.len() - word.trim_start_matches([',', ';', ':', '(', ')', '"']).len());
        if !kept.is_empty() && pattern.find(kept).is_some_and(|hit| hit.range() == (0..kept.len())) {
            found.push(Found { range: at..at + kept.len(), value: Value::String(kept.to_owned()), fit: 1.0 });
        }
        start += word.len() + 1;
    }
    found
}

/// What an expression finds anywhere in the text; its first group where it has one.
pub fn found_by(text: &str, regex: &Regex) -> Vec<Found> {
    let found = regex.captures_iter(text).filter_map(|hit| hit.get(1).or_else(|| hit.get(0)));
    let found = found.filter(|hit| !hit.is_empty()).take(20);
    found.map(|hit| Found { range: hit.range(), value: Value::String(hit.as_str().to_owned()), fit: 1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(find: fn(&str) -> Vec<Found>, cases: &[(&str, &[&str])]) {
        for (text, expected) in cases {
            let found: Vec<String> =
                find(text).iter().map(|f| f.value.as_str().map_or(f.value.to_string(), str::to_owned)).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn emails_are_found() {
        check(
            emails,
            &[("eMail: info@example.de, or a.b+c@x.co.uk.", &["info@example.de", "a.b+c@x.co.uk"]), ("a@b, @x", &[])],
        );
    }

    #[test]
    fn urls_are_found() {
        check(
            urls,
            &[
                (
                    "visit aws.example.com/contact-us/ or https://a.b/c?d=1.",
                    &["aws.example.com/contact-us/", "https://a.b/c?d=1"],
                ),
                ("www.x.de me@example.com e.g. 1.5", &["www.x.de"]),
            ],
        );
    }

    #[test]
    fn phones_are_found() {
        check(
            phones,
            &[
                ("Tel. +49 6051 916 44 10", &["+49 6051 916 44 10"]),
                ("(870)-931-0505", &["(870)-931-0505"]),
                ("19/07/2024 and 2024-07-19", &[]),
                ("12345", &[]),
            ],
        );
    }

    #[test]
    fn bank_codes_are_found() {
        check(
            ibans,
            &[("IBAN : FR76 1010 7002 4500 6170 5231 739", &["FR76 1010 7002 4500 6170 5231 739"]), ("DE12", &[])],
        );
        assert_eq!(ibans("DE89370400440532013000")[0].fit, 1.0);
        assert!(ibans("DE88370400440532013000")[0].fit < 1.0);
        check(bics, &[("BIC: INGBNL2A.", &["INGBNL2A"]), ("AMSTERDAM 1", &[])]);
    }

    #[test]
    fn tax_ids_are_found() {
        check(
            vat_ids,
            &[
                ("UStId DE 232 446 240", &["DE 232 446 240"]),
                ("BTW NL810433941B01", &["NL810433941B01"]),
                ("DE30507500940000048567", &[]),
                ("IT 2023", &[]),
            ],
        );
    }

    #[test]
    fn currencies_become_codes() {
        check(currencies, &[("29.99 €", &["EUR"]), ("in US Dollars", &["USD"]), ("Rs 5", &["INR"]), ("Neuro", &[])]);
    }

    #[test]
    fn firms_are_found() {
        check(
            companies,
            &[
                ("Mill Works GmbH & Co. KG, Kiel", &["Mill Works GmbH & Co. KG"]),
                ("sold by Big River, Inc.", &["Big River, Inc."]),
                ("the company limited its offer", &[]),
            ],
        );
    }

    #[test]
    fn post_codes_are_found() {
        check(
            post_codes,
            &[
                ("3012 CN Rotterdam", &["3012 CN"]),
                ("Fremont CA 94538", &["94538"]),
                ("SW1A 1AA", &["SW1A 1AA"]),
                ("12", &[]),
            ],
        );
    }

    #[test]
    fn ids_have_digits_and_are_no_dates_or_amounts() {
        check(
            ids,
            &[
                ("# BLR_WFLD2015", &["BLR_WFLD2015"]),
                ("INV/2023/03/0008", &["INV/2023/03/0008"]),
                ("B 530 848 134 RCS", &["530 848 134"]),
                ("19.04.2014", &[]),
                ("€ 399,00", &[]),
                ("21 %", &[]),
                ("none", &[]),
                ("TEMURS", &["TEMURS"]),
                ("TOTAL DUE", &[]),
                ("a1@b.com", &[]),
            ],
        );
        check(id_numbers, &[("530 848 134", &["530848134"]), ("0017", &[]), ("A17", &[])]);
    }

    #[test]
    fn the_schemas_pattern_is_matched_word_by_word() {
        let four = Regex::new("^[0-9]{4}$").expect("pattern");
        let found: Vec<Value> = matching("Visa - 7267, 12345", &four).into_iter().map(|f| f.value).collect();
        assert_eq!(found, ["7267"]);
    }
}
