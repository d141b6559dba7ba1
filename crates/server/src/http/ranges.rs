//! `Range` headers (RFC 9110, section 14): one range of bytes; of several, and of other units, nothing is taken.

use std::ops::Range;

/// Which bytes are to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    /// Not empty, and within the file.
    Part(Range<u64>),
    /// Begins after the end.
    Nothing,
}

/// What `header` asks of a file of this size. A header that cannot be read is as if it were not there.
pub fn wanted(header: Option<&str>, bytes: u64) -> Wanted {
    let Some(given) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Wanted::Whole };
    let Some((first, last)) = given.split_once('-') else { return Wanted::Whole };
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.is_empty(), last.is_empty()) {
        (true, false) => number(last).map(|count| bytes.saturating_sub(count)..bytes),
        (false, true) => number(first).map(|first| first..bytes),
        (false, false) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Some(first..last.saturating_add(1).min(bytes)),
            _ => None,
        },
        (true, true) => None,
    };
    match range {
        None => Wanted::Whole,
        Some(range) if range.is_empty() => Wanted::Nothing,
        Some(range) => Wanted::Part(range),
    }
}

/// Digits only: `+1` is no number here. One that is too large is as large as can be.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_taken() {
        let check = |header: &str, expected: Wanted| assert_eq!(wanted(Some(header), 10), expected, "{header}");
        assert_eq!(wanted(None, 10), Wanted::Whole);
        check("bytes=0-3", Wanted::Part(0..4));
        check("bytes=9-9", Wanted::Part(9..10));
        check("bytes=3-", Wanted::Part(3..10));
        check("bytes=-3", Wanted::Part(7..10));
        check("bytes=-99", Wanted::Part(0..10));
        check("bytes=0-99999999999999999999999", Wanted::Part(0..10));
        check("bytes=10-", Wanted::Nothing);
        check("bytes=99-100", Wanted::Nothing);
        check("bytes=-0", Wanted::Nothing);
        for ignored in ["bytes=4-3", "bytes=a-b", "bytes=-", "bytes=0-1,3-4", "pages=1-2", "bytes", "bytes=+1-2"] {
            check(ignored, Wanted::Whole);
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
