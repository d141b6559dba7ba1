//! What docling leaves out of Excel workbooks without a word: sheets whose cells lie too far apart.

use std::io::{Cursor, Read};

use docling::Node;

/// Bytes of a sheet that are searched for a value.
const SEARCHED_BYTES_MAX: u64 = 1 << 20;

/// How many sheets of an Excel workbook have values that are not among the nodes.
pub fn sheets(bytes: &[u8], nodes: &[Node]) -> usize {
    let is_sheet = |node: &&Node| matches!(node, Node::Group { label, .. } if label == "sheet");
    let is_empty = |node: &Node| matches!(node, Node::Group { children, .. } if children.is_empty());
    let groups: Vec<&Node> = nodes.iter().filter(is_sheet).collect();
    let filled = groups.iter().filter(|node| !is_empty(node)).count();
    if filled == groups.len() {
        return 0;
    }
    with_values(bytes).saturating_sub(filled)
}

fn with_values(bytes: &[u8]) -> usize {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return 0 };
    (0..archive.len())
        .filter(|index| {
            let Ok(file) = archive.by_index(*index) else { return false };
            let is_sheet = file.name().is_ok_and(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
            let mut head = Vec::new();
            is_sheet
                && file.take(SEARCHED_BYTES_MAX).read_to_end(&mut head).is_ok()
                && head.windows(3).any(|window| window == b"<v>")
        })
        .count()
}
