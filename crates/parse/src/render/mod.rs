//! Pages as people and programs read them.

pub mod chunks;
pub(crate) mod escape;
pub(crate) mod line_numbers;
pub(crate) mod links;
pub mod markdown;
pub(crate) mod plain;
pub mod text;

use docmill_model::document::{Block, BlockKind, Page, Role};
use docmill_model::options::{ParseOptions, Watermarks};

/// Fills `md` of every block that has none yet, and from the blocks the page's markdown, header and footer.
///
/// A reader that knows more than the plain value (bold, inline links) sets `md` itself; it is kept. On the fast tier
/// the page's markdown stays empty (contract 3.1).
pub fn finish_page(page: &mut Page, options: &ParseOptions) {
    place_watermarks(&mut page.blocks, options.watermarks);
    let mut twin_lists = TwinLists::default();
    for block in &mut page.blocks {
        // A figure leaves no trace between two lists.
        let other_marker = block.role != Role::Figure && twin_lists.meet(block);
        markdown::fill_items(&mut block.kind);
        if block.md.is_empty() {
            block.md = markdown::block(&block.kind, options, other_marker);
        }
        if block.role == Role::Quote {
            markdown::quote(&mut block.md);
        }
    }
    page.header = joined(&page.blocks, &[Role::PageHeader], "\n");
    page.footer = joined(&page.blocks, &[Role::PageFooter], "\n");
    if options.tier.has_layout() {
        // Footnotes belong below the text that cites them.
        let body: &[Role] = if options.inline_images {
            &[Role::Body, Role::Quote, Role::Caption, Role::Figure]
        } else {
            &[Role::Body, Role::Quote, Role::Caption]
        };
        let mut parts = vec![body, &[Role::Footnote]];
        let watermark = if options.watermarks == Watermarks::MoveToStart { 0 } else { parts.len() };
        parts.insert(watermark, &[Role::Watermark]);
        page.markdown =
            parts.iter().filter_map(|roles| joined(&page.blocks, roles, "\n\n")).collect::<Vec<_>>().join("\n\n");
    }
}

/// Watermarks stand before or after everything else, or nowhere (contract 3.3, `watermark_handling`).
fn place_watermarks(blocks: &mut Vec<Block>, wanted: Watermarks) {
    let is_watermark = |block: &Block| block.role == Role::Watermark;
    match wanted {
        Watermarks::MoveToEnd => blocks.sort_by_key(is_watermark),
        Watermarks::MoveToStart => blocks.sort_by_key(|block| !is_watermark(block)),
        Watermarks::Remove => blocks.retain(|block| !is_watermark(block)),
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

/// Two lists of one kind in a row would be read as one list: the second gets the other marker. A list that goes on with
/// the next number is the same list.
#[derive(Default)]
struct TwinLists {
    /// Kind of the last block, when it was a list, whether it had the other marker, and the number that would follow.
    last: Option<(bool, bool, u32)>,
}

impl TwinLists {
    fn meet(&mut self, block: &Block) -> bool {
        let BlockKind::List(list) = &block.kind else {
            self.last = None;
            return false;
        };
        let first = list.items.first().and_then(|item| item.number).unwrap_or(1);
        let other = self.last.is_some_and(|(ordered, other, next)| {
            ordered == list.ordered && if ordered && next == first { other } else { !other }
        });
        let next = list.items.iter().fold(0, |number, item| item.number.unwrap_or(number + 1)) + 1;
        self.last = Some((list.ordered, other, next));
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watermarks_go_where_they_are_wanted() {
        let block = |value: &str, role| Block {
            kind: BlockKind::Text { value: value.into() },
            role,
            boxes: vec![],
            words: vec![],
            md: String::new(),
            confidence: None,
        };
        let check = |watermarks, markdown: &str, blocks: usize| {
            let blocks_of = vec![block("a", Role::Body), block("DRAFT", Role::Watermark), block("1", Role::Footnote)];
            let mut page = Page { blocks: blocks_of, ..Page::default() };
            finish_page(&mut page, &ParseOptions { watermarks, ..ParseOptions::default() });
            assert_eq!((page.markdown.as_str(), page.blocks.len()), (markdown, blocks), "{watermarks:?}");
        };
        check(Watermarks::MoveToEnd, "a\n\n1\n\nDRAFT", 3);
        check(Watermarks::MoveToStart, "DRAFT\n\na\n\n1", 3);
        check(Watermarks::Remove, "a\n\n1", 2);
    }
}
