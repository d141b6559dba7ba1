//! Names of persons and firms, and times of the day.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Found, pattern};

/// A name of a person at the beginning of the text: words with capitals, with what stands between them. `Mr` and its
/// like are no part of the name.
pub fn person(text: &str) -> Option<Found> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[ ,:;|–-]*(?:(?:Mr|Mrs|Ms|Miss|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|Sra?|Dña|Doña|Don|D|M)\.? )?((?:(?:Dra?|Prof|med)\.? )*\p{Lu}[\p{L}'’.-]*(?:,? (?:\p{Lu}[\p{L}'’.-]*|de|del|la|las|los|le|van|von|der|den|di|da|y|e|zu|zur)){0,5})",
        )
    });
    let name = NAME.captures(text)?.get(1)?;
    let words = name.as_str().split(' ').filter(|word| word.starts_with(char::is_uppercase)).count();
    let rest = text[name.end()..].trim_start();
    // More words after it make it a sentence, digits a line of something else.
    let alone = rest.is_empty() || rest.starts_with(['(', '|', '·', '/', ';', ',', '–', '-']);
    let fit = match (words, alone) {
        (2.., true) => 1.0,
        (1, true) => 0.8,
        (2.., false) => 0.7,
        _ => return None,
    };
    Some(Found { range: name.range(), value: Value::String(name.as_str().to_owned()), fit })
}

/// Times as `HH:MM` of 24 hours.
pub fn times(text: &str) -> Vec<Found> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\b([01]?\d|2[0-3])(?:[:h]| ?h ?)([0-5]\d)(?::[0-5]\d)?(?: ?(am|pm|a\.m\.|p\.m\.))?(?:\b|$)")
    });
    let found = TIME.captures_iter(text).filter_map(|hit| {
        let hour: u8 = hit[1].parse().ok()?;
        let late = hit.get(3).map(|half| half.as_str().to_lowercase().starts_with('p'));
        let hour = match (late, hour) {
            (Some(true), 1..=11) => hour + 12,
            (Some(false), 12) => 0,
            _ => hour,
        };
        let range = hit.get(0)?.range();
        Some(Found { range, value: Value::String(format!("{hour:02}:{}", &hit[2])), fit: 1.0 })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_found() {
        for (text, expected) in [
            ("Ann Lee", Some("Ann Lee")),
            (": Dr. med. Björn Kaminski", Some("Dr. med. Björn Kaminski")),
            ("Thiel, Sabine", Some("Thiel, Sabine")),
            ("María de la Cruz Gómez", Some("María de la Cruz Gómez")),
            ("Björn", Some("Björn")),
            ("Mr Colin Langley", Some("Colin Langley")),
            ("12 Main Street", None),
            ("of the company", None),
        ] {
            assert_eq!(person(text).and_then(|f| f.value.as_str().map(str::to_owned)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn times_are_found() {
        for (text, expected) in [
            ("15:56:55", vec!["15:56"]),
            ("at 8:03 and 3:15 pm", vec!["08:03", "15:15"]),
            ("12:05 am", vec!["00:05"]),
            ("14h30", vec!["14:30"]),
            ("25:10", vec![]),
        ] {
            let found: Vec<Value> = times(text).into_iter().map(|f| f.value).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
