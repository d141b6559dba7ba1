//! Sheets of Excel 97 workbooks. docling gives their tables one after the other, without the names of the sheets.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xls};
use docling::{ContentLayer, Node};

/// The nodes by sheets, named as the workbook names them; as they came when the sheets cannot be told apart.
pub fn grouped(bytes: &[u8], nodes: Vec<Node>) -> Vec<Node> {
    let Some(sheets) = filled_sheets(bytes) else { return nodes };
    let Some(parts) = parts(&nodes).filter(|parts| parts.len() == sheets.len()) else { return nodes };
    let group = |(children, (name, is_hidden)): (Vec<Node>, (String, bool))| Node::Group {
        label: "sheet".to_owned(),
        name: Some(name),
        layer: is_hidden.then_some(ContentLayer::Invisible),
        children,
    };
    parts.into_iter().zip(sheets).map(group).collect()
}

/// Names of sheets that have cells, and whether they are hidden.
fn filled_sheets(bytes: &[u8]) -> Option<Vec<(String, bool)>> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).ok()?;
    let sheets: Vec<_> =
        book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect();
    let filled = sheets
        .into_iter()
        .filter(|sheet| book.worksheet_range(&sheet.name).is_ok_and(|range| range.used_cells().next().is_some()));
    Some(filled.map(|sheet| (sheet.name, sheet.visible != SheetVisible::Visible)).collect())
}

/// docling ends every sheet but the first with a page break. Where the first ends is seen by a table that lies over one
/// that came before: tables of one sheet do not overlap.
fn parts(nodes: &[Node]) -> Option<Vec<Vec<Node>>> {
    let mut parts: Vec<Vec<Node>> = vec![Vec::new()];
    for node in nodes {
        match node {
            Node::PageBreak => parts.push(Vec::new()),
            node => parts.last_mut()?.push(node.clone()),
        }
    }
    let has_breaks = parts.len() > 1;
    if has_breaks {
        // The last break stands behind the last sheet.
        parts.pop().filter(Vec::is_empty)?;
        let mut first = parts.remove(0);
        let mut places: Vec<[u16; 4]> = Vec::new();
        let second = first.iter().position(|node| {
            let Some(place) = place(node) else { return false };
            let overlaps = places.iter().any(|other| overlap(*other, place));
            places.push(place);
            overlaps
        })?;
        // A label belongs to the table below it.
        let is_label = second > 0 && matches!(first[second - 1], Node::Paragraph { .. });
        let rest = first.split_off(second - usize::from(is_label));
        parts.insert(0, rest);
        parts.insert(0, first);
    }
    // What is hidden is told by the sheet.
    let bare = |node| match node {
        Node::Furniture { layer: ContentLayer::Invisible, inner } => *inner,
        node => node,
    };
    Some(parts.into_iter().map(|part| part.into_iter().map(bare).collect()).collect())
}

fn place(node: &Node) -> Option<[u16; 4]> {
    match node {
        Node::Table(table) => table.location,
        Node::Furniture { inner, .. } => place(inner),
        _ => None,
    }
}

fn overlap(a: [u16; 4], b: [u16; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
