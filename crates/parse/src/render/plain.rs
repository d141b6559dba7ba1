//! Lists as plain text.

use docmill_model::document::List;

/// One line an item, nested items indented.
pub fn list(list: &List) -> String {
    let mut out = String::new();
    let mut number = 0;
    for item in &list.items {
        number = item.number.unwrap_or(number + 1);
        let marker = if list.ordered { format!("{number}. ") } else { "- ".to_owned() };
        let indent = " ".repeat(marker.len());
        let children = item.children.iter().map(self::list).filter(|child| !child.is_empty());
        let texts = std::iter::once(item.value.clone()).chain(children);
        let mut lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
        out.push_str(&format!("{marker}{}", lines.next().unwrap_or_default()));
        out.push('\n');
        for line in lines {
            out.push_str(&format!("{indent}{line}\n"));
        }
    }
    out.truncate(out.trim_end().len());
    out
}
