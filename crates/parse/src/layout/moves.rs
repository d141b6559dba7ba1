//! Pages that are moved: every box, and every range of words.

use docmill_model::document::{BBox, BlockKind, List, Page, WordRange};

/// Every box that a page has from its layout.
pub fn each_box(page: &mut Page, change: impl Fn(&mut BBox)) {
    fn of_list(list: &mut List, change: &impl Fn(&mut BBox)) {
        for item in &mut list.items {
            item.bbox.as_mut().into_iter().for_each(change);
            item.children.iter_mut().for_each(|list| of_list(list, change));
        }
    }
    page.words.iter_mut().filter_map(|word| word.bbox.as_mut()).for_each(&change);
    for block in &mut page.blocks {
        block.boxes.iter_mut().for_each(&change);
        match &mut block.kind {
            BlockKind::List(list) => of_list(list, &change),
            BlockKind::Table(table) => {
                table.cells.iter_mut().filter_map(|cell| cell.bbox.as_mut()).for_each(&change);
            }
            _ => {}
        }
    }
}

/// Gives the ranges that point into the words of the page new places: `to` says where the word of an index went.
pub fn move_words(page: &mut Page, to: impl Fn(u32) -> u32) {
    let change = |range: &mut WordRange| {
        // The end is behind the last word, and stays there.
        let end = if range.is_empty() { to(range.start) } else { to(range.end - 1) + 1 };
        *range = WordRange::new(to(range.start), end);
    };
    for block in &mut page.blocks {
        block.words.iter_mut().for_each(change);
        if let BlockKind::Table(table) = &mut block.kind {
            table.cells.iter_mut().flat_map(|cell| &mut cell.words).for_each(change);
        }
    }
    page.links.iter_mut().for_each(|link| change(&mut link.words));
}
