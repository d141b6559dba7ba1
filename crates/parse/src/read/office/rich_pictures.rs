//! Pictures of RTF whose bytes stand as they are (`\bin`), which docling passes over: they are written in hexadecimal digits.

use std::fmt::Write;

const MARK: &[u8] = b"\\bin";

/// The text with such bytes as digits; `None` without them. Where a writer says no number, digits follow.
pub fn as_digits(rtf: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut kept, mut at) = (Vec::new(), 0, 0);
    while at < rtf.len() {
        if !rtf[at..].starts_with(MARK) || rtf.get(at + MARK.len()).is_some_and(u8::is_ascii_alphabetic) {
            at += if rtf[at] == b'\\' { 2 } else { 1 };
            continue;
        }
        out.extend_from_slice(&rtf[kept..at]);
        // What ended the word before.
        out.push(b' ');
        let behind = at + MARK.len();
        let digits = rtf[behind..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let count: usize = std::str::from_utf8(&rtf[behind..behind + digits]).ok()?.parse().unwrap_or(0);
        let start = behind + digits + usize::from(rtf.get(behind + digits) == Some(&b' '));
        let data = rtf.get(start..start.saturating_add(count)).unwrap_or_default();
        let mut hex = String::with_capacity(2 * data.len());
        for byte in data {
            let _ = write!(hex, "{byte:02x}");
        }
        out.extend_from_slice(hex.as_bytes());
        at = start + data.len();
        kept = at;
    }
    (kept > 0).then(|| [out.as_slice(), rtf.get(kept..).unwrap_or_default()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_digits() {
        let check = |rtf: &[u8], expected: Option<&[u8]>| {
            assert_eq!(as_digits(rtf).as_deref(), expected, "{}", rtf.escape_ascii());
        };
        check(b"{\\pict\\pngblip\\bin3 \x89}\\} after", Some(b"{\\pict\\pngblip 897d5c} after"));
        check(b"{\\pict\\jpegblip\\picw9 \\bin ffd8}", Some(b"{\\pict\\jpegblip\\picw9  ffd8}"));
        check(b"{\\pict\\bin9 ab", Some(b"{\\pict ab"));
        check(b"{\\pict\\bin", Some(b"{\\pict "));
        check(b"{\\binfsxn1 a \\\\bin b\\", None);
    }
}
