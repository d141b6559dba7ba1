//! Merged cells of OpenDocument sheets: docling's flat nodes lose them, its item tree has the same tables with their spans
//! and places.

use docling::{DoclingDocument, Node, Table};
use docling_core::tree::{ItemTree, TreeItem, TreeKind};

/// Gives the tables of a sheet their spans and their places. Where the tree has other tables, all stay as they are.
pub fn settle(document: &mut DoclingDocument) {
    let found: Vec<([f64; 4], &Table)> = document.tree.as_ref().map(tables).unwrap_or_default();
    let size = |table: &Table| (table.rows.len(), table.rows.iter().map(Vec::len).max());
    let flat = document.nodes.iter().filter_map(|node| match node {
        Node::Table(table) => Some(size(table)),
        _ => None,
    });
    if !flat.eq(found.iter().map(|(_, table)| size(table))) {
        return;
    }
    let found: Vec<_> = found.into_iter().map(|(place, table)| (place, table.cells.clone())).collect();
    let mut found = found.into_iter();
    for node in &mut document.nodes {
        if let Node::Table(table) = node
            && let Some((place, cells)) = found.next()
        {
            table.cells = cells;
            let inner = Box::new(std::mem::replace(node, Node::PageBreak));
            let bbox = place.map(|edge| edge as f32);
            *node = Node::Prov { page_no: 1, bbox, charspan: [0, 0], bottom_left: false, seq: None, inner };
        }
    }
}

fn tables(tree: &ItemTree) -> Vec<([f64; 4], &Table)> {
    tree.items.iter().filter_map(placed).collect()
}

fn placed(item: &TreeItem) -> Option<([f64; 4], &Table)> {
    match (&item.kind, &item.prov) {
        (TreeKind::Table { table, .. }, Some(prov)) => Some((prov.bbox, table)),
        _ => None,
    }
}
