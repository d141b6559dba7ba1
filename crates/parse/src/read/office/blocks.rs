//! docling's nodes as blocks, words and plain text of a page.

use docling::{ContentLayer, Node, PictureImage};
use docmill_model::document::{BBox, Block, BlockKind, Cell, List, ListItem, Page, Picture, Role, WordRange};
use docmill_model::options::{ImageCategory, ParseOptions};

use super::inline::{self, Inline};
use super::lists::{FlatItem, OpenLists};
use super::roles::Roles;
use super::{scans, sheets, tables};
use crate::read::ready::{Asset, Draft};
use crate::read::words::WordList;
use crate::render::{markdown, plain};

/// Smaller pictures are no pages that somebody scanned, pixels.
const SCAN_SIDE_MIN: u32 = 100;

/// What holds for the whole document.
pub struct Context<'a> {
    pub options: &'a ParseOptions,
    /// The format's name: `docx`, ...
    pub id: &'static str,
    /// Texts hold no markdown.
    pub raw: bool,
    pub roles: Roles,
    /// Names of the sections that slides stand in, by slides.
    pub sections: Vec<Option<String>>,
}

/// Makes one page from nodes.
pub struct PageBuilder<'a> {
    context: &'a Context<'a>,
    /// Number of the last picture of the document.
    pictures: &'a mut u32,
    pub draft: Draft,
    words: WordList,
    lists: OpenLists,
    /// Where the words of the open list start.
    list_start: u32,
    text: String,
    role: Role,
    /// The box of the shape that the nodes come from.
    bbox: Option<BBox>,
    /// Whether something was left out because it is hidden.
    pub skipped_hidden: bool,
    /// The page is a hidden one that is asked for: what it hides is its content.
    pub shows_hidden: bool,
}

impl<'a> PageBuilder<'a> {
    pub fn new(context: &'a Context<'a>, pictures: &'a mut u32) -> Self {
        Self {
            context,
            pictures,
            draft: Draft::default(),
            words: WordList::default(),
            lists: OpenLists::default(),
            list_start: 0,
            text: String::new(),
            role: Role::Body,
            bbox: None,
            skipped_hidden: false,
            shows_hidden: false,
        }
    }

    /// The page as far as it is, and begins the next one of the same sheet or document.
    pub fn end_page(&mut self) -> Draft {
        self.end_list();
        let Page { width, height, name, engine, .. } = self.draft.page.clone();
        let next = Page { width, height, name, engine, ..Page::default() };
        let mut draft = std::mem::replace(&mut self.draft, Draft { page: next, ..Draft::default() });
        self.list_start = 0;
        draft.page.words = std::mem::take(&mut self.words).into_words();
        draft.page.text = std::mem::take(&mut self.text).trim_end().to_owned();
        if !self.context.options.tier.has_layout() {
            draft.page.blocks.clear();
        }
        draft
    }

    /// How much text the page has so far, bytes.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a node and all that it holds.
    pub fn push(&mut self, node: &Node) {
        if self.push_wrapper(node) {
            return;
        }
        match node {
            Node::ListItem { layer: Some(ContentLayer::Invisible), .. } if !self.shows_hidden => {
                self.skipped_hidden = true;
            }
            Node::ListItem { location: Some(location), .. } if self.is_outside(*location) => {}
            Node::ListItem { ordered, number, first_in_list, text, level, location, .. } => {
                let bbox = location.and_then(|location| self.place(location)).or(self.bbox);
                let Inline { plain, md } = self.inline(text);
                let item = ListItem { value: plain, md: markdown::paragraph_md(&md), bbox, ..ListItem::default() };
                let (ordered, number, first_in_list, level) = (*ordered, *number, *first_in_list, *level);
                self.list_item(FlatItem { ordered, number, first_in_list, level, item });
            }
            Node::CheckboxItem { checked, text } => {
                let Inline { plain, md } = self.inline(text);
                let sign = if *checked { "[x] " } else { "[ ] " };
                let (value, md) = (format!("{sign}{plain}"), format!("{sign}{md}"));
                let item = ListItem { value, md, bbox: self.bbox, ..ListItem::default() };
                self.list_item(FlatItem { ordered: false, number: 0, first_in_list: false, level: 0, item });
            }
            Node::ListText { text, .. } if !self.lists.is_empty() => {
                let Inline { plain, md } = self.inline(text);
                self.continue_item(usize::MAX, Inline { plain, md: format!("\n{}", markdown::paragraph_md(&md)) });
            }
            node => {
                self.end_list();
                self.push_block(node);
            }
        }
    }

    /// Nodes that only say something about others; false for all others.
    fn push_wrapper(&mut self, node: &Node) -> bool {
        match node {
            Node::Prov { inner, .. } | Node::Commented { inner, .. } | Node::Track { inner, .. } => self.push(inner),
            Node::Located { location, .. } if self.is_outside(*location) => {}
            Node::Located { location, inner } => {
                let place = self.place(*location);
                let outer = std::mem::replace(&mut self.bbox, place);
                self.push(inner);
                self.bbox = outer;
            }
            Node::Group { name, layer: Some(ContentLayer::Furniture), children, .. } => {
                let role = match name.as_deref() {
                    Some("page footer") => Role::PageFooter,
                    _ => Role::PageHeader,
                };
                self.with_role(role, |this| children.iter().for_each(|child| this.push(child)));
            }
            Node::Group { layer: Some(_), .. } if !self.shows_hidden => self.skipped_hidden = true,
            Node::Group { children, .. } => children.iter().for_each(|child| self.push(child)),
            Node::PictureChildren(children) => children.iter().for_each(|child| self.push(child)),
            Node::Furniture { layer, inner } => self.furniture(*layer, inner),
            Node::FurnitureText { label, text } => {
                let role = match label.as_str() {
                    "page_header" => Role::PageHeader,
                    "page_footer" => Role::PageFooter,
                    _ => Role::Footnote,
                };
                let text = self.inline(text);
                self.with_role(role, |this| this.text_block(text));
            }
            Node::PageFurniture { footer, text, .. } => {
                let text = self.inline(text);
                let role = if *footer { Role::PageFooter } else { Role::PageHeader };
                self.with_role(role, |this| this.text_block(text));
            }
            // Reviewers' comments are no part of the document; page marks are read by the caller.
            Node::CommentSection { .. }
            | Node::Anchor { .. }
            | Node::PageBreak
            | Node::PageInfo { .. }
            | Node::DoclangOnly(_) => {}
            _ => return false,
        }
        true
    }

    fn furniture(&mut self, layer: ContentLayer, inner: &Node) {
        match layer {
            ContentLayer::Invisible if self.shows_hidden => self.push(inner),
            ContentLayer::Invisible => self.skipped_hidden = true,
            ContentLayer::Notes if matches!(self.context.id, "pptx" | "ppt" | "odp") => self.speaker_notes(inner),
            ContentLayer::Notes => {}
            ContentLayer::Furniture => {
                let role = self.furniture_role(inner);
                self.with_role(role, |this| this.push(inner));
            }
        }
    }

    /// Slides have their placeholders at the foot; a web page's "furniture" is only a guess (what stands before the
    /// first heading), and losing text is worse than keeping a menu.
    pub fn furniture_role(&self, node: &Node) -> Role {
        match self.context.id {
            "pptx" | "ppt" => Role::PageFooter,
            "docx" | "doc" | "odt" | "rtf" => {
                let texts = plain_texts(node);
                self.context.roles.of(&texts).unwrap_or(Role::PageHeader)
            }
            _ => Role::Body,
        }
    }

    fn speaker_notes(&mut self, node: &Node) {
        if let Node::Located { inner, .. } = node {
            return self.speaker_notes(inner);
        }
        let Node::Paragraph { text } = node else { return };
        let notes = self.draft.page.speaker_notes.get_or_insert_default();
        if !notes.is_empty() {
            notes.push('\n');
        }
        notes.push_str(text.trim());
    }

    fn push_block(&mut self, node: &Node) {
        match node {
            Node::Heading { level, text } => {
                let Inline { plain, md } = self.inline(text);
                let md = markdown::heading_md(inline::unwrapped(&md), *level);
                self.block(BlockKind::Heading { value: plain, level: (*level).clamp(1, 6) }, md);
            }
            Node::Paragraph { text } | Node::ListText { text, .. } => {
                let text = self.inline(text);
                // OpenDocument has formulas only inside of paragraphs.
                match inline::lone_formula(&text.plain).filter(|_| self.context.id == "odt") {
                    Some(value) => self.block(BlockKind::Formula { value: value.to_owned() }, String::new()),
                    None => self.text_block(text),
                }
            }
            Node::InlineGroup { md_text, .. } => self.text_block(self.inline(md_text)),
            Node::Caption { text, .. } => self.caption(Some(text)),
            Node::LabeledText { label, .. } => {
                let role = if label == "footnote" { Role::Footnote } else { self.role };
                if let Node::Paragraph { text } = node.labeled_as_paragraph().as_ref() {
                    let text = self.inline(text);
                    self.with_role(role, |this| this.text_block(text));
                }
            }
            Node::Code { language, text, pretty, .. } => {
                let value = pretty.as_ref().unwrap_or(text).clone();
                self.block(BlockKind::Code { value, language: language.clone() }, String::new());
            }
            Node::Formula { latex, .. } => self.block(BlockKind::Formula { value: latex.clone() }, String::new()),
            Node::Table(table) => {
                self.caption(table.caption.as_deref());
                self.table(table);
            }
            Node::Chart { table, caption, .. } => {
                self.caption(caption.as_deref());
                if !self.context.options.slides.no_chart_data || sheets::is_sheet(self.context.id) {
                    self.table(table);
                }
            }
            Node::Picture { caption, image, description, .. } => {
                let alt = description.as_ref().map(|description| description.text.as_str());
                self.picture(caption.as_deref().or(alt).unwrap_or_default(), image.as_ref());
            }
            Node::TextDump(text) => text.split("\n\n").for_each(|text| self.text_block(inline::raw(text))),
            Node::FieldRegion { items } => {
                for item in items {
                    let parts = [&item.marker, &item.key, &item.value].into_iter().flatten().map(String::as_str);
                    let text = parts.collect::<Vec<_>>().join(" ");
                    self.text_block(self.inline(&text));
                }
            }
            Node::KeyValueGraph { cells, .. } => {
                cells.iter().for_each(|cell| self.text_block(inline::raw(&cell.text)));
            }
            _ => {}
        }
    }

    fn inline(&self, text: &str) -> Inline {
        if self.context.raw { inline::raw(text) } else { inline::read(text, self.context.options.annotate_links) }
    }

    pub fn with_role(&mut self, role: Role, push: impl FnOnce(&mut Self)) {
        self.end_list();
        let outer = std::mem::replace(&mut self.role, role);
        push(self);
        self.end_list();
        self.role = outer;
    }

    fn caption(&mut self, caption: Option<&str>) {
        let Some(text) = caption.map(|text| self.inline(text)).filter(|text| !text.plain.is_empty()) else { return };
        self.with_role(Role::Caption, |this| this.text_block(text));
    }

    fn text_block(&mut self, Inline { plain, md }: Inline) {
        if !plain.is_empty() {
            let md = markdown::paragraph_md(&md);
            self.block(BlockKind::Text { value: plain }, md);
        }
    }

    fn table(&mut self, source: &docling::Table) {
        let start = self.words.len();
        let (table, inner) = tables::table(source, self.context.raw, self.context.options, &mut self.words);
        if table.row_count == 0 || table.column_count == 0 {
            return;
        }
        self.push_text(&tables::aligned(&table));
        let md = if inner.is_empty() {
            String::new()
        } else {
            let inner = |cell: &Cell| inner.get(&(cell.row, cell.column)).cloned();
            markdown::table_with(&table, &self.context.options.tables, &inner)
        };
        self.block_of(BlockKind::Table(table), md, WordRange::new(start, self.words.len()));
    }

    /// A sheet's name stands above it, as programs show it on a tab.
    pub fn sheet_name(&mut self, name: &str) {
        let Inline { plain, md } = inline::raw(name);
        self.block(BlockKind::Heading { value: plain, level: 1 }, markdown::heading_md(&md, 1));
    }

    /// The format's name.
    pub const fn id(&self) -> &'static str {
        self.context.id
    }

    /// Whether a shape stands beside its slide, and such shapes are not wanted: its place was drawn in to the edge.
    fn is_outside(&self, [x0, y0, x1, y1]: [u16; 4]) -> bool {
        let at_edge = |from: u16, to: u16| from == to && matches!(from, 0 | 511);
        let is_slide = self.context.id == "pptx" && !self.context.options.slides.outside;
        is_slide && [x0, y0, x1, y1] != [0; 4] && (at_edge(x0, x1) || at_edge(y0, y1))
    }

    fn picture(&mut self, caption: &str, image: Option<&PictureImage>) {
        let is_large = |image: &&PictureImage| image.width.min(image.height) >= SCAN_SIDE_MIN;
        let may_be_scan = image.filter(is_large).filter(|_| self.draft.page.blocks.iter().all(scans::is_picture));
        if let Some(image) = may_be_scan {
            self.draft.scans.push(image.data.clone());
        }
        let caption = self.inline(caption).plain;
        let name = image.and_then(|image| self.keep(image));
        if caption.is_empty() && name.is_none() {
            return;
        }
        self.block(BlockKind::Image { caption, name }, String::new());
    }

    /// Keeps the bytes of a picture when the job asks for the pictures of documents.
    fn keep(&mut self, image: &PictureImage) -> Option<String> {
        let wanted = self.context.options.images.iter();
        let category = wanted.copied().find(|category| *category != ImageCategory::Screenshot)?;
        let extension = match image.mimetype.as_str() {
            "image/png" => "png",
            "image/jpeg" => "jpg",
            "image/gif" => "gif",
            "image/webp" => "webp",
            "image/svg+xml" => "svg",
            "image/tiff" => "tiff",
            "image/bmp" => "bmp",
            _ => return None,
        };
        if image.data.is_empty() {
            return None;
        }
        *self.pictures += 1;
        let name = format!("image_{}.{extension}", self.pictures);
        let content_type = image.mimetype.clone();
        self.draft.page.images.push(Picture {
            name: name.clone(),
            category,
            content_type: content_type.clone(),
            bbox: self.bbox,
        });
        self.draft.assets.push(Asset { name: name.clone(), content_type, bytes: image.data.clone() });
        Some(name)
    }

    pub fn list_item(&mut self, flat: FlatItem) {
        let start = self.words.len();
        let text = flat.item.value.clone();
        if self.lists.is_empty() {
            self.list_start = start;
        }
        if let Some(ended) = self.lists.push(flat) {
            self.list_block(ended);
        }
        self.words.push_lines(&text);
    }

    /// Adds to the last item of a level what its `md` begins with a line break for.
    pub fn continue_item(&mut self, level: usize, Inline { plain, md }: Inline) {
        let Some(item) = self.lists.last_of(level) else {
            return self.text_block(Inline { plain, md: md.trim_start().to_owned() });
        };
        item.value = format!("{}\n{plain}", item.value);
        item.md.push_str(&md);
        self.words.push_lines(&plain);
    }

    /// What the blocks that follow are in the document.
    pub fn set_role(&mut self, role: Role) {
        self.end_list();
        self.role = role;
    }

    pub fn end_list(&mut self) {
        if let Some(list) = self.lists.finish() {
            self.list_block(list);
        }
    }

    fn list_block(&mut self, list: List) {
        let range = WordRange::new(self.list_start, self.words.len());
        self.list_start = self.words.len();
        self.push_text(&plain::list(&list));
        let bbox = BBox::around(list.items.iter().filter_map(|item| item.bbox));
        let outer = std::mem::replace(&mut self.bbox, bbox);
        self.block_of(BlockKind::List(list), String::new(), range);
        self.bbox = outer;
    }

    pub fn block(&mut self, kind: BlockKind, md: String) {
        let text = match &kind {
            BlockKind::Text { value } | BlockKind::Heading { value, .. } | BlockKind::Formula { value } => value,
            BlockKind::Code { value, .. } => value,
            BlockKind::Image { caption, .. } => caption,
            BlockKind::List(_) | BlockKind::Table(_) | BlockKind::Link { .. } => "",
        };
        let text = text.to_owned();
        let range = self.words.push_lines(&text);
        self.push_text(&text);
        self.block_of(kind, md, range);
    }

    fn block_of(&mut self, kind: BlockKind, md: String, range: WordRange) {
        let words = if range.is_empty() { Vec::new() } else { vec![range] };
        let boxes = self.bbox.into_iter().collect();
        self.draft.page.blocks.push(Block { kind, role: self.role, boxes, words, md, confidence: None });
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.text.push_str("\n\n");
        }
    }

    /// docling places shapes on a grid of 512 by 512 over the page; only slides have a size in points.
    fn place(&self, location: [u16; 4]) -> Option<BBox> {
        let Page { width, height, .. } = &self.draft.page;
        let (width, height) = (width.as_ref()?, height.as_ref()?);
        let [x0, y0, x1, y1] = location.map(|value| f32::from(value) / 511.0);
        let bbox = BBox::from_corners(x0 * width, y0 * height, x1 * width, y1 * height);
        (bbox.area() > 0.0).then_some(bbox)
    }
}

/// All text below a node, without signs.
fn plain_texts(node: &Node) -> String {
    match node {
        Node::Heading { text, .. } | Node::Paragraph { text } | Node::ListItem { text, .. } => {
            inline::read(text, false).plain
        }
        Node::InlineGroup { md_text, .. } => inline::read(md_text, false).plain,
        Node::Table(table) => table.rows.iter().flatten().map(|text| inline::read(text, false).plain).collect(),
        Node::Group { children, .. } => children.iter().map(plain_texts).collect(),
        Node::Located { inner, .. } | Node::Furniture { inner, .. } | Node::Prov { inner, .. } => plain_texts(inner),
        _ => String::new(),
    }
}
