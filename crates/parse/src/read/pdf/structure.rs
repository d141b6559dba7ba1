//! The structure tree of a tagged document (ISO 32000-1, 14.7 and 14.8), parted by its pages.

use std::collections::HashMap;

use docmill_model::document::BBox;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, String as PdfString};

use super::drawing::MarkId;
use super::strings::text_string;
use crate::layout::tree::{Child, Element, FIRST_MARK, Tag, Tree};

/// Elements and marks that are looked at; a document with more is read by its layout.
const ENTRIES_MAX: usize = 400_000;
/// Elements inside elements.
const DEPTH_MAX: usize = 48;
/// Names that stand for names.
const NAMES_MAX: usize = 8;
/// Rows and columns that a cell may cover.
const SPAN_MAX: u32 = 1_000;
/// Bytes of the words that stand for a figure.
const ALT_MAX: usize = 4_000;

/// The trees of a document's pages; marks are places in `marks`.
#[derive(Debug, Default)]
pub struct Structure {
    /// By the object numbers of the pages.
    pages: HashMap<u32, Element>,
    marks: Vec<MarkId>,
    has_headings: bool,
}

impl Structure {
    /// `None` where there is no tree, or where it says itself that it may be wrong, or is too large or deep.
    pub fn of(pdf: &Pdf) -> Option<Self> {
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let suspect = catalog.get::<Dict<'_>>("MarkInfo").and_then(|info| info.get::<bool>("Suspects"));
        if suspect == Some(true) {
            return None;
        }
        let root = catalog.get::<Dict<'_>>("StructTreeRoot")?;
        let mut walk = Walk {
            roles: root.get::<Dict<'_>>("RoleMap"),
            classes: root.get::<Dict<'_>>("ClassMap"),
            structure: Self::default(),
            path: Vec::new(),
            entries: 0,
            last_page: None,
        };
        walk.children(&root, None)?;
        (!walk.structure.pages.is_empty()).then_some(walk.structure)
    }

    /// The tree of the page that is this object, its marks as places in what the page has drawn.
    pub fn of_page(&self, page: u32, drawn: &[MarkId]) -> Option<Tree> {
        let mut places: HashMap<MarkId, u32> = drawn.iter().copied().zip(FIRST_MARK..).collect();
        let root = self.placed(self.pages.get(&page)?, &mut places);
        Some(Tree { root, has_headings: self.has_headings })
    }

    /// Marks that nothing was drawn in are left out, and those that stand in the tree twice stand where they are first.
    fn placed(&self, element: &Element, places: &mut HashMap<MarkId, u32>) -> Element {
        let mut place = |child: &Child| match child {
            Child::Element(inner) => Some(Child::Element(self.placed(inner, places))),
            Child::Mark(mark) => places.remove(self.marks.get(*mark as usize)?).map(Child::Mark),
        };
        Element { children: element.children.iter().filter_map(&mut place).collect(), ..own(element) }
    }
}

/// The element without what is inside.
fn own(element: &Element) -> Element {
    Element { children: Vec::new(), alt: element.alt.clone(), ..*element }
}

struct Walk<'a> {
    roles: Option<Dict<'a>>,
    classes: Option<Dict<'a>>,
    structure: Structure,
    /// The elements that are open, without what is inside.
    path: Vec<Element>,
    entries: usize,
    last_page: Option<u32>,
}

impl<'a> Walk<'a> {
    /// `None` when the tree is over a limit. `page` is the page that marks without one of their own stand on.
    fn children(&mut self, dict: &Dict<'a>, page: Option<u32>) -> Option<()> {
        match dict.get::<Object<'_>>("K") {
            Some(Object::Array(kids)) => {
                for kid in kids.iter::<Object<'_>>() {
                    self.child(kid, page)?;
                }
            }
            Some(kid) => self.child(kid, page)?,
            None => {}
        }
        Some(())
    }

    fn child(&mut self, kid: Object<'a>, page: Option<u32>) -> Option<()> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            return None;
        }
        match kid {
            Object::Number(number) => self.mark(page, MarkId { stream: 0, number: number.as_i64() as i32 }),
            Object::Dict(dict) if dict.contains_key("MCID") => {
                let stream = dict.get_ref("Stm").map_or(0, |stream| stream.obj_number);
                self.mark(page_of(&dict).or(page), MarkId { stream, number: dict.get::<i32>("MCID")? });
            }
            Object::Dict(dict) if dict.contains_key("S") => return self.element(&dict, page),
            // References to annotations: they are drawn, and read, apart from the page.
            _ => {}
        }
        Some(())
    }

    fn element(&mut self, dict: &Dict<'a>, page: Option<u32>) -> Option<()> {
        if self.path.len() >= DEPTH_MAX {
            return None;
        }
        let page = page_of(dict).or(page);
        let mut element = Element { id: self.entries as u32, tag: self.tag(dict), ..Element::default() };
        (element.row_span, element.column_span) = (1, 1);
        self.structure.has_headings |= matches!(element.tag, Tag::Heading(_));
        for attributes in self.attributes(dict) {
            let span = |key: &str| attributes.get::<u32>(key).map(|span| span.clamp(1, SPAN_MAX));
            element.row_span = span("RowSpan").unwrap_or(element.row_span);
            element.column_span = span("ColSpan").unwrap_or(element.column_span);
            let bbox = attributes.get::<[f32; 4]>("BBox");
            element.bbox = bbox.map(|[x0, y0, x1, y1]| BBox::from_corners(x0, y0, x1, y1)).or(element.bbox);
        }
        if element.tag == Tag::Figure {
            let alt = dict.get::<PdfString<'_>>("Alt").map(|alt| text_string(alt.as_bytes()));
            element.alt = alt.filter(|alt| !alt.trim().is_empty() && alt.len() <= ALT_MAX);
        }
        let before = self.structure.marks.len();
        self.path.push(element);
        self.children(dict, page)?;
        // A cell without text still is one.
        let counts = self.path.last().is_some_and(|own| matches!(own.tag, Tag::HeaderCell | Tag::Cell | Tag::Figure));
        if counts && self.structure.marks.len() == before {
            self.place(page.or(self.last_page), None);
        }
        self.path.pop();
        Some(())
    }

    fn mark(&mut self, page: Option<u32>, id: MarkId) {
        self.structure.marks.push(id);
        self.place(page, Some(self.structure.marks.len() as u32 - 1));
        self.last_page = page.or(self.last_page);
    }

    /// Puts a mark, or the innermost open element alone, into the tree of its page.
    fn place(&mut self, page: Option<u32>, mark: Option<u32>) {
        let Some(page) = page else { return };
        let mut at = self.structure.pages.entry(page).or_default();
        for open in &self.path {
            let begun = matches!(at.children.last(), Some(Child::Element(last)) if last.id == open.id);
            if !begun {
                at.children.push(Child::Element(own(open)));
            }
            let Some(Child::Element(next)) = at.children.last_mut() else { return };
            at = next;
        }
        at.children.extend(mark.map(Child::Mark));
    }

    /// Dictionaries of attributes, those of classes first: the element's own win.
    fn attributes(&self, dict: &Dict<'a>) -> Vec<Dict<'a>> {
        let mut names: Vec<Name<'_>> = dict.get::<Name<'_>>("C").into_iter().collect();
        names.extend(dict.get::<Array<'_>>("C").iter().flat_map(Array::iter::<Name<'_>>));
        let classes = self.classes.as_ref();
        let of_class = names.iter().filter_map(|name| classes?.get::<Dict<'_>>(name.as_ref()));
        let mut all: Vec<Dict<'a>> = of_class.collect();
        all.extend(dict.get::<Dict<'_>>("A"));
        all.extend(dict.get::<Array<'_>>("A").iter().flat_map(Array::iter::<Dict<'_>>));
        all
    }

    fn tag(&self, dict: &Dict<'a>) -> Tag {
        let mut name = dict.get::<Name<'_>>("S");
        for _ in 0..NAMES_MAX {
            let Some(known) = &name else { break };
            if let Some(tag) = standard(known.as_ref()) {
                return tag;
            }
            name = self.roles.as_ref().and_then(|roles| roles.get::<Name<'_>>(known.as_ref()));
        }
        Tag::Group
    }
}

fn page_of(dict: &Dict<'_>) -> Option<u32> {
    dict.get_ref("Pg").map(|page| page.obj_number)
}

fn standard(name: &[u8]) -> Option<Tag> {
    Some(match name {
        b"P" | b"TOCI" => Tag::Paragraph,
        b"H" | b"H1" | b"Title" => Tag::Heading(1),
        b"H2" => Tag::Heading(2),
        b"H3" => Tag::Heading(3),
        b"H4" => Tag::Heading(4),
        b"H5" => Tag::Heading(5),
        b"H6" => Tag::Heading(6),
        b"L" => Tag::List,
        b"LI" => Tag::Item,
        b"Lbl" => Tag::Label,
        b"LBody" => Tag::ItemBody,
        b"Table" => Tag::Table,
        b"TR" => Tag::Row,
        b"TH" => Tag::HeaderCell,
        b"TD" => Tag::Cell,
        b"Figure" => Tag::Figure,
        b"Caption" => Tag::Caption,
        b"Note" | b"FENote" => Tag::Note,
        b"Code" => Tag::Code,
        b"Span" | b"Quote" | b"Reference" | b"BibEntry" | b"Link" | b"Annot" | b"Ruby" | b"RB" | b"RT" | b"RP"
        | b"Warichu" | b"WT" | b"WP" | b"Em" | b"Strong" | b"Sub" | b"Formula" => Tag::Inline,
        b"Document" | b"Part" | b"Art" | b"Sect" | b"Div" | b"BlockQuote" | b"TOC" | b"Index" | b"NonStruct"
        | b"Private" | b"THead" | b"TBody" | b"TFoot" | b"Form" | b"DocumentFragment" | b"Aside" => Tag::Group,
        _ => return None,
    })
}
