//! Footnotes of RTF, which docling passes over: they are moved to the end of the text.

const MARKS: [&[u8]; 2] = [b"{\\footnote", b"{\\*\\footnote"];
/// Text with more notes keeps only these.
const NOTES_MAX: usize = 10_000;

/// The text with its notes as paragraphs at the end; `None` without notes.
pub fn at_the_end(rtf: &[u8]) -> Option<Vec<u8>> {
    let (mut text, mut notes) = (Vec::new(), Vec::new());
    let (mut kept, mut at, mut count) = (0, 0, 0);
    while at < rtf.len() && count < NOTES_MAX {
        let is_mark = |mark: &&&[u8]| {
            rtf[at..].starts_with(mark) && !rtf.get(at + mark.len()).is_some_and(u8::is_ascii_alphabetic)
        };
        let Some(mark) = MARKS.iter().find(is_mark) else {
            at += if rtf[at] == b'\\' { 2 } else { 1 };
            continue;
        };
        let Some(end) = group_end(rtf, at) else { break };
        text.extend_from_slice(&rtf[kept..at]);
        notes.extend_from_slice(b"\\par\\pard\\plain {");
        notes.extend_from_slice(&rtf[at + mark.len()..end]);
        count += 1;
        (kept, at) = (end, end);
    }
    if count == 0 {
        return None;
    }
    let rest = &rtf[kept..];
    let last = rest.iter().rposition(|byte| *byte == b'}').unwrap_or(rest.len());
    text.extend_from_slice(&rest[..last]);
    text.append(&mut notes);
    text.extend_from_slice(b"\\par}");
    Some(text)
}

/// Behind the bracket that closes the group at `start`.
fn group_end(rtf: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, start);
    while let Some(byte) = rtf.get(at) {
        match byte {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stand_at_the_end() {
        let check = |rtf: &str, expected: Option<&str>| {
            let moved = at_the_end(rtf.as_bytes()).map(|bytes| String::from_utf8(bytes).expect("text"));
            assert_eq!(moved.as_deref(), expected);
        };
        check(
            "{\\rtf1 Rye{\\*\\footnote{\\b a\\} note}} rose.}",
            Some("{\\rtf1 Rye rose.\\par\\pard\\plain {{\\b a\\} note}}\\par}"),
        );
        check("{\\rtf1 Rye {\\footnotetext x} \\{\\footnote}", None);
        check("{\\rtf1 Rye {\\footnote never closed", None);
    }
}
