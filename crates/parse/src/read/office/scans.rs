//! Scans that were put into texts and slides: a page that has pictures and no word is read by OCR, as a picture alone is.

use docling::{DoclingDocument, Node};
use docmill_model::Failure;
use docmill_model::document::{Block, BlockKind, Warning};
use docmill_model::options::{ImageCategory, ParseOptions};

use super::blocks::Context;
use super::pages;
use crate::read::ready::Draft;

/// Formats that people put scans into.
fn may_be(id: &str) -> bool {
    is_slides(id) || matches!(id, "docx" | "doc" | "odt" | "rtf")
}

fn is_slides(id: &str) -> bool {
    matches!(id, "pptx" | "ppt" | "odp")
}

/// Gives pages without words the pictures that they show: a slide its largest, a text a page for each.
/// `read` reads the document again; with these options it has its pictures.
pub fn found(
    drafts: Vec<Draft>,
    (document, context): (&DoclingDocument, &Context),
    read: impl FnOnce(&ParseOptions) -> Result<DoclingDocument, Failure>,
) -> Vec<Draft> {
    // What a picture is called is no text of the page.
    let is_empty = |draft: &Draft| {
        let blocks = &draft.page.blocks;
        draft.page.words.is_empty() || !blocks.is_empty() && blocks.iter().all(is_picture)
    };
    if !may_be(context.id) || !drafts.iter().any(is_empty) || !document.nodes.iter().any(has_picture) {
        return drafts;
    }
    let options = ParseOptions { images: vec![ImageCategory::Embedded], ..context.options.clone() };
    let Ok(document) = read(&options) else { return drafts };
    let (shown, _): (Vec<Draft>, Vec<Warning>) = pages::pages(&document, context);
    if shown.len() != drafts.len() {
        return drafts;
    }
    let mut out = Vec::with_capacity(drafts.len());
    for (mut draft, shown) in drafts.into_iter().zip(shown) {
        let mut scans = if is_empty(&draft) { shown.scans } else { Vec::new() };
        if is_slides(context.id) {
            draft.scans = scans.into_iter().max_by_key(Vec::len).into_iter().collect();
            out.push(draft);
            continue;
        }
        let more = scans.split_off(scans.len().min(1));
        draft.scans = scans;
        out.push(draft);
        out.extend(more.into_iter().map(|scan| Draft { scans: vec![scan], ..Draft::default() }));
    }
    out
}

pub fn is_picture(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Image { .. })
}

fn has_picture(node: &Node) -> bool {
    match node {
        Node::Picture { .. } => true,
        Node::Group { children, .. } | Node::PictureChildren(children) => children.iter().any(has_picture),
        Node::Located { inner, .. } | Node::Prov { inner, .. } | Node::Furniture { inner, .. } => has_picture(inner),
        _ => false,
    }
}
