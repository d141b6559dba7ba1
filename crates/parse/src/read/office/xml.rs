//! The little of XML that is looked at before docling reads it: parts of packages as text, tags and their attributes.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A part of a package as text; `None` when there is none, or it is longer than `bytes_max`.
pub fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, bytes_max: usize) -> Option<String> {
    let mut text = String::new();
    archive.by_name(name).ok()?.take(bytes_max as u64 + 1).read_to_string(&mut text).ok()?;
    (text.len() <= bytes_max).then_some(text)
}

/// The package with other parts of these names.
pub fn packed(archive: &mut ZipArchive<Cursor<&[u8]>>, parts: &[(&str, &str)]) -> Option<Vec<u8>> {
    packed_of(archive, parts, |_| true)
}

/// The same without the parts that are not needed.
pub fn packed_of(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    parts: &[(&str, &str)],
    is_needed: impl Fn(&str) -> bool,
) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).ok()?;
        if !file.name().is_ok_and(|name| !is_needed(&name) || parts.iter().any(|(part, _)| name == *part)) {
            writer.raw_copy_file(file).ok()?;
        }
    }
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in parts {
        writer.start_file(*name, stored).ok()?;
        writer.write_all(content.as_bytes()).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The value of an attribute as it is written; ` id` is not that of `r:id`.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

/// The tags of this name, from behind `<name` to before `>`.
pub fn tags<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let open = format!("<{name}");
    xml.match_indices(&open).map(|(at, _)| at).collect::<Vec<_>>().into_iter().filter_map(move |at| {
        let rest = &xml[at + open.len()..];
        let is_whole_name = rest.starts_with(|char: char| char.is_whitespace() || matches!(char, '>' | '/'));
        is_whole_name.then(|| rest.split('>').next().unwrap_or_default())
    })
}

pub fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        out.push_str(before);
        let Some((name, after)) = entity.split_once(';') else {
            rest = &rest[before.len()..];
            break;
        };
        let number = |digits: &str| match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        };
        match name {
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            "amp" => out.push('&'),
            _ => out.extend(name.strip_prefix('#').and_then(number).and_then(char::from_u32)),
        }
        rest = after;
    }
    out + rest
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_signs() {
        for (text, expected) in
            [("a &amp;lt; b", "a &lt; b"), ("&#8364;&#x20AC;", "€€"), ("&quot;x&quot;", "\"x\""), ("a & b", "a & b")]
        {
            assert_eq!(unescaped(text), expected);
        }
        assert_eq!(unescaped(&escaped("<a \"b\" & c>")), "<a \"b\" & c>");
    }

    #[test]
    fn tags_have_their_whole_name() {
        let found: Vec<_> = tags("<xf a=\"1\"/><xfs><xf><xf id=\"2\"></xf>", "xf").collect();
        assert_eq!(found, [" a=\"1\"/", "", " id=\"2\""]);
    }
}
