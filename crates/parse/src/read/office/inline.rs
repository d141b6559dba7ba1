//! The markdown that docling puts into texts (`**bold**`, `[label](url)`, `\_`, `&amp;`), read back as plain text and
//! written again in our own hand.

use docmill_model::document::escape_html;

use crate::render::escape::escape;
use crate::render::markdown;

/// A text without signs, and the same as markdown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inline {
    pub plain: String,
    pub md: String,
}

/// Texts nested deeper than this in their marks are taken as they are.
const DEPTH_MAX: u8 = 6;
/// What docling writes for a picture in a cell or an item of a list. A text that says so itself comes as `&lt;!-- image --&gt;`.
const PICTURE: &str = "<!-- image -->";
/// How far a mark may be from the one that closes it, characters: bounds the time for texts full of open marks.
const REACH_MAX: usize = 2_000;

/// Reads a text; links keep their target only when `links` is set.
pub fn read(text: &str, links: bool) -> Inline {
    read_as(text, links, false)
}

/// The same with HTML in place of markdown: what stands in a cell of an HTML table.
pub fn read_html(text: &str, links: bool) -> Inline {
    read_as(text, links, true)
}

fn read_as(text: &str, links: bool, html: bool) -> Inline {
    let chars: Vec<char> = text.trim().chars().collect();
    let mut out = Inline::default();
    let mut reader = Reader { links, html, literal: String::new(), after_mark: false };
    reader.read(&chars, &mut out, 0);
    out
}

/// A text that holds no signs.
pub fn raw(text: &str) -> Inline {
    let plain = text.trim().to_owned();
    Inline { md: markdown::paragraph(&plain), plain }
}

/// Where ASCII begins among characters that nobody writes.
const GUARD: u32 = 0xF_0000;

/// A formula as text that docling has nothing to escape in.
pub fn guarded(latex: &str) -> String {
    let guarded = |char: char| char::from_u32(GUARD + u32::from(char)).filter(|_| char.is_ascii_punctuation());
    format!("${}$", latex.chars().map(|char| guarded(char).unwrap_or(char)).collect::<String>())
}

/// The formula that a text is and nothing else.
pub fn lone_formula(plain: &str) -> Option<&str> {
    plain.strip_prefix('$')?.strip_suffix('$').filter(|formula| !formula.is_empty() && !formula.contains('$'))
}

fn unguarded(char: char) -> char {
    u32::from(char).checked_sub(GUARD).and_then(|code| u8::try_from(code).ok()).map_or(char, char::from)
}

/// The markdown of a heading without the marks around all of it: headings are bold by themselves.
pub fn unwrapped(md: &str) -> &str {
    let bare = |open, close, sign| {
        md.strip_prefix(open).and_then(|md: &str| md.strip_suffix(close)).filter(|md| !md.contains(sign))
    };
    ["***", "**", "*"]
        .into_iter()
        .find_map(|mark| bare(mark, mark, "*"))
        .or_else(|| bare("<strong>", "</strong>", "<strong>"))
        .unwrap_or(md)
}

struct Reader {
    links: bool,
    /// HTML is written in place of markdown.
    html: bool,
    /// Text since the last mark, without escapes.
    literal: String,
    /// A mark has just ended. docling joins its runs with spaces, so `<i>year</i>;` comes as `*year* ;`.
    after_mark: bool,
}

impl Reader {
    fn read(&mut self, chars: &[char], out: &mut Inline, depth: u8) {
        let mut at = 0;
        while at < chars.len() {
            at = self.step(chars, at, out, depth).unwrap_or_else(|| {
                self.literal.push(chars[at]);
                at + 1
            });
        }
        self.flush(out);
    }

    /// Reads a mark at `at`, and returns where to go on; `None` when there is none.
    fn step(&mut self, chars: &[char], at: usize, out: &mut Inline, depth: u8) -> Option<usize> {
        let rest = &chars[at..];
        match rest[0] {
            '\\' => {
                let sign = rest.get(1).filter(|sign| matches!(sign, '_' | '*' | '`' | '[' | ']' | '\\' | '#'))?;
                self.literal.push(*sign);
                Some(at + 2)
            }
            '&' => {
                let (entity, sign) = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')]
                    .into_iter()
                    .find(|(entity, _)| starts(rest, entity))?;
                self.literal.push(sign);
                Some(at + entity.len())
            }
            '*' | '~' if depth < DEPTH_MAX => {
                let mark = ["***", "**", "~~", "*"].into_iter().find(|mark| close(rest, mark).is_some())?;
                let end = close(rest, mark)?;
                self.wrapped(&rest[mark.len()..end], mark, out, depth);
                Some(at + end + mark.len())
            }
            '`' => {
                let ticks = rest.iter().take_while(|char| **char == '`').count();
                let end = close_code(rest, ticks)?;
                self.flush(out);
                let text: String = rest[ticks..end].iter().collect();
                let code = || format!("<code>{}</code>", escape_html(&text));
                out.md.push_str(&if self.html { code() } else { markdown::code_span(&text) });
                out.plain.push_str(&text);
                self.after_mark = true;
                Some(at + end + ticks)
            }
            '$' => {
                let end = close(rest, "$")?;
                self.flush(out);
                let formula: String = rest[..=end].iter().map(|char| unguarded(*char)).collect();
                out.md.push_str(&if self.html { escape_html(&formula) } else { formula.clone() });
                out.plain.push_str(&formula);
                Some(at + end + 1)
            }
            '[' if depth < DEPTH_MAX => self.link(chars, at, out, depth),
            '<' if starts(rest, PICTURE) => {
                // It is among the page's figures, or nowhere: no words of the document.
                self.literal.truncate(self.literal.trim_end().len());
                Some(at + PICTURE.len())
            }
            _ => None,
        }
    }

    fn wrapped(&mut self, inner: &[char], mark: &str, out: &mut Inline, depth: u8) {
        self.flush(out);
        let mut text = Inline::default();
        self.read(inner, &mut text, depth + 1);
        out.plain.push_str(&text.plain);
        let (open, close) = if self.html { tags(mark) } else { (mark, mark) };
        // Signs directly after signs of a neighbour (`**a****b**`) would be read as one run.
        if out.md.ends_with(close) && !out.md.ends_with(&format!("\\{close}")) {
            out.md.truncate(out.md.len() - close.len());
            out.md.push_str(&format!("{}{close}", text.md));
        } else {
            out.md.push_str(&format!("{open}{}{close}", text.md));
        }
        self.after_mark = true;
    }

    fn link(&mut self, chars: &[char], at: usize, out: &mut Inline, depth: u8) -> Option<usize> {
        let label_end = at + balanced(&chars[at..], '[', ']')?;
        if chars.get(label_end + 1) != Some(&'(') {
            return None;
        }
        let end = label_end + 1 + balanced(&chars[label_end + 1..], '(', ')')?;
        self.flush(out);
        let mut label = Inline::default();
        self.read(&chars[at + 1..label_end], &mut label, depth + 1);
        let url: String = chars[label_end + 2..end].iter().collect();
        out.plain.push_str(&label.plain);
        let url = url.replace("&amp;", "&");
        let md = match (self.links, self.html) {
            (false, _) => label.md,
            (true, false) => markdown::link(&label.md, url.trim()),
            (true, true) => {
                let url = escape_html(url.trim()).replace('"', "&quot;");
                format!("<a href=\"{url}\">{}</a>", label.md)
            }
        };
        out.md.push_str(&md);
        self.after_mark = true;
        Some(end + 1)
    }

    fn flush(&mut self, out: &mut Inline) {
        if self.literal.is_empty() {
            return;
        }
        let mut rest = self.literal.chars();
        if std::mem::take(&mut self.after_mark)
            && rest.next() == Some(' ')
            && matches!(rest.next(), Some(',' | '.' | ';' | ':' | '!' | '?' | ')'))
        {
            self.literal.remove(0);
        }
        out.md.push_str(&if self.html { escape_html(&self.literal) } else { escape(&self.literal) });
        out.plain.push_str(&self.literal);
        self.literal.clear();
    }
}

/// The tags of a mark.
fn tags(mark: &str) -> (&'static str, &'static str) {
    match mark {
        "***" => ("<strong><em>", "</em></strong>"),
        "**" => ("<strong>", "</strong>"),
        "~~" => ("<del>", "</del>"),
        _ => ("<em>", "</em>"),
    }
}

fn starts(chars: &[char], text: &str) -> bool {
    text.chars().enumerate().all(|(index, char)| chars.get(index) == Some(&char))
}

/// Where the mark at the start closes again: what stands between is not empty and tight against both.
fn close(chars: &[char], mark: &str) -> Option<usize> {
    let length = mark.len();
    if !starts(chars, mark) || chars.get(length).is_none_or(|char| char.is_whitespace()) {
        return None;
    }
    let last = chars.len().saturating_sub(length).min(REACH_MAX);
    (length + 1..=last).find(|end| {
        let before = chars[end - 1];
        starts(&chars[*end..], mark) && !before.is_whitespace() && before != '\\'
    })
}

/// The same for code, which may have spaces at its ends: where as many backticks stand as at the start.
fn close_code(chars: &[char], ticks: usize) -> Option<usize> {
    let mut at = ticks;
    while at < chars.len().min(REACH_MAX) {
        let run = chars[at..].iter().take_while(|char| **char == '`').count();
        if run == ticks && at > ticks {
            return Some(at);
        }
        at += run.max(1);
    }
    None
}

/// The index of the bracket that closes the one at the start.
fn balanced(chars: &[char], open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, char) in chars.iter().take(REACH_MAX).enumerate() {
        if *char == open {
            depth += 1;
        } else if *char == close {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_not_marked_as_a_whole() {
        for (given, expected) in [
            ("**A b**", "A b"),
            ("***A***", "A"),
            ("**A** b", "**A** b"),
            ("**a** **b**", "**a** **b**"),
            ("A", "A"),
            ("<strong>A</strong>", "A"),
        ] {
            assert_eq!(unwrapped(given), expected);
        }
    }

    #[test]
    fn signs_are_read_and_written() {
        for (text, plain, md) in [
            ("**bold** and *it* and ***both***", "bold and it and both", "**bold** and *it* and ***both***"),
            ("a\\_b &amp; c &lt; d", "a_b & c < d", "a_b & c < d"),
            ("2 * 3 * 4 and 5 ** 6", "2 * 3 * 4 and 5 ** 6", "2 * 3 * 4 and 5 ** 6"),
            ("**a [b](https://x/(y)?a&amp;b) c**", "a b c", "**a [b](https://x/(y)?a&b) c**"),
            ("see [12] and `x*y`", "see [12] and x*y", "see [12] and `x*y`"),
            ("$a*b$ costs *nothing*", "$a*b$ costs nothing", "$a*b$ costs *nothing*"),
            ("**a****b**", "ab", "**ab**"),
            ("open **bold", "open **bold", "open **bold"),
            ("by *year* ; see [a](u) .", "by year; see a.", "by *year*; see [a](u)."),
            ("a **b** c , d", "a b c , d", "a **b** c , d"),
            ("`&amp; ` and ``a`b``", "&amp;  and a`b", "`&amp; ` and ``a`b``"),
            ("a <!-- image --> b\n\n<!-- image -->", "a b", "a b"),
            ("&lt;!-- image --&gt;", "<!-- image -->", "\\<!-- image -->"),
        ] {
            assert_eq!(read(text, true), Inline { plain: plain.into(), md: md.into() }, "{text}");
        }
        assert_eq!(read("[b](u)", false).md, "b");
    }

    #[test]
    fn signs_are_written_as_html() {
        for (text, links, html) in [
            (
                "a **b** *c* ***d*** ~~e~~",
                false,
                "a <strong>b</strong> <em>c</em> <strong><em>d</em></strong> <del>e</del>",
            ),
            ("**a****b**", false, "<strong>ab</strong>"),
            ("`x<y`, 1 &lt; 2", false, "<code>x&lt;y</code>, 1 &lt; 2"),
            ("**[b](https://x/?a&amp;b=\"c)**", true, "<strong><a href=\"https://x/?a&amp;b=&quot;c\">b</a></strong>"),
            ("[b](u)", false, "b"),
            ("2 * 3 &lt;b&gt;", false, "2 * 3 &lt;b&gt;"),
        ] {
            assert_eq!(read_html(text, links).md, html, "{text}");
        }
    }

    #[test]
    fn many_marks_do_not_take_forever() {
        let text = "[*`".repeat(2_000);
        assert!(read(&text, true).plain.len() <= text.len());
    }
}
