//! A page's part of the document's structure tree (ISO 32000-1, 14.7 and 14.8), as a reader found it.

use docmill_model::document::BBox;

/// `Token::mark` of words that the document does not mark, and of words that it says are no part of its text. Those of
/// the tree count from `FIRST_MARK`.
pub const UNMARKED: u32 = 0;
pub const ARTIFACT: u32 = 1;
pub const FIRST_MARK: u32 = 2;

/// What an element is, by the standard's own names or those that the document says stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tag {
    /// `Document`, `Sect`, `Div` and the like: only what is inside counts. Also the parts of a table.
    #[default]
    Group,
    Paragraph,
    /// 1 to 6.
    Heading(u8),
    List,
    Item,
    Label,
    ItemBody,
    Table,
    Row,
    HeaderCell,
    Cell,
    Figure,
    Caption,
    Note,
    Code,
    /// A part of a line: `Span`, `Link`, `Reference` and the like.
    Inline,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Element {
    /// The same for the same element of the document, whose parts may stand on several pages.
    pub id: u32,
    pub tag: Tag,
    pub row_span: u32,
    pub column_span: u32,
    /// What a figure shows, in words.
    pub alt: Option<String>,
    /// Where it stands, when it says so; the reader's own frame until the page is turned upright.
    pub bbox: Option<BBox>,
    pub children: Vec<Child>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Child {
    Element(Element),
    /// As in `Token::mark`.
    Mark(u32),
}

impl Element {
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| if let Child::Element(element) = child { Some(element) } else { None })
    }

    /// All marks inside, in the tree's order.
    pub fn marks(&self) -> Vec<u32> {
        let mut marks = Vec::new();
        self.visit(&mut |child| {
            if let Child::Mark(mark) = child {
                marks.push(*mark);
            }
        });
        marks
    }

    /// Changes the boxes of the element and of everything inside.
    pub fn each_box(&mut self, change: &impl Fn(BBox) -> BBox) {
        self.bbox = self.bbox.map(change);
        for child in &mut self.children {
            if let Child::Element(element) = child {
                element.each_box(change);
            }
        }
    }

    /// Calls `see` with everything inside, parents before their children.
    pub fn visit<'e>(&'e self, see: &mut impl FnMut(&'e Child)) {
        for child in &self.children {
            see(child);
            if let Child::Element(element) = child {
                element.visit(see);
            }
        }
    }
}

/// The tree of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    pub root: Element,
    /// The document has headings in its tree, on this page or another.
    pub has_headings: bool,
}
