//! What a job is asked to do, resolved: the engine's own options, independent of the wire's JSON names.
//!
//! They are stored with the batch and the job as a snapshot, so a later edit of a configuration changes nothing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::auto_mode::AutoRule;
use crate::document::{Page, Warning};
use crate::{Code, Failure};

/// The two products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Product {
    #[serde(rename = "parse_v2")]
    Parse,
    #[serde(rename = "extract_v2")]
    Extract,
}

impl Product {
    pub const ALL: [Self; 2] = [Self::Parse, Self::Extract];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse_v2",
            Self::Extract => "extract_v2",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.as_str() == text)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much is done for a page (design section 4, "Tiers").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Text layer and spatial text; no layout, no OCR.
    Fast,
    CostEffective,
    #[default]
    Agentic,
    AgenticPlus,
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Fast, Self::CostEffective, Self::Agentic, Self::AgenticPlus];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::CostEffective => "cost_effective",
            Self::Agentic => "agentic",
            Self::AgenticPlus => "agentic_plus",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == text)
    }

    /// Whether the tier makes markdown and layout items.
    pub const fn has_layout(self) -> bool {
        !matches!(self, Self::Fast)
    }
}

/// Which pages are read. Page numbers count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageSelection {
    /// Inclusive ranges in ascending order without overlap; `None` = all pages.
    pub ranges: Option<Vec<(u32, u32)>>,
    /// The first so many pages; not looked at when `ranges` is given.
    pub first: Option<u32>,
}

impl PageSelection {
    /// Reads `1,3,5-8`. A page named twice is an error, order does not matter (contract 3.3).
    pub fn parse_ranges(text: &str) -> Result<Vec<(u32, u32)>, String> {
        let mut ranges = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |digits: &str| digits.trim().parse::<u32>().ok().filter(|n| *n >= 1);
            match (number(first), number(last)) {
                (Some(first), Some(last)) if first <= last => ranges.push((first, last)),
                _ => return Err(format!("`{part}` is no page or range of pages; write for example 1,3,5-8")),
            }
        }
        ranges.sort_unstable();
        if let Some(pair) = ranges.windows(2).find(|pair| pair[1].0 <= pair[0].1) {
            return Err(format!("page {} is named twice", pair[1].0));
        }
        Ok(ranges)
    }

    /// Leaves the wanted ones of pages that were read already; the first so many are counted among those.
    pub fn keep<T>(&self, pages: &mut Vec<T>, number: impl Fn(&T) -> u32) {
        match (&self.ranges, self.first) {
            (Some(ranges), _) => {
                pages.retain(|page| ranges.iter().any(|(first, last)| (*first..=*last).contains(&number(page))));
            }
            (None, Some(first)) => pages.truncate(first as usize),
            (None, None) => {}
        }
    }

    /// The wanted pages of a document of `count` pages, ascending.
    pub fn of(&self, count: u32) -> Vec<u32> {
        match &self.ranges {
            Some(ranges) => ranges.iter().flat_map(|(first, last)| *first..=(*last).min(count)).collect(),
            None => (1..=self.first.map_or(count, |first| first.min(count))).collect(),
        }
    }
}

/// Kinds of pictures that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageCategory {
    /// The whole page.
    Screenshot,
    /// A picture as it is stored in the document.
    Embedded,
    /// A region of the page that the layout found.
    Layout,
}

impl ImageCategory {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Screenshot => "screenshot",
            Self::Embedded => "embedded",
            Self::Layout => "layout",
        }
    }
}

/// What one parse does. Anything of the wire that the engine does not follow yet is listed by its wire path in
/// `not_followed`, and the engine says so in a warning of the document: silence would be a lie.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ParseOptions {
    pub tier: Tier,
    /// The version the caller asked for (a date or `latest`), echoed; the engine that ran is reported beside it.
    pub version: String,
    pub pages: PageSelection,
    pub images: Vec<ImageCategory>,
    pub tables: TableStyle,
    pub table_search: TableSearch,
    pub spatial: SpatialText,
    /// What is left of each page; `None` = all of it.
    pub crop: Option<CropBox>,
    /// Keep `[text](url)`; off leaves the text.
    pub annotate_links: bool,
    /// Say which part of the markdown has which printed line number.
    pub line_numbers: bool,
    /// Answer with the fields of forms; pages keep them in any case.
    pub forms: bool,
    /// OCR languages as the wire names them, first is most important. Empty = English.
    pub ocr_languages: Vec<String>,
    pub ignore_hidden_text: bool,
    pub ignore_diagonal_text: bool,
    /// Do not OCR pages or pictures.
    pub ignore_text_in_image: bool,
    /// Pictures are photographs of sheets of paper: cut the sheet out, see it from above, even out its light.
    pub camera_photo: bool,
    pub watermarks: Watermarks,
    /// Artifacts beside the pages, made when they are read.
    pub extra_outputs: Vec<ExtraOutput>,
    /// Boxes that the grounded items have; empty = there are none.
    pub granular_boxes: Vec<Granularity>,
    /// A workbook with a sheet a table, made when it is read.
    pub spreadsheet: Option<Spreadsheet>,
    /// HTML: keep what the page hides.
    pub html_all_visible: bool,
    /// HTML: leave out what stays in place when the page is scrolled.
    pub html_remove_fixed: bool,
    /// HTML: leave out menus.
    pub html_remove_navigation: bool,
    /// Say what was inserted, deleted and remarked.
    pub revisions: bool,
    pub slides: Slides,
    pub sheets: Sheets,
    /// Share of pages that may fail; `None` = the server's default.
    pub page_failure_ratio: Option<f64>,
    /// Wall-clock time of the document apart from its pages, seconds.
    pub base_timeout_s: Option<u32>,
    /// Wall-clock time of each page, seconds.
    pub page_timeout_s: Option<u32>,
    /// Rules by which single pages are read in another way.
    pub auto_mode: Vec<AutoRule>,
    /// What fails the whole job.
    pub fail_on: FailOn,
    /// Figures stand in the markdown, as data.
    pub inline_images: bool,
    /// Keep the document as a PDF that can be searched.
    pub output_pdf: bool,
    /// Reuse nothing and keep nothing for reuse.
    pub disable_cache: bool,
    /// Wire paths of given options that this release does not follow.
    pub not_followed: Vec<String>,
}

/// The part of a page that is read: where it ends, as shares of the page's width and height from the top left corner.
/// A side that is missing is the page's edge.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CropBox {
    pub top: Option<f64>,
    pub bottom: Option<f64>,
    pub left: Option<f64>,
    pub right: Option<f64>,
}

impl CropBox {
    /// Whether a point lies inside; what hangs over an edge that is not cut does.
    pub fn holds(self, x_share: f64, y_share: f64) -> bool {
        self.left.is_none_or(|left| x_share >= left)
            && self.right.is_none_or(|right| x_share <= right)
            && self.top.is_none_or(|top| y_share >= top)
            && self.bottom.is_none_or(|bottom| y_share <= bottom)
    }
}

/// Where text that lies across the page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watermarks {
    /// Below the page's text.
    #[default]
    MoveToEnd,
    MoveToStart,
    Remove,
}

impl Watermarks {
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "move_to_end" => Some(Self::MoveToEnd),
            "move_to_start" => Some(Self::MoveToStart),
            "remove" => Some(Self::Remove),
            _ => None,
        }
    }
}

/// An artifact that is made of the pages on top of their own forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraOutput {
    /// The text of each page in the markdown's order, without its signs.
    StrippedMarkdown,
    /// The same of all pages as one text.
    StrippedText,
    /// Every word with its box.
    WordBoxes,
}

/// What gets a box of its own in the grounded items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    Word,
    Line,
    Cell,
}

/// Tables as a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spreadsheet {
    /// Name sheets after the heading above the table.
    pub guess_names: bool,
}

/// How tables look in markdown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableStyle {
    /// Pipe tables instead of HTML tables.
    pub pipe: bool,
    /// No padding in the cells of pipe tables.
    pub compact: bool,
    /// Tables that go on over the end of a page are one, on their first page.
    pub merge_continued: bool,
    /// Joins the lines of a cell; `None` = a space in pipe tables, `<br>` in HTML.
    pub line_separator: Option<String>,
}

/// Which tables are found on pages that only draw them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableSearch {
    /// Less has to speak for a table: two rows, two columns of names and values.
    pub loose: bool,
    /// Only those whose columns are ruled.
    pub ruled_only: bool,
}

/// What fails the whole job where it happens on any page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FailOn {
    /// A picture that was to be saved could not be.
    pub pictures: bool,
    /// Text in a picture could not be read.
    pub ocr: bool,
    /// A page has no markdown, because it failed or draws more than the limit.
    pub markdown: bool,
    /// A font does not say which characters it has.
    pub fonts: bool,
}

impl FailOn {
    /// Why a page that came out fails its job.
    pub fn unfit(self, page: &Page) -> Option<Failure> {
        let warned = |codes: &[&str]| page.warnings.iter().find(|warning| codes.contains(&warning.code.as_str()));
        let found = [
            (self.pictures, "image_extraction_error", &[Warning::PICTURES_LEFT_OUT, Warning::PICTURES_DAMAGED][..]),
            (self.ocr, "image_ocr_error", &[Warning::OCR_FAILED, Warning::OCR_MISSING]),
            (self.markdown, "markdown_reconstruction_error", &[Warning::PAGE_TOO_COMPLEX]),
            (self.fonts, "buggy_font", &[Warning::TEXT_LAYER_GARBLED, Warning::GLYPHS_UNKNOWN]),
        ];
        found.into_iter().filter(|(asked, ..)| *asked).find_map(|(_, option, codes)| {
            let said = &warned(codes)?.message;
            Some(Failure::new(Code::PageUnfit, format!("Page {}: {said} (fail_on_{option})", page.number)))
        })
    }

    /// Why a page that failed fails its job.
    pub fn failed(self, number: u32, failure: &Failure) -> Option<Failure> {
        let message = || format!("Page {number}: {failure} (fail_on_markdown_reconstruction_error)");
        self.markdown.then(|| Failure::new(Code::PageUnfit, message()))
    }
}

/// How spatial text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SpatialText {
    /// Keep what is too small to be read.
    pub keep_very_small: bool,
    /// Columns one below the other, not side by side.
    pub unroll_columns: bool,
    /// All pages have the edges and the character width of the document.
    pub align_pages: bool,
}

/// What of a presentation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slides {
    /// Also slides that are not shown.
    pub hidden: bool,
    /// Also shapes that stand beside the slide.
    pub outside: bool,
    /// Charts without their numbers.
    pub no_chart_data: bool,
}

/// What of a workbook is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheets {
    /// Also sheets that are not shown.
    pub hidden: bool,
    /// Every sheet as one table, whatever stands apart in it.
    pub whole: bool,
    /// Formulas are computed anew instead of their stored values.
    pub compute: bool,
}

/// What one extraction does.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractOptions {
    /// The JSON Schema as the caller gave it.
    pub data_schema: serde_json::Value,
    pub tier: String,
    pub version: Option<String>,
    pub cite_sources: bool,
    /// One box around all words of a citation, not one a line.
    pub loose_citations: bool,
    pub confidence_scores: bool,
    /// How the document is parsed first, unless a parse job is given.
    pub parse: ParseOptions,
    pub system_prompt: Option<String>,
    pub target: ExtractTarget,
    /// Only the cells of a workbook are read: of the sheets with these names, or of all sheets when there are none.
    pub spreadsheet: Option<Vec<String>>,
    /// Wire paths of given options that this release does not follow.
    pub not_followed: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtractTarget {
    #[default]
    PerDoc,
    PerPage,
    PerTableRow,
}

/// The work of one job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "product")]
pub enum JobOptions {
    #[serde(rename = "parse_v2")]
    Parse(ParseOptions),
    #[serde(rename = "extract_v2")]
    Extract(ExtractOptions),
}

impl JobOptions {
    pub const fn product(&self) -> Product {
        match self {
            Self::Parse(_) => Product::Parse,
            Self::Extract(_) => Product::Extract,
        }
    }

    /// How the document is parsed, to be changed.
    pub const fn parse_mut(&mut self) -> &mut ParseOptions {
        match self {
            Self::Parse(options) => options,
            Self::Extract(options) => &mut options.parse,
        }
    }

    /// How the document is parsed, for either product.
    pub const fn parse(&self) -> &ParseOptions {
        match self {
            Self::Parse(options) => options,
            Self::Extract(options) => &options.parse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_ranges_are_read_normalised_and_refused() {
        assert_eq!(PageSelection::parse_ranges("5-8, 1,3"), Ok(vec![(1, 1), (3, 3), (5, 8)]));
        for bad in ["", "0", "3-1", "a", "1,,2", "1-3,2", "5,5", "1-"] {
            assert!(PageSelection::parse_ranges(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_fails_its_job_only_on_what_was_named() {
        let page = |code: &str| Page { number: 3, warnings: vec![Warning::new(code, "So it is.")], ..Page::default() };
        let all = FailOn { pictures: true, ocr: true, markdown: true, fonts: true };
        for (code, but_this, option) in [
            (Warning::PICTURES_LEFT_OUT, FailOn { pictures: false, ..all }, "image_extraction_error"),
            (Warning::PICTURES_DAMAGED, FailOn { pictures: false, ..all }, "image_extraction_error"),
            (Warning::OCR_FAILED, FailOn { ocr: false, ..all }, "image_ocr_error"),
            (Warning::OCR_MISSING, FailOn { ocr: false, ..all }, "image_ocr_error"),
            (Warning::PAGE_TOO_COMPLEX, FailOn { markdown: false, ..all }, "markdown_reconstruction_error"),
            (Warning::GLYPHS_UNKNOWN, FailOn { fonts: false, ..all }, "buggy_font"),
            (Warning::TEXT_LAYER_GARBLED, FailOn { fonts: false, ..all }, "buggy_font"),
        ] {
            let message = all.unfit(&page(code)).map(|failure| failure.message);
            assert_eq!(message, Some(format!("Page 3: So it is. (fail_on_{option})")), "{code}");
            assert!(but_this.unfit(&page(code)).is_none(), "{code}");
        }
        assert!(all.unfit(&page(Warning::OCR_USED)).is_none());
        let failure = Failure::from(Code::ReaderTimeout);
        assert!(all.failed(2, &failure).is_some() && FailOn::default().failed(2, &failure).is_none());
    }

    #[test]
    fn a_selection_stays_inside_the_document() {
        let ranges = PageSelection { ranges: Some(vec![(2, 3), (9, 12)]), first: Some(1) };
        assert_eq!(ranges.of(10), [2, 3, 9, 10]);
        assert_eq!(PageSelection { ranges: None, first: Some(2) }.of(10), [1, 2]);
        assert_eq!(PageSelection::default().of(3), [1, 2, 3]);
    }
}
