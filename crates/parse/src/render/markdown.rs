//! Blocks as GitHub-flavoured markdown, the way a person would write it: signs are escaped only where they would
//! otherwise mean something.

use std::fmt::Write;

use docmill_model::document::{BlockKind, Cell, List, ListItem, Table};
use docmill_model::options::{ParseOptions, TableStyle};

use super::escape::{escape, escape_line_start};

/// Markdown of one block without blank lines around it. `other_marker` chooses `*` and `1)` over `-` and `1.`.
pub fn block(kind: &BlockKind, options: &ParseOptions, other_marker: bool) -> String {
    match kind {
        BlockKind::Text { value } => paragraph(value),
        BlockKind::Heading { value, level } => heading(value, *level),
        BlockKind::List(list) => self::list(list, other_marker),
        BlockKind::Code { value, language } => code(value, language.as_deref().unwrap_or_default()),
        BlockKind::Table(table) => self::table(table, &options.tables),
        BlockKind::Image { caption, name } => image(caption, name.as_deref()),
        BlockKind::Link { text, url } if options.annotate_links => link(&escape(text), url),
        BlockKind::Link { text, .. } => paragraph(text),
        BlockKind::Formula { value } => format!("$$\n{}\n$$", value.trim()),
    }
}

/// Fills `md` of list items that have none.
pub fn fill_items(kind: &mut BlockKind) {
    fn fill(list: &mut List) {
        for item in &mut list.items {
            if item.md.is_empty() {
                item.md = paragraph(&item.value);
            }
            item.children.iter_mut().for_each(fill);
        }
    }
    if let BlockKind::List(list) = kind {
        fill(list);
    }
}

/// Text as a paragraph: inline signs escaped, and at line starts what would begin another kind of block.
pub fn paragraph(text: &str) -> String {
    paragraph_md(&escape(text.trim()))
}

/// As `paragraph`, with text whose inline signs are markdown already.
pub fn paragraph_md(md: &str) -> String {
    let lines: Vec<String> =
        md.lines().enumerate().map(|(index, line)| escape_line_start(line.trim(), index == 0)).collect();
    lines.join("\n")
}

/// Makes a block's markdown that of a quotation, once: a `>` at the start of text is escaped otherwise.
pub fn quote(md: &mut String) {
    if !md.starts_with('>') {
        *md = md.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    }
}

/// One line with `#` signs; levels outside 1 to 6 are brought inside.
pub fn heading(text: &str, level: u8) -> String {
    let line = escape(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    heading_md(&line, level)
}

/// As `heading`, with text that is markdown already.
pub fn heading_md(md: &str, level: u8) -> String {
    let line = md.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
    // `# C #` would lose its last sign: a closing sequence.
    let line = match line.strip_suffix('#') {
        Some(rest) if rest.trim_end_matches('#').ends_with(' ') => format!("{rest}\\#"),
        _ => line,
    };
    format!("{} {line}", "#".repeat(usize::from(level.clamp(1, 6))))
}

/// `[text](url)`; `text` is markdown already.
pub fn link(text: &str, url: &str) -> String {
    if url.is_empty() || url.contains([' ', '<', '>']) || !is_balanced(url, '(', ')') {
        let url = url.replace('<', "%3C").replace('>', "%3E").replace(['\n', '\r'], "");
        return format!("[{text}](<{url}>)");
    }
    format!("[{text}]({url})")
}

/// Whether each closing sign has an opening one before it, and the other way round.
pub fn is_balanced(text: &str, open: char, close: char) -> bool {
    let mut depth = 0usize;
    for char in text.chars() {
        if char == open {
            depth += 1;
        } else if char == close {
            let Some(outer) = depth.checked_sub(1) else { return false };
            depth = outer;
        }
    }
    depth == 0
}

/// A code span whose fence is longer than any run of backticks inside.
pub fn code_span(text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn code(text: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// `![caption](name)`, or the caption alone.
pub fn image(caption: &str, name: Option<&str>) -> String {
    let caption = escape(&caption.split_whitespace().collect::<Vec<_>>().join(" "));
    match name {
        Some(name) => format!("!{}", link(&caption, name)),
        None => caption,
    }
}

/// Lists nest by the width of their markers, and ordered items keep their numbers.
pub fn list(list: &List, other_marker: bool) -> String {
    let mut out = String::new();
    let mut number = 0;
    for item in &list.items {
        number = item.number.unwrap_or(number + 1);
        let marker = match (list.ordered, other_marker) {
            (true, false) => format!("{number}. "),
            (true, true) => format!("{number}) "),
            (false, false) => "- ".to_owned(),
            (false, true) => "* ".to_owned(),
        };
        push_item(&mut out, item, &marker);
    }
    out.truncate(out.trim_end().len());
    out
}

fn push_item(out: &mut String, item: &ListItem, marker: &str) {
    let indent = " ".repeat(marker.len());
    let mut lines = item.md.lines();
    let _ = writeln!(out, "{}", format!("{marker}{}", lines.next().unwrap_or_default()).trim_end());
    let children = item.children.iter().map(|child| list(child, false));
    for text in lines.map(str::to_owned).chain(children) {
        if text.is_empty() {
            out.push('\n');
        }
        for line in text.lines() {
            let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
        }
    }
}

/// HTML with spans, or a pipe table (contract 3.3, `output_options.markdown.tables`). Nothing of a table whose rows an
/// earlier page has.
pub fn table(table: &Table, style: &TableStyle) -> String {
    table_with(table, style, &|_| None)
}

/// The same; `inner` may give what stands in a cell: HTML, or markdown for a pipe table.
pub fn table_with(table: &Table, style: &TableStyle, inner: &dyn Fn(&Cell) -> Option<String>) -> String {
    if table.merged_into_page.is_some() {
        return String::new();
    }
    if style.pipe {
        return pipe_table(table, style, inner);
    }
    let html = table.to_html_with(inner);
    match &style.line_separator {
        // Cell text is escaped, so every `<br>` is one of ours.
        Some(separator) => html.replace("<br>", separator),
        None => html,
    }
}

/// The first row is the header, as pipe tables know no other; a spanning cell stands in its first place.
fn pipe_table(table: &Table, style: &TableStyle, inner: &dyn Fn(&Cell) -> Option<String>) -> String {
    let separator = style.line_separator.as_deref().unwrap_or(" ");
    let mut rows: Vec<Vec<String>> = table
        .grid()
        .into_iter()
        .map(|row| row.iter().map(|text| pipe_cell(&escape_lines(text), separator)).collect())
        .collect();
    for cell in &table.cells {
        let place = rows.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize));
        if let (Some(place), Some(md)) = (place, inner(cell)) {
            *place = pipe_cell(&md, separator);
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let widths: Vec<usize> =
        (0..table.column_count as usize).map(|column| if style.compact { 0 } else { width(column) }).collect();
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(text, width)| format!(" {text:width$} |"));
        let _ = writeln!(out, "|{}", cells.collect::<String>());
        if index == 0 {
            let rules = widths.iter().map(|width| format!(" {} |", "-".repeat((*width).max(3))));
            let _ = writeln!(out, "|{}", rules.collect::<String>());
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lines of a cell with their signs escaped.
pub fn escape_lines(text: &str) -> String {
    text.lines().map(|line| escape(line.trim())).collect::<Vec<_>>().join("\n")
}

/// Lines of markdown in one cell.
fn pipe_cell(md: &str, separator: &str) -> String {
    let lines: Vec<String> = md.lines().map(|line| line.trim().replace('|', "\\|")).collect();
    lines.join(separator)
}

fn longest_run(text: &str, sign: char) -> usize {
    text.split(|char| char != sign).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &BlockKind, expected: &str) {
        assert_eq!(block(kind, &ParseOptions::default(), false), expected);
    }

    fn item(value: &str, children: Vec<List>) -> ListItem {
        ListItem { value: value.into(), children, ..ListItem::default() }
    }

    #[test]
    fn lists_nest_and_keep_their_numbers() {
        let inner = List { ordered: false, items: vec![item("a\nb", vec![]), item("- c", vec![])] };
        let mut first = item("one", vec![inner]);
        first.number = Some(9);
        let mut kind = BlockKind::List(List { ordered: true, items: vec![first, item("two", vec![])] });
        fill_items(&mut kind);
        check(&kind, "9. one\n   - a\n     b\n   - \\- c\n10. two");
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        check(&BlockKind::Code { value: "a\n```\nb\n".into(), language: Some("md".into()) }, "````md\na\n```\nb\n````");
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`"), "`` ` ``");
    }

    #[test]
    fn headings_images_links_and_formulas() {
        check(&BlockKind::Heading { value: "C\n #".into(), level: 9 }, "###### C \\#");
        check(
            &BlockKind::Image { caption: "A [b](c)".into(), name: Some("i 1.png".into()) },
            "![A [b\\](c)](<i 1.png>)",
        );
        check(&BlockKind::Image { caption: String::new(), name: None }, "");
        check(&BlockKind::Link { text: "x".into(), url: "https://x/".into() }, "x");
        check(&BlockKind::Formula { value: " a_1 ".into() }, "$$\na_1\n$$");
        assert_eq!(link("x", "https://x/(a"), "[x](<https://x/(a>)");
        assert_eq!(link("x", "https://x/(a)"), "[x](https://x/(a))");
        assert_eq!(link("x", "https://x)[y](z"), "[x](<https://x)[y](z>)");
    }

    #[test]
    fn tables_in_all_styles() {
        let cell =
            |row, column, text: &str| Cell { row, column, header: row == 0, text: text.into(), ..Cell::default() };
        let cells = vec![cell(0, 0, "A|B"), cell(0, 1, "C"), cell(1, 0, "x\ny"), cell(1, 1, "long text")];
        let table = Table { row_count: 2, column_count: 2, cells, method: String::new(), ..Table::default() };
        let style = |pipe, compact, separator: Option<&str>| TableStyle {
            pipe,
            compact,
            line_separator: separator.map(str::to_owned),
            ..TableStyle::default()
        };
        let as_md = |style: TableStyle| super::table(&table, &style);
        assert_eq!(
            as_md(style(true, false, None)),
            "| A\\|B | C         |\n| ---- | --------- |\n| x y  | long text |"
        );
        assert_eq!(as_md(style(true, true, Some("<br>"))), "| A\\|B | C |\n| --- | --- |\n| x<br>y | long text |");
        assert!(as_md(style(false, false, Some("; "))).contains("<td>x; y</td>"));
    }
}
