//! Number formats of Excel: what a cell with a number shows. Signs between groups and decimals are those of English, for a
//! workbook does not say whose language it is shown in. Dates are docling's business.

/// Digits behind the decimal point at most.
const DECIMALS_MAX: usize = 15;
/// Numbers from here on are shown as they are stored.
const VALUE_MAX: f64 = 1e15;
/// Numbers below this are so far from the limits of their type that halves can be nudged over the edge.
const NUDGED_MAX: f64 = 1e9;
const SECONDS_A_DAY: f64 = 86_400.0;

/// The formats that have a number and no code, as Excel of the United States shows them.
pub fn built_in(id: u32) -> Option<&'static str> {
    Some(match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "\"$\"#,##0_);(\"$\"#,##0)",
        7 | 8 => "\"$\"#,##0.00_);(\"$\"#,##0.00)",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        37 | 38 => "#,##0_);(#,##0)",
        39 | 40 => "#,##0.00_);(#,##0.00)",
        41 => "#,##0_);(#,##0);\"-\"_)",
        42 => "\"$\"#,##0_);(\"$\"#,##0);\"$\"\"-\"_)",
        43 => "#,##0.00_);(#,##0.00);\"-\"_)",
        44 => "\"$\"#,##0.00_);(\"$\"#,##0.00);\"$\"\"-\"_)",
        46 => "[h]:mm:ss",
        _ => return None,
    })
}

/// What a cell shows; `None` where the format is not understood (dates, fractions, conditions).
pub fn shown(code: &str, value: f64) -> Option<String> {
    if !value.is_finite() || value.abs() >= VALUE_MAX {
        return None;
    }
    let sections = sections(code);
    if sections.iter().any(|section| section.contains('@')) && sections.len() < 2 {
        return None;
    }
    let numeric = sections.len().min(3);
    let index = if value < 0.0 && numeric > 1 { 1 } else { usize::from(value == 0.0 && numeric > 2) * 2 };
    let sign = if value < 0.0 && index == 0 { "-" } else { "" };
    if let Some(elapsed) = elapsed(sections.first()?, value.abs()) {
        return Some(format!("{sign}{elapsed}"));
    }
    let text = Section::read(sections.get(index)?)?.text(value.abs())?;
    Some(format!("{sign}{}", text.trim()))
}

/// The parts between semicolons: positive, negative, zero, text.
fn sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for char in code.chars() {
        if char == ';' && !quoted && !escaped {
            sections.push(String::new());
            continue;
        }
        quoted ^= char == '"' && !escaped;
        escaped = char == '\\' && !escaped && !quoted;
        if let Some(section) = sections.last_mut() {
            section.push(char);
        }
    }
    sections
}

/// Time that went by, in days.
fn elapsed(section: &str, days: f64) -> Option<String> {
    let seconds = (days * SECONDS_A_DAY).round() as u64;
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Some(match section {
        "[h]:mm" => format!("{hours}:{minutes:02}"),
        "[hh]:mm" => format!("{hours:02}:{minutes:02}"),
        "[h]:mm:ss" => format!("{hours}:{minutes:02}:{rest:02}"),
        "[hh]:mm:ss" => format!("{hours:02}:{minutes:02}:{rest:02}"),
        "[m]:ss" | "[mm]:ss" => format!("{:02}:{rest:02}", seconds / 60),
        _ => return None,
    })
}

/// Texts around one number.
#[derive(Default)]
struct Section {
    before: String,
    after: String,
    /// The signs of the number, `#,##0.00`; empty for none.
    digits: String,
    /// Digits of an exponent, and whether a plus is written.
    exponent: Option<(usize, bool)>,
    percents: i32,
}

impl Section {
    fn read(section: &str) -> Option<Self> {
        let mut read = Self::default();
        let mut chars = section.chars().peekable();
        let mut ended = false;
        while let Some(char) = chars.next() {
            match char {
                '0' | '#' | '?' => {
                    if ended {
                        return None;
                    }
                    read.digits.push(char);
                    continue;
                }
                '.' | ',' if !read.digits.is_empty() && !ended => {
                    read.digits.push(char);
                    continue;
                }
                'E' | 'e' if !read.digits.is_empty() && !ended => {
                    let plus = chars.next().filter(|sign| matches!(sign, '+' | '-'))? == '+';
                    let zeros = std::iter::from_fn(|| chars.next_if_eq(&'0')).count();
                    read.exponent = Some((zeros, plus));
                }
                '"' => {
                    let text: String = chars.by_ref().take_while(|char| *char != '"').collect();
                    read.literal(&text);
                }
                '\\' => read.literal(&chars.next()?.to_string()),
                '_' | '*' => drop(chars.next()),
                '[' => {
                    let inner: String = chars.by_ref().take_while(|char| *char != ']').collect();
                    read.bracket(&inner)?;
                }
                '%' => {
                    read.percents += 1;
                    read.literal("%");
                }
                // Letters are parts of dates, `General`, or of a format that is not understood.
                '/' | '@' => return None,
                _ if char.is_ascii_alphabetic() => return None,
                _ => read.literal(&char.to_string()),
            }
            ended = !read.digits.is_empty();
        }
        Some(read)
    }

    /// A currency with its language, or a colour.
    fn bracket(&mut self, inner: &str) -> Option<()> {
        const COLOURS: [&str; 8] = ["black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"];
        let lower = inner.to_lowercase();
        if let Some(currency) = inner.strip_prefix('$') {
            self.literal(currency.split('-').next().unwrap_or_default());
        } else if !COLOURS.contains(&lower.as_str()) && !lower.starts_with("color") {
            return None;
        }
        Some(())
    }

    fn literal(&mut self, text: &str) {
        if self.digits.is_empty() { &mut self.before } else { &mut self.after }.push_str(text);
    }

    fn text(&self, value: f64) -> Option<String> {
        if self.digits.is_empty() {
            return Some(format!("{}{}", self.before, self.after));
        }
        let whole = self.digits.split('.').next().unwrap_or_default();
        let decimals = self.digits.get(whole.len() + 1..).unwrap_or_default();
        if decimals.contains('.') || decimals.len() > DECIMALS_MAX {
            return None;
        }
        let thousands = self.digits.len() - self.digits.trim_end_matches(',').len();
        let (whole, decimals) = (whole.trim_end_matches(','), decimals.trim_end_matches(','));
        let value = value * 100_f64.powi(self.percents) / 1_000_f64.powi(i32::try_from(thousands).ok()?);
        let number = match self.exponent {
            Some(exponent) => scientific(value, whole, decimals, exponent)?,
            None => plain(value, whole, decimals),
        };
        Some(format!("{}{number}{}", self.before, self.after))
    }
}

fn plain(value: f64, whole: &str, decimals: &str) -> String {
    let nudged = if value < NUDGED_MAX { value * (1.0 + 1e-15) } else { value };
    let text = format!("{nudged:.*}", decimals.len());
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let least = whole.matches('0').count();
    let digits = if digits == "0" { "" } else { digits };
    let digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
    let digits = if whole.contains(',') { grouped(&digits) } else { digits };
    let needed = decimals.rfind('0').map_or(0, |last| last + 1);
    let fraction = fraction.char_indices().rfind(|(at, char)| *at < needed || *char != '0');
    let fraction = fraction.map_or("", |(last, _)| &text[text.len() - decimals.len()..][..=last]);
    if fraction.is_empty() { digits } else { format!("{digits}.{fraction}") }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn scientific(value: f64, whole: &str, decimals: &str, (zeros, plus): (usize, bool)) -> Option<String> {
    if whole.len() != 1 {
        return None;
    }
    let text = format!("{value:.*e}", decimals.len());
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let sign = if exponent < 0 {
        "-"
    } else if plus {
        "+"
    } else {
        ""
    };
    Some(format!("{mantissa}E{sign}{:0zeros$}", exponent.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_by_their_format() {
        for (code, value, expected) in [
            ("0.0%", 0.256, "25.6%"),
            ("0%", 0.125, "13%"),
            ("#,##0.00 \"€\"", 1234.5, "1,234.50 €"),
            ("#,##0.00\\ [$€-407]", -1234.5, "-1,234.50 €"),
            ("[$€-2]\\ #,##0.00", 0.5, "€ 0.50"),
            ("\"$\"#,##0.00;[Red]-\"$\"#,##0.00", -1234.5, "-$1,234.50"),
            ("_-* #,##0.00 \"€\"_-;\\-* #,##0.00 \"€\"_-;_-* \"-\"?? \"€\"_-;_-@_-", 1234.5, "1,234.50 €"),
            ("_-* #,##0.00 \"€\"_-;\\-* #,##0.00 \"€\"_-;_-* \"-\" \"€\"_-;_-@_-", 0.0, "- €"),
            ("0.00_);(0.00)", -5.5, "(5.50)"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("#,##0", 0.0, "0"),
            ("#,##0", 999.0, "999"),
            ("00000", 501.0, "00501"),
            ("0.00", 1.005, "1.01"),
            ("0.0#", 2.5, "2.5"),
            ("0.0#", 2.0, "2.0"),
            ("0.##", 2.0, "2"),
            ("#.00", 0.5, ".50"),
            ("0.0,\"k\"", 1_234_567.0, "1234.6k"),
            ("#,##0.0,,", 1_234_567.0, "1.2"),
            ("0.00E+00", 0.00012, "1.20E-04"),
            ("0.0E+0", 120_000.0, "1.2E+5"),
            ("0 \"pcs\"", 3.0, "3 pcs"),
            ("+0;-0;0", 3.0, "+3"),
            ("0;-0;;@", 0.0, ""),
            ("[h]:mm", 1.127_083_333_333, "27:03"),
            ("\"yes\";\"yes\";\"no\"", 0.0, "no"),
        ] {
            assert_eq!(shown(code, value).as_deref(), Some(expected), "{code} {value}");
        }
    }

    #[test]
    fn what_is_not_understood_is_left() {
        for code in ["General", "@", "dd.mm.yyyy", "# ?/?", "[>100]0;0.0", "000-0000", "h:mm AM/PM", "0.0.0"] {
            assert_eq!(shown(code, 45_000.25), None, "{code}");
        }
        assert_eq!(shown("0", f64::NAN), None);
        assert_eq!(shown("0", 1e16), None);
    }
}
