//! Tables over several pages as one (`merge_continued_tables`): pages are laid out ahead as far as a table goes on.
//!
//! A reader that takes over after a lost page begins anew; what its predecessor joined stands on both pages then.

use docmill_model::document::{Block, BlockKind, Page};

use super::PdfReader;
use crate::Services;
use crate::layout::continued;

/// Pages that one table is followed over: they are all in memory until they are handed out.
const AHEAD_MAX: u32 = 40;

impl PdfReader {
    /// Takes the rows of following pages into the table that the page ends with.
    pub(super) fn join_tables(&mut self, page: &mut Page, services: &mut dyn Services) {
        let Some(own) = continued::last_table(page) else { return };
        let Block { kind: BlockKind::Table(table), md, .. } = &mut page.blocks[own] else { return };
        if table.merged_into_page.is_some() {
            return;
        }
        let em = self.stats.body_size();
        let mut above = table.clone();
        for number in page.number + 1..=page.number.saturating_add(AHEAD_MAX) {
            let Some(next) = self.ahead(number, services) else { return };
            let Some(index) = continued::first_table(next) else { return };
            let fills_page = continued::last_table(next) == Some(index);
            let Block { kind: BlockKind::Table(below), md: below_md, .. } = &mut next.blocks[index] else { return };
            let Some(repeated) = continued::goes_on(&above, below, em) else { return };
            continued::append(table, below, repeated, number);
            // What links made of the parts is not that of the whole.
            md.clear();
            below_md.clear();
            let emptied = continued::emptied(below, page.number);
            above = std::mem::replace(below, emptied);
            if !fills_page {
                return;
            }
        }
    }

    /// A later page, laid out before its turn; `None` where it is not wanted, cannot be read or needs OCR.
    fn ahead(&mut self, number: u32, services: &mut dyn Services) -> Option<&mut Page> {
        if !self.ahead.contains_key(&number) {
            if !self.surveyed.contains(&number) {
                return None;
            }
            let mut reading = self.reading(number).ok()?;
            if reading.needs_ocr {
                self.kept.insert(number, reading);
                return None;
            }
            let page = self.composed(number, &mut reading, services);
            self.ahead.insert(number, (reading, page));
        }
        self.ahead.get_mut(&number).map(|(_, page)| page)
    }
}
