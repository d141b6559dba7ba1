//! The pages' text in the order of their markdown, without its signs (`additional_outputs: stripped_md` and
//! `concatenated_stripped_txt`): made of the blocks' plain values, so nothing has to be guessed away.

use docmill_model::document::{Block, BlockKind, List, Page, PageOutcome, Role};
use serde_json::{Value, json};

use crate::pages::pages as every_page;

pub(super) fn pages(outcomes: &[PageOutcome]) -> Value {
    every_page(outcomes, |page| json!({"page_number": page.number, "markdown": text(page), "success": true}))
}

/// All pages, a blank line between two. Failed pages and empty ones have no text.
pub(super) fn full(outcomes: &[PageOutcome]) -> String {
    let texts = outcomes.iter().filter_map(|outcome| match outcome {
        PageOutcome::Read(page) => Some(text(page)).filter(|text| !text.is_empty()),
        PageOutcome::Failed { .. } => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

fn text(page: &Page) -> String {
    let in_markdown = |block: &&Block| !matches!(block.role, Role::PageHeader | Role::PageFooter | Role::Figure);
    let texts = page.blocks.iter().filter(in_markdown).map(|block| plain(&block.kind));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn plain(kind: &BlockKind) -> String {
    match kind {
        BlockKind::Text { value }
        | BlockKind::Heading { value, .. }
        | BlockKind::Code { value, .. }
        | BlockKind::Formula { value } => value.clone(),
        BlockKind::List(list) => lines(list, 0).join("\n"),
        BlockKind::Table(table) if crate::items::fits(table) => {
            let rows = table
                .grid()
                .into_iter()
                .map(|row| row.iter().map(|cell| cell.replace('\n', " ")).collect::<Vec<_>>().join("\t"));
            rows.collect::<Vec<_>>().join("\n")
        }
        BlockKind::Table(_) => String::new(),
        BlockKind::Image { caption, .. } => caption.clone(),
        BlockKind::Link { text, .. } => text.clone(),
    }
}

fn lines(list: &List, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for item in &list.items {
        found.push(item.value.clone());
        for nested in item.children.iter().filter(|_| depth < crate::items::DEPTH_MAX) {
            found.extend(lines(nested, depth + 1));
        }
    }
    found
}
