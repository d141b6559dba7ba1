//! Numbers and money in both styles of separators.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Number, Value};

use super::{DateOrder, DateStyle, Found, dates, pattern};

/// Which sign parts whole from fraction where both could: `1.234`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStyle {
    Point,
    Comma,
}

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d{1,3}(?:[.,'’ \u{a0}\u{202f}]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d+)?"));
static CURRENCY_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|cad|aud|jpy|cny|inr|rs\.?|myr|rm|sek|nok|dkk|pln|brl|mxn))[ \u{a0}]?([-−]?)[ \u{a0}]?$",
    )
});
static CURRENCY_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[ \u{a0}]?(?:[$€£¥₹]|(?:usd|eur|euros?|gbp|chf|cad|aud|jpy|cny|inr|myr|sek|nok|dkk|pln|brl|mxn)\b|\.?[-–]{2})",
    )
});
static SCALE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[KMB]\b| ?(?:thousand|million|billion|Tsd|Mio|Mrd|Millionen|Milliarden|millions?|milliards?|millones)\b)",
    )
});

impl NumberStyle {
    /// By the numbers with exactly two decimals.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str> + Clone) -> Self {
        static CENTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d([.,])\d{2}(?:[^\d.,]|$)"));
        let (mut points, mut commas) = (0, 0);
        for found in texts.clone().flat_map(|text| CENTS.captures_iter(text)) {
            if &found[1] == "," {
                commas += 1;
            } else {
                points += 1;
            }
        }
        match commas.cmp(&points) {
            Ordering::Greater => Self::Comma,
            Ordering::Less => Self::Point,
            // Without cents: what stands before a percent sign, and what parts groups of three digits.
            Ordering::Equal => Self::of_others(texts),
        }
    }

    fn of_others<'t>(texts: impl Iterator<Item = &'t str> + Clone) -> Self {
        static SHARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d([.,])\d[ \u{a0}\u{202f}]?%"));
        static GROUPS: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?:^|[^\d.,])[1-9]\d{0,2}([.,])\d{3}(?:[^\d.,]|$)"));
        static SPACED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-−]?[1-9]\d{0,2}(?:[ \u{a0}\u{202f}]\d{3})+$"));
        let count = |pattern: &Regex, sign: &str| {
            texts.clone().flat_map(|text| pattern.captures_iter(text)).filter(|found| &found[1] == sign).count()
        };
        // Nothing but digits in groups: who parts these by a space writes decimals after a comma.
        let spaced = texts.clone().filter(|text| SPACED.is_match(text)).count();
        let commas = count(&SHARE, ",") + count(&GROUPS, ".") + spaced;
        if commas > count(&SHARE, ".") + count(&GROUPS, ",") { Self::Comma } else { Self::Point }
    }
}

/// A number in a text as it stands there.
struct Raw {
    /// With sign and scale, without currency.
    range: Range<usize>,
    /// Decimal digits with a point, sign included.
    digits: String,
    currency: bool,
    percent: bool,
    cents: bool,
    scale: Option<i32>,
}

/// Numbers as JSON numbers. `money` and `percent` prefer what looks like it.
pub fn find(text: &str, integer: bool, money: bool, percent: bool, style: NumberStyle) -> Vec<Found> {
    let days = if money { days(text) } else { Vec::new() };
    raw(text, style)
        .into_iter()
        // Neither a share nor a year is an amount.
        .filter(|raw| !(money && raw.percent || days.iter().any(|day| day.contains(&raw.range.start))))
        .filter_map(|raw| {
            let value = json_number(&raw, integer)?;
            Some(Found { fit: fit(&raw, money, percent), range: raw.range, value })
        })
        .collect()
}

/// Numbers as they are written, for schemas that want a text.
pub fn find_verbatim(text: &str, style: NumberStyle) -> Vec<Found> {
    let days = days(text);
    raw(text, style)
        .into_iter()
        .filter(|raw| !days.iter().any(|day| day.contains(&raw.range.start)))
        .map(|raw| Found {
            fit: fit(&raw, true, false),
            value: Value::String(text[raw.range.clone()].to_owned()),
            range: raw.range,
        })
        .collect()
}

/// The same with the sign or code of the currency beside them.
pub fn find_with_currency(text: &str, style: NumberStyle) -> Vec<Found> {
    let mut found = find_verbatim(text, style);
    for one in &mut found {
        if let Some(sign) = CURRENCY_BEFORE.find(&text[..one.range.start]) {
            one.range.start = sign.start();
        }
        if let Some(sign) = CURRENCY_AFTER.find(&text[one.range.end..]).filter(|sign| !sign.as_str().contains("--")) {
            one.range.end += sign.end();
        }
        one.value = Value::String(text[one.range.clone()].trim().to_owned());
    }
    found
}

fn days(text: &str) -> Vec<Range<usize>> {
    dates::find(text, &DateStyle::Verbatim, DateOrder::Unknown).into_iter().map(|day| day.range).collect()
}

fn fit(raw: &Raw, money: bool, percent: bool) -> f32 {
    match (money, percent) {
        (true, _) if raw.percent => 0.3,
        (true, _) if raw.currency || raw.cents => 1.0,
        // Long numbers without cents are codes.
        (true, _) if raw.digits.len() > 9 => 0.3,
        (true, _) => 0.75,
        (_, true) if raw.percent => 1.0,
        (_, true) if raw.currency => 0.3,
        (_, true) => 0.8,
        _ => 0.95,
    }
}

fn json_number(raw: &Raw, integer: bool) -> Option<Value> {
    let scaled = match raw.scale {
        Some(power) => shift(&raw.digits, power),
        None => raw.digits.clone(),
    };
    if let Ok(whole) = scaled.parse::<i64>() {
        return Some(Value::from(whole));
    }
    let number = scaled.parse::<f64>().ok()?;
    if integer && (number.fract() != 0.0 || number.abs() > 9e15) {
        return None;
    }
    if integer { Some(Value::from(number as i64)) } else { Number::from_f64(number).map(Value::Number) }
}

/// Moves the decimal point right in digits, so that 1.1 million is 1100000 and not a rounding of it.
fn shift(digits: &str, power: i32) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power = power as usize;
    let moved: String = fraction.chars().chain(std::iter::repeat('0')).take(power).collect();
    let rest = fraction.get(power..).unwrap_or_default();
    if rest.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{rest}") }
}

fn raw(text: &str, style: NumberStyle) -> Vec<Raw> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(hit) = NUMBER.find_at(text, from) {
        let range = trimmed(text, hit.range(), style);
        from = range.end.max(hit.start() + 1);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        if let Some(number) = read(text, range, style) {
            from = number.range.end.max(from);
            found.push(number);
        }
    }
    found
}

/// A plain space groups digits only where the decimal sign is a comma: `1 278.61` is a quantity and a price.
fn trimmed(text: &str, range: Range<usize>, style: NumberStyle) -> Range<usize> {
    match text[range.clone()].find(' ') {
        Some(space) if style == NumberStyle::Point => range.start..range.start + space,
        _ => range,
    }
}

fn read(text: &str, range: Range<usize>, style: NumberStyle) -> Option<Raw> {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let digits = plain_digits(&text[range.clone()], style)?;
    let cents = digits.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 2);
    let scale = SCALE.find(after);
    let power = scale.map(|found| match found.as_str().trim().to_lowercase().as_str() {
        "k" | "thousand" | "tsd" => 3,
        "b" | "billion" | "mrd" | "milliarden" | "milliard" | "milliards" => 9,
        _ => 6,
    });
    let after = &after[scale.map_or(0, |found| found.end())..];
    let currency_before = CURRENCY_BEFORE.captures(before);
    let trailing = after.strip_prefix('-').filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'));
    // `7 $5` is a seven and five dollars.
    let own = |found: regex::Match| !after[found.end()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    let currency = currency_before.is_some() || CURRENCY_AFTER.find(after).is_some_and(own);
    let percent = after.trim_start_matches([' ', '\u{a0}']).starts_with('%');
    if currency_before.is_none() && !free_before(before) || !free_after(after, trailing.is_some()) {
        return None;
    }
    let sign = currency_before.as_ref().is_some_and(|found| !found[1].is_empty());
    let lead = before.trim_end_matches([' ', '\u{a0}']);
    let outer = &before[..currency_before.as_ref().and_then(|found| found.get(0)).map_or(before.len(), |m| m.start())];
    let minus = outer.strip_suffix(['-', '−']).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    // `(2,905)` and `2,905-` in accounts; a year or a note in brackets has neither cents nor groups.
    let amount = cents || text[range.clone()].contains(|c: char| !c.is_ascii_digit());
    let brackets = outer.ends_with('(') && after.trim_start_matches(['$', '€', ' ']).starts_with(')') && amount;
    // So many digits are no year.
    let long = range.len() > 4;
    let negative = sign || minus || brackets || trailing.is_some() && (amount || long);
    let start = if minus && currency_before.is_none() {
        lead.len() - lead.chars().next_back()?.len_utf8()
    } else {
        range.start
    };
    let end = range.end + scale.map_or(0, |found| found.end());
    let digits = if negative { format!("-{digits}") } else { digits };
    Some(Raw { range: start..end, digits, currency, percent, cents, scale: power })
}

/// Not the tail of a word, a code, a date or another number.
fn free_before(before: &str) -> bool {
    let mut chars = before.chars().rev();
    match chars.next() {
        Some(c) if c.is_alphanumeric() => false,
        Some('.' | ',' | '/' | ':' | '_' | '\'' | '#' | '°') => !chars.next().is_some_and(char::is_alphanumeric),
        Some('-' | '−' | '–') => !chars.next().is_some_and(char::is_alphanumeric),
        _ => true,
    }
}

fn free_after(after: &str, trailing_minus: bool) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some('€' | '$' | '£' | '%') | None => true,
        Some(c) if c.is_alphanumeric() => CURRENCY_AFTER.is_match(after),
        Some('.' | ',' | '/' | ':' | '_' | '\'') => !chars.next().is_some_and(char::is_alphanumeric),
        Some('-') => trailing_minus || CURRENCY_AFTER.is_match(after),
        _ => true,
    }
}

/// `1.234,56` and `1,234.56` and `1 234` to `1234.56`; `None` where the grouping makes no number.
fn plain_digits(text: &str, style: NumberStyle) -> Option<String> {
    let signs: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let last = signs.last().copied();
    let decimal = last.filter(|(at, c)| {
        let tail = text.len() - at - c.len_utf8();
        let alone = signs.iter().filter(|(_, other)| other == c).count() == 1;
        match c {
            '.' | ',' if !alone => false,
            '.' | ',' if tail != 3 => true,
            // Three digits after a single sign: a group, unless another sign groups already, or the document's
            // style says that this is its decimal sign.
            '.' => signs.len() > 1 || style == NumberStyle::Point || text.starts_with("0."),
            ',' => signs.len() > 1 || style == NumberStyle::Comma && text.starts_with("0,"),
            _ => false,
        }
    });
    let mut digits: String = match decimal {
        Some((at, _)) => text[..at].chars().filter(char::is_ascii_digit).collect(),
        None => text.chars().filter(char::is_ascii_digit).collect(),
    };
    if digits.is_empty() {
        digits.push('0');
    }
    if let Some((at, c)) = decimal {
        digits.push('.');
        digits.push_str(&text[at + c.len_utf8()..]);
    }
    // A long number without signs is an account or an article, and does not fit a JSON number without loss.
    (digits.len() <= 18).then_some(digits)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(text: &str, style: NumberStyle) -> Value {
        find(text, false, true, false, style).into_iter().map(|f| f.value).collect()
    }

    #[test]
    fn numbers_are_read_in_both_styles() {
        use NumberStyle::{Comma, Point};
        for (text, style, expected) in [
            ("$1,234.56", Point, json!([1234.56])),
            ("1.234,56 €", Comma, json!([1234.56])),
            ("EUR 1.234", Comma, json!([1234])),
            ("1.234", Point, json!([1.234])),
            ("1,234", Point, json!([1234])),
            ("1,5", Comma, json!([1.5])),
            ("12 345,00", Comma, json!([12345.0])),
            ("1 278.61 14.50%", Point, json!([1, 278.61])),
            ("1'234.50 CHF", Point, json!([1234.5])),
            ("€ -9,32", Comma, json!([-9.32])),
            ("-€9.32", Point, json!([-9.32])),
            ("(3.50)", Point, json!([-3.5])),
            ("−3,50 €", Comma, json!([-3.5])),
            ("42.00-", Point, json!([-42.0])),
            ("$580K", Point, json!([580000])),
            ("1.1 million", Point, json!([1100000])),
            ("USD 4.2B", Point, json!([4200000000_i64])),
            ("Rs 1939 x 1 Night", Point, json!([1939, 1])),
            ("due on August 3 , 2014 $4.11", Point, json!([4.11])),
            ("29.99 € TTC", Point, json!([29.99])),
            ("21 %", Point, json!([])),
        ] {
            assert_eq!(values(text, style), expected, "{text}");
        }
    }

    #[test]
    fn pieces_of_codes_and_dates_are_no_numbers() {
        for text in [
            "INV-2023",
            "A12",
            "12/05/2023",
            "ab_12",
            "2023-05-06",
            "v1.2.3.4",
            "12345678901234567890",
            "10:30",
            "n°12",
        ] {
            assert_eq!(values(text, NumberStyle::Point), json!([]), "{text}");
        }
    }

    #[test]
    fn an_integer_has_no_fraction() {
        let whole =
            |text| find(text, true, false, false, NumberStyle::Point).into_iter().map(|f| f.value).collect::<Value>();
        assert_eq!(whole("2.00 of 2.5 or 7"), json!([2, 7]));
    }

    #[test]
    fn the_document_decides_the_style() {
        for (text, expected) in
            [("1,00 2,50 3.00", NumberStyle::Comma), ("1.00", NumberStyle::Point), ("", NumberStyle::Point)]
        {
            assert_eq!(NumberStyle::of([text].into_iter()), expected, "{text}");
        }
    }

    #[test]
    fn money_looks_like_money() {
        let fits: Vec<f32> =
            find("21% 7 $5 3.50", false, true, false, NumberStyle::Point).iter().map(|f| f.fit).collect();
        assert_eq!(fits, [0.75, 1.0, 1.0]);
        assert_eq!(find("21 %", false, false, true, NumberStyle::Point)[0].fit, 1.0);
        assert_eq!(find_verbatim("$ 3.50", NumberStyle::Point)[0].value, "3.50");
    }
}
