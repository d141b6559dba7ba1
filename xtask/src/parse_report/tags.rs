//! The tags of HTML in Markdown, read as leniently as Python's `html.parser` reads them: whatever is no markup is text.

use super::text::{is_space, unescape};

#[derive(Debug, PartialEq)]
pub enum Token {
    Text(String),
    Open { name: String, attributes: Vec<(String, String)>, closed: bool },
    Close(String),
}

/// All tags and texts of a piece of HTML. Comments and declarations leave nothing behind.
pub fn tokens(html: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let text = rest.find('<').unwrap_or(rest.len());
        if text > 0 {
            found.push(Token::Text(unescape(&rest[..text])));
            rest = &rest[text..];
            continue;
        }
        let (token, length) = markup(rest).unwrap_or_else(|| unfinished(rest));
        found.extend(token);
        rest = &rest[length..];
    }
    found
}

/// What stands at the `<` that the text begins with, and its length; none when it has no end.
fn markup(text: &str) -> Option<(Option<Token>, usize)> {
    let upto = |from: usize, end: &str| Some(from + text[from..].find(end)? + end.len());
    let after = &text[1..];
    if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return open(text);
    }
    if let Some(name) = after.strip_prefix('/') {
        let length = upto(2, ">")?;
        let name = name.trim_start_matches(is_space);
        let end = name.find(|c: char| is_space(c) || matches!(c, '/' | '>'))?;
        let is_tag = name.starts_with(|c: char| c.is_ascii_alphabetic());
        return Some((is_tag.then(|| Token::Close(name[..end].to_lowercase())), length));
    }
    if after.starts_with("!--") {
        return Some((None, comment(text)?));
    }
    // `<![` would be a marked section, which the reference refuses to read: it is text there.
    if after.starts_with("![") {
        return Some((Some(Token::Text("<![".into())), 3));
    }
    if after.starts_with(['?', '!']) {
        return Some((None, upto(2, ">")?));
    }
    Some((Some(Token::Text("<".into())), 1))
}

/// The length of a comment; there may be white space before the `>` of its end.
fn comment(text: &str) -> Option<usize> {
    let mut at = 4;
    loop {
        at += text.get(at..)?.find("--")? + 2;
        let after = text[at..].trim_start_matches(is_space);
        if after.starts_with('>') {
            return Some(text.len() - after.len() + 1);
        }
        // In `--->` the end begins one dash later.
        at -= 1;
    }
}

fn open(text: &str) -> Option<(Option<Token>, usize)> {
    let name_end = text.find(|c: char| is_space(c) || matches!(c, '/' | '>'))?;
    let name = text[1..name_end].to_lowercase();
    let mut attributes = Vec::new();
    let mut rest = &text[name_end..];
    loop {
        rest = rest.trim_start_matches(is_space);
        let closed = rest.starts_with("/>");
        if closed || rest.starts_with('>') {
            let length = text.len() - rest.len() + 1 + usize::from(closed);
            return Some((Some(Token::Open { name, attributes, closed }), length));
        }
        if let Some(after) = rest.strip_prefix('/') {
            rest = after;
            continue;
        }
        let (attribute, after) = attribute(rest)?;
        attributes.push(attribute);
        rest = after;
    }
}

/// One attribute (empty when it has no value) and what follows it.
fn attribute(text: &str) -> Option<((String, String), &str)> {
    let first = text.chars().next()?.len_utf8();
    let end = first + text[first..].find(|c: char| is_space(c) || matches!(c, '/' | '=' | '>'))?;
    let name = text[..end].to_lowercase();
    let Some(value) = text[end..].trim_start_matches(is_space).strip_prefix('=') else {
        return Some(((name, String::new()), &text[end..]));
    };
    let value = value.trim_start_matches('=').trim_start_matches(is_space);
    let (value, rest) = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split_once(quote)?,
        _ => value.split_at(value.find(|c: char| is_space(c) || c == '>')?),
    };
    Some(((name, unescape(value)), rest))
}

/// Markup without its end is text, up to the next `>` or else the next `<`.
fn unfinished(text: &str) -> (Option<Token>, usize) {
    let next = |end| text[1..].find(end).map(|at| at + 1);
    let length = next('>').map(|at| at + 1).or_else(|| next('<')).unwrap_or(1);
    (Some(Token::Text(unescape(&text[..length]))), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_read_leniently() {
        let text = |text: &str| Token::Text(text.into());
        let open = |name: &str, attributes: &[(&str, &str)], closed| Token::Open {
            name: name.into(),
            attributes: attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            closed,
        };
        let close = |name: &str| Token::Close(name.into());
        for (html, expected) in [
            ("a<B>b&lt;</b >", vec![text("a"), open("b", &[], false), text("b<"), close("b")]),
            (
                "<td rowspan = '2' colspan=\"3\" x y=1>",
                vec![open("td", &[("rowspan", "2"), ("colspan", "3"), ("x", ""), ("y", "1")], false)],
            ),
            ("<br/><br / >", vec![open("br", &[], true), open("br", &[], false)]),
            ("a < b <3", vec![text("a "), text("<"), text(" b "), text("<"), text("3")]),
            ("<!-- a > b --->c<?d?></3>", vec![text("c")]),
            ("<![x", vec![text("<!["), text("x")]),
            ("<td a=\"x>y</td", vec![text("<td a=\"x>"), text("y"), text("<"), text("/td")]),
        ] {
            assert_eq!(tokens(html), expected, "{html}");
        }
    }
}
