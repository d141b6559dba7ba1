//! The one document model: what every reader makes, every renderer and the extraction read, and results keep.
//!
//! Coordinates are points (1/72 inch) with the origin at the page's top left corner, x to the right, y down, after
//! the page's own rotation. Formats without page geometry (HTML, CSV, text) have pages without size and blocks
//! without boxes. `FORMAT` names the stored form; a change of meaning gets a new number.

mod boxes;
mod fields;
mod links;
mod outcome;
mod table;

pub use boxes::BBox;
pub use fields::{FieldCell, FieldKind, FieldPlace, FieldValue, FormField};
pub use links::PageLink;
pub use outcome::PageOutcome;
pub use table::{Cell, Table, escape_html};

use serde::{Deserialize, Serialize};

use crate::options::ImageCategory;

/// Version of the stored JSON lines. Read code accepts this number only.
pub const FORMAT: u32 = 1;

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Counts from 1 in the whole document.
    pub number: u32,
    /// Points, after rotation. `None` where the format has no page geometry.
    pub width: Option<f32>,
    pub height: Option<f32>,
    /// Clockwise degrees by which the page was turned to be upright: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Blocks in reading order, page headers and footers among them with their role.
    pub blocks: Vec<Block>,
    /// Every word in reading order. Blocks and cells point into this list.
    pub words: Vec<Word>,
    /// Spatial text: columns and alignment kept with spaces.
    pub text: String,
    /// Markdown of the page's body. Empty on the fast tier.
    pub markdown: String,
    /// Markdown of the page header and footer, when there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Which engine read the page: `pdf text`, `tesseract 5.3.0`, `docling 2.62.0`, ...
    pub engine: String,
    /// 0 to 1; `None` where nothing was measured.
    pub confidence: Option<f32>,
    /// The page number printed on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed_number: Option<String>,
    /// Presentations: the slide's notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker_notes: Option<String>,
    /// Name of the sheet or slide section that the page stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Numbers that are printed beside the lines of the text, when they are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub line_numbers: Vec<LineNumber>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Picture>,
    /// Where words lead to, in reading order; only with `annotate_links`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<PageLink>,
    /// Fields of the form that the page is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FormField>,
    /// One for each of `fields`, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field_places: Vec<FieldPlace>,
    /// Changes and comments of Word documents, which stand on the first page, and remarks on pages of PDF documents; only
    /// with `revisions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<Revision>,
    /// Where each of `revisions` stands, or nothing at all where the format has no places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revision_boxes: Vec<BBox>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// A rule had the page read again, its own way (`auto_mode`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub triggered_auto_mode: bool,
    /// Wall-clock time spent on the page, milliseconds. Filled by the runner: the engine knows no clock.
    pub elapsed_ms: u32,
}

/// A printed line number and the text of its line: `start..end` in the page's markdown, UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineNumber {
    pub text: String,
    pub start: u32,
    pub end: u32,
}

/// What somebody who worked on the document changed or remarked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub kind: RevisionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The paragraph that it belongs to, as it reads with all changes.
    pub target: String,
    /// What was inserted, deleted or remarked.
    pub content: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionKind {
    Inserted,
    Deleted,
    Comment,
}

impl RevisionKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inserted => "inserted",
            Self::Deleted => "deleted",
            Self::Comment => "comment",
        }
    }
}

/// A picture that belongs to a page; its bytes are an asset of the job under `name`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// File name, unique in the document: `page_1.png`, `image_3.jpg`.
    pub name: String,
    pub category: ImageCategory,
    pub content_type: String,
    pub bbox: Option<BBox>,
}

/// A run of consecutive words of the page: `start..end` in `Page::words`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct WordRange {
    pub start: u32,
    pub end: u32,
}

impl WordRange {
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The words themselves; nothing where the range lies outside.
    pub fn of(self, words: &[Word]) -> &[Word] {
        words.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl From<(u32, u32)> for WordRange {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start, end }
    }
}

impl From<WordRange> for (u32, u32) {
    fn from(range: WordRange) -> Self {
        (range.start, range.end)
    }
}

/// A word with its place. Stored as `[text, x, y, w, h, line, confidence]` to keep results small.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredWord", into = "StoredWord")]
pub struct Word {
    pub text: String,
    /// `None` where the format has no geometry.
    pub bbox: Option<BBox>,
    /// Number of the line on the page, from 0, in reading order.
    pub line: u32,
    /// 0 to 1 as OCR says; `None` for a text layer.
    pub confidence: Option<f32>,
}

#[derive(Serialize, Deserialize)]
struct StoredWord(String, Option<BBox>, u32, Option<f32>);

impl From<StoredWord> for Word {
    fn from(StoredWord(text, bbox, line, confidence): StoredWord) -> Self {
        Self { text, bbox, line, confidence }
    }
}

impl From<Word> for StoredWord {
    fn from(word: Word) -> Self {
        Self(word.text, word.bbox, word.line, word.confidence)
    }
}

/// A piece of the page that is read as one: a paragraph, a heading, a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub kind: BlockKind,
    #[serde(default)]
    pub role: Role,
    /// Where it stands; several boxes where it runs over columns. Empty without geometry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BBox>,
    /// Its words, in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordRange>,
    /// The block's own markdown, without blank lines around it.
    pub md: String,
    /// How sure the layout is of the block's kind, 0 to 1; `None` where nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
}

/// Where a block belongs on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Body,
    PageHeader,
    PageFooter,
    Footnote,
    /// A quotation that is set apart from the text (block quote).
    Quote,
    Caption,
    Watermark,
    /// A picture or drawing on the page, without text of its own: no part of the page's markdown.
    Figure,
}

/// What a block is. Text values are plain, without markdown signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BlockKind {
    Text {
        value: String,
    },
    /// `level` is 1 to 6.
    Heading {
        value: String,
        level: u8,
    },
    List(List),
    Code {
        value: String,
        language: Option<String>,
    },
    Table(Table),
    /// `name` is the picture's asset name, when its bytes were kept.
    Image {
        caption: String,
        name: Option<String>,
    },
    Link {
        text: String,
        url: String,
    },
    Formula {
        value: String,
    },
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct List {
    pub ordered: bool,
    pub items: Vec<ListItem>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListItem {
    pub value: String,
    /// The number printed before an item of an ordered list; `None` = one more than the item before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The item's own markdown without its marker.
    pub md: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BBox>,
    /// Lists nested below this item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<List>,
}

/// Something the reader of a result must know: an approximation, something missing, something not followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Warning {
    /// Stable, upper case: `OCR_MISSING`, `TEXT_LAYER_GARBLED`, `OPTION_NOT_FOLLOWED`, ...
    pub code: String,
    pub message: String,
}

impl Warning {
    pub const OCR_MISSING: &str = "OCR_MISSING";
    pub const OCR_FAILED: &str = "OCR_FAILED";
    /// OCR read the page without some of the wanted languages.
    pub const OCR_LANGUAGE_MISSING: &str = "OCR_LANGUAGE_MISSING";
    pub const OPTION_NOT_FOLLOWED: &str = "OPTION_NOT_FOLLOWED";
    /// The page was read by OCR: characters are likely, not certain.
    pub const OCR_USED: &str = "OCR_USED";
    pub const PAGES_NOT_READ: &str = "PAGES_NOT_READ";
    /// Fonts of the page do not say which characters most of its glyphs are.
    pub const TEXT_LAYER_GARBLED: &str = "TEXT_LAYER_GARBLED";
    /// Some glyphs of the page stand for no known character, and OCR could not read them.
    pub const GLYPHS_UNKNOWN: &str = "GLYPHS_UNKNOWN";
    /// Pictures that were to be saved were not.
    pub const PICTURES_LEFT_OUT: &str = "PICTURES_LEFT_OUT";
    /// Pictures of the page cannot be decoded, or only in part: what they show is missing.
    pub const PICTURES_DAMAGED: &str = "PICTURES_DAMAGED";
    /// Text stands too far away to belong to any page.
    pub const TEXT_TOO_FAR: &str = "TEXT_TOO_FAR";
    /// A good part of the page's text stands beside it.
    pub const TEXT_OUTSIDE_PAGE: &str = "TEXT_OUTSIDE_PAGE";
    /// A good part of the page's text belongs to layers that are switched off.
    pub const TEXT_OF_HIDDEN_LAYERS: &str = "TEXT_OF_HIDDEN_LAYERS";
    /// A good part of the page's words is too small for the spatial text.
    pub const TEXT_VERY_SMALL: &str = "TEXT_VERY_SMALL";
    /// The page draws more than is looked at.
    pub const PAGE_TOO_COMPLEX: &str = "PAGE_TOO_COMPLEX";

    /// Whether the warning says that a result lacks something which another machine, tool or setting might have given.
    pub fn is_lack(&self) -> bool {
        let lacks = [Self::OCR_MISSING, Self::OCR_FAILED, Self::OCR_LANGUAGE_MISSING, Self::PAGES_NOT_READ];
        lacks.contains(&self.code.as_str())
    }

    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

/// What is known of a document apart from its pages.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentInfo {
    pub format: u32,
    /// Detected kind: `pdf`, `docx`, `html`, `png`, ...
    pub kind: String,
    /// Pages of the whole document, read or not.
    pub page_count: u32,
    pub title: Option<String>,
    pub warnings: Vec<Warning>,
}
