//! Pages as people and programs read them.

pub mod chunks;
pub(crate) mod escape;
pub mod markdown;
pub(crate) mod plain;
pub mod text;

use docmill_model::document::{Block, BlockKind, Page, Role};
use docmill_model::options::ParseOptions;

/// Fills `md` of every block that has none yet, and from the blocks the page's markdown, header and footer.
///
/// A reader that knows more than the plain value (bold, inline links) sets `md` itself; it is kept. On the fast tier
/// the page's markdown stays empty (contract 3.1).
pub fn finish_page(page: &mut Page, options: &ParseOptions) {
    let mut twin_lists = TwinLists::default();
    for block in &mut page.blocks {
        let other_marker = twin_lists.meet(block);
        markdown::fill_items(&mut block.kind);
        if block.md.is_empty() {
            block.md = markdown::block(&block.kind, options, other_marker);
        }
    }
    page.header = joined(&page.blocks, &[Role::PageHeader], "\n");
    page.footer = joined(&page.blocks, &[Role::PageFooter], "\n");
    if options.tier.has_layout() {
        // Footnotes belong below the text that cites them; watermarks are moved to the end (contract 3.3).
        let parts = [&[Role::Body, Role::Caption][..], &[Role::Footnote], &[Role::Watermark]];
        page.markdown =
            parts.iter().filter_map(|roles| joined(&page.blocks, roles, "\n\n")).collect::<Vec<_>>().join("\n\n");
    }
}

/// The markdown of all blocks with one of the roles; `None` when they say nothing.
fn joined(blocks: &[Block], roles: &[Role], separator: &str) -> Option<String> {
    let parts: Vec<&str> = blocks
        .iter()
        .filter(|block| roles.contains(&block.role) && !block.md.is_empty())
        .map(|block| block.md.as_str())
        .collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

/// Two lists of one kind in a row would be read as one list: the second gets the other marker.
#[derive(Default)]
struct TwinLists {
    /// Kind of the last block, when it was a list, and whether it had the other marker.
    last: Option<(bool, bool)>,
}

impl TwinLists {
    fn meet(&mut self, block: &Block) -> bool {
        let BlockKind::List(list) = &block.kind else {
            self.last = None;
            return false;
        };
        let other = matches!(self.last, Some((ordered, other)) if ordered == list.ordered && !other);
        self.last = Some((list.ordered, other));
        other
    }
}
