//! Spreadsheet mode: the cells of a workbook alone, on the sheets that are named.

use docmill_model::document::{BlockKind, Page};
use docmill_model::{Code, Failure};

/// The wanted sheets with nothing but their tables. `NOT_USABLE` where the document has no cells, or none of these
/// sheets.
pub fn cells(pages: &[Page], names: &[String]) -> Result<Vec<Page>, Failure> {
    let is_sheet = |page: &&Page| {
        page.width.is_none() && page.blocks.iter().any(|block| matches!(block.kind, BlockKind::Table(_)))
    };
    let sheets: Vec<&Page> = pages.iter().filter(is_sheet).collect();
    if sheets.is_empty() {
        let message = "Spreadsheet mode reads workbooks and CSV, and this document has no cells; switch it off.";
        return Err(Failure::new(Code::NotUsable, message));
    }
    let own = |page: &Page| page.name.as_deref().unwrap_or_default().to_owned();
    let wanted: Vec<&&Page> = sheets.iter().filter(|page| names.is_empty() || names.contains(&own(page))).collect();
    if wanted.is_empty() {
        let mut there: Vec<String> = sheets.iter().map(|page| format!("`{}`", own(page))).collect();
        there.dedup();
        let message = format!("None of the sheet names is in the workbook; it has {}.", there.join(", "));
        return Err(Failure::new(Code::NotUsable, message));
    }
    Ok(wanted.into_iter().map(|page| only_tables(page)).collect())
}

fn only_tables(page: &Page) -> Page {
    let mut in_cell = vec![false; page.words.len()];
    for block in &page.blocks {
        let BlockKind::Table(table) = &block.kind else { continue };
        for range in table.cells.iter().flat_map(|cell| &cell.words) {
            let end = (range.end as usize).min(in_cell.len());
            in_cell[(range.start as usize).min(end)..end].fill(true);
        }
    }
    let mut page = Page { fields: Vec::new(), ..page.clone() };
    page.blocks.retain(|block| matches!(block.kind, BlockKind::Table(_)));
    // Words keep their numbers: cells point to them.
    page.words.iter_mut().zip(in_cell).filter(|(_, inside)| !inside).for_each(|(word, _)| word.text.clear());
    page
}
