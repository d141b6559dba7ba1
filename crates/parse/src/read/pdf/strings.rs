//! Text strings (ISO 32000-1, 7.9.2.2).

/// A text string as text: UTF-16 with a mark, UTF-8 with a mark, else taken as Latin-1, which PDFDocEncoding is for
/// all that titles and values commonly use.
pub fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_in_four_encodings() {
        for (bytes, expected) in [
            (&b"Caf\xe9"[..], "Café"),
            (b"\xfe\xff\x00C\x00\xe9", "Cé"),
            (b"\xff\xfeC\x00\xe9\x00", "Cé"),
            (b"\xef\xbb\xbfC\xc3\xa9", "Cé"),
            (b"", ""),
        ] {
            assert_eq!(text_string(bytes), expected);
        }
    }
}
