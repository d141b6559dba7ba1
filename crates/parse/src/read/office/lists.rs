//! docling's flat list items, each with a level, as nested lists.

use docmill_model::document::{List, ListItem};

/// The lists that are open, outermost first; each but the first belongs to the last item of the one before.
#[derive(Default)]
pub struct OpenLists {
    open: Vec<List>,
}

/// One flat item.
pub struct FlatItem {
    pub ordered: bool,
    pub number: u64,
    pub first_in_list: bool,
    pub level: u8,
    pub item: ListItem,
}

impl OpenLists {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Adds an item, and returns the list that it ended, when it begins another one.
    pub fn push(&mut self, flat: FlatItem) -> Option<List> {
        let depth = usize::from(flat.level).min(self.open.len());
        while self.open.len() > depth + 1 {
            self.close_inner();
        }
        let mut ended = None;
        let same_depth = self.open.get(depth);
        if same_depth.is_some_and(|list| flat.first_in_list || list.ordered != flat.ordered) {
            if depth == 0 {
                ended = self.open.pop();
            } else {
                self.close_inner();
            }
        }
        if self.open.len() == depth {
            self.open.push(List { ordered: flat.ordered, items: Vec::new() });
        }
        let items = &mut self.open[depth].items;
        let mut item = flat.item;
        // Only a number that does not follow from the one before is kept.
        item.number = u32::try_from(flat.number).ok().filter(|number| flat.ordered && *number != next_number(items));
        items.push(item);
        ended
    }

    /// The last item of a level, or of the deepest one; lists inside it are ended.
    pub fn last_of(&mut self, level: usize) -> Option<&mut ListItem> {
        while self.open.len().saturating_sub(1) > level {
            self.close_inner();
        }
        self.open.last_mut()?.items.last_mut()
    }

    pub fn finish(&mut self) -> Option<List> {
        while self.open.len() > 1 {
            self.close_inner();
        }
        self.open.pop()
    }

    fn close_inner(&mut self) {
        let Some(inner) = self.open.pop() else { return };
        if let Some(item) = self.open.last_mut().and_then(|list| list.items.last_mut()) {
            item.children.push(inner);
        }
    }
}

fn next_number(items: &[ListItem]) -> u32 {
    items.iter().fold(0, |number: u32, item| item.number.unwrap_or(number.saturating_add(1))).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::markdown;

    #[test]
    fn levels_become_nested_lists() {
        let flat = |ordered, number, level, first_in_list, text: &str| FlatItem {
            ordered,
            number,
            first_in_list,
            level,
            item: ListItem { md: text.into(), ..ListItem::default() },
        };
        let mut lists = OpenLists::default();
        for item in [
            flat(true, 3, 0, true, "three"),
            flat(false, 0, 1, true, "a"),
            flat(false, 0, 2, true, "deep"),
            flat(false, 0, 1, false, "b"),
            flat(true, 4, 0, false, "four"),
            flat(true, 7, 0, false, "seven"),
        ] {
            assert_eq!(lists.push(item), None);
        }
        let ended = lists.push(flat(false, 0, 0, true, "other")).expect("the first list ends");
        assert_eq!(markdown::list(&ended, false), "3. three\n   - a\n     - deep\n   - b\n4. four\n7. seven");
        assert_eq!(lists.finish().map(|list| list.items.len()), Some(1));
        assert!(lists.is_empty());
    }

    #[test]
    fn a_first_item_may_be_deep() {
        let mut lists = OpenLists::default();
        let item = ListItem { md: "x".into(), ..ListItem::default() };
        lists.push(FlatItem { ordered: false, number: 0, first_in_list: true, level: 5, item });
        assert_eq!(markdown::list(&lists.finish().expect("a list"), false), "- x");
    }
}
