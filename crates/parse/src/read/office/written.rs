//! Text of a Markdown paragraph while it is read: plain, and as markdown in our own hand.

use super::inline::Inline;
use crate::render::escape::escape;
use crate::render::markdown;

/// The picture of a paragraph.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Picture {
    pub url: String,
    /// There is nothing else.
    pub alone: bool,
}

#[derive(Default)]
pub struct Written {
    out: Inline,
    /// Text since the last mark.
    literal: String,
    /// Where open marks begin in `md`, and what they lead to.
    marks: Vec<(usize, String)>,
    /// Pieces outside of pictures, and formulas and pictures among all pieces.
    pieces: usize,
    pictures: Vec<String>,
    formulas: Vec<String>,
    /// Language of the code that follows.
    pub language: Option<String>,
    links: bool,
    in_picture: bool,
    /// A cell is written with docling's signs, for tables are read as docling's.
    in_cell: bool,
}

impl Written {
    pub fn new(links: bool) -> Self {
        Self { links, ..Self::default() }
    }

    /// The text, trimmed; what follows begins a new one.
    pub fn take(&mut self) -> Inline {
        self.flush();
        let out = std::mem::take(&mut self.out);
        *self = Self { links: self.links, language: self.language.take(), ..Self::default() };
        Inline { plain: out.plain.trim().to_owned(), md: out.md.trim().to_owned() }
    }

    pub fn picture(&self) -> Picture {
        let alone = self.pieces == 0 && self.pictures.len() == 1;
        Picture { url: self.pictures.first().cloned().unwrap_or_default(), alone }
    }

    /// The formula that is all of the text.
    pub fn lone_formula(&self) -> Option<String> {
        let [formula] = self.formulas.as_slice() else { return None };
        (self.pieces == 1).then(|| formula.clone())
    }

    pub fn text(&mut self, text: &str) {
        self.pieces += usize::from(!self.in_picture && !text.trim().is_empty());
        self.literal.push_str(text);
    }

    pub fn code(&mut self, text: &str) {
        self.pieces += 1;
        self.flush();
        self.out.plain.push_str(text);
        self.out.md.push_str(&markdown::code_span(text));
    }

    /// Text that means in markdown what it says.
    pub fn as_it_is(&mut self, text: &str) {
        self.pieces += 1;
        self.flush();
        self.out.plain.push_str(text);
        self.out.md.push_str(text);
    }

    pub fn formula(&mut self, text: &str) {
        self.as_it_is(&format!("$${text}$$"));
        self.formulas.push(text.trim().to_owned());
    }

    pub fn begin_cell(&mut self) {
        self.in_cell = true;
    }

    /// What follows is marked; how, is said at its end.
    pub fn begin(&mut self) {
        self.begin_to(String::new());
    }

    pub fn begin_to(&mut self, url: String) {
        // What is marked is no lone formula or picture.
        self.pieces += 1;
        self.flush();
        self.marks.push((self.out.md.len(), url));
    }

    pub fn end(&mut self, mark: &str) {
        if let Some((inner, _)) = self.ended().filter(|(inner, _)| !inner.is_empty()) {
            self.out.md.push_str(&format!("{mark}{inner}{mark}"));
        }
    }

    pub fn end_link(&mut self) {
        let Some((inner, url)) = self.ended() else { return };
        let link = self.links && !url.is_empty();
        self.out.md.push_str(&if link { markdown::link(&inner, &url) } else { inner });
    }

    pub fn begin_picture(&mut self, url: &str) {
        self.begin_to(url.to_owned());
        self.pieces -= 1;
        self.pictures.push(url.to_owned());
        self.in_picture = true;
    }

    pub fn end_picture(&mut self) {
        let Some((inner, url)) = self.ended() else { return };
        self.in_picture = false;
        let link = self.links && !url.is_empty() && !url.starts_with("data:");
        self.out.md.push_str(&if link { format!("!{}", markdown::link(&inner, &url)) } else { inner });
    }

    fn ended(&mut self) -> Option<(String, String)> {
        self.flush();
        let (start, url) = self.marks.pop()?;
        Some((self.out.md.split_off(start), url))
    }

    fn flush(&mut self) {
        if self.literal.is_empty() {
            return;
        }
        self.out.plain.push_str(&self.literal);
        self.out.md.push_str(&if self.in_cell { docling(&self.literal) } else { escape(&self.literal) });
        self.literal.clear();
    }
}

/// A text as docling writes it, so that nothing in it is a sign.
fn docling(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' | '*' | '`' | '[' | ']' | '\\' => out.extend(['\\', char]),
            char => out.push(char),
        }
    }
    out
}
