//! Tables written with pipes, rewritten as HTML, so that both notations of one table are one text.

use super::text::{escape, lines, trim};

/// The text with every pipe table as an HTML table on one line.
pub fn with_html_tables(markdown: &str) -> String {
    let lines = lines(markdown);
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let rule = lines.get(at + 1).and_then(|line| cells(line)).filter(|cells| is_rule(cells));
        let (Some(head), Some(rule)) = (cells(lines[at]), rule) else {
            out.push(lines[at].to_owned());
            at += 1;
            continue;
        };
        let body: Vec<Vec<&str>> = lines[at + 2..].iter().map_while(|line| cells(line)).collect();
        at += 2 + body.len();
        out.push(html(head, rule.len(), body));
    }
    out.join("\n")
}

/// The cells of a line, none when it holds no pipe.
fn cells(line: &str) -> Option<Vec<&str>> {
    let line = trim(line);
    if !line.contains('|') {
        return None;
    }
    let inner = line.strip_prefix('|').unwrap_or(line);
    let mut cells: Vec<&str> = inner.split('|').map(trim).collect();
    if line.ends_with('|') {
        cells.pop();
    }
    (!cells.is_empty()).then_some(cells)
}

/// Is this the line of dashes under the head?
fn is_rule(cells: &[&str]) -> bool {
    cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':' | ' ')))
}

fn html(head: Vec<&str>, rule_width: usize, body: Vec<Vec<&str>>) -> String {
    let width = head.len().max(rule_width);
    let mut rows: Vec<Vec<&str>> = std::iter::once(head).chain(body).map(|row| fit(row, width)).collect();
    // Markdown cannot leave the head out, so a table without one has an empty one.
    if rows.len() > 1 && rows[0].iter().all(|cell| cell.is_empty()) {
        rows.remove(0);
    }
    let mut out = String::from("<table>");
    for (number, row) in rows.into_iter().enumerate() {
        let tag = if number == 0 { "th" } else { "td" };
        out.push_str("<tr>");
        for cell in row {
            out.push_str(&format!("<{tag}>{}</{tag}>", escape(cell)));
        }
        out.push_str("</tr>");
    }
    out + "</table>"
}

/// The row with `width` cells. Three cells in a wider table are read as left, spanning middle and right, as the
/// published evaluator does.
fn fit(mut row: Vec<&str>, width: usize) -> Vec<&str> {
    if let ([left, middle, right], true) = (&row[..], width > 3) {
        let mut wide = vec![*middle; width];
        wide[0] = left;
        wide[width - 1] = right;
        return wide;
    }
    row.resize(width, "");
    row
}

#[cfg(test)]
mod tests {
    use super::with_html_tables;

    #[test]
    fn pipe_tables_become_html() {
        for (markdown, expected) in [
            ("no table", "no table"),
            ("a | b\nc | d", "a | b\nc | d"),
            (
                "| a | b |\n|---|:-:|\n| 1 | 2 |\nafter",
                "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>\nafter",
            ),
            ("a|b\n-|-\n1|2|3", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"),
            ("|a|\n|-|-|", "<table><tr><th>a</th><th></th></tr></table>"),
            ("| | |\n|-|-|\n|1|&|", "<table><tr><th>1</th><th>&amp;</th></tr></table>"),
            (
                "|a|b|c|d|\n|-|-|-|-|\n|l|m|r|",
                "<table><tr><th>a</th><th>b</th><th>c</th><th>d</th></tr><tr><td>l</td><td>m</td><td>m</td><td>r</td></tr></table>",
            ),
        ] {
            assert_eq!(with_html_tables(markdown), expected, "{markdown}");
        }
    }
}
