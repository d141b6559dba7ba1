//! The two trees of a page: its tables, and its headings with what stands under them.

use super::tags::{Token, tokens};
use super::text::{is_space, lines, squeeze, unescape};

#[derive(Debug, Default)]
pub struct Node {
    /// What must be equal for two nodes to match; of a cell with its spans.
    pub tag: String,
    /// By how much matching nodes differ.
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    fn new(tag: &str, text: String) -> Self {
        Self { tag: tag.to_owned(), text, children: Vec::new() }
    }
}

/// A tree and how many nodes its distance is measured against.
pub struct Tree {
    pub root: Node,
    pub size: usize,
}

/// document > heading > content: all headings at one level, what stands before the first under the document.
pub fn headings(markdown: &str) -> Tree {
    let mut root = Node::new("document", String::new());
    let mut size = 1;
    let mut close = |title: Option<&str>, body: &mut Vec<&str>| {
        let content = squeeze(&body.join(" "));
        body.clear();
        let children = if content.is_empty() { Vec::new() } else { vec![Node::new("content", content)] };
        size += children.len() + usize::from(title.is_some());
        match title {
            Some(title) => root.children.push(Node { children, ..Node::new("heading", squeeze(title)) }),
            None => root.children.extend(children),
        }
    };
    let mut title = None;
    let mut body = Vec::new();
    for line in lines(markdown) {
        match heading(line) {
            Some(next) => {
                close(title, &mut body);
                title = Some(next);
            }
            None => body.push(line),
        }
    }
    close(title, &mut body);
    Tree { root, size }
}

pub fn has_heading(tree: &Tree) -> bool {
    tree.root.children.iter().any(|node| node.tag == "heading")
}

/// The text of a heading's line: one to six signs, white space, the text.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    ((1..=6).contains(&(line.len() - text.len())) && text.starts_with(is_space)).then_some(text)
}

/// page > table > tr > td of all the tables. The page is no part of the size, the inline elements in cells are, though
/// they are no nodes: so the published evaluator counts.
pub fn tables(markdown: &str) -> Tree {
    let mut reader = TableReader::default();
    for token in tokens(&table_sources(markdown).join("\n")) {
        match token {
            Token::Text(text) => reader.write(&text),
            Token::Close(name) => reader.close(&name),
            Token::Open { name, attributes, closed } => {
                reader.open(&name, &attributes);
                if closed {
                    reader.close(&name);
                }
            }
        }
    }
    reader.finish()
}

/// The tables of the text, each up to the first end of a table: an inner table ends its outer one.
fn table_sources(text: &str) -> Vec<&str> {
    table_spans(text).into_iter().map(|span| &text[span]).collect()
}

fn table_spans(text: &str) -> Vec<std::ops::Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let find = |from: usize, what: &str| Some(from + lower[from..].find(what)?);
    let mut at = 0;
    std::iter::from_fn(|| {
        let start = find(at, "<table")?;
        at = find(find(start, ">")?, "</table>")? + "</table>".len();
        Some(start..at)
    })
    .collect()
}

#[derive(Default)]
struct TableReader {
    page: Node,
    in_table: bool,
    in_row: bool,
    in_cell: bool,
    /// Tables inside a cell, which are part of its text.
    depth: usize,
    inline: usize,
}

impl TableReader {
    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        if name == "table" && !self.in_table {
            self.in_table = true;
            self.page.children.push(Node::new("table", String::new()));
            return;
        }
        if !self.in_table || is_section(name) {
            return;
        }
        self.depth += usize::from(name == "table");
        match name {
            "tr" if self.depth == 0 => self.open_row(),
            "td" | "th" if self.depth == 0 => self.open_cell(attributes),
            _ => {
                self.inline += 1;
                self.write(&if name == "br" { " ".to_owned() } else { format!("<{name}>") });
            }
        }
    }

    fn open_row(&mut self) {
        (self.in_row, self.in_cell) = (true, false);
        if let Some(table) = self.page.children.last_mut() {
            table.children.push(Node::new("tr", String::new()));
        }
    }

    fn open_cell(&mut self, attributes: &[(String, String)]) {
        if !self.in_row {
            self.open_row();
        }
        self.in_cell = true;
        let span = |wanted: &str| {
            let value = attributes.iter().rev().find(|(name, _)| name == wanted).map_or("", |(_, value)| value);
            if value.is_empty() { "1" } else { value }
        };
        let cell = Node::new(&format!("td {:?} {:?}", span("colspan"), span("rowspan")), String::new());
        if let Some(row) = self.page.children.last_mut().and_then(|table| table.children.last_mut()) {
            row.children.push(cell);
        }
    }

    fn close(&mut self, name: &str) {
        if !self.in_table || is_section(name) {
            return;
        }
        match name {
            "table" if self.depth > 0 => self.depth -= 1,
            "table" => (self.in_table, self.in_row, self.in_cell) = (false, false, false),
            "tr" if self.depth == 0 => (self.in_row, self.in_cell) = (false, false),
            "td" | "th" if self.depth == 0 => self.in_cell = false,
            "br" => {}
            _ => self.write(&format!("</{name}>")),
        }
    }

    fn write(&mut self, text: &str) {
        let row = self.page.children.last_mut().and_then(|table| table.children.last_mut());
        if let (true, Some(cell)) = (self.in_cell, row.and_then(|row| row.children.last_mut())) {
            cell.text.push_str(text);
        }
    }

    fn finish(mut self) -> Tree {
        let mut size = self.inline;
        for table in &mut self.page.children {
            size += 1;
            for row in &mut table.children {
                size += 1 + row.children.len();
                for cell in &mut row.children {
                    cell.text = squeeze(&without_line_breaks(&unescape(&cell.text)));
                }
            }
        }
        Tree { root: self.page, size }
    }
}

fn is_section(name: &str) -> bool {
    matches!(name, "thead" | "tbody" | "tfoot")
}

/// A cell of a pipe table writes its line breaks as `<br>`, which the rewriting has escaped.
fn without_line_breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<br") {
        let after = rest[at + 3..].trim_start_matches(is_space);
        let end = after.strip_prefix('/').unwrap_or(after).strip_prefix('>');
        out.push_str(&rest[..at]);
        out.push_str(if end.is_some() { " " } else { "<br" });
        rest = end.unwrap_or(&rest[at + 3..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(node: &Node) -> String {
        let children: Vec<String> = node.children.iter().map(outline).collect();
        let tag = node.tag.trim_end_matches(" \"1\"");
        match (node.text.as_str(), children.is_empty()) {
            ("", true) => tag.to_owned(),
            (text, true) => format!("{tag}:{text}"),
            ("", false) => format!("{tag}({})", children.join(" ")),
            (text, false) => format!("{tag}:{text}({})", children.join(" ")),
        }
    }

    #[test]
    fn headings_hold_what_follows_them() {
        for (markdown, expected, size) in [
            ("", "document", 1),
            ("text\n\nmore", "document(content:text more)", 2),
            ("a\n# One\nb\n### Two  x\n", "document(content:a heading:One(content:b) heading:Two x)", 5),
            ("#no\n####### no\n# ", "document(content:#no ####### no heading)", 3),
        ] {
            let tree = headings(markdown);
            assert_eq!((outline(&tree.root).as_str(), tree.size), (expected, size), "{markdown}");
        }
    }

    #[test]
    fn tables_hold_rows_of_cells() {
        for (html, expected, size) in [
            ("<tr><td>a</td></tr>", "", 0),
            ("<table><tr><th>a<td rowspan=2>b</table>", "(table(tr(td:a td \"1\" \"2\":b)))", 4),
            ("<TABLE><thead><td>a &amp; b</td></thead></TABLE>", "(table(tr(td:a & b)))", 3),
            ("<table><td>a<br>b <b>c</b></td></table>", "(table(tr(td:a b <b>c</b>)))", 5),
            ("<table><td>a&lt;br /&gt;b</table> x <table></table>", "(table(tr(td:a b)) table)", 4),
            (
                "<table><td>a<table><tr><td>b</td></tr></table>c</td></tr></table>",
                "(table(tr(td:a<table><tr><td>b</td></tr>)))",
                6,
            ),
        ] {
            let tree = tables(html);
            assert_eq!((outline(&tree.root).as_str(), tree.size), (expected, size), "{html}");
        }
    }
}
