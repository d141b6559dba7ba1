//! FictionBook, which docling would show as its source: written as a web page first.

use std::borrow::Cow;
use std::fmt::Write;

use crate::read::text;

/// Parts of a book that are no text of it.
const LEFT_OUT: [&str; 3] = ["binary", "description", "stylesheet"];

/// The book as a web page. Entities stay as they are: those of XML are those of HTML, and others are never looked up.
pub fn as_html(bytes: &[u8]) -> String {
    let text = decoded(bytes);
    let mut page = Page { out: "<!DOCTYPE html><html><body>".to_owned(), ..Page::default() };
    let mut rest = text.as_ref();
    while let Some(open) = rest.find('<') {
        page.text(&rest[..open]);
        rest = &rest[open..];
        let end = if rest.starts_with("<!--") { rest.find("-->").map(|end| end + 2) } else { rest.find('>') };
        let Some(end) = end else { break };
        page.tag(&rest[1..end]);
        rest = &rest[end + 1..];
    }
    page.out
}

/// Books say their encoding in their first line, and many are not UTF-8.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let head = &bytes[..bytes.len().min(200)];
    let head = String::from_utf8_lossy(head);
    let label = head.split_once("encoding=").and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next());
    match label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())) {
        Some(encoding) => encoding.decode(bytes).0,
        None => text::decode(bytes).text,
    }
}

#[derive(Default)]
struct Page {
    out: String,
    /// Sections that are open.
    depth: usize,
    in_title: bool,
    /// The part that is being left out.
    left_out: Option<&'static str>,
}

impl Page {
    fn text(&mut self, text: &str) {
        if self.left_out.is_none() {
            self.out.push_str(text);
        }
    }

    /// `tag`: what stands between its signs.
    fn tag(&mut self, tag: &str) {
        let (closes, inner) = tag.strip_prefix('/').map_or((false, tag), |inner| (true, inner));
        let name = inner.split(|char: char| char.is_whitespace() || char == '/').next().unwrap_or_default();
        if let Some(open) = self.left_out {
            self.left_out = Some(open).filter(|open| !(closes && name == *open));
            return;
        }
        let slash = if closes { "/" } else { "" };
        let level = self.depth.clamp(1, 6);
        match name {
            "section" if closes => self.depth = self.depth.saturating_sub(1),
            "section" => self.depth += 1,
            "title" => {
                self.in_title = !closes;
                let _ = write!(self.out, "<{slash}h{level}>");
            }
            "p" if self.in_title => self.out.push(' '),
            "subtitle" => {
                let _ = write!(self.out, "<{slash}h{}>", (level + 1).min(6));
            }
            "p" | "v" | "text-author" | "date" => {
                let _ = write!(self.out, "<{slash}p>");
            }
            "emphasis" => {
                let _ = write!(self.out, "<{slash}em>");
            }
            "strong" | "sub" | "sup" | "code" | "table" | "tr" | "th" | "td" => {
                let _ = write!(self.out, "<{tag}>");
            }
            _ if !closes && !tag.ends_with('/') => {
                self.left_out = LEFT_OUT.into_iter().find(|left_out| *left_out == name);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_a_web_page() {
        let book = "<?xml version=\"1.0\"?><FictionBook><description><title>no</title></description><!-- <p>no</p> --><body>\
            <title><p>Mill</p><p>report</p></title><section><title><p>One</p></title><p>A &amp; <emphasis>b</emphasis></p>\
            <section><title><p>Deep</p></title><poem><v>verse</v></poem></section></section></body>\
            <binary id=\"x\">AAAA</binary></FictionBook>";
        let page = as_html(book.as_bytes());
        let body = page.strip_prefix("<!DOCTYPE html><html><body>").expect("a page");
        assert_eq!(body, "<h1> Mill  report </h1><h1> One </h1><p>A &amp; <em>b</em></p><h2> Deep </h2><p>verse</p>");
        let old: Vec<u8> =
            [b"<?xml version='1.0' encoding='windows-1251'?><p>".as_slice(), &[0xCC, 0xE8, 0xF0]].concat();
        assert!(as_html(&[&old[..], b"</p>"].concat()).ends_with("<p>\u{41c}\u{438}\u{440}</p>"));
    }
}
