//! Figures in tables of years.

use docmill_model::document::BBox;

use super::Search;
use crate::recognise::Want;

/// Figures of one line that are looked at.
const YEARS_MAX: usize = 8;

impl Search<'_> {
    /// In a table of years the figure that stands on the label's line under the latest year.
    pub(super) fn figure_of_latest_year(&self, label: usize) -> Option<usize> {
        if !matches!(self.field.want, Want::Number { .. } | Want::NumberText) {
            return None;
        }
        let phrases = &self.view.phrases;
        let (page, top) = (phrases[label].page, phrases[label].bbox?.y);
        let above = self.view.years.iter().filter(|(at, _)| phrases[*at].page == page && *at != label);
        let years = above.filter_map(|(at, year)| Some((phrases[*at].bbox.filter(|bbox| bbox.y < top)?, *year)));
        let years: Vec<_> = years.collect();
        let (place, latest) = years.iter().max_by_key(|(_, year)| *year)?;
        // Two years side by side are headers; one alone is a date.
        let beside = |(bbox, year): &&(BBox, u16)| year != latest && (bbox.y - place.y).abs() < place.h;
        years.iter().find(beside)?;
        let next = |at: &usize| phrases[*at].right.filter(|next| *next > *at);
        let row = std::iter::successors(phrases[label].right, next).take(YEARS_MAX);
        let under = |at: &usize| phrases[*at].bbox.is_some_and(|own| own.x < place.right() && place.x < own.right());
        row.filter(|at| !self.view.is_label(*at)).find(under)
    }
}
