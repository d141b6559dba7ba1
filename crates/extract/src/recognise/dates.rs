//! Dates in the common orders, with month names in five languages.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Found, pattern};
use crate::tokens::fold;

/// How a date is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateStyle {
    /// `2024-07-19`.
    Iso,
    /// As the schema's description writes it: `DD.MM.YYYY`.
    Letters(String),
    /// As the document writes it.
    Verbatim,
    /// `2024-07-19T10:00:00Z` where the document has time and zone, else as `Iso`.
    Instant,
}

/// Which part comes first where both could be: 03/04/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
    /// Nothing in the document says; read as day first, and less sure.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Date {
    year: u16,
    month: u8,
    day: u8,
}

const MONTHS: [&str; 12] = [
    "january jan januar janner janvier janv enero ene januari",
    "february feb februar fevrier fevr fev febrero februari",
    "march mar marz maerz mrz mars marzo maart mrt",
    "april apr avril avr abril abr",
    "may mai mayo mei",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug aout agosto ago augustus",
    "september sept sep septembre septiembre setiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
];

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{4}) ?([-/.年]) ?(\d{1,2}) ?[-/.月] ?(\d{1,2})"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?[-/.] ?(\d{4}|\d{2})"));
static DAY_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ -]*(?:de |of )?(\p{L}{3,10})\.?[ ,-]*(?:de |del )?(\d{4}|'?\d{2})")
});
static NAME_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(\p{L}{3,10})\.? *(\d{1,2})(?:st|nd|rd|th)? *,? *(\d{4})"));

pub fn month(name: &str) -> Option<u8> {
    let name = fold(name);
    MONTHS.iter().position(|names| names.split(' ').any(|known| known == name)).map(|at| at as u8 + 1)
}

fn date(year: &str, month: u8, day: u8) -> Option<Date> {
    let number: u16 = year.trim_start_matches('\'').parse().ok()?;
    let year = match number {
        0..=69 if year.len() < 4 => 2000 + number,
        70..=99 if year.len() < 4 => 1900 + number,
        1800..=2199 => number,
        _ => return None,
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(Date { year, month, day })
}

impl DateOrder {
    /// Decided by dates that can be read in one way only; then by signs of the United States.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        static STATE_ZIP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{2},? \d{5}(-\d{4})?\b"));
        let (mut day_first, mut month_first, mut american) = (0, 0, false);
        for text in texts {
            for found in DIGITS.captures_iter(text) {
                match (found[1].parse::<u8>(), found[3].parse::<u8>()) {
                    (Ok(13..=31), Ok(1..=12)) => day_first += 1,
                    (Ok(1..=12), Ok(13..=31)) => month_first += 1,
                    _ => {}
                }
            }
            american |= STATE_ZIP.is_match(text) || text.contains("USD");
        }
        match (day_first, month_first) {
            (0, 0) if american => Self::MonthFirst,
            (d, m) if d > m => Self::DayFirst,
            (d, m) if m > d => Self::MonthFirst,
            _ => Self::Unknown,
        }
    }
}

/// All dates of a text.
pub fn find(text: &str, style: &DateStyle, order: DateOrder) -> Vec<Found> {
    if *style == DateStyle::Instant {
        return instants(text, order);
    }
    let mut found: Vec<Found> = Vec::new();
    let mut add = |range: std::ops::Range<usize>, date: Option<Date>, fit: f32| {
        let free = found.iter().all(|f| f.range.end <= range.start || range.end <= f.range.start);
        if let Some(date) = date.filter(|_| free && stands_alone(text, &range)) {
            let value = Value::String(written(date, style, &text[range.clone()]));
            found.push(Found { range, value, fit });
        }
    };
    let small = |digits: &str| digits.parse::<u8>().unwrap_or(0);
    for c in YEAR_FIRST.captures_iter(text) {
        let whole = c.get(0).map(|m| m.range()).unwrap_or_default();
        add(whole, date(&c[1], small(&c[3]), small(&c[4])), 1.0);
    }
    for c in DAY_NAME.captures_iter(text) {
        let whole = c.get(0).map(|m| m.range()).unwrap_or_default();
        // `1 - July 31, 2014`: the year is still to come.
        let rest = text[whole.end..].trim_start_matches([',', ' ']);
        if c[3].len() == 2 && rest.len() >= 4 && rest.bytes().take(4).all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        add(whole, month(&c[2]).and_then(|month| date(&c[3], month, small(&c[1]))), 1.0);
    }
    for c in NAME_DAY.captures_iter(text) {
        let whole = c.get(0).map(|m| m.range()).unwrap_or_default();
        add(whole, month(&c[1]).and_then(|month| date(&c[3], month, small(&c[2]))), 1.0);
    }
    for c in DIGITS.captures_iter(text) {
        let whole = c.get(0).map(|m| m.range()).unwrap_or_default();
        let (date, fit) = in_digits(small(&c[1]), small(&c[3]), &c[4], &c[2] == "/", order);
        add(whole, date, fit);
    }
    found.extend(first_of_period(text, style, &found));
    found.sort_by_key(|f| f.range.start);
    found
}

/// Dates with the time and zone that follow them. Neither is made up: seconds or a zone that are not there leave a day.
fn instants(text: &str, order: DateOrder) -> Vec<Found> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:[Tt]|,? (?:at )?)((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?) ?(?:([Zz]|UTC|GMT)\b|([+-]\d{2}):?(\d{2})\b)",
        )
    });
    let mut found = find(text, &DateStyle::Iso, order);
    for day in &mut found {
        let Some(c) = TIME.captures(&text[day.range.end..]) else { continue };
        let zone = match (c.get(3), c.get(4)) {
            (Some(hours), Some(minutes)) => format!("{}:{}", hours.as_str(), minutes.as_str()),
            _ => "Z".to_owned(),
        };
        day.value = Value::String(format!("{}T{}{zone}", day.value.as_str().unwrap_or_default(), &c[1]));
        day.range.end += c[0].len();
    }
    found
}

/// `1 - 31 July 2015`, `July 1 - July 31, 2014`, `01.03. - 31.03.2024`: the first date has its month and year from
/// the second.
fn first_of_period(text: &str, style: &DateStyle, found: &[Found]) -> Option<Found> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:(?P<name>\p{L}{3,10})\.? )?\b(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?(?:[./](?P<month>\d{1,2})?[./]?|(?: de)? (?P<after>\p{L}{3,10})\.?)?,? ?(?:-|–|—|au|bis|to|through|until|al|a)(?: el)? ?$",
        )
    });
    let second = found.first().filter(|_| found.len() == 1)?;
    let iso = second_date(text, &second.range)?;
    let before = DAY.captures(&text[..second.range.start])?;
    let day = before.name("day")?.as_str().parse().ok()?;
    let named = ["name", "after"].iter().find_map(|part| month(before.name(part)?.as_str()));
    let digits = before.name("month").and_then(|m| m.as_str().parse().ok());
    let month = named.or(digits).unwrap_or(iso.month);
    let date = date(&iso.year.to_string(), month, day)?;
    let start = if named.is_some()
        && before.name("name").is_some_and(|m| crate::recognise::dates::month(m.as_str()).is_some())
    {
        before.name("name")?.start()
    } else {
        before.name("day")?.start()
    };
    let range = start..text[..second.range.start].trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    (date < iso).then(|| Found {
        value: Value::String(written(date, style, text[range.clone()].trim())),
        range,
        fit: 0.95,
    })
}

/// A date that was found, read again.
fn second_date(text: &str, range: &std::ops::Range<usize>) -> Option<Date> {
    let again = DAY_NAME.captures(&text[range.clone()]).map(|c| (c[3].to_owned(), month(&c[2]), c[1].to_owned()));
    let again = again
        .or_else(|| NAME_DAY.captures(&text[range.clone()]).map(|c| (c[3].to_owned(), month(&c[1]), c[2].to_owned())));
    let again = again.or_else(|| {
        DIGITS.captures(&text[range.clone()]).map(|c| (c[4].to_owned(), c[3].parse().ok(), c[1].to_owned()))
    });
    let (year, month, day) = again?;
    date(&year, month?, day.parse().ok()?)
}

fn in_digits(first: u8, second: u8, year: &str, slashes: bool, order: DateOrder) -> (Option<Date>, f32) {
    // Only slashes (and rarely dashes) are used with the month first.
    let month_first = second > 12 || first <= 12 && order == DateOrder::MonthFirst && slashes;
    let date = if month_first { date(year, first, second) } else { date(year, second, first) };
    let unsure = first <= 12 && second <= 12 && first != second && slashes && order == DateOrder::Unknown;
    (date, if unsure { 0.7 } else { 1.0 } * if year.len() == 2 { 0.9 } else { 1.0 })
}

/// Not a piece of a longer number, version or code.
fn stands_alone(text: &str, range: &std::ops::Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let mut after = text[range.end..].chars();
    let joins = |c: char| c.is_alphanumeric();
    let next = after.next();
    !before.is_some_and(|c| joins(c) || matches!(c, '/' | '.'))
        && !next.is_some_and(|c| {
            joins(c) && c != 'T' || matches!(c, '/' | '.' | '-') && after.next().is_some_and(|d| d.is_ascii_digit())
        })
}

fn written(date: Date, style: &DateStyle, verbatim: &str) -> String {
    match style {
        DateStyle::Iso | DateStyle::Instant => format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
        DateStyle::Letters(letters) => letters
            .replace("YYYY", &format!("{:04}", date.year))
            .replace("YY", &format!("{:02}", date.year % 100))
            .replace("MM", &format!("{:02}", date.month))
            .replace("DD", &format!("{:02}", date.day)),
        DateStyle::Verbatim => verbatim.to_owned(),
    }
}

/// The style that a description asks for, when it does: `(DD.MM.YYYY)`, `ISO 8601`, `as written`.
pub fn style_in(description: &str) -> Option<DateStyle> {
    static LETTERS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:YYYY|YY|MM|DD)(?:[-/. ](?:YYYY|YY|MM|DD)){2}\b"));
    let folded = format!(" {}", fold(description));
    if [" verbatim", " as written", " as printed", " exactly as"].iter().any(|words| folded.contains(words)) {
        return Some(DateStyle::Verbatim);
    }
    if let Some(found) = LETTERS.find(description) {
        return Some(DateStyle::Letters(found.as_str().to_uppercase()));
    }
    folded.contains("iso").then_some(DateStyle::Iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, order: DateOrder) -> Vec<String> {
        find(text, &DateStyle::Iso, order).into_iter().filter_map(|f| f.value.as_str().map(str::to_owned)).collect()
    }

    #[test]
    fn dates_are_read_in_the_common_orders() {
        for (text, expected) in [
            ("2024-07-19", "2024-07-19"),
            ("19.07.2024", "2024-07-19"),
            ("19/07/24", "2024-07-19"),
            ("07/19/2024", "2024-07-19"),
            ("8-9-2022", "2022-09-08"),
            ("August 3 , 2014", "2014-08-03"),
            ("Jan 1, 2022", "2022-01-01"),
            ("3rd of March 2021", "2021-03-03"),
            ("7. Mai 2014", "2014-05-07"),
            ("02 Juillet 2015", "2015-07-02"),
            ("1er août 2020", "2020-08-01"),
            ("5 de enero de 2020", "2020-01-05"),
            ("29 maart 2014", "2014-03-29"),
            ("12-Dec-19", "2019-12-12"),
            ("29.02.2024", "2024-02-29"),
            ("2024-07-19T10:00:00Z", "2024-07-19"),
        ] {
            assert_eq!(iso(text, DateOrder::DayFirst), [expected], "{text}");
        }
    }

    #[test]
    fn points_in_time_have_their_time_and_zone() {
        for (text, expected) in [
            ("2024-07-19T10:00:00Z", "2024-07-19T10:00:00Z"),
            ("2024-07-19 10:00:00.250 +02:00", "2024-07-19T10:00:00.250+02:00"),
            ("on 19.07.2024 23:59:59 UTC.", "2024-07-19T23:59:59Z"),
            ("19 July 2024, at 10:00:00-0500", "2024-07-19T10:00:00-05:00"),
            ("2024-07-19 10:00:00", "2024-07-19"),
            ("2024-07-19 10:00 UTC", "2024-07-19"),
            ("2024-07-19T25:00:00Z", "2024-07-19"),
        ] {
            let found = find(text, &DateStyle::Instant, DateOrder::DayFirst);
            assert_eq!(found.iter().map(|f| &f.value).collect::<Vec<_>>(), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "29.02.2023",
            "31/04/2024",
            "1.2.3.4567",
            "12/2024",
            "192.168.10.11",
            "45-67-8901",
            "May I 2024",
            "12 units 2024",
            "",
        ] {
            assert_eq!(iso(text, DateOrder::DayFirst), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_document_decides_the_order() {
        for (texts, expected) in [
            (vec!["25/03/2023"], DateOrder::DayFirst),
            (vec!["03/20/2023", "04/04/2023"], DateOrder::MonthFirst),
            (vec!["03/04/2023", "Scranton PA 18503"], DateOrder::MonthFirst),
            (vec!["03/04/2023"], DateOrder::Unknown),
        ] {
            assert_eq!(DateOrder::of(texts.iter().copied()), expected, "{texts:?}");
        }
        assert_eq!(iso("03/04/2023", DateOrder::MonthFirst), ["2023-03-04"]);
        assert!(find("03/04/2023", &DateStyle::Iso, DateOrder::Unknown)[0].fit < 0.8);
    }

    #[test]
    fn the_description_decides_the_style() {
        for (description, expected) in [
            ("Date in DD.MM.YYYY", Some(DateStyle::Letters("DD.MM.YYYY".into()))),
            ("ISO 8601", Some(DateStyle::Iso)),
            ("the date as written", Some(DateStyle::Verbatim)),
            ("the date", None),
            ("the day on which it was printed", None),
        ] {
            assert_eq!(style_in(description), expected, "{description}");
        }
        let letters = DateStyle::Letters("MM/DD/YY".into());
        assert_eq!(find("5 May 2021", &letters, DateOrder::Unknown)[0].value, "05/05/21");
        assert_eq!(find("on 5 May 2021.", &DateStyle::Verbatim, DateOrder::Unknown)[0].value, "5 May 2021");
    }
}
