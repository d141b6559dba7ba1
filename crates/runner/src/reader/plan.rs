//! Which pages a document owes, which came out, and which failed: the parent's own book, checked against everything
//! the child says.

use std::collections::BTreeMap;

use docmill_model::Failure;
use docmill_model::document::DocumentInfo;
use docmill_model::options::PageSelection;
use tokio::time::Instant;

/// The child said something that it must not say; what it says further on is not listened to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Violation(pub &'static str);

/// Pages of one document over all its children.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Ascending; empty before the first child opened the document.
    wanted: Vec<u32>,
    /// How many of `wanted`, from the start, were read or failed in their own turn.
    ended: usize,
    /// Pages that killed or stalled a child, with the reason, wherever they are in `wanted`.
    lost: BTreeMap<u32, Failure>,
    /// Pages of `wanted[..ended]` that were read, and whose survey is harmless as far as is known.
    came_out: Vec<u32>,
    /// Page that the child is at, and since when.
    current: Option<(u32, Instant)>,
    /// Whether the present child has opened the document.
    open: bool,
    restarts: u32,
}

impl Plan {
    /// Before a child gets the document.
    pub fn begin(&mut self) {
        self.current = None;
        self.open = false;
    }

    /// A child opened the document. The first one says the pages; a later one must say what is left of them.
    pub fn opened(
        &mut self,
        info: &DocumentInfo,
        pages: Vec<u32>,
        selection: &PageSelection,
        pages_max: u32,
    ) -> Result<(), Violation> {
        if std::mem::replace(&mut self.open, true) {
            return Err(Violation("the document was opened twice"));
        }
        if !self.wanted.is_empty() {
            let same = pages == self.left();
            return if same { Ok(()) } else { Err(Violation("the document has other pages than before")) };
        }
        let inside = |page: &u32| (1..=info.page_count).contains(page) && is_selected(selection, *page);
        if pages.is_empty() || pages.len() > pages_max as usize {
            return Err(Violation("no pages, or more than the limit"));
        }
        if !pages.iter().all(inside) || !pages.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Violation("pages that nobody asked for"));
        }
        self.wanted = pages;
        Ok(())
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Pages that are still to be read.
    pub fn left(&self) -> Vec<u32> {
        let open = &self.wanted[self.ended..];
        open.iter().copied().filter(|page| !self.lost.contains_key(page)).collect()
    }

    /// Pages that a child must not read, ascending.
    pub fn skip(&self) -> Vec<u32> {
        let done = self.wanted[..self.ended].iter().copied();
        let mut skip: Vec<u32> = done.chain(self.lost.keys().copied()).collect();
        skip.sort_unstable();
        skip.dedup();
        skip
    }

    /// Those of `skip` that a child still surveys.
    pub fn surveyed(&self) -> Vec<u32> {
        self.came_out.clone()
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.wanted.len()).unwrap_or(u32::MAX)
    }

    /// Pages that are over, read or failed.
    pub fn done(&self) -> u32 {
        let lost_ahead = self.lost.keys().filter(|page| self.wanted[self.ended..].binary_search(page).is_ok()).count();
        u32::try_from(self.ended + lost_ahead).unwrap_or(u32::MAX)
    }

    pub fn restarts(&self) -> u32 {
        self.restarts
    }

    pub fn page_started(&mut self, page: u32, now: Instant) -> Result<(), Violation> {
        if !self.open || self.wanted.binary_search(&page).is_err() {
            return Err(Violation("a page that nobody asked for was started"));
        }
        self.current = Some((page, now));
        Ok(())
    }

    /// The page that the child is at, and since when.
    pub fn current(&self) -> Option<(u32, Instant)> {
        self.current
    }

    /// The page ended in its own turn. Answers when it began and the pages before it that were lost and not told of
    /// yet, so that outputs stay in the order of pages.
    pub fn page_ended(&mut self, page: u32, came_out: bool) -> Result<(Instant, Vec<(u32, Failure)>), Violation> {
        let Some((_, since)) = self.current.filter(|(at, _)| *at == page) else {
            return Err(Violation("a page ended that was not begun"));
        };
        let before = self.lost_next();
        if self.wanted.get(self.ended) != Some(&page) {
            return Err(Violation("a page ended out of its turn"));
        }
        self.current = None;
        self.ended += 1;
        if came_out {
            self.came_out.push(page);
        }
        Ok((since, before))
    }

    /// Steps over pages that were lost before their turn.
    fn lost_next(&mut self) -> Vec<(u32, Failure)> {
        let mut passed = Vec::new();
        while let Some(page) = self.wanted.get(self.ended)
            && let Some(failure) = self.lost.get(page)
        {
            passed.push((*page, failure.clone()));
            self.ended += 1;
        }
        passed
    }

    /// The child ended at this page: it is not tried again.
    pub fn page_lost(&mut self, page: u32, failure: Failure) {
        self.restarts += 1;
        self.current = None;
        let before = self.came_out.len();
        self.came_out.retain(|read| *read != page);
        if self.came_out.len() == before {
            self.lost.insert(page, failure);
        }
    }

    /// The document is over. Answers the lost pages at its end.
    pub fn finish(&mut self) -> Result<Vec<(u32, Failure)>, Violation> {
        let last = self.lost_next();
        if self.wanted.is_empty() || self.ended < self.wanted.len() {
            return Err(Violation("the document ended before its pages"));
        }
        Ok(last)
    }
}

fn is_selected(selection: &PageSelection, page: u32) -> bool {
    match &selection.ranges {
        Some(ranges) => ranges.iter().any(|(first, last)| (*first..=*last).contains(&page)),
        None => selection.first.is_none_or(|first| page <= first),
    }
}

#[cfg(test)]
mod tests {
    use docmill_model::Code;

    use super::*;

    fn opened(plan: &mut Plan, page_count: u32, pages: &[u32]) -> Result<(), Violation> {
        let info = DocumentInfo { page_count, ..DocumentInfo::default() };
        let selection = PageSelection { ranges: Some(vec![(1, 3), (5, 9)]), first: None };
        plan.opened(&info, pages.to_vec(), &selection, 5)
    }

    fn read(plan: &mut Plan, page: u32) -> Result<Vec<u32>, Violation> {
        plan.page_started(page, Instant::now())?;
        let (_, before) = plan.page_ended(page, true)?;
        Ok(before.into_iter().map(|(page, _)| page).collect())
    }

    #[test]
    fn only_wanted_pages_are_opened() {
        for (page_count, pages, good) in [
            (9, &[1, 2, 3, 5, 9][..], true),
            (9, &[], false),
            (9, &[0], false),
            (9, &[4], false),
            (9, &[2, 1], false),
            (9, &[2, 2], false),
            (9, &[1, 2, 3, 5, 6, 7], false),
            (5, &[1, 6], false),
        ] {
            assert_eq!(opened(&mut Plan::default(), page_count, pages).is_ok(), good, "{pages:?} of {page_count}");
        }
        let mut plan = Plan::default();
        opened(&mut plan, 9, &[1]).expect("first");
        assert!(opened(&mut plan, 9, &[1]).is_err(), "twice");
    }

    #[test]
    fn every_page_ends_once_and_in_its_turn() {
        let mut plan = Plan::default();
        assert!(plan.page_started(1, Instant::now()).is_err(), "before the document is open");
        opened(&mut plan, 9, &[1, 2, 3]).expect("open");
        assert!(plan.page_started(5, Instant::now()).is_err(), "a page that nobody asked for");
        assert!(plan.page_ended(1, true).is_err(), "not begun");
        plan.page_started(2, Instant::now()).expect("wanted");
        assert!(plan.page_ended(1, true).is_err(), "another page was begun");
        assert_eq!(plan.current().map(|(page, _)| page), Some(2), "the page that is to blame");
        assert_eq!(read(&mut plan, 1), Ok(vec![]));
        assert!(read(&mut plan, 1).is_err(), "twice");
        assert!(read(&mut plan, 3).is_err(), "out of turn");
        assert!(plan.finish().is_err(), "two pages are missing");
    }

    #[test]
    fn lost_pages_are_told_in_the_order_of_pages() {
        let mut plan = Plan::default();
        opened(&mut plan, 9, &[1, 2, 3, 5, 6]).expect("open");
        read(&mut plan, 1).expect("page 1");
        // The survey of a second child dies at 3, that of a third one at 1, which had come out before.
        for page in [3, 1, 6] {
            plan.page_lost(page, Code::ReaderDied.into());
            plan.begin();
        }
        assert_eq!((plan.left(), plan.skip(), plan.surveyed()), (vec![2, 5], vec![1, 3, 6], vec![]));
        assert_eq!((plan.done(), plan.restarts()), (3, 3));
        assert!(opened(&mut plan, 9, &[2, 5, 6]).is_err(), "a page that was lost");
        plan.begin();
        opened(&mut plan, 9, &[2, 5]).expect("what is left");
        assert_eq!(read(&mut plan, 2), Ok(vec![]));
        assert_eq!(read(&mut plan, 5), Ok(vec![3]));
        assert_eq!(plan.finish().map(|last| last.len()), Ok(1));
        assert_eq!(plan.done(), 5);
    }
}
