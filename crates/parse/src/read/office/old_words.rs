//! Word 97 and RTF with tables: docling loses their merged cells, LibreOffice keeps them.

use docling::Node;

use crate::Source;
use crate::read::converted::{self, Opening};

/// What RTF writes for a cell that is merged with its neighbour, or with the one above.
const MERGED: [&[u8]; 2] = [b"\\clmrg", b"\\clvmrg"];

/// The document as DOCX, where that shows more than docling's own reading of it, and LibreOffice is there.
pub fn converted(source: &Source, id: &'static str, nodes: &[Node], opening: &mut Opening<'_>) -> Option<Source> {
    let is_weak = match id {
        // Whether cells of a .doc are merged, docling does not say.
        "doc" => has_table(nodes),
        "rtf" => MERGED.iter().any(|mark| source.bytes.windows(mark.len()).any(|window| window == *mark)),
        _ => false,
    };
    if !is_weak || !opening.options.tier.has_layout() {
        return None;
    }
    converted::as_text(source, id, opening.services)
}

fn has_table(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Table(_) => true,
        Node::Group { children, .. } => has_table(children),
        Node::Located { inner, .. } | Node::Prov { inner, .. } | Node::Commented { inner, .. } => {
            has_table(std::slice::from_ref(inner))
        }
        _ => false,
    })
}
