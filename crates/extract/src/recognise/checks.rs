//! Check digits: what tells a code that was read and written right from one with an error.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Found, codes, pattern};

/// What a code fits as when its check digit is wrong: printed samples and typing errors are still what the document
/// says.
pub const WRONG: f32 = 0.7;

/// Numbers of goods, books and cards, which names of properties ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// EAN, UPC and other numbers of GS1: 8, 12, 13 or 14 digits.
    Gtin,
    /// 10 or 13.
    Isbn,
    /// Cards and devices: 13 to 19 digits.
    Luhn,
}

impl Scheme {
    /// The scheme that the words of a name ask for.
    pub fn of(words: &[String]) -> Option<Self> {
        let says = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        match () {
            () if says(&["isbn"]) => Some(Self::Isbn),
            () if says(&["ean", "ean13", "gtin", "upc", "barcode"]) => Some(Self::Gtin),
            () if says(&["imei", "creditcard", "cardnumber", "kartennummer"]) => Some(Self::Luhn),
            () if says(&["card"]) && says(&["number", "no", "pan"]) => Some(Self::Luhn),
            () => None,
        }
    }

    /// Whether the check digit of letters and digits without signs between them is right; `None` where it is no such
    /// number.
    pub fn check(self, code: &str) -> Option<bool> {
        let digits = digits(code);
        let length = code.chars().count();
        match (self, digits) {
            (Self::Gtin, Some(digits)) => matches!(length, 8 | 12 | 13 | 14).then(|| gs1(&digits)),
            (Self::Isbn, Some(digits)) if length == 13 => {
                (code.starts_with("978") || code.starts_with("979")).then(|| gs1(&digits))
            }
            (Self::Isbn, _) if length == 10 => isbn10(code),
            (Self::Luhn, Some(digits)) => (13..=19).contains(&length).then(|| luhn(&digits)),
            _ => None,
        }
    }
}

/// Numbers of a scheme; where there is none, any code: what stands there instead is still what the document says.
pub fn find(text: &str, scheme: Scheme) -> Vec<Found> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d(?:[ -]?\d){6,17}[ -]?[\dXx]\b"));
    let found = NUMBER.find_iter(text).filter_map(|hit| {
        let right = scheme.check(&compact(hit.as_str()))?;
        let fit = if right { 1.0 } else { WRONG };
        Some(Found { range: hit.range(), value: Value::String(hit.as_str().to_owned()), fit })
    });
    let found: Vec<Found> = found.collect();
    if found.is_empty() { codes::ids(text) } else { found }
}

/// Letters and digits of a code in capitals.
pub fn compact(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// GS1: from the right the digits count once and three times in turn.
fn gs1(digits: &[u32]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(at, digit)| digit * if at % 2 == 0 { 1 } else { 3 });
    weighed.sum::<u32>().is_multiple_of(10)
}

/// ISO 2108, the older form: weights 10 to 1, and `X` is ten.
fn isbn10(code: &str) -> Option<bool> {
    let digit = |(at, c): (usize, char)| if at == 9 && c == 'X' { Some(10) } else { c.to_digit(10) };
    let digits: Vec<u32> = code.chars().enumerate().map(digit).collect::<Option<_>>()?;
    let sum: u32 = digits.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    Some(sum.is_multiple_of(11))
}

/// ISO 7812: from the right every second digit counts twice, by its own digits.
fn luhn(digits: &[u32]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

fn luhn_sum(digits: &[u32]) -> u32 {
    let twice = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 0 { *digit } else { twice(*digit) }).sum()
}

/// ISO 13616: the rearranged digits leave 1 when divided by 97.
pub fn iban(compact: &str) -> bool {
    compact.len() >= 15
        && compact.is_char_boundary(4)
        && mod97(compact[4..].chars().chain(compact[..4].chars())) == Some(1)
}

/// The rest of a number whose letters stand for 10 to 35.
fn mod97(mut chars: impl Iterator<Item = char>) -> Option<u32> {
    chars.try_fold(0_u32, |rest, c| {
        let digit = c.to_digit(36)?;
        Some(if digit > 9 { (rest * 100 + digit) % 97 } else { (rest * 10 + digit) % 97 })
    })
}

/// Whether the check digit of a VAT number is right; `None` for countries and forms whose rule is not known here.
pub fn vat(compact: &str) -> Option<bool> {
    let (country, number) = compact.split_at_checked(2)?;
    match country {
        "DE" => Some(vat_de(&all_digits(number, 9)?)),
        "AT" => Some(vat_at(&all_digits(number.strip_prefix('U')?, 8)?)),
        "BE" => vat_be(number),
        "IT" => Some(luhn(&all_digits(number, 11)?)),
        "FR" => vat_fr(number),
        "NL" => vat_nl(compact, number),
        "ES" => vat_es(number),
        _ => None,
    }
}

fn all_digits(text: &str, length: usize) -> Option<Vec<u32>> {
    digits(text).filter(|digits| digits.len() == length)
}

/// ISO 7064, mod 11,10.
fn vat_de(digits: &[u32]) -> bool {
    let product = digits[..8].iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        2 * if sum == 0 { 10 } else { sum } % 11
    });
    (11 - product) % 10 == digits[8]
}

fn vat_at(digits: &[u32]) -> bool {
    (96 - luhn_sum(&digits[..7])) % 10 == digits[7]
}

fn vat_be(number: &str) -> Option<bool> {
    all_digits(number, 10)?;
    let (body, check): (u32, u32) = (number[..8].parse().ok()?, number[8..].parse().ok()?);
    Some(97 - body % 97 == check)
}

/// Keys with letters are of another rule, and rare.
fn vat_fr(number: &str) -> Option<bool> {
    all_digits(number, 11)?;
    let (key, siren): (u64, u64) = (number[..2].parse().ok()?, number[2..].parse().ok()?);
    Some((12 + 3 * (siren % 97)) % 97 == key)
}

/// Firms have the rule of eleven; what is given to persons since 2020 checks like an IBAN.
fn vat_nl(compact: &str, number: &str) -> Option<bool> {
    let (body, suffix) = number.split_at_checked(9)?;
    let digits = all_digits(body, 9)?;
    all_digits(suffix.strip_prefix('B')?, 2)?;
    let sum: u32 = digits[..8].iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    Some(sum % 11 == digits[8] || mod97(compact.chars()) == Some(1))
}

/// Persons (DNI, NIE) end with a letter by the rest of 23; firms (CIF) with a digit or the letter that stands for it.
fn vat_es(number: &str) -> Option<bool> {
    const PERSONS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const FIRMS: &[u8] = b"JABCDEFGHI";
    let bytes = number.as_bytes();
    let [first, middle @ .., last] = bytes else { return None };
    if middle.len() != 7 || !middle.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let body: u32 = number[1..8].parse().ok()?;
    let lead = match first {
        b'0'..=b'9' => Some(u32::from(first - b'0')),
        b'X' | b'Y' | b'Z' => Some(u32::from(first - b'X')),
        _ => None,
    };
    if let Some(lead) = lead {
        return Some(PERSONS[((lead * 10_000_000 + body) % 23) as usize] == *last);
    }
    // The last of these digits counts twice, as it does before the check digit of a card.
    let digits: Vec<u32> = middle.iter().map(|byte| u32::from(byte - b'0')).chain([0]).collect();
    let check = (10 - luhn_sum(&digits) % 10) % 10;
    Some(u32::from(last.wrapping_sub(b'0')) == check || FIRMS[check as usize] == *last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Real numbers of each kind, and the place of a character that is raised by one to make it wrong.
    const CASES: &[(&str, &str, usize)] = &[
        ("gtin", "4006381333931", 5),
        ("gtin", "036000291452", 11),
        ("gtin", "96385074", 0),
        ("gtin", "10012345678902", 3),
        ("isbn", "9783161484100", 12),
        ("isbn", "0306406152", 4),
        ("isbn", "080442957X", 2),
        ("luhn", "4111111111111111", 7),
        ("luhn", "490154203237518", 14),
        ("iban", "DE89370400440532013000", 20),
        ("iban", "FR1420041010050500013M02606", 3),
        ("vat", "DE136695976", 10),
        ("vat", "FR40303265045", 6),
        ("vat", "ESA58818501", 4),
        ("vat", "ES54362315K", 5),
        ("vat", "ESX2482300W", 6),
        ("vat", "ATU13585627", 10),
        ("vat", "BE0428759497", 5),
        ("vat", "IT00743110157", 12),
        ("vat", "NL004495445B01", 6),
        ("vat", "NL002455799B11", 5),
    ];

    fn checked(kind: &str, code: &str) -> Option<bool> {
        match kind {
            "gtin" => Scheme::Gtin.check(code),
            "isbn" => Scheme::Isbn.check(code),
            "luhn" => Scheme::Luhn.check(code),
            "iban" => Some(iban(code)),
            _ => vat(code),
        }
    }

    #[test]
    fn one_altered_digit_is_seen() {
        for (kind, code, at) in CASES {
            assert_eq!(checked(kind, code), Some(true), "{kind} {code}");
            let mut altered = code.as_bytes().to_vec();
            altered[*at] = if altered[*at] == b'9' { b'0' } else { altered[*at] + 1 };
            let altered = String::from_utf8(altered).expect("ascii");
            assert_eq!(checked(kind, &altered), Some(false), "{kind} {altered}, altered from {code}");
        }
    }

    #[test]
    fn what_has_no_rule_here_is_not_judged() {
        for (kind, code) in [
            ("gtin", "12345"),
            ("isbn", "1234567890123"),
            ("luhn", "7267"),
            ("vat", "PL1234567890"),
            ("vat", "FRXX303265045"),
            ("vat", "D"),
        ] {
            assert_eq!(checked(kind, code), None, "{kind} {code}");
        }
    }

    #[test]
    fn numbers_are_found_with_signs_between() {
        for (scheme, text, expected) in [
            (Scheme::Isbn, "ISBN 978-3-16-148410-0, paperback", vec![("978-3-16-148410-0", 1.0)]),
            (Scheme::Isbn, "978-3-16-148411-0", vec![("978-3-16-148411-0", WRONG)]),
            (Scheme::Gtin, "4 006381 333931", vec![("4 006381 333931", 1.0)]),
            (Scheme::Luhn, "Visa 4111 1111 1111 1111", vec![("4111 1111 1111 1111", 1.0)]),
            (Scheme::Gtin, "A-17", vec![("A-17", 1.0)]),
        ] {
            let found = find(text, scheme);
            let found: Vec<(&str, f32)> =
                found.iter().map(|found| (found.value.as_str().unwrap_or_default(), found.fit)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
